"""Asks the queues in which some ATS keep what has changed, and stores it before they forget it."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from warmbench.core.fence import attempt
from warmbench.core.pauses import pause
from warmbench.core.vault import UnsealError
from warmbench.integrations.ats import hearing, opening
from warmbench.integrations.ats.errors import AtsError, AuthError, CursorError, ThrottledError
from warmbench.integrations.ats.rereading import Opened
from warmbench.integrations.models import AtsConnection, AtsStream

logger = logging.getLogger(__name__)

#: How often a queue is asked that was empty: each call counts, of a hundred thousand a month.
EVERY = timedelta(minutes=2)
LEASE = timedelta(minutes=5)
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=30)
#: Pages of one turn: what else there is waits for the next.
_AT_ONCE = 20


class _LostError(Exception):
    """Somebody else asks by now."""


def ask_next(*, clock: Callable[[], datetime], opened: Opened = opening.opened) -> bool:
    """Ask one queue that is due, and keep what it holds. Returns whether one was due."""
    stream = _claim(now=clock())
    if stream is None:
        return False
    outcome = attempt(_ask, stream, clock=clock, opened=opened)
    attempt(_note, stream, outcome, now=clock())
    return True


@transaction.atomic
def _claim(*, now: datetime) -> AtsStream | None:
    due = AtsStream.objects.filter(
        kind=AtsStream.Kind.EVENTS, next_at__lte=now, connection__state__in=AtsConnection.AT_WORK
    )
    free = due.filter(lease_until=None) | due.filter(lease_until__lte=now)
    rows = free.order_by("next_at", "pk").select_related("connection__truth")
    stream = rows.select_for_update(no_key=True, skip_locked=True, of=("self",)).first()
    if stream is not None:
        stream.lease_until = now + LEASE
        stream.save(update_fields=["lease_until"])
    return stream


def _ask(stream: AtsStream, *, clock: Callable[[], datetime], opened: Opened) -> timedelta | None:
    """Keep what the queue holds. Returns when to ask again; None: there is no queue."""
    again: timedelta | None = None
    with opened(stream.connection, clock=clock) as client:
        pages = client.events(stream.cursor)
        for number, page in enumerate(pages, start=1):
            again = timedelta(0) if page.items else EVERY
            # In one commit, before the next page is asked for: then this one may be forgotten.
            with transaction.atomic():
                hearing.keep(stream.connection, page.items, body=b"", now=clock())
                _renew(stream, page.cursor or stream.cursor, more=len(page.items), now=clock())
            if number >= _AT_ONCE:
                break
    return again


def _renew(stream: AtsStream, cursor: dict[str, object], *, more: int, now: datetime) -> None:
    rows = AtsStream.objects.filter(pk=stream.pk, lease_until=stream.lease_until)
    stream.cursor, stream.done = cursor, stream.done + more
    if not rows.update(
        cursor=cursor, done=stream.done, worked_at=now, lease_until=now + LEASE, failures=0
    ):
        raise _LostError
    stream.lease_until = now + LEASE


def _note(stream: AtsStream, outcome: timedelta | Exception | None, *, now: datetime) -> None:
    rows = AtsStream.objects.filter(pk=stream.pk, lease_until=stream.lease_until)
    well = {"failures": 0, "problem": "", "lease_until": None, "worked_at": now}
    match outcome:
        case None:
            rows.update(next_at=None, **well)
        case timedelta():
            rows.update(next_at=now + outcome, complete_until=now, **well)
        case _LostError():
            pass
        case CursorError():
            # There is another queue: what the old one held is found by the windows.
            rows.update(next_at=now, **well | {"cursor": {}, "problem": str(outcome)[:300]})
        case ThrottledError():
            rows.update(next_at=outcome.until, lease_until=None)
        case _:
            if not isinstance(outcome, AtsError | UnsealError):
                logger.error("queue not asked", exc_info=outcome, extra={"stream": stream.pk})
            failures = min(stream.failures + 1, 1000)
            span = pause(SHORTEST_PAUSE, failures - 1, longest=LONGEST_PAUSE)
            if isinstance(outcome, AuthError):
                span = LONGEST_PAUSE
            why = str(outcome) if isinstance(outcome, AtsError) else "Warmbench failed at it."
            rows.update(next_at=now + span, failures=failures, problem=why[:300], lease_until=None)
