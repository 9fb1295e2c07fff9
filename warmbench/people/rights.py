"""What candidates may ask about their data: received with its deadline, answered, on record."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from warmbench.core import audit
from warmbench.core.events import Event, publish
from warmbench.people import law
from warmbench.people.models import Candidate, RightsRequest, Suppression

Kind = RightsRequest.Kind
State = RightsRequest.State

#: GDPR Art. 12(3): without undue delay, and in any event within one month of receipt.
MONTHS_TO_ANSWER = 1


@dataclass(frozen=True, kw_only=True)
class RightsRequested(Event):
    """Somebody asks something about their data, and has to be answered in time."""

    request_id: int


@dataclass(frozen=True, kw_only=True)
class RightsAnswered(Event):
    """What somebody asked about their data is answered."""

    request_id: int


@transaction.atomic
def ask(
    candidate_id: int,
    kind: RightsRequest.Kind,
    *,
    channel: str,
    now: datetime,
    words: str = "",
    received_at: datetime | None = None,
    by_id: int | None = None,
) -> RightsRequest | None:
    """Take up what somebody asks. Returns the request, the standing one if the same is open
    already, or None for somebody we do not know.

    ``received_at`` is when it reached us, if that was before somebody wrote it down: the month
    begins there. Of the same wish said twice it begins with the first.
    """
    if not Candidate.objects.select_for_update(no_key=True).filter(pk=candidate_id).exists():
        return None
    received = min(received_at or now, now)
    standing = RightsRequest.objects.filter(candidate=candidate_id, kind=kind, state=State.OPEN)
    if known := standing.first():
        return _said_again(known, words=words, received=received)
    made = RightsRequest.objects.create(
        candidate_id=candidate_id,
        kind=kind,
        words=words,
        channel=channel,
        received_at=received,
        deadline=law.months_after(received, MONTHS_TO_ANSWER),
    )
    detail: dict[str, object] = {"request": made.pk, "kind": str(kind)}
    audit.record(by_id, "rights.asked", f"candidate:{candidate_id}", detail=detail, now=now)
    publish(RightsRequested(request_id=made.pk))
    return made


def _said_again(known: RightsRequest, *, words: str, received: datetime) -> RightsRequest:
    if words and words not in known.words:
        known.words = f"{known.words}\n\n{words}".strip()
    is_earlier = received < known.received_at
    if is_earlier:
        known.received_at = received
        known.deadline = law.months_after(received, MONTHS_TO_ANSWER)
    known.save(update_fields=["words", "received_at", "deadline"])
    if is_earlier:
        publish(RightsRequested(request_id=known.pk))
    return known


@transaction.atomic
def answer(
    request_id: int, *, how: str, by_id: int | None, now: datetime, is_refused: bool = False
) -> bool:
    """Note that a request is answered, and how; or refused, and why. Returns whether it was
    still open."""
    waiting = RightsRequest.objects.select_for_update(no_key=True).filter(state=State.OPEN)
    request = waiting.filter(pk=request_id).first()
    if request is None:
        return False
    request.state = State.REFUSED if is_refused else State.DONE
    request.answer, request.done_at, request.done_by_id = how[:300], now, by_id
    request.save(update_fields=["state", "answer", "done_at", "done_by"])
    detail: dict[str, object] = {"kind": request.kind, "refused": is_refused}
    audit.record(by_id, "rights.answered", f"rights_request:{request.pk}", detail=detail, now=now)
    publish(RightsAnswered(request_id=request.pk))
    return True


def waiting(candidate_ids: Collection[int]) -> set[int]:
    """Those of these people who wait for an answer that erasing them would not be."""
    found = RightsRequest.objects.filter(candidate__in=candidate_ids, state=State.OPEN)
    return set(found.exclude(kind=Kind.ERASURE).values_list("candidate_id", flat=True))


def objectors(candidate_ids: Collection[int]) -> set[int]:
    """Those of these people who objected: they are neither written to nor scored, ranked or
    matched (GDPR Art. 21). Whatever makes a profile of people leaves them out."""
    found = Suppression.objects.filter(
        candidate__in=candidate_ids, reason=Suppression.Reason.OBJECTED
    )
    return set(found.values_list("candidate", flat=True))
