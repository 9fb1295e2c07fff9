"""Reads the dates of a column, once it is known which of day and month comes first."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from babel import Locale

from warmbench.people.words import is_nothing, plain

_LANGUAGES = ("en", "de", "fr", "es", "nl")
_ISO = re.compile(r"(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})(?:$|[T\s])")
_NUMERIC = re.compile(r"(\d{1,2})\s*([/.\-])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})(?:$|[T\s,])")
_YEAR = re.compile(r"(?:^|\D)((?:19|20)\d\d)(?:$|\D)")
_SERIAL = re.compile(r"([2-6]\d{4})(?:\.\d+)?")
#: Spreadsheets count days from here (and believe that 1900 was a leap year).
_FIRST_DAY = date(1899, 12, 30)
#: Two-digit years from here on belong to the last century.
_PIVOT = 70
#: No date is longer, and the cache must not fill with notes.
_LONGEST = 60


class Unreadable(StrEnum):
    """Why a cell of a date column gives no date."""

    NOT_A_DATE = "not_a_date"
    NO_SUCH_DAY = "no_such_day"
    DAY_OR_MONTH = "day_or_month"


@dataclass(frozen=True, slots=True)
class Order:
    """Whether the day or the month comes first in the numeric dates of one column."""

    #: None when the column itself does not tell.
    day_first: bool | None = None
    #: Cells that only make sense the one way, and the other.
    days_first: int = 0
    months_first: int = 0
    #: Some date in the column can be read both ways, and nothing decides.
    ambiguous: bool = False


DAY_FIRST = Order(day_first=True)
MONTH_FIRST = Order(day_first=False)


def order_of(cells: Iterable[str]) -> Order:
    """How the dates of a column are written, judged by all the cells together.

    One "31/12" decides for the whole column. Dots are only used with the day first. A column
    that contradicts itself, or never goes past the 12th, is ambiguous: a person must say.
    """
    days = months = open_cells = dotted = 0
    for cell in cells:
        match = _NUMERIC.match(cell.strip())
        if not match:
            continue
        one, separator, two = int(match[1]), match[2], int(match[3])
        if one > 12 >= two:
            days += 1
        elif two > 12 >= one:
            months += 1
        elif separator == ".":
            dotted += 1
        elif one != two:
            open_cells += 1
    if days and months:
        return Order(None, days, months, ambiguous=True)
    if days or months:
        return Order(days > 0, days, months)
    if dotted and not open_cells:
        return Order(day_first=True)
    return Order(None, ambiguous=open_cells > 0)


def read(text: str, order: Order) -> date | Unreadable | None:
    """The day a cell names, None for an empty cell, or why it cannot be read."""
    text = text.strip()
    if is_nothing(text):
        return None
    return _read(text, order) if len(text) <= _LONGEST else Unreadable.NOT_A_DATE


@lru_cache(maxsize=16384)
def _read(text: str, order: Order) -> date | Unreadable:
    if match := _ISO.match(text):
        return _day(int(match[1]), int(match[3]), int(match[4]))
    if match := _NUMERIC.match(text):
        return _numeric(match, order)
    if match := _SERIAL.fullmatch(text):
        return _FIRST_DAY + timedelta(days=int(match[1]))
    return _written(text)


def _numeric(match: re.Match[str], order: Order) -> date | Unreadable:
    one, separator, two = int(match[1]), match[2], int(match[3])
    year = _year(match[4])
    day_first = order.day_first
    if one == two or one > 12 or separator == ".":
        day_first = True
    elif two > 12:
        day_first = False
    if day_first is None:
        return Unreadable.DAY_OR_MONTH
    return _day(year, two, one) if day_first else _day(year, one, two)


def _written(text: str) -> date | Unreadable:
    """ "31. Dezember 2025", "Dec 31, 2025", "31-dic-25", "le 1er mars 2026"."""
    spaced = plain(text)
    found = {month for word in spaced.split() if (month := _months().get(word))}
    numbers = [int(digits) for digits in re.findall(r"(?<!\d)\d{1,2}(?=$|\D)", spaced)]
    year = _YEAR.search(spaced)
    if len(found) != 1 or not numbers:
        return Unreadable.NOT_A_DATE
    month = next(iter(found))
    if year:
        return _day(int(year[1]), month, numbers[0])
    if len(numbers) > 1:
        return _day(_year(f"{numbers[1]:02d}"), month, numbers[0])
    return Unreadable.NOT_A_DATE


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (1900 if year >= _PIVOT else 2000)


def _day(year: int, month: int, day: int) -> date | Unreadable:
    try:
        return date(year, month, day)
    except ValueError:
        return Unreadable.NO_SUCH_DAY


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    names: dict[str, int] = {"sept": 9, "mrt": 3, "maerz": 3, "mrz": 3}
    for language in _LANGUAGES:
        locale = Locale(language)
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in locale.months[context][width].items():
                    names.setdefault(plain(name), number)
    return names
