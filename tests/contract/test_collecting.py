"""Inboxes are read once, to the end, from where that ended, whatever their servers do."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from tests import make
from tests.contract.imap_server import ImapServer
from tests.db.test_answers import Sent
from tests.make import NOW
from warmbench.core import sql
from warmbench.core.loops import repeat
from warmbench.integrations.mail import imap
from warmbench.integrations.mail.collecting import Collector, Collectors, settings_of
from warmbench.messaging import inboxes
from warmbench.messaging.inbound import arrivals
from warmbench.messaging.models import InboundMail, Inbox
from warmbench.people.models import Candidate

pytestmark = pytest.mark.django_db
#: Threads see only what is committed.
committed = pytest.mark.django_db(transaction=True)

ME = "worker"


def mail(number: int, *, size: int = 0) -> bytes:
    head = f"From: ana@example.com\r\nMessage-ID: <{number}@example.com>\r\nSubject: {number}"
    return f"{head}\r\n\r\nHello {number}\r\n".encode() + b"x" * size


def inbox_at(server: ImapServer, **fields: object) -> Inbox:
    return make.inbox(port=server.port, **{"takes": Inbox.Takes.ALL} | fields)


def read(inbox: Inbox, *, now: datetime = NOW) -> int:
    """Read an inbox once. Returns how many mails were new."""
    Inbox.objects.filter(pk=inbox.pk).update(free_at=now)
    assert inboxes.claim(inbox.pk, ME, now=now)
    inbox.refresh_from_db()
    with imap.opened(settings_of(inbox)) as mailbox:
        new = Collector(inbox, ME, lambda: now).read(mailbox)
    inboxes.note_read(inbox.pk, ME, now=now)
    inbox.refresh_from_db()
    return new


def try_to_read(inbox: Inbox, *, now: datetime = NOW) -> Inbox:
    """As a worker does: read it, or note why that could not be."""
    Inbox.objects.filter(pk=inbox.pk).update(free_at=now)
    assert inboxes.claim(inbox.pk, ME, now=now)
    stop = threading.Event()
    reading = threading.Thread(
        target=Collectors("", lambda: now)._collect, args=[inbox.pk, ME, stop]
    )
    reading.start()
    soon(lambda: not reading.is_alive() or Inbox.objects.get(pk=inbox.pk).checked_at == now)
    stop.set()
    reading.join(10)
    inbox.refresh_from_db()
    return inbox


def soon(happened: Callable[[], object], *, seconds: float = 15) -> None:
    """Wait until it has happened."""
    over = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < over, "It did not happen."
        time.sleep(0.02)


def kept() -> list[str]:
    raws = InboundMail.objects.order_by("pk").values_list("raw", flat=True)
    return [bytes(raw).partition(b"Subject: ")[2].partition(b"\r")[0].decode() for raw in raws]


def test_what_came_since_that_day_is_read_and_what_comes_after() -> None:
    with ImapServer({4: mail(4), 9: mail(9)}) as server:
        inbox = inbox_at(server)
        assert read(inbox) == 2
        assert (inbox.uid_validity, inbox.last_uid, inbox.checked_at) == (1, 9, NOW)
        assert read(inbox) == 0
        server.mails[12] = mail(12)
        assert read(inbox) == 1
    assert kept() == ["4", "9", "12"]
    assert [one.source for one in InboundMail.objects.all()] == [f"imap:{inbox.pk}"] * 3
    # By when it came, and not by when we looked.
    assert InboundMail.objects.earliest("pk").received_at == datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
    since = server.asked("UID SEARCH SINCE")
    assert "03-Mar-2026" in since[0]
    assert len(since) == 1


def test_an_empty_inbox_is_read_from_its_end() -> None:
    with ImapServer({4: mail(4)}) as server:
        server.instead = lambda tag, what: (
            f"* SEARCH\r\n{tag} OK done\r\n" if "SINCE" in what else None
        )
        inbox = inbox_at(server)
        assert read(inbox) == 0
        assert inbox.last_uid == 4
        server.mails[5] = mail(5)
        assert read(inbox) == 1


def test_nothing_is_changed_in_it() -> None:
    with ImapServer({n: mail(n) for n in range(1, 9)}) as server:
        read(inbox_at(server))
    for verb in ("STORE", "SELECT ", "EXPUNGE", "COPY", "MOVE", "APPEND", "CLOSE"):
        assert not server.asked(verb)
    assert all("BODY.PEEK[" in command for command in server.asked("BODY"))


def test_a_folder_that_was_numbered_anew_is_read_again_for_a_week() -> None:
    with ImapServer({4: mail(4), 9: mail(9)}) as server:
        inbox = inbox_at(server, read_since=date(2025, 1, 1))
        read(inbox)
        server.uid_validity, server.mails = 2, {1: mail(4), 2: mail(9), 3: mail(10)}
        # What was read already comes again, and is one mail all the same.
        assert read(inbox, now=NOW + timedelta(days=1)) == 1
        assert (inbox.uid_validity, inbox.last_uid) == (2, 3)
    assert kept() == ["4", "9", "10"]
    assert "24-Feb-2026" in server.asked("UID SEARCH SINCE")[1]


def test_the_same_mail_in_two_inboxes_is_one() -> None:
    with ImapServer({4: mail(4)}) as one, ImapServer({7: mail(4)}) as other:
        assert read(inbox_at(one)) == 1
        assert read(inbox_at(other)) == 0
    assert InboundMail.objects.count() == 1


# Servers that break.


@committed
@pytest.mark.parametrize("fails_at", [1, 2, 3])
def test_a_connection_that_breaks_in_the_middle_loses_nothing(fails_at: int) -> None:
    seen: list[str] = []

    def instead(_tag: str, command: str) -> None:
        if "BODY.PEEK[]" in command:
            seen.append(command)
            if len(seen) == fails_at:
                raise ImapServer.HangUpError(b"* 1 FETCH (UID 4 BODY[]<0> {500}\r\nFrom: ana")

    # Large enough not to be fetched together.
    mails = {uid: mail(uid, size=3_000_000) for uid in (4, 5, 6)}
    with ImapServer(mails, instead=instead) as server:
        inbox = inbox_at(server)
        try_to_read(inbox)
        assert "broke" in inbox.problem
        assert inbox.last_uid == 2 + fails_at
        assert inbox.free_at == NOW + inboxes.SHORTEST_PAUSE
        try_to_read(inbox)
        assert (inbox.problem, inbox.failures, inbox.last_uid) == ("", 0, 6)
    assert kept() == ["4", "5", "6"]


@committed
def test_each_failure_makes_the_pause_longer() -> None:
    inbox = make.inbox()
    pauses = []
    for _ in range(9):
        try_to_read(inbox)
        pauses.append(inbox.free_at - NOW)
    assert pauses[:3] == [timedelta(seconds=15), timedelta(seconds=30), timedelta(seconds=60)]
    assert pauses[-1] == inboxes.LONGEST_PAUSE
    assert "Nobody answers at port 9" in inbox.problem


@committed
def test_a_wrong_password_is_not_tried_again_and_again() -> None:
    with ImapServer(
        instead=lambda tag, what: (
            f"{tag} NO [AUTHENTICATIONFAILED] no\r\n" if "LOGIN" in what else None
        )
    ) as server:
        inbox = inbox_at(server)
        try_to_read(inbox)
    assert inbox.free_at == NOW + inboxes.REFUSED_PAUSE
    assert "does not accept" in inbox.problem


@committed
def test_a_mail_that_cannot_be_fetched_is_left_to_a_person_and_hides_no_other() -> None:
    def instead(_tag: str, command: str) -> None:
        if "BODY.PEEK[]" in command and "5" in command.split()[2].split(","):
            raise ImapServer.HangUpError

    with ImapServer({uid: mail(uid) for uid in (4, 5, 6)}, instead=instead) as server:
        inbox = inbox_at(server)
        for _ in range(5):
            try_to_read(inbox)
        assert inbox.last_uid == 6
    assert kept()[0::2] == ["4", "6"]
    left = InboundMail.objects.get(state=InboundMail.State.OPEN)
    assert "number 5 in INBOX" in left.problem
    assert "could not be fetched" in left.problem


@pytest.mark.parametrize("claimed", [27 << 20, 100])
def test_a_mail_that_is_too_large_is_left_to_a_person(claimed: int) -> None:
    huge = mail(5, size=arrivals.LARGEST)
    with ImapServer({4: mail(4), 5: huge, 6: mail(6)}, sizes={5: claimed}) as server:
        inbox = inbox_at(server)
        assert read(inbox) == 3
        assert inbox.last_uid == 6
    left = InboundMail.objects.get(state=InboundMail.State.OPEN)
    assert "larger than 25 MB" in left.problem
    assert bytes(left.raw).endswith(b"Subject: 5\r\n\r\n")


def test_a_mail_that_is_deleted_meanwhile_is_nobodys_loss() -> None:
    with ImapServer({4: mail(4), 5: mail(5)}) as server:

        def instead(_tag: str, command: str) -> None:
            if "BODY.PEEK[]" in command:
                server.mails.pop(4, None)

        server.instead = instead
        inbox = inbox_at(server)
        assert read(inbox) == 1
        assert inbox.last_uid == 5
    assert kept() == ["5"]


# What is ours.


@pytest.fixture
def ana() -> Candidate:
    make.organisation()
    return make.candidate(owner=make.user(), email="ana@example.com")


@pytest.fixture
def sent(ana: Candidate) -> Sent:
    return Sent(ana, make.sender(ana.owner))


def test_of_a_recruiters_own_mailbox_only_what_is_ours_is_copied(sent: Sent) -> None:
    private = b"From: doctor@clinic.example\r\nTo: alice@northwind.example\r\nSubject: x\r\n\r\n."
    ours = [
        sent.answer("Yes."),
        sent.answer("Yes.", to="alice@northwind.example", In_Reply_To=sent.message_id),
        sent.answer("Yes.", to="alice@northwind.example"),
        sent.answer("", to=sent.button, subject="unsubscribe"),
        sent.bounce("5.1.1", "550 5.1.1 User unknown"),
    ]
    mails = dict(enumerate([private, *(raw.replace(b"\n", b"\r\n") for raw in ours), private], 1))
    with ImapServer(mails) as server:
        inbox = inbox_at(server, takes=Inbox.Takes.OURS)
        assert read(inbox) == 5
        assert inbox.last_uid == 7
        # Of the others not even the text has been fetched.
        fetched = [command.split()[2] for command in server.asked("BODY.PEEK[]")]
        assert fetched == ["2,3,4,5,6"]
    assert InboundMail.objects.count() == 5


def test_a_mail_from_long_ago_is_no_answer(sent: Sent) -> None:
    raw = sent.answer("Yes.", to="alice@northwind.example").replace(b"\n", b"\r\n")
    with ImapServer({1: raw}) as server:
        inbox = inbox_at(server, takes=Inbox.Takes.OURS)
        assert read(inbox, now=NOW + timedelta(days=200)) == 0


# Who reads it.


def test_an_inbox_has_one_reader() -> None:
    inbox = make.inbox()
    assert inboxes.claim(inbox.pk, "one", now=NOW)
    assert not inboxes.claim(inbox.pk, "two", now=NOW)
    assert inboxes.hold(inbox.pk, "one", now=NOW)
    assert not inboxes.hold(inbox.pk, "two", now=NOW)


def test_a_reader_that_died_is_replaced() -> None:
    inbox = make.inbox()
    inboxes.claim(inbox.pk, "one", now=NOW)
    later = NOW + inboxes.LEASE
    assert inboxes.claim(inbox.pk, "two", now=later)
    # Should it live after all, it notices, and has moved nothing meanwhile.
    assert not inboxes.hold(inbox.pk, "one", now=later)
    inboxes.move(inbox.pk, "one", 99, now=later)
    inboxes.note_problem(inbox.pk, "one", "Late", for_a_person=False, now=later)
    inbox.refresh_from_db()
    assert (inbox.last_uid, inbox.problem, inbox.reader) == (0, "", "two")


@contextmanager
def collecting(clock: Callable[[], datetime]) -> Iterator[None]:
    stop = threading.Event()

    def work(collectors: Collectors) -> float:
        collectors.run(stop)
        return 0.0

    # Two workers, as if they were two processes.
    threads = [
        threading.Thread(
            target=repeat,
            args=[partial(work, Collectors(f"worker {n}", clock, look_every=0.3))],
            kwargs={"name": "inboxes", "stop": stop},
        )
        for n in (1, 2)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)
            assert not thread.is_alive()


@committed
def test_several_inboxes_are_read_at_once_by_several_workers() -> None:
    with ImapServer({1: mail(1)}) as one, ImapServer({1: mail(2)}) as other:
        first, second = inbox_at(one), inbox_at(other)
        absent = make.inbox()
        with collecting(lambda: datetime.now(UTC)):
            soon(lambda: InboundMail.objects.count() == 2)
            for at in range(3, 9):
                one.mails[at], other.mails[at] = mail(100 + at), mail(200 + at)
            soon(lambda: InboundMail.objects.count() == 14)
            absent.refresh_from_db()
            assert "Nobody answers" in absent.problem
            # One connection each, however many workers there are.
            assert (one.connections, other.connections) == (1, 1)
            inboxes.set_active(first.pk, is_active=False, by_id=None, now=datetime.now(UTC))
            soon(lambda: one.asked("LOGOUT"))
            one.mails[50] = mail(50)
            inboxes.set_active(first.pk, is_active=True, by_id=None, now=datetime.now(UTC))
            soon(lambda: InboundMail.objects.count() == 15)
        # Whoever comes next need not wait.
        assert set(Inbox.objects.values_list("reader", flat=True)) == {""}
        assert second.pk in inboxes.free(now=datetime.now(UTC))


@committed
def test_a_password_that_is_lost_is_told_and_hinders_no_other_inbox() -> None:
    with ImapServer({1: mail(1)}) as server:
        broken, whole = inbox_at(server), inbox_at(server)
        # A password that no key opens any more.
        sql.run("UPDATE inbox SET password = 'gone' WHERE id = %s", [broken.pk])
        with collecting(lambda: datetime.now(UTC)):
            soon(lambda: Inbox.objects.defer("password").get(pk=whole.pk).checked_at)
            told = Inbox.objects.filter(pk=broken.pk).values_list("problem", flat=True)
            soon(lambda: "No vault key opens" in told.all()[0])
    assert InboundMail.objects.count() == 1
