"""Lets somebody else look at a draft before it is let run: put up, given back, let go."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from warmbench.accounts import notifications
from warmbench.accounts.models import Kind
from warmbench.core import audit
from warmbench.core.events import publish
from warmbench.nurture import drafts, versions
from warmbench.nurture.models import Sequence, SequenceDraft, SequenceVersion
from warmbench.nurture.pools import PoolChanged

LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class LetGo:
    """What letting a draft go came to."""

    version: SequenceVersion
    #: Whether the sequence began to run with it: that can be taken back for some minutes.
    has_begun: bool
    #: People who were moved to it.
    moved: int


@transaction.atomic
def ask(sequence_id: int, *, by_id: int, now: datetime) -> bool:
    """Put a draft up for review, and tell everybody else who may let it go. Returns whether it
    is news."""
    if not drafts.ask_for_review(sequence_id, by_id=by_id, now=now):
        return False
    SequenceDraft.objects.filter(pk=sequence_id).update(review_note="", review_note_by=None)
    sequence = Sequence.objects.get(pk=sequence_id)
    notifications.settle([_given_back(sequence_id)], now=now)
    notifications.tell(
        set(notifications.recruiters()) - {by_id},
        kind=Kind.STEP,
        title=f"“{sequence.name}” waits for a review",
        key=_waiting(sequence_id),
        path=_page(sequence_id),
        now=now,
    )
    return True


@transaction.atomic
def take_back(sequence_id: int, *, by_id: int, now: datetime) -> bool:
    """Take the wish for a review back. Returns whether there was one."""
    notifications.settle([_waiting(sequence_id)], now=now)
    return drafts.withdraw_review(sequence_id, by_id=by_id, now=now)


@transaction.atomic
def give_back(sequence_id: int, note: str, *, by_id: int, now: datetime) -> bool:
    """Give a draft back to whoever put it up, with what is to be put right. Returns whether it
    was up for review."""
    draft = SequenceDraft.objects.select_for_update(no_key=True).filter(pk=sequence_id).first()
    if draft is None or draft.review_asked_at is None:
        return False
    asked_by = draft.review_asked_by_id
    note = note.strip()[:LONGEST_NOTE]
    SequenceDraft.objects.filter(pk=sequence_id).update(
        review_asked_at=None, review_asked_by=None, review_note=note, review_note_by=by_id
    )
    detail: dict[str, object] = {"note": note}
    audit.record(by_id, "sequence.given_back", f"sequence:{sequence_id}", now=now, detail=detail)
    notifications.settle([_waiting(sequence_id)], now=now)
    sequence = Sequence.objects.get(pk=sequence_id)
    notifications.tell(
        {asked_by} - {None, by_id},  # type: ignore[arg-type]
        kind=Kind.STEP,
        title=f"“{sequence.name}” was given back",
        body=note,
        key=_given_back(sequence_id),
        path=_page(sequence_id),
        now=now,
    )
    return True


def let_go(
    sequence_id: int, *, move: bool, by_id: int, now: datetime, revision: int | None = None
) -> LetGo:
    """Publish the draft, and let the members of its pools begin. ``move`` takes everybody who is
    under way along to the new version; else they stay on theirs. ``revision`` is the one that
    was looked at.

    Raises OutlineError with all that is wrong, and ReviewError where somebody else has to look.
    """
    with transaction.atomic():
        before = Sequence.objects.select_for_update(no_key=True).get(pk=sequence_id).state
        version = versions.publish(sequence_id, by_id=by_id, now=now, revision=revision)
        keys = [_waiting(sequence_id), _given_back(sequence_id)]
        notifications.settle(keys, now=now)
        for pool in version.sequence.pools.filter(archived_at=None):
            # Its recount lets those begin who wait for the sequence.
            publish(PoolChanged(pool_id=pool.pk))
    moved = versions.migrate(sequence_id, by_id=by_id, now=now) if move else 0
    return LetGo(version, before == Sequence.State.DRAFT, moved)


def _page(sequence_id: int) -> str:
    return f"/sequences/{sequence_id}/activate/"


def _waiting(sequence_id: int) -> str:
    return f"sequence_review:{sequence_id}"


def _given_back(sequence_id: int) -> str:
    return f"sequence_given_back:{sequence_id}"
