"""From any source to the recruiter's Today, by nothing but what happens in between."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests import make
from warmbench.accounts.models import User
from warmbench.core import clock
from warmbench.core.events import publish
from warmbench.integrations.models import ProfileSnapshot
from warmbench.people import bulk_tagging, candidates, editing
from warmbench.people.models import Candidate
from warmbench.shortlists import budget, jobs, noticing
from warmbench.shortlists.models import Aptness, Change, ChangeNotice, Snapshot
from warmbench.signals.models import Signal

pytestmark = pytest.mark.usefixtures("transactional_db")
NOW = make.NOW
LATER = NOW + timedelta(days=60)


@pytest.fixture
def alice() -> User:
    make.organisation()
    return make.user()


def test_a_correction_of_a_record_comes_before_its_recruiter(
    alice: User, work: Callable[[], None]
) -> None:
    skills = [make.tag(name) for name in ("Kubernetes", "Terraform", "Prometheus")]
    ana = make.candidate(*skills, owner=alice)
    Candidate.objects.filter(pk=ana.pk).update(job_title="Platform engineer")
    with clock.pinned(NOW):
        make.profile(*skills, owner=alice)
        publish(candidates.CandidatesChanged(candidate_ids=[ana.pk]))
        work()
    assert Snapshot.objects.get().candidate_id == ana.pk
    assert Aptness.objects.get().is_apt
    with clock.pinned(LATER):
        facts = {"job_title": "Senior platform engineer"}
        editing.correct(ana.pk, facts, by_id=alice.pk, now=LATER)
        work()
        assert [one.change.kind for one in budget.of_today(alice, now=LATER)] == ["promotion"]


def test_a_new_tag_is_noticed(alice: User, work: Callable[[], None]) -> None:
    rust, python = make.tag("Rust"), make.tag("Python")
    ana = make.candidate(python, owner=alice)
    noticing.compare([ana.pk], now=NOW)
    with clock.pinned(LATER):
        bulk_tagging.add(rust.pk, [ana.pk], by_id=alice.pk, now=LATER)
        work()
    assert [one.sentence for one in Change.objects.all()] == ["Has a new skill: Rust."]


def test_what_people_click_is_no_change(alice: User, work: Callable[[], None]) -> None:
    ana = make.candidate(owner=alice)
    clicked = make.signal(ana, Signal.Kind.CLICKED)
    moved = make.signal(ana, Signal.Kind.MOVED)
    assert noticing.told_by_signals([clicked.pk]) == []
    assert noticing.told_by_signals([clicked.pk, moved.pk]) == [ana.pk]


def test_a_file_of_profiles_tells_of_a_new_employer(alice: User) -> None:
    ana = make.candidate(owner=alice)
    Candidate.objects.filter(pk=ana.pk).update(employer="Contoso", job_title="Nurse")
    noticing.compare([ana.pk], now=NOW)
    ProfileSnapshot.objects.create(
        candidate=ana,
        source="LinkedIn",
        taken_at=LATER,
        fields={"employer": "Fabrikam", "job_title": "Nurse", "skills": {"1": "Triage"}},
        digest="x",
    )
    noticing.compare([ana.pk], now=LATER)
    assert [one.sentence for one in Change.objects.all()] == [
        "Works at Fabrikam now (before: Contoso)."
    ]


def test_what_waits_goes_along_when_people_are_handed_over(
    alice: User, work: Callable[[], None]
) -> None:
    bob, ana = make.user("Bob Stone"), make.candidate(owner=alice)
    change = Change.objects.create(
        candidate=ana,
        kind="skill",
        key="rust",
        sentence="Has a new skill: Rust.",
        on_day=NOW.date(),
        at=NOW,
        materiality=0.4,
    )
    profile = make.profile(make.tag("Rust"), owner=alice).profile
    ChangeNotice.objects.create(
        change=change,
        profile=profile,
        recipient=alice,
        before=0,
        after=0,
        weight=1,
        made_at=NOW,
        state_at=NOW,
    )
    publish(candidates.CandidatesHandedOver(candidate_ids=[ana.pk], to_id=bob.pk))
    work()
    assert ChangeNotice.objects.get().recipient == bob


def test_the_jobs_of_the_night_and_the_week_run(alice: User) -> None:
    ana = make.candidate(owner=alice)
    make.profile(make.tag("Rust"), owner=alice)
    at = int(datetime(2026, 3, 3, tzinfo=UTC).timestamp())
    with clock.pinned(NOW):
        jobs.tell_of_days(at)
        jobs.look_who_is_apt(at)
        jobs.show_changes(at)
        jobs.tell_who_became_apt(at)
    assert Snapshot.objects.get().candidate == ana
