"""The sample's history is a trial of the whole engine: it must keep every promise."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.make import NOW
from warmbench.integrations.models import CaughtMail
from warmbench.messaging import invariants, windows
from warmbench.messaging.models import Message
from warmbench.people.models import Candidate
from warmbench.people.places import plausible_zones
from warmbench.sample import people, seed
from warmbench.signals.models import FollowUp, Hit, Signal

SINCE = NOW - timedelta(days=75)


@pytest.fixture
def history(transactional_db: None) -> None:
    """Two months and a half of a small team."""
    seed.grow(120, SINCE, NOW, on_step=lambda _: None)


def test_the_sample_keeps_every_promise(history: None) -> None:
    assert Candidate.objects.count() >= 120 + len(people.CORNERS)
    sent = Message.objects.filter(state="sent").select_related("candidate")
    assert sent.count() > 50

    assert invariants.broken() == {}
    for message in sent:
        assert _is_day(message.candidate, message.handed_at or NOW), message.pk
    assert not sent.filter(candidate__last_name__in=["Optedout", "Donotcontact"]).exists()

    # It lives: people and machines came, were told apart, and recruiters had something to do.
    assert {"human", "machine"} <= set(Hit.objects.values_list("verdict", flat=True))
    assert Signal.objects.exists()
    assert FollowUp.objects.exists()
    assert CaughtMail.objects.exists()
    assert not ProcrastinateJob.objects.exists()
    assert not Message.objects.filter(state__in=["sending", "unknown", "failed"]).exists()


def test_the_same_people_are_invented_every_time() -> None:
    owners = dict.fromkeys(("Technology", "Finance", "Healthcare", "Engineering", "General"), "a")
    once, again = (list(people.rows(30, owners=owners, today=NOW.date())) for _ in range(2))
    assert once == again


def test_the_sample_opens_in_office_hours() -> None:
    sunday = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    assert seed.opening(sunday).astimezone(ZoneInfo("Europe/Berlin")).hour == 9


def _is_day(candidate: Candidate, at: datetime) -> bool:
    zones = (
        (candidate.time_zone,)
        if candidate.time_zone
        else plausible_zones(candidate.country or "DE", candidate.region)
    )
    return windows.next_open(at, zones, candidate.country or "DE", windows.EMAIL) == at
