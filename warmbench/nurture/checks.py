"""Says how a piece stands with its checks before it goes live, and lets a person overrule them."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from warmbench.core import audit
from warmbench.nurture import jobs
from warmbench.nurture.checking import digest, run, wordings_of
from warmbench.nurture.models import ContentCheck, ContentPiece

__all__ = ["OverruleError", "Unchecked", "ask", "missing", "overrule", "run", "standing"]

Kind = ContentCheck.Kind

#: As long as a reason may be.
_LONGEST = 300
_FAILED = {
    Kind.RELEVANCE: "It does not seem to be about {topic}.",
    Kind.GENERIC: "It says too little of its own.",
}


class OverruleError(ValueError):
    """A check that cannot be overruled, or not so. The message is for whoever tried."""


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A check that these words and tags have not had yet."""

    kind: Kind


Standing = ContentCheck | Unchecked


def ask(piece_id: int) -> None:
    """Have a piece checked by a worker soon; asking again while it waits changes nothing new."""
    jobs.check_piece.defer(piece_id=piece_id)


def standing(piece: ContentPiece) -> list[Standing]:
    """What is known about each check that the piece needs, for its words and tags of now."""
    words = digest(piece, wordings_of(piece.pk))
    found = {check.kind: check for check in piece.checks.filter(digest=words)}
    return [found.get(kind) or Unchecked(kind) for kind in _needed(piece)]


def missing(piece: ContentPiece) -> list[str]:
    """What forbids that the piece goes live, a sentence each: empty if nothing does."""
    sentences = []
    for each in standing(piece):
        if isinstance(each, Unchecked):
            sentences.append(f"“{each.kind.label}” has not been checked for these words yet.")
        elif not each.is_passed and each.overruled_at is None:
            topic = piece.topic.name if piece.topic else ""
            sentences.append(_FAILED[Kind(each.kind)].format(topic=topic))
    return sentences


@transaction.atomic
def overrule(check_id: int, *, why: str, by_id: int, now: datetime) -> ContentCheck:
    """Let a piece go live in spite of a failed check, for a reason that stays on record.

    Raises OverruleError with a sentence if there is no reason or nothing to overrule.
    """
    check = ContentCheck.objects.select_for_update(no_key=True).filter(pk=check_id).first()
    if check is None or check.is_passed:
        raise OverruleError("This check has nothing to overrule.")
    if not why.strip():
        raise OverruleError("Say why the piece may go live all the same.")
    check.overruled_why = why.strip()[:_LONGEST]
    check.overruled_by_id, check.overruled_at = by_id, now
    check.save(update_fields=["overruled_why", "overruled_by", "overruled_at"])
    audit.record(
        by_id,
        "content.check_overruled",
        f"piece:{check.piece_id}",
        now=now,
        detail={"check": check.kind, "why": check.overruled_why},
    )
    return check


def _needed(piece: ContentPiece) -> list[Kind]:
    """What is for everybody claims nothing that it could fail to be about."""
    return [Kind.GENERIC] if piece.topic_id is None else [Kind.RELEVANCE, Kind.GENERIC]
