"""Finds days that are named from today on: weekdays, next week, in six months, in spring."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from babel import Locale

from warmbench.messaging.inbound.plain import fold, table

#: “Until spring” ends where spring begins.
_OPEN = {"season", "next_year", "next_month", "next_quarter", "quarter", "next_week"}
_LANGUAGES = ("en", "de", "fr", "es", "nl", "it", "pt", "pl")


@dataclass(frozen=True, slots=True)
class Span:
    """Some days, and where in a sentence they are named."""

    first: date
    last: date
    start: int
    end: int
    #: “Until April” ends with March: whoever is away until then is back on its first day.
    is_open: bool = False
    #: For a month alone: the first day after it.
    after: date | None = None
    is_weekday: bool = False
    #: Only the number of a day, without its month.
    is_number: bool = False


def relative(sentence: str, *, today: date) -> Iterator[Span]:
    """The days that a sentence names in such words, longer phrases first."""
    yield from _phrases(sentence, today=today)
    yield from _lengths(sentence, today=today)
    yield from _days_of_month(sentence, today=today)
    yield from _weekdays_in(sentence, today=today)


def _phrases(sentence: str, *, today: date) -> Iterator[Span]:
    for pattern, name, number in _table():
        for match in pattern.finditer(sentence):
            first, last = _meaning(name, number, today)
            vague = name in {
                "season",
                "next_year",
                "next_month",
                "next_quarter",
                "quarter",
                "next_week",
            }
            yield Span(first, last, *match.span(), is_open=vague)


def _meaning(name: str, number: int, today: date) -> tuple[date, date]:
    """The first and the last day of what a phrase names."""
    monday = today - timedelta(days=today.weekday())
    if name == "this_week":
        return today, monday + timedelta(days=6)
    if name == "next_week":
        return monday + timedelta(days=7), monday + timedelta(days=13)
    past_christmas = (today.month, today.day) > (12, 26)
    days = {
        "tomorrow": today + timedelta(days=1),
        "today": today,
        "end_of_month": _first_of(today.month + 1, today.year) - timedelta(days=1),
        "end_of_year": date(today.year, 12, 31),
        "next_month": _first_of(today.month + 1, today.year),
        "next_quarter": _first_of((today.month - 1) // 3 * 3 + 4, today.year),
        "next_year": date(today.year + 1, 1, 1),
        "second_half": _next_first(7, today),
        "after_summer": _next_first(9, today),
        "after_christmas": date(today.year + past_christmas, 12, 27),
    }
    if name in days:
        return days[name], days[name]
    day = _next_first(3 * number - 2 if name == "quarter" else number, today)
    return day, day


def _first_of(month: int, year: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _next_first(month: int, today: date) -> date:
    first = date(today.year, month, 1)
    return first if first > today else date(today.year + 1, month, 1)


def _lengths(sentence: str, *, today: date) -> Iterator[Span]:
    """In six months, three months' time, give me a year."""
    words = table("day_words")
    for match in _length().finditer(sentence):
        if not (match["begins"] or match["ends"]) or not (
            match["number"] or _is_half(match["unit"])
        ):
            continue
        said = match["number"] or "1"
        number = int(said) if said.isdigit() else words["numbers"].get(said, 1)
        unit = next(unit for unit, names in words["units"].items() if match["unit"] in names)
        day = _later(today, number, unit)
        if day:
            yield Span(day, day, *match.span(), is_open=True)


def _is_half(unit: str) -> bool:
    return unit in table("day_words")["units"]["half_years"]


def _later(today: date, number: int, unit: str) -> date | None:
    if number > 60:
        return None
    days = {"days": 1, "weeks": 7, "fortnights": 14}.get(unit)
    if days:
        return today + timedelta(days=days * number)
    months = {"months": 1, "quarters": 3, "half_years": 6, "years": 12}[unit]
    first = _first_of(today.month + months * number, today.year)
    return first.replace(day=min(today.day, calendar.monthrange(first.year, first.month)[1]))


