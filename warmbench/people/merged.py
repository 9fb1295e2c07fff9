"""Says who a record is now that went up in another: old links and addresses name the one that is
gone."""

from collections.abc import Collection
from typing import Any

from warmbench.people.models import Candidate, CandidateMerge


def now_is(candidate_id: int) -> int:
    """Under which id somebody is known now who was known by this one: mostly the same."""
    found = CandidateMerge.objects.filter(gone_id=candidate_id, undone_at=None)
    kept = found.values_list("kept_id", flat=True).first()
    return candidate_id if kept is None else kept


def hold(candidate_id: int) -> int | None:
    """Lock somebody until the transaction ends, by whatever id they are known. Returns the one
    that they have now, and None if nobody has it any more."""
    if _is_locked(candidate_id):
        return candidate_id
    # Whoever merges holds both: one look after that says how it came out.
    known = now_is(candidate_id)
    return known if _is_locked(known) else None


def former(candidate_ids: Collection[int]) -> dict[int, list[int]]:
    """By which ids these people were known before, of those who were known by others."""
    found = CandidateMerge.objects.filter(kept__in=list(candidate_ids), undone_at=None)
    ids: dict[int, list[int]] = {}
    for kept_id, gone_id in found.order_by("pk").values_list("kept_id", "gone_id"):
        ids.setdefault(kept_id, []).append(gone_id)
    return ids


def gone(candidate_ids: Collection[int]) -> list[dict[str, Any]]:
    """What the records were that went up in those of these people, by column."""
    found = CandidateMerge.objects.filter(kept__in=list(candidate_ids), undone_at=None)
    return [fields["gone"] for fields in found.order_by("pk").values_list("fields", flat=True)]


def _is_locked(candidate_id: int) -> bool:
    people = Candidate.objects.select_for_update(no_key=True).filter(pk=candidate_id)
    return people.values_list("pk", flat=True).first() is not None
