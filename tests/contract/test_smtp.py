"""What becomes of a mail when a mail server misbehaves, at every moment at which it can."""

import re
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.mail_server import Behaviour, Drop, Late, MailServer, Reset
from warmbench.integrations.mail import smtp
from warmbench.integrations.mail.smtp import SmtpChannel, SmtpSettings
from warmbench.messaging.handover import (
    Accepted,
    Channel,
    Deferred,
    HandOver,
    Kind,
    Recording,
    Rejected,
    Scope,
    Uncertain,
)

MAIL = b"Subject: x\r\n\r\nHello\r\n"
MESSAGE, SENDER = Scope.MESSAGE, Scope.SENDER


@contextmanager
def channel(port: int, **changes: Any) -> Iterator[SmtpChannel]:
    local = {"host": "127.0.0.1", "port": port, "security": "none"}
    given: dict[str, Any] = {**local, "timeout": 2.0, "data_timeout": 5.0, **changes}
    seconds = given.pop("seconds", None)
    opened = SmtpChannel(SmtpSettings(**given), **({"seconds": seconds} if seconds else {}))
    try:
        yield opened
    finally:
        opened.close()


def send(through: Channel, data: bytes = MAIL) -> HandOver:
    return through.hand_over("alice@northwind.example", "ana@example.com", data)


def outcome(server: MailServer, data: bytes = MAIL, **changes: Any) -> HandOver:
    with server, channel(server.port, **changes) as opened:
        return send(opened, data)


pipelined = pytest.mark.parametrize("extensions", [("PIPELINING",), ()], ids=["pipelined", "plain"])


@pipelined
def test_an_accepted_mail_is_at_the_server_once(extensions: tuple[str, ...]) -> None:
    server = MailServer(extensions=extensions)
    assert outcome(server) == Accepted(250, "2.0.0 Kept")
    assert server.mails == [MAIL]
    assert server.commands[1:4] == [
        "MAIL FROM:<alice@northwind.example>",
        "RCPT TO:<ana@example.com>",
        "DATA",
    ]


@pipelined
@pytest.mark.parametrize(
    ("phase", "scope"),
    [
        ("greeting", SENDER),
        ("MAIL", SENDER),
        ("RCPT", MESSAGE),
        ("DATA", MESSAGE),
        (".", MESSAGE),
    ],
)
def test_a_temporary_refusal_is_tried_again(
    phase: str, scope: Scope, extensions: tuple[str, ...]
) -> None:
    server = MailServer({phase: "451 4.3.0 Later"}, extensions)
    assert outcome(server) == Deferred(451, "4.3.0 Later", scope)
    assert server.mails == []


@pipelined
@pytest.mark.parametrize("phase", ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "."])
def test_a_busy_server_is_left_alone_for_a_while(phase: str, extensions: tuple[str, ...]) -> None:
    server = MailServer({phase: "421 4.7.0 Too many"}, extensions)
    result = outcome(server)
    assert isinstance(result, Deferred)
    assert result.scope is SENDER
    assert server.mails == []


@pipelined
@pytest.mark.parametrize("how", [Drop(), Reset(), "gibberish", "99 x", Late(9.0, "250 x")])
@pytest.mark.parametrize("phase", ["greeting", "EHLO", "MAIL", "RCPT", "DATA"])
def test_what_breaks_before_the_mail_is_tried_again(
    phase: str, how: Behaviour, extensions: tuple[str, ...]
) -> None:
    if isinstance(how, Late):
        how = Late(0.4, how.answer)
    server = MailServer({phase: how}, extensions)
    assert isinstance(outcome(server, timeout=0.2), Deferred)
    assert server.mails == []


@pipelined
@pytest.mark.parametrize(
    "how", [Drop(), Reset(), "gibberish", "250", "354 More", Late(0.5, "250 x")]
)
def test_what_breaks_after_the_mail_is_never_tried_again(
    how: Behaviour, extensions: tuple[str, ...]
) -> None:
    server = MailServer({".": how}, extensions)
    result = outcome(server, data_timeout=0.2)
    assert isinstance(result, Accepted if how == "250" else Uncertain)
    assert server.mails == [MAIL]


def test_a_slow_answer_is_waited_for() -> None:
    server = MailServer({".": Late(0.5, "250 2.0.0 At last")})
    assert outcome(server, timeout=0.2, data_timeout=5) == Accepted(250, "2.0.0 At last")


