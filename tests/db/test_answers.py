"""What comes back acts at once, once, and for the right person."""

import os
import random
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest

from tests import make
from tests.db.test_delivery import deliver
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core.models import AuditEntry
from warmbench.messaging import senders
from warmbench.messaging.handover import HandOver, Uncertain
from warmbench.messaging.inbound import arrivals, fenced
from warmbench.messaging.inbound.understanding import Letter, Understanding, understand
from warmbench.messaging.models import BounceScore, InboundMail, Message, Return, Sender
from warmbench.people.candidates import PauseReason
from warmbench.people.models import Candidate, ContactPoint, Suppression
from warmbench.signals import answers
from warmbench.signals.models import FollowUp, Signal

pytestmark = pytest.mark.django_db

State, Kind = InboundMail.State, InboundMail.Kind
DSN = """\
From: Mail Delivery System <mailer-daemon@mx.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{id}@mx.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver your message.
<ana@example.com>: {said}
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ana@example.com
Action: failed
Status: {status}
Diagnostic-Code: smtp; {said}
--b--
"""


class InPlace(fenced.Reader):
    """Reads in this process: the fence has tests of its own."""

    def understand(
        self, raw: bytes, *, envelope_to: str, now: datetime, time_box: float = 0
    ) -> Understanding:
        return understand(raw, envelope_to=envelope_to, now=now)


class Sent:
    """A message of ours that was handed over, and what it looked like."""

    def __init__(
        self, ana: Candidate, box: Sender, *answers: HandOver, now: datetime = NOW
    ) -> None:
        self.box = box
        self.message = make.message(ana, box, due=now)
        [(self.envelope, _, data)] = deliver(*answers, now=now).mails
        self.message.refresh_from_db()
        mail = message_from_bytes(data)
        self.reply_to = str(mail["Reply-To"]).rpartition("<")[2].rstrip(">\r\n ")
        self.message_id = str(mail["Message-ID"])
        ways_out = str(mail["List-Unsubscribe"])
        self.button = ways_out.partition("mailto:")[2].partition("?")[0]
        self.link = ways_out.partition("<")[2].partition(">")[0]

    def answer(self, text: str, *, to: str | None = None, **headers: str) -> bytes:
        mail = EmailMessage()
        mail["From"], mail["To"] = "Ana Moreau <ana@example.com>", to or self.reply_to
        mail["Subject"] = headers.pop("subject", "Re: Salaries this year")
        mail["Message-ID"] = f"<{random.getrandbits(64):x}@example.com>"
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        return mail.as_bytes()

    def bounce(self, status: str, said: str, *, number: int = 1) -> bytes:
        return DSN.format(to=self.envelope, status=status, said=said, id=number).encode()


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


def comes_in(*mails: bytes, now: datetime = NOW) -> InboundMail:
    for raw in mails:
        arrivals.keep(raw, source="test", now=now)
    answers.process(InPlace(), now=now)
    return InboundMail.objects.latest("pk")


def signals() -> list[str]:
    return list(Signal.objects.order_by("pk").values_list("kind", flat=True))


# Replies.


def test_a_reply_holds_everything_still_at_once(sent: Sent, ana: Candidate) -> None:
    mail = comes_in(sent.answer("Yes, I would love to talk about this. When are you free?"))
    ana.refresh_from_db()
    assert (mail.kind, mail.candidate, mail.message) == (Kind.REPLY, ana, sent.message)
    assert mail.match == InboundMail.Match.TOKEN
    assert (ana.paused_until, ana.pause_reason) == (None, PauseReason.REPLIED)
    assert ana.paused_at == NOW
    assert signals() == ["replied"]


def test_a_reply_without_our_token_is_known_by_what_it_answers(sent: Sent) -> None:
    raw = sent.answer("Yes please", to="alice@northwind.example", In_Reply_To=sent.message_id)
    assert comes_in(raw).match == InboundMail.Match.REFERENCE


def test_a_reference_with_our_number_alone_is_nobodys(sent: Sent) -> None:
    forged = f"<{'0' * 32}.{sent.message.pk}@northwind.example>"
    raw = sent.answer("Yes please", to="alice@northwind.example", In_Reply_To=forged)
    assert comes_in(raw).match == InboundMail.Match.ADDRESS


