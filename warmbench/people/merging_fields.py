"""Says what becomes of the facts that two records of one person hold: the stricter one holds."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from warmbench.people import facts
from warmbench.people.candidates import is_paused
from warmbench.people.models import Candidate, CandidateFact

Status = Candidate.Status

#: Where somebody stands with us, the strictest first; of all others the newer word counts.
STRICTEST = (Status.DO_NOT_CONTACT, Status.PLACED, Status.HIRED, Status.APPLIED)
_FURTHEST = [str(stage) for stage in Candidate.Stage]
#: What only makes sense together: half of one place and half of another is no place.
_UNITS = (
    ("first_name", "last_name"),
    ("employer", "job_title"),
    ("profile_url",),
    ("city", "region", "country", "time_zone"),
)
_CONVERSATION = ("last_conversation_on", "last_conversation_topic", "last_conversation_note")
_PAUSE = ("paused_at", "paused_until", "pause_reason")
_RESERVATION = ("reserved_by_id", "reserved_until", "reserved_for")
#: What the person put right themselves, by the topic of the fact: GDPR Art. 16.
_CORRECTED = {"name": _UNITS[0], "place": _UNITS[3]}
#: What a person is shown of two records that say different things.
SHOWN = tuple(name for unit in _UNITS for name in unit)


def joined(kept: Candidate, gone: Candidate, *, now: datetime) -> dict[str, Any]:
    """What changes about the record that is kept, by column.

    Its blanks are filled, never with half of what belongs together; what it says otherwise stays,
    unless the person put it right in the other record. What keeps us from writing counts from
    either: the stricter status, the longer pause and distance, the longer reservation, the day
    from which we have to have told them.
    """
    found: dict[str, Any] = {}
    for unit in _UNITS:
        found |= _filled(kept, gone, unit)
    for corrected in _corrected(kept, gone):
        found |= _unit(gone, corrected)
    if not kept.source and not kept.external_id:
        found["source"] = gone.source
    if kept.owner_id is None:
        found["owner_id"] = gone.owner_id
    if _strictness(gone) > _strictness(kept):
        found |= {"status": gone.status, "status_since": gone.status_since}
    if _FURTHEST.index(gone.stage_reached) > _FURTHEST.index(kept.stage_reached):
        found["stage_reached"] = gone.stage_reached
    if _talked_later(kept, gone):
        found |= _unit(gone, _CONVERSATION)
    if _ends(gone, now=now) > _ends(kept, now=now):
        found |= _unit(gone, _PAUSE)
    if _reserved_longer(kept, gone, now=now):
        found |= _unit(gone, _RESERVATION)
    found["asked_until"] = max(filter(None, [kept.asked_until, gone.asked_until]), default=None)
    found["gap_days"] = max(filter(None, [kept.gap_days, gone.gap_days]), default=None)
    found["added_at"] = min(kept.added_at, gone.added_at)
    return {name: value for name, value in found.items() if getattr(kept, name) != value}


def held_since(
    kept: Candidate, returned: Candidate, *, at: datetime, now: datetime
) -> dict[str, Any]:
    """What changes about the record that is back, by column, by what was said of both since they
    became one (``at``) and keeps us from writing: nobody can say of which of them it was said."""
    found: dict[str, Any] = {}
    if kept.status_since > at and _strictness(kept)[0] > _strictness(returned)[0]:
        found |= {"status": kept.status, "status_since": kept.status_since}
    if kept.paused_at is not None and kept.paused_at > at:
        if _ends(kept, now=now) > _ends(returned, now=now):
            found |= _unit(kept, _PAUSE)
        asked = filter(None, [kept.asked_until, returned.asked_until])
        found["asked_until"] = max(asked, default=None)
    return found


def differing(kept: Candidate, gone: Candidate) -> dict[str, str]:
    """What the other record says that the kept one does not, by column."""
    return {
        name: said
        for name in SHOWN
        if (said := getattr(gone, name)) and said != getattr(kept, name)
    }


def _filled(kept: Candidate, gone: Candidate, unit: tuple[str, ...]) -> Mapping[str, Any]:
    ours, theirs = _unit(kept, unit), _unit(gone, unit)
    agrees = all(
        not value or not theirs[name] or value.casefold() == theirs[name].casefold()
        for name, value in ours.items()
    )
    # With nothing in common a blank is no gap: a title belongs to its employer.
    has_common = len(unit) == 1 or not any(ours.values()) or _in_common(ours, theirs)
    if not agrees or not has_common:
        return {}
    return {name: theirs[name] for name, value in ours.items() if not value and theirs[name]}


def _in_common(ours: Mapping[str, str], theirs: Mapping[str, str]) -> bool:
    return any(
        value and value.casefold() == theirs[name].casefold() for name, value in ours.items()
    )


def _unit(person: Candidate, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(person, name) for name in names}


def _corrected(kept: Candidate, gone: Candidate) -> Iterator[tuple[str, ...]]:
    kinds = [CandidateFact.Kind.CORRECTED]
    ours, theirs = facts.current(kept.pk, kinds), facts.current(gone.pk, kinds)
    for key, fact in theirs.items():
        mine = ours.get(key)
        if fact.value and key[1] in _CORRECTED and (mine is None or mine.at < fact.at):
            yield _CORRECTED[key[1]]


def _strictness(person: Candidate) -> tuple[int, datetime]:
    strict = Status(person.status) in STRICTEST
    rank = len(STRICTEST) - STRICTEST.index(Status(person.status)) if strict else 0
    return rank, person.status_since


def _talked_later(kept: Candidate, gone: Candidate) -> bool:
    ours, theirs = kept.last_conversation_on, gone.last_conversation_on
    return theirs is not None and (ours is None or theirs > ours)


def _ends(person: Candidate, *, now: datetime) -> tuple[int, float]:
    """How long automation holds still for them, to be compared."""
    if not is_paused(person, now=now):
        return 0, 0
    if person.paused_until is None:
        return 2, 0
    return 1, person.paused_until.timestamp()


def _reserved_longer(kept: Candidate, gone: Candidate, *, now: datetime) -> bool:
    ours, theirs = kept.reserved_until, gone.reserved_until
    if gone.reserved_by_id is None or theirs is None or theirs <= now:
        return False
    return kept.reserved_by_id is None or ours is None or theirs > ours
