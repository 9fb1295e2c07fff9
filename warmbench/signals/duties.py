"""Takes up what people ask recruiters about their data, and puts whatever is asked before one,
with the date that the law sets."""

from datetime import datetime, timedelta

from django.db import transaction

from warmbench.people import consent, rights
from warmbench.people.models import RightsRequest, Suppression
from warmbench.signals import follow_ups, reasons
from warmbench.signals.follow_ups import Evidence
from warmbench.signals.models import FollowUp

#: So long before its deadline a request is urgent.
_RUNNING_OUT = timedelta(days=7)
_ANSWERED = "What they asked is answered."


@transaction.atomic
def take_up(
    candidate_id: int,
    kind: RightsRequest.Kind,
    *,
    channel: str,
    words: str,
    received_at: datetime,
    by_id: int,
    now: datetime,
) -> None:
    """Write down what somebody asked a recruiter. Who wants to be erased is not written to from
    then on, whatever comes of it."""
    if kind == RightsRequest.Kind.ERASURE:
        consent.suppress(
            candidate_id,
            reason=Suppression.Reason.DO_NOT_CONTACT,
            evidence=channel,
            by_id=by_id,
            now=now,
        )
    rights.ask(
        candidate_id,
        kind,
        channel=channel,
        words=words,
        received_at=received_at,
        by_id=by_id,
        now=now,
    )


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


def remind(*, now: datetime) -> int:
    """Ask once more about requests whose time is running out, and again when it is over: an
    entry that was put aside is no answer. Returns how many there are."""
    urgent = RightsRequest.objects.filter(
        state=RightsRequest.State.OPEN, deadline__lte=now + _RUNNING_OUT, candidate__isnull=False
    )
    found = list(urgent.order_by("deadline"))
    for one in found:
        is_over = one.deadline <= now
        at = one.deadline if is_over else one.deadline - _RUNNING_OUT
        verb = "was due" if is_over else "is due"
        text = f"{one.get_kind_display()}: the answer {verb} on {one.deadline:%-d %B %Y}"
        follow_ups.ask_for(
            one.candidate_id or 0,
            FollowUp.Reason.RIGHTS,
            evidence=[Evidence(at, text)],
            value=reasons.value(FollowUp.Reason.RIGHTS, 0),
            due_at=one.deadline,
            now=now,
        )
    return len(found)


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
