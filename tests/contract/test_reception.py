"""Mails handed over on this machine, over a real socket: 250 means that it is stored."""

import gc
import logging
import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db import connection

from tests import make
from tests.make import NOW
from warmbench.core.tokens import Purpose, sign_address
from warmbench.integrations.mail import reception
from warmbench.messaging.inbound import arrivals
from warmbench.messaging.models import InboundMail

pytestmark = pytest.mark.django_db(transaction=True)

MAIL = b"From: ana@example.com\r\nMessage-ID: <1@example.com>\r\nSubject: Re: Hello\r\n\r\nYes.\r\n"


@dataclass
class Client:
    """Speaks LMTP word by word."""

    stream: socket.socket

    def __post_init__(self) -> None:
        self._lines = self.stream.makefile("rb")
        assert self.answer().startswith("220")

    def answer(self) -> str:
        while True:
            line = self._lines.readline().decode()
            if line[3:4] != "-":
                return line.strip()

    def say(self, command: str) -> str:
        self.stream.sendall(f"{command}\r\n".encode())
        return self.answer()

    def data(self, raw: bytes, *, recipients: int = 1) -> list[str]:
        assert self.say("DATA").startswith("354")
        self.stream.sendall(raw + b".\r\n")
        return [self.answer() for _ in range(recipients)]


@contextmanager
def receiving() -> Iterator[int]:
    stop, ready, ports = threading.Event(), threading.Event(), list[int]()

    def note(port: int) -> None:
        ports.append(port)
        ready.set()

    running = threading.Thread(
        target=reception.serve,
        args=(0, stop),
        kwargs={"clock": lambda: NOW, "on_ready": note},
    )
    running.start()
    assert ready.wait(5)
    try:
        yield ports[0]
    finally:
        stop.set()
        running.join(10)
        assert not running.is_alive()


@pytest.fixture
def port() -> Iterator[int]:
    with receiving() as port:
        yield port


@pytest.fixture
def client(port: int) -> Iterator[Client]:
    with socket.create_connection(("127.0.0.1", port), 10) as stream:
        yield Client(stream)


def tagged(message_id: int = 7, purpose: Purpose = Purpose.REPLY) -> str:
    return f"alice+{sign_address(purpose, message_id)}@northwind.example"


def begin(client: Client, *recipients: str, sender: str = "ana@example.com") -> list[str]:
    assert client.say("LHLO mx.example").startswith("250")
    assert client.say(f"MAIL FROM:<{sender}>").startswith("250")
    return [client.say(f"RCPT TO:<{recipient}>") for recipient in recipients]


def test_a_mail_to_an_address_that_we_gave_out_is_stored(client: Client) -> None:
    begin(client, tagged())
    assert client.data(MAIL) == ["250 2.0.0 Kept"]
    mail = InboundMail.objects.get()
    assert (bytes(mail.raw), mail.source) == (MAIL, "lmtp")
    assert (mail.envelope_to, mail.envelope_from) == (tagged(), "ana@example.com")
    assert (mail.state, mail.received_at) == (InboundMail.State.WAITING, NOW)


def test_a_failure_report_comes_from_nobody(client: Client) -> None:
    begin(client, tagged(purpose=Purpose.BOUNCE), sender="")
    assert client.data(MAIL) == ["250 2.0.0 Kept"]
    assert InboundMail.objects.get().envelope_from == ""


def test_mail_to_a_senders_own_address_is_taken(client: Client) -> None:
    box = make.sender()
    assert begin(client, box.from_address.upper()) == ["250 2.1.5 Ok"]


@pytest.mark.parametrize(
    "recipient",
    ["stranger@northwind.example", "alice+nonsense@northwind.example", "ана@northwind.example"],
)
def test_mail_for_others_is_refused(client: Client, recipient: str) -> None:
    assert begin(client, recipient) == ["550 5.1.1 No such address here"]
    assert client.say("DATA").startswith("503")


def test_a_forged_token_is_nobodys_address(client: Client) -> None:
    genuine = tagged()
    at = genuine.index("+") + 9
    forged = genuine[:at] + ("a" if genuine[at] != "a" else "b") + genuine[at + 1 :]
    assert begin(client, forged)[0].startswith("550")


def test_each_recipient_has_an_answer(client: Client) -> None:
    answers = begin(client, tagged(7), "stranger@northwind.example", tagged(8))
    assert [answer[:3] for answer in answers] == ["250", "550", "250"]
    assert client.data(MAIL, recipients=2) == ["250 2.0.0 Kept"] * 2
    # And nothing after them: the next command has an answer of its own.
    assert client.say("NOOP").startswith("250")