def test_a_mail_from_a_known_address_is_only_a_guess(sent: Sent, ana: Candidate) -> None:
    mail = comes_in(sent.answer("Yes, I would love to talk.", to="alice@northwind.example"))
    ana.refresh_from_db()
    assert (mail.state, mail.match) == (State.OPEN, InboundMail.Match.ADDRESS)
    # Nothing is sent meanwhile.
    assert ana.pause_reason == PauseReason.REPLIED


def test_half_a_year_later_it_is_not_even_that(sent: Sent) -> None:
    raw = sent.answer("Yes, I would love to talk.", to="alice@northwind.example")
    mail = comes_in(raw, now=NOW + timedelta(days=200))
    assert (mail.state, mail.candidate, mail.match) == (State.OPEN, None, "")


def test_whoever_writes_from_another_address_is_still_known(sent: Sent, ana: Candidate) -> None:
    raw = sent.answer("Use this one").replace(b"ana@example.com", b"ana.private@example.net")
    assert comes_in(raw).candidate == ana


def test_an_answer_of_two_people_with_one_address_is_for_a_person(sent: Sent, alice: User) -> None:
    make.candidate(owner=alice, email="ana@example.com")
    mail = comes_in(sent.answer("Hello", to="alice@northwind.example"))
    assert (mail.state, mail.candidate) == (State.OPEN, None)
    assert set(Candidate.objects.values_list("pause_reason", flat=True)) == {"replied"}


# Opt-outs.


def test_who_asks_to_stop_is_never_written_to_again(sent: Sent, ana: Candidate) -> None:
    mail = comes_in(sent.answer("Please unsubscribe me from this list."))
    assert (mail.kind, mail.state) == (Kind.UNSUBSCRIBE, State.DONE)
    stop = Suppression.objects.get()
    assert (stop.candidate, stop.address) == (ana, "ana@example.com")
    assert stop.reason == Suppression.Reason.UNSUBSCRIBED
    assert "unsubscribed" in signals()


def test_the_button_of_a_mail_program_needs_no_words(sent: Sent, ana: Candidate) -> None:
    comes_in(sent.answer("", to=sent.button, subject="unsubscribe"))
    assert Suppression.objects.get().candidate == ana


def test_a_mail_program_may_say_that_it_pressed_the_button(sent: Sent, ana: Candidate) -> None:
    raw = sent.answer("", to=sent.button, subject="unsubscribe", Auto_Submitted="auto-generated")
    assert comes_in(raw).kind == Kind.UNSUBSCRIBE
    assert Suppression.objects.get().candidate == ana


def test_a_stop_from_a_known_address_counts_whenever_we_wrote_last(
    sent: Sent, ana: Candidate
) -> None:
    make.candidate(email="ana@example.com")
    raw = sent.answer("Please unsubscribe me from this list.", to="alice@northwind.example")
    mail = comes_in(raw, now=NOW + timedelta(days=200))
    assert (mail.kind, mail.state) == (Kind.UNSUBSCRIBE, State.DONE)
    stopped = Suppression.objects.values_list("candidate__contact_points__address", flat=True)
    assert list(stopped) == ["ana@example.com"] * 2


def test_a_text_that_may_mean_stop_from_a_known_address_is_waited_for(
    sent: Sent, ana: Candidate
) -> None:
    raw = sent.answer("I do not want this.", to="alice@northwind.example")
    mail = comes_in(raw, now=NOW + timedelta(days=200))
    ana.refresh_from_db()
    assert mail.state == State.OPEN
    assert ana.pause_reason == PauseReason.REPLIED


def test_our_own_footer_in_a_quote_stops_nobody(sent: Sent) -> None:
    text = (
        "Sounds good, call me tomorrow.\n\nOn Tue, 3 Mar 2026 at 10:00, Alice Meyer "
        "<box@northwind.example> wrote:\n> You get this because we keep in touch.\n"
        "> Unsubscribe: https://northwind.example/u/abc\n"
    )
    assert comes_in(sent.answer(text)).kind == Kind.REPLY
    assert not Suppression.objects.exists()


