"""Loads the chunks of an import: two at a time, and yet committed one after the other."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from queue import SimpleQueue
from threading import Condition

from django.db import connection, transaction

from warmbench.core import sql
from warmbench.people import hashes
from warmbench.people.import_load import FileLoader
from warmbench.people.models import CandidateImport

#: The database writes with as many of its processes.
AT_ONCE = 2
#: So long a chunk waits for a lock of others. Two chunks wait for each other here, where the
#: database does not see it: without an end, a third could make that for ever.
_PATIENCE = "20s"


class StopsChangedError(Exception):
    """Somebody was erased after the rows were read, and may be among them."""


class _BrokenOffError(Exception):
    """Another chunk failed, so this one must not be committed."""


class _Turns:
    """Lets the chunks pass in their order, or none any more."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._next = 0
        self._is_broken = False

    def wait_for(self, number: int) -> None:
        """Wait until all chunks before this one have passed. Raises _BrokenOffError."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_broken or self._next == number)
            if self._is_broken:
                raise _BrokenOffError

    def pass_on(self) -> None:
        """It is the next one's turn."""
        with self._changed:
            self._next += 1
            self._changed.notify_all()

    def break_off(self) -> None:
        """Let nobody pass any more."""
        with self._changed:
            self._is_broken = True
            self._changed.notify_all()


def spans(done: int, last: int, chunk: int) -> Iterator[tuple[int, int]]:
    """The chunks that are left: the number of the row before each, and that of its last."""
    for start in range(done, last, chunk):
        yield start, min(start + chunk, last)


class Chunks:
    """The chunks of one import that are still to be loaded."""

    def __init__(
        self,
        of: CandidateImport,
        chunks: Iterable[tuple[int, int]],
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._of = of
        self._chunks = list(chunks)
        self._clock = clock

    def load(self, *, at_once: int = AT_ONCE) -> Iterator[int]:
        """Load them all. Yields the number of the last row that is in, again and again.

        After an exception, all is loaded up to ``rows_done`` of the import, and nothing else.
        """
        # Inside a transaction others would not see what it did.
        if at_once == 1 or len(self._chunks) == 1 or connection.in_atomic_block:
            turns = _Turns()
            for number in range(len(self._chunks)):
                self._load(number, turns)
                yield self._chunks[number][1]
            return
        yield from self._load_at_once(at_once)

    def _load_at_once(self, at_once: int) -> Iterator[int]:
        turns = _Turns()
        # Taking the next one is a single step of the interpreter.
        numbers = iter(range(len(self._chunks)))
        through: SimpleQueue[int | None] = SimpleQueue()

        def work() -> None:
            try:
                for number in numbers:
                    self._load(number, turns)
                    through.put(self._chunks[number][1])
            finally:
                through.put(None)
                connection.close()

        with ThreadPoolExecutor(at_once, thread_name_prefix="import") as pool:
            workers = [pool.submit(work) for _ in range(at_once)]
            try:
                for _ in workers:
                    yield from iter(through.get, None)
            finally:
                turns.break_off()
        failures = [error for one in workers if (error := one.exception())]
        for error in failures:
            if not isinstance(error, _BrokenOffError):
                raise error

    def _load(self, number: int, turns: _Turns) -> None:
        done, until = self._chunks[number]
        try:
            with transaction.atomic():
                sql.run(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
                self._keep_out_the_erased()
                loader = FileLoader(self._of, now=self._clock())
                loaded = loader.add(done, until)
                turns.wait_for(number)
                loader.complete(loaded, done, until)
                self._note(loaded.counts, until)
        except BaseException:
            turns.break_off()
            raise
        turns.pass_on()

    def _keep_out_the_erased(self) -> None:
        hashes.hold()
        if self._of.counts["staged"]["stops"] != hashes.stamp():
            raise StopsChangedError

    def _note(self, counted: Counter[str], until: int) -> None:
        of = self._of
        before = Counter({name: of.counts.get(name, 0) for name in counted})
        of.counts = of.counts | dict(before + counted)
        of.rows_done = until
        of.save(update_fields=["counts", "rows_done"])
