"""Says why the calendar moved touches: holidays, weekends, hours, and clocks that were changed."""

from collections import Counter, defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

from warmbench.core import sql
from warmbench.messaging import windows
from warmbench.people.places import plausible_zones


def counted(*, since: datetime, zone: ZoneInfo) -> dict[str, dict[str, int]]:
    """How many touches were moved, by why and by the day on which they were due."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    rows = sql.run(sql.load(__file__, "moved_by_hours"), {"since": since})
    for due, place, country, region, before, count in rows:
        zones = (place,) if place else plausible_zones(country, region)
        if zones:
            why = cause(due, ZoneInfo(zones[0]), country, before)
            found[why][due.astimezone(zone).date().isoformat()] += count
    return {why: dict(sorted(days.items())) for why, days in sorted(found.items())}


def cause(due: datetime, zone: ZoneInfo, country: str, before: datetime | None) -> str:
    """Why a touch that is due at a moment cannot go then: a key of ``results.SHIFTS``.

    ``before`` is a moment of the day from which its date was counted: if clocks were changed
    since, and the hour would have been a working hour without that, they are why.
    """
    here = due.astimezone(zone)
    if windows.is_holiday(here.date(), country) and here.weekday() < 5:
        return "holiday"
    if here.weekday() not in windows.EMAIL.weekdays:
        return "weekend"
    if windows.EMAIL.start <= here.time() < windows.EMAIL.end:
        return "law"
    earlier = before.astimezone(zone).utcoffset() if before else here.utcoffset()
    if earlier is not None and earlier != here.utcoffset():
        as_before = (due + earlier).replace(tzinfo=None).time()
        if windows.EMAIL.start <= as_before < windows.EMAIL.end:
            return "dst"
    return "hours"
