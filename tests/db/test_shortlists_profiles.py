"""Profiles are written in drafts, approved by people, and never changed afterwards."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from tests import make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core.events import held_back
from warmbench.core.models import AuditEntry
from warmbench.core.unique import TakenError
from warmbench.people.models import Tag
from warmbench.people.wanted_places import WantedPlace
from warmbench.shortlists import differing, profiles, proposing
from warmbench.shortlists.models import ProfileVersion, RoleProfile
from warmbench.shortlists.profiles import ChangedMeanwhileError, ProfileApproved, ProfileError
from warmbench.shortlists.requirements import EvidenceRule, Spec, SpecError, Tier
from warmbench.sourcing.fit import PayRange

DESCRIPTION = """Senior Platform Engineer

We look for:
- 5 years of Go
- Kubernetes is nice to have
- led a team of 6 engineers

Berlin, hybrid. 80,000 to 95,000 EUR a year.
"""


@pytest.fixture
def go(db: None) -> Tag:
    return make.tag("Go")


@pytest.fixture
def alice(db: None) -> User:
    return make.user()


def other(version: ProfileVersion, **fields: object) -> Spec:
    return replace(profiles.spec_of(version), **fields)  # type: ignore[arg-type]


def test_a_draft_is_edited_in_place(go: Tag, alice: User) -> None:
    draft = make.profile(go, is_approved=False)
    edited = profiles.edit(
        draft.profile_id,
        other(draft, title="SRE"),
        seen=profiles.mark(draft),
        by_id=alice.pk,
        now=NOW,
    )
    assert edited.pk == draft.pk
    assert profiles.spec_of(edited).title == "SRE"


def test_what_is_in_force_stays_until_somebody_approves_the_next(go: Tag, alice: User) -> None:
    first = make.profile(go)
    draft = profiles.edit(
        first.profile_id, other(first, title="SRE"), seen=None, by_id=alice.pk, now=NOW
    )
    assert profiles.current(first.profile_id) == first
    with held_back() as events:
        assert profiles.approve(
            first.profile_id, seen=profiles.mark(draft), by_id=alice.pk, now=NOW
        )
    assert profiles.current(first.profile_id) == draft
    assert (draft.number, ProfileVersion.objects.filter(is_current=True).count()) == (2, 1)
    assert events == [ProfileApproved(profile_id=first.profile_id, version_id=draft.pk)]
    assert AuditEntry.objects.filter(action="profile.approved", actor_id=alice.pk).exists()


def test_nobody_overwrites_what_somebody_else_wrote(go: Tag, alice: User) -> None:
    draft = make.profile(go, is_approved=False)
    seen = profiles.mark(draft)
    profiles.edit(draft.profile_id, other(draft, title="SRE"), seen=seen, by_id=None, now=NOW)
    for act in (
        lambda: profiles.edit(draft.profile_id, other(draft), seen=seen, by_id=None, now=NOW),
        lambda: profiles.approve(draft.profile_id, seen=seen, by_id=alice.pk, now=NOW),
        lambda: profiles.discard(draft.profile_id, seen=seen, by_id=None, now=NOW),
    ):
        with pytest.raises(ChangedMeanwhileError):
            act()
    assert profiles.spec_of(profiles.newest(draft.profile_id)).title == "SRE"


def test_the_database_refuses_to_change_what_was_approved(go: Tag) -> None:
    version = make.profile(go)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProfileVersion.objects.filter(pk=version.pk).update(spec={})


def test_a_profile_that_finds_nobody_is_not_approved(alice: User) -> None:
    empty = make.profile(is_approved=False)
    with pytest.raises(SpecError):
        profiles.approve(empty.profile_id, seen=None, by_id=alice.pk, now=NOW)


def test_a_draft_goes_and_takes_along_a_profile_that_never_was(go: Tag, alice: User) -> None:
    alone, running = make.profile(go, is_approved=False), make.profile(go)
    profiles.edit(
        running.profile_id, other(running, title="SRE"), seen=None, by_id=alice.pk, now=NOW
    )
    for one in (alone, running):
        assert profiles.discard(one.profile_id, seen=None, by_id=alice.pk, now=NOW)
    assert list(RoleProfile.objects.all()) == [running.profile]
    assert profiles.newest(running.profile_id) == running
    assert not profiles.discard(running.profile_id, seen=None, by_id=alice.pk, now=NOW)


def test_a_clone_begins_as_the_other_is_and_goes_its_own_way(go: Tag, alice: User) -> None:
    first = make.profile(go)
    made = profiles.clone(first.profile_id, name="Another", by_id=alice.pk, now=NOW)
    draft = profiles.newest(made.pk)
    assert profiles.spec_of(draft) == profiles.spec_of(first)
    assert (made.copied_from_id, made.owner_id, draft.approved_at) == (
        first.profile_id,
        alice.pk,
        None,
    )


def test_a_role_has_one_profile(go: Tag, alice: User) -> None:
    role = make.role(go)
    first = make.profile(go, role=role)
    with pytest.raises(TakenError), transaction.atomic():
        profiles.create("Again", other(first), role_id=role.pk, by_id=alice.pk, now=NOW)


def test_a_retired_profile_rests_until_somebody_brings_it_back(go: Tag, alice: User) -> None:
    version = make.profile(go)
    assert profiles.retire(version.profile_id, by_id=alice.pk, now=NOW)
    assert not profiles.retire(version.profile_id, by_id=alice.pk, now=NOW)
    with pytest.raises(ProfileError):
        profiles.edit(version.profile_id, other(version), seen=None, by_id=alice.pk, now=NOW)
    assert profiles.bring_back(version.profile_id, by_id=alice.pk, now=NOW)
    assert not profiles.bring_back(version.profile_id, by_id=alice.pk, now=NOW)
    profiles.edit(version.profile_id, other(version), seen=None, by_id=alice.pk, now=NOW)
    assert profiles.draft(version.profile_id)


def test_a_profile_needs_a_name_and_keeps_it(go: Tag, alice: User) -> None:
    version = make.profile(go)
    assert profiles.rename(version.profile_id, " Go  people ", by_id=alice.pk, now=NOW)
    assert not profiles.rename(version.profile_id, "Go people", by_id=alice.pk, now=NOW)
    assert str(RoleProfile.objects.get()) == "Go people"
    with pytest.raises(ProfileError):
        profiles.rename(version.profile_id, " ", by_id=alice.pk, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_approve_at_once_one_does() -> None:
    draft = make.profile(make.tag("Go"), is_approved=False)
    alice = make.user()

    def approve(_: int) -> bool:
        try:
            done = profiles.approve(draft.profile_id, seen=None, by_id=alice.pk, now=NOW)
            return done is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(approve, range(4))) == [False, False, False, True]
    assert AuditEntry.objects.filter(action="profile.approved").count() == 1


def test_differences_are_told_in_sentences(go: Tag) -> None:
    rust = make.tag("Rust")
    before = profiles.spec_of(make.profile(go, rust))
    asked = replace(
        before.requirements[0],
        tier=Tier.SHOULD,
        weight=1.5,
        at_least=Decimal(5),
        also=("Golang",),
        rule=EvidenceRule(max_age=3, first_hand=True),
    )
    after = replace(
        before,
        requirements=(asked, make.requirement(make.tag("SQL"), Tier.NICE)),
        lowest_level="manager",
        highest_level="director",
        places=(WantedPlace("Berlin", "Berlin", "", "DE"),),
        remote="hybrid",
        pay=PayRange(Decimal(80_000), Decimal(95_000), "EUR", "year"),
        start_from=NOW.date(),
        hard=frozenset({"place", "pay"}),
    )
    assert differing.differences(before, before) == []
    assert differing.differences(before, after) == [
        "New: SQL, nice to have.",
        "No longer asked for: Rust, which was a must.",
        "Go is a should; it was a must.",
        "Go weighs 1.5; it was 1.",
        "Go: at least 5; it was any amount.",
        "As Go counts also: Golang.",
        "Evidence of Go counts for 3 years; it counted at any age.",
        "Of Go only first-hand evidence counts now.",
        "Levels: manager to director; it was any.",
        "Places: Berlin; it was any.",
        "Remote: hybrid; it was wherever.",
        "Pay: 80,000 to 95,000 EUR a year; it was not said.",
        "Start: from 3 March 2026; it was any day.",
        "A known conflict of pay keeps people out now.",
        "A conflict of start is a trade-off now, and keeps nobody out.",
    ]


def test_a_profile_is_proposed_from_a_role(go: Tag) -> None:
    kubernetes = make.tag("Kubernetes")
    level = make.tag("Manager", Tag.Kind.SENIORITY)
    role = make.role(
        go, nice=(kubernetes,), seniority=level, description=DESCRIPTION, musts=["seniority"]
    )
    spec = proposing.from_role(role.pk, today=NOW.date())
    tiers = {one.name: one.tier for one in spec.requirements if one.tag_id}
    assert tiers == {"Go": Tier.MUST, "Kubernetes": Tier.NICE}
    assert (spec.title, spec.company) == ("Platform engineer", "Secret Client AG")
    assert (spec.lowest_level, spec.highest_level) == ("manager", "manager")
    assert spec.hard == {"place", "start", "level"}
    assert spec.pay is not None
    (asked,) = (one for one in spec.requirements if one.name == "Go")
    assert asked.at_least == 5
    assert "Go" in asked.quote


def test_a_role_without_a_description_is_proposed_by_what_was_entered(go: Tag) -> None:
    role = make.role(go, pay_min=50_000, pay_currency="EUR", pay_period="year")
    spec = proposing.from_role(role.pk, today=NOW.date())
    assert [one.name for one in spec.requirements] == ["Go"]
    assert spec.pay == PayRange(Decimal(50_000), None, "EUR", "year")
