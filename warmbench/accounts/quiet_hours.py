"""Decides when somebody may be told by mail: outside their quiet hours, on their working days."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from warmbench.accounts.models import NotificationTimes, Way

MONDAY_TO_FRIDAY = frozenset(range(5))
#: No second mail about the same thing within this.
APART = timedelta(hours=1)
#: A working day comes at least once a week; a day more for whoever is at the end of one.
_LOOK_AHEAD_DAYS = 9


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody works, by the clock of their zone."""

    zone: str
    quiet_from: time = time(19)
    quiet_until: time = time(8)
    days: frozenset[int] = MONDAY_TO_FRIDAY
    digest_at: time = time(8)

    @classmethod
    def of(cls, times: NotificationTimes, zone: str) -> "Hours":
        """The hours that somebody chose."""
        days = frozenset(times.working_days) or MONDAY_TO_FRIDAY
        return cls(zone, times.quiet_from, times.quiet_until, days, times.digest_at)


def is_open(at: datetime, hours: Hours) -> bool:
    """Whether a mail may reach them at this moment: what their clock shows is what counts."""
    here = at.astimezone(ZoneInfo(hours.zone))
    return here.weekday() in hours.days and not _is_quiet(here.time(), hours)


def next_open(at: datetime, hours: Hours) -> datetime:
    """This moment, or the first one after it at which a mail may reach them."""
    if is_open(at, hours):
        return at
    zone = ZoneInfo(hours.zone)
    today = at.astimezone(zone).date()
    for ahead in range(_LOOK_AHEAD_DAYS):
        day = today + timedelta(days=ahead)
        for start in sorted({time(0), hours.quiet_until}):
            moment = datetime.combine(day, start, zone).astimezone(UTC)
            if moment > at and is_open(moment, hours):
                return _without_a_gap(moment, at, hours)
    # Only when the clocks leave out the whole of every working hour, which no zone does.
    return at + timedelta(days=1)


def next_digest(now: datetime, hours: Hours) -> datetime:
    """When the next digest goes: on a working day, at the hour they chose; after their quiet
    hours, should that be in them."""
    zone = ZoneInfo(hours.zone)
    today = now.astimezone(zone).date()
    for ahead in range(_LOOK_AHEAD_DAYS):
        day = today + timedelta(days=ahead)
        moment = datetime.combine(day, hours.digest_at, zone).astimezone(UTC)
        if moment > now and day.weekday() in hours.days:
            return next_open(moment, hours)
    return next_open(now + timedelta(days=1), hours)


def due(way: Way, hours: Hours, *, mailed_at: datetime | None, now: datetime) -> datetime | None:
    """When a mail about something is due that is told in this way; None if no mail is.

    ``mailed_at`` is when the last one about the same thing was begun.
    """
    earliest = max(now, mailed_at + APART) if mailed_at else now
    match way:
        case Way.ALWAYS:
            return earliest
        case Way.AT_ONCE:
            return next_open(earliest, hours)
        case Way.DIGEST:
            return next_digest(now, hours)
        case Way.APP | Way.NEVER:
            return None


def put_off(way: Way, hours: Hours, *, now: datetime) -> datetime | None:
    """When something may go that is due now, if that is not now: they may have chosen other
    hours since, or the worker was late. None if it may go."""
    if way == Way.ALWAYS or is_open(now, hours):
        return None
    return next_open(now, hours)


def _without_a_gap(opens: datetime, at: datetime, hours: Hours) -> datetime:
    """Where the clocks leave the opening hour out, the first minute after the gap."""
    while (sooner := opens - timedelta(minutes=1)) > at and is_open(sooner, hours):
        opens = sooner
    return opens


def _is_quiet(clock: time, hours: Hours) -> bool:
    if hours.quiet_from <= hours.quiet_until:
        return hours.quiet_from <= clock < hours.quiet_until
    return clock >= hours.quiet_from or clock < hours.quiet_until
