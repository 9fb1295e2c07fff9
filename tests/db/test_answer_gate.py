"""What lets a recruiter answer somebody, and where to; and what does not: forged, undecided."""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest

from tests import make
from tests.db.test_answers import Sent, comes_in
from tests.db.test_delivery import deliver
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.messaging import claim, personal, settling, written
from warmbench.messaging.models import InboundMail, Message
from warmbench.messaging.personal import Letter, NotSentError
from warmbench.people import candidates, reservations
from warmbench.people.models import Candidate, Channel, ContactPoint
from warmbench.signals import answers, replying

pytestmark = pytest.mark.django_db

Intent, State = InboundMail.Intent, InboundMail.State
YES = "Yes, I would love to talk about this. When are you free?"
MAYBE_STOP = "I get too many mails from you."
SOON = NOW + timedelta(minutes=1)


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


def letter_to(mail: InboundMail, by: User, *, text: str = "How about Thursday?") -> Letter:
    mail.refresh_from_db()
    assert mail.candidate_id is not None
    return Letter(
        candidate_id=mail.candidate_id,
        by_id=by.pk,
        text=text,
        thread_id=mail.thread_id,
        answers_id=mail.pk,
    )


def from_her_address(text: str = YES, *, address: str = "ana@example.com", at: int = 0) -> bytes:
    """A mail that names her address as its own, and nothing that only she could know."""
    mail = EmailMessage()
    mail["From"], mail["To"] = f"Ana Moreau <{address}>", "alice.meyer@northwind.example"
    mail["Subject"], mail["Message-ID"] = "Hello", f"<forged{at}{len(text)}@example.org>"
    mail.set_content(text)
    return mail.as_bytes()


class TestWhoseItIs:
    def test_a_mail_that_anybody_could_have_written_lets_nobody_answer(
        self, sent: Sent, ana: Candidate, alice: User
    ) -> None:
        candidates.change_status(ana.pk, Candidate.Status.PLACED, now=NOW)
        mail = comes_in(from_her_address())
        assert (mail.candidate, mail.state) == (ana, State.OPEN)
        assert personal.when(letter_to(mail, alice), now=NOW).at is None
        # Who puts it away says that it asks for nothing, and not that she wrote it.
        answers.close(mail.pk, by_id=alice.pk, now=NOW)
        assert written.last([ana.pk]) == {}
        assert "placed" in personal.when(letter_to(mail, alice), now=NOW).because

    def test_once_a_person_says_that_it_is_hers_it_may_be_answered(
        self, sent: Sent, ana: Candidate, alice: User
    ) -> None:
        mail = comes_in(from_her_address())
        answers.correct(mail.pk, Intent.INTERESTED, by_id=alice.pk, now=NOW, candidate_id=ana.pk)
        assert personal.when(letter_to(mail, alice), now=NOW).at == NOW

    @pytest.mark.parametrize("forged", [True, False])
    def test_nothing_goes_while_a_later_mail_waits_to_be_looked_at(
        self, sent: Sent, ana: Candidate, alice: User, *, forged: bool
    ) -> None:
        first = comes_in(sent.answer(YES))
        assert personal.when(letter_to(first, alice), now=NOW).at == NOW
        later = comes_in(
            from_her_address(MAYBE_STOP) if forged else sent.answer(MAYBE_STOP), now=SOON
        )
        assert later.state == State.OPEN
        for mail in (first, later):
            with pytest.raises(NotSentError, match="paused"):
                replying.send(letter_to(mail, alice), closes=True, now=SOON)
        answers.correct(later.pk, Intent.QUESTION, by_id=alice.pk, now=SOON, candidate_id=ana.pk)
        replying.send(letter_to(first, alice), closes=True, now=SOON)
        assert len(deliver(now=SOON + timedelta(minutes=1)).mails) == 1

    def test_what_waits_for_the_morning_does_not_go_if_she_may_have_asked_us_to_stop(
        self, sent: Sent, alice: User
    ) -> None:
        mail = comes_in(sent.answer(YES))
        message = replying.send(letter_to(mail, alice), closes=True, now=NOW)
        comes_in(sent.answer(MAYBE_STOP), now=NOW + timedelta(seconds=10))
        assert deliver(now=SOON).mails == []
        message.refresh_from_db()
        assert message.state == Message.State.QUEUED

    def test_an_answer_to_a_mail_that_was_somebody_elses_is_taken_back(
        self, sent: Sent, ana: Candidate, alice: User
    ) -> None:
        ben = make.candidate(owner=alice, email="ben@example.net")
        comes_in(sent.answer(YES))
        mail = comes_in(sent.answer("Ben here: what would it pay?"))
        message = replying.send(letter_to(mail, alice), closes=True, now=NOW)
        answers.correct(mail.pk, Intent.QUESTION, by_id=alice.pk, now=NOW, candidate_id=ben.pk)
        assert deliver(now=SOON).mails == []
        message.refresh_from_db()
        assert message.state == Message.State.CANCELLED


