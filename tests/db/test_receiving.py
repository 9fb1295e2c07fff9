"""The doctor knows how mail comes in, and what keeps it from coming."""

import threading
from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from tests import make
from tests.contract.debian import free_port
from tests.make import NOW
from warmbench.cli import receiving
from warmbench.cli.checkup import Finding, Level
from warmbench.integrations.mail import reception
from warmbench.messaging import inboxes
from warmbench.messaging.inbound import arrivals
from warmbench.messaging.models import InboundMail, ProviderEvent

pytestmark = pytest.mark.django_db


def told(*, now: datetime = NOW) -> list[Finding]:
    return list(receiving.found(now=now))


def test_nothing_to_receive_is_nothing_to_tell() -> None:
    assert told() == []


def test_senders_whose_answers_nobody_reads_need_care() -> None:
    make.sender()
    (finding,) = told()
    assert finding.level is Level.CARE
    assert "No mail comes in" in finding.said


def test_an_inbox_that_is_read_is_good() -> None:
    inbox = make.inbox()
    inboxes.claim(inbox.pk, "worker", now=NOW)
    inboxes.note_read(inbox.pk, "worker", now=NOW)
    (finding,) = told()
    assert finding.level is Level.GOOD
    assert finding.said == "Read at 09:00 UTC, from 127.0.0.1."


def test_an_inbox_that_nobody_reads_is_seen() -> None:
    inbox = make.inbox()
    assert told()[0].said == "Nobody has read it yet."
    inboxes.claim(inbox.pk, "worker", now=NOW)
    inboxes.note_read(inbox.pk, "worker", now=NOW)
    (finding,) = told(now=NOW + timedelta(hours=1))
    assert finding.level is Level.CARE
    assert finding.said == "Nobody has read it since 3 March 2026 09:00 UTC."


def test_what_keeps_us_from_reading_is_told_as_the_page_tells_it() -> None:
    inbox = make.inbox()
    inboxes.claim(inbox.pk, "worker", now=NOW)
    inboxes.note_problem(inbox.pk, "worker", "It is away.", for_a_person=False, now=NOW)
    (finding,) = told()
    assert (finding.level, finding.said) == (Level.CARE, "It is away.")
    inboxes.set_active(inbox.pk, is_active=False, by_id=None, now=NOW)
    assert told()[0].level is Level.NOTE


def test_whether_somebody_takes_mails_is_tried(settings: Settings) -> None:
    settings.RECEPTION_PORT = free_port()
    (finding,) = told()
    assert finding.level is Level.CARE
    stop, ready = threading.Event(), threading.Event()
    running = threading.Thread(
        target=reception.serve,
        args=(settings.RECEPTION_PORT, stop),
        kwargs={"clock": lambda: NOW, "on_ready": lambda _: ready.set()},
    )
    running.start()
    assert ready.wait(5)
    (finding,) = told()
    stop.set()
    running.join(10)
    assert finding.level is Level.GOOD


def test_providers_that_may_call_are_named(settings: Settings) -> None:
    settings.HOOK_SECRETS, settings.MAILGUN_KEY = ["secret"], ""
    (finding,) = told()
    assert finding.said == "They may call: postmark."
    ProviderEvent.objects.create(
        source="postmark",
        event_id="1",
        kind="bounced",
        state=ProviderEvent.State.FAILED,
        at=NOW,
        received_at=NOW,
    )
    assert "1 of the things" in told()[1].said


def test_mails_that_nobody_has_read_are_counted() -> None:
    make.inbox(is_active=False)
    arrivals.keep(b"Subject: x\n\nx", source="test", now=NOW)
    assert len(told()) == 1
    (_, late) = told(now=NOW + timedelta(hours=1))
    assert late.said == "1 came in and nobody has read them."
    InboundMail.objects.update(state=InboundMail.State.OPEN)
    (_, open_) = told()
    assert (open_.level, open_.said) == (Level.NOTE, "1 are for a person to look at.")
