"""Holds two forecasts against each other: two versions of a sequence, most of all."""

from collections.abc import Mapping
from dataclasses import dataclass

from warmbench.core import sql
from warmbench.nurture.forecast.results import Result
from warmbench.nurture.models import Forecast

#: A number of the first forecast, and of the second.
Both = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is different between two forecasts. Pairs are the first one's number and the other's."""

    people: Both
    written_to: Both
    messages: Both
    #: Month (``2026-03``) → purpose → messages.
    months: dict[str, dict[str, Both]]
    refusals: dict[str, Both]
    silent: dict[str, Both]
    #: Days by which a touch is later in the second forecast → touches, people. At 0 those that
    #: are on the same day.
    moved: dict[int, Both]
    #: Touches that only the first, or only the second, sees going.
    only: Both


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody who hears from us on other days."""

    candidate_id: int
    messages: Both
    #: Messages that are on another day, or that only one forecast has.
    different: int


def compare(a: Forecast, b: Forecast) -> Comparison:
    """What the second of two forecasts that are done has otherwise."""
    first, second = Result.from_json(a.result), Result.from_json(b.result)
    there, back = {"a": a.pk, "b": b.pk}, {"a": b.pk, "b": a.pk}
    return Comparison(
        people=(first.people, second.people),
        written_to=(first.written_to, second.written_to),
        messages=(first.messages, second.messages),
        months=_months(first, second),
        refusals=_pairs(first.refusals, second.refusals),
        silent=_pairs(first.silent, second.silent),
        moved={
            days: (touches, people)
            for days, touches, people in sql.run(sql.load(__file__, "moved_touches"), there)
        },
        only=(_only(there), _only(back)),
    )


def moved_people(a: Forecast, b: Forecast, *, limit: int) -> list[Moved]:
    """People whose messages are on different days, the most different first."""
    values = {"a": a.pk, "b": b.pk, "limit": limit}
    return [
        Moved(candidate_id, (of_a, of_b), different)
        for candidate_id, of_a, of_b, different in sql.run(
            sql.load(__file__, "moved_people"), values
        )
    ]


def _only(values: dict[str, int]) -> int:
    [(count,)] = sql.run(sql.load(__file__, "touches_of_one"), values).fetchall()
    return int(count)


def _pairs(a: Mapping[str, int], b: Mapping[str, int]) -> dict[str, Both]:
    return {key: (a.get(key, 0), b.get(key, 0)) for key in sorted(a.keys() | b.keys())}


def _months(a: Result, b: Result) -> dict[str, dict[str, Both]]:
    counted = _by_month(a), _by_month(b)
    return {
        month: _pairs(counted[0].get(month, {}), counted[1].get(month, {}))
        for month in sorted(counted[0].keys() | counted[1].keys())
    }


def _by_month(result: Result) -> dict[str, dict[str, int]]:
    months: dict[str, dict[str, int]] = {}
    for day, purposes in result.days.items():
        month = months.setdefault(day[:7], {})
        for purpose, count in purposes.items():
            month[purpose] = month.get(purpose, 0) + count
    return months
