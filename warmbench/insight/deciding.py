"""What people decide about facts: confirmed, rejected, put right; and all of it taken back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from warmbench.core import audit
from warmbench.core.events import Event, publish
from warmbench.insight import settling, slots, stopping, values
from warmbench.insight.kinds import Kind, Polarity
from warmbench.insight.models import Insight
from warmbench.people import candidates
from warmbench.people.models import Candidate

State = Insight.State
_LIVE = (State.PROPOSED, State.CONFIRMED, State.SUPERSEDED)


@dataclass(frozen=True, kw_only=True)
class InsightsDecided(Event):
    """People decided about facts, or took a decision back."""

    candidate_ids: list[int]
    insight_ids: list[int]


class NotDecidedError(ValueError):
    """It cannot be decided so: one sentence for whoever tried."""


@transaction.atomic
def confirm(insight_ids: Collection[int], *, by_id: int, now: datetime) -> list[int]:
    """Let facts hold on a person's word. Returns those that were not confirmed before.

    From then on nothing but another confirmed fact takes the place of one. What contradicted it up
    to now is superseded, and is no lesson: nobody said that it was read wrongly.
    """
    rows = [one for one in _held(insight_ids) if one.state in _LIVE and not _is_confirmed(one)]
    for one in rows:
        _decide(one, State.CONFIRMED, by_id=by_id, now=now)
        stopping.confirm(one, by_id=by_id, now=now)
    return _told(rows, "insight.confirmed", by_id=by_id, now=now)


@transaction.atomic
def hold(insight_id: int, *, by_id: int, now: datetime) -> bool:
    """Let this one of several facts hold that contradict each other, also if it was confirmed
    before the others came. Returns False for one that is not there any more, was rejected or put
    right.
    """
    rows = [
        one for one in _held([insight_id]) if one.state in _LIVE and not one.corrections.exists()
    ]
    for one in rows:
        _decide(one, State.CONFIRMED, by_id=by_id, now=now)
        stopping.confirm(one, by_id=by_id, now=now)
    return bool(_told(rows, "insight.confirmed", by_id=by_id, now=now))


@transaction.atomic
def reject(insight_ids: Collection[int], *, by_id: int, now: datetime) -> list[int]:
    """Say of facts that they are none. Returns those that were not rejected before.

    None of them is proposed again from the same place. What took their place, or what they had
    taken the place of, holds now. A stop that one of them led to stays until a person lifts it
    (``stopping.lift``).
    """
    rows = [
        one for one in _held(insight_ids) if one.state in _LIVE and not one.corrections.exists()
    ]
    for one in rows:
        _decide(one, State.REJECTED, by_id=by_id, now=now)
    return _told(rows, "insight.rejected", by_id=by_id, now=now)


@transaction.atomic
def correct(
    insight_id: int,
    value: Mapping[str, Any],
    *,
    by_id: int,
    now: datetime,
    polarity: Polarity | None = None,
) -> Insight:
    """Put a fact right: another one, confirmed, with this value and the same words, takes its
    place. Returns it. Raises NotDecidedError if the fact is not there any more, was rejected, or
    put right before, and InvalidValueError for a value that is none of its kind."""
    one = next(iter(_held([insight_id])), None)
    if one is None or one.state not in _LIVE:
        raise NotDecidedError("This fact is not there any more, or was rejected.")
    if one.corrections.exists():
        raise NotDecidedError("This fact was put right already.")
    kind = Kind(one.kind)
    kept = values.check(kind, value)
    derived = slots.derive(kind, kept, one.quote)
    made = Insight.objects.create(
        candidate_id=one.candidate_id,
        source_id=one.source_id,
        kind=one.kind,
        topic=derived.topic,
        polarity=polarity or one.polarity,
        value=kept,
        speaker=one.speaker,
        quote=one.quote,
        start=one.start,
        end=one.end,
        said_on=one.said_on,
        confidence=1.0,
        extractor="person",
        version=one.version,
        valid_from=slots.day(kept.get("from")),
        valid_until=slots.day(kept.get("until")),
        amount=derived.amount,
        on_day=derived.on_day,
        tag_id=one.tag_id if derived.topic == one.topic else None,
        at=now,
        state=State.CONFIRMED,
        decided_by_id=by_id,
        decided_at=now,
        corrects=one,
    )
    _decide(one, State.SUPERSEDED, by_id=by_id, now=now, superseded_by=made)
    stopping.confirm(made, by_id=by_id, now=now)
    _told([one, made], "insight.corrected", by_id=by_id, now=now)
    return Insight.objects.get(pk=made.pk)


@transaction.atomic
def undo(insight_id: int, *, by_id: int, now: datetime) -> bool:
    """Take back what was decided about a fact: it is proposed again, or what it stood for is. A
    correction goes. Returns False if nothing was decided.

    A stop that was confirmed was the candidate's own word, and stays.
    """
    one = next(iter(_held([insight_id])), None)
    if one is None or one.decided_at is None:
        return False
    if one.corrects_id and one.state == State.REJECTED:
        _decide(one, State.CONFIRMED, by_id=by_id, now=now)
    else:
        made = one if one.corrects_id else one.corrections.first()
        if made is not None and made.corrects is not None:
            one = made.corrects
            Insight.objects.filter(pk=made.pk).delete()
        _decide(one, State.PROPOSED, by_id=None, now=None)
    _told([one], "insight.decision_undone", by_id=by_id, now=now)
    return True


def _held(insight_ids: Collection[int]) -> list[Insight]:
    """These facts, with their people locked first and then themselves."""
    asked = Insight.objects.filter(pk__in=list(insight_ids))
    candidates.lock(sorted(set(asked.values_list("candidate_id", flat=True))))
    return list(asked.select_for_update(no_key=True).order_by("pk"))


def _is_confirmed(one: Insight) -> bool:
    return one.decided_at is not None and one.state != State.REJECTED


def _decide(
    one: Insight,
    state: Insight.State,
    *,
    by_id: int | None,
    now: datetime | None,
    superseded_by: Insight | None = None,
) -> None:
    one.state, one.decided_by_id, one.decided_at = state, by_id, now
    one.superseded_by = superseded_by
    one.save(update_fields=["state", "decided_by", "decided_at", "superseded_by"])


def _told(rows: Collection[Insight], action: str, *, by_id: int, now: datetime) -> list[int]:
    """Settle what holds now, and let it be known. Returns the facts."""
    if not rows:
        return []
    ids = [one.pk for one in rows]
    people = sorted({one.candidate_id for one in rows})
    audit.record_each(by_id, action, [f"insight:{pk}" for pk in ids], now=now)
    settling.settle(people, now=now)
    publish(InsightsDecided(candidate_ids=people, insight_ids=ids))
    return ids


def candidate_of(insight_id: int) -> Candidate | None:
    """Whom a fact is about; None if it is not there any more."""
    one = Insight.objects.filter(pk=insight_id).select_related("candidate").first()
    return one.candidate if one else None
