"""The years against which the noticing of changes is measured agree with themselves."""

from datetime import date, timedelta

import pytest

from bench import timelines
from bench.timelines import Told, Years


@pytest.fixture(scope="module")
def years() -> Years:
    return timelines.generate(3, 120)


def told(years: Years) -> list[Told]:
    return [
        Told(one["person"], one["kind"], date.fromisoformat(one["earliest"]))
        for one in years.truth
        if one["required"]
    ]


def test_the_same_seed_makes_the_same_years(years: Years) -> None:
    assert timelines.generate(3, 120) == years
    assert timelines.generate(4, 5) != timelines.generate(3, 5)


def test_events_come_in_the_order_of_their_days(years: Years) -> None:
    days = [event["day"] for event in years.events]
    assert days == sorted(days)


def test_what_changed_can_be_read_on_the_day_it_is_said_to(years: Years) -> None:
    heard = {(event["person"], event["day"]) for event in years.events}
    for one in years.truth:
        if one["required"] and one["kind"] not in {"due", "tenure"}:
            assert (one["person"], one["day"]) in heard, one


def test_the_first_that_is_heard_of_somebody_is_no_change(years: Years) -> None:
    first: dict[str, str] = {}
    for event in years.events:
        first.setdefault(event["person"], event["day"])
    for one in years.truth:
        assert one["day"] > first[one["person"]]


def test_every_kind_of_change_occurs(years: Years) -> None:
    from warmbench.shortlists.models import Change

    assert {one["kind"] for one in years.truth if one["required"]} == set(Change.Kind.values)


def test_telling_the_truth_is_right(years: Years) -> None:
    figures = timelines.measure(years.truth, told(years))
    assert (figures["precision"], figures["recall"], figures["duplicates"]) == (1, 1, 0)


def test_telling_it_twice_is_a_duplicate(years: Years) -> None:
    only = [one for one in years.truth if one["required"]][:30]
    once = [Told(c["person"], c["kind"], date.fromisoformat(c["earliest"])) for c in only]
    figures = timelines.measure(only, once + once)
    assert figures["duplicates"] == 30
    assert figures["precision"] == pytest.approx(0.5)


def test_telling_it_too_late_is_wrong(years: Years) -> None:
    late = [Told(one.person, one.kind, one.day + timedelta(days=900)) for one in told(years)]
    figures = timelines.measure(years.truth, late)
    assert (figures["precision"], figures["recall"]) == (0, 0)


def test_what_may_be_told_need_not_be(years: Years) -> None:
    may = [one for one in years.truth if not one["required"]]
    assert may
    assert timelines.measure(may, [])["recall"] is None
