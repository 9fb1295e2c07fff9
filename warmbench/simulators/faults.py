"""What goes wrong on demand in a simulator: expired tokens, limits, broken answers."""

import threading
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal[
    "expire",
    "throttled",
    "throttled_bare",
    "broken",
    "unavailable",
    "truncated",
    "redirected",
    "slow",
    "dropped",
]
#: Before the vendor sees the call: nothing of it happens.
BEFORE: tuple[Kind, ...] = ("throttled", "throttled_bare", "broken", "unavailable", "redirected")
#: After the vendor did what was asked: only the answer suffers.
AFTER: tuple[Kind, ...] = ("truncated", "slow", "dropped")


@dataclass
class Fault:
    """One kind of fault for the next so many calls whose method and path contain ``path``."""

    kind: Kind
    left: int
    path: str
    wait: float


class Faults:
    """The faults that wait for their call. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def add(self, kind: Kind, *, times: int = 1, path: str = "", wait: float = 0.0) -> None:
        """Let the next ``times`` calls go wrong whose "METHOD /path?query" contains ``path``.

        ``wait`` is in seconds: what Retry-After says of a throttled call, or the pause after
        each byte of a slow one.
        """
        if kind not in get_args(Kind):
            raise ValueError(f"There is no fault called {kind!r}.")
        with self._lock:
            self._waiting.append(Fault(kind, times, path, wait))

    def take(self, kinds: tuple[Kind, ...], where: str) -> Fault | None:
        """The first fault of these kinds that concerns this call; it is used up by it."""
        with self._lock:
            for fault in self._waiting:
                if fault.kind in kinds and fault.path in where:
                    fault.left -= 1
                    if fault.left <= 0:
                        self._waiting.remove(fault)
                    return fault
        return None

    def clear(self) -> None:
        """Forget all that wait."""
        with self._lock:
            self._waiting.clear()
