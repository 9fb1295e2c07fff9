"""Keeps how far each kind of thing is read from a connection: rows with a date, leased to one."""

from collections.abc import Collection, Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from warmbench.accounts import notifications
from warmbench.accounts.models import Kind as Told
from warmbench.core import sql
from warmbench.core.pauses import pause
from warmbench.integrations.ats import vendors
from warmbench.integrations.ats.things import Cursor, Window
from warmbench.integrations.models import AtsConnection, AtsStream
from warmbench.people.models import TruthSource

Kind, State = AtsStream.Kind, AtsConnection.State

#: In this order everything is read for the first time: whoever applies must be known, and so must
#: what they apply for.
ORDER = (Kind.ROLES, Kind.CANDIDATES, Kind.APPLICATIONS, Kind.GONE)
#: What is read as a whole once more, now and then, to find what was told by nothing.
REREAD = (Kind.ROLES, Kind.CANDIDATES, Kind.APPLICATIONS)
#: Windows overlap by so much: their clock is not ours, and what they changed shows late.
OVERLAP = timedelta(hours=1)
EVERY = timedelta(minutes=5)
#: Where each call counts against a small budget of the day, and how small that is.
SPARINGLY, SMALL_BUDGET = timedelta(minutes=30), 50_000
LEASE = timedelta(minutes=10)
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=30)
#: From so many failures in a row on, administrators are told: some hours.
TOLD_AFTER = 8
#: The kinds that tell who is placed, or not there any more: only when all of them are in, we have
#: heard from the system.
_TELL_WHO_IS_PLACED = (Kind.CANDIDATES, Kind.APPLICATIONS, Kind.GONE)


class LostError(Exception):
    """Somebody else reads it by now, or nobody is to read it any more."""


@dataclass(frozen=True, slots=True)
class Held:
    """A stream that is read by us alone, as long as the lease is renewed."""

    stream: AtsStream
    connection: AtsConnection
    lease: datetime

    @property
    def is_first_load(self) -> bool:
        """Whether everything is read that nobody has read yet."""
        return self.stream.complete_until is None and not self.stream.is_reread

    @property
    def window(self) -> Window:
        """What is to be read."""
        until = self.stream.window_until
        if until is None:
            raise ValueError("The window was not begun.")
        return Window(self.stream.window_from, until)


def begin(connection: AtsConnection, *, now: datetime) -> None:
    """Let everything be read for the first time, one kind after the other."""
    rows = [AtsStream(connection=connection, kind=kind) for kind in ORDER]
    rows[0].next_at = now
    # The queue is asked from the beginning: it holds what changes while everything is read.
    rows.append(AtsStream(connection=connection, kind=Kind.EVENTS, next_at=now))
    rows += [AtsStream(connection=connection, kind=kind, is_reread=True) for kind in REREAD]
    AtsStream.objects.bulk_create(rows, ignore_conflicts=True)


def reread(connection: AtsConnection, *, now: datetime) -> None:
    """Read everything once more from the start, beside what is current. A first load that is not
    through goes on; what stopped by itself goes on, too."""
    rows = AtsStream.objects.filter(connection=connection)
    through = rows.filter(is_reread=False, complete_until__isnull=False)
    kinds = list(through.values_list("kind", flat=True))
    fresh: Mapping[str, object] = {
        "window_from": None, "window_until": None, "cursor": {}, "done": 0, "expected": None,
        "failures": 0, "problem": "", "lease_until": None,
    }  # fmt: skip
    rows.filter(is_reread=True, kind__in=kinds).update(next_at=now, **fresh)
    stuck = rows.filter(is_reread=False, next_at=None, complete_until__isnull=False)
    # What stopped because a window was too large is read as a whole, too.
    stuck.filter(kind__in=ORDER).update(next_at=now, **fresh)
    # A mapping that is another one now may mean another thing for what is being read.
    current = rows.filter(is_reread=False, next_at__isnull=False)
    current.update(failures=0, problem="")
    # Whoever reads by the old one just now loses the lease: what it read before this would be taken
    # in after what is read once more, and stay.
    current.filter(kind__in=ORDER).update(lease_until=None)


def wake(connection: AtsConnection, *, now: datetime) -> None:
    """Go on at once with what waits after a failure."""
    waiting = AtsStream.objects.filter(connection=connection, failures__gt=0)
    waiting.filter(next_at__isnull=False).update(next_at=now)


def claim(*, now: datetime) -> Held | None:
    """One stream that is due, leased to the caller: what is current goes before what is read once
    more. None if there is none."""
    values = {
        "now": now,
        "lease": now + LEASE,
        "states": [str(state) for state in AtsConnection.AT_WORK],
    }
    row = sql.run(sql.load(__file__, "streams_claim"), values).fetchone()
    if row is None:
        return None
    stream = AtsStream.objects.select_related("connection__truth").get(pk=row[0])
    held = Held(stream, stream.connection, now + LEASE)
    return held if stream.window_until else _begin_window(held, now=now)


def _begin_window(held: Held, *, now: datetime) -> Held:
    begun: dict[str, object] = {
        "window_until": now, "cursor": {}, "done": 0, "expected": None,
    }  # fmt: skip
    return _write(held, begun)


@transaction.atomic
def keep(held: Held, *, now: datetime) -> Held:
    """Renew the lease, and lock the row until the transaction ends. Raises LostError."""
    return _write(held, {"lease_until": now + LEASE})