def test_a_mail_that_cannot_have_arrived_whole_is_tried_again() -> None:
    class HangsUpInside(MailServer):
        def _obey(self, command: str, lines: Any) -> bool:
            if command == "DATA":
                self._answer(lines.connection, "DATA")
                lines.connection.recv(1000)
                return False
            return super()._obey(command, lines)

    result = outcome(HangsUpInside(), MAIL + b"x" * 60 + b"\r\n" * 4_000_000)
    assert isinstance(result, Deferred)
    assert result.scope is MESSAGE


@pipelined
@pytest.mark.parametrize(
    ("phase", "answer", "kind"),
    [
        ("RCPT", "550 5.1.1 No such user", Kind.ADDRESS_DEAD),
        ("RCPT", "550 5.1.2 No such host", Kind.ADDRESS_DEAD),
        ("RCPT", "556 5.1.10 Null MX", Kind.ADDRESS_DEAD),
        ("RCPT", "550 5.2.1 Disabled", Kind.ADDRESS_DEAD),
        (".", "550 5.1.1 No such user", Kind.ADDRESS_DEAD),
        ("RCPT", "550 5.1.0 Rejected", Kind.OTHER),
        ("RCPT", "550 5.1.8 Your domain does not exist", Kind.POLICY),
        ("RCPT", "550 5.7.1 Relaying denied", Kind.POLICY),
        (".", "550 5.7.515 Access denied", Kind.POLICY),
        ("DATA", "554 5.7.1 Blocked", Kind.POLICY),
        ("MAIL", "550 Who are you", Kind.POLICY),
        ("MAIL", "550 5.1.1 No such user", Kind.POLICY),
        ("MAIL", "552 5.3.4 Too big", Kind.OTHER),
        ("RCPT", "552 5.2.2 Mailbox full", Kind.OTHER),
        ("RCPT", "550 No such user", Kind.OTHER),
        ("RCPT", "550 4.1.1 Does not agree with itself", Kind.OTHER),
        (".", "554 No", Kind.OTHER),
    ],
)
def test_a_final_refusal_says_whose_trouble_it_is(
    phase: str, answer: str, kind: Kind, extensions: tuple[str, ...]
) -> None:
    server = MailServer({phase: answer}, extensions)
    code, _, text = answer.partition(" ")
    assert outcome(server) == Rejected(int(code), text, kind)
    assert server.mails == []


@pytest.mark.parametrize("code", [530, 534, 535, 538])
def test_a_server_that_wants_a_login_stops_the_sender_and_loses_no_mail(code: int) -> None:
    result = outcome(MailServer({"MAIL": f"{code} 5.7.0 Log in first"}))
    assert result == Deferred(code, "5.7.0 Log in first", SENDER)


def test_a_reply_of_many_lines_is_one_reply() -> None:
    said = "550-5.1.1 The address\r\n550-5.1.1 does not\r\n550 5.1.1 exist."
    result = outcome(MailServer({"RCPT": said}))
    assert result == Rejected(
        550, "5.1.1 The address 5.1.1 does not 5.1.1 exist.", Kind.ADDRESS_DEAD
    )
    long = "\r\n".join([f"250-{'x' * 500}"] * 50) + "\r\n250 end"
    assert isinstance(outcome(MailServer({".": long})), Accepted)


def test_an_endless_reply_is_not_listened_to() -> None:
    assert isinstance(outcome(MailServer({"MAIL": f"250-{'x' * 2_000_000}"})), Deferred)
    assert isinstance(outcome(MailServer({".": "250-x\r\n" * 20_000 + "250 x"})), Uncertain)


class TestPipelining:
    def test_a_refused_address_does_not_spoil_the_next_mail(self) -> None:
        server = MailServer({"RCPT": "550 5.1.1 No", "DATA": "554 5.5.1 Nobody"})
        with server, channel(server.port) as opened:
            assert isinstance(send(opened), Rejected)
            server.says = {}
            assert isinstance(send(opened), Accepted)
        assert server.connections == 1
        assert server.mails == [MAIL]

    def test_a_mail_for_nobody_is_ended_empty(self) -> None:
        server = MailServer({"RCPT": "550 5.1.1 No"})
        with server, channel(server.port) as opened:
            assert isinstance(send(opened), Rejected)
            assert server.mails_for_nobody == [b""]
            server.says = {}
            assert isinstance(send(opened), Accepted)
        assert server.connections == 1
        assert server.mails == [MAIL]

    def test_nothing_is_sent_to_a_server_that_refused_the_sender_and_asks_for_the_mail(
        self,
    ) -> None:
        server = MailServer({"MAIL": "451 4.3.0 Later"})
        assert isinstance(outcome(server), Deferred)
        assert server.mails == server.mails_for_nobody == []

    def test_the_first_refusal_counts_even_when_the_rest_is_lost(self) -> None:
        server = MailServer({"RCPT": "550 5.1.1 No", "DATA": Drop()})
        assert outcome(server) == Rejected(550, "5.1.1 No", Kind.ADDRESS_DEAD)


