"""What comes back through Debian's Postfix and Dovecot is understood and acts, the whole way."""

import smtplib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.message import Message as Parsed
from pathlib import Path

import pytest

from tests import make
from tests.contract import debian
from tests.contract.debian import Dovecot, Postfix
from tests.db.test_answers import InPlace
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core import sql
from warmbench.core.loops import repeat
from warmbench.integrations.mail import reception
from warmbench.integrations.mail.collecting import Collectors
from warmbench.integrations.mail.postman import Postman
from warmbench.messaging import delivery
from warmbench.messaging.handover import Recording
from warmbench.messaging.inbound import fenced
from warmbench.messaging.models import InboundMail, Inbox, Message, Return, Sender
from warmbench.nurture import planner
from warmbench.nurture.models import Enrollment, Step
from warmbench.people.candidates import PauseReason
from warmbench.people.models import ContactPoint, Suppression
from warmbench.signals import answers
from warmbench.signals.models import FollowUp, Signal

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "correct horse"
KIND = InboundMail.Kind


@pytest.fixture(scope="module")
def dovecot(authority: Path) -> Iterator[Dovecot]:
    with debian.dovecot(authority / "server.pem") as running:
        running.add("alice", PASSWORD)
        yield running


@contextmanager
def looped(work: Callable[[threading.Event], None]) -> Iterator[None]:
    """A loop of a worker, in a thread of its own."""
    stop = threading.Event()

    def once() -> float:
        work(stop)
        return 0.0

    thread = threading.Thread(target=repeat, args=[once], kwargs={"name": "test", "stop": stop})
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


@pytest.fixture(scope="module")
def server() -> Iterator[Postfix]:
    with debian.postfix(debian.free_port()) as running:
        yield running


@pytest.fixture
def postfix(server: Postfix) -> Iterator[Postfix]:
    """A mail server beside us, to whose mails we listen."""
    with looped(lambda stop: reception.serve(server.handed_to, stop, clock=lambda: NOW)):
        yield server


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user()


def box(alice: User, port: int = 25) -> Sender:
    sender = make.sender(alice)
    Sender.objects.update(from_address="alice@northwind.example", port=port)
    sender.refresh_from_db()
    return sender


def soon(happened: Callable[[], object], *, seconds: float = 20) -> None:
    over = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < over, "It did not happen."
        time.sleep(0.05)


def understand(reader: fenced.Reader | None = None) -> list[InboundMail]:
    """Let the loop ``inbound`` read what came in."""
    while answers.process(reader or InPlace(), now=NOW):
        pass
    return list(InboundMail.objects.order_by("pk"))


def hand_over() -> None:
    """Send what is queued through the sender's real mail server."""
    postman = Postman(lambda: NOW)
    try:
        delivery.deliver(postman.channel_for, worker="test", clock=lambda: NOW)
    finally:
        postman.close()


def send_by(mails: Recording) -> Parsed:
    """Send what is queued, and look at the mail as its reader has it."""
    delivery.deliver(lambda _: mails, worker="test", clock=lambda: NOW)
    return message_from_bytes(mails.mails[-1][2])


def answer(to: Parsed, text: str, **headers: str) -> EmailMessage:
    """What a mail program makes of an answer to this mail."""
    mail = EmailMessage()
    mail["From"], mail["To"] = (" ".join(str(to[name]).split()) for name in ("To", "Reply-To"))
    mail["Subject"] = headers.pop("subject", f"Re: {to['Subject']}")
    mail["Message-ID"] = f"<{time.monotonic_ns()}@example.com>"
    mail["In-Reply-To"] = mail["References"] = str(to["Message-ID"])
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(f"{text}\n\nOn 3 March 2026 Alice Meyer wrote:\n> Hello Ana,\n")
    return mail


# Over Postfix.


