"""Finds people who lack a tag that nobody is enrolled without, and what it may be."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from babel import Locale
from django.db import transaction

from warmbench.core import audit, sql, tallies
from warmbench.people import places, tagging
from warmbench.people.models import Tag
from warmbench.people.tag_words import BY_HAND, CERTAIN, GUESSED, Found
from warmbench.people.tagging import Drafts
from warmbench.people.vocabulary import Vocabulary

Kind = Tag.Kind

#: Whoever lacks a primary specialty, a seniority or a geography is not enrolled.
REQUIRED = (Kind.SPECIALTY, Kind.SENIORITY, Kind.GEOGRAPHY)
#: So many people are listed: who looks through more has a rule to write, not a list to read.
LISTED = 1_000
_QUESTION = "tag_gaps"
#: So many skills are named in a reason.
_SHOWN = 4

_ENGLISH = Locale("en")


@dataclass(frozen=True)
class Suggestion:
    """A tag that would close a gap, and what speaks for it."""

    kind: Kind
    tag_id: int
    tag_name: str
    reason: str


@dataclass(frozen=True)
class Gap:
    """What a candidate lacks; there is a suggestion for some of it."""

    candidate_id: int
    missing: tuple[Kind, ...]
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True)
class Report:
    """How many people lack what, and some of them."""

    people: int
    counts: dict[Kind, int]
    #: How many of them can be turned over, the newest first.
    listed: int
    gaps: list[Gap]
    #: Of when it is, where it was remembered.
    counted_at: datetime | None


class _Person(NamedTuple):
    candidate_id: int
    job_title: str
    city: str
    region: str
    country: str
    tag_ids: list[int]
    lacks_specialty: bool
    lacks_seniority: bool
    lacks_geography: bool

    @property
    def missing(self) -> tuple[Kind, ...]:
        lacks = self.lacks_specialty, self.lacks_seniority, self.lacks_geography
        return tuple(kind for kind, is_missing in zip(REQUIRED, lacks, strict=True) if is_missing)


def missing(candidate_ids: Collection[int] | None = None) -> dict[int, tuple[Kind, ...]]:
    """Which required tags people lack, by candidate; who has all of them is not in it.

    Without ids, of everybody. Who must not be contacted needs no tags.
    """
    return {person.candidate_id: person.missing for person in _people(candidate_ids)}


def counts() -> dict[Kind, int]:
    """How many people lack which required tag: a question about everybody."""
    _, *found = _ask("tag_gap_counts", None, owner_id=None)[0]
    return dict(zip(REQUIRED, found, strict=True))


def report(
    *,
    limit: int,
    now: datetime,
    offset: int = 0,
    kind: Kind | None = None,
    owner_id: int | None = None,
) -> Report | None:
    """Who lacks a required tag, or one of this kind, the newest first, with suggestions. None
    while it is being counted."""
    tally = tallies.of(_QUESTION, kind and str(kind), owner_id, now=now)
    if tally is None:
        return None
    total, lacking, ids = tally.answer
    # What was remembered may be closed by now.
    still = {person.candidate_id: person for person in _people(ids[offset : offset + limit])}
    people = [still[pk] for pk in ids[offset : offset + limit] if pk in still]
    vocabulary = Vocabulary.load()
    return Report(
        people=total,
        counts=dict(zip(REQUIRED, lacking, strict=True)),
        listed=len(ids),
        gaps=[
            Gap(person.candidate_id, person.missing, tuple(_suggest(person, vocabulary)))
            for person in people
        ],
        counted_at=tally.at if tally.is_old else None,
    )


@tallies.question(_QUESTION)
def _counted(
    kind: str | None,
    owner_id: int | None,
    *,
    now: datetime,  # noqa: ARG001
) -> tuple[int, list[int], list[int]]:
    """How many lack anything, how many lack what, and the newest of them."""
    total, *lacking = _ask("tag_gap_counts", None, owner_id=owner_id)[0]
    people = _people(None, kind=Kind(kind) if kind else None, owner_id=owner_id, limit=LISTED)
    return total, lacking, [person.candidate_id for person in people]


@transaction.atomic
def accept(chosen: Iterable[tuple[int, int]], *, by_id: int | None, now: datetime) -> list[int]:
    """Give candidates the tags that a person chose for them: pairs of candidate and tag.

    What somebody does not lack any more is left alone. Returns for whom something changed.
    """
    pairs = list(chosen)
    if not pairs:
        return []
    kinds = tagging.hold_tags(tag_id for _, tag_id in pairs)
    lacking = missing(tagging.hold(candidate_id for candidate_id, _ in pairs))
    closed: dict[tuple[int, str], int] = {}
    for candidate_id, tag_id in pairs:
        if kinds[tag_id] in lacking.get(candidate_id, ()):
            closed.setdefault((candidate_id, kinds[tag_id]), tag_id)
    drafts = Drafts()
    for (candidate_id, kind), tag_id in closed.items():
        tag = Found(tag_id, BY_HAND, CERTAIN, is_primary=kind == Kind.SPECIALTY)
        drafts.add(candidate_id, [tag], source=BY_HAND)
    changed = tagging.apply(drafts, now=now)
    if changed:
        detail: dict[str, object] = {
            "candidates": drafts.candidate_ids,
            "tags": drafts.tag_ids,
        }
        audit.record(by_id, "candidate_tag.gaps_closed", "tag:gaps", now=now, detail=detail)
    return changed


def _people(
    candidate_ids: Collection[int] | None,
    *,
    kind: Kind | None = None,
    owner_id: int | None = None,
    limit: int | None = None,
) -> list[_Person]:
    page = {"kind": kind, "limit": limit}
    rows = _ask("tag_gap_page", candidate_ids, owner_id=owner_id, **page)
    return [_Person(*row) for row in rows]


@transaction.atomic
def _ask(
    question: str, candidate_ids: Collection[int] | None, *, owner_id: int | None, **page: object
) -> list[sql.Row]:
    # A plan for any values would go through everybody to find a few.
    sql.run("SET LOCAL plan_cache_mode = force_custom_plan")
    query = sql.load(__file__, question).replace("/* gaps */", sql.load(__file__, "tag_gaps"))
    ids = None if candidate_ids is None else list(candidate_ids)
    return sql.run(query, {"candidates": ids, "owner": owner_id, **page}).fetchall()


def _suggest(person: _Person, vocabulary: Vocabulary) -> Iterator[Suggestion]:
    ways = {
        Kind.SPECIALTY: _specialties,
        Kind.SENIORITY: _seniorities,
        Kind.GEOGRAPHY: _geographies,
    }
    for kind in person.missing:
        best = next(ways[kind](person, vocabulary), None)
        if best is not None:
            tag_id, reason = best
            yield Suggestion(kind, tag_id, vocabulary.tags[tag_id].name, reason)


def _specialties(person: _Person, vocabulary: Vocabulary) -> Iterator[tuple[int, str]]:
    for tag in _tags(person, vocabulary, Kind.SPECIALTY):
        yield tag, "It is among their specialties, and none of them is the first."
    for role in _tags(person, vocabulary, Kind.ROLE):
        if (above := vocabulary.specialty_above(role)) is not None:
            yield above, f"Their role is “{vocabulary.tags[role].name}”."
    role_of_title = vocabulary.role_of(person.job_title)
    if role_of_title and (above := vocabulary.specialty_above(role_of_title)) is not None:
        yield above, f"So says the title “{person.job_title}”."
    skills = _tags(person, vocabulary, Kind.SKILL)
    for home, count in vocabulary.homes(skills).most_common(1):
        those = [skill for skill in skills if vocabulary.specialty_above(skill) == home]
        named = ", ".join(vocabulary.tags[skill].name for skill in those[:_SHOWN])
        yield home, f"{count} of their {len(skills)} skills belong there: {named}."
    for tag in vocabulary.specialties_in(person.job_title):
        yield tag, f"The title “{person.job_title}” speaks of it."


def _seniorities(person: _Person, vocabulary: Vocabulary) -> Iterator[tuple[int, str]]:
    for tag in vocabulary.read(title=person.job_title).tags:
        if vocabulary.tags[tag.tag_id].kind == Kind.SENIORITY:
            says = "names no higher level" if tag.confidence == GUESSED else "says so"
            yield tag.tag_id, f"The title “{person.job_title}” {says}."
    for role in _tags(person, vocabulary, Kind.ROLE):
        name = vocabulary.tags[role].name
        if (level := vocabulary.seniority_of(name)) is not None:
            yield level, f"Their role is “{name}”."


def _geographies(person: _Person, vocabulary: Vocabulary) -> Iterator[tuple[int, str]]:
    if person.country and (tag := vocabulary.country(person.country)) is not None:
        yield tag, f"They live in {_ENGLISH.territories.get(person.country, person.country)}."
    if person.country or not (person.city or person.region):
        return
    found = places.locate(person.city, person.region).country_code
    if (tag := vocabulary.country(found)) is not None:
        yield tag, f"{person.city or person.region} lies in {_ENGLISH.territories[found]}."


def _tags(person: _Person, vocabulary: Vocabulary, kind: Kind) -> list[int]:
    known = (vocabulary.tags.get(tag_id) for tag_id in person.tag_ids)
    return [tag.id for tag in known if tag is not None and tag.kind == kind]
