"""Reminds somebody of many people at once, so that it can be undone."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from warmbench.core import audit
from warmbench.core.models import AuditEntry
from warmbench.signals import entries, follow_ups, reminders
from warmbench.signals.models import FollowUp

#: The entry of the trail that stands for reminders that were asked for together.
REMINDED = "candidates.reminded_of"
_UNDONE = "candidates.reminders_undone"
#: So many people are looked at on one day by nobody.
MOST = 200


@transaction.atomic
def remind(
    candidate_ids: Collection[int], *, on: date, note: str, by_id: int, now: datetime
) -> AuditEntry | None:
    """Put people before a recruiter again on a day: ``MOST`` of them at most. Returns the entry
    that ``undo`` takes back, with them under ``candidates``; None if there is nobody."""
    people = sorted(candidate_ids)[:MOST]
    people = [pk for pk in people if entries.lock([pk])]
    if not people:
        return None
    detail: dict[str, object] = {"candidates": people, "on": on.isoformat()}
    entry = audit.record(by_id, REMINDED, f"user:{by_id}", now=now, detail=detail)
    for pk in people:
        about = f"bulk:{entry.pk}"
        reminders.remind(pk, on=on, note=note, by_id=by_id, now=now, about=about)
    return entry


@transaction.atomic
def undo(entry_id: int, *, by_id: int, now: datetime) -> int:
    """Take reminders back that are still open. Returns how many; a second time none."""
    entry = AuditEntry.objects.get(pk=entry_id, action=REMINDED)
    taken = follow_ups.call_off(
        entry.detail.get("candidates", []),
        [FollowUp.Reason.REMINDER],
        note="The reminder was taken back",
        now=now,
        about=f"bulk:{entry_id}",
    )
    mark = f"bulk_reminder:{entry_id}"
    if taken:
        audit.record(by_id, _UNDONE, mark, now=now, detail={"people": taken})
    return taken


def is_undone(entry_ids: Collection[int]) -> set[int]:
    """Those of the entries that were taken back."""
    marks = {f"bulk_reminder:{pk}": pk for pk in entry_ids}
    undone = AuditEntry.objects.filter(subject__in=marks, action=_UNDONE)
    return {marks[subject] for subject in undone.values_list("subject", flat=True)}
