"""Reads the next pages of an ATS in a thread, while the present ones are taken in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import Full, Queue
from threading import Event, Thread

from django.db import connections

from warmbench.core.fence import attempt
from warmbench.integrations.ats.errors import ThrottledError
from warmbench.integrations.ats.things import Cursor, Page

#: Pages that may wait to be taken in: more would only take room.
AHEAD = 2
#: A wait as short as this is waited for here; for a longer one, others go first.
SHORT = timedelta(seconds=15)
#: Seconds in which a thread notices that it is to stop.
_GLANCE = 0.1
#: How long its end is waited for: a call that is under way may take longer than anybody waits.
_FAREWELL = 5.0


@dataclass(frozen=True, slots=True)
class Read:
    """A page, and when it was asked for: it may not be newer than that."""

    page: Page
    at: datetime


@contextmanager
def reading_ahead(
    pages: Callable[[Cursor], Iterator[Page]], cursor: Cursor, *, clock: Callable[[], datetime]
) -> Iterator[Iterator[Read]]:
    """The pages from a place on. What goes wrong over there is raised where the page would be."""
    reader = _Reader(pages, cursor, clock)
    thread = Thread(target=reader.run, name="ats-ahead", daemon=True)
    thread.start()
    try:
        yield reader.read()
    finally:
        reader.stop.set()
        thread.join(_FAREWELL)


class _Reader:
    def __init__(
        self,
        pages: Callable[[Cursor], Iterator[Page]],
        cursor: Cursor,
        clock: Callable[[], datetime],
    ) -> None:
        self._pages = pages
        self._cursor = cursor
        self._clock = clock
        self._queue: Queue[Read | Exception | None] = Queue(AHEAD)
        self.stop = Event()

    def read(self) -> Iterator[Read]:
        """What the thread has read."""
        while True:
            found = self._queue.get()
            if found is None:
                return
            if isinstance(found, Exception):
                raise found
            yield found

    def run(self) -> None:
        """Read to the end, or until told to stop."""
        failure = attempt(self._read_all)
        # Django keeps a connection for each thread, and this one ends.
        attempt(connections.close_all)
        self._put(failure)

    def _read_all(self) -> None:
        while not self.stop.is_set():
            try:
                self._read_on()
            except ThrottledError as error:
                left = error.until - self._clock()
                if left > SHORT:
                    raise
                self.stop.wait(max(0.0, left.total_seconds()))
            else:
                return

    def _read_on(self) -> None:
        pages = self._pages(self._cursor)
        while not self.stop.is_set():
            at = self._clock()
            page = next(pages, None)
            if page is None:
                return
            self._put(Read(page, at))
            if page.cursor is None:
                return
            self._cursor = page.cursor

    def _put(self, found: Read | Exception | None) -> None:
        while not self.stop.is_set():
            try:
                self._queue.put(found, timeout=_GLANCE)
            except Full:
                continue
            return
