"""Reads what is due from the connected systems, in windows, page by page, and takes it in."""

import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from warmbench.core.fence import attempt
from warmbench.core.vault import UnsealError
from warmbench.integrations.ats import opening, streams, vendors
from warmbench.integrations.ats.errors import (
    AtsError,
    AuthError,
    CursorError,
    ThrottledError,
    WidenedError,
)
from warmbench.integrations.ats.protocol import Ats, Can
from warmbench.integrations.ats.reading_ahead import Read, reading_ahead
from warmbench.integrations.ats.rereading import Opened
from warmbench.integrations.ats.streams import Held, LostError
from warmbench.integrations.ats.taking import HinderedError, Taking
from warmbench.integrations.ats.things import Cursor, Page
from warmbench.integrations.models import AtsRejection, AtsStream
from warmbench.people.import_load import sort_in
from warmbench.people.models import CandidateRecord
from warmbench.sourcing.models import Application

logger = logging.getLogger(__name__)
Kind = AtsStream.Kind

#: Things that are taken in together: each transaction costs as much as some hundred people.
CHUNK = 2_000
#: Roles are taken in one by one, and wait for nobody.
ROLES = 200
#: So long one stream is read before others have their turn, and stops are heard: seconds.
TURN = 30.0
#: What is gathered is taken in after so long, in seconds: a slow system must not lose it.
_GATHERED_FOR = 20.0
#: A window that holds so much of everybody is not one of changes: a filter was ignored.
WIDENED, TOO_FEW_TO_TELL = 0.9, 200
#: Of that, so much is looked at before anything is taken in.
_LOOKED_AT = 5_000
_BUSY = timedelta(seconds=10)
#: What was refused and is asked for once more after each window.
_ONCE_MORE = 20
#: What a whole reading did not show is asked for by its id, so much of it at a time.
_UNSEEN, _AT_ONCE = 5_000, 100


def pull_next(
    *,
    clock: Callable[[], datetime],
    opened: Opened = opening.opened,
    stopping: Callable[[], bool] = lambda: False,
    turn: float = TURN,
) -> bool:
    """Read one stream that is due, for one turn. Returns whether there was one."""
    held = streams.claim(now=clock())
    if held is None:
        return False
    pull = _Pull(held, clock, stopping, turn)
    outcome = attempt(pull.run, opened)
    # What became of the lease is known there.
    failed = attempt(_note, pull.held, outcome, clock=clock)
    if isinstance(failed, LostError):
        return True
    if failed is not None:
        raise failed
    return True


def _note(held: Held, outcome: Exception | None, *, clock: Callable[[], datetime]) -> None:
    now = clock()
    match outcome:
        case None | LostError():
            return
        case HinderedError():
            streams.release(held, at=now + _BUSY)
        case ThrottledError():
            streams.release(held, at=max(now, outcome.until))
        case WidenedError():
            streams.stop(held, str(outcome), now=now)
        case CursorError():
            streams.begin_again(held, str(outcome), now=now)
        case AuthError():
            streams.fail(held, str(outcome), now=now, for_a_person=True)
        case UnsealError():
            sentence = "Its keys cannot be read here any more. Paste them again."
            streams.fail(held, sentence, now=now, for_a_person=True)
        case AtsError():
            streams.fail(held, str(outcome), now=now)
        case _:
            logger.error(
                "ats not read",
                exc_info=outcome,
                extra={"connection": held.connection.pk, "kind": held.stream.kind},
            )
            streams.fail(held, "Warmbench failed at it. Its log says why.", now=now)