class TestKeptConnections:
    def test_are_used_again_up_to_a_limit(self) -> None:
        server = MailServer()
        with server, channel(server.port, max_per_connection=4) as opened:
            assert all(isinstance(send(opened), Accepted) for _ in range(10))
        assert server.connections == 3
        assert len(server.mails) == 10

    @pytest.mark.parametrize("farewell", [b"", b"421 4.4.2 Idle for too long\r\n"])
    def test_are_opened_again_when_the_server_has_hung_up(self, farewell: bytes) -> None:
        server = MailServer(mails_per_connection=1, farewell=farewell)
        with server, channel(server.port) as opened:
            assert all(isinstance(send(opened), Accepted) for _ in range(5))
        assert len(server.mails) == 5

    def test_are_opened_again_once_only(self) -> None:
        server = MailServer()
        with server, channel(server.port) as opened:
            assert isinstance(send(opened), Accepted)
            server.says = {"MAIL": Drop()}
            assert isinstance(send(opened), Deferred)
        assert server.connections == 2
        assert len(server.mails) == 1

    def test_are_not_used_after_a_goodbye(self) -> None:
        server = MailServer({".": "421 4.7.0 Enough"})
        with server, channel(server.port) as opened:
            assert isinstance(send(opened), Deferred)
            server.says = {}
            assert isinstance(send(opened), Accepted)
        assert server.connections == 2

    @pytest.mark.parametrize(
        ("seconds", "asked", "connections"), [(5, 0, 1), (20, 1, 1), (40, 0, 2)]
    )
    def test_are_trusted_the_less_the_longer_they_were_silent(
        self, seconds: float, asked: int, connections: int
    ) -> None:
        server, clock = MailServer(), [0.0]
        with server, channel(server.port, seconds=lambda: clock[0]) as opened:
            send(opened)
            clock[0] += seconds
            assert isinstance(send(opened), Accepted)
        assert server.commands.count("NOOP") == asked
        assert server.connections == connections

    def test_that_do_not_answer_are_replaced(self) -> None:
        server, clock = MailServer({"NOOP": Drop()}), [0.0]
        with server, channel(server.port, seconds=lambda: clock[0]) as opened:
            send(opened)
            clock[0] += 20
            assert isinstance(send(opened), Accepted)
        assert server.connections == 2

    def test_are_shared_by_threads_without_mixing_mails(self) -> None:
        server = MailServer()
        mails = [b"Subject: %d\r\n\r\n%s\r\n" % (at, b"x" * at) for at in range(200)]
        with server, channel(server.port) as opened, ThreadPoolExecutor(8) as threads:
            results = list(threads.map(lambda data: send(opened, data), mails))
        assert all(isinstance(result, Accepted) for result in results)
        assert sorted(server.mails) == sorted(mails)
        assert server.connections <= 8


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([b".", b"..", b"\r", b"\n", b"\r\n", b"\r\n.\r\n", b"x", b"QUIT"])))
def test_nothing_in_a_mail_can_end_it(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    server = MailServer()
    assert isinstance(outcome(server, data), Accepted)
    expected = re.sub(rb"\r\n|\r|\n", b"\r\n", data)
    assert server.mails == [expected if expected.endswith(b"\r\n") else expected + b"\r\n"]
    assert [command for command in server.commands if command == "QUIT"] in ([], ["QUIT"])


def test_an_address_with_other_letters_needs_a_server_that_can() -> None:
    with MailServer() as server, channel(server.port) as opened:
        result = opened.hand_over("alice@northwind.example", "ана@example.com", MAIL)
        assert isinstance(result, Rejected)
        assert result.kind is Kind.OTHER
        assert "non-ASCII" in result.text
        assert "MAIL" not in "".join(server.commands)
    with MailServer(extensions=("SMTPUTF8", "8BITMIME")) as server, channel(server.port) as opened:
        result = opened.hand_over("alice@northwind.example", "ана@müller.example", MAIL)
        assert isinstance(result, Accepted)
        assert "MAIL FROM:<alice@northwind.example> SMTPUTF8 BODY=8BITMIME" in server.commands
        assert "RCPT TO:<ана@xn--mller-kva.example>" in server.commands


@pytest.mark.parametrize("address", ["", "x", "a@x.example>\r\nDATA", "a@x.example> NOTIFY=NEVER"])
def test_what_is_no_address_is_never_spoken(address: str) -> None:
    with MailServer() as server, channel(server.port) as opened:
        assert isinstance(opened.hand_over("a@x.example", address, MAIL), Rejected)
        assert server.connections == 0


def test_a_mail_larger_than_the_server_takes_is_not_tried() -> None:
    server = MailServer(extensions=("SIZE 1000",))
    result = outcome(server, MAIL + b"x" * 1000)
    assert isinstance(result, Rejected)
    assert result.code == 552
    assert outcome(MailServer(extensions=("SIZE 0",))) == Accepted(250, "2.0.0 Kept")


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with MailServer() as server:
        port = server.port
    with channel(port) as opened:
        result = send(opened)
    assert isinstance(result, Deferred)
    assert result.scope is SENDER


def test_unencrypted_mail_stays_on_this_machine() -> None:
    class Elsewhere:
        class sock:  # noqa: N801
            @staticmethod
            def getpeername() -> tuple[str, int]:
                return ("192.0.2.1", 25)

    elsewhere: Any = Elsewhere()
    assert not smtp._is_this_machine(elsewhere)


def test_a_recording_only_remembers() -> None:
    recording = Recording()
    assert isinstance(send(recording), Accepted)
    assert recording.mails == [("alice@northwind.example", "ana@example.com", MAIL)]


def test_a_password_does_not_show() -> None:
    assert "secret" not in repr(SmtpSettings(host="x", password="secret"))


class TestEncryption:
    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_is_used_when_asked_for(
        self, security: str, tls: ssl.SSLContext, authority: Path
    ) -> None:
        server = MailServer(tls=tls, tls_at_once=security == "tls")
        with (
            server,
            channel(server.port, security=security, ca_file=str(authority / "ca.pem")) as opened,
        ):
            assert [send(opened) for _ in range(3)] == [Accepted(250, "2.0.0 Kept")] * 3
        assert server.mails == [MAIL] * 3
        assert ("STARTTLS" in server.commands) == (security == "starttls")

    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_is_with_whom_the_certificate_names(
        self, security: str, tls: ssl.SSLContext, authority: Path
    ) -> None:
        wrong: list[dict[str, Any]] = [
            {},
            {"host": "localhost", "ca_file": str(authority / "ca.pem")},
        ]
        for changes in wrong:
            server = MailServer(tls=tls, tls_at_once=security == "tls")
            result = outcome(server, security=security, **changes)
            assert isinstance(result, Deferred)
            assert result.scope is SENDER
            assert "CERTIFICATE_VERIFY_FAILED" in result.text
            assert server.mails == []

    def test_is_never_left_out(self) -> None:
        server = MailServer()
        result = outcome(server, security="starttls", username="alice", password="secret")
        assert isinstance(result, Deferred)
        assert "STARTTLS" in result.text
        assert not [command for command in server.commands if command.startswith("AUTH")]

    def test_leaves_no_doubt_about_what_broke_it(
        self, tls: ssl.SSLContext, authority: Path
    ) -> None:
        server = MailServer({".": Drop()}, tls=tls)
        result = outcome(server, security="starttls", ca_file=str(authority / "ca.pem"))
        assert isinstance(result, Uncertain)


class TestLogin:
    @pytest.fixture
    def server(self, tls: ssl.SSLContext) -> Iterator[Controller]:
        def authenticate(_s: Any, _session: Any, _e: Any, _m: str, login: Any) -> AuthResult:
            assert isinstance(login, LoginPassword)
            right = login == LoginPassword(b"alice", b"open sesame")
            return AuthResult(success=right, handled=False)

        class Handler:
            async def handle_DATA(self, *_: Any) -> str:  # noqa: N802
                return "250 2.0.0 Kept"

        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        controller = Controller(
            Handler(),
            hostname="127.0.0.1",
            port=port,
            server_hostname="test",
            tls_context=tls,
            require_starttls=True,
            auth_required=True,
            authenticator=authenticate,
        )
        controller.start()
        yield controller
        controller.stop()

    @pytest.mark.parametrize(
        ("password", "expected"),
        [
            ("open sesame", Accepted(250, "2.0.0 Kept")),
            ("wrong", Deferred(535, "5.7.8 Authentication credentials invalid", SENDER)),
            ("", Deferred(535, "5.7.8 Authentication credentials invalid", SENDER)),
            (
                "żółć",
                Deferred(
                    0, "The user name or the password has letters that SMTP cannot send.", SENDER
                ),
            ),
        ],
    )
    def test_is_the_senders_trouble_when_it_fails(
        self, server: Controller, authority: Path, password: str, expected: HandOver
    ) -> None:
        with channel(
            server.port,
            security="starttls",
            ca_file=str(authority / "ca.pem"),
            username="alice",
            password=password,
        ) as opened:
            assert send(opened) == expected