class TestSpokenFor:
    @pytest.mark.parametrize("status", ["placed", "hired", "applied"])
    def test_what_waits_does_not_go_to_who_was_placed_since(
        self, sent: Sent, ana: Candidate, alice: User, status: str
    ) -> None:
        mail = comes_in(sent.answer(YES))
        message = replying.send(letter_to(mail, alice), closes=True, now=NOW)
        at = NOW + timedelta(seconds=10)
        candidates.change_status(ana.pk, Candidate.Status(status), now=at)
        assert deliver(now=SOON).mails == []
        message.refresh_from_db()
        assert (message.state, message.reason) == (Message.State.REFUSED, status)
        # Who writes to her then knows of it.
        replying.send(letter_to(mail, alice), closes=True, now=SOON)
        assert len(deliver(now=SOON + timedelta(minutes=1)).mails) == 1


class TestWhereItGoes:
    @pytest.fixture
    def at_home(self, ana: Candidate) -> ContactPoint:
        return ana.contact_points.create(
            channel=Channel.EMAIL, address="ana@home.example", position=1, added_at=NOW
        )

    def wrote(self, sent: Sent, address: str) -> InboundMail:
        raw = sent.answer(YES).replace(b"<ana@example.com>", f"<{address}>".encode())
        return comes_in(raw)

    def where(self, mail: InboundMail, alice: User) -> str:
        letter = letter_to(mail, alice)
        told = personal.when(letter, now=NOW).to
        replying.send(letter, closes=True, now=NOW)
        got = deliver(now=SOON)
        [(_, to, _)] = got.mails
        assert to == told
        return to

    def test_to_the_address_of_hers_that_she_wrote_from(
        self, sent: Sent, at_home: ContactPoint, alice: User
    ) -> None:
        # Not to her desk, where others may read what she looks for.
        assert self.where(self.wrote(sent, "Ana@home.example"), alice) == "ana@home.example"

    def test_to_the_one_on_record_if_she_wrote_from_elsewhere(
        self, sent: Sent, at_home: ContactPoint, alice: User
    ) -> None:
        mail = self.wrote(sent, "mallory@example.org")
        assert mail.state == State.DONE
        assert self.where(mail, alice) == "ana@example.com"

    def test_not_to_one_that_is_dead(self, sent: Sent, at_home: ContactPoint, alice: User) -> None:
        mail = self.wrote(sent, "ana@home.example")
        at_home.standing = ContactPoint.Standing.DEAD
        at_home.save(update_fields=["standing"])
        assert self.where(mail, alice) == "ana@example.com"

    def test_not_to_one_that_another_record_has_too(
        self, sent: Sent, at_home: ContactPoint, alice: User
    ) -> None:
        mail = self.wrote(sent, "ana@home.example")
        make.candidate(email="ana@home.example")
        assert self.where(mail, alice) == "ana@example.com"


