"""Puts before recruiters who is held because a system that we rely on has them no more, or may
have them as placed: a person has to look."""

from collections import Counter
from datetime import datetime

from warmbench.people.candidates import PauseReason
from warmbench.people.models import Candidate
from warmbench.signals import follow_ups, reasons
from warmbench.signals.follow_ups import Evidence
from warmbench.signals.models import FollowUp

Reason, State = FollowUp.Reason, FollowUp.State

ABOUT = "missing"
#: So many are open for a recruiter at a time, the longest held.
AT_ONCE = 20
_SAID = {
    PauseReason.GONE: "Deleted in a system that we rely on. Nothing is sent to them until you let"
    " them go on, or delete them here, too",
    PauseReason.UNCLEAR: "A record in a system that we rely on says that they may be placed, and"
    " could not be told from somebody else's. Nothing is sent to them until you let them go on",
}


def ask(*, now: datetime) -> int:
    """Ask recruiters to look at whoever is held so, once for each time, and close what is open
    about those who are not held any more. Returns how many were asked about."""
    held = Candidate.objects.filter(pause_reason__in=_SAID, paused_at__isnull=False)
    _close_others(set(held.values_list("pk", flat=True)), now=now)
    known: dict[int, set[str]] = {}
    open_for: Counter[int | None] = Counter()
    asked = FollowUp.objects.filter(
        reason=Reason.REMINDER, evidence__contains=[{"about": ABOUT}], candidate__in=held
    )
    for entry in asked:
        times = {item["at"] for item in entry.evidence if item.get("about") == ABOUT}
        known.setdefault(entry.candidate_id, set()).update(times)
        open_for[entry.owner_id] += entry.state == State.OPEN
    count = 0
    for one in held.select_related("owner").order_by("paused_at", "pk").iterator():
        at = one.paused_at or now
        if at.isoformat() in known.get(one.pk, set()) or open_for[one.owner_id] >= AT_ONCE:
            continue
        open_for[one.owner_id] += 1
        follow_ups.ask_for(
            one.pk,
            Reason.REMINDER,
            evidence=[Evidence(at, _SAID[PauseReason(one.pause_reason)], about=ABOUT)],
            value=reasons.VALUES[Reason.REMINDER],
            due_at=reasons.due_for(one, Reason.REMINDER, now=now),
            now=now,
        )
        count += 1
    return count


def _close_others(held: set[int], *, now: datetime) -> None:
    waiting = FollowUp.objects.filter(
        reason=Reason.REMINDER, state=State.OPEN, evidence__contains=[{"about": ABOUT}]
    )
    free = sorted(set(waiting.values_list("candidate_id", flat=True)) - held)
    if free:
        note = "They are not held any more."
        follow_ups.call_off(free, [Reason.REMINDER], note=note, now=now, about=ABOUT)
