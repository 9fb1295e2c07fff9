"""Writes down what candidates did, once each, with everything that must hold at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from warmbench.core import sql
from warmbench.core.events import Event, publish
from warmbench.people import candidates, rights
from warmbench.people.models import ContactPoint
from warmbench.signals import follow_ups, warmth
from warmbench.signals.models import Signal


@dataclass(frozen=True, kw_only=True)
class SignalsRecorded(Event):
    """Something new was heard from these people: one event for a whole batch."""

    candidate_ids: list[int]
    signal_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class SignalsWithdrawn(Event):
    """What was taken for a sign of life of these people was none."""

    candidate_ids: list[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class SignalDraft:
    """One thing that somebody did. ``key`` makes it this thing: recorded twice, it is one."""

    candidate_id: int
    kind: Signal.Kind
    grade: Signal.Grade
    at: datetime
    key: str
    message_id: int | None = None
    topic: str = ""


_LOOKED = frozenset({Signal.Kind.CLICKED, Signal.Kind.OPENED})


@transaction.atomic
def record(drafts: Sequence[SignalDraft], *, now: datetime) -> list[Signal]:
    """Record signals, with their warmth, and pause whoever replied. Returns the new ones.

    All of it commits together. A signal that was recorded before changes nothing. What somebody
    only looked at is not recorded of those who objected to being watched.
    """
    looked = {d.candidate_id for d in drafts if d.kind in _LOOKED}
    objectors = rights.objectors(looked)
    drafts = [d for d in drafts if d.candidate_id not in objectors or d.kind not in _LOOKED]
    if not drafts:
        return []
    _hold_still(drafts, now=now)
    rows = sql.run(
        sql.load(__file__, "record_signals"),
        {
            "candidates": [d.candidate_id for d in drafts],
            "kinds": [str(d.kind) for d in drafts],
            "grades": [str(d.grade) for d in drafts],
            # A clock elsewhere may be fast, but nothing is heard before it happens.
            "ats": [min(d.at, now) for d in drafts],
            "messages": [d.message_id for d in drafts],
            "topics": [d.topic[:200] for d in drafts],
            "keys": [d.key for d in drafts],
        },
    ).fetchall()
    new = [Signal(**dict(zip(_COLUMNS, row, strict=True))) for row in rows]
    if new:
        warmth.add(new, now=now)
        publish(
            SignalsRecorded(
                candidate_ids=sorted({s.candidate_id for s in new}), signal_ids=[s.pk for s in new]
            )
        )
    return new


_COLUMNS = ("id", "candidate_id", "kind", "grade", "at", "message_id", "topic", "key")


def _hold_still(drafts: Sequence[SignalDraft], *, now: datetime) -> None:
    """Whoever replied, or chose a time to talk, hears from a person next, not from a sequence.

    Before the signal is written, so that candidates are always locked before signals.
    """
    for kind, reason in _HOLDS.items():
        _hold_still_for(kind, reason, drafts, now=now)


_HOLDS = {
    Signal.Kind.REPLIED: candidates.PauseReason.REPLIED,
    Signal.Kind.BOOKED: candidates.PauseReason.BOOKED,
}


def _hold_still_for(
    kind: Signal.Kind,
    reason: candidates.PauseReason,
    drafts: Sequence[SignalDraft],
    *,
    now: datetime,
) -> None:
    said = {(d.candidate_id, d.key) for d in drafts if d.kind == kind}
    if not said:
        return
    # A reply that we knew must not pause again somebody whom a recruiter has resumed.
    known = Signal.objects.filter(
        candidate_id__in={c for c, _ in said}, key__in={key for _, key in said}
    )
    new = said - set(known.values_list("candidate_id", "key"))
    candidates.pause(sorted({candidate_id for candidate_id, _ in new}), reason=reason, now=now)


def dead_addresses(candidate_ids: Collection[int], *, now: datetime) -> list[Signal]:
    """Record that addresses of these people no longer work: they may have changed jobs."""
    dead = ContactPoint.objects.filter(
        candidate__in=candidate_ids, standing=ContactPoint.Standing.DEAD
    )
    drafts = [
        SignalDraft(
            candidate_id=point.candidate_id,
            kind=Signal.Kind.ADDRESS_DEAD,
            grade=Signal.Grade.CERTAIN,
            at=now,
            key=f"address_dead:{point.pk}",
        )
        for point in dead
    ]
    return record(drafts, now=now)


@transaction.atomic
def withdraw(signal_ids: Collection[int], *, note: str, now: datetime) -> None:
    """Take signals back that turned out not to be the person's, and what they led to:
    their warmth, and the evidence of follow-ups, which close when nothing is left."""
    gone = list(Signal.objects.filter(pk__in=signal_ids))
    if not gone:
        return
    follow_ups.withdraw(gone, note=note, now=now)
    Signal.objects.filter(pk__in=[s.pk for s in gone]).delete()
    warmth.recount({s.candidate_id for s in gone}, now=now)
    publish(SignalsWithdrawn(candidate_ids=sorted({s.candidate_id for s in gone})))