# Automatic answers.


def test_who_is_away_is_left_in_peace_until_after_the_return(sent: Sent, ana: Candidate) -> None:
    text = "I am out of the office until Friday, 13 March 2026 and will answer when I am back."
    raw = sent.answer(text, subject="Automatic reply: Salaries", Auto_Submitted="auto-replied")
    mail = comes_in(raw)
    ana.refresh_from_db()
    assert mail.kind == Kind.AUTO_REPLY
    assert ana.pause_reason == PauseReason.ABSENT
    # Back on Saturday the 14th at the earliest: one working day later is Monday.
    assert ana.paused_until == datetime(2026, 3, 16, tzinfo=ZoneInfo("Europe/Berlin"))
    # On the timeline, and worth nothing.
    assert signals() == ["absent"]


def test_who_does_not_say_how_long_is_away_for_a_week(sent: Sent, ana: Candidate) -> None:
    raw = sent.answer(
        "I am out of the office.", subject="Out of office", Auto_Submitted="auto-replied"
    )
    comes_in(raw)
    ana.refresh_from_db()
    assert ana.paused_until == datetime(2026, 3, 10, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("zone", "ends_in"),
    [
        ("America/Los_Angeles", "America/Los_Angeles"),
        # Wherever in the country she may be: the day must be over there, too.
        ("", "Pacific/Honolulu"),
    ],
)
def test_the_day_of_the_return_is_over_where_she_is(sent: Sent, zone: str, ends_in: str) -> None:
    Candidate.objects.update(country="US", time_zone=zone)
    text = "I am out of the office and back on Monday, 16 March 2026."
    comes_in(sent.answer(text, subject="Out of office", Auto_Submitted="auto-replied"))
    until = Candidate.objects.get().paused_until
    assert until == datetime(2026, 3, 17, tzinfo=ZoneInfo(ends_in))


def test_who_may_be_anywhere_is_away_by_our_clock(sent: Sent) -> None:
    Candidate.objects.update(country="", time_zone="")
    text = "I am out of the office and back on Monday, 16 March 2026."
    comes_in(sent.answer(text, subject="Out of office", Auto_Submitted="auto-replied"))
    assert Candidate.objects.get().paused_until == datetime(2026, 3, 17, tzinfo=UTC)


def test_who_left_may_have_a_new_job(sent: Sent, ana: Candidate, work: Callable[[], None]) -> None:
    text = "I no longer work at Example Ltd. You can reach me at ana@new.example from now on."
    comes_in(sent.answer(text, subject="Automatic reply", Auto_Submitted="auto-replied"))
    work()
    assert FollowUp.objects.get().reason == FollowUp.Reason.MOVED
    ana.refresh_from_db()
    assert ana.paused_at is None


# Bounces.


def test_a_dead_address_is_never_used_again(sent: Sent, ana: Candidate) -> None:
    mail = comes_in(sent.bounce("5.1.1", "550 5.1.1 User unknown"))
    assert (mail.kind, mail.candidate, mail.state) == (Kind.BOUNCE, ana, State.DONE)
    assert ContactPoint.objects.get().standing == ContactPoint.Standing.DEAD
    assert Suppression.objects.get().reason == Suppression.Reason.ADDRESS_DEAD
    assert Return.objects.get().verdict == Return.Verdict.ADDRESS_DEAD


def test_a_policy_rejection_is_our_fault_alone(sent: Sent) -> None:
    comes_in(sent.bounce("5.7.515", "550 5.7.515 Access denied, does not meet authentication"))
    assert ContactPoint.objects.get().standing != ContactPoint.Standing.DEAD
    assert not Suppression.objects.exists()
    assert not BounceScore.objects.exists()
    assert "5.7.515" in Sender.objects.get().pause_reason


