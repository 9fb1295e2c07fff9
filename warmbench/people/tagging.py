"""Puts tags on people, many at a time, each with its source and how sure it is."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from warmbench.core import audit, sql
from warmbench.core.events import Event, publish
from warmbench.people.models import Tag
from warmbench.people.tag_words import BY_HAND, CERTAIN, READINGS, Found


@dataclass(frozen=True, kw_only=True)
class CandidateTagged(Event):
    """These people carry other tags now: one event for a whole batch."""

    candidate_ids: list[int]


class TagGoneError(LookupError):
    """A tag was merged into another one meanwhile. Load the vocabulary anew and try again."""


@dataclass
class Drafts:
    """Tags to be put on people, in columns, as the database takes them."""

    candidate_ids: list[int] = field(default_factory=list)
    tag_ids: list[int] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    confidences: list[float] = field(default_factory=list)
    primaries: list[bool] = field(default_factory=list)

    def add(self, candidate_id: int, tags: Iterable[Found], *, source: str) -> None:
        """Add what was found about a candidate. ``source`` is whose word it is where a tag
        does not say so itself."""
        for tag_id, own_source, confidence, is_primary in tags:
            self.candidate_ids.append(candidate_id)
            self.tag_ids.append(tag_id)
            self.sources.append(own_source or source)
            self.confidences.append(confidence)
            self.primaries.append(is_primary)

    def without(self, people: Collection[int], refused: Collection[tuple[int, int]]) -> "Drafts":
        """Only what concerns ``people`` and is not refused, unless a person says it."""
        kept = Drafts()
        for place, pair in enumerate(zip(self.candidate_ids, self.tag_ids, strict=True)):
            source = self.sources[place]
            if pair[0] in people and (source == BY_HAND or pair not in refused):
                how = self.confidences[place], self.primaries[place]
                kept.add(pair[0], [Found(pair[1], source, *how)], source="")
        return kept


@transaction.atomic
def apply(drafts: Drafts, *, now: datetime, announce: bool = True) -> list[int]:
    """Put tags on people. Returns those for whom something changed; repeated, it is nobody.

    Of two words for one tag the surer one stays. What a person took off stays off, whatever
    a file says, until a person puts it back. Without ``announce``, the caller publishes that
    these people changed. Raises TagGoneError.
    """
    if not drafts.tag_ids:
        return []
    kinds = hold_tags(drafts.tag_ids)
    people = hold(drafts.candidate_ids)
    refused = _taken_off(people, kinds)
    if refused or not people.issuperset(drafts.candidate_ids):
        drafts = drafts.without(people, refused)
    plan_for_these_values()
    rows = sql.run(
        sql.load(__file__, "apply_tags"),
        {
            "candidates": drafts.candidate_ids,
            "tags": drafts.tag_ids,
            "sources": drafts.sources,
            "confidences": drafts.confidences,
            "primaries": drafts.primaries,
            "readings": list(READINGS),
            "by_hand": BY_HAND,
            "now": now,
        },
    )
    changed = {candidate_id for (candidate_id,) in rows}
    changed |= _settle(drafts, kinds)
    if changed and announce:
        publish(CandidateTagged(candidate_ids=sorted(changed)))
    return sorted(changed)


@transaction.atomic
def make_primary(
    candidate_id: int, specialty_id: int, *, by_id: int | None, now: datetime
) -> list[int]:
    """Make a specialty the one that content follows first, on a person's word."""
    drafts = Drafts()
    drafts.add(candidate_id, [Found(specialty_id, BY_HAND, CERTAIN, is_primary=True)], source="")
    changed = apply(drafts, now=now)
    if changed:
        subject = f"candidate:{candidate_id}"
        detail: dict[str, object] = {"tag": specialty_id}
        audit.record(by_id, "candidate.primary_chosen", subject, now=now, detail=detail)
    return changed


def hold_tags(tag_ids: Iterable[int]) -> dict[int, str]:
    """Keep tags from being merged away until the transaction ends. Returns their kinds.

    Comes before ``hold``. Raises TagGoneError when one was merged away.
    """
    wanted = set(tag_ids)
    rows = sql.run(sql.load(__file__, "hold_tags"), {"tags": list(wanted)})
    kinds: dict[int, str] = dict(rows.fetchall())
    if len(kinds) < len(wanted):
        gone = ", ".join(str(tag_id) for tag_id in sorted(wanted - kinds.keys()))
        raise TagGoneError(f"There is no tag {gone} any more.")
    return kinds


def hold(candidate_ids: Iterable[int]) -> set[int]:
    """Lock the tags of people until the transaction ends. Returns those who exist.

    Whoever writes ``candidate_tag`` does this first, and nothing that locks tags after it.
    """
    rows = sql.run(sql.load(__file__, "hold_tagged"), {"candidates": list(candidate_ids)})
    return {candidate_id for (candidate_id,) in rows}


def settle_primary(
    candidate_ids: Iterable[int], claims: Mapping[tuple[int, int], tuple[str, float]] | None = None
) -> set[int]:
    """Leave exactly one primary specialty to everybody who has a specialty, with their tags held.

    ``claims`` are (candidate, specialty) → (source, how sure). A claim beats a primary
    specialty that is less sure, or one that the same source named. Returns who changed.
    """
    claims = claims or {}
    rows = sql.run(
        sql.load(__file__, "settle_primary_tags"),
        {
            "candidates": list(candidate_ids),
            "claimants": [candidate_id for candidate_id, _ in claims],
            "tags": [tag_id for _, tag_id in claims],
            "sources": [source for source, _ in claims.values()],
            "confidences": [confidence for _, confidence in claims.values()],
        },
    )
    return {candidate_id for (candidate_id,) in rows}


def plan_for_these_values() -> None:
    """Let the rest of the transaction plan each statement for the arrays it is really given.

    A plan for arrays of any length takes them for short, and compares each item of one with
    each of the other.
    """
    sql.run("SET LOCAL plan_cache_mode = force_custom_plan")


def _taken_off(candidate_ids: Iterable[int], tag_ids: Iterable[int]) -> set[tuple[int, int]]:
    query = sql.load(__file__, "tags_taken_off")
    rows = sql.run(query, {"candidates": list(candidate_ids), "tags": list(tag_ids)})
    return {(candidate_id, tag_id) for candidate_id, tag_id in rows}


def _settle(drafts: Drafts, kinds: Mapping[int, str]) -> set[int]:
    claims: dict[tuple[int, int], tuple[str, float]] = {}
    people = set()
    specialties = {tag_id for tag_id, kind in kinds.items() if kind == Tag.Kind.SPECIALTY}
    for place, tag_id in enumerate(drafts.tag_ids):
        if tag_id not in specialties:
            continue
        people.add(drafts.candidate_ids[place])
        claim = drafts.sources[place], drafts.confidences[place]
        pair = drafts.candidate_ids[place], tag_id
        if drafts.primaries[place] and (pair not in claims or claims[pair][1] < claim[1]):
            claims[pair] = claim
    return settle_primary(people, claims) if people else set()
