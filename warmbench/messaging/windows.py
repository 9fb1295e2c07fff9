"""When a person may be written to: hours, weekdays and holidays where she is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from warmbench.people.law_rules import Hours

#: How far ahead a free hour is looked for; the longest public holidays last a week.
_HORIZON_DAYS = 21
#: Rounds until several zones agree: one per zone and day is far more than enough.
_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of the person's own day, on these weekdays (Monday is 0)."""

    start: time
    end: time
    weekdays: frozenset[int] = frozenset(range(5))
    on_holidays: bool = False


#: product.md §2: Mon-Fri 09:00-17:00 for e-mail, 09:00-20:00 for texts.
EMAIL = Window(time(9), time(17))
SMS = Window(time(9), time(20))
#: A person's own answer to somebody who wrote to us: waking hours of any day.
ANSWER = Window(time(7), time(21), frozenset(range(7)), on_holidays=True)
#: The widest hours that still count as daytime, for people whose zone is one of many.
DAYTIME = Window(time(8), time(20))


@lru_cache(maxsize=8192)
def next_open(
    now: datetime,
    zones: tuple[str, ...],
    country: str,
    window: Window,
    allowed: Hours | None = None,
) -> datetime | None:
    """The first moment from ``now`` on that lies in the window in every one of the zones.

    A person whose zone is not known has several plausible ones: only hours that suit all of
    them are used, in daytime hours where the window itself has no common hour. None when
    even those do not exist, or no zone is plausible: such a person waits for somebody to say
    where she lives. Of ``allowed``, the law's hours, nothing outside is ever used.
    """
    if not zones:
        return None
    for hours in (window, DAYTIME):
        if (opens := _common(now, zones, country, hours, allowed)) is not None:
            return opens
    return None


def is_holiday(day: date, country: str) -> bool:
    """Whether the day is a public holiday of the country (ISO code; unknown: never)."""
    return day in _holidays(country, day.year)


def working_days_after(day: date, days: int, country: str) -> date:
    """The day that comes so many working days after another, where the holidays are those of
    the country (ISO code)."""
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5 and not is_holiday(day, country)
    return day


@lru_cache(maxsize=512)
def _holidays(country: str, year: int) -> frozenset[date]:
    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:
        return frozenset()


def _common(
    now: datetime, zones: Sequence[str], country: str, window: Window, allowed: Hours | None
) -> datetime | None:
    moment = now
    for _ in range(_ROUNDS):
        opens = moment
        for zone in zones:
            following = _opens_in(opens, ZoneInfo(zone), country, window, allowed)
            if following is None:
                return None
            opens = following
        if opens == moment:
            return moment
        if opens - now > timedelta(days=_HORIZON_DAYS):
            return None
        moment = opens
    return None


def _opens_in(
    moment: datetime, zone: ZoneInfo, country: str, window: Window, allowed: Hours | None
) -> datetime | None:
    today = moment.astimezone(zone).date()
    for ahead in range(_HORIZON_DAYS):
        day = today + timedelta(days=ahead)
        if day.weekday() not in window.weekdays:
            continue
        if not window.on_holidays and is_holiday(day, country):
            continue
        start, end = window.start, window.end
        if allowed is not None:
            lawful = allowed[day.weekday()]
            if lawful is None:
                continue
            start, end = max(start, lawful[0]), min(end, lawful[1])
        opens = datetime.combine(day, start, zone).astimezone(UTC)
        closes = datetime.combine(day, end, zone).astimezone(UTC)
        if opens < closes and moment < closes:
            return max(moment, opens)
    return None