def test_an_address_that_fails_day_after_day_is_dead(sent: Sent) -> None:
    for day in range(10):
        assert not Suppression.objects.exists()
        for n in (1, 2):
            raw = sent.bounce("4.2.2", "452 4.2.2 Mailbox full", number=10 * day + n)
            comes_in(raw, now=NOW + timedelta(days=day))
    assert BounceScore.objects.get().score == 5.0
    assert Suppression.objects.get().reason == Suppression.Reason.ADDRESS_DEAD


def test_a_failure_long_ago_is_forgotten(sent: Sent) -> None:
    comes_in(sent.bounce("4.2.2", "452 4.2.2 Mailbox full"))
    later = NOW + timedelta(days=7)
    comes_in(sent.bounce("4.2.2", "452 4.2.2 Mailbox full", number=2), now=later)
    assert BounceScore.objects.get().score == 0.5


def test_a_bounce_shows_that_an_unknown_message_was_sent(alice: User, ana: Candidate) -> None:
    sent = Sent(ana, make.sender(alice), Uncertain("The answer was lost."))
    assert sent.message.state == Message.State.UNKNOWN
    comes_in(sent.bounce("5.1.1", "550 5.1.1 User unknown"))
    assert Message.objects.get().state == Message.State.SENT


def test_a_bounce_of_nothing_of_ours_is_for_a_person(sent: Sent) -> None:
    raw = sent.bounce("5.1.1", "550 5.1.1 User unknown").replace(
        sent.envelope.encode(), b"alice@northwind.example"
    )
    assert comes_in(raw).state == State.OPEN
    assert not Suppression.objects.exists()


# Complaints.


def complaint(sent: Sent) -> bytes:
    return f"""\
From: feedback@isp.example
To: abuse@northwind.example
Subject: FW: Salaries
Message-ID: <1@isp.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an abuse report.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Test/1
Version: 1
--b
Content-Type: message/rfc822

From: alice@northwind.example
Subject: Salaries
List-Unsubscribe: <{sent.link}>

Hello
--b--
""".encode()


def test_a_complaint_stops_everything_and_is_told(
    sent: Sent, ana: Candidate, work: Callable[[], None]
) -> None:
    mail = comes_in(complaint(sent))
    assert (mail.kind, mail.candidate) == (Kind.COMPLAINT, ana)
    stop = Suppression.objects.get()
    assert (stop.candidate, stop.reason) == (ana, Suppression.Reason.COMPLAINED)
    work()
    assert FollowUp.objects.get().reason == FollowUp.Reason.COMPLAINED


def three_complain(alice: User, box: Sender) -> None:
    for n in range(3):
        one = Sent(make.candidate(owner=alice), box)
        comes_in(complaint(one).replace(b"<1@isp", b"<%d@isp" % n))
    box.refresh_from_db()


def test_three_complaints_in_a_day_stop_the_mailbox_once(alice: User) -> None:
    box = make.sender(alice)
    three_complain(alice, box)
    assert "called spam" in box.pause_reason
    [mail] = InboundMail.objects.filter(kind=Kind.COMPLAINT)[:1]
    comes_in(bytes(mail.raw).replace(b"@isp.example>", b"@again.example>"))
    assert AuditEntry.objects.filter(action="sender.paused").count() == 1


def test_what_is_told_in_several_ways_happened_once(sent: Sent) -> None:
    for n in range(5):
        comes_in(complaint(sent).replace(b"<1@isp", b"<%d@isp" % n))
        comes_in(sent.bounce("5.1.1", "550 5.1.1 User unknown", number=n))
    assert Return.objects.count() == 10
    assert Sender.objects.get().paused_at is None


def test_a_mailbox_that_a_person_paused_stays_paused_by_that_person(alice: User) -> None:
    box = make.sender(alice)
    sent = [Sent(make.candidate(owner=alice), box) for _ in range(3)]
    senders.pause(box.pk, by_id=alice.pk, now=NOW)
    for n, one in enumerate(sent):
        comes_in(complaint(one).replace(b"<1@isp", b"<%d@isp" % n))
    box.refresh_from_db()
    assert box.paused_at
    assert not senders.was_stopped_by_us(box)


