"""Pausing and being reminded of many people at once, and what takes that back."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from tests import make
from warmbench.accounts.models import Role, User
from warmbench.core import clock
from warmbench.people import bulk_pauses, candidates
from warmbench.people.candidates import PauseReason
from warmbench.people.models import Candidate
from warmbench.signals.models import FollowUp

NOW = make.NOW
HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.usefixtures("at_noon")

Browse = Callable[[User], Client]


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user("Alice Meyer")


@pytest.fixture
def client(alice: User, browse: Browse) -> Client:
    return browse(alice)


def change(client: Client, do: str, *people: Candidate, **fields: str) -> dict[str, str]:
    """Do something to people; returns the toast."""
    asked = {"do": do, "id": [one.pk for one in people], "list": "", **fields}
    answer = client.post("/candidates/bulk/", asked, headers=HTMX)
    toast: dict[str, str] = json.loads(answer.headers["HX-Trigger"])["toast"]
    return toast


def standing(one: Candidate) -> tuple[object, object, str]:
    one.refresh_from_db()
    return one.paused_at, one.paused_until, one.pause_reason


def test_a_pause_of_many_is_taken_back_as_it_was(client: Client, alice: User) -> None:
    free, absent, bobs = make.candidate(owner=alice), make.candidate(), make.candidate()
    Candidate.objects.filter(pk=bobs.pk).update(owner=make.user("Bob"))
    until = NOW + timedelta(days=2)
    candidates.pause([absent.pk], reason=PauseReason.ABSENT, until=until, now=NOW)
    before = [standing(one) for one in (free, absent, bobs)]

    toast = change(client, "pause", free, absent, bobs, until="2026-04-01")

    assert toast["text"].startswith("2 people paused until 1 Apr 2026.")
    assert "1 belong" in toast["text"]
    assert standing(free)[2] == PauseReason.RECRUITER
    assert standing(bobs) == before[2]
    client.post(toast["undo"])
    assert [standing(one) for one in (free, absent, bobs)] == before
    client.post(toast["undo"])
    assert "nothing to undo" in client.get("/candidates/").text


def test_undoing_a_pause_leaves_whom_somebody_else_resumed(client: Client, alice: User) -> None:
    ana, ben = make.candidate(owner=alice), make.candidate(owner=alice)
    toast = change(client, "pause", ana, ben)
    candidates.resume([ana.pk], now=NOW)
    candidates.pause([ana.pk], reason=PauseReason.REPLIED, now=NOW)
    replied = standing(ana)

    client.post(toast["undo"])

    assert standing(ana) == replied
    assert standing(ben) == (None, None, "")


def test_whoever_asked_for_a_pause_is_not_resumed_with_the_others(
    client: Client, alice: User
) -> None:
    asked, held = make.candidate(owner=alice), make.candidate(owner=alice)
    candidates.pause([asked.pk], reason=PauseReason.ASKED, now=NOW)
    candidates.pause([held.pk], reason=PauseReason.RECRUITER, now=NOW)
    before = standing(held)

    toast = change(client, "resume", asked, held)

    assert toast["text"].startswith("1 person resumed")
    assert standing(asked)[2] == PauseReason.ASKED
    client.post(toast["undo"])
    assert standing(held) == before


def test_reminders_of_many_are_taken_back_together(client: Client, alice: User) -> None:
    ana, ben = make.candidate(owner=alice), make.candidate(owner=alice)

    toast = change(client, "remind", ana, ben, on="2026-03-10", note="After the fair")
    open_ones = FollowUp.objects.filter(state=FollowUp.State.OPEN, owner=alice)
    assert open_ones.count() == 2

    client.post(toast["undo"])
    assert not open_ones.exists()


def test_a_reminder_needs_a_day(client: Client, alice: User) -> None:
    assert change(client, "remind", make.candidate(owner=alice))["level"] == "error"


def test_recent_changes_stand_on_the_list_for_ten_minutes(
    client: Client, alice: User, browse: Browse
) -> None:
    ana = make.candidate(owner=alice)
    tag = make.tag("Kubernetes")
    change(client, "tag", ana, tag=tag.name)
    change(client, "pause", ana)
    undo = change(client, "give", ana, to="nobody")["undo"]

    page = client.get("/candidates/").text
    assert len(re.findall(r'action="/candidates/[^"]+/undo/"', page)) == 3
    client.post(undo)
    assert "handed over" not in client.get("/candidates/").text.split("<table")[0]
    assert "tagged Kubernetes" not in browse(make.user("Bob")).get("/candidates/").text
    assert "tagged Kubernetes" in browse(make.user("Ada", Role.ADMIN)).get("/candidates/").text
    with clock.pinned(NOW + timedelta(minutes=11)):
        assert "tagged Kubernetes" not in client.get("/candidates/").text


def test_only_who_made_a_change_takes_it_back(client: Client, alice: User, browse: Browse) -> None:
    toast = change(client, "pause", make.candidate(owner=alice))

    assert browse(make.user("Bob")).post(toast["undo"]).status_code == 403


def test_nobody_is_paused_twice(alice: User) -> None:
    ana = make.candidate()
    assert bulk_pauses.pause([ana.pk], until=None, by_id=alice.pk, now=NOW)
    assert bulk_pauses.pause([ana.pk], until=None, by_id=alice.pk, now=NOW) is None
