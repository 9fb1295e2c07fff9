"""Sends what recruiters write to candidates, and does what follows from that."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from warmbench.core import audit
from warmbench.core.deadlocks import gives_way
from warmbench.core.models import AuditEntry
from warmbench.messaging import personal, threads
from warmbench.messaging.models import Message
from warmbench.messaging.personal import Letter
from warmbench.people import reservations
from warmbench.people.models import Candidate
from warmbench.signals import follow_ups
from warmbench.signals.models import FollowUp

#: What the follow-up of a reply is closed with, so that taking the answer back finds it.
_NOTE = "Answered in message {}."
#: Of a message that reserved somebody whom nobody had.
_RESERVED = "message.reserved"


@gives_way
@transaction.atomic
def send(letter: Letter, *, closes: bool, now: datetime) -> Message:
    """Send what a recruiter wrote, in 30 seconds or when the gate lets it. They have the person
    to themselves for a while, and with ``closes`` what the queue asked about the reply is done.

    Sent twice, it is one message. Raises NotSentError, of which AnsweredError is one.
    """
    message = personal.send(letter, now=now)
    if message.queued_at != now:
        return message
    _reserve(message, letter.by_id, now=now)
    if closes and (entry := _asked(letter.candidate_id)):
        follow_ups.done(
            entry.pk,
            outcome=FollowUp.Outcome.REACHED,
            note=_NOTE.format(message.pk),
            by_id=letter.by_id,
            now=now,
        )
    return message


@transaction.atomic
def take_back(message_id: int, *, by_id: int, now: datetime) -> bool:
    """Take back what has not left yet, and open what it had closed. Returns False if it is too
    late."""
    if not personal.take_back(message_id, by_id=by_id, now=now):
        return False
    closed = FollowUp.objects.filter(
        candidate=Message.objects.get(pk=message_id).candidate_id,
        reason=FollowUp.Reason.REPLIED,
        state=FollowUp.State.DONE,
        note=_NOTE.format(message_id),
    )
    for pk in closed.values_list("pk", flat=True):
        follow_ups.undo(pk, by_id=by_id, now=now)
    _let_go(message_id, by_id=by_id, now=now)
    return True


def let_rest(follow_up_ids: Collection[int]) -> None:
    """Let conversations wait no more whose follow-up a person closed: they spoke, or decided that
    nothing is to be said."""
    closed = FollowUp.objects.filter(
        pk__in=follow_up_ids,
        reason=FollowUp.Reason.REPLIED,
        state=FollowUp.State.DONE,
        done_by__isnull=False,
    )
    for candidate_id, at in closed.values_list("candidate_id", "done_at"):
        if at is not None:
            threads.rest(candidate_id, until=at)


def _reserve(message: Message, by_id: int, *, now: datetime) -> None:
    candidate = Candidate.objects.get(pk=message.candidate_id)
    had = reservations.of(candidate, now=now)
    why = "Wrote to them personally"
    hold = reservations.reserve(candidate.pk, by_id, why=why, by_id=by_id, now=now)
    if had is None:
        detail: dict[str, object] = {"until": hold.until.isoformat()}
        audit.record(by_id, _RESERVED, f"message:{message.pk}", now=now, detail=detail)


def _let_go(message_id: int, *, by_id: int, now: datetime) -> None:
    """End the reservation that came with a message, unless something else has touched it since, or
    rests on it, too."""
    made = AuditEntry.objects.filter(action=_RESERVED, subject=f"message:{message_id}").first()
    if made is None:
        return
    message = Message.objects.get(pk=message_id)
    candidate = Candidate.objects.get(pk=message.candidate_id)
    others = Message.objects.filter(
        candidate=candidate, purpose=Message.Purpose.PERSONAL, pk__gt=message_id
    ).exclude(state__in=personal.NOT_SENT)
    held = reservations.of(candidate, now=now)
    if held is None or others.exists():
        return
    if (held.user_id, held.until.isoformat()) == (made.actor_id, made.detail["until"]):
        reservations.release(candidate.pk, by_id=by_id, now=now)


def _asked(candidate_id: int) -> FollowUp | None:
    return FollowUp.objects.filter(
        candidate=candidate_id, reason=FollowUp.Reason.REPLIED, state=FollowUp.State.OPEN
    ).first()
