"""For which profiles a change matters, and who is apt for what."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from tests import make
from tests.make import NOW
from warmbench.accounts.models import Notification, User
from warmbench.core import events
from warmbench.people.models import Candidate, CandidateTag, Tag
from warmbench.shortlists import budget, digest, noticing, profiles, relevance
from warmbench.shortlists.models import (
    Aptness,
    Change,
    ChangeNotice,
    ProfileVersion,
)
from warmbench.shortlists.relevance import BecameApt
from warmbench.sourcing.models import Role

LATER = NOW + timedelta(days=60)
State = ChangeNotice.State


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user()


@pytest.fixture
def skills(alice: User) -> list[Tag]:
    return [make.tag(name) for name in ("Kubernetes", "Terraform", "Prometheus", "Golang")]


@pytest.fixture
def version(alice: User, skills: list[Tag]) -> ProfileVersion:
    return make.profile(*skills, owner=alice)


@pytest.fixture
def ana(alice: User, skills: list[Tag]) -> Candidate:
    """Somebody who has half of what the profile asks for."""
    ana = make.candidate(*skills[:2], owner=alice)
    Candidate.objects.filter(pk=ana.pk).update(job_title="Platform engineer", employer="Contoso")
    noticing.compare([ana.pk], now=NOW)
    return ana


@pytest.fixture
def published() -> Iterator[list[events.Event]]:
    with events.held_back() as found:
        yield found


def learn(ana: Candidate, *skills: Tag) -> list[int]:
    """Let somebody have skills, and notice it."""
    for one in skills:
        CandidateTag.objects.create(candidate=ana, tag=one, source="candidate", added_at=LATER)
    return noticing.compare([ana.pk], now=LATER)


def test_a_skill_that_a_profile_asks_for_makes_somebody_apt(
    ana: Candidate, version: ProfileVersion, skills: list[Tag], published: list[events.Event]
) -> None:
    relevance.refresh(version.profile_id, now=NOW)
    before = Aptness.objects.get().confidence
    relevance.judge(learn(ana, *skills[2:]), now=LATER)
    now = Aptness.objects.get()
    assert now.confidence > before
    assert now.is_apt
    assert BecameApt(profile_id=version.profile_id, candidate_ids=[ana.pk]) in published
    notices = ChangeNotice.objects.filter(change__candidate=ana)
    assert {(one.before, one.after) for one in notices} == {(before, now.confidence)}


def test_judging_twice_notes_nothing_twice(
    ana: Candidate, version: ProfileVersion, skills: list[Tag]
) -> None:
    changes = learn(ana, *skills[2:])
    relevance.judge(changes, now=LATER)
    before = list(ChangeNotice.objects.values_list("pk", "weight", "before"))
    relevance.judge(changes, now=LATER)
    assert list(ChangeNotice.objects.values_list("pk", "weight", "before")) == before
    assert len(before) == 2


def test_a_change_that_no_profile_asks_about_is_put_before_nobody(
    ana: Candidate, skills: list[Tag]
) -> None:
    make.profile(make.tag("Triage"), title="Ward nurse")
    assert relevance.judge(learn(ana, *skills[2:]), now=LATER) == []
    assert not ChangeNotice.objects.exists()
    assert Change.objects.count() == 2


@pytest.mark.parametrize("state", [Role.State.FILLED, Role.State.OPEN])
def test_roles_that_are_no_longer_open_ask_for_nobody(
    ana: Candidate, alice: User, skills: list[Tag], state: Role.State
) -> None:
    make.profile(*skills, role=make.role(state=state), owner=alice)
    relevance.judge(learn(ana, *skills[2:]), now=LATER)
    assert ChangeNotice.objects.exists() == (state == Role.State.OPEN)


def test_who_is_found_when_a_profile_is_approved_did_not_become_apt(
    ana: Candidate, version: ProfileVersion, skills: list[Tag], published: list[events.Event]
) -> None:
    learn(ana, *skills[2:])
    assert relevance.refresh(version.profile_id, now=LATER) == 1
    assert not any(isinstance(one, BecameApt) for one in published)
    assert digest.became_apt(since=NOW - timedelta(days=1)) == []


def test_recruiters_are_told_once_a_week_who_became_apt(
    ana: Candidate, alice: User, version: ProfileVersion, skills: list[Tag]
) -> None:
    relevance.refresh(version.profile_id, now=NOW)
    learn(ana, *skills[2:])
    relevance.refresh_all(now=LATER)
    assert digest.tell(now=LATER) == 1
    assert digest.tell(now=LATER + timedelta(hours=3)) == 0
    told = Notification.objects.get(user=alice)
    assert told.title == "1 person became apt this week"
    assert told.body == "Platform engineer: 1"


def test_a_profile_that_is_retired_knows_nobody(
    ana: Candidate, alice: User, version: ProfileVersion
) -> None:
    relevance.refresh(version.profile_id, now=NOW)
    profiles.retire(version.profile_id, by_id=alice.pk, now=NOW)
    relevance.refresh_all(now=LATER)
    assert not Aptness.objects.exists()


def changed(count: int, alice: User, version: ProfileVersion) -> list[Change]:
    """So many people of whom something changed that matters, the lightest first."""
    made = []
    for number in range(count):
        change = Change.objects.create(
            candidate=make.candidate(owner=alice),
            kind="skill",
            key="rust",
            at=NOW,
            on_day=NOW.date(),
            sentence="Has a new skill: Rust.",
            materiality=0.4,
        )
        ChangeNotice.objects.create(
            change=change,
            profile=version.profile,
            recipient=alice,
            before=0.4,
            after=0.4,
            weight=number + 1,
            made_at=NOW,
            state_at=NOW,
        )
        made.append(change)
    return made


def test_a_day_has_room_for_the_three_heaviest(alice: User, version: ProfileVersion) -> None:
    changes = changed(5, alice, version)
    assert budget.fill(alice.pk, now=NOW) == [one.pk for one in changes[2:]]
    assert budget.fill(alice.pk, now=NOW + timedelta(hours=2)) == []
    assert budget.fill(alice.pk, now=NOW + timedelta(days=1)) == [one.pk for one in changes[:2]]


def test_a_day_begins_by_the_clock_of_the_recruiter(alice: User, version: ProfileVersion) -> None:
    changed(6, alice, version)
    late = NOW.replace(hour=22, minute=30)
    assert len(budget.fill(alice.pk, now=late)) == 3
    assert len(budget.fill(alice.pk, now=late + timedelta(minutes=20))) == 0
    assert len(budget.fill(alice.pk, now=late + timedelta(minutes=40))) == 3


def test_who_chose_another_number_sees_so_many(alice: User, version: ProfileVersion) -> None:
    changed(6, alice, version)
    assert budget.choose(alice.pk, 1, now=NOW)
    assert not budget.choose(alice.pk, 1, now=NOW)
    assert len(budget.fill(alice.pk, now=NOW)) == 1
    assert budget.choose(alice.pk, 0, now=NOW)
    assert budget.fill(alice.pk, now=NOW + timedelta(days=1)) == []
    with pytest.raises(budget.BudgetError):
        budget.choose(alice.pk, 99, now=NOW)


def test_of_one_person_one_change_a_day_is_shown(alice: User, version: ProfileVersion) -> None:
    first, second = changed(2, alice, version)
    Change.objects.filter(pk=second.pk).update(candidate=first.candidate, key="go")
    assert budget.fill(alice.pk, now=NOW) == [second.pk]


def test_what_waited_too_long_or_is_settled_is_dropped(
    alice: User, version: ProfileVersion
) -> None:
    old, placed, kept = changed(3, alice, version)
    ChangeNotice.objects.filter(change=old).update(made_at=NOW - timedelta(days=15))
    Candidate.objects.filter(pk=placed.candidate_id).update(status="placed")
    assert budget.fill(alice.pk, now=NOW) == [kept.pk]
    assert ChangeNotice.objects.filter(state=State.DROPPED).count() == 2


def test_what_made_somebody_apt_who_is_not_any_more_is_dropped(
    alice: User, version: ProfileVersion
) -> None:
    (change,) = changed(1, alice, version)
    ChangeNotice.objects.update(before=0.2, after=0.8)
    assert budget.fill(alice.pk, now=NOW) == []
    assert ChangeNotice.objects.get(change=change).state == State.DROPPED


def test_what_a_recruiter_makes_of_it_is_kept_and_taken_back(
    alice: User, version: ProfileVersion
) -> None:
    (change,) = changed(1, alice, version)
    bob = make.user("Bob Stone")
    budget.fill(alice.pk, now=NOW)
    assert not budget.answer(change.pk, "useful", by_id=bob.pk, now=NOW)
    assert budget.answer(change.pk, "useful", by_id=alice.pk, now=NOW)
    assert not budget.of_today(alice, now=NOW)
    assert budget.judgements(since=NOW) == budget.Judgements(1, 1, 0)
    assert budget.take_back(change.pk, by_id=alice.pk, now=NOW)
    assert [one.change_id for one in budget.of_today(alice, now=NOW)] == [change.pk]


def test_what_waits_goes_along_to_the_new_owner(alice: User, version: ProfileVersion) -> None:
    (change,) = changed(1, alice, version)
    bob = make.user("Bob Stone")
    assert budget.move([change.candidate_id], bob.pk) == 1
    assert budget.fill(bob.pk, now=NOW) == [change.pk]
    assert budget.fill(alice.pk, now=NOW) == []


def test_two_at_once_never_show_a_fourth(transactional_db: None) -> None:
    make.organisation()
    alice = make.user()
    changed(12, alice, make.profile(make.tag("Rust"), owner=alice))

    def fill(_: int) -> int:
        try:
            return len(budget.fill(alice.pk, now=NOW))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(fill, range(12))) == 3
    assert ChangeNotice.objects.filter(state=State.SHOWN).count() == 3


def test_two_who_judge_at_once_note_a_change_once(transactional_db: None) -> None:
    make.organisation()
    alice = make.user()
    skills = [make.tag(name) for name in ("Kubernetes", "Terraform", "Prometheus")]
    make.profile(*skills, owner=alice)
    ana = make.candidate(skills[0], owner=alice)
    noticing.compare([ana.pk], now=NOW)
    changes = learn(ana, *skills[1:])

    def judge(_: int) -> None:
        try:
            relevance.judge(changes, now=LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(judge, range(8)))
    assert ChangeNotice.objects.count() == len(changes)
    assert Aptness.objects.count() == 1
