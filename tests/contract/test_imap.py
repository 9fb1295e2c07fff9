"""Folders of real and of misbehaving IMAP servers, over real sockets."""

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.contract import debian
from tests.contract.debian import Dovecot
from tests.contract.imap_server import ImapServer
from warmbench.core.fence import attempt
from warmbench.integrations.mail import imap
from warmbench.integrations.mail.imap import ImapSettings, LostError, RefusedError

MAIL = b"From: ana@example.com\r\nSubject: Re: Hello\r\n\r\nYes.\r\n"


@pytest.fixture(scope="module")
def server(authority: Path) -> Iterator[Dovecot]:
    with debian.dovecot(authority / "server.pem") as running:
        running.add("alice", "correct horse")
        running.add("zoe", "schlüssel")
        yield running


@pytest.fixture
def settings(server: Dovecot) -> ImapSettings:
    return ImapSettings(
        host="127.0.0.1",
        port=server.port,
        security="none",
        username="alice",
        password="correct horse",
    )


def never() -> bool:
    return False


class TestDovecot:
    def test_mails_are_fetched_as_they_are_and_stay_unread(
        self, server: Dovecot, settings: ImapSettings
    ) -> None:
        with imap.opened(settings) as mailbox:
            before = mailbox.newest
        server.deliver("alice", MAIL, password="correct horse")
        with imap.opened(settings) as mailbox:
            (uid,) = mailbox.uids_after(before)
            assert uid == mailbox.newest
            (glance,) = mailbox.glance([uid])
            assert (glance.uid, glance.size) == (uid, len(MAIL))
            assert glance.head == MAIL.removesuffix(b"Yes.\r\n")
            assert glance.arrived_at
            assert datetime.now(UTC) - glance.arrived_at < timedelta(minutes=1)
            assert mailbox.fetch([uid], most=1000) == {uid: MAIL}
            assert mailbox.fetch([uid], most=6) == {uid: b"From: "}
            assert mailbox.uids_after(uid) == []
        client = server.signed_in("alice", "correct horse")
        client.select("INBOX")
        _, flags = client.uid("FETCH", str(uid), "(FLAGS)")
        client.logout()
        assert b"Seen" not in flags[0]

    def test_mails_since_a_day_are_found(self, server: Dovecot, settings: ImapSettings) -> None:
        server.deliver("alice", MAIL, password="correct horse")
        today = datetime.now(UTC).date()
        with imap.opened(settings) as mailbox:
            assert mailbox.newest in mailbox.uids_since(today - timedelta(days=1))
            assert mailbox.uids_since(today + timedelta(days=2)) == []

    def test_a_mail_that_is_gone_is_no_trouble(self, settings: ImapSettings) -> None:
        with imap.opened(settings) as mailbox:
            assert mailbox.glance([4_000_000]) == []
            assert mailbox.fetch([4_000_000], most=1000) == {}

    def test_the_server_says_at_once_when_something_comes_in(
        self, server: Dovecot, settings: ImapSettings
    ) -> None:
        with imap.opened(settings) as mailbox:
            uid = mailbox.newest
            deliver = threading.Timer(
                0.5, server.deliver, ["alice", MAIL], {"password": "correct horse"}
            )
            deliver.start()
            began = time.monotonic()
            while not mailbox.uids_after(uid):
                mailbox.wait(20, stopping=never)
            assert time.monotonic() - began < 5
            deliver.join()

    def test_waiting_ends_when_we_are_to_stop(self, settings: ImapSettings) -> None:
        with imap.opened(settings) as mailbox:
            stop = threading.Event()
            threading.Timer(0.3, stop.set).start()
            began = time.monotonic()
            mailbox.wait(20, stopping=stop.is_set)
            assert time.monotonic() - began < 3

    @pytest.mark.parametrize("security", ["tls", "starttls"])
    def test_encrypted_it_is_the_same(
        self, server: Dovecot, settings: ImapSettings, authority: Path, security: imap.Security
    ) -> None:
        port = server.tls_port if security == "tls" else server.port
        secure = replace(settings, port=port, security=security, ca_file=str(authority / "ca.pem"))
        with imap.opened(secure) as mailbox:
            assert mailbox.uid_validity
            mailbox.wait(0.1, stopping=never)
        with (
            pytest.raises(RefusedError, match="certificate"),
            imap.opened(replace(secure, ca_file=None)),
        ):
            pass

    def test_passwords_may_have_any_letters(self, server: Dovecot, settings: ImapSettings) -> None:
        with imap.opened(replace(settings, username="zoe", password="schlüssel")):
            pass

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"password": "wrong"}, "does not accept the user name and the password: .AUTH"),
            ({"folder": "Nowhere"}, "The folder Nowhere cannot be opened"),
            ({"username": "alice\r\na2 DELETE INBOX"}, "line break"),
        ],
    )
    def test_what_a_person_has_to_mend_is_told(
        self, settings: ImapSettings, change: dict[str, str], said: str
    ) -> None:
        with (
            pytest.raises(RefusedError, match=said),
            imap.opened(replace(settings, **change)),  # type: ignore[arg-type]
        ):
            pass

    def test_other_folders_can_be_read(self, server: Dovecot, settings: ImapSettings) -> None:
        client = server.signed_in("alice", "correct horse")
        client.create('"B&APw-cher &- mehr"')
        client.logout()
        with imap.opened(replace(settings, folder="Bücher & mehr")) as mailbox:
            assert mailbox.newest == 0

    def test_nobody_is_named_in_the_log(
        self, settings: ImapSettings, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG), imap.opened(settings) as mailbox:
            mailbox.uids_after(0)
        assert "alice" not in caplog.text
        assert "horse" not in caplog.text