@pytest.mark.parametrize("arrived", [0, 5])
def test_ten_that_come_back_for_policy_one_after_the_other_stop_the_mailbox(
    alice: User, arrived: int
) -> None:
    """Also behind a server of ours that first takes whatever we hand it."""
    box = make.sender(alice)
    refused = "550 5.7.1 Message rejected due to local policy"
    for n in range(10 + bool(arrived)):
        box.refresh_from_db()
        assert box.paused_at is None
        at = NOW + timedelta(minutes=n)
        one = Sent(make.candidate(owner=alice), box, now=at)
        if n != arrived or not arrived:
            comes_in(one.bounce("5.7.1", refused, number=n), now=at)
    box.refresh_from_db()
    assert (box.paused_at is None) == bool(arrived)


# Whatever comes.


def test_our_own_mail_that_comes_back_means_nothing(sent: Sent) -> None:
    raw = sent.answer("Hello").replace(b"To: ", b"Reply-To: ")
    assert comes_in(raw).kind == Kind.LOOP
    assert signals() == []


def test_coming_a_hundred_times_in_any_order_changes_nothing(sent: Sent, ana: Candidate) -> None:
    mails = [
        sent.answer("Yes, I would love to talk."),
        sent.answer("Please unsubscribe me from this list."),
        sent.bounce("5.1.1", "550 5.1.1 User unknown"),
        sent.bounce("4.2.2", "452 4.2.2 Mailbox full", number=2),
        complaint(sent),
    ]
    source = random.Random(5)
    events = source.sample(mails * 100, k=500)
    for at in range(0, 500, 50):
        comes_in(*events[at : at + 50])
    assert InboundMail.objects.count() == len(mails)
    assert sorted(signals()) == ["complained", "replied", "unsubscribed"]
    assert Return.objects.count() == 3
    reasons = Suppression.objects.values_list("reason", flat=True)
    assert sorted(reasons) == ["address_dead", "complained", "unsubscribed"]
    assert BounceScore.objects.get().score == 0.5


def test_other_line_ends_and_other_trace_headers_make_no_other_mail(sent: Sent) -> None:
    raw = sent.answer("Hello")
    crlf = b"Received: from elsewhere\r\n" + raw.replace(b"\n", b"\r\n")
    assert arrivals.keep(raw, source="imap:1", now=NOW)
    assert not arrivals.keep(crlf, source="imap:2", now=NOW)


def test_mails_without_an_id_are_told_apart_by_all_that_they_say(db: None) -> None:
    words = b"\n\nI am out of the office.\n"
    for sender in (b"ana", b"ben"):
        head = (
            b"Message-ID:\nFrom: " + sender + b"@example.com\nDate: Tue, 3 Mar 2026 09:00:00 +0000"
        )
        assert arrivals.keep(head + words, source="test", now=NOW)
        folded = b"Message-ID:\n <1." + sender + b"@example.com>\nFrom: x@example.com" + words
        assert arrivals.keep(folded, source="test", now=NOW)
        assert not arrivals.keep(b"Received: y\n" + folded, source="test", now=NOW)


def test_what_cannot_be_read_is_for_a_person_and_stays(sent: Sent) -> None:
    class Hanging(InPlace):
        def understand(self, *args: object, **kwargs: object) -> Understanding:
            raise fenced.UnreadableError("Reading it took longer than 2 seconds.")

    raw = sent.answer("Hello")
    arrivals.keep(raw, source="test", now=NOW)
    answers.process(Hanging(), now=NOW)
    mail = InboundMail.objects.get()
    assert (mail.state, bytes(mail.raw)) == (State.OPEN, raw)
    assert "2 seconds" in mail.problem


