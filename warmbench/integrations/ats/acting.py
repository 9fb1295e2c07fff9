"""Acts on what an ATS told by itself: reads the records again that it named, in order, at once.

The one door for webhooks and for queues of events that are asked. Nothing that was told is
believed but that something changed.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol

from django.db.models import Min

from warmbench.accounts import notifications
from warmbench.accounts.models import Kind as Told_of
from warmbench.core import sql
from warmbench.core.fence import attempt
from warmbench.core.pauses import pause
from warmbench.integrations.ats import hearing
from warmbench.integrations.ats.errors import (
    AtsError,
    AuthError,
    ThrottledError,
    UnreachableError,
)
from warmbench.integrations.ats.things import Fate, Gone
from warmbench.integrations.models import AtsConnection, AtsEvent

logger = logging.getLogger(__name__)

#: Events that are acted on together: what they say about one record is read once.
BATCH = 200
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
#: After that a person has to look. The next whole reading takes it in anyway.
GIVES_UP = timedelta(days=3)
_LOCK = "ats.acting"
_WEIGHT = {Fate.DELETED: 0, Fate.MERGED: 1, Fate.ERASED: 2}


class TakeIn(Protocol):
    """Reads records again, and takes in how they are now. May raise AtsError."""

    def __call__(
        self,
        connection: AtsConnection,
        *,
        people_ids: Sequence[str],
        application_ids: Sequence[str],
        role_ids: Sequence[str],
        gone: Sequence[Gone],
        now: datetime,
    ) -> object:
        """See the class."""
        ...


def act_next(take_in: TakeIn, *, clock: Callable[[], datetime]) -> bool:
    """Act on what one connection told, in the order in which it came. Returns whether anything
    was due."""
    due = AtsEvent.objects.filter(processed_at=None, next_at__lte=clock())
    told = due.filter(connection__state__in=AtsConnection.AT_WORK).values("connection")
    for row in told.annotate(first=Min("pk")).order_by("first"):
        with _alone(row["connection"]) as is_alone:
            # One at a time: what was read first must not be taken in last.
            if is_alone and _act(take_in, row["connection"], clock=clock):
                return True
    return False


def _act(take_in: TakeIn, connection_id: int, *, clock: Callable[[], datetime]) -> bool:
    due = AtsEvent.objects.filter(
        connection=connection_id, processed_at=None, next_at__lte=clock()
    ).defer("body")
    events = list(due.order_by("pk")[:BATCH])
    if not events:
        return False
    connection = AtsConnection.objects.select_related("truth").get(pk=connection_id)
    outcome = attempt(_read_again, take_in, connection, events, now=clock())
    if isinstance(outcome, Exception) and len(events) > 1 and not _is_theirs(outcome):
        # One that breaks must not keep the others from being acted on.
        for event in events:
            alone = attempt(_read_again, take_in, connection, [event], now=clock())
            _settle(connection, [event], alone, now=clock())
        return True
    _settle(connection, events, outcome, now=clock())
    return True


def _read_again(
    take_in: TakeIn, connection: AtsConnection, events: Sequence[AtsEvent], *, now: datetime
) -> None:
    """Read the records again that these events name, each once."""
    told = [hearing.told_of(event) for event in events]
    gone: dict[str, Gone] = {}
    for one in (one for each in told for one in each.gone):
        # What was erased or merged is told to be deleted, too.
        before = gone.get(one.external_id)
        if before is None or _WEIGHT[one.fate] >= _WEIGHT[before.fate]:
            gone[one.external_id] = one
    people = dict.fromkeys(pk for each in told for pk in each.person_ids)
    applications = dict.fromkeys(pk for each in told for pk in each.application_ids)
    roles = dict.fromkeys(pk for each in told for pk in each.role_ids)
    if not (gone or people or applications or roles):
        return
    take_in(
        connection,
        people_ids=list(people),
        application_ids=list(applications),
        role_ids=list(roles),
        gone=list(gone.values()),
        now=now,
    )


def _is_theirs(error: Exception) -> bool:
    """Whether it would go wrong in the same way with any other event of theirs."""
    return isinstance(error, AuthError | ThrottledError | UnreachableError)


def _settle(
    connection: AtsConnection,
    events: Sequence[AtsEvent],
    outcome: object,
    *,
    now: datetime,
) -> None:
    rows = AtsEvent.objects.filter(pk__in=[event.pk for event in events])
    if not isinstance(outcome, Exception):
        rows.update(processed_at=now, next_at=None, problem="", body=b"", told={})
        return
    if not isinstance(outcome, AtsError):
        logger.error("ats events failed", exc_info=outcome, extra={"connection": connection.pk})
    why = (
        str(outcome)
        if isinstance(outcome, AtsError)
        else "Something went wrong here: the log of the worker says what."
    )
    until = outcome.until if isinstance(outcome, ThrottledError) else now
    for event in events:
        span = pause(SHORTEST_PAUSE, event.tries, longest=LONGEST_PAUSE)
        next_at: datetime | None = max(now + span, until)
        if now - event.received_at >= GIVES_UP:
            next_at = None
        AtsEvent.objects.filter(pk=event.pk).update(
            tries=min(event.tries + 1, 30_000), next_at=next_at, problem=why[:300]
        )
        if next_at is None:
            _tell(connection, why, now=now)


def _tell(connection: AtsConnection, why: str, *, now: datetime) -> None:
    notifications.tell(
        notifications.administrators(),
        kind=Told_of.TROUBLE,
        title=f"What {connection.truth.name} told us could not be read again",
        body=why,
        path=f"/connections/{connection.pk}/",
        key=f"ats_events:{connection.pk}/{now:%Y-%m-%d}",
        now=now,
    )


@contextmanager
def _alone(connection_id: int) -> Iterator[bool]:
    """Whether nobody else acts for this connection, until the end of the block."""
    [(is_alone,)] = sql.run("SELECT pg_try_advisory_lock(hashtext(%s), %s)", [_LOCK, connection_id])
    try:
        yield is_alone
    finally:
        if is_alone:
            sql.run("SELECT pg_advisory_unlock(hashtext(%s), %s)", [_LOCK, connection_id])


def given_up(connection_id: int) -> int:
    """How many events a person has to look at, because they could not be acted on for days."""
    rows = AtsEvent.objects.filter(connection=connection_id, processed_at=None, next_at=None)
    return rows.count()


def again(connection_id: int, *, now: datetime) -> int:
    """Act once more on what was given up. Returns how many events that are."""
    rows = AtsEvent.objects.filter(connection=connection_id, processed_at=None, next_at=None)
    return rows.update(next_at=now, received_at=now, tries=0)
