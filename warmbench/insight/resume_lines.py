"""Tells the lines of a résumé that name a station: a title, a place of work, or both."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from warmbench.insight.calendar_words import Length, stretch
from warmbench.insight.flat import flat
from warmbench.insight.found import Reading
from warmbench.insight.moment_patterns import month_names
from warmbench.insight.tables import table

_LONGEST = 170
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mrz|mai|okt|dez|janv|fevr|mars|avr|juin|"
    r"juil|aout|ene|abr|ago|dic|mrt|mei)[a-z]{0,9}\.?,? ?"
)
_DAY = rf"(?:{_MONTH})?(?:\d{{1,2}}[/.]){{0,2}}(?:19|20)\d\d|{_MONTH}'?\d\d\b"
_NOW = (
    r"present|now|today|to date|date|current(?:ly)?|ongoing|heute|jetzt|aktuell|laufend|"
    r"aujourd'hui|"
    r"a ce jour|present|en cours|actual(?:idad|mente)?|hoy|la fecha|heden|nu|nowadays|\u2026|\.\.\."
)
_SINCE = r"since|seit|ab|depuis|desde|sinds|from|dal|as of"
_DATES = re.compile(
    rf"[\[(]?\b(?:(?P<since>{_SINCE})\s+(?:{_DAY})(?:\s*(?:-|to|bis|until|a|au|hasta|tot)\s*"
    rf"(?:(?P<now1>{_NOW})|(?P<end1>{_DAY}))?)?"
    rf"|(?:{_DAY})\s*(?:-{{1,2}}|/|\||to|bis|until|till|a|au|hasta|tot|t/m)\s*(?:(?P<now2>{_NOW})|"
    rf"(?P<end2>{_DAY}|\d\d\b))"
    rf"|(?:{_DAY})\s*-\s*(?P<open>$|[\])])"
    rf"|(?<=[(,|])\s?(?:19|20)\d\d\s?(?=[)]|$)|(?:^)(?:19|20)\d\d\b)[\])]?"
)
_SEPARATOR = re.compile(
    r"\s*(?:\||\u00b7|\u2022|;|\t| {2,}|\s[-\u2013\u2014/@]{1,2}\s|,\s|\n|:\s|\((?=\D)|\)|\*\*|"
    r"\s(?:at|bei|chez|bij|en)\s)\s*"
)
#: “Data Engineer | Madrid”: no sentence, and no “Ana Ruiz, RN”.
_HEADLINE = re.compile(r"[^.!?@\d,]{3,60}(?:[|\u00b7-].*)?")
_NOT_STATIONS = frozenset(
    {
        "skills",
        "languages",
        "certificates",
        "interests",
        "references",
        "education",
        "personal",
        "projects",
        "wishes",
        "notice period",
        "availability",
    }
)


#: Headings of what is known and held, also of several such things.
_OF_PAPERS = re.compile(
    r"(?:licen[cs]es?|tickets|tools?|software|training|certificat\w*|qualifications)"
    r"(?:\s?(?:and|&|/|,)\s?\w+)*\s*:?$"
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a line between two signs."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Station:
    """A line that names a title, a place of work, or both."""

    segments: tuple[Segment, ...]
    has_dates: bool
    is_now: bool


def station(reading: Reading, at: int) -> Station | None:
    """The line as a station of a résumé, None for what is a sentence or stands elsewhere."""
    unit = reading.units[at]
    if unit.heading in _NOT_STATIONS or len(unit.text) > _LONGEST:
        return None
    if _OF_PAPERS.search(unit.heading) or _OF_PAPERS.match(flat(unit.text)):
        return None
    if at and reading.units[at - 1].part == unit.part:
        return None
    plain = flat(unit.text)
    dates = _DATES.search(plain)
    is_in_head = at <= _HEAD and not unit.heading and bool(_HEADLINE.fullmatch(unit.text))
    is_placed = unit.heading != "summary" and _is_beside_dates(reading, at)
    if dates is None and not is_placed and not is_in_head:
        return None
    first, last = dates.span() if dates else (0, 0)
    blanked = unit.text[:first] + "|" * (last - first) + unit.text[last:]
    return Station(tuple(_segments(blanked)), dates is not None, _is_now(dates))


#: In these first lines a résumé says what somebody is.
_HEAD = 3


def begins(line: Station, start: int) -> bool:
    """Whether one of the pieces of a line begins there."""
    return any(one.start == start for one in line.segments)


def is_current(reading: Reading, at: int) -> bool:
    """Whether a station is the present one, by the dates in it or in the lines beside it."""
    for near in (at, at + 1, at - 1, at + 2, at - 2):
        if 0 <= near < len(reading.units) and not _is_marked(reading, near):
            dates = _DATES.search(flat(reading.units[near].text))
            if dates:
                return _is_now(dates)
    return at <= _HEAD


def ended(text: str, today: date) -> str | None:
    """When the time ended that a line tells: “03/2019 - 05/2021” is 2021-05-31, “2015-18” is 2018,
    and of what goes on it is today. None for a line without dates."""
    dates = _DATES.search(flat(text))
    if dates is None:
        return None
    told = dates["end1"] or dates["end2"] or dates[0]
    years = _YEARS.findall(told) or _SHORT_YEARS.findall(told)
    if _is_now(dates) or not years:
        return today.isoformat()
    year = int(years[-1]) if len(years[-1]) == len("2021") else _century(int(years[-1]), today)
    month = _month(told)
    if not month:
        return str(year) if year < today.year else today.isoformat()
    return min(stretch(date(year, month, 1), Length.MONTH)[1], today).isoformat()


def _century(year: int, today: date) -> int:
    return year + (2000 if 2000 + year <= today.year else 1900)


def _month(told: str) -> int:
    """The number of the month in “05/2021” or “May 2021”, 0 for a year alone."""
    if in_figures := _FIGURES.match(told):
        return int(in_figures["month"])
    named = re.match(r"[a-z]+", told)
    names = month_names()
    return next((n for name, n in names.items() if named and named[0][:4] == name[:4]), 0)


_YEARS = re.compile(r"(?:19|20)\d\d")
_SHORT_YEARS = re.compile(r"\d\d")
_FIGURES = re.compile(r"(?:\d{1,2}[/.])?(?P<month>0?[1-9]|1[0-2])[/.](?:19|20)\d\d")


def _is_now(dates: re.Match[str] | None) -> bool:
    if dates is None:
        return False
    found = dates.groupdict()
    if found["now1"] or found["now2"] or found["open"] is not None:
        return True
    return bool(found["since"]) and not found["end1"]


def _is_beside_dates(reading: Reading, at: int) -> bool:
    """Whether the line before or behind is short and tells from when to when."""
    unit = reading.units[at]
    is_duty = _is_duty(flat(unit.text)) and not _is_right_below(reading, at)
    if len(unit.text) > _SHORT or _is_marked(reading, at) or is_duty:
        return False
    for step in (1, -1):
        for near in (at + step, at + 2 * step):
            if not 0 <= near < len(reading.units) or _is_marked(reading, near):
                break
            other = reading.units[near]
            if other.heading in _NOT_STATIONS or len(other.text) > _LONGEST:
                break
            if _DATES.search(flat(other.text)):
                return True
    return False


def _is_right_below(reading: Reading, at: int) -> bool:
    """Whether it is the line right below a dated one, which says as what: “Midwife, 14 beds”."""
    if (
        not at
        or reading.units[at - 1].part == reading.units[at].part
        or _is_marked(reading, at - 1)
    ):
        return False
    opening = re.match(r"[a-z-]+", flat(reading.units[at].text))
    above = flat(reading.units[at - 1].text)
    return bool(_DATES.search(above)) and opening is not None and opening[0] not in _verbs()


def _is_marked(reading: Reading, at: int) -> bool:
    """Whether a bullet stands before a line: it tells what somebody did."""
    start = reading.units[at].start
    before = reading.text[reading.text.rfind("\n", 0, start) + 1 : start]
    return bool(before.strip(" \t#*_|"))  # headings and bold letters are no bullets


#: A line without dates is a station only where it is short.
_SHORT = 70


def _is_duty(plain: str) -> bool:
    """Whether a line tells what somebody did: it begins with a verb, or has a figure in it."""
    opening = re.match(r"[a-z-]+", plain)
    return bool(re.search(r"\d\d|[%€$£]", plain)) or bool(opening and opening[0] in _verbs())


@cache
def _verbs() -> frozenset[str]:
    return frozenset(table("employers")["duties"])


def _segments(text: str) -> list[Segment]:
    found: list[Segment] = []
    begin = 0
    for match in [*_SEPARATOR.finditer(text), None]:
        end = match.start() if match else len(text)
        said = text[begin:end]
        left = len(said) - len(said.lstrip(" *_`|()\t-\u2013\u2014"))
        bare = said.strip(" *_`|().\t-\u2013\u2014")
        if bare:
            found.append(Segment(begin + left, begin + left + len(bare), bare))
        begin = match.end() if match else end
    return found
