"""What people and we wrote to each other stands together, and says whether it waits for us."""

from datetime import timedelta

import pytest

from tests import make
from tests.db.test_answers import Sent, comes_in
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.messaging import threads
from warmbench.messaging.models import InboundMail, Thread
from warmbench.people.models import Candidate
from warmbench.signals import answers

pytestmark = pytest.mark.django_db

Intent = InboundMail.Intent
LATER = NOW + timedelta(days=8)
YES = "Yes, I would love to talk about this. When are you free?"


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def ana(alice: User) -> Candidate:
    return make.candidate(owner=alice, email="ana@example.com")


@pytest.fixture
def sent(ana: Candidate, alice: User) -> Sent:
    return Sent(ana, make.sender(alice))


def said(thread: Thread) -> list[str]:
    return ["us" if one.message else "them" for one in threads.entries(thread)]


def test_a_reply_begins_a_thread_that_waits_for_us(sent: Sent, ana: Candidate) -> None:
    mail = comes_in(sent.answer(YES))
    thread = Thread.objects.get()
    assert (thread.candidate, thread.subject, thread.waiting_since) == (
        ana, "Salaries this year", mail.received_at,
    )  # fmt: skip
    assert mail.thread_id == thread.pk
    assert said(thread) == ["us", "them"]


def test_what_answers_the_same_message_stands_in_one_thread(sent: Sent) -> None:
    first = comes_in(sent.answer(YES))
    comes_in(sent.answer("And another thing.", subject="AW: Re: Salaries"))
    thread = Thread.objects.get()
    assert said(thread) == ["us", "them", "them"]
    assert thread.waiting_since == first.received_at


def test_answers_to_two_messages_are_two_threads(sent: Sent, ana: Candidate) -> None:
    second = Sent(ana, sent.box, now=LATER)
    comes_in(sent.answer(YES), second.answer(YES, subject="Re: Something else"), now=LATER)
    assert Thread.objects.count() == 2


def test_what_wants_no_answer_waits_for_none(sent: Sent) -> None:
    comes_in(sent.answer("Please stop writing to me and remove me from your list."))
    assert Thread.objects.get().waiting_since is None


def test_machines_have_no_threads(sent: Sent) -> None:
    comes_in(sent.bounce("5.1.1", "550 no such user"))
    comes_in(sent.answer("I am out of the office.", Auto_Submitted="auto-replied"))
    assert not Thread.objects.exists()


def test_it_waits_no_more_once_somebody_closed_it(sent: Sent, alice: User) -> None:
    comes_in(sent.answer(YES))
    thread = Thread.objects.get()
    assert threads.close(thread.pk, by_id=alice.pk, now=NOW)
    assert not threads.close(thread.pk, by_id=alice.pk, now=NOW)
    thread.refresh_from_db()
    assert thread.waiting_since is None
    assert threads.reopen(thread.pk, by_id=alice.pk, now=NOW)
    assert not threads.reopen(thread.pk, by_id=alice.pk, now=NOW)
    comes_in(sent.answer("Are you there?"))
    thread.refresh_from_db()
    assert thread.waiting_since == NOW


def test_a_correction_moves_a_mail_to_whose_it_is(sent: Sent, alice: User) -> None:
    other = make.candidate(owner=alice, email="ben@example.com")
    mail = comes_in(sent.answer("Hm.", to="alice@northwind.example"))
    answers.correct(mail.pk, Intent.QUESTION, by_id=alice.pk, now=NOW, candidate_id=other.pk)
    thread = Thread.objects.get()
    assert (thread.candidate, thread.waiting_since) == (other, mail.received_at)


def test_of_two_mails_in_a_thread_one_may_turn_out_to_be_somebody_elses(
    sent: Sent, alice: User, ana: Candidate
) -> None:
    other = make.candidate(owner=alice, email="ben@example.com")
    comes_in(sent.answer(YES))
    mail = comes_in(sent.answer("This is Ben, on her phone."))
    answers.correct(mail.pk, Intent.QUESTION, by_id=alice.pk, now=NOW, candidate_id=other.pk)
    assert {one.candidate for one in Thread.objects.all()} == {ana, other}
    answers.correct(mail.pk, Intent.QUESTION, by_id=alice.pk, now=NOW, candidate_id=ana.pk)
    assert Thread.objects.get().candidate == ana


def test_who_asks_for_nothing_waits_for_nothing(sent: Sent, alice: User) -> None:
    mail = comes_in(sent.answer("Hm.", to="alice@northwind.example"))
    assert Thread.objects.get().waiting_since
    answers.close(mail.pk, by_id=alice.pk, now=NOW)
    assert Thread.objects.get().waiting_since is None


def test_a_reply_that_was_none_waits_for_nothing(sent: Sent, ana: Candidate, alice: User) -> None:
    mail = comes_in(sent.answer(YES))
    answers.correct(mail.pk, Intent.OUT_OF_OFFICE, by_id=alice.pk, now=NOW, candidate_id=ana.pk)
    assert Thread.objects.get().waiting_since is None


def test_a_stranger_has_a_thread_of_nobody(sent: Sent) -> None:
    raw = sent.answer(YES, to="alice@northwind.example")
    comes_in(raw.replace(b"ana@example.com", b"zoe@example.com"))
    thread = Thread.objects.get()
    assert thread.candidate is None
    assert list(threads.in_order(threads.of_nobody())) == [thread]
    assert said(thread) == ["them"]


def test_whose_they_are(sent: Sent, alice: User) -> None:
    comes_in(sent.answer(YES))
    bob = make.user("Bob Okafor")
    assert threads.in_order(threads.of_user(alice)).count() == 1
    assert threads.in_order(threads.of_others(alice)).count() == 0
    assert threads.in_order(threads.of_others(bob)).count() == 1
    assert threads.in_order(threads.of_nobody()).count() == 0


def test_those_that_wait_come_first(sent: Sent, alice: User, ana: Candidate) -> None:
    second = Sent(ana, sent.box, now=LATER)
    comes_in(sent.answer(YES), now=LATER)
    closed = Thread.objects.get()
    threads.close(closed.pk, by_id=alice.pk, now=NOW)
    comes_in(second.answer(YES), now=LATER)
    order = list(threads.in_order(threads.of_user(alice)))
    assert order[-1] == closed
    assert threads.rest(ana.pk, until=NOW) == 0
    assert threads.rest(ana.pk, until=LATER) == 1
    latest = threads.latest([one.pk for one in order])
    assert {mail.thread_id for mail in latest.values()} == {one.pk for one in order}
