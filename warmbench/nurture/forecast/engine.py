"""Lives through the days of a forecast: the same loops as live, on a clock that jumps."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from django.db import transaction

from warmbench.core import clock, events, sql, standstill
from warmbench.messaging import delivery
from warmbench.messaging.claim import Claimed
from warmbench.nurture import enrollment, membership, planner, pools
from warmbench.nurture.forecast.assumptions import Assumptions
from warmbench.nurture.models import Pool
from warmbench.signals import record
from warmbench.signals.models import Signal
from warmbench.signals.record import SignalDraft
from warmbench.sourcing import escalations, waves, writing

#: The clock moves in steps of this, from one moment at which something is due to the next.
GRID = timedelta(minutes=15)
#: When the nights' jobs are done, on the grid (UTC): ``nurture.jobs.recount_pools``.
_NIGHT = time(1, 45)
#: Messages of one mailbox that are claimed together.
_BATCH = 1_000
#: How often temporary tables are looked after, and somebody told how far it is.
_WEEK = timedelta(days=7)
#: Before anything.
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class _Due(NamedTuple):
    """When each kind of thing is to do next; None for never."""

    steps: datetime | None
    messages: datetime | None
    alerts: datetime | None
    waves: datetime | None
    escalations: datetime | None


@dataclass
class Course:
    """The way through the days, of a scratch or of a database that may be thrown away."""

    since: datetime
    until: datetime
    assumptions: Assumptions
    #: Told how far it has come, once a week of the virtual clock.
    on_week: Callable[[datetime], None]
    #: At how many moments something was due.
    ticks: int = 0
    #: When the next night is, if the passing of time lets anybody into a pool or out of one.
    _night: datetime | None = None

    def run(self) -> None:
        """Pass the time."""
        now = ceiling(self.since)
        due = _Due(now, now, now, now, now)
        if _is_in_pools_by_time():
            self._night = now
        while now < self.until:
            next_week = now + _WEEK
            with standstill.standstill():
                while now < min(next_week, self.until):
                    due = self._pass(due, now)
                    soonest = min((at for at in (*due, self._night) if at), default=self.until)
                    now = max(ceiling(soonest), now + GRID)
            self.on_week(min(now, self.until))

    def _pass(self, due: _Due, now: datetime) -> _Due:
        """Do all that is due, and say when something is due next."""
        self.ticks += 1
        # One transaction instead of six: nobody else waits for it.
        with clock.pinned(now), events.held_back(), transaction.atomic():
            if self._night is not None and self._night <= now:
                pools.recount(now=now)
                self._night = _night_after(now)
                due = due._replace(steps=now)
            if self.assumptions.alerts:
                _tell_of_roles(due, now)
            # One look ahead tells both what is still due and what will be next.
            while True:
                planned = _is_due(due.steps, now) and planner.plan(now=now).total() > 0
                claimed: list[Claimed] | None = []
                if planned or _is_due(due.messages, now):
                    claimed = delivery.pretend(now=now, until=now + GRID, batch=_BATCH)
                    self._answer(claimed or [], now=now)
                # What nobody could do anything about is left: its sequence or its mailbox rests.
                due = _next_due(
                    steps_after=_EVER if planned else now,
                    messages_after=now if claimed is None else _EVER,
                    now=now,
                )
                if not (_is_due(due.steps, now) or _is_due(due.messages, now)):
                    return due

    def _answer(self, claimed: list[Claimed], *, now: datetime) -> None:
        """Let the assumed share of readers answer or click, at once."""
        drafts = [
            _signal(kind, one, now)
            for one in claimed
            for kind, share in self.assumptions.shares
            if self._lot(kind, one) < share
        ]
        if drafts:
            record.record(drafts, now=now)

    def _lot(self, kind: Signal.Kind, message: Claimed) -> float:
        """A number from 0 to 1 that is always the same for the same touch of the same person,
        so that two forecasts differ by what is different and not by luck."""
        drawn = f"{self.assumptions.seed}/{kind}/{message.candidate_id}/{message.touch}"
        digest = hashlib.blake2b(drawn.encode(), digest_size=8).digest()
        return int.from_bytes(digest) / 2**64


def ceiling(at: datetime) -> datetime:
    """The next moment of the grid."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + GRID * -(-(at - midnight) // GRID)


def _night_after(now: datetime) -> datetime:
    return datetime.combine(now.date() + timedelta(days=1), _NIGHT, UTC)


def _is_in_pools_by_time() -> bool:
    """Whether the passing of time alone lets somebody join a pool, leave it, or come back."""
    live = Pool.objects.filter(archived_at=None)
    return bool(membership.compiled(live).cuts) or live.exclude(reentry_days=None).exists()


def _next_due(*, steps_after: datetime, messages_after: datetime, now: datetime) -> _Due:
    values = {
        "now": now,
        "steps_after": steps_after,
        "messages_after": messages_after,
        "undo": enrollment.UNDO,
    }
    [row] = sql.run(sql.load(__file__, "next_due"), values).fetchall()
    return _Due(*row)


def _tell_of_roles(due: _Due, now: datetime) -> None:
    is_wave = _is_due(due.waves, now)
    if is_wave:
        _until_dry(lambda: waves.advance(now=now))
    if is_wave or _is_due(due.alerts, now):
        _until_dry(lambda: writing.write_due(now=now))
    if _is_due(due.escalations, now):
        _until_dry(lambda: escalations.run_due(now=now))


def _is_due(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now


def _until_dry(work: Callable[[], int]) -> None:
    while work():
        pass


def _signal(kind: Signal.Kind, message: Claimed, now: datetime) -> SignalDraft:
    grade = Signal.Grade.CERTAIN if kind == Signal.Kind.REPLIED else Signal.Grade.LIKELY
    return SignalDraft(
        candidate_id=message.candidate_id,
        kind=kind,
        grade=grade,
        at=now,
        key=f"{kind}:forecast:{message.message_id}",
        message_id=message.message_id,
    )
