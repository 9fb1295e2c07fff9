"""The doctor knows who cannot be told by mail, and which webhook is stuck."""

from datetime import timedelta

import pytest

from tests import make
from tests.make import NOW
from warmbench.accounts.models import Kind, StaffMail, WebhookCall
from warmbench.cli import informing
from warmbench.cli.checkup import Finding, Level
from warmbench.integrations.models import Happening
from warmbench.integrations.subscriptions import deliveries
from warmbench.messaging.models import Sender

pytestmark = pytest.mark.django_db


def told() -> list[Finding]:
    return list(informing.findings(now=NOW))


def test_without_users_there_is_nobody_to_tell() -> None:
    assert told() == []


def test_it_says_when_nobody_can_be_told_by_mail() -> None:
    make.user()
    (finding,) = told()
    assert finding.level is Level.CARE
    assert "Nobody can be told by mail" in finding.said


def test_it_says_when_some_cannot() -> None:
    make.sender(make.user())
    make.user("Bob Other")
    (finding,) = told()
    assert finding.said.startswith("1 of 2 users cannot be told by mail")
    Sender.objects.update(is_default=True)
    (finding,) = told()
    assert finding.level is Level.GOOD


def test_what_is_late_and_what_failed_is_told() -> None:
    alice = make.user()
    make.sender(alice)
    make.notification(alice, mail_due_at=NOW - timedelta(hours=1))
    StaffMail.objects.create(
        user=alice, items=1, state=StaffMail.State.FAILED, claimed_at=NOW, lease_until=NOW
    )
    _, late, failed = told()
    assert late.said == "1 of the things that users are to be mailed are late."
    assert failed.said == "1 of 1 in a week were not taken, or perhaps not."


@pytest.mark.parametrize(
    ("fields", "level", "said"),
    [
        ({}, Level.NOTE, "never called"),
        ({"worked_at": NOW}, Level.GOOD, "127.0.0.1 took something on 3 March 2026 09:00 UTC."),
        ({"is_active": False}, Level.NOTE, "paused"),
        (
            {"failing_since": NOW, "problem": "It answered 500."},
            Level.CARE,
            "Stuck since 3 March 2026 09:00 UTC: It answered 500.",
        ),
        (
            {"is_active": False, "disabled_at": NOW, "problem": "It answered 410."},
            Level.CARE,
            "Switched off since 3 March 2026 09:00 UTC: It answered 410.",
        ),
    ],
)
def test_each_webhook_is_told_of(fields: dict[str, object], level: Level, said: str) -> None:
    make.webhook(**fields)
    (finding,) = told()
    assert finding.level is level
    assert said in finding.said


def test_calls_that_nobody_makes_are_late() -> None:
    WebhookCall.objects.create(
        webhook=make.webhook(worked_at=NOW),
        kind=Kind.REPLY,
        key="a:1",
        title="x",
        told_at=NOW,
        due_at=NOW - timedelta(hours=1),
    )
    (finding,) = told()
    assert finding.said == "1 of its calls to 127.0.0.1 are late."


def test_programs_are_told_of_like_webhooks() -> None:
    program = make.subscription(worked_at=NOW)
    (finding,) = told()
    assert (finding.level, finding.what) == (Level.GOOD, "Subscription ATS")
    deliveries.queue(
        [program.pk], Happening.ROLE_OPENED, [], {"role_id": 7}, now=NOW - timedelta(hours=1)
    )
    (finding,) = told()
    assert finding.said == "1 of its calls to 127.0.0.1 are late."
    assert finding.todo.endswith("the loop subscriptions?")
