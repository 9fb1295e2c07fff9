"""Counts the calls of each key against a vendor's limits: fixed windows, token buckets, days."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


@dataclass(kw_only=True)
class Limits:
    """How much a vendor lets one key ask. ``None`` is no limit; each may be changed while it runs.

    Vendors have their own usual values (``Vendor.usual_limits``); ``Limits()`` has none at all.
    """

    #: So many calls in each window of so many seconds.
    calls: int | None = None
    seconds: float = 30.0
    #: With a token bucket: so many at once, before ``calls`` in ``seconds`` is the steady pace.
    burst: int | None = None
    #: So many calls in a day of UTC.
    daily: int | None = None
    #: So many tokens asked for in each window of so many seconds.
    token_calls: int | None = None
    token_seconds: float = 60.0
    #: How long an access token lives, in seconds.
    token_life: float = 3600.0


class Room(NamedTuple):
    """What is left of a window after this call."""

    allowed: bool
    left: int
    #: Seconds until the window begins anew.
    reset_in: float


class Pace:
    """The counters of one simulator. Safe to ask from many threads.

    Time goes on as fast as the faster of this machine's clock and the world's: a test that
    freezes the world's clock can wait for a window, and one that moves it need not.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._elapsed = 0.0
        self._real = time.monotonic()
        self._world = clock().timestamp()
        self._windows: dict[object, tuple[float, int]] = {}
        self._buckets: dict[object, tuple[float, float]] = {}

    def window(self, key: object, calls: int, seconds: float) -> Room:
        """Count one call in a fixed window, which begins with the first call after the last one."""
        with self._lock:
            now = self._now()
            began, used = self._windows.get(key, (now, 0))
            if now - began >= seconds:
                began, used = now, 0
            reset_in = max(began + seconds - now, 0.0)
            if used >= calls:
                return Room(allowed=False, left=0, reset_in=reset_in)
            self._windows[key] = (began, used + 1)
            return Room(allowed=True, left=calls - used - 1, reset_in=reset_in)

    def bucket(self, key: object, rate: float, burst: float) -> bool:
        """Whether one call fits: ``rate`` a second, ``burst`` at once."""
        with self._lock:
            now = self._now()
            filled_at, level = self._buckets.get(key, (now, burst))
            level = min(burst, level + (now - filled_at) * rate)
            fits = level >= 1
            self._buckets[key] = (now, level - 1 if fits else level)
            return fits

    def day(self, key: object, calls: int) -> Room:
        """Count one call on this day of UTC."""
        with self._lock:
            now = self._clock()
            today = now.date()
            _, used = self._windows.get((key, today), (0.0, 0))
            seconds = 86_400 - now.hour * 3600 - now.minute * 60 - now.second
            if used >= calls:
                return Room(allowed=False, left=0, reset_in=seconds)
            self._windows[key, today] = (0.0, used + 1)
            return Room(allowed=True, left=calls - used - 1, reset_in=seconds)

    def _now(self) -> float:
        real, world = time.monotonic(), self._clock().timestamp()
        self._elapsed += max(real - self._real, world - self._world, 0.0)
        self._real, self._world = real, world
        return self._elapsed
