"""Takes up what candidates ask about their data on their own page, and does what can be done at
once: the copy, the objection, no more messages to whoever wants to be erased."""

from datetime import datetime, timedelta

from django.db import transaction

from warmbench.messaging.models import Message
from warmbench.people import export, rights
from warmbench.people.corrections import THEIR_PAGE
from warmbench.people.export import Export
from warmbench.people.models import Candidate, RightsRequest
from warmbench.signals import objection, wishes

_A_DAY = timedelta(days=1)


@transaction.atomic
def take_copy(candidate_id: int, *, now: datetime) -> Export | None:
    """Everything about a candidate, for them to take away; None if we no longer know them.

    That they asked and got it is on record: once a day, however often it is downloaded.
    """
    if not Candidate.objects.select_for_update(no_key=True).filter(pk=candidate_id).exists():
        return None
    kind = RightsRequest.Kind.ACCESS
    lately = RightsRequest.objects.filter(
        candidate=candidate_id, kind=kind, channel=THEIR_PAGE, done_at__gt=now - _A_DAY
    )
    if not lately.exists():
        asked = rights.ask(candidate_id, kind, channel=THEIR_PAGE, now=now)
        if asked is not None:
            rights.answer(asked.pk, how="Downloaded on their own page.", by_id=None, now=now)
    return export.of(candidate_id, now=now, is_for_themselves=True)


@transaction.atomic
def object_to(candidate_id: int, *, message_id: int, words: str, now: datetime) -> bool:
    """Stop all messages and all profiling, at once and for good. Returns whether it is new."""
    sent = Message.objects.filter(pk=message_id, candidate=candidate_id)
    address = sent.values_list("address", flat=True).first() or ""
    return objection.take_up(
        candidate_id,
        channel=THEIR_PAGE,
        words=words,
        evidence=f"Objected on {THEIR_PAGE}, message {message_id}",
        address=address,
        now=now,
    )


def ask_for_erasure(candidate_id: int, *, message_id: int, words: str, now: datetime) -> None:
    """Ask for everything to be erased. From now on nobody writes to them, whatever comes of it.

    Both may be done again: what was done first stands.
    """
    wishes.stop(candidate_id, message_id=message_id, now=now)
    kind = RightsRequest.Kind.ERASURE
    rights.ask(candidate_id, kind, channel=THEIR_PAGE, words=words, now=now)


def dispute(candidate_id: int, *, words: str, now: datetime) -> None:
    """Ask a person to look at something that is contested."""
    rights.ask(candidate_id, RightsRequest.Kind.DISPUTE, channel=THEIR_PAGE, words=words, now=now)
