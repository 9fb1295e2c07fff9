"""Patterns of past successes come from applications and outcomes, and go into drafts only."""

from datetime import timedelta

import pytest

from tests import judged, make, said
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.insight.kinds import Kind
from warmbench.people.models import Candidate
from warmbench.shortlists import outcomes, patterns, profiles
from warmbench.shortlists.models import ProfileVersion
from warmbench.shortlists.patterns import PatternError
from warmbench.shortlists.requirements import Aspect, Tier
from warmbench.sourcing.models import Application, Role

DAY = timedelta(days=1)


@pytest.fixture
def alice(db: None) -> User:
    return make.user()


@pytest.fixture
def version(alice: User) -> ProfileVersion:
    return make.profile(make.tag("Go"), owner=alice)


@pytest.fixture
def role(alice: User) -> Role:
    return make.role(owner=alice, title="Senior Platform Engineer")


def in_field(domain: str, *, days: int = -30) -> Candidate:
    """Somebody of whom it was said so many days from now where they worked."""
    one = make.candidate()
    fact = said.fact(f"worked in {domain}", Kind.DOMAIN, {"name": domain})
    said.note(fact, about=one, on=(NOW + days * DAY).date())
    return one


def ended(one: Candidate, role: Role, outcome: str) -> None:
    Application.objects.create(
        candidate=one,
        role=role,
        source="greenhouse",
        external_id=f"a{one.pk}",
        outcome=outcome,
        applied_at=NOW - 10 * DAY,
        seen_at=NOW,
    )


@pytest.fixture
def history(role: Role) -> None:
    for _ in range(6):
        ended(in_field("payments"), role, "hired")
    for _ in range(9):
        ended(in_field("retail"), role, "rejected")


def test_patterns_come_from_roles_of_the_kind(
    version: ProfileVersion, history: None, role: Role
) -> None:
    found = patterns.of_profile(version.profile_id, now=NOW)
    assert (found.hired, found.rejected) == (6, 9)
    first = next(one for one in found.patterns if one.tier == Tier.SHOULD)
    assert (first.aspect, first.name) == (Aspect.DOMAIN, "payments")
    assert first.numbers == "6 of 6 hired, 0 of 9 rejected"
    Role.objects.update(title="Nurse")
    assert patterns.of_profile(version.profile_id, now=NOW).patterns == ()


def test_what_was_said_after_the_process_began_is_not_looked_at(
    version: ProfileVersion, role: Role
) -> None:
    for _ in range(6):
        ended(in_field("payments", days=-5), role, "hired")
    for _ in range(9):
        ended(in_field("retail"), role, "rejected")
    assert patterns.of_profile(version.profile_id, now=NOW).patterns == ()


def test_lists_of_the_profile_count_too(version: ProfileVersion, alice: User) -> None:
    for _ in range(3):
        one = judged.shortlist(version, (0.9,), (0.9,), (0.1,), (0.1,), at=NOW)
        for number, entry in enumerate(judged.entries(one)):
            domain = "payments" if number < 2 else "retail"
            fact = said.fact(f"worked in {domain}", Kind.DOMAIN, {"name": domain})
            said.note(fact, about=entry.candidate, on=(NOW - DAY).date())
            if number < 2:
                outcomes.record(entry.pk, "hire", now=NOW)
            else:
                judged.say(entry, "pass", by=alice)
    found = patterns.of_profile(version.profile_id, now=NOW)
    assert (found.hired, found.rejected) == (6, 6)
    assert "6 of 6 hired, 0 of 6 rejected" in {one.numbers for one in found.patterns}


def test_a_pattern_goes_into_a_draft_and_is_asked_for_once(
    version: ProfileVersion, history: None, alice: User
) -> None:
    draft = patterns.take(version.profile_id, "domain:payments", by_id=alice.pk, now=NOW)
    assert draft.approved_at is None
    assert profiles.current(version.profile_id) == version
    one = profiles.spec_of(draft).requirements[-1]
    assert (one.tier, one.quote) == (Tier.SHOULD, "6 of 6 hired, 0 of 9 rejected")
    with pytest.raises(PatternError):
        patterns.take(version.profile_id, "domain:payments", by_id=alice.pk, now=NOW)
    with pytest.raises(PatternError):
        patterns.take(version.profile_id, "skill:cobol", by_id=alice.pk, now=NOW)


def test_few_hires_are_no_pattern(version: ProfileVersion, role: Role) -> None:
    for _ in range(4):
        ended(in_field("payments"), role, "hired")
    found = patterns.of_profile(version.profile_id, now=NOW)
    assert (found.hired, found.patterns) == (4, ())
