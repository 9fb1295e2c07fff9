"""Counts how often something is asked for, so that nobody can ask too much of public pages."""

from datetime import datetime, timedelta

from warmbench.core import sql

#: Counts older than the longest span are of no use to anybody.
KEPT = timedelta(days=1)


def allows(key: str, *, most: int, span: timedelta, now: datetime) -> bool:
    """Count one more for this key. False when there were more than ``most`` within the span.

    One statement, shared by all processes. Spans follow each other, so that at their border
    twice as many may pass within one span.
    """
    begun = now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % span
    values = {"key": key, "begun": begun}
    (times,) = sql.run(sql.load(__file__, "count_once_more"), values).fetchone() or (0,)
    return bool(times <= most)


def forget(*, now: datetime) -> int:
    """Delete counts that no limit looks at any more. Returns how many there were."""
    return sql.run("DELETE FROM rate_count WHERE begun < %(until)s", {"until": now - KEPT}).rowcount
