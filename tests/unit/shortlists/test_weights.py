"""Answers move the weights that they speak of, no further than they tell, always alike."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.shortlists.pasts import asks, passed, person, profile, shortlist, wanted
from warmbench.shortlists import likelihood, weights
from warmbench.shortlists.answered import PastList
from warmbench.shortlists.requirements import Spec, Tier

MODEL = likelihood.usual()
SPEC = profile(asks("Go"), asks("Kafka"), asks("Rust", Tier.SHOULD), asks("Bash", Tier.NICE))
GO, KAFKA = "skill:go", "skill:kafka"


def by_key(spec: Spec, lists: list[PastList]) -> dict[str, weights.Weight]:
    return {one.key: one for one in weights.learn(spec, MODEL, lists)}


def kafka_decides(lists: int) -> list[PastList]:
    """Those with much Kafka were wanted, those with much Go were not."""
    return [
        shortlist(
            person(SPEC, 0.3, 0.9, 0.5, 0.5, said=wanted()),
            person(SPEC, 0.4, 0.8, 0.5, 0.5, said=wanted()),
            person(SPEC, 0.9, 0.2, 0.5, 0.5, said=passed()),
            person(SPEC, 0.8, 0.3, 0.5, 0.5, said=passed()),
        )
        for _ in range(lists)
    ]


def test_without_answers_nothing_moves() -> None:
    learnt = weights.learn(SPEC, MODEL, [shortlist(person(SPEC, 1, 1, 1, 1))])
    assert [one.after for one in learnt] == [one.weight for one in SPEC.requirements]
    assert all(one.low < one.before < one.high for one in learnt)


def test_what_tells_the_wanted_from_the_passed_gains_weight() -> None:
    learnt = by_key(SPEC, kafka_decides(3))
    assert learnt[KAFKA].after > 1 > learnt[GO].after
    assert learnt["skill:rust"].after == pytest.approx(1, abs=0.02)


def test_more_answers_say_it_more_surely() -> None:
    few, many = by_key(SPEC, kafka_decides(1))[KAFKA], by_key(SPEC, kafka_decides(8))[KAFKA]
    assert many.after > few.after
    assert many.high - many.low < (few.high - few.low) * many.after / few.after


def test_a_reason_counts_for_its_requirement() -> None:
    alike = [
        shortlist(
            person(SPEC, 0.8, 0.2, 0.2, 0.2, said=passed("skill:rust")),
            person(SPEC, 0.8, 0.2, 0.2, 0.2, said=wanted()),
        )
        for _ in range(6)
    ]
    learnt = by_key(SPEC, alike)
    assert learnt["skill:rust"].low > 1
    assert learnt[KAFKA].after < 1


def test_who_was_passed_for_what_they_have_says_nothing_of_its_weight() -> None:
    had = [shortlist(person(SPEC, 0.95, 0.2, 0.2, 0.2, said=passed(GO)))]
    unsaid = [shortlist(person(SPEC, 0.95, 0.2, 0.2, 0.2, said=passed()))]
    assert by_key(SPEC, had)[GO].after == by_key(SPEC, unsaid)[GO].after


def test_what_came_of_it_counts_more_than_an_answer() -> None:
    def hired(weight: float) -> float:
        lists = [
            shortlist(
                person(SPEC, 0.2, 0.9, 0.5, 0.5, said=wanted(weight=weight)),
                person(SPEC, 0.9, 0.2, 0.5, 0.5, said=passed()),
            )
        ]
        return by_key(SPEC, lists)[KAFKA].after

    assert hired(3.0) > hired(1.0) > 1


def test_a_dealbreaker_has_no_weight_to_learn() -> None:
    spec = profile(asks("Go"), asks("Cobol", Tier.DEALBREAKER))
    lists = [shortlist(person(spec, 1.0, 0.1, said=wanted()))]
    assert list(by_key(spec, lists)) == [GO]


said = st.sampled_from([None, wanted(), passed(), wanted(GO), passed(KAFKA), wanted(weight=3.0)])
shares = st.one_of(st.none(), st.floats(0, 1))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(shares, shares, shares, shares, said), min_size=1, max_size=12))
def test_whatever_was_said_weights_stay_weights(rows: list[tuple[object, ...]]) -> None:
    people = [person(SPEC, *row[:4], said=row[4]) for row in rows]  # type: ignore[arg-type]
    lists = [shortlist(*people[:6]), shortlist(*people[6:])]
    learnt = weights.learn(SPEC, MODEL, lists)
    assert learnt == weights.learn(SPEC, MODEL, lists)
    for one in learnt:
        assert 0.05 <= one.low <= one.after <= one.high <= 3
        assert math.isfinite(one.after)
