"""What happens when: each reaction, from the fact to the state of the world it asks for."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests import make
from tests.make import NOW
from warmbench.accounts.models import User
from warmbench.core import clock, events, tokens
from warmbench.core.events import held_back, react_now
from warmbench.core.tokens import Purpose
from warmbench.nurture import pools
from warmbench.nurture.models import PoolMember
from warmbench.nurture.pools import Terms
from warmbench.people import candidates, consent
from warmbench.people.models import Candidate, Suppression
from warmbench.signals import hits, judging, queues
from warmbench.signals.hits import Visit
from warmbench.signals.judging import HELD


@pytest.fixture
def alice(db: None) -> User:
    make.organisation()
    return make.user()


def happens(action: Callable[[], object], *, now: object = NOW) -> None:
    """Do something, and let everything that reacts to it run in place."""
    with clock.pinned(now), held_back() as published:  # type: ignore[arg-type]
        action()
        for event in published:  # Grows while reactions publish.
            react_now(event)


def test_a_new_pool_finds_its_members(alice: User) -> None:
    ana = make.candidate()
    terms = Terms(name="Open", entry_rule="status is passive")

    happens(lambda: pools.create(terms, by_id=alice.pk, now=NOW))

    assert PoolMember.objects.get(left_at=None).candidate == ana


def test_who_changes_leaves_the_pool_she_no_longer_fits(alice: User) -> None:
    ana = make.candidate()
    terms = Terms(name="Open", entry_rule="status is passive")
    happens(lambda: pools.create(terms, by_id=alice.pk, now=NOW))

    happens(lambda: candidates.change_status(ana.pk, Candidate.Status.SEARCHING, now=NOW))

    assert not PoolMember.objects.filter(left_at=None)


def test_a_reaction_to_a_suppression_may_run_twice(alice: User) -> None:
    ana = make.candidate()
    with held_back() as published:
        consent.suppress(ana.pk, reason=Suppression.Reason.MANUAL, now=NOW)

    with clock.pinned(NOW):
        for event in [*published, *published]:
            react_now(event)


def test_three_clicks_on_three_days_bring_a_person_to_the_top(alice: User) -> None:
    ana = make.candidate(owner=alice)
    mail = make.sent(ana, make.sender(alice))
    visit = Visit(method="GET", agent="Firefox", address="198.51.100.7", has_language=True)

    for day in range(1, 4):
        at = NOW + timedelta(days=day)
        hits.record(tokens.sign(Purpose.CLICK, mail.pk, 0), visit, now=at)
        happens(lambda at=at: judging.judge_due(now=at + HELD), now=at + HELD)  # type: ignore[misc]

    (asked,) = queues.today(alice, now=NOW + timedelta(days=4))
    assert asked.candidate == ana
    assert asked.get_reason_display() == "High interest"
    assert [e["text"] for e in asked.evidence] == ["Clicked in “Salaries for Ana”"] * 3


def test_every_fact_that_must_have_a_consequence_has_one() -> None:
    reacted_to = events.reactions()

    assert {
        "AddressDied",
        "CandidatesChanged",
        "CandidatesHandedOver",
        "CandidateStatusChanged",
        "CandidateSuppressed",
        "PoolChanged",
        "SignalsRecorded",
    } <= set(reacted_to)
