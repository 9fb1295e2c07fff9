"""Counts what each domain hands over in 24 hours, and remembers the most there ever was."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from warmbench.core import sql
from warmbench.messaging.models import DomainVolume

#: Gmail calls a domain with its subdomains a bulk sender from so many messages within 24 hours
#: on, and never again anything else. It counts those to its own users only, so we are early.
BULK = 5_000
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Volume:
    """One organisational domain (RFC 9989), and how much leaves in its name."""

    domain: str
    #: Messages that mail servers took in the last 24 hours.
    lately: int
    #: The most of any 24 hours.
    peak: int
    peak_at: datetime
    #: When it first were as many as make a bulk sender; None if it never were.
    bulk_since: datetime | None


def by_domain(*, now: datetime) -> list[Volume]:
    """Every domain that ever handed something over, the busiest first."""
    since = {"since": now - DAY}
    counted = sql.run(sql.load(__file__, "hand_overs_by_domain"), since)
    lately: dict[str, int] = dict(counted.fetchall())
    known = {one.domain: one for one in DomainVolume.objects.all()}
    found = [_volume(name, lately.get(name, 0), known.get(name), now) for name in lately | known]
    return sorted(found, key=lambda one: (-one.lately, one.domain))


def record_peaks(*, now: datetime) -> None:
    """Write down new peaks of the last 24 hours. Asked at least once a day, it misses none."""
    sql.run(sql.load(__file__, "record_peaks"), {"now": now, "bulk": BULK})


def _volume(domain: str, lately: int, known: DomainVolume | None, now: datetime) -> Volume:
    if known and known.peak >= lately:
        return Volume(domain, lately, known.peak, known.peak_at, known.bulk_since)
    # The job has not seen it yet.
    bulk_since = known.bulk_since if known else None
    return Volume(domain, lately, lately, now, bulk_since or (now if lately >= BULK else None))
