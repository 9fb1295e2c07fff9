"""Drafts of the next version of a sequence: opened, saved, put up for review, thrown away."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.text import slugify

from warmbench.core import audit
from warmbench.nurture import outline, versions
from warmbench.nurture.models import Sequence, SequenceDraft
from warmbench.nurture.outline import Outline

#: Changes of one person that lie closer together are one entry in the audit trail.
_SITTING = timedelta(minutes=10)


class StaleDraftError(ValueError):
    """Somebody else changed the draft meanwhile, or it is gone: look before you save."""


@transaction.atomic
def create(name: str, *, by_id: int | None, now: datetime, like: Outline | None = None) -> Sequence:
    """A new sequence that says nothing to anybody yet, with a draft: empty, or like another."""
    wanted = like.key if like else slugify(name)
    key = _free_key(wanted or "sequence")
    sequence = Sequence.objects.create(key=key, name=name[:100], state=Sequence.State.DRAFT)
    first = replace(like, key=key, name=name) if like else Outline(key, name)
    _store(sequence.pk, first, by_id=by_id, now=now)
    audit.record(by_id, "sequence.created", f"sequence:{sequence.pk}", now=now)
    return sequence


@transaction.atomic
def open(  # noqa: A001
    sequence_id: int, *, by_id: int | None, now: datetime
) -> SequenceDraft:
    """The draft of a sequence; a copy of its newest version, if nobody has begun one."""
    sequence = Sequence.objects.select_for_update(no_key=True).get(pk=sequence_id)
    draft = SequenceDraft.objects.filter(sequence=sequence).first()
    if draft is not None:
        return draft
    newest = sequence.versions.order_by("-number").first()
    copied = versions.outline_of(newest) if newest else Outline(sequence.key, sequence.name)
    draft = _store(sequence_id, copied, by_id=by_id, now=now)
    audit.record(by_id, "sequence.draft_opened", f"sequence:{sequence_id}", now=now)
    return draft


@transaction.atomic
def save(
    sequence_id: int, changed: Outline, *, revision: int, by_id: int | None, now: datetime
) -> int:
    """Keep what the authors have got to, right or wrong. Returns the new revision.

    ``revision`` is the one that was changed. Raises StaleDraftError if it is not the newest.
    A wish for review stays: whoever changed the draft last is not the one to review it.
    """
    draft = SequenceDraft.objects.select_for_update(no_key=True).filter(pk=sequence_id).first()
    if draft is None or draft.revision != revision:
        raise StaleDraftError("Somebody else has changed this draft meanwhile: load it anew.")
    stored = outline.to_json(changed)
    if outline.from_json(draft.outline) == changed:
        return revision
    SequenceDraft.objects.filter(pk=sequence_id).update(
        outline=stored,
        before=draft.outline,
        revision=F("revision") + 1,
        changed_by=by_id,
        changed_at=now,
    )
    if draft.changed_by_id != by_id or now - draft.changed_at > _SITTING:
        audit.record(by_id, "sequence.draft_changed", f"sequence:{sequence_id}", now=now)
    return revision + 1


@transaction.atomic
def undo(sequence_id: int, *, revision: int, by_id: int | None, now: datetime) -> bool:
    """Make a draft what it was before its last change, which made it ``revision``. Returns
    whether it did: not if it was changed since."""
    draft = SequenceDraft.objects.select_for_update(no_key=True).filter(pk=sequence_id).first()
    if draft is None or draft.revision != revision or draft.before is None:
        return False
    before = outline.from_json(draft.before)
    save(sequence_id, before, revision=revision, by_id=by_id, now=now)
    return True


@transaction.atomic
def discard(sequence_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Throw a draft away, and with it a sequence that never had anything else. Returns whether
    there was one."""
    sequence = Sequence.objects.select_for_update(no_key=True).get(pk=sequence_id)
    gone, _ = SequenceDraft.objects.filter(pk=sequence_id).delete()
    if gone:
        audit.record(by_id, "sequence.draft_discarded", f"sequence:{sequence_id}", now=now)
    if gone and not sequence.versions.exists():
        sequence.delete()
    return bool(gone)


@transaction.atomic
def ask_for_review(sequence_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Say that a draft is ready for somebody else to look at. Returns whether it is news."""
    unasked = SequenceDraft.objects.filter(pk=sequence_id, review_asked_at=None)
    asked = unasked.update(review_asked_at=now, review_asked_by=by_id)
    if asked:
        audit.record(by_id, "sequence.review_asked", f"sequence:{sequence_id}", now=now)
    return bool(asked)


@transaction.atomic
def withdraw_review(sequence_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Take the wish for a review back. Returns whether there was one."""
    asked = SequenceDraft.objects.filter(pk=sequence_id).exclude(review_asked_at=None)
    withdrawn = asked.update(review_asked_at=None, review_asked_by=None)
    if withdrawn:
        audit.record(by_id, "sequence.review_withdrawn", f"sequence:{sequence_id}", now=now)
    return bool(withdrawn)


def _store(sequence_id: int, first: Outline, *, by_id: int | None, now: datetime) -> SequenceDraft:
    return SequenceDraft.objects.create(
        sequence_id=sequence_id,
        outline=outline.to_json(first),
        changed_by_id=by_id,
        changed_at=now,
    )


def _free_key(wanted: str) -> str:
    taken = set(Sequence.objects.values_list("key", flat=True))
    number = 1
    key = wanted[:40]
    while key in taken:
        number += 1
        key = f"{wanted[:36]}-{number}"
    return key
