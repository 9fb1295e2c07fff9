"""Says who a record is now that went up in another: old links and addresses name the one that is
gone."""

from collections.abc import Callable, Collection
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
    return held_by(_is_locked, candidate_id)


def held_by(lock: Callable[[int], bool], candidate_id: int) -> int | None:
    """The same with another lock, which says whether it found somebody of an id."""
    known = candidate_id
    while True:
        is_there = lock(known)
        if is_there and known == candidate_id:
            return known
        # Whoever merges or parts people holds them: only a look after that says how it came out.
        # What is said for one who was parted meanwhile would else be said for the other.
        after = now_is(candidate_id)
        if after == known:
            return known if is_there else None
        known = after


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