def test_a_dead_address_is_told_by_a_real_failure_report_and_acts(
    postfix: Postfix, alice: User, work: Callable[[], None]
) -> None:
    ana = make.candidate(owner=alice, email="gone@example.com")
    make.message(ana, box(alice, postfix.port))
    hand_over()
    assert Message.objects.get().state == Message.State.SENT

    soon(InboundMail.objects.exists)
    with fenced.reader() as reader:
        (report,) = understand(reader)
    assert b"multipart/report" in bytes(report.raw)
    assert (report.kind, report.candidate, report.match) == (KIND.BOUNCE, ana, "token")
    assert (report.source, report.envelope_from) == ("lmtp", "")
    assert report.envelope_to.startswith("alice+")
    told = Return.objects.get()
    assert (told.message.candidate, told.verdict) == (ana, Return.Verdict.ADDRESS_DEAD)
    assert "5.1.1" in told.text
    assert ContactPoint.objects.get().standing == ContactPoint.Standing.DEAD
    assert Suppression.objects.get().address == "gone@example.com"
    work()
    # Whoever left an address behind may have left a job.
    assert FollowUp.objects.get().candidate == ana


def test_a_reply_through_postfix_holds_the_person_still(postfix: Postfix, alice: User) -> None:
    ana = make.candidate(owner=alice, email="ana@example.com")
    make.message(ana, box(alice))
    ours = send_by(Recording())
    with smtplib.SMTP("127.0.0.1", postfix.port) as theirs:
        theirs.send_message(answer(ours, "Yes, I would love to talk about this."))
    soon(InboundMail.objects.exists)
    (reply,) = understand()
    assert (reply.kind, reply.candidate, reply.match) == (KIND.REPLY, ana, "token")
    ana.refresh_from_db()
    assert ana.pause_reason == PauseReason.REPLIED


def test_a_mail_for_nobody_of_ours_goes_back_to_who_wrote_it(postfix: Postfix) -> None:
    with smtplib.SMTP("127.0.0.1", postfix.port) as theirs:
        mail = b"From: x@northwind.example\r\nSubject: Hello\r\n\r\nHello\r\n"
        theirs.sendmail("x@northwind.example", ["stranger@northwind.example"], mail)
    soon(lambda: "550 5.1.1 No such address here" in postfix.log)
    assert not InboundMail.objects.exists()


def test_what_cannot_be_stored_now_is_brought_again(postfix: Postfix, alice: User) -> None:
    """Postfix keeps it: nothing is lost while the database is away."""
    sender = box(alice)
    make.message(make.candidate(owner=alice, email="ana@example.com"), sender)
    ours = send_by(Recording())
    sql.run("ALTER TABLE inbound_mail RENAME TO away")
    try:
        with smtplib.SMTP("127.0.0.1", postfix.port) as theirs:
            theirs.send_message(answer(ours, "Yes, please."))
        soon(lambda: "status=deferred" in postfix.log)
    finally:
        sql.run("ALTER TABLE away RENAME TO inbound_mail")
    soon(InboundMail.objects.exists)
    assert InboundMail.objects.count() == 1


# Over Dovecot.


@pytest.fixture
def reading(dovecot: Dovecot) -> Iterator[Inbox]:
    """Alice's own mailbox, which a worker reads."""
    client = dovecot.signed_in("alice", PASSWORD)
    if client.select("INBOX")[1] != [b"0"]:
        client.store("1:*", "+FLAGS", r"(\Deleted)")
        client.expunge()
    client.logout()
    inbox = make.inbox(port=dovecot.port, username="alice", password=PASSWORD)
    # Only the server can tell in time: we look again after a minute.
    collectors = Collectors("test", lambda: NOW, look_every=60)
    with looped(collectors.run):
        soon(lambda: Inbox.objects.get().checked_at)
        yield inbox


@pytest.fixture
def enrolled(alice: User) -> Enrollment:
    """Ana, on a sequence of a message a week, at the first of which she has."""
    box(alice)
    ana = make.candidate(owner=alice, email="ana@example.com")
    version = make.sequence(Step.Kind.MESSAGE, Step.Kind.MESSAGE, wait_days=7)
    enrollment = make.enrollment(ana, version)
    assert planner.plan(now=NOW) == {"queued": 1}
    return enrollment


