"""Whoever is held on a system's word comes before a recruiter, once."""

from datetime import timedelta

import pytest

from tests import make
from tests.make import NOW
from warmbench.people import candidates
from warmbench.people.candidates import PauseReason
from warmbench.signals import missing, reminders
from warmbench.signals.models import FollowUp

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("reason", [PauseReason.GONE, PauseReason.UNCLEAR])
def test_whoever_is_held_is_asked_about_once_until_they_go_on(reason: PauseReason) -> None:
    make.organisation()
    ann = make.candidate(owner=make.user())
    candidates.pause([ann.pk], reason=reason, now=NOW)
    assert missing.ask(now=NOW) == 1
    entry = FollowUp.objects.get()
    assert (entry.candidate_id, entry.reason, entry.owner_id) == (ann.pk, "reminder", ann.owner_id)
    assert missing.ask(now=NOW + timedelta(days=1)) == 0
    candidates.resume([ann.pk], now=NOW + timedelta(days=2))
    assert missing.ask(now=NOW + timedelta(days=2)) == 0
    entry.refresh_from_db()
    assert (entry.state, entry.outcome) == ("done", "withdrawn")
    candidates.pause([ann.pk], reason=reason, now=NOW + timedelta(days=3))
    assert missing.ask(now=NOW + timedelta(days=3)) == 1


def test_a_reminder_of_a_recruiters_own_stays() -> None:
    make.organisation()
    by = make.user()
    ann = make.candidate(owner=by)
    reminders.remind(ann.pk, on=NOW.date(), note="Call", by_id=by.pk, now=NOW)
    candidates.pause([ann.pk], reason=PauseReason.GONE, now=NOW)
    assert missing.ask(now=NOW) == 1
    candidates.resume([ann.pk], now=NOW)
    missing.ask(now=NOW)
    entry = FollowUp.objects.get()
    assert entry.state == "open"
    assert [one["text"] for one in entry.evidence if not one.get("note")] == ["Call"]


def test_a_recruiter_is_asked_about_so_many_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missing, "AT_ONCE", 1)
    make.organisation()
    by = make.user()
    people = [make.candidate(owner=by, email=f"p{n}@example.com").pk for n in range(2)]
    candidates.pause(people, reason=PauseReason.GONE, now=NOW)
    assert missing.ask(now=NOW) == 1
    candidates.resume(people[:1], now=NOW)
    assert missing.ask(now=NOW) == 1
