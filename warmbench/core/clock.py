"""Says what time it is, to entry points only: everything below them takes ``now``."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import F

from warmbench.core.models import VirtualClock

#: How long a process may keep the demo's offset before it asks the database again.
FRESH_SECONDS = 1.0

_pinned: ContextVar[datetime | None] = ContextVar("pinned", default=None)


class _Offset:
    """This process's memory of how far the demo's clock is ahead."""

    ahead = timedelta(0)
    read_at = float("-inf")


def now() -> datetime:
    """The current moment, in UTC. In the demo this may be ahead of the real one."""
    if pinned_at := _pinned.get():
        return pinned_at
    real = datetime.now(UTC)
    return real + _ahead() if settings.DEMO else real


def shift(by: timedelta) -> datetime:
    """Move the demo's clock forward for every process, and return the new time.

    Never backwards: rows dated in the future would be due twice.
    """
    if not settings.DEMO:
        raise RuntimeError("Only the demo's clock can be moved.")
    if by < timedelta(0):
        raise ValueError("The clock only moves forward.")
    # An UPDATE of the stored value, so that two people who skip ahead at once both count.
    VirtualClock.objects.get_or_create(id=1, defaults={"ahead": timedelta(0)})
    VirtualClock.objects.filter(id=1).update(ahead=F("ahead") + by)
    _Offset.read_at = float("-inf")
    return now()


@contextmanager
def pinned(at: datetime) -> Iterator[None]:
    """Make ``now`` answer ``at`` inside the block, for simulations that run reactions in place."""
    token = _pinned.set(at)
    try:
        yield
    finally:
        _pinned.reset(token)


def _ahead() -> timedelta:
    # Two threads may both read the row: harmless, and cheaper than a lock on every call.
    moment = time.monotonic()
    if moment - _Offset.read_at >= FRESH_SECONDS:
        row = VirtualClock.objects.filter(id=1).values_list("ahead", flat=True).first()
        _Offset.ahead = row or timedelta(0)
        _Offset.read_at = moment
    return _Offset.ahead