def advance(held: Held, cursor: Cursor, *, more: int, expected: int | None, now: datetime) -> Held:
    """Note, in the transaction that took things in, where to go on. Raises LostError."""
    stream = held.stream
    fields: dict[str, object] = {
        "cursor": cursor,
        "done": stream.done + more,
        "expected": expected if expected is not None else stream.expected,
        "worked_at": now,
        "lease_until": now + LEASE,
    }
    if more:
        fields |= {"failures": 0, "problem": ""}
    return _write(held, fields)


def release(held: Held, *, at: datetime) -> None:
    """Let others go on with it from a moment on."""
    _write(held, {"next_at": at, "lease_until": None})


@transaction.atomic
def finish(held: Held, *, now: datetime) -> None:
    """The window is read to its end: everything before it began is in."""
    window = held.window
    is_first = held.is_first_load
    fields: dict[str, object] = {
        "window_until": None, "cursor": {}, "lease_until": None, "failures": 0, "problem": "",
        "worked_at": now,
    }  # fmt: skip
    if held.stream.is_reread:
        _write(
            held, fields | {"window_from": None, "next_at": _next_reread(held.connection, now=now)}
        )
        return
    fields |= {
        "complete_until": window.end,
        "window_from": window.end - OVERLAP,
        "next_at": max(now, window.end + every(held.connection)),
    }
    _write(held, fields)
    if is_first:
        _go_on_to_the_next(held.connection, held.stream.kind, now=now)
    _confirm(held.connection)


def fail(held: Held, sentence: str, *, now: datetime, for_a_person: bool = False) -> None:
    """Try again later, and later each time. With ``for_a_person``, administrators are told."""
    failures = min(held.stream.failures + 1, 1000)
    span = pause(SHORTEST_PAUSE, failures - 1, longest=LONGEST_PAUSE)
    if for_a_person:
        span = LONGEST_PAUSE
    _fail(held, sentence, failures, now + span, now=now, is_told=for_a_person)


def stop(held: Held, sentence: str, *, now: datetime) -> None:
    """Read it no more until a person looks: see ``reread``."""
    _fail(held, sentence, held.stream.failures + 1, None, now=now, is_told=True)


def begin_again(held: Held, sentence: str, *, now: datetime) -> None:
    """Read the window from its start."""
    held = _write(held, {"cursor": {}, "window_until": None, "done": 0, "expected": None})
    fail(held, sentence, now=now)


def every(connection: AtsConnection) -> timedelta:
    """How often a connection is asked for what is new."""
    daily = vendors.of(connection.vendor).daily_calls
    return SPARINGLY if daily is not None and daily <= SMALL_BUDGET else EVERY


def _fail(
    held: Held,
    sentence: str,
    failures: int,
    next_at: datetime | None,
    *,
    now: datetime,
    is_told: bool,
) -> None:
    _write(
        held,
        {
            "failures": failures, "problem": sentence[:300], "next_at": next_at,
            "lease_until": None, "worked_at": now,
        },
    )  # fmt: skip
    if is_told or failures == TOLD_AFTER:
        notifications.tell(
            notifications.administrators(),
            kind=Told.TROUBLE,
            title=f"{held.connection.truth.name} cannot be read",
            body=sentence,
            path=f"/connections/{held.connection.pk}/",
            key=f"ats:{held.connection.pk}/{now:%Y-%m-%d}",
            now=now,
        )


def _write(held: Held, fields: Mapping[str, object]) -> Held:
    """Change the row, if it is still ours. Raises LostError."""
    rows = AtsStream.objects.filter(
        pk=held.stream.pk, lease_until=held.lease, connection__state__in=AtsConnection.AT_WORK
    )
    if not rows.update(**fields):
        raise LostError
    # A copy: the transaction may still be rolled back.
    stream = copy(held.stream)
    for name, value in fields.items():
        setattr(stream, name, value)
    lease = fields.get("lease_until")
    return replace(held, stream=stream, lease=lease if isinstance(lease, datetime) else held.lease)


def _go_on_to_the_next(connection: AtsConnection, kind: str, *, now: datetime) -> None:
    rows = AtsStream.objects.filter(connection=connection, is_reread=False)
    for later in ORDER[ORDER.index(Kind(kind)) + 1 :]:
        if rows.filter(kind=later, complete_until=None, next_at=None).update(next_at=now):
            return
    if rows.filter(kind__in=ORDER, complete_until=None).exists():
        return
    AtsConnection.objects.filter(pk=connection.pk, state=State.LOADING).update(state=State.LIVE)
    again = AtsStream.objects.filter(connection=connection, is_reread=True, next_at=None)
    again.update(next_at=_next_reread(connection, now=now))


def _next_reread(connection: AtsConnection, *, now: datetime) -> datetime | None:
    """When everything is read once more by itself; None: not before somebody asks for it."""
    span = vendors.of(connection.vendor).reread_every
    return None if span is None else now + span


def _confirm(connection: AtsConnection) -> None:
    """All that happened there by the end of what these tell is known here."""
    rows = AtsStream.objects.filter(connection=connection, is_reread=False)
    if rows.filter(kind__in=ORDER, complete_until=None).exists():
        return
    told = rows.filter(kind__in=_TELL_WHO_IS_PLACED).values_list("complete_until", flat=True)
    until = min(at for at in told if at is not None)
    truth = TruthSource.objects.filter(pk=connection.truth_id)
    truth.update(confirmed_at=Greatest(F("confirmed_at"), until))


@notifications.still_so_by("ats")
def _are_unread(told: Collection[notifications.Told]) -> set[notifications.Told]:
    """Whether a connection cannot be read still."""
    troubled = AtsStream.objects.exclude(problem="").values("connection")
    return notifications.those_of(told, AtsConnection.objects.filter(pk__in=troubled))
