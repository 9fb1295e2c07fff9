"""What a talk that somebody booked by themselves settles: what had asked for one."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef

from warmbench.signals import follow_ups
from warmbench.signals.models import FollowUp, Signal

Reason = FollowUp.Reason
#: What a recruiter was to do to get to talk to somebody.
_ASKED_FOR_A_TALK = (
    *(Reason.CALL, Reason.ROLE_INTEREST, Reason.HIGH_INTEREST, Reason.CLICKED),
    *(Reason.COOLING, Reason.STEP, Reason.TALK),
)


def answered(signal_ids: Collection[int], *, now: datetime) -> int:
    """Close what asked a recruiter to get to talk to those who booked a talk. Returns how many
    entries."""
    booked = Signal.objects.filter(pk__in=signal_ids, kind=Signal.Kind.BOOKED)
    since = Signal.objects.filter(
        candidate=OuterRef("candidate"),
        kind__in=(Signal.Kind.CALLED_OFF, Signal.Kind.NOT_THERE),
        pk__gt=OuterRef("pk"),
    )
    # A reaction that comes late must not close what was asked for since.
    booked = booked.exclude(Exists(since))
    return sum(
        follow_ups.call_off(
            [signal.candidate_id],
            _ASKED_FOR_A_TALK,
            note=f"They chose a time: {signal.topic}",
            outcome=FollowUp.Outcome.BOOKED,
            now=now,
        )
        for signal in booked
    )
