"""Puts before recruiters whom they have to ask, because a sequence waits for permission."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import F

from warmbench.messaging import gate, standing
from warmbench.messaging import reasons as gate_reasons
from warmbench.messaging.known import Touch
from warmbench.messaging.models import Message
from warmbench.messaging.verdict import Reason as Grounds
from warmbench.messaging.verdict import Refuse
from warmbench.nurture.models import Enrollment
from warmbench.signals import follow_ups, reasons
from warmbench.signals.follow_ups import Evidence
from warmbench.signals.models import FollowUp

Reason = FollowUp.Reason

#: What only the candidate can give, and only a person can ask for.
ASKED_FOR = (
    Grounds.NO_CONSENT,
    Grounds.CONSENT_FIRST,
    Grounds.CONSENT_EXPIRED,
    Grounds.IMPLIED_EXPIRED,
)
#: So many are open for a recruiter at a time: the warmest, so that asking is worth a call.
AT_ONCE = 10
#: Whoever was asked and did not agree is not asked again for so long.
AGAIN_AFTER = timedelta(days=180)


def ask(*, now: datetime) -> int:
    """Ask recruiters to ask people on a sequence for the permission that it waits for. Returns
    how many entries are new."""
    waiting = Enrollment.objects.filter(
        state=Enrollment.State.ACTIVE, waiting_for__in=ASKED_FOR
    ).select_related("candidate", "sequence")
    lately = FollowUp.objects.filter(reason=Reason.CONSENT_NEEDED, asked_at__gt=now - AGAIN_AFTER)
    open_ = FollowUp.objects.filter(reason=Reason.CONSENT_NEEDED, state=FollowUp.State.OPEN)
    room: Counter[int | None] = Counter(open_.values_list("owner_id", flat=True))
    unasked = waiting.exclude(candidate__in=lately.values("candidate")).exclude(
        candidate__in=open_.values("candidate")
    )
    asked: set[int] = set()
    for one in unasked.order_by(F("candidate__warmth__rank").desc(nulls_last=True), "pk"):
        person = one.candidate
        if person.pk in asked or room[person.owner_id] >= AT_ONCE:
            continue
        room[person.owner_id] += 1
        asked.add(person.pk)
        _ask_about(one, now=now)
    return len(asked)


def call_off_settled(candidate_ids: Collection[int], *, now: datetime) -> int:
    """Close the requests about people for whom nothing is left to ask: they agreed, or they
    said no. Returns how many entries."""
    settled = [pk for pk in candidate_ids if _missing(pk, now=now) is None]
    note = "There is an answer on record."
    return follow_ups.call_off(settled, [Reason.CONSENT_NEEDED], note=note, now=now)


def _ask_about(enrollment: Enrollment, *, now: datetime) -> None:
    missing = _missing(enrollment.candidate_id, now=now)
    if missing is None:
        return
    why = gate_reasons.because(missing.reason, missing.rule).removesuffix(".")
    follow_ups.ask_for(
        enrollment.candidate_id,
        Reason.CONSENT_NEEDED,
        evidence=[Evidence(now, f"{enrollment.sequence.name} waits. {why}")],
        value=reasons.VALUES[Reason.CONSENT_NEEDED],
        due_at=reasons.due_for(enrollment.candidate, Reason.CONSENT_NEEDED, now=now),
        now=now,
    )


def _missing(candidate_id: int, *, now: datetime) -> Refuse | None:
    """What a person would have to ask for, if anything."""
    person = standing.of([candidate_id], now=now, counting_queued=False).get(candidate_id)
    if person is None or person.suppressed:
        return None
    refusal = gate.permission(Touch(Message.Purpose.CONTENT), person, now=now)
    return refusal if refusal and refusal.reason in ASKED_FOR else None
