"""Reads lengths of time as people say them, in five languages: 3 months, six Wochen, 8 wks."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from warmbench.insight.tables import table

#: Longer ones are no notice and no plan.
_MOST = {"days": 365, "weeks": 104, "months": 60}
_PHRASES = (
    ("half_years", 6, "months"),
    ("six_weeks", 6, "weeks"),
    ("quarters_long", 3, "months"),
)
_IN = {"fortnights": ("weeks", 2), "years": ("months", 12)}


@dataclass(frozen=True, slots=True)
class Duration:
    """So many days, weeks or months, and where that is said."""

    amount: int
    unit: str
    start: int
    end: int


def find(flat: str, *, short: bool = False) -> list[Duration]:
    """The lengths of time that a text tells, in its order; of “4 to 6 weeks” the longer.

    ``flat`` is the text as ``insight.flat`` makes it. ``short``: “3m” is three months here.
    """
    found = [
        Duration(amount, unit, *match.span())
        for name, amount, unit in _PHRASES
        for match in _phrase(name).finditer(flat)
    ]
    for match in _counted(short=short).finditer(flat):
        unit = _units()[match["unit"]] if match["unit"] else _short_units()[match["short"]]
        amount = max(_number(match["number"]), _number(match["high"] or match["number"]))
        unit, times = _IN.get(unit, (unit, 1))
        inside = any(one.start < match.end() and match.start() < one.end for one in found)
        if 0 < amount * times <= _MOST[unit] and not inside:
            found.append(Duration(amount * times, unit, *match.span()))
    return sorted(found, key=lambda one: one.start)


def one_of(words: Iterable[str]) -> str:
    """A pattern for any of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(set(words), key=len, reverse=True))


def _number(said: str) -> int:
    return int(said) if said.isdigit() else _numbers()[said]


@cache
def _numbers() -> dict[str, int]:
    return {word: int(n) for n, words in table("moment_words")["numbers"].items() for word in words}


@cache
def _units() -> dict[str, str]:
    return {word: unit for unit, words in table("moment_words")["units"].items() for word in words}


@cache
def _short_units() -> dict[str, str]:
    short = table("moment_words")["short_units"]
    return {word: unit for unit, words in short.items() for word in words}


@cache
def _phrase(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{one_of(table('moment_words')[name])})(?!\w)")


@cache
def _counted(*, short: bool) -> re.Pattern[str]:
    words = table("moment_words")
    number = rf"\d{{1,3}}|(?:{one_of(_numbers())})(?![a-z])"
    between = one_of(words["between_numbers"])
    behind = rf"(?P<unit>{one_of(_units())})(?!\w)"
    if short:
        behind = rf"(?:{behind}|(?<=\d)\s?(?P<short>{one_of(_short_units())})(?![\w'])\.?)"
    else:
        behind = rf"(?:{behind}|(?P<short>(?!)))"
    return re.compile(
        rf"(?<![\w.,/€$£])(?P<number>{number})"
        rf"(?:\s?(?:{between})\s?(?P<high>{number})(?![\d.,]\d))?(?:\s?\(\d{{1,3}}\))?"
        rf"[\s-]?(?:(?:{one_of(words['before_units'])})\s)?{behind}"
    )
