"""Decides which of the facts about one person hold, which are superseded, and which contradict.

Pure. A fact that a person confirmed goes before the candidate's own word, that before a note of
ours, and that before a résumé. Of two words of one rank the later one holds, and of two confirmed
ones the one that was confirmed last. A weaker word never replaces a stronger one: said on the same
day or later, both stay, side by side, for a person to decide. Whoever confirms one of them has
decided against the others that were there; what comes to light afterwards is a new question. What
somebody outside found stands below all of that until a person confirms it, and contradicts nothing
of it. Whatever a stronger or equal word has overtaken is superseded, and comes back if that one is
rejected.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from warmbench.insight import slots
from warmbench.insight.kinds import Kind, SourceKind, Speaker

#: Every one of these stays: a stop is for people to see, whatever was said after it.
_NEVER_SUPERSEDED = frozenset({Kind.STOP})
_CONFIRMED, _OWN_WORD, _NOTE, _RESUME, _HEARSAY, _OUTSIDE = range(6)


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that nobody rejected or corrected, as far as it matters here."""

    id: int
    kind: str
    topic: str
    polarity: str
    value: Mapping[str, Any]
    speaker: str
    source_kind: str
    said_on: date
    #: When it was written down, and when a person confirmed it.
    noted_at: datetime
    confirmed_at: datetime | None = None
    #: Whether a model provider found it: a hint for people, whoever is quoted.
    is_from_outside: bool = False

    @property
    def slot(self) -> tuple[str, ...]:
        """Which question about the person it answers."""
        return slots.slot(self.kind, self.topic, self.polarity, self.value)

    @property
    def is_confirmed(self) -> bool:
        """Whether it stands on a person's word."""
        return self.confirmed_at is not None

    @property
    def rank(self) -> int:
        """Whose word it is: 0 counts most."""
        if self.is_confirmed:
            return _CONFIRMED
        if self.is_from_outside:
            return _OUTSIDE
        if self.source_kind == SourceKind.RESUME:
            return _RESUME
        return {
            Speaker.CANDIDATE: _OWN_WORD,
            Speaker.RECRUITER: _NOTE,
            Speaker.MANAGER: _NOTE,
        }.get(Speaker(self.speaker), _HEARSAY)


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the facts about one person."""

    #: By its question, the one that holds, until a person decides otherwise.
    holding: Mapping[tuple[str, ...], Fact] = field(default_factory=dict)
    #: By id, the id of the fact that holds instead.
    superseded: Mapping[int, int] = field(default_factory=dict)
    #: By question, the facts that disagree, the strongest first.
    contradictions: Mapping[tuple[str, ...], Sequence[Fact]] = field(default_factory=dict)


def settle(facts: Iterable[Fact]) -> Settled:
    """What holds of these facts about one person. In whatever order they come, it is the same."""
    by_slot: defaultdict[tuple[str, ...], list[Fact]] = defaultdict(list)
    for one in facts:
        by_slot[one.slot].append(one)
    holding, superseded, contradictions = {}, {}, {}
    for slot, said in sorted(by_slot.items()):
        said.sort(key=_strength)
        best = holding[slot] = said[0]
        live = [best]
        for one in said[1:]:
            if one.kind in _NEVER_SUPERSEDED:
                continue
            if (over := _overtaken_by(one, live)) is not None:
                superseded[one.id] = over.id
            else:
                live.append(one)
        equals = (one for one in live if (one.rank == _OUTSIDE) == (best.rank == _OUTSIDE))
        if any(not _agree(one, best) for one in equals):
            contradictions[slot] = live
    return Settled(holding, superseded, contradictions)


def _strength(one: Fact) -> tuple[int, float, int, int]:
    confirmed = one.confirmed_at.timestamp() if one.confirmed_at else 0
    return one.rank, -confirmed, -one.said_on.toordinal(), -one.id


def _overtaken_by(one: Fact, live: Sequence[Fact]) -> Fact | None:
    """The fact that takes the place of a weaker one, if it does. What is said again later stays:
    it shows that it still holds."""
    for other in live:
        if other.rank == one.rank or other.said_on > one.said_on:
            return other
        agrees = _agree(one, other)
        was_known = other.confirmed_at is not None and one.noted_at <= other.confirmed_at
        if (other.said_on == one.said_on and agrees) or (was_known and not agrees):
            return other
    return None


def _agree(one: Fact, other: Fact) -> bool:
    return slots.is_same(one.kind, (one.polarity, one.value), (other.polarity, other.value))
