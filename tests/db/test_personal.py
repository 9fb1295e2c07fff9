"""What a recruiter writes goes once, in its thread, past the last gate, and can be taken back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial

import pytest

from tests import make
from tests.db.test_alert_races import together
from tests.db.test_answers import Sent, comes_in
from tests.db.test_delivery import Scripted, deliver, engage, suppress
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.messaging import inspection, letters, personal, threads
from warmbench.messaging.models import (
    Decision,
    InboundMail,
    Message,
    PersonalDraft,
    Sender,
    Switch,
    Thread,
)
from warmbench.messaging.personal import AnsweredError, Letter, NotSentError
from warmbench.people import candidates
from warmbench.people.models import Candidate, CandidateFact, Channel, Suppression
from warmbench.signals import replying
from warmbench.signals.models import FollowUp

pytestmark = pytest.mark.django_db

State = Message.State
YES = "Yes, I would love to talk about this. When are you free?"
SOON = NOW + timedelta(minutes=1)
TEXT = "Hello Ana,\n\nhow about Thursday?\nOr Friday <3"


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def ana(alice: User) -> Candidate:
    made = make.candidate(owner=alice, email="ana@example.com")
    CandidateFact.objects.create(
        candidate=made, kind=CandidateFact.Kind.LANGUAGE, value="en", at=NOW, source="test"
    )
    return made


@pytest.fixture
def sent(ana: Candidate, alice: User) -> Sent:
    return Sent(ana, make.sender(alice))


@pytest.fixture
def mail(sent: Sent) -> InboundMail:
    came = comes_in(sent.answer(YES, References="<a@mx.example> <bad id>"))
    make.follow_up(sent.message.candidate)
    return came


@pytest.fixture
def letter(mail: InboundMail, alice: User, ana: Candidate) -> Letter:
    return Letter(
        candidate_id=ana.pk,
        by_id=alice.pk,
        text=TEXT,
        thread_id=mail.thread_id,
        answers_id=mail.pk,
    )


def opened(got: Scripted) -> EmailMessage:
    [(_, _, data)] = got.mails
    return message_from_bytes(data, policy=policy.default)


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body([kind])
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


class TestAnAnswer:
    def test_it_goes_in_its_thread_from_the_recruiters_own_mailbox(
        self, letter: Letter, mail: InboundMail, sent: Sent
    ) -> None:
        message = replying.send(letter, closes=True, now=NOW)
        assert (message.purpose, message.answers_id) == ("personal", mail.pk)
        assert deliver().mails == []
        got = opened(deliver(now=SOON))
        theirs = message_from_bytes(bytes(mail.raw), policy=policy.default)["Message-ID"]
        assert got["In-Reply-To"] == theirs
        assert got["References"].split() == ["<a@mx.example>", theirs]
        assert got["Subject"] == "Re: Salaries this year"
        assert sent.box.from_address in got["From"]
        assert "+" in got["Reply-To"]
        assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    def test_it_says_what_was_written_as_it_was_written(
        self, letter: Letter, ana: Candidate
    ) -> None:
        replying.send(letter, closes=True, now=NOW)
        got = opened(deliver(now=SOON))
        text, html = body(got, "plain"), body(got, "html")
        assert text.startswith(f"{TEXT}\n\nAlice Meyer\n\n---\nAlice Meyer, Northwind Talent")
        assert f"On 3 March 2026, {ana.name} wrote:\n> {YES}" in text
        assert "<p>how about Thursday?<br>\nOr Friday &lt;3</p>" in html
        assert f"<p>{YES}</p></blockquote>" in html
        assert "Unsubscribe" in text.partition("wrote:")[0]

    def test_nothing_that_looks_like_a_placeholder_becomes_one(self, letter: Letter) -> None:
        replying.send(replace(letter, text="{{ first_name }} {% if %}"), closes=True, now=NOW)
        assert body(opened(deliver(now=SOON)), "plain").startswith("{{ first_name }} {% if %}")

    def test_what_she_writes_next_comes_back_into_the_thread(
        self, letter: Letter, ana: Candidate
    ) -> None:
        replying.send(letter, closes=True, now=NOW)
        got = opened(deliver(now=SOON))
        again = EmailMessage()
        again["From"], again["To"] = "ana@example.com", got["Reply-To"]
        again["Subject"], again["Message-ID"] = got["Subject"], "<again@example.com>"
        again.set_content("Thursday it is.")
        comes_in(again.as_bytes(), now=SOON)
        thread = Thread.objects.get()
        assert thread.waiting_since == SOON
        who = ["us" if one.message else "them" for one in threads.entries(thread)]
        assert who == ["us", "them", "us", "them"]

    def test_what_the_queue_asked_is_done_and_the_person_reserved(
        self, letter: Letter, ana: Candidate, alice: User
    ) -> None:
        assert FollowUp.objects.get(reason="replied").state == FollowUp.State.OPEN
        replying.send(letter, closes=True, now=NOW)
        entry = FollowUp.objects.get(reason="replied")
        assert (entry.state, entry.done_by) == (FollowUp.State.DONE, alice)
        ana.refresh_from_db()
        assert ana.reserved_by == alice
        assert ana.paused_at == NOW
        assert Thread.objects.get().waiting_since is None

    def test_the_follow_up_stays_open_if_somebody_wants_that(self, letter: Letter) -> None:
        replying.send(letter, closes=False, now=NOW)
        assert FollowUp.objects.get(reason="replied").state == FollowUp.State.OPEN

    def test_it_goes_though_she_is_paused_and_heard_from_us_today(self, letter: Letter) -> None:
        goes = personal.when(letter, now=NOW)
        assert (goes.at, goes.because) == (NOW, "")

    def test_the_decision_says_what_was_not_asked_and_why(self, letter: Letter) -> None:
        replying.send(letter, closes=True, now=NOW)
        deliver(now=SOON)
        decision = Decision.objects.get(touch=f"answer:{letter.answers_id}", stage="claim")
        assert decision.inputs is not None
        checks = inspection.checks(inspection.from_json(decision.inputs), now=decision.at)
        skipped = {one.name for one in checks if one.is_skipped}
        assert skipped >= {"Status", "Pause", "Contact budget", "Their own rhythm"}
        assert "They wrote on 3 March 2026, 09:00 UTC" in checks[-1].saw

    def test_at_night_it_waits_for_seven_in_the_morning(self, letter: Letter) -> None:
        night = datetime(2026, 3, 7, 22, 30, tzinfo=UTC)
        goes = personal.when(letter, now=night)
        # A Sunday, in Berlin.
        assert goes.at == datetime(2026, 3, 8, 6, tzinfo=UTC)
        message = replying.send(letter, closes=True, now=night)
        assert (message.state, message.not_before) == (State.QUEUED, goes.at)
        assert deliver(now=night + timedelta(hours=3)).mails == []
        assert len(deliver(now=goes.at).mails) == 1

    def test_after_thirty_days_it_is_a_message_like_any_other(self, letter: Letter) -> None:
        goes = personal.when(letter, now=NOW + timedelta(days=31))
        assert goes.at is None
        assert "paused" in goes.because

    def test_her_wish_for_a_pause_after_her_mail_counts(
        self, letter: Letter, ana: Candidate
    ) -> None:
        candidates.resume([ana.pk], now=NOW)
        candidates.pause([ana.pk], reason=candidates.PauseReason.ASKED, now=SOON)
        assert personal.when(letter, now=SOON).at is None


class TestNotGoing:
    def test_a_stop_holds_against_every_answer(self, letter: Letter, ana: Candidate) -> None:
        suppress(ana, Suppression.Reason.UNSUBSCRIBED)
        with pytest.raises(NotSentError, match="unsubscribed"):
            replying.send(letter, closes=True, now=NOW)
        assert not Message.objects.filter(purpose="personal").exists()
        assert FollowUp.objects.get(reason="replied").state == FollowUp.State.OPEN

    def test_a_stop_in_the_last_moment_refuses_it_and_the_thread_waits_again(
        self, letter: Letter, ana: Candidate
    ) -> None:
        message = replying.send(letter, closes=True, now=NOW)
        suppress(ana, Suppression.Reason.UNSUBSCRIBED)
        assert deliver(now=SOON).mails == []
        message.refresh_from_db()
        assert message.state == State.REFUSED
        assert Thread.objects.get().waiting_since == NOW

    def test_without_a_mailbox_of_ones_own_nothing_goes(self, letter: Letter) -> None:
        bob = make.user("Bob Okafor")
        with pytest.raises(NotSentError, match="no mailbox"):
            replying.send(replace(letter, by_id=bob.pk), closes=True, now=NOW)

    @pytest.mark.parametrize(
        ("text", "why"), [(" \n ", "no words"), ("x" * 10_001, "longer than 10,000")]
    )
    def test_words_that_are_none(self, letter: Letter, text: str, why: str) -> None:
        with pytest.raises(NotSentError, match=why):
            replying.send(replace(letter, text=text), closes=True, now=NOW)

    def test_a_stop_of_everything_is_waited_for_by_the_recruiter_not_by_the_queue(
        self, letter: Letter
    ) -> None:
        engage(Switch.Scope.EVERYTHING, 0)
        with pytest.raises(NotSentError, match="stopped"):
            replying.send(letter, closes=True, now=NOW)


class TestOnce:
    def test_pressed_twice_it_is_one_message(self, letter: Letter) -> None:
        first = replying.send(letter, closes=True, now=NOW)
        assert replying.send(letter, closes=True, now=NOW + timedelta(seconds=1)) == first
        assert Message.objects.filter(purpose="personal").count() == 1

    def test_who_comes_second_is_told_who_answered(self, letter: Letter, ana: Candidate) -> None:
        bob = make.user("Bob Okafor")
        make.sender(bob)
        replying.send(letter, closes=True, now=NOW)
        second = replace(letter, by_id=bob.pk, text="I am Bob.")
        with pytest.raises(AnsweredError, match="Alice Meyer answered this"):
            replying.send(second, closes=True, now=NOW)

    def test_whoever_has_seen_the_first_answer_may_add_to_it(self, letter: Letter) -> None:
        replying.send(letter, closes=True, now=NOW)
        touch = personal.touch_of(letter.answers_id, letter.thread_id)
        seen = personal.seen(letter.candidate_id, touch)
        more = replace(letter, text="One thing more.", seen=seen)
        assert replying.send(more, closes=True, now=SOON).occurrence == 1


class TestAtOnce:
    @pytest.fixture
    def alice(self, transactional_db: None) -> User:
        make.organisation()
        return make.user()

    def test_of_many_who_answer_one_does(self, letter: Letter) -> None:
        people = [make.user(f"{name} Roth") for name in ("Ben", "Chen", "Dee", "Eva")]
        said: list[str] = []

        def answer(who: User) -> None:
            mine = replace(letter, by_id=who.pk, text=f"I am {who.name}.")
            try:
                replying.send(mine, closes=True, now=NOW)
            except AnsweredError:
                said.append("second")
            else:
                said.append("first")

        for who in people:
            make.sender(who)
        together(*(partial(answer, who) for who in people))
        assert sorted(said) == ["first", "second", "second", "second"]
        assert Message.objects.filter(purpose="personal").count() == 1

    def test_two_tabs_send_one_letter(self, letter: Letter) -> None:
        made: list[int] = []

        def press() -> None:
            made.append(replying.send(letter, closes=True, now=NOW).pk)

        together(press, press, press)
        assert len(made) == 3
        assert len(set(made)) == 1

    def test_taken_back_or_sent_but_never_both(self, letter: Letter, alice: User) -> None:
        message = replying.send(letter, closes=True, now=NOW)
        taken: list[bool] = []
        mails: list[object] = []
        together(
            lambda: taken.append(replying.take_back(message.pk, by_id=alice.pk, now=SOON)),
            lambda: mails.extend(deliver(now=SOON).mails),
        )
        assert taken == [not mails]


class TestTakenBack:
    def test_for_half_a_minute_it_is_a_draft_again(self, letter: Letter, alice: User) -> None:
        message = replying.send(letter, closes=True, now=NOW)
        assert not PersonalDraft.objects.exists()
        assert replying.take_back(message.pk, by_id=alice.pk, now=NOW)
        draft = PersonalDraft.objects.get()
        assert draft.text.startswith(TEXT)
        assert Thread.objects.get().waiting_since == NOW
        assert FollowUp.objects.get(reason="replied").state == FollowUp.State.OPEN
        assert deliver(now=SOON).mails == []
        assert not replying.take_back(message.pk, by_id=alice.pk, now=NOW)

    def test_it_can_be_sent_again_then(self, letter: Letter, alice: User) -> None:
        first = replying.send(letter, closes=True, now=NOW)
        replying.take_back(first.pk, by_id=alice.pk, now=NOW)
        second = replying.send(letter, closes=True, now=SOON)
        assert second != first
        assert second.occurrence == 1

    def test_what_has_left_stays(self, letter: Letter, alice: User) -> None:
        message = replying.send(letter, closes=True, now=NOW)
        deliver(now=SOON)
        assert not replying.take_back(message.pk, by_id=alice.pk, now=SOON)


class TestAFirstMessage:
    @pytest.fixture
    def first(self, ana: Candidate, alice: User) -> Letter:
        if not Sender.objects.exists():
            make.sender(alice)
        return Letter(candidate_id=ana.pk, by_id=alice.pk, text=TEXT, subject="Lunch on Friday")

    def test_it_begins_a_thread(self, first: Letter, ana: Candidate) -> None:
        message = replying.send(first, closes=True, now=NOW)
        thread = Thread.objects.get()
        assert (thread.subject, message.touch) == ("Lunch on Friday", f"thread:{thread.pk}")
        got = opened(deliver(now=SOON))
        assert (got["Subject"], got["In-Reply-To"]) == ("Lunch on Friday", None)
        assert replying.send(first, closes=True, now=SOON) == message

    def test_it_keeps_to_the_budget(self, sent: Sent, first: Letter) -> None:
        goes = personal.when(first, now=NOW)
        assert goes.at is None
        assert "heard from us recently" in goes.because

    def test_it_waits_for_the_morning(self, first: Letter) -> None:
        evening = datetime(2026, 3, 3, 19, tzinfo=UTC)
        message = replying.send(first, closes=True, now=evening)
        assert message.not_before == datetime(2026, 3, 4, 8, tzinfo=UTC)

    def test_it_needs_a_subject_that_is_no_answers(self, first: Letter) -> None:
        with pytest.raises(NotSentError, match="subject"):
            replying.send(replace(first, subject=" "), closes=True, now=NOW)
        message = replying.send(replace(first, subject="Re: Lunch"), closes=True, now=NOW)
        assert message.context["own_subject"] == "Lunch"

    def test_it_is_counted_by_the_budget(self, first: Letter, ana: Candidate) -> None:
        replying.send(first, closes=True, now=NOW)
        deliver(now=SOON)
        make.message(ana, make.sender(), due=SOON)
        assert deliver(now=SOON).mails == []


class TestTexts:
    def test_a_text_is_answered_by_a_text(self, alice: User) -> None:
        ana = make.candidate(owner=alice, email="ana@example.com")
        box = make.text_sender(alice)
        letter = Letter(candidate_id=ana.pk, by_id=alice.pk, text="See you.", channel=Channel.SMS)
        assert personal.sender_of(alice.pk, Channel.SMS) == box
        bob = make.user("Bob Okafor")
        assert personal.sender_of(bob.pk, Channel.SMS) is None
        make.text_sender(number="+442079460998", is_default=True)
        assert personal.sender_of(bob.pk, Channel.SMS) is not None
        assert personal.when(letter, now=NOW).at is None


class TestDrafts:
    def test_one_is_kept_for_each_thread_while_it_is_written(self, letter: Letter) -> None:
        for text in ("H", "Hello", "Hello Ana"):
            personal.keep(replace(letter, text=text), now=NOW)
        assert PersonalDraft.objects.get().text == "Hello Ana"
        personal.keep(replace(letter, thread_id=None, text="Another"), now=NOW)
        personal.keep(replace(letter, thread_id=None, text="Another one"), now=NOW)
        assert PersonalDraft.objects.count() == 2
        personal.keep(replace(letter, text=" "), now=NOW)
        assert PersonalDraft.objects.get().text == "Another one"

    def test_it_is_gone_once_it_was_sent(self, letter: Letter) -> None:
        personal.keep(letter, now=NOW)
        replying.send(letter, closes=True, now=NOW)
        assert not PersonalDraft.objects.exists()


def test_a_name_stands_once_under_a_letter() -> None:
    assert personal.signed("Hello", "Alice Meyer") == "Hello\n\nAlice Meyer"
    for last in ("Alice", "alice meyer "):
        assert personal.signed(f"Hello\n\n{last}", "Alice Meyer").count("lice") == 1


def test_the_links_of_a_letter_say_it_is_one_of_ours(letter: Letter) -> None:
    message = replying.send(letter, closes=True, now=NOW)
    assert letters.compiled(message.template_id or 0).look == "personal"
