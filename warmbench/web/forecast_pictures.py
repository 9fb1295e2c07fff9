"""Draws what a forecast found: months as calendars, and each mailbox beside its cap."""

from calendar import Calendar
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from warmbench.messaging.models import Message
from warmbench.nurture.forecast.results import Result, SenderLoad

#: Shades of a calendar's days, beside none.
_SHADES = 4
#: The height of a mailbox's picture, in the units of its drawing.
_HEIGHT = 40


@dataclass(frozen=True)
class Day:
    """One day of a calendar."""

    on: date
    #: Outside the month, or outside the forecast.
    is_outside: bool
    messages: int
    #: From 0, for none, to 4.
    shade: int


@dataclass(frozen=True)
class Part:
    """So many messages of one purpose, as a share of a bar."""

    purpose: str
    label: str
    count: int
    #: Where it begins and how long it is, in hundredths of the longest bar.
    start: float
    length: float


@dataclass(frozen=True)
class Month:
    """A month: its weeks, and what it is made of."""

    first: date
    weeks: list[list[Day]]
    total: int
    parts: list[Part]


@dataclass(frozen=True)
class Load:
    """One mailbox over the time, as a picture: a line for each day, and the cap above."""

    name: str
    total: int
    busiest: int
    busiest_on: date
    full_days: int
    days: int
    #: (x, height from above, height, sent, cap, day)
    bars: list[tuple[int, float, float]]
    #: Points of the cap's line, ``x,y`` each.
    cap: str


def months(result: Result, first: date, last: date) -> list[Month]:
    """The months from one day to another, each with its weeks from Monday to Sunday."""
    of_day = {date.fromisoformat(day): Counter(sent) for day, sent in result.days.items()}
    most = max((sent.total() for sent in of_day.values()), default=0)
    found = []
    for month in _months(first, last):
        sent: Counter[str] = Counter()
        for day, counts in of_day.items():
            if (day.year, day.month) == (month.year, month.month):
                sent += counts
        weeks = [
            [_day(on, month, first, last, of_day, most) for on in week]
            for week in Calendar().monthdatescalendar(month.year, month.month)
            if week[-1] >= first and week[0] <= last
        ]
        found.append((month, weeks, sent))
    longest = max((sent.total() for *_, sent in found), default=0)
    return [
        Month(month, weeks, sent.total(), _parts(sent, longest)) for month, weeks, sent in found
    ]


def loads(senders: Sequence[SenderLoad], first: date, last: date) -> list[Load]:
    """Each mailbox, the busiest first."""
    drawn = [_load(one, first, last) for one in senders if one.days]
    return sorted(drawn, key=lambda one: -one.total)


def purposes(result: Result) -> list[tuple[str, str]]:
    """The purposes that there are, in the order of the bars, with their labels."""
    seen = {purpose for sent in result.days.values() for purpose in sent}
    return [(one.value, str(one.label)) for one in Message.Purpose if one.value in seen]


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)


def _day(
    on: date, month: date, first: date, last: date, sent: Mapping[date, Counter[str]], most: int
) -> Day:
    is_outside = on.month != month.month or not first <= on <= last
    count = 0 if is_outside or on not in sent else sent[on].total()
    shade = -(-_SHADES * count // most) if count else 0
    return Day(on, is_outside, count, shade)


def _parts(sent: Mapping[str, int], longest: int) -> list[Part]:
    parts, start = [], 0.0
    for purpose in Message.Purpose:
        if count := sent.get(purpose.value, 0):
            length = 100 * count / longest
            parts.append(Part(purpose.value, str(purpose.label), count, start, length))
            start += length
    return parts


def _load(one: SenderLoad, first: date, last: date) -> Load:
    days = {date.fromisoformat(day): sent_and_cap for day, sent_and_cap in one.days.items()}
    top = max(max(sent, cap) for sent, cap in days.values())
    busiest_on = max(days, key=lambda day: days[day][0])
    bars, points = [], []
    for day, (sent, cap) in sorted(days.items()):
        x = (day - first).days
        height = _HEIGHT * sent / top
        bars.append((x, _HEIGHT - height, height))
        points.append(f"{x},{_HEIGHT - _HEIGHT * cap / top:.2f}")
    return Load(
        name=one.name,
        total=sum(sent for sent, _ in days.values()),
        busiest=days[busiest_on][0],
        busiest_on=busiest_on,
        full_days=len(one.full_days),
        days=(last - first).days + 1,
        bars=bars,
        cap=" ".join(points),
    )