# Servers that misbehave.


def opened(server: ImapServer, **changes: object) -> ImapSettings:
    usual = ImapSettings(
        host="127.0.0.1",
        port=server.port,
        security="none",
        username="alice",
        password="secret",
        timeout=2,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def test_the_scripted_server_speaks_as_we_expect() -> None:
    with ImapServer({3: MAIL, 7: MAIL}) as server, imap.opened(opened(server)) as mailbox:
        assert (mailbox.uid_validity, mailbox.newest) == (1, 7)
        # The newest mail is named although it is not newer.
        assert (mailbox.uids_after(3), mailbox.uids_after(7)) == ([7], [])
        assert [one.uid for one in mailbox.glance([3, 7])] == [3, 7]
        assert mailbox.fetch([3], most=100) == {3: MAIL}
        mailbox.wait(0.1, stopping=never)
    assert not server.asked("STORE")
    assert not server.asked("SELECT")


@pytest.mark.parametrize(
    ("at", "last"),
    [
        ("LOGIN", b""),
        ("EXAMINE", b"* BYE shutting down\r\n"),
        ("UID SEARCH", b"* SEARCH 1 2"),
        ("UID FETCH", b"* 1 FETCH (UID 3 RFC822.SIZE 4 BODY[]<0> {4000}\r\nFrom: "),
        ("IDLE", b""),
        ("IDLE", b"* BYE idle for too long\r\n"),
        ("NOOP", b"\xff\xfe\x00 nonsense ((((\r\n"),
    ],
)
def test_a_connection_that_breaks_anywhere_is_lost_and_no_more(at: str, last: bytes) -> None:
    def instead(_tag: str, command: str) -> None:
        if command.startswith(at):
            raise ImapServer.HangUpError(last)

    def read(server: ImapServer) -> None:
        with imap.opened(opened(server)) as mailbox:
            mailbox.uids_after(0)
            mailbox.fetch([3], most=100)
            mailbox.wait(0.2, stopping=never)

    with ImapServer({3: MAIL}, instead=instead) as server:
        with pytest.raises(LostError, match=r"127\.0\.0\.1|hung up"):
            read(server)
        server.instead = lambda _tag, _command: None
        read(server)


@pytest.mark.parametrize(
    "garbage",
    [
        "* SEARCH one two three\r\n{tag} OK done\r\n",
        "* SEARCH 99999999999999999999 -1\r\n{tag} BAD no\r\n",
        "{tag} NO later\r\n",
        "* 1 FETCH (UID (((\r\n{tag} OK done\r\n",
    ],
)
def test_a_garbled_answer_is_a_sentence_and_not_a_crash(garbage: str) -> None:
    def instead(tag: str, command: str) -> str | None:
        return garbage.format(tag=tag) if command.startswith("UID SEARCH") else None

    with ImapServer({3: MAIL}, instead=instead) as server, imap.opened(opened(server)) as mailbox:
        found = attempt(mailbox.uids_after, 0)
    assert isinstance(found, LostError) or found == []


def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    with ImapServer(instead=lambda _tag, command: "" if "LOGIN" in command else None) as server:
        began = time.monotonic()
        with (
            pytest.raises(LostError, match="does not answer in time"),
            imap.opened(opened(server, timeout=0.5)),
        ):
            pass
        assert time.monotonic() - began < 5


def test_without_idle_we_look_again_after_a_while() -> None:
    with (
        ImapServer({3: MAIL}, capabilities="IMAP4rev1") as server,
        imap.opened(opened(server)) as mailbox,
    ):
        began = time.monotonic()
        mailbox.wait(0.6, stopping=never)
        assert time.monotonic() - began >= 0.6
    assert not server.asked("IDLE")


def test_what_comes_in_just_before_the_wait_is_not_slept_over() -> None:
    def instead(_tag: str, command: str) -> str | None:
        return "* 2 EXISTS\r\n+ idling\r\n" if command == "IDLE" else None

    with ImapServer({3: MAIL}) as server, imap.opened(opened(server)) as mailbox:
        server.instead = instead
        began = time.monotonic()
        mailbox.wait(20, stopping=never)
        assert time.monotonic() - began < 3


def test_a_server_that_refuses_idle_is_lost_and_not_hung_on() -> None:
    with ImapServer({3: MAIL}) as server, imap.opened(opened(server)) as mailbox:
        server.instead = lambda tag, what: f"{tag} BAD no\r\n" if what == "IDLE" else None
        with pytest.raises(LostError, match="refuses it"):
            mailbox.wait(20, stopping=never)


def test_a_folder_without_lasting_numbers_cannot_be_read() -> None:
    def instead(tag: str, command: str) -> str | None:
        return f"* 0 EXISTS\r\n{tag} OK done\r\n" if command.startswith("EXAMINE") else None

    with (
        ImapServer(instead=instead) as server,
        pytest.raises(RefusedError, match="UIDVALIDITY"),
        imap.opened(opened(server)),
    ):
        pass


@pytest.mark.parametrize(
    ("address", "forbidden"),
    [
        ("169.254.169.254", True),
        ("fe80::1%eth0", True),
        ("::ffff:169.254.169.254", True),
        ("fd00:ec2::254", True),
        ("100.100.100.200", True),
        ("0.0.0.0", True),
        ("224.0.0.1", True),
        ("127.0.0.1", False),
        ("10.0.0.5", False),
        ("192.168.1.20", False),
        ("fd12:3456::1", False),
        ("203.0.113.7", False),
    ],
)
def test_a_mail_server_may_be_private_but_no_metadata_service(
    address: str, *, forbidden: bool
) -> None:
    assert imap.may_not_be(address) is forbidden


def test_a_metadata_service_is_not_even_asked() -> None:
    settings = ImapSettings(host="169.254.169.254", username="x", password="y", timeout=1)
    with pytest.raises(RefusedError, match="no mail server"), imap.opened(settings):
        pass


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_what_cannot_be_encrypted_is_not_read(security: imap.Security) -> None:
    with (
        ImapServer(instead=lambda tag, _: f"{tag} BAD what?\r\n") as server,
        pytest.raises(imap.ImapError, match=r"STARTTLS|TLS|broke"),
        imap.opened(opened(server, security=security)),
    ):
        pass
    assert not server.asked("LOGIN")


def test_who_is_not_there_is_said() -> None:
    nobody = ImapSettings(host="127.0.0.1", port=debian.free_port(), timeout=1)
    with pytest.raises(LostError, match="Nobody answers at port"), imap.opened(nobody):
        pass
    with (
        pytest.raises(LostError, match="No machine called"),
        imap.opened(replace(nobody, host="imap.invalid")),
    ):
        pass