@dataclass
class _Gathered:
    """Pages that wait to be taken in together."""

    items: list[Any] = field(default_factory=list)
    read_at: datetime | None = None
    #: Null: the last page is among them, or nothing is.
    cursor: Cursor | None = None
    expected: int | None = None
    since: float = field(default_factory=time.monotonic)

    def add(self, read: Read) -> None:
        """One more page."""
        self.items += read.page.items
        self.read_at = self.read_at or read.at
        self.cursor = read.page.cursor
        if read.page.total is not None:
            self.expected = read.page.total

    def is_enough(self, size: int) -> bool:
        """Whether it is time to take it in."""
        waited = time.monotonic() - self.since
        return self.cursor is None or len(self.items) >= size or waited > _GATHERED_FOR


@dataclass
class _Pull:
    held: Held
    clock: Callable[[], datetime]
    stopping: Callable[[], bool]
    turn: float

    def run(self, opened: Opened) -> None:
        """Read for one turn. Raises LostError, HinderedError and AtsError."""
        with opened(self.held.connection, clock=self.clock) as client:
            taking = Taking(self.held.connection, client, self.clock)
            if self._read(client, taking):
                self._look_after(taking)
                is_first = self.held.is_first_load
                streams.finish(self.held, now=self.clock())
                if is_first and self.held.stream.kind == Kind.CANDIDATES:
                    sort_in()

    def _read(self, client: Ats, taking: Taking) -> bool:
        """Returns whether the window is read to its end."""
        until = time.monotonic() + self.turn
        guard = _Guard.of(self.held)
        gathered = _Gathered()
        with reading_ahead(self._pages(client), self.held.stream.cursor, clock=self.clock) as reads:
            while True:
                read = attempt(next, reads, None)
                if isinstance(read, Exception):
                    # What came before it broke is not read again.
                    self._take(taking, gathered, guard)
                    raise read
                if read is None:
                    gathered.cursor = None
                else:
                    gathered.add(read)
                if read is not None and not gathered.is_enough(guard.size):
                    continue
                is_last = gathered.cursor is None
                self._take(taking, gathered, guard)
                if is_last:
                    return True
                gathered = _Gathered()
                if time.monotonic() > until or self.stopping():
                    streams.release(self.held, at=self.clock())
                    return False

    def _pages(self, client: Ats) -> Callable[[Cursor], Iterator[Page]]:
        readers = {
            Kind.ROLES: client.roles,
            Kind.CANDIDATES: client.people,
            Kind.APPLICATIONS: client.applications,
            Kind.GONE: client.gone,
        }
        read, window = readers[Kind(self.held.stream.kind)], self.held.window
        return lambda cursor: read(window, cursor)

    def _take(self, taking: Taking, gathered: _Gathered, guard: "_Guard") -> None:
        if gathered.read_at is None:
            return
        guard.look(gathered, done=self.held.stream.done)
        self.held = streams.keep(self.held, now=self.clock())

        @contextmanager
        def around() -> Iterator[None]:
            held = streams.keep(before, now=self.clock())
            yield
            self.held = streams.advance(
                held, gathered.cursor or before.stream.cursor, more=len(gathered.items),
                expected=gathered.expected, now=self.clock(),
            )  # fmt: skip

        before = self.held
        taking.take(self.held.stream.kind, gathered.items, read_at=gathered.read_at, around=around)

    def _look_after(self, taking: Taking) -> None:
        """What no page tells of."""
        kind, name = self.held.stream.kind, taking.intake.name
        if kind == Kind.CANDIDATES:
            with transaction.atomic():
                taking.intake.suppress_expired(now=self.clock())
        if self.held.is_first_load or kind == Kind.GONE:
            return
        refused = AtsRejection.objects.filter(connection=self.held.connection, kind=kind)
        again = list(
            refused.order_by("at", "pk").values_list("external_id", flat=True)[:_ONCE_MORE]
        )
        refused.filter(external_id__in=again).update(at=self.clock())
        taking.read(kind, again)
        if self.held.stream.is_reread:
            for lost in self._not_shown():
                self._ask_for(taking, lost, self._unseen(lost, name))

    def _ask_for(self, taking: Taking, kind: AtsStream.Kind, ids: list[str]) -> None:
        for at in range(0, len(ids), _AT_ONCE):
            # Asked one by one, they may take longer than the lease.
            self.held = streams.keep(self.held, now=self.clock())
            taking.read(kind, ids[at : at + _AT_ONCE])

    def _not_shown(self) -> list[AtsStream.Kind]:
        """Of which kinds a whole reading has shown everything now. Where people come along with
        their applications, it has shown them, too."""
        kind = Kind(self.held.stream.kind)
        if kind == Kind.CANDIDATES:
            return [kind] if self.held.stream.done else []
        people = AtsStream.objects.filter(
            connection=self.held.connection, kind=Kind.CANDIDATES, is_reread=True, done=0
        )
        return [kind, Kind.CANDIDATES] if people.exists() else [kind]

    def _unseen(self, kind: AtsStream.Kind, name: str) -> list[str]:
        """What is known here, and was not shown in a whole reading."""
        begun = self.held.window.end
        here = CandidateRecord.objects.filter(source=name, fate="")
        theirs = Application.objects.filter(source=name)
        found: dict[str, Any] = {
            Kind.CANDIDATES: here,
            Kind.APPLICATIONS: theirs.filter(candidate__in=here.values("candidate")),
        }
        if kind not in found:
            return []
        lost = found[kind].filter(seen_at__lt=begun).order_by("seen_at", "pk")
        return list(lost.values_list("external_id", flat=True)[:_UNSEEN])