class TestReservedByAnAnswer:
    def test_taken_back_it_lets_her_go(self, sent: Sent, ana: Candidate, alice: User) -> None:
        mail = comes_in(sent.answer(YES))
        message = replying.send(letter_to(mail, alice), closes=False, now=NOW)
        ana.refresh_from_db()
        assert ana.reserved_by == alice
        assert replying.take_back(message.pk, by_id=alice.pk, now=NOW)
        ana.refresh_from_db()
        assert ana.reserved_by is None

    def test_who_was_reserved_before_stays_so(
        self, sent: Sent, ana: Candidate, alice: User
    ) -> None:
        reservations.reserve(ana.pk, alice.pk, days=2, why="Talks", by_id=alice.pk, now=NOW)
        mail = comes_in(sent.answer(YES))
        message = replying.send(letter_to(mail, alice), closes=False, now=NOW)
        replying.take_back(message.pk, by_id=alice.pk, now=NOW)
        ana.refresh_from_db()
        assert ana.reserved_by == alice

    def test_what_was_reserved_anew_since_stays_so(
        self, sent: Sent, ana: Candidate, alice: User
    ) -> None:
        mail = comes_in(sent.answer(YES))
        message = replying.send(letter_to(mail, alice), closes=True, now=NOW)
        reservations.reserve(ana.pk, alice.pk, days=30, why="Talks", by_id=alice.pk, now=NOW)
        replying.take_back(message.pk, by_id=alice.pk, now=NOW)
        ana.refresh_from_db()
        assert ana.reserved_by == alice

    def test_the_second_of_two_letters_holds_her_too(
        self, sent: Sent, ana: Candidate, alice: User
    ) -> None:
        mail = comes_in(sent.answer(YES))
        letter = letter_to(mail, alice)
        first = replying.send(letter, closes=True, now=NOW)
        replying.send(replace(letter, text="One thing more.", seen=1), closes=True, now=NOW)
        replying.take_back(first.pk, by_id=alice.pk, now=NOW)
        ana.refresh_from_db()
        assert ana.reserved_by == alice


class TestWhatCannotBeWritten:
    def test_a_text_that_is_too_long_is_told_to_its_author(self, alice: User) -> None:
        ana = make.candidate(owner=alice)
        make.phone(ana)
        make.text_sender(is_default=True)
        letter = Letter(candidate_id=ana.pk, by_id=alice.pk, text="x" * 1601, channel=Channel.SMS)
        with pytest.raises(NotSentError, match="too long"):
            replying.send(letter, closes=True, now=NOW)
        assert not Message.objects.exists()

    @pytest.mark.parametrize("subject", ["a\x1b[2J", "Lunch\r\nBcc: eve@example.org", "x\u2028y"])
    def test_no_subject_becomes_a_header(self, ana: Candidate, alice: User, subject: str) -> None:
        make.sender(alice)
        letter = Letter(candidate_id=ana.pk, by_id=alice.pk, text="Hello.", subject=subject)
        try:
            replying.send(letter, closes=True, now=NOW)
        except NotSentError:
            assert not Message.objects.exists()
            return
        [(_, to, data)] = deliver(now=SOON).mails
        head = data.partition(b"\r\n\r\n")[0].decode()
        assert to == "ana@example.com"
        assert not any(line.lower().startswith("bcc:") for line in head.splitlines())


def test_a_dead_worker_leaves_an_answer_unknown_and_pressing_again_sends_no_second(
    sent: Sent, alice: User
) -> None:
    mail = comes_in(sent.answer(YES))
    letter = letter_to(mail, alice)
    message = replying.send(letter, closes=True, now=NOW)
    assert claim.claim(worker="dies", now=SOON)
    late = SOON + claim.LEASE + timedelta(minutes=1)
    assert settling.sweep(now=late) == 1
    assert replying.send(letter, closes=True, now=late) == message
    assert deliver(now=late).mails == []
    assert not replying.take_back(message.pk, by_id=alice.pk, now=late)
