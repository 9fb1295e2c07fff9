"""Counts how often something is asked for, so that nobody can ask too much of public pages."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from warmbench.core import sql

#: Counts older than the longest span are of no use to anybody.
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Room:
    """What is left to somebody who asks."""

    #: How often they may ask again within the span; below zero, so often too often.
    left: int
    #: When the next span begins.
    until: datetime


def allows(key: str, *, most: int, span: timedelta, now: datetime) -> bool:
    """Count one more for this key. False when there were more than ``most`` within the span.

    One statement, shared by all processes. Spans follow each other, so that at their border
    twice as many may pass within one span.
    """
    return room(key, most=most, span=span, now=now).left >= 0


def room(key: str, *, most: int, span: timedelta, now: datetime) -> Room:
    """Count one more for this key, as ``allows`` does, and say how many are left."""
    begun = now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % span
    values = {"key": key, "begun": begun}
    (times,) = sql.run(sql.load(__file__, "count_once_more"), values).fetchone() or (0,)
    return Room(most - int(times), begun + span)


def forget(*, now: datetime) -> int:
    """Delete counts that no limit looks at any more. Returns how many there were."""
    return sql.run("DELETE FROM rate_count WHERE begun < %(until)s", {"until": now - KEPT}).rowcount