@dataclass(frozen=True)
class _Guard:
    """Sees that a window of changes is not suddenly one of everything."""

    #: So much may come at most; None: as much as there is.
    most: int | None
    #: So much is gathered before it is taken in.
    size: int
    start: datetime | None
    #: What changed between the start and this moment was in the window before, too.
    known_until: datetime | None

    @classmethod
    def of(cls, held: Held) -> "_Guard":
        """What holds for a window."""
        kind, start = held.stream.kind, held.stream.window_from
        size = ROLES if kind == Kind.ROLES else CHUNK
        tells = vendors.of(held.connection.vendor).capabilities.changed_since.can == Can.YES
        if start is None or not tells or kind not in (Kind.CANDIDATES, Kind.APPLICATIONS):
            return cls(None, size, start, None)
        name = held.connection.truth.name
        known = (
            CandidateRecord.objects.filter(source=name).count()
            if kind == Kind.CANDIDATES
            else Application.objects.filter(source=name).count()
        )
        most = max(TOO_FEW_TO_TELL + 1, math.ceil(known * WIDENED))
        until = held.stream.complete_until
        return cls(most, max(size, min(most, _LOOKED_AT)), start, until)

    def look(self, gathered: _Gathered, *, done: int) -> None:
        """Raise WidenedError before any of it is taken in."""
        if self.most is None or not gathered.items:
            return
        fresh = sum(not self._is_repeated(one) for one in gathered.items)
        told = max(done + len(gathered.items), gathered.expected or 0)
        count = round(told * fresh / len(gathered.items))
        if count >= self.most or self._is_mostly_old(gathered.items):
            raise WidenedError(
                f"Asked for what changed since {self.start:%-d %B, %H:%M} UTC, it told of {told:,}"
                " records: nearly everything. Nothing of that was taken in, and it is not asked"
                " again until somebody reads everything once more."
            )

    def _is_repeated(self, one: Any) -> bool:
        at = one.changed_at
        if at is None or self.start is None or self.known_until is None:
            return False
        return bool(self.start <= at < self.known_until)

    def _is_mostly_old(self, items: list[Any]) -> bool:
        """Whether many of them were not changed in the window at all."""
        if self.start is None or len(items) <= TOO_FEW_TO_TELL:
            return False
        before = self.start - timedelta(days=1)
        old = sum(one.changed_at is not None and one.changed_at < before for one in items)
        return bool(old > len(items) / 2)
