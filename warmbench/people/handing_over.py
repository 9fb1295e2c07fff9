"""Gives people to another recruiter, many at once, so that it can be undone."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from warmbench.core import audit
from warmbench.core.models import AuditEntry
from warmbench.people import candidates

#: The entry of the trail that stands for people who changed hands together.
GIVEN = "candidates.handed_over"
_UNDONE = "candidates.hand_over_undone"


@transaction.atomic
def give(
    candidate_ids: Sequence[int], *, to_id: int | None, by_id: int | None, now: datetime
) -> AuditEntry | None:
    """Give people to a recruiter, or to nobody. Returns the entry that ``undo`` takes back, with
    the people in it under ``candidates``; None if all of them were there already."""
    moved = candidates.hand_over(candidate_ids, to_id=to_id, by_id=by_id, now=now)
    if not moved:
        return None
    detail: dict[str, object] = {"to": to_id, "candidates": moved}
    return audit.record(by_id, GIVEN, f"user:{to_id or 'nobody'}", now=now, detail=detail)


@transaction.atomic
def undo(entry_id: int, *, by_id: int | None, now: datetime) -> list[int]:
    """Give people back to whoever had them, where nobody handed them on since.

    Returns who changed hands; a second time it is nobody. What waited about them goes along.
    """
    given = AuditEntry.objects.get(pk=entry_id, action=GIVEN)
    # Locked first, asked then: of two who undo it at once, the second finds the mark.
    candidates.lock(given.detail.get("candidates", []))
    mark = f"hand_over:{entry_id}"
    if AuditEntry.objects.filter(subject=mark, action=_UNDONE).exists():
        return []
    back: list[int] = []
    for owner_id, people in _before(given).items():
        back += candidates.hand_over(people, to_id=owner_id, by_id=by_id, now=now)
    audit.record(by_id, _UNDONE, mark, now=now, detail={"people": len(back)})
    return sorted(back)


def is_undone(entry_ids: Collection[int]) -> set[int]:
    """Those of the entries that were taken back."""
    marks = {f"hand_over:{pk}": pk for pk in entry_ids}
    undone = AuditEntry.objects.filter(subject__in=marks, action=_UNDONE)
    return {marks[subject] for subject in undone.values_list("subject", flat=True)}


def _before(given: AuditEntry) -> dict[int | None, list[int]]:
    """Those who have not changed hands since, by who had them before."""
    people = {f"candidate:{pk}": pk for pk in given.detail.get("candidates", [])}
    trail = AuditEntry.objects.filter(subject__in=people, action="candidate.handed_over")
    latest = {entry.subject: entry for entry in trail.filter(at__gte=given.at).order_by("pk")}
    before: defaultdict[int | None, list[int]] = defaultdict(list)
    for subject, entry in latest.items():
        # Whoever was erased since has an empty entry.
        if entry.pk < given.pk and entry.at == given.at and "from" in entry.detail:
            before[entry.detail["from"]].append(people[subject])
    return dict(before)
