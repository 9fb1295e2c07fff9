"""What a fact is about, and by what it is found."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.insight import ageing, slots, values
from warmbench.insight.ageing import Age
from warmbench.insight.kinds import Kind
from warmbench.insight.values import InvalidValueError

TODAY = date(2026, 3, 3)


@pytest.mark.parametrize(
    ("kind", "value", "topic", "amount"),
    [
        (Kind.PAY, {"what": "target", "low": 90000}, "target", 90000),
        (Kind.PAY, {"what": "current", "low": 5000, "period": "month"}, "current", 60000),
        (Kind.PAY, {"what": "floor", "high": 500, "period": "day"}, "floor", 110000),
        (Kind.NOTICE, {"amount": 3, "unit": "months"}, "", 90),
        (Kind.NOTICE, {"amount": 2, "unit": "weeks"}, "", 14),
        (Kind.SKILL, {"name": "C++", "years": 5}, "c++", 5),
        (Kind.SKILL, {"name": "Größe"}, "grosse", None),
        (Kind.SCOPE, {"what": "people", "amount": 12}, "people", 12),
        (Kind.REMOTE, {"mode": "hybrid", "days": 2}, "hybrid", 2),
        (Kind.PLACE, {"name": "São Paulo", "country": "BR"}, "sao paulo", None),
        (Kind.PLACE, {"name": "東京"}, "dongjing", None),
        (Kind.EVENT, {"what": "other", "from": "2026-09-01"}, "other 2026 09 01", None),
        (Kind.STOP, {"tier": "hard"}, "hard", None),
        (Kind.PAY, {"what": "target", "low": True}, "target", None),
        (Kind.PAY, {"what": "target", "low": 1e300}, "target", None),
    ],
)
def test_a_fact_is_found_by(
    kind: Kind, value: dict[str, Any], topic: str, amount: int | None
) -> None:
    derived = slots.derive(kind, value, "words")
    assert derived.topic == topic
    assert derived.amount == (None if amount is None else Decimal(amount))


def test_two_results_with_the_same_words_to_begin_with_are_two() -> None:
    first, second = (slots.topic(Kind.ACHIEVEMENT, {}, f"{'x' * 200}{end}") for end in "ab")
    assert first != second


@pytest.mark.parametrize("said", ["2026-02-30", "20260201", "18:00", "", None, 7, "2026-W01-1"])
def test_no_day_is_read_from(said: object) -> None:
    assert slots.day(said) is None


def test_a_fact_ages_by_how_long_such_facts_last() -> None:
    def age(days: int, **more: Any) -> Age:
        return ageing.age(Kind.STANCE, TODAY - timedelta(days=days), today=TODAY, **more)

    assert [age(days) for days in (0, 60, 61, 120, 121)] == [
        Age.FRESH,
        Age.FRESH,
        Age.AGEING,
        Age.AGEING,
        Age.STALE,
    ]
    assert age(1, until=TODAY - timedelta(days=1)) == Age.STALE


@given(st.sampled_from(Kind.values), st.integers(0, 5000))
def test_every_fact_has_the_age_whose_days_it_was_said_on(kind: str, days: int) -> None:
    said_on = TODAY - timedelta(days=days)
    for wanted in Age:
        first, last = ageing.said_between(kind, wanted, today=TODAY)
        is_it = ageing.age(kind, said_on, today=TODAY) == wanted
        assert (first <= said_on <= last) == is_it


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("pay", {"what": "target", "low": 90000, "currency": "EUR", "period": "year"}),
        ("time", {"from": "18:00", "to": "20:00", "days": ["mon"]}),
        ("event", {"what": "not_before", "from": "2026-09-01"}),
        ("achievement", {}),
        ("skill", {"name": "Go", "years": 2, "strength": "working", "last_used": "2021"}),
        ("skill", {"name": "Go", "last_used": "2021-03-31"}),
        ("title", {"name": "Nurse", "current": True}),
        ("place", {"name": "Berlin", "country": "DE"}),
    ],
)
def test_a_value_of_its_kind_is_taken(kind: str, value: dict[str, Any]) -> None:
    assert values.check(kind, value) == value


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("pay", {"what": "target"}),
        ("pay", {"what": "target", "low": "90k"}),
        ("pay", {"what": "target", "low": -1}),
        ("pay", {"what": "target", "low": float("nan")}),
        ("pay", {"what": "target", "low": 1, "currency": "XXX"}),
        ("time", {"from": "25:61"}),
        ("time", {"days": "mon"}),
        ("start", {"from": "soon"}),
        ("title", {"name": "\ud800"}),
        ("title", {"name": "a\0"}),
        ("title", {"name": "x" * 201}),
        ("place", {"name": "Berlin", "country": "de"}),
        ("skill", {"name": "Go", "\ud800": 1}),
        ("skill", {"name": "Go", "strength": "huge"}),
        ("skill", {"name": "Go", "last_used": "2021-13-01"}),
        ("skill", {"name": "Go", "last_used": 2021}),
    ],
)
def test_a_value_of_no_kind_is_refused_in_a_sentence(kind: str, value: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError) as refused:
        values.check(kind, value)
    str(refused.value).encode()


def test_every_kind_has_a_shape_and_a_half_life() -> None:
    assert set(values.SHAPES) == set(ageing.HALF_LIVES) == set(Kind)


def test_who_leaves_out_the_currency_or_to_the_end_of_what_says_the_same() -> None:
    def same(kind: Kind, one: dict[str, Any], two: dict[str, Any]) -> bool:
        return slots.is_same(kind, ("had", one), ("had", two))

    three = {"amount": 3, "unit": "months"}
    assert same(Kind.NOTICE, three, {**three, "to": "quarter_end"})
    assert not same(Kind.NOTICE, {**three, "to": "month_end"}, {**three, "to": "quarter_end"})
    assert same(Kind.PAY, {"low": 88000}, {"low": 88000, "currency": "EUR"})
    java = {"name": "Java", "strength": "strong", "last_used": "2019"}
    assert same(Kind.SKILL, java, {"name": "Java", "strength": "basic", "last_used": "2026"})
    assert not same(Kind.PAY, {"low": 88000}, {"low": 88000, "high": 90000})