def planned(day: int) -> Message | None:
    """What the planner queues on this day of March at ten o'clock."""
    planner.plan(now=NOW + timedelta(days=day - 3))
    return Message.objects.filter(state=Message.State.QUEUED).first()


def comes_in(dovecot: Dovecot, mail: EmailMessage) -> InboundMail:
    began = time.monotonic()
    raw = mail.as_bytes().replace(b"\n", b"\r\n")
    dovecot.deliver("alice", raw, password=PASSWORD)
    soon(InboundMail.objects.exists)
    assert time.monotonic() - began < 15
    (found,) = understand()
    return found


def test_without_an_answer_the_sequence_goes_on(enrolled: Enrollment) -> None:
    send_by(Recording())
    assert planned(10)


def test_a_reply_stops_the_sequence(
    dovecot: Dovecot, reading: Inbox, enrolled: Enrollment, work: Callable[[], None]
) -> None:
    ours = send_by(Recording())
    reply = comes_in(dovecot, answer(ours, "Yes, I would love to talk. When are you free?"))
    assert (reply.kind, reply.source) == (KIND.REPLY, f"imap:{reading.pk}")
    assert Signal.objects.get().kind == Signal.Kind.REPLIED
    for day in range(10, 31):
        assert planned(day) is None
    work()
    assert FollowUp.objects.get().reason == FollowUp.Reason.REPLIED


def test_an_out_of_office_holds_it_and_it_goes_on_after_the_return(
    dovecot: Dovecot, reading: Inbox, enrolled: Enrollment
) -> None:
    ours = send_by(Recording())
    away = answer(
        ours,
        "I am out of the office until Friday, 13 March 2026. Warm regards, Ana",
        subject="Automatic reply: Hello",
        Auto_Submitted="auto-replied",
    )
    assert comes_in(dovecot, away).kind == KIND.AUTO_REPLY
    assert list(Signal.objects.values_list("kind", flat=True)) == [Signal.Kind.ABSENT]
    assert [planned(day) for day in (10, 11, 12, 13)] == [None] * 4
    later = [day for day in range(14, 25) if planned(day)]
    assert later
    assert 16 <= later[0] <= 18
    # The same step, and it once.
    assert Message.objects.filter(state=Message.State.QUEUED).count() == 1


def test_nothing_of_the_mailbox_is_changed_or_copied_that_is_not_ours(
    dovecot: Dovecot, reading: Inbox, enrolled: Enrollment
) -> None:
    private = b"From: doctor@clinic.example\r\nTo: alice@northwind.example\r\n\r\nYour results.\r\n"
    dovecot.deliver("alice", private, password=PASSWORD)
    ours = send_by(Recording())
    comes_in(dovecot, answer(ours, "Thank you."))
    assert InboundMail.objects.count() == 1
    client = dovecot.signed_in("alice", PASSWORD)
    client.select("INBOX", readonly=True)
    assert client.search(None, "UNSEEN") == ("OK", [b"1 2"])
    client.logout()


# The whole way round.


def test_the_tag_of_an_address_comes_through_plus_addressing(
    dovecot: Dovecot, reading: Inbox, alice: User
) -> None:
    """From us by Postfix to nobody, back by Postfix into the recruiter's mailbox, and out of it
    by IMAP: as with any mail server that knows alice+tag@ as alice@."""
    ana = make.candidate(owner=alice, email="gone@example.com")
    with debian.postfix(dovecot.lmtp_port) as server:
        make.message(ana, box(alice, server.port))
        hand_over()
        soon(InboundMail.objects.exists)
    (report,) = understand()
    assert (report.kind, report.candidate, report.match) == (KIND.BOUNCE, ana, "token")
    assert report.source == f"imap:{reading.pk}"
    assert ContactPoint.objects.get().standing == ContactPoint.Standing.DEAD
