"""Reads talks again that an account told of, and asks from time to time what else there is."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from warmbench.accounts import notifications
from warmbench.accounts.models import Kind as Told_of
from warmbench.core.fence import attempt
from warmbench.core.pauses import pause
from warmbench.integrations.ats.errors import AtsError, AuthError, GoneError, ThrottledError
from warmbench.integrations.models import Booking, SchedulingAccount, SchedulingEvent
from warmbench.integrations.scheduling import opening, settling

logger = logging.getLogger(__name__)

#: How often an account is asked that does not call us, and one that does, in case a call is lost.
EVERY, EVERY_IF_IT_CALLS = timedelta(minutes=10), timedelta(hours=1)
#: How long whoever took something up is left alone with it.
_LEASE = timedelta(minutes=10)
_SHORTEST, _LONGEST = timedelta(seconds=10), timedelta(hours=1)
#: After so long a person has to look. Asking for what changed finds most of it anyway.
_GIVES_UP = timedelta(days=3)
#: So long after a talk a host says that nobody came.
_LOOKED_AFTER = timedelta(days=2)
_OURS = "Something went wrong here: the log of the worker says what."


def act_next(*, clock: Callable[[], datetime]) -> bool:
    """Read the talk again that was told of longest ago. Returns whether anything was due."""
    event = _take_up(clock())
    if event is None:
        return False
    outcome = attempt(_read_again, event, clock=clock)
    now = clock()
    # Told of once more meanwhile, it is read once more.
    rows = SchedulingEvent.objects.filter(pk=event.pk, received_at=event.received_at)
    if not isinstance(outcome, Exception) or isinstance(outcome, GoneError):
        rows.update(processed_at=now, next_at=None, problem="", body=b"")
        return True
    if not isinstance(outcome, AtsError):
        logger.error("booking not read", exc_info=outcome, extra={"event": event.pk})
    next_at: datetime | None = _later(outcome, event.tries, now=now)
    if now - event.received_at >= _GIVES_UP:
        next_at = None
        _tell(event.account, _why(outcome), now=now)
    rows.update(tries=min(event.tries + 1, 30_000), next_at=next_at, problem=_why(outcome))
    return True


def ask_next(*, clock: Callable[[], datetime]) -> bool:
    """Ask one account that is due what changed there. Returns whether one was due."""
    account = _take_up_account(clock())
    if account is None:
        return False
    outcome = attempt(_ask, account, clock=clock)
    now = clock()
    rows = SchedulingAccount.objects.filter(pk=account.pk)
    if not isinstance(outcome, Exception):
        every = EVERY_IF_IT_CALLS if account.subscription else EVERY
        rows.update(next_at=now + every, lease_until=None, failures=0, problem="", worked_at=now)
        return True
    if not isinstance(outcome, AtsError):
        logger.error("account not asked", exc_info=outcome, extra={"account": account.pk})
    if isinstance(outcome, AuthError):
        _tell(account, _why(outcome), now=now)
    rows.update(
        next_at=_later(outcome, account.failures, now=now),
        lease_until=None,
        failures=min(account.failures + 1, 30_000),
        problem=_why(outcome),
    )
    return True


@transaction.atomic
def _take_up(now: datetime) -> SchedulingEvent | None:
    due = SchedulingEvent.objects.filter(processed_at=None, next_at__lte=now)
    due = due.select_for_update(no_key=True, skip_locked=True, of=("self",))
    event = due.select_related("account").order_by("next_at", "pk").first()
    if event:
        event.next_at = now + _LEASE
        event.save(update_fields=["next_at"])
    return event


@transaction.atomic
def _take_up_account(now: datetime) -> SchedulingAccount | None:
    due = SchedulingAccount.objects.filter(next_at__lte=now)
    free = due.filter(Q(lease_until=None) | Q(lease_until__lte=now))
    account = free.select_for_update(no_key=True, skip_locked=True).order_by("next_at").first()
    if account:
        account.lease_until = now + _LEASE
        account.save(update_fields=["lease_until"])
    return account


def _read_again(event: SchedulingEvent, *, clock: Callable[[], datetime]) -> None:
    with opening.opened(event.account, clock=clock) as client:
        talk = client.read(event.talk_id)
    settling.settle(event.account, talk, now=clock())


def _ask(account: SchedulingAccount, *, clock: Callable[[], datetime]) -> None:
    rows = SchedulingAccount.objects.filter(pk=account.pk)
    with opening.opened(account, clock=clock) as client:
        for seen in client.changed(account.cursor, since=account.made_at):
            now = clock()
            if seen.talk:
                settling.settle(account, seen.talk, now=now)
            else:
                rows.update(cursor=seen.cursor, lease_until=now + _LEASE)
        # Who did not come is said of the person, and does not show in a list of talks.
        now = clock()
        over = Booking.objects.filter(
            account=account,
            state=Booking.State.BOOKED,
            ends_at__range=(now - _LOOKED_AFTER, now),
        )
        for booking in over.order_by("pk"):
            talk = attempt(client.read, booking.ids[-1])
            if isinstance(talk, GoneError):
                continue
            if isinstance(talk, Exception):
                raise talk
            settling.settle(account, talk, now=clock())


def _later(error: Exception, failures: int, *, now: datetime) -> datetime:
    span = pause(_SHORTEST, failures, longest=_LONGEST)
    until = error.until if isinstance(error, ThrottledError) else now
    if isinstance(error, AuthError):
        span = _LONGEST
    return max(now + span, until)


def _why(error: Exception) -> str:
    return (str(error) if isinstance(error, AtsError) else _OURS)[:300]


def _tell(account: SchedulingAccount, why: str, *, now: datetime) -> None:
    notifications.tell(
        notifications.administrators(),
        kind=Told_of.TROUBLE,
        title=f"{account} does not tell us who books talks",
        body=why,
        path=f"/connections/scheduling/{account.pk}/",
        key=f"scheduling:{account.pk}/{now:%Y-%m-%d}",
        now=now,
    )