def _days_of_month(sentence: str, *, today: date) -> Iterator[Span]:
    """The 12th, le 12, am 12.: the next such day to come."""
    for match in _day_of_month().finditer(sentence):
        number = int(match["day"] or match["day2"])
        for ahead in range(3):
            first = _first_of(today.month + ahead, today.year)
            if number > calendar.monthrange(first.year, first.month)[1]:
                continue
            day = first.replace(day=number)
            if day >= today:
                yield Span(day, day, *match.span(), is_number=True)
                break


def day_after(span: Span, spoken_of: date) -> Span:
    """The same number of a day in the month that was spoken of, or in the one after it."""
    number = span.first.day
    for ahead in range(3):
        first = _first_of(spoken_of.month + ahead, spoken_of.year)
        if number <= calendar.monthrange(first.year, first.month)[1]:
            day = first.replace(day=number)
            if day >= spoken_of:
                return replace(span, first=day, last=day)
    return span


def _weekdays_in(sentence: str, *, today: date) -> Iterator[Span]:
    for match in _weekday().finditer(sentence):
        ahead = (weekdays()[match["weekday"]] - today.weekday()) % 7 or 7
        day = today + timedelta(days=ahead)
        yield Span(day, day, *match.span(), is_weekday=True)


@cache
def weekdays() -> dict[str, int]:
    """The names of the days of the week, in plain letters; Monday is 0."""
    found = {
        fold(name).removesuffix("-feira"): number
        for language in _LANGUAGES
        for context in Locale(language).days.values()
        for number, name in context["wide"].items()
    }
    for names in ("weekdays", "more_weekdays"):
        found |= {
            name: number for number, each in table("day_words")[names].items() for name in each
        }
    return found


def one_of(names: list[str]) -> str:
    """A pattern for any of these names, the longest first."""
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


@cache
def _table() -> tuple[tuple[re.Pattern[str], str, int], ...]:
    words = table("day_words")
    names = (
        "after_summer", "after_christmas", "second_half", "end_of_month", "end_of_year",
        "next_week", "next_month", "next_quarter", "next_year", "this_week", "tomorrow", "today",
    )  # fmt: skip
    found = [(re.compile(rf"\b(?:{one_of(words[name])})\b"), name, 0) for name in names]
    for number in range(1, 5):
        forms = [form.format(n=number) for form in words["quarters"]]
        found.append((re.compile(rf"\b(?:{one_of(forms)})\b"), "quarter", number))
    for month, seasons in words["seasons"].items():
        named = one_of(seasons)
        before = "in|im|en|au|a|al|na|in het|w|the|this|next|no|de|del|por"
        inside = rf"\b(?:{before})(?: the| der| l'| la)? ?(?:{named})\b"
        found.append((re.compile(inside), "season", month))
    return tuple(found)


@cache
def _length() -> re.Pattern[str]:
    words = table("day_words")
    units = one_of([name for names in words["units"].values() for name in names])
    numbers = one_of(list(words["numbers"]))
    begins, ends = one_of(words["span_begins"]), one_of(words["span_ends"])
    return re.compile(
        rf"(?:\b(?P<begins>{begins}) )?\b(?:(?P<number>\d{{1,2}}|{numbers})"
        r" (?:more |further |weiteren? |full |good |other |autres |mas |meer |altri )?)?"
        rf"(?P<unit>{units})(?!\w)(?: (?P<ends>{ends})\b)?"
    )


@cache
def _day_of_month() -> re.Pattern[str]:
    names = one_of(list(weekdays()))
    number = r"0?[1-9]|[12]\d|3[01]"
    return re.compile(
        rf"\b(?:the |{names},? (?:the |den |le |el |il )?)?"
        rf"(?P<day>{number})(?:st|nd|rd|th|de|ste)\b"
        r"|\b(?:le|el(?: dia)?|il|am|zum|den|op|dia|no dia"
        rf"|(?:{names}),?(?: the| den| le| el| il)?) "
        rf"(?P<day2>{number})\b(?![:/%\d]| ?(?:h|uhr|uur|am|pm|%|years|jahre|ans|min)\b|\.\d)\.?"
    )


@cache
def _weekday() -> re.Pattern[str]:
    return re.compile(rf"\b(?:next )?(?P<weekday>{one_of(list(weekdays()))})(?:-feira)?\b(?!')")