@pytest.mark.parametrize("first", [True, False])
def test_a_mail_to_several_is_kept_with_the_address_that_tells_most(
    client: Client, first: bool
) -> None:
    own = make.sender().from_address
    begin(client, *([tagged(), own] if first else [own, tagged()]))
    assert client.data(MAIL, recipients=2) == ["250 2.0.0 Kept"] * 2
    assert InboundMail.objects.get().envelope_to == tagged()


def test_what_is_too_large_is_refused_to_each_recipient(client: Client) -> None:
    begin(client, tagged(7), tagged(8))
    line = b"x" * 998 + b"\r\n"
    raw = MAIL + line * (arrivals.LARGEST // len(line) + 1)
    answers = client.data(raw, recipients=2)
    assert [answer[:3] for answer in answers] == ["552", "552"]
    assert client.say("NOOP").startswith("250")
    assert not InboundMail.objects.exists()


def test_a_size_that_is_announced_is_refused_at_once(client: Client) -> None:
    client.say("LHLO mx.example")
    answer = client.say(f"MAIL FROM:<ana@example.com> SIZE={arrivals.LARGEST + 1}")
    assert answer.startswith("552")


def test_the_largest_one_is_taken(client: Client) -> None:
    begin(client, tagged())
    line = b"x" * 998 + b"\r\n"
    raw = MAIL + line * ((arrivals.LARGEST - len(MAIL)) // len(line))
    assert client.data(raw) == ["250 2.0.0 Kept"]


def test_lines_may_be_as_long_as_people_write_them(client: Client) -> None:
    begin(client, tagged())
    raw = MAIL + b"x" * 200_000 + b"\r\n..\r\n"
    assert client.data(raw) == ["250 2.0.0 Kept"]
    # The dot that SMTP doubles is single again.
    assert bytes(InboundMail.objects.get().raw) == raw.replace(b"\r\n..", b"\r\n.")


def test_the_same_mail_again_is_kept_once(client: Client) -> None:
    for _ in range(3):
        begin(client, tagged())
        assert client.data(MAIL) == ["250 2.0.0 Kept"]
    assert InboundMail.objects.count() == 1


def test_several_may_follow_each_other_on_one_connection(client: Client) -> None:
    for number in range(20):
        begin(client, tagged())
        client.data(MAIL.replace(b"<1@", b"<%d@" % number))
    assert InboundMail.objects.count() == 20


def test_any_bytes_can_come(client: Client) -> None:
    begin(client, tagged())
    raw = bytes(range(256)).replace(b"\n", b"").replace(b"\r", b"") * 3 + b"\r\n\0\r\n"
    assert client.data(raw) == ["250 2.0.0 Kept"]
    assert bytes(InboundMail.objects.get().raw) == raw


def test_nothing_is_acknowledged_that_was_not_stored(client: Client, caplog: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE inbound_mail RENAME TO away")
    try:
        begin(client, tagged())
        assert client.data(MAIL) == ["451 4.3.0 Not kept"]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO inbound_mail")
    begin(client, tagged())
    assert client.data(MAIL) == ["250 2.0.0 Kept"]


def test_ordinary_smtp_is_spoken_too(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        refused = smtp.sendmail("ana@example.com", [tagged(7), "no@northwind.example"], MAIL)
    assert refused == {"no@northwind.example": (550, b"5.1.1 No such address here")}
    assert InboundMail.objects.get().envelope_to == tagged(7)


def test_only_this_machine_is_listened_to(port: int) -> None:
    elsewhere = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None)}
    for address in elsewhere - {"127.0.0.1", "::1"}:
        with pytest.raises(OSError, match=r"refused|not allowed"):
            socket.create_connection((str(address), port), 1)


def test_nobody_is_named_in_the_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        begin(client, tagged())
        client.data(MAIL)
    assert "ana@" not in caplog.text


def test_two_processes_may_share_the_port(port: int) -> None:
    stop = threading.Event()
    ready = threading.Event()
    other = threading.Thread(
        target=reception.serve,
        args=(port, stop),
        kwargs={"clock": lambda: NOW, "on_ready": lambda _: ready.set()},
    )
    other.start()
    assert ready.wait(5)
    stop.set()
    other.join(10)


def test_who_calls_while_it_ends_is_hung_up_on() -> None:
    for _ in range(10):
        with receiving() as port:
            socket.create_connection(("127.0.0.1", port), 10).close()
    # What is left open warns when it is collected, and each warning is a failure here.
    gc.collect()
