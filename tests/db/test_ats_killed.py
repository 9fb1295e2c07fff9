"""A worker that is killed in a first load, again and again, loses nobody and takes nobody twice."""

import os
import random
import signal
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection as database

from tests import make
from tests.paged_ats import VENDOR, PagedAts
from warmbench.integrations.ats import connections, pulling, vendors
from warmbench.integrations.models import AtsConnection, AtsRejection, AtsStream
from warmbench.people.models import Candidate, CandidateRecord, ContactPoint, Suppression
from warmbench.sourcing.models import Application, Role

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 90


def clock() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def ats(monkeypatch: pytest.MonkeyPatch) -> PagedAts:
    make.organisation()
    monkeypatch.setattr(vendors, "of", lambda _key: VENDOR)
    monkeypatch.setattr(pulling, "CHUNK", 10)
    monkeypatch.setattr(pulling, "ROLES", 2)
    made = PagedAts(now=clock() - timedelta(days=1), page=5)
    roles = [made.role() for _ in range(6)]
    for number in range(PEOPLE):
        who = made.add(job_title=f"Title {number}", opted_out=number % 9 == 0)
        outcome = ["active", "rejected", "hired"][number % 3]
        made.apply(who, roles[number % 6], outcome=outcome)
    return made


def whole(ats: PagedAts) -> dict[str, Any]:
    """How it must stand here, by what the ATS has."""
    status = {"active": "applied", "rejected": "passive", "hired": "placed"}
    theirs = {one.person_id: one for one in ats.apps.values()}
    return {
        pk: (one.last_name, one.job_title, status[theirs[pk].outcome], one.opted_out is True)
        for pk, one in ats.persons.items()
    }


def picture() -> dict[str, Any]:
    """How it stands."""
    stopped = set(Suppression.objects.values_list("candidate", flat=True))
    return {
        one.external_id: (
            one.candidate.last_name, one.candidate.job_title, one.candidate.status,
            one.candidate_id in stopped,
        )
        for one in CandidateRecord.objects.select_related("candidate")
    }  # fmt: skip


def read_until_killed(ats: PagedAts, ahead: timedelta, seconds: float) -> bool:
    """Let a worker of its own read, and kill it. Returns whether it was through before."""
    database.close()
    child = os.fork()
    if child == 0:
        try:
            while pulling.pull_next(clock=lambda: clock() + ahead, opened=ats.opener()):
                pass
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return AtsConnection.objects.get().state == AtsConnection.State.LIVE


@pytest.mark.parametrize("seed", range(1))
def test_a_first_load_that_is_killed_again_and_again_is_whole(ats: PagedAts, seed: int) -> None:
    dice = random.Random(seed)
    made = connections.make("greenhouse", "Ours", {}, {}, by_id=None, now=clock())
    connections.start(made.pk, by_id=None, now=clock())
    killed, ahead = 0, timedelta(0)
    while not read_until_killed(ats, ahead, dice.uniform(0.05, 0.9)):
        killed += 1
        # Its lease runs out.
        ahead += timedelta(minutes=11)
        assert killed < 60, list(AtsStream.objects.values("kind", "done", "problem"))
    assert killed
    assert picture() == whole(ats)
    assert Candidate.objects.count() == ContactPoint.objects.count() == PEOPLE
    assert Application.objects.filter(role__isnull=False).count() == PEOPLE
    assert Role.objects.count() == 6
    assert set(AtsRejection.objects.values_list("kind", flat=True)) == {"roles"}
    dones = dict(AtsStream.objects.filter(is_reread=False).values_list("kind", "done"))
    assert dones["candidates"] <= PEOPLE