def test_what_breaks_us_is_for_a_person_after_three_tries(
    sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(answers, "act", broken)
    arrivals.keep(sent.answer("Hello"), source="test", now=NOW)
    for _ in range(4):
        answers.process(InPlace(), now=NOW)
    assert InboundMail.objects.get().state == State.OPEN


# A person's word.


def test_a_person_can_say_what_it_meant(sent: Sent, alice: User, ana: Candidate) -> None:
    mail = comes_in(sent.answer("Hm."))
    guessed = mail.intent
    answers.correct(
        mail.pk, InboundMail.Intent.UNSUBSCRIBE, by_id=alice.pk, now=NOW, candidate_id=ana.pk
    )
    mail.refresh_from_db()
    assert (mail.state, mail.intent) == (State.CLOSED, guessed)
    assert mail.corrected_intent == InboundMail.Intent.UNSUBSCRIBE
    assert Suppression.objects.get().candidate == ana


def test_a_person_can_say_whose_it_is(sent: Sent, alice: User, ana: Candidate) -> None:
    raw = sent.answer("Yes, I would love to talk.", to="alice@northwind.example")
    mail = comes_in(raw, now=NOW + timedelta(days=200))
    answers.correct(
        mail.pk, InboundMail.Intent.INTERESTED, by_id=alice.pk, now=NOW, candidate_id=ana.pk
    )
    ana.refresh_from_db()
    assert ana.pause_reason == PauseReason.REPLIED
    mail.refresh_from_db()
    assert (mail.candidate, mail.looked_at_by) == (ana, alice)


def test_who_did_not_write_is_let_go_once_a_person_has_said_who_did(
    sent: Sent, alice: User, ana: Candidate, work: Callable[[], None]
) -> None:
    ben, chen = (make.candidate(owner=alice, email="ana@example.com") for _ in range(2))
    to = {"to": "alice@northwind.example"}
    answers.correct(
        comes_in(sent.answer("Yes, I would love to talk.", **to)).pk,
        InboundMail.Intent.INTERESTED, by_id=alice.pk, now=NOW, candidate_id=chen.pk,
    )  # fmt: skip
    answers.correct(
        comes_in(sent.answer("Could you call me tomorrow?", **to)).pk,
        InboundMail.Intent.QUESTION, by_id=alice.pk, now=NOW, candidate_id=ana.pk,
    )  # fmt: skip
    work()
    paused = Candidate.objects.exclude(paused_at=None)
    assert set(paused.values_list("pk", flat=True)) == {ana.pk, chen.pk}
    assert Signal.objects.filter(candidate=ben).count() == 0
    waiting = FollowUp.objects.filter(state=FollowUp.State.OPEN)
    assert set(waiting.values_list("candidate", flat=True)) == {ana.pk, chen.pk}


def test_a_machine_that_was_taken_for_a_person_is_no_sign_of_interest(
    sent: Sent, alice: User, ana: Candidate
) -> None:
    mail = comes_in(sent.answer("Hm."))
    intent = InboundMail.Intent.OUT_OF_OFFICE
    answers.correct(mail.pk, intent, by_id=alice.pk, now=NOW, candidate_id=ana.pk)
    ana.refresh_from_db()
    assert ana.pause_reason == PauseReason.ABSENT
    assert signals() == []


# The fence.


@pytest.fixture(scope="module")
def reader() -> Iterator[fenced.Reader]:
    with fenced.reader() as made:
        yield made


def test_a_mail_is_read_in_another_process(reader: fenced.Reader, sent: Sent) -> None:
    raw = sent.answer("I am back on 16 March.")
    there = reader.understand(raw, envelope_to="", now=NOW, time_box=30)
    assert there == understand(raw, envelope_to="", now=NOW)
    assert isinstance(there.kind, Letter)


def test_a_process_that_takes_too_long_is_replaced(reader: fenced.Reader, sent: Sent) -> None:
    reader.understand(sent.answer("Hello"), envelope_to="", now=NOW, time_box=30)
    assert reader._process
    assert reader._process.pid
    os.kill(reader._process.pid, signal.SIGSTOP)
    with pytest.raises(fenced.UnreadableError, match="longer"):
        reader.understand(sent.answer("Hello"), envelope_to="", now=NOW, time_box=0.1)
    reader.understand(sent.answer("Hello"), envelope_to="", now=NOW, time_box=30)


def test_a_process_that_dies_is_replaced(reader: fenced.Reader, sent: Sent) -> None:
    reader.understand(sent.answer("Hello"), envelope_to="", now=NOW, time_box=30)
    assert reader._process
    reader._process.kill()
    reader._process.join()
    reader.understand(sent.answer("Hello"), envelope_to="", now=NOW, time_box=30)
