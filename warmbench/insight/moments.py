"""Reads moments as people say them, counted from a day: in Q2, mid May, after Easter, KW 12.

In English, German, French, Spanish and Dutch. Dates proper are read by messaging.inbound.days.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import islice

from warmbench.insight import calendar_words, durations, moment_patterns
from warmbench.insight.calendar_words import Length
from warmbench.messaging.inbound import days

_DAY = timedelta(days=1)
#: “Over six weeks” is how long, “over zes weken” is when.
_ENGLISH = re.compile(r"(?:days?|weeks?|months?|years?)$")
#: More are not looked at in a sentence.
_MOST = 300
#: Sentences that several extractors ask about while they read a text.
_REMEMBERED = 256
#: Nobody plans for later.
_MOST_AHEAD = timedelta(days=5 * 366)


class Relation(StrEnum):
    """What the words before a moment make of it."""

    NOT_BEFORE = "not_before"
    AFTER = "after"
    BEFORE = "before"
    UNTIL = "until"
    SINCE = "since"
    BY = "by"
    FROM = "from"
    BARE = "bare"


@dataclass(frozen=True, slots=True)
class Moment:
    """A day or a stretch of days that is named, and where."""

    first: date
    last: date
    start: int
    end: int
    length: Length
    relation: Relation = Relation.BARE
    #: “End of June”: the day stands for a part of what is named.
    is_part: bool = False

    @property
    def begins(self) -> date:
        """The day from which something holds that is said of it: “after Easter”, “in Q2”."""
        return self.last + _DAY if self.relation is Relation.AFTER else self.first

    @property
    def returns(self) -> date:
        """The first day that it leaves free: “until September”, but “until the end of August”."""
        if self.is_part and self.relation in {Relation.UNTIL, Relation.BARE} and self.last.day > 27:
            return self.last + _DAY
        return self.begins


def find(flat: str, *, today: date, american: bool = False) -> list[Moment]:
    """The moments that a sentence names, in its order.

    ``flat`` is the sentence as ``insight.flat`` makes it; ``today`` the day on which it was said.
    Months and seasons without a year are the next to come.
    """
    return list(_found(flat, today, american=american))


@lru_cache(maxsize=_REMEMBERED)
def _found(flat: str, today: date, *, american: bool) -> tuple[Moment, ...]:
    if not moment_patterns.hint().search(flat):
        return ()
    taken: list[Moment] = []
    found = islice(_all(flat, today, american=american), _MOST)
    for one in sorted(found, key=lambda one: one.start - one.end):
        free = all(one.end <= other.start or other.end <= one.start for other in taken)
        if free and one.first <= today + _MOST_AHEAD:
            taken.append(one)
    taken.sort(key=lambda one: one.start)
    return tuple(
        replace(_to_the_day(one, flat), relation=relation(flat[: one.start])) for one in taken
    )


def relation(before: str) -> Relation:
    """What the last words before a moment make of it."""
    match = moment_patterns.relation().search(before[-60:])
    return Relation(match.lastgroup) if match and match.lastgroup else Relation.BARE


def _to_the_day(one: Moment, flat: str) -> Moment:
    """The day where it follows the month: “in September, on the 17th”."""
    if one.length is not Length.MONTH:
        return one
    match = moment_patterns.patterns()["day_behind"].match(flat, one.end)
    number = int(match["day"]) if match else 0
    if match is None or not 0 < number <= one.last.day:
        return one
    day = one.first.replace(day=number)
    return replace(one, first=day, last=day, end=match.end(), length=Length.DAY)


def _all(flat: str, today: date, *, american: bool) -> Iterator[Moment]:
    yield from _dates(flat, today, american=american)
    yield from _spoken_days(flat, today)
    yield from _short_months(flat, today)
    yield from _parts_of_months(flat, today)
    yield from _stretches(flat, today)
    yield from _seasons(flat, today)
    yield from _feasts(flat, today)
    yield from _weeks(flat, today)
    yield from _ahead(flat, today)


def _dates(flat: str, today: date, *, american: bool) -> Iterator[Moment]:
    for span in days.dated(flat, today=today, american=american):
        if flat[span.start : span.end] == "24/7":
            continue
        first, last, length = span.first, span.last, Length.DAY
        if span.is_open:
            length = Length.MONTH if span.after else Length.YEAR
            first, last = calendar_words.stretch(first, length)
        is_part = not span.is_open and span.after is not None
        end = span.end - (flat[span.end - 1] == "." and flat[span.end - 2].isalpha())
        yield Moment(first, last, span.start, end, length, is_part=is_part)


def _spoken_days(flat: str, today: date) -> Iterator[Moment]:
    """The fourteenth of November, April ninth, den ersten Juli."""
    for match in moment_patterns.patterns()["spoken"].finditer(flat):
        number = moment_patterns.spoken()[match["day"] or match["day2"]]
        month = moment_patterns.month_names()[match["month"] or match["month2"]]
        day = days.next_one(number, month, today)
        if match["year"] and day:
            day = date(int(match["year"]), day.month, day.day)
        if day:
            yield Moment(day, day, *match.span(), Length.DAY)


def _short_months(flat: str, today: date) -> Iterator[Moment]:
    """Months that ``days`` takes for other words without more before them: Mai, “avail oct”."""
    for match in moment_patterns.patterns()["short_month"].finditer(flat):
        name = next(one for one in ("month", "month2", "month3", "month4") if match[one])
        month = moment_patterns.month_names()[match[name]]
        first = date(today.year + (month < today.month), month, 1)
        _, last = calendar_words.stretch(first, Length.MONTH)
        yield Moment(first, last, *match.span(name), Length.MONTH)


def _parts_of_months(flat: str, today: date) -> Iterator[Moment]:
    """End Aug, late October 2026, half mei."""
    for match in moment_patterns.patterns()["part_of_month"].finditer(flat):
        month = moment_patterns.month_names()[match["month"]]
        year = int(match["year"]) if match["year"] else today.year + (month < today.month)
        first = date(year, month, 1)
        yield _partly(first, Length.MONTH, match["part"], match.span())


def _stretches(flat: str, today: date) -> Iterator[Moment]:
    """Quarters, halves, this or next week, month or year, and parts of them."""
    for match in moment_patterns.patterns()["stretch"].finditer(flat):
        said = match.groupdict()
        length = next(one for one in _NAMED if said[f"is_{one}"])
        year = int(said["year"]) if said["year"] else None
        if said["year2"]:
            year = 2000 + int(said["year2"])
        first = _first_of_stretch(said, length, year, today)
        if first is not None:
            yield _partly(first, length, said["part"], match.span())
    for match in moment_patterns.patterns()["ends"].finditer(flat):
        length = Length(match.lastgroup or "")
        _, last = calendar_words.stretch(calendar_words.begin_of(today, length), length)
        yield Moment(last, last, *match.span(), Length.DAY, is_part=True)
    for match in moment_patterns.patterns()["begins"].finditer(flat):
        length = Length(match.lastgroup or "")
        first = calendar_words.next_after(calendar_words.begin_of(today, length), length)
        yield Moment(first, first, *match.span(), Length.DAY, is_part=True)


_NAMED = (Length.HALF, Length.QUARTER, Length.MONTH, Length.YEAR, Length.WEEK)


def _first_of_stretch(
    said: dict[str, str | None], length: Length, year: int | None, today: date
) -> date | None:
    """The first day of the stretch that was said; None where too little was said to tell."""
    is_next = bool(said["next"] or said["behind"])
    number = said["digit"] or said["digit2"] or said["ordinal"]
    if length in {Length.QUARTER, Length.HALF} and number:
        which = int(number) if number.isdigit() else moment_patterns.ordinals()[number]
        if length is Length.HALF:
            which = min(which, 2)
        size = 3 if length is Length.QUARTER else 6
        if is_next and not year:
            year = today.year + 1
        return calendar_words.coming(which * size - size + 1, length, today, year)
    begin = calendar_words.begin_of(today, length)
    if is_next:
        return calendar_words.next_after(begin, length)
    if said["this"] or said["part"]:
        return date(year, 1, 1) if year and length is Length.YEAR else begin
    return None


def _partly(first: date, length: Length, part: str | None, place: tuple[int, int]) -> Moment:
    """The whole, or the day that stands for its end, middle or start."""
    first, last = calendar_words.stretch(first, length)
    if not part:
        return Moment(first, last, *place, length)
    name = moment_patterns.parts()[part.strip()]
    middle = first + (last - first + _DAY) / 2
    if length is Length.MONTH:
        middle = first.replace(day=15)
    elif length is not Length.WEEK:
        middle = middle.replace(day=15 if length in {Length.QUARTER, Length.SEASON} else 1)
    day = {"end": last, "middle": middle, "start": first}[name]
    return Moment(day, day, *place, Length.DAY, is_part=True)


_SEASONS = ("sure", "doubtful", "doubtful2", "doubtful3")


def _seasons(flat: str, today: date) -> Iterator[Moment]:
    for match in moment_patterns.patterns()["season"].finditer(flat):
        name = next(one for one in _SEASONS if match[one])
        month = moment_patterns.season_months()[match[name]]
        year = int(match["year"]) if match["year"] else None
        first = calendar_words.coming(month, Length.SEASON, today, year)
        if not year and first <= today and moment_patterns.patterns()["next"].search(match[0]):
            first = date(first.year + 1, month, 1)
        start = match.start("part") if match["part"] else match.start(name)
        yield _partly(first, Length.SEASON, match["part"], (start, match.end()))
    for match in moment_patterns.patterns()["after_summer"].finditer(flat):
        first = calendar_words.coming(9, Length.MONTH, today, None)
        _, last = calendar_words.stretch(first, Length.MONTH)
        yield Moment(first, last, *match.span(), Length.MONTH)


def _feasts(flat: str, today: date) -> Iterator[Moment]:
    for match in moment_patterns.patterns()["feast"].finditer(flat):
        first, last = calendar_words.feast(match.lastgroup or "", today)
        yield Moment(first, last, *match.span(), Length.DAY)


def _weeks(flat: str, today: date) -> Iterator[Moment]:
    for match in moment_patterns.patterns()["week"].finditer(flat):
        year = int(match["year"]) if match["year"] else None
        monday = calendar_words.week(int(match["number"]), today, year)
        if monday:
            yield Moment(*calendar_words.stretch(monday, Length.WEEK), *match.span(), Length.WEEK)


def _ahead(flat: str, today: date) -> Iterator[Moment]:
    """In six weeks, dans trois mois, half a year from now."""
    for one in durations.find(flat):
        before = moment_patterns.patterns()["before_length"].search(
            flat[max(0, one.start - 20) : one.start]
        )
        behind = moment_patterns.patterns()["behind_length"].match(flat, one.end)
        if before and before[0].strip() == "over" and _ENGLISH.search(flat, one.start, one.end):
            before = None
        if before or behind:
            day = calendar_words.later(today, one.amount, one.unit)
            start = one.start - (len(before[0]) if before else 0)
            yield Moment(day, day, start, behind.end() if behind else one.end, Length.DAY)
