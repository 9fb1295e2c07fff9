"""Decides, field by field, between what a system says of somebody and what we know."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from warmbench.people.import_drafts import Draft
from warmbench.people.models import CandidateRecord

#: Fields that stand each for itself, and those that are one fact together.
SINGLE = ("first_name", "last_name", "employer", "job_title", "profile_url")
PLACE = ("city", "region", "country")
_NAMES = frozenset({"first_name", "last_name"})


class Known(NamedTuple):
    """What we know of somebody whom a staged record is about."""

    n: int
    candidate_id: int
    first_name: str
    last_name: str
    employer: str
    job_title: str
    profile_url: str
    city: str
    region: str
    country: str
    time_zone: str
    #: What they put right themselves: "name", "place".
    corrected: Sequence[str]
    #: The other records of them in the same system: when each was changed, and its id.
    records: Sequence[tuple[float | None, str]]

    def others(self) -> Iterator[tuple[datetime | None, str]]:
        """When each other record was changed, and its id."""
        for at, external_id in self.records:
            yield (None if at is None else datetime.fromtimestamp(at, UTC)), external_id


class Difference(NamedTuple):
    """That both sides changed a field of a record."""

    external_id: str
    field: str
    ours: str
    theirs: str


@dataclass(slots=True)
class Settled:
    """What is taken of a record, and what both sides changed: field, ours, theirs."""

    taken: dict[str, Any] = field(default_factory=dict)
    conflicts: list[tuple[str, str, str]] = field(default_factory=list)


def settle(
    draft: Draft, record: CandidateRecord | None, known: Known, *, is_newest: bool
) -> Settled:
    """What is taken of what a record says now, by what it said last and what we know.

    What the system did not change is left to us, and so is all that it says nothing of. What both
    changed is taken from it, and is a conflict. What the person corrected is left to them (GDPR
    Art. 16). Of several records of one person, the older ones only fill in what is blank.
    """
    said: Mapping[str, Any] = record.said if record else {}
    found = Settled()
    for name in SINGLE:
        theirs, ours = str(getattr(draft, name)), str(getattr(known, name))
        theirs = theirs if is_newest or not ours else ""
        if theirs and ours and theirs == said.get(name):
            theirs = ""
        found.taken[name] = theirs
        is_theirs_alone = name in _NAMES and "name" in known.corrected
        if theirs and not is_theirs_alone and _both_changed(said.get(name), ours, theirs):
            found.conflicts.append((name, ours, theirs))
    _settle_place(draft, said, known, found, is_newest=is_newest)
    found.taken["owner_id"] = draft.owner_id
    return found


def _settle_place(
    draft: Draft, said: Mapping[str, Any], known: Known, found: Settled, *, is_newest: bool
) -> None:
    """A place is one fact: who moved leaves nothing of the old one behind."""
    theirs = (draft.place.city, draft.place.region, draft.place.country_code)
    ours = (known.city, known.region, known.country)
    before = tuple(said[name] for name in PLACE) if said.get("country") or said.get("city") else ()
    is_ours = any(ours) and (not is_newest or theirs == before)
    left = ("", "", "", "") if is_ours else (*theirs, draft.place.time_zone)
    found.taken |= dict(zip((*PLACE, "time_zone"), left, strict=True))
    is_told = not is_ours and any(theirs) and "place" not in known.corrected
    if is_told and before and any(ours) and ours not in {before, theirs}:
        parts = zip(PLACE, ours, theirs, strict=True)
        found.conflicts += [part for part in parts if part[1] != part[2]]


def _both_changed(before: object, ours: str, theirs: str) -> bool:
    return bool(before) and bool(ours) and ours not in {before, theirs} and theirs != before
