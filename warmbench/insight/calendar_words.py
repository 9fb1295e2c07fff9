"""Knows the parts of a calendar that people name: quarters, seasons, feasts, weeks and the like."""

import calendar
from datetime import date, timedelta
from enum import StrEnum


class Length(StrEnum):
    """How much time a name covers."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    SEASON = "season"
    YEAR = "year"


_MONTHS = {Length.MONTH: 1, Length.QUARTER: 3, Length.HALF: 6, Length.SEASON: 3, Length.YEAR: 12}


def first_of(month: int, year: int) -> date:
    """The first day of a month; the 13th is January of the year after."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def stretch(first: date, length: Length) -> tuple[date, date]:
    """The first and the last day of a stretch that begins on a day."""
    if length is Length.DAY:
        return first, first
    if length is Length.WEEK:
        return first, first + timedelta(days=6)
    after = first_of(first.month + _MONTHS[length], first.year)
    return first, after - timedelta(days=1)


def begin_of(day: date, length: Length) -> date:
    """The first day of the week, month, quarter, half or year in which a day lies."""
    if length is Length.WEEK:
        return day - timedelta(days=day.weekday())
    size = _MONTHS[length]
    return date(day.year, (day.month - 1) // size * size + 1, 1)


def next_after(first: date, length: Length) -> date:
    """The first day of the next week, month, quarter, half or year."""
    return stretch(first, length)[1] + timedelta(days=1)


def coming(month: int, size: Length, today: date, year: int | None) -> date:
    """The first of a month that begins a stretch: of that year, or of the next one to come.

    One that has begun is this one for a quarter of its time.
    """
    if year:
        return date(year, month, 1)
    first = date(today.year, month, 1)
    begun = first + (stretch(first, size)[1] - first) / 4
    return first if today <= begun else date(today.year + 1, month, 1)


def later(day: date, amount: int, unit: str) -> date:
    """The day so many days, weeks or months later; in a month that is too short, its last."""
    if unit != "months":
        return day + timedelta(days=amount * (7 if unit == "weeks" else 1))
    first = first_of(day.month + amount, day.year)
    return first.replace(day=min(day.day, calendar.monthrange(first.year, first.month)[1]))


def easter(year: int) -> date:
    """Easter Sunday in the west (Meeus, Astronomical Algorithms, 1991, chapter 8)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    quarter, left = divmod(century, 4)
    shift = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - quarter - shift + 15) % 30
    weekday = (32 + 2 * left + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def feast(name: str, today: date) -> tuple[date, date]:
    """The first and last day of the next one to come of the feasts in ``moment_words``."""
    for year in (today.year, today.year + 1):
        first, last = _feast(name, year)
        if last >= today:
            break
    return first, last


def _feast(name: str, year: int) -> tuple[date, date]:
    sunday = easter(year)
    return {
        "easter": (sunday, sunday),
        "ascension": (sunday + timedelta(days=39), sunday + timedelta(days=39)),
        "pentecost": (sunday + timedelta(days=49), sunday + timedelta(days=50)),
        "christmas": (date(year, 12, 25), date(year, 12, 26)),
        "memorial": (_weekday_on_or_after(date(year, 5, 25), 0),) * 2,
        "labor": (_weekday_on_or_after(date(year, 9, 1), 0),) * 2,
        "thanksgiving": (_weekday_on_or_after(date(year, 11, 22), 3),) * 2,
    }[name]


def _weekday_on_or_after(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def week(number: int, today: date, year: int | None) -> date | None:
    """The Monday of a week by its number (ISO 8601), of that year or the next one to come."""
    for one in (year,) if year else (today.year, today.year + 1):
        try:
            monday = date.fromisocalendar(one, number, 1)
        except ValueError:
            continue
        if year or monday + timedelta(days=6) >= today:
            return monday
    return None
