"""Finds by grammar what may be pay, a size, a date of theirs or a notice: every number and time."""

import math
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from warmbench.insight import context, durations, moments, money
from warmbench.insight.durations import Duration
from warmbench.insight.found import Reading
from warmbench.insight.kinds import Kind, SourceKind, Speaker
from warmbench.insight.mentions import Mention
from warmbench.insight.moments import Moment
from warmbench.insight.money import Money

#: Of a sentence without an end no more are looked at.
_MOST = 40
#: Words of the sentence before that an answer or a note in short goes on from.
_BEFORE = 5
#: From so much on a number may be pay that is told in thousands.
_LEAST_ORDERED = 15
_LEAST, _LAST_YEAR = 2, 2045
_WORD = re.compile(r"[a-z]+")
_NEXT_MONTH, _NEXT_YEAR = 45, 300


@lru_cache(maxsize=4)
def amounts(reading: Reading) -> tuple[tuple[Money, ...], ...]:
    """For each unit, whosever it is, the numbers that may be amounts."""
    return tuple(
        tuple(money.read(unit.text, reading.language, reading.country)) for unit in reading.units
    )


@lru_cache(maxsize=4)
def of(reading: Reading) -> tuple[tuple[Mention, ...], ...]:
    """For each unit that tells of the person its numbers (as pay), moments (as starts) and lengths
    of time (as notices), in their order; none overlaps another."""
    is_talk = reading.kind == SourceKind.TRANSCRIPT
    found: list[tuple[Mention, ...]] = []
    said: list[Money] = []
    for at, unit in enumerate(reading.units):
        counts = unit.speaker == Speaker.CANDIDATE or not (is_talk or unit.speaker == Speaker.OTHER)
        found.append(tuple(_within(reading, at, said)[:_MOST]) if counts else ())
    return tuple(found)


def _within(reading: Reading, at: int, said: list[Money]) -> list[Mention]:
    plain = context.plain(reading.units[at])
    before = _before(reading, at)
    numbers = [one for one in amounts(reading)[at] if one.end <= len(plain) and _counts(one)]
    sure = [one for one in numbers if one.currency or one.is_large]
    dated = [
        one
        for one in moments.find(plain, today=reading.said_on, american=reading.country == "US")
        if one.last >= reading.said_on and not _meets(one, sure)
    ]
    long = [one for one in durations.find(plain, short=True) if not _meets(one, [*sure, *dated])]
    found = [
        Mention(Kind.START, one.start, one.end, {"moment": one}, _of_moment(one, reading, before))
        for one in dated
    ]
    found += [
        Mention(Kind.NOTICE, one.start, one.end, {"length": one}, _of_length(one, before))
        for one in long
    ]
    for one in numbers:
        if one in sure or not _meets(one, [*dated, *long]):
            found.append(
                Mention(
                    Kind.PAY,
                    one.start,
                    one.end,
                    {"money": one},
                    (*_of_money(one, said, before), *_noun(plain, one)),
                )
            )
            if one.low >= _LEAST_ORDERED:
                said.append(one)
    return sorted(found, key=lambda one: one.start)


def _counts(one: Money) -> bool:
    """Whether it may count people or money: no single thing, and no year."""
    is_told = bool(one.currency or one.period) or one.is_large
    return is_told or (one.low >= _LEAST and not 1950 <= one.low <= _LAST_YEAR)


def _noun(plain: str, one: Money) -> tuple[str, ...]:
    """How the next words end: who is counted ends as “planners”, “nurses”, “Fahrer”."""
    words = _WORD.findall(plain[one.end : one.end + 40])[:2]
    return tuple(f"ends:{at}:{word[-size:]}" for at, word in enumerate(words) for size in (2, 3))


def _meets(one: Any, others: Iterable[Any]) -> bool:
    return any(one.start < other.end and other.start < one.end for other in others)


def _before(reading: Reading, at: int) -> tuple[str, ...]:
    """What the last words of the sentence before are, where it is of the same turn or item."""
    unit = reading.units[at]
    other = reading.units[at - 1] if at else None
    if other is None or other.part != unit.part or other.speaker != unit.speaker:
        return ("opens",)
    return tuple(f"before:{word}" for word in context.plain(other).split()[-_BEFORE:])


def _of_money(one: Money, said: list[Money], before: tuple[str, ...]) -> tuple[str, ...]:
    size = f"size:{int(2 * math.log10(float(one.low) + 1))}"
    traits = [
        size,
        f"bare:{one.is_bare}:{size}",
        f"large:{one.is_large}:{one.period}",
        f"currency:{bool(one.currency)}:{one.period}",
        f"bare:{one.is_bare}:{bool(one.currency)}:{one.period}",
        f"range:{one.high is not None}",
        f"whole:{one.low % 1 == 0}:{one.low < 2}",
        f"order:{min(len(said), 3)}",
        *before,
    ]
    if said and one.low:
        last = said[-1]
        close = (one.low * (1000 if one.is_bare and last.is_large else 1)) / last.low
        traits.append(
            "more" if 1 < close < 2 else "less" if 0.5 < close < 1 else f"far:{close == 1}"
        )
    return tuple(traits)


def _of_moment(one: Moment, reading: Reading, before: tuple[str, ...]) -> tuple[str, ...]:
    ahead = (one.first - reading.said_on).days
    when = "past" if (one.last - reading.said_on).days < 0 else "now" if ahead <= 0 else "next"
    if ahead > _NEXT_MONTH:
        when = "later" if ahead < _NEXT_YEAR else "far"
    return (
        when,
        f"relation:{one.relation}",
        f"relation:{one.relation}:{when}",
        f"length:{one.length}",
        f"length:{one.length}:{one.is_part}:{one.relation}",
        *before,
    )


def _of_length(one: Duration, before: tuple[str, ...]) -> tuple[str, ...]:
    return (f"unit:{one.unit}", f"unit:{one.unit}:{min(one.amount, 13)}", *before)
