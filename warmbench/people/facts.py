"""Keeps what is said about candidates as dated facts, and tells what holds of them now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from warmbench.people.models import Candidate, CandidateFact

Kind = CandidateFact.Kind

#: Days between two touches at least, by how many months somebody wants between them.
GAP_DAYS = {1: 30, 2: 61, 3: 91}


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing that is said. No value takes back what was said before."""

    kind: CandidateFact.Kind
    value: Any
    #: What it is about, where several facts of a kind hold side by side.
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """On whose word something is, and where that stands."""

    source: str
    evidence: str
    message_id: int | None = None


@transaction.atomic
def say(candidate_id: int, sayings: Sequence[Saying], word: Word, *, now: datetime) -> list[Saying]:
    """Keep what is said, and let a wish for fewer messages act. Returns what was new.

    What holds already is not written again, so saying it a hundred times is one row.
    """
    Candidate.objects.select_for_update(no_key=True).filter(pk=candidate_id).first()
    known = current(candidate_id)
    new = [one for one in sayings if _holds(known.get((one.kind, one.topic))) != one.value]
    CandidateFact.objects.bulk_create(
        CandidateFact(
            candidate_id=candidate_id,
            kind=one.kind,
            topic=one.topic,
            value=one.value,
            source=word.source,
            evidence=word.evidence,
            message_id=word.message_id,
            at=now,
        )
        for one in new
    )
    for one in new:
        if one.kind == Kind.RHYTHM:
            gap = GAP_DAYS[one.value["months"]] if one.value else None
            Candidate.objects.filter(pk=candidate_id).update(gap_days=gap)
    return new


def current(
    candidate_id: int, kinds: Iterable[CandidateFact.Kind] = ()
) -> dict[tuple[str, str], CandidateFact]:
    """The latest word on each kind and topic, also where it takes an earlier one back."""
    said = CandidateFact.objects.filter(candidate=candidate_id)
    if kinds:
        said = said.filter(kind__in=list(kinds))
    latest = said.order_by("kind", "topic", "-at", "-id").distinct("kind", "topic")
    return {(fact.kind, fact.topic): fact for fact in latest}


def _holds(fact: CandidateFact | None) -> Any:
    return None if fact is None else fact.value
