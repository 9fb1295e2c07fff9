"""Puts what people ask about their data before a recruiter, with the date that the law sets."""

from datetime import datetime

from django.db import transaction

from warmbench.people.models import RightsRequest
from warmbench.signals import follow_ups, reasons
from warmbench.signals.follow_ups import Evidence
from warmbench.signals.models import FollowUp

_ANSWERED = "What they asked is answered."


def ask_about_rights(request_id: int, *, now: datetime) -> FollowUp | None:
    """See to it that somebody answers a request in time; nothing if it is answered already."""
    request = RightsRequest.objects.filter(pk=request_id, state=RightsRequest.State.OPEN).first()
    if request is None or request.candidate_id is None:
        return None
    text = f"{request.get_kind_display()}. Answer by {request.deadline:%-d %B %Y}"
    return follow_ups.ask_for(
        request.candidate_id,
        FollowUp.Reason.RIGHTS,
        evidence=[Evidence(request.received_at, text)],
        value=reasons.value(FollowUp.Reason.RIGHTS, 0),
        due_at=request.deadline,
        now=now,
    )


@transaction.atomic
def put_down_rights(request_id: int, *, now: datetime) -> int:
    """Close the entry once nothing is left to answer. Returns how many were closed."""
    request = RightsRequest.objects.filter(pk=request_id).first()
    if request is None or request.candidate_id is None:
        return 0
    waiting = RightsRequest.objects.filter(
        candidate=request.candidate_id, state=RightsRequest.State.OPEN
    )
    if waiting.exists():
        return 0
    wanted = [FollowUp.Reason.RIGHTS]
    return follow_ups.call_off([request.candidate_id], wanted, note=_ANSWERED, now=now)
