"""Patterns are what numbers carry, and never what somebody is."""

import math

import pytest

from warmbench.shortlists import patterns
from warmbench.shortlists.patterns import Person
from warmbench.shortlists.requirements import Aspect, Tier


def people(*rows: tuple[int, bool, str]) -> list[Person]:
    return [
        Person(is_hired, {Aspect.DOMAIN: frozenset(words.split())})
        for many, is_hired, words in rows
        for _ in range(many)
    ]


def test_what_the_hired_had_is_a_pattern_with_its_numbers() -> None:
    found = patterns.compare(
        people(
            (8, True, "payments"),
            (1, True, "retail"),
            (4, False, "payments"),
            (27, False, "retail"),
        )
    )
    payments = found.patterns[0]
    assert (payments.folded, payments.tier) == ("payments", Tier.SHOULD)
    assert payments.numbers == "8 of 9 hired, 4 of 31 rejected"
    assert payments.requirement.quote == payments.numbers
    assert (found.hired, found.rejected, found.tried) == (9, 31, 2)


def test_what_only_the_rejected_had_is_an_anti_pattern() -> None:
    found = patterns.compare(
        people((8, True, "retail"), (12, False, "agency"), (2, False, "retail"))
    )
    agency = next(one for one in found.patterns if one.folded == "agency")
    assert agency.tier == Tier.DEALBREAKER
    one_hired = people((8, True, "retail"), (1, True, "agency"), (12, False, "agency"))
    assert "agency" not in {one.folded for one in patterns.compare(one_hired).patterns}


def test_fewer_than_five_hired_show_nothing() -> None:
    found = patterns.compare(people((4, True, "payments"), (40, False, "retail")))
    assert not [one for one in found.patterns if one.tier != Tier.DEALBREAKER]


def test_more_that_is_tried_takes_more_to_be_told_from_chance() -> None:
    few = people(
        (6, True, "payments"), (2, True, "retail"), (3, False, "payments"), (10, False, "retail")
    )
    assert patterns.fisher(6, 8, 3, 13) < 0.05
    assert patterns.compare(few).patterns == ()


def test_who_is_unknown_counts_on_neither_side() -> None:
    silent = [Person(is_hired=False, had={}) for _ in range(100)]
    found = patterns.compare([*people((6, True, "a"), (6, False, "b")), *silent])
    assert found.patterns[0].rejected == 6


def test_fishers_probability_is_that_of_the_tea() -> None:
    """Of the lady tasting tea: 3 of 4 right."""
    assert patterns.fisher(3, 4, 1, 4) == pytest.approx(34 / 70)
    assert patterns.fisher(4, 4, 0, 4) == pytest.approx(2 / 70)
    assert math.isclose(patterns.fisher(0, 5, 0, 5), 1.0)


@pytest.mark.parametrize(
    "word",
    ["spanish", "german", "university of leeds", "technical school", "army", "women in tech"],
)
def test_what_stands_for_who_somebody_is_is_not_looked_at(word: str) -> None:
    assert patterns.is_private(word)


@pytest.mark.parametrize("word", ["kubernetes", "payments", "go", "rust", "account manager"])
def test_what_somebody_can_do_is(word: str) -> None:
    assert not patterns.is_private(word)
