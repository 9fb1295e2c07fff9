"""Passes follow-ups from hand to hand: given outright, or offered and taken, or not.

What is offered stays where it is until the other one accepts, and for 48 hours at most. So an
open entry is in exactly one place at any time: its owner's queue, or nobody's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from warmbench.accounts.models import User
from warmbench.core import audit
from warmbench.core.events import Event, publish
from warmbench.signals import entries
from warmbench.signals.follow_ups import FollowUpAsked
from warmbench.signals.models import FollowUp

#: How long an offer waits for an answer.
OPEN_FOR = timedelta(hours=48)
_OFFER = tuple(entries.NOT_OFFERED)


@dataclass(frozen=True, kw_only=True)
class FollowUpOffered(Event):
    """A recruiter asks a colleague to take on an entry."""

    follow_up_id: int


@dataclass(frozen=True, kw_only=True)
class OfferEnded(Event):
    """An offer is no more: accepted, declined, lapsed, or withdrawn."""

    follow_up_id: int
    #: Who had the entry then, if anybody, and to whom it was offered.
    from_id: int | None
    to_id: int
    ending: str
    #: When it was offered: of several offers, which one.
    at: str


@transaction.atomic
def hand_over(follow_up_id: int, *, to_id: int, by_id: int, now: datetime) -> bool:
    """Give an entry to a recruiter, who finds it in their queue at once. Returns False if it
    is closed, or they cannot act on it."""
    entry = entries.open_one(follow_up_id)
    to = User.objects.filter(pk=to_id).first()
    if entry is None or to is None or not entries.can_act(to):
        return False
    if entry.offered_to_id is not None:
        _end(entry, "accepted" if entry.offered_to_id == to_id else "withdrawn")
    entry.owner, entry.handed_over_by_id, entry.given_at = to, by_id, None
    entries.bring_back(entry)
    entry.save(update_fields=["owner", "handed_over_by", "given_at", *entries.PUT_AWAY, *_OFFER])
    if to_id != by_id:
        publish(FollowUpAsked(follow_up_id=entry.pk, owner_id=to_id))
    _record(entry, "follow_up.handed_over", by_id, now=now, to=to_id)
    return True


@transaction.atomic
def take(follow_up_id: int, *, by_id: int, now: datetime) -> bool:
    """Take what nobody has into one's own queue. Returns False if somebody was faster, or it is
    closed: of two who take it at once, one has it."""
    entry = entries.open_one(follow_up_id)
    if entry is None or entry.owner_id is not None:
        return False
    return hand_over(follow_up_id, to_id=by_id, by_id=by_id, now=now)


@transaction.atomic
def offer(follow_up_id: int, *, to_id: int, by_id: int, now: datetime, note: str = "") -> bool:
    """Ask a recruiter to take on an entry within 48 hours. Whoever has it keeps it until they
    accept; an offer to somebody else ends by it. Returns False if the entry is closed, or theirs
    already, or they cannot act on it."""
    entry = entries.open_one(follow_up_id)
    to = User.objects.filter(pk=to_id).first()
    if entry is None or to is None or not entries.can_act(to) or entry.owner_id == to_id:
        return False
    if entry.offered_to_id is not None:
        _end(entry, "withdrawn")
    entry.offered_to, entry.offer_note = to, note.strip()[:300]
    entry.offered_at, entry.offer_lapses_at = now, now + OPEN_FOR
    entry.save(update_fields=[*_OFFER])
    publish(FollowUpOffered(follow_up_id=entry.pk))
    _record(entry, "follow_up.offered", by_id, now=now, to=to_id)
    return True


@transaction.atomic
def accept(follow_up_id: int, *, by_id: int, now: datetime) -> bool:
    """Take on an entry that is offered to this user. Returns False if it is not, or no longer."""
    entry = _offered_to(follow_up_id, by_id, now=now)
    by = User.objects.get(pk=by_id)
    if entry is None or not entries.can_act(by):
        return False
    from_id = entry.owner_id
    _end(entry, "accepted")
    entry.owner, entry.handed_over_by_id, entry.given_at = by, from_id or by_id, None
    entry.save(update_fields=["owner", "handed_over_by", "given_at", *_OFFER])
    _record(entry, "follow_up.accepted", by_id, now=now)
    return True


@transaction.atomic
def decline(follow_up_id: int, *, by_id: int, now: datetime) -> bool:
    """Leave an entry that is offered to this user where it is. Returns False if it is not offered
    to them, or no longer."""
    entry = _offered_to(follow_up_id, by_id, now=now)
    if entry is None:
        return False
    _end(entry, "declined")
    entry.save(update_fields=[*_OFFER])
    _record(entry, "follow_up.declined", by_id, now=now)
    return True


@transaction.atomic
def withdraw(follow_up_id: int, *, by_id: int, now: datetime) -> bool:
    """Offer an entry no longer. Returns False if it is offered to nobody, or taken already."""
    entry = entries.open_one(follow_up_id)
    if entry is None or entry.offered_to_id is None:
        return False
    _end(entry, "withdrawn")
    entry.save(update_fields=[*_OFFER])
    _record(entry, "follow_up.offer_withdrawn", by_id, now=now)
    return True


def lapse_due(*, now: datetime) -> int:
    """End the offers that nobody answered in time. Returns how many. One transaction for each:
    whoever is at work on one holds up no other."""
    late = FollowUp.objects.filter(
        state=FollowUp.State.OPEN, offered_to__isnull=False, offer_lapses_at__lte=now
    )
    return sum(_lapse(pk, now=now) for pk in list(late.values_list("pk", flat=True)))


@transaction.atomic
def _lapse(follow_up_id: int, *, now: datetime) -> bool:
    entry = entries.open_one(follow_up_id)
    lapses_at = entry.offer_lapses_at if entry else None
    if entry is None or entry.offered_to_id is None or lapses_at is None or lapses_at > now:
        return False
    _end(entry, "lapsed")
    entry.save(update_fields=[*_OFFER])
    _record(entry, "follow_up.offer_lapsed", None, now=now)
    return True


def _offered_to(follow_up_id: int, user_id: int, *, now: datetime) -> FollowUp | None:
    entry = entries.open_one(follow_up_id)
    if entry is None or entry.offered_to_id != user_id:
        return None
    # The job that ends offers may be late; what has lapsed is not to be had any more.
    lapses_at = entry.offer_lapses_at
    return entry if lapses_at is not None and lapses_at > now else None


def _end(entry: FollowUp, ending: str) -> None:
    """End the offer of an entry. The caller saves it."""
    if entry.offered_to_id is not None:
        publish(
            OfferEnded(
                follow_up_id=entry.pk,
                from_id=entry.owner_id,
                to_id=entry.offered_to_id,
                ending=ending,
                at=entry.offered_at.isoformat() if entry.offered_at else "",
            )
        )
    for name, nothing in entries.NOT_OFFERED.items():
        setattr(entry, name, nothing)


def _record(
    entry: FollowUp, action: str, by_id: int | None, *, now: datetime, to: int | None = None
) -> None:
    detail: dict[str, object] = {"to": to} if to else {}
    audit.record(by_id, action, f"follow_up:{entry.pk}", now=now, detail=detail)
