"""Puts one tag on many people, or takes it off, by a person's hand, so that it can be undone."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from warmbench.core import audit, sql
from warmbench.core.events import publish
from warmbench.core.models import AuditEntry
from warmbench.people import tagging
from warmbench.people.models import BulkTagging, CandidateTag, Tag
from warmbench.people.tag_edits import TreeError
from warmbench.people.tag_words import BY_HAND, CERTAIN
from warmbench.people.tagging import CandidateTagged, TagGoneError

_TAKEN_OFF = "candidate_tag.taken_off"


@transaction.atomic
def add(
    tag_id: int, candidate_ids: Collection[int], *, by_id: int | None, now: datetime
) -> BulkTagging | None:
    """Put a tag on everybody who lacks it. Returns what was done, None if all had it.

    A seniority takes the place of another one. Raises TreeError for a retired tag.
    """
    tag = _held(tag_id)
    if tag.retired_at is not None:
        raise TreeError(f"“{tag.name}” is retired: nobody gets it any more.")
    values = {
        "candidates": list(tagging.hold(candidate_ids)),
        "tag": tag_id,
        "source": BY_HAND,
        "confidence": CERTAIN,
        "now": now,
    }
    people = _ids(sql.run(sql.load(__file__, "bulk_add_tag"), values))
    if not people:
        return None
    bulk = BulkTagging.objects.create(
        tag=tag, added=True, candidate_ids=people, by_id=by_id, at=now
    )
    if tag.kind == Tag.Kind.SENIORITY:
        levels = Tag.objects.filter(kind=Tag.Kind.SENIORITY).exclude(pk=tag_id)
        for word in _take_off(list(levels.values_list("pk", flat=True)), people):
            word.remember(bulk, by_id=by_id, now=now)
    _finish(bulk, "candidate_tag.added_in_bulk", people, by_id=by_id, now=now)
    return bulk


@transaction.atomic
def remove(
    tag_id: int, candidate_ids: Collection[int], *, by_id: int | None, now: datetime
) -> BulkTagging | None:
    """Take a tag off everybody who has it. Returns what was done, None if nobody had it.

    No import puts it back on them from now on; only a person does.
    """
    tag = _held(tag_id)
    words = _take_off([tag_id], tagging.hold(candidate_ids))
    people = sorted({candidate_id for word in words for candidate_id in word.candidate_ids})
    if not people:
        return None
    bulk = BulkTagging.objects.create(
        tag=tag, added=False, candidate_ids=people, by_id=by_id, at=now
    )
    for word in words:
        word.remember(bulk, by_id=by_id, now=now)
    _finish(bulk, "candidate_tag.removed_in_bulk", people, by_id=by_id, now=now)
    return bulk


def undo(bulk_id: int, *, by_id: int | None, now: datetime) -> list[int]:
    """Make undone what ``add`` or ``remove`` did, where nobody changed it since.

    Returns for whom; a second time it is nobody. Tags come back with the source and sureness
    that they had.
    """
    try:
        return _undo(bulk_id, by_id=by_id, now=now)
    except TagGoneError:
        # It was merged into another one while we waited: then it is about that one.
        return _undo(bulk_id, by_id=by_id, now=now)


@transaction.atomic
def _undo(bulk_id: int, *, by_id: int | None, now: datetime) -> list[int]:
    # Tags first, also those that come back, as merging does: else each would wait for the other.
    bulk = BulkTagging.objects.get(pk=bulk_id)
    words = _remembered(bulk)
    theirs = Tag.objects.filter(pk__in={word.tag_id for word in words}).values_list("pk", flat=True)
    tagging.hold_tags([bulk.tag_id, *theirs])
    # From here on no merge can make it an act about another tag.
    bulk = BulkTagging.objects.select_for_update(no_key=True).get(pk=bulk_id)
    if bulk.undone_at is not None:
        return []
    affected = sorted(tagging.hold(bulk.candidate_ids))
    people: set[int] = set()
    if bulk.added:
        values = {
            "candidates": affected,
            "tag": bulk.tag_id,
            "source": BY_HAND,
            "at": bulk.at,
        }
        affected = _ids(sql.run(sql.load(__file__, "undo_bulk_add"), values))
        people.update(affected)
    were_primary: list[int] = []
    for word in words:
        back = word.put_back(affected)
        people.update(back)
        if word.is_primary:
            were_primary += _not_chosen_since(bulk, back)
    BulkTagging.objects.filter(pk=bulk_id).update(undone_at=now)
    changed = sorted(people)
    _finish(bulk, "candidate_tag.bulk_undone", changed, were_primary, by_id=by_id, now=now)
    return changed


@dataclass(frozen=True)
class _Word:
    """A tag that people had on the same word, and when each of them got it."""

    tag_id: int
    source: str
    confidence: float
    is_primary: bool
    expires_at: datetime | None
    candidate_ids: list[int]
    #: In microseconds.
    added: list[int]

    def remember(self, bulk: BulkTagging, *, by_id: int | None, now: datetime) -> None:
        """Write into the trail what was taken off whom: undo reads it there."""
        subject = f"bulk_tagging:{bulk.pk}"
        audit.record(by_id, _TAKEN_OFF, subject, now=now, detail=asdict(self))

    def put_back(self, candidate_ids: Collection[int]) -> list[int]:
        """Give those of these people who had it the tag again. Returns who got it."""
        wanted = set(candidate_ids)
        pairs = zip(self.candidate_ids, self.added, strict=True)
        kept = [(candidate_id, added) for candidate_id, added in pairs if candidate_id in wanted]
        values = {
            "candidates": [candidate_id for candidate_id, _ in kept],
            "added": [added for _, added in kept],
            "tag": self.tag_id,
            "source": self.source,
            "confidence": self.confidence,
            "expires": self.expires_at,
        }
        return _ids(sql.run(sql.load(__file__, "put_back_tags"), values))


def _held(tag_id: int) -> Tag:
    tagging.hold_tags([tag_id])
    return Tag.objects.get(pk=tag_id)


def _take_off(tag_ids: list[int], candidate_ids: Iterable[int]) -> list[_Word]:
    values = {"candidates": list(candidate_ids), "tags": tag_ids}
    rows = sql.run(sql.load(__file__, "take_off_tags"), values)
    return [_Word(*row) for row in rows]


def _remembered(bulk: BulkTagging) -> list[_Word]:
    trail = AuditEntry.objects.filter(subject=f"bulk_tagging:{bulk.pk}", action=_TAKEN_OFF)
    words = []
    for entry in trail.order_by("pk"):
        said = dict(entry.detail)
        said.pop("via", None)
        if said["expires_at"] is not None:
            said["expires_at"] = datetime.fromisoformat(said["expires_at"])
        if not bulk.added:
            # It may have been merged into another one since.
            said["tag_id"] = bulk.tag_id
        words.append(_Word(**said))
    return words


def _not_chosen_since(bulk: BulkTagging, candidate_ids: list[int]) -> list[int]:
    """Those who got no other primary specialty after what is undone now."""
    newer = CandidateTag.objects.filter(
        candidate_id__in=candidate_ids, is_primary=True, added_at__gt=bulk.at
    )
    chosen = set(newer.values_list("candidate_id", flat=True))
    return [candidate_id for candidate_id in candidate_ids if candidate_id not in chosen]


def _finish(
    bulk: BulkTagging,
    action: str,
    people: list[int],
    primary: Iterable[int] = (),
    *,
    by_id: int | None,
    now: datetime,
) -> None:
    if bulk.tag.kind == Tag.Kind.SPECIALTY:
        tagging.settle_primary(people, claimed=bulk.tag_id, claimants=primary)
    detail: dict[str, object] = {"tag": bulk.tag_id, "people": len(people)}
    audit.record(by_id, action, f"bulk_tagging:{bulk.pk}", now=now, detail=detail)
    if people:
        publish(CandidateTagged(candidate_ids=people))


def _ids(rows: Iterable[tuple[int]]) -> list[int]:
    return sorted(candidate_id for (candidate_id,) in rows)
