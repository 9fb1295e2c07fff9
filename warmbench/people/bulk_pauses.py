"""Holds automation still for many people at once, or lets it go on, so that it can be undone."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from warmbench.core import audit
from warmbench.core.models import AuditEntry
from warmbench.people import candidates
from warmbench.people.candidates import PauseReason
from warmbench.people.models import Candidate

#: The entries of the trail that stand for people who were paused or resumed together.
PAUSED = "candidates.paused"
RESUMED = "candidates.resumed"
_UNDONE = "candidates.pause_undone"


@transaction.atomic
def pause(
    candidate_ids: Collection[int], *, until: datetime | None, by_id: int, now: datetime
) -> AuditEntry | None:
    """Hold still for people until a moment, or until somebody resumes them. Returns the entry that
    ``undo`` takes back, with the people under ``candidates``; None if nothing changed."""
    before = _standing(candidates.lock(sorted(candidate_ids)))
    reason = PauseReason.RECRUITER
    changed = candidates.pause(list(before), reason=reason, until=until, by_id=by_id, now=now)
    return _keep(PAUSED, changed, before, by_id=by_id, now=now)


@transaction.atomic
def resume(candidate_ids: Collection[int], *, by_id: int, now: datetime) -> AuditEntry | None:
    """Let automation go on for people, but for those who asked for their pause themselves.

    Returns the entry that ``undo`` takes back; None if nobody was held.
    """
    people = candidates.lock(sorted(candidate_ids))
    held = [
        one
        for one in people
        if candidates.is_paused(one, now=now)
        and one.pause_reason != PauseReason.ASKED
        and not (one.asked_until and one.asked_until > now)
    ]
    before = _standing(held)
    changed = candidates.resume(list(before), by_id=by_id, now=now)
    return _keep(RESUMED, changed, before, by_id=by_id, now=now)


@transaction.atomic
def undo(entry_id: int, *, by_id: int, now: datetime) -> list[int]:
    """Put back how automation stood with these people, where nobody changed it since.

    Returns with whom; a second time it is nobody.
    """
    entry = AuditEntry.objects.get(pk=entry_id, action__in=(PAUSED, RESUMED))
    # Locked first, asked then: of two who undo it at once, the second finds the mark.
    people = {one.pk: one for one in candidates.lock(entry.detail.get("candidates", []))}
    mark = f"bulk_pause:{entry_id}"
    if AuditEntry.objects.filter(subject=mark, action=_UNDONE).exists():
        return []
    back = []
    for pk, (paused_at, until, reason) in _before(entry).items():
        one = people.get(pk)
        if one is None or not _is_as_left(one, entry):
            continue
        Candidate.objects.filter(pk=pk).update(
            paused_at=paused_at, paused_until=until, pause_reason=reason
        )
        back.append(pk)
    subjects = [f"candidate:{pk}" for pk in back]
    audit.record_each(by_id, "candidate.pause_undone", subjects, now=now)
    audit.record(by_id, _UNDONE, mark, now=now, detail={"people": len(back)})
    return back


def is_undone(entry_ids: Collection[int]) -> set[int]:
    """Those of the entries that were taken back."""
    marks = {f"bulk_pause:{pk}": pk for pk in entry_ids}
    undone = AuditEntry.objects.filter(subject__in=marks, action=_UNDONE)
    return {marks[subject] for subject in undone.values_list("subject", flat=True)}


def _standing(people: Collection[Candidate]) -> dict[int, list[Any]]:
    return {one.pk: [one.paused_at, one.paused_until, one.pause_reason] for one in people}


def _keep(
    action: str,
    changed: list[int],
    before: dict[int, list[Any]],
    *,
    by_id: int,
    now: datetime,
) -> AuditEntry | None:
    if not changed:
        return None
    detail: dict[str, object] = {
        "candidates": changed,
        "before": [before[pk] for pk in changed],
    }
    return audit.record(by_id, action, f"user:{by_id}", now=now, detail=detail)


def _before(entry: AuditEntry) -> dict[int, tuple[datetime | None, datetime | None, str]]:
    def moment(text: str | None) -> datetime | None:
        return datetime.fromisoformat(text) if text else None

    pairs = zip(entry.detail.get("candidates", []), entry.detail.get("before", []), strict=True)
    return {pk: (moment(at), moment(until), reason) for pk, (at, until, reason) in pairs}


def _is_as_left(one: Candidate, entry: AuditEntry) -> bool:
    if entry.action == RESUMED:
        return one.paused_at is None
    return one.paused_at == entry.at and one.pause_reason == PauseReason.RECRUITER
