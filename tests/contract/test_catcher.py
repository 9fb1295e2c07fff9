"""The mail catcher, over a real socket: it keeps what it acknowledged, and nothing leaves it."""

import logging
import smtplib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from warmbench.integrations.mail import catcher
from warmbench.integrations.mail.catcher import Caught, Keeper
from warmbench.integrations.mail.smtp import SmtpChannel, SmtpSettings
from warmbench.integrations.models import CaughtMail
from warmbench.messaging.handover import Accepted, Deferred

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
MAIL = (
    b"From: Alice <alice@northwind.example>\r\nTo: ana@example.com\r\n"
    b"Subject: =?utf-8?q?Hello_Zo=C3=AB?=\r\n you\r\nDate: Sun, 22 Nov 2026 09:30:00 +0000\r\n"
    b"Message-ID: <1@northwind.example>\r\n\r\nHi\r\n"
)


@contextmanager
def catching(store: Callable[[Sequence[Caught]], None]) -> Iterator[SmtpChannel]:
    stop, ports = threading.Event(), list[int]()
    ready = threading.Event()

    def note(port: int) -> None:
        ports.append(port)
        ready.set()

    running = threading.Thread(
        target=catcher.serve,
        args=("127.0.0.1", 0, stop),
        kwargs={"store": store, "on_ready": note},
    )
    running.start()
    assert ready.wait(5)
    channel = SmtpChannel(SmtpSettings(host="127.0.0.1", port=ports[0], security="none"))
    try:
        yield channel
    finally:
        channel.close()
        stop.set()
        running.join(5)
        assert not running.is_alive()


def test_a_caught_mail_is_kept_as_it_came() -> None:
    kept: list[Caught] = []
    with catching(kept.extend) as channel:
        result = channel.hand_over("alice@northwind.example", "ana@example.com", MAIL)
    assert result == Accepted(250, "2.0.0 Caught")
    assert kept == [Caught("alice@northwind.example", ("ana@example.com",), MAIL)]


def test_it_takes_addresses_in_other_scripts() -> None:
    kept: list[Caught] = []
    with catching(kept.extend) as channel:
        assert isinstance(channel.hand_over("a@x.example", "ана@example.com", MAIL), Accepted)
    assert kept[0].rcpt_to == ("ана@example.com",)


def test_nothing_is_acknowledged_that_was_not_kept(caplog: pytest.LogCaptureFixture) -> None:
    kept: list[Caught] = []
    broken = [False, True]

    def store(mails: Sequence[Caught]) -> None:
        if broken.pop():
            raise OSError("disk full")
        kept.extend(mails)

    with catching(store) as channel:
        assert isinstance(channel.hand_over("a@x.example", "b@x.example", MAIL), Deferred)
        assert kept == []
        assert isinstance(channel.hand_over("a@x.example", "b@x.example", MAIL), Accepted)
    assert len(kept) == 1
    assert "mails not kept" in caplog.text


def test_nobody_is_named_in_its_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), catching(lambda _: None) as channel:
        channel.hand_over("alice@northwind.example", "ana@example.com", MAIL)
    assert "ana@" not in caplog.text
    assert "alice" not in caplog.text


def test_many_come_at_once_and_none_is_lost() -> None:
    batches: list[int] = []
    kept: list[Caught] = []

    def store(mails: Sequence[Caught]) -> None:
        time.sleep(0.002)
        batches.append(len(mails))
        kept.extend(mails)

    mails = [MAIL + b"%d\r\n" % at for at in range(400)]
    with catching(store) as channel, ThreadPoolExecutor(8) as threads:
        results = threads.map(lambda m: channel.hand_over("a@x.example", "b@x.example", m), mails)
        assert all(isinstance(result, Accepted) for result in results)
    assert sorted(mail.raw for mail in kept) == sorted(mails)
    assert max(batches) <= catcher.BATCH + 1


def test_an_ordinary_mail_program_can_write_to_it() -> None:
    kept: list[Caught] = []
    with catching(kept.extend) as channel, smtplib.SMTP() as client:
        client.connect("127.0.0.1", channel._settings.port)
        client.sendmail("a@x.example", ["b@x.example", "c@x.example"], MAIL)
    assert kept[0].rcpt_to == ("b@x.example", "c@x.example")


@pytest.mark.django_db(transaction=True)
def test_it_keeps_the_newest_mails_only() -> None:
    keeper = Keeper(keep=10, tidy_every=4)
    for at in range(6):
        keeper(
            [Caught("a@x.example", ("b@x.example",), MAIL + b"%d" % (at * 4 + n)) for n in range(4)]
        )
    assert [bytes(mail.raw)[-2:] for mail in CaughtMail.objects.order_by("id")] == [
        b"%d" % number for number in range(14, 24)
    ]


@pytest.mark.django_db(transaction=True)
def test_what_is_kept_can_be_listed_and_opened() -> None:
    with catching(Keeper()) as channel:
        channel.hand_over("alice@northwind.example", "ana@example.com", MAIL)
    mail = CaughtMail.objects.get()
    assert str(mail) == "Hello Zoë you"
    assert mail.message_id == "<1@northwind.example>"
    assert (mail.mail_from, mail.rcpt_to) == ("alice@northwind.example", "ana@example.com")
    assert mail.received_at == NOW
    assert mail.opened()["Subject"] == "Hello Zoë you"
    assert mail.opened().get_content().strip() == "Hi"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "raw", [b"", b"\r\n\r\n", b"\0\xff\xfe", b"Subject: =?x?q?=FF?=\r\n\r\n", b"no header"]
)
def test_any_bytes_can_be_kept(raw: bytes) -> None:
    Keeper()([Caught("", ("b\0@x.example",), raw)])
    assert bytes(CaughtMail.objects.get().raw) == raw
