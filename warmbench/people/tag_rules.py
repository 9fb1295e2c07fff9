"""Decides which words about a candidate's tags hold, when sources differ or speak again."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from warmbench.people.models import Tag
from warmbench.people.tag_words import BY_CANDIDATE, BY_HAND, PEOPLE, READINGS

Kind = Tag.Kind

#: Kinds of which one word may end another. Skills only add up.
CONTESTED = (Kind.SPECIALTY, Kind.ROLE, Kind.SENIORITY, Kind.GEOGRAPHY)


class Word(NamedTuple):
    """That a candidate carries a tag, says a source."""

    tag_id: int
    kind: str
    source: str
    confidence: float
    is_primary: bool = False
    #: Of the row, when the tag is carried already. Older rows have lower ones.
    row_id: int = 0


class Settled(NamedTuple):
    """What holds of the new words, what ends by them, and which specialty is the primary one."""

    kept: list[Word]
    gone: list[Word]
    primary: Word | None


def settle(new: Iterable[Word], known: Sequence[Word]) -> Settled:
    """Weigh new words about one candidate against those known before, contested kinds alone.

    - Everybody has one seniority: the surest, of equals the known one, unless the same source
      or a person says otherwise now. Likewise the first of several specialties.
    - A specialty that was only read from something gives way to one that is known better.
    - What was read before ends when something as sure is known of the same kind.
    - A source that names another place means that the person has moved; a recruiter may name
      several. Where the candidates themselves say that they live, no file knows better.
    """
    best: dict[int, Word] = {}
    for word in new:
        other = best.get(word.tag_id)
        if other is None or (word.confidence, word.is_primary) > (
            other.confidence,
            other.is_primary,
        ):
            best[word.tag_id] = word
    said = list(best.values())
    levels = [_height(word) for word in said if word.kind == Kind.SENIORITY]
    kept = [
        word
        for word in said
        if (word.kind != Kind.SENIORITY or _height(word) == max(levels))
        and not any(_yields(word, to=other) for other in known)
        and not any(_yields(word, to=other) for other in said if _is_surer(other, word))
    ]
    stays = {word.tag_id for word in kept}
    gone = [
        word
        for word in known
        if word.tag_id not in stays and any(_ends(word, by=other) for other in kept)
    ]
    return Settled(kept, gone, _primary(kept, [word for word in known if word not in gone]))


def _is_surer(word: Word, other: Word) -> bool:
    """Whether a word counts more than another one that is said at once with it."""
    is_home = word.kind == Kind.GEOGRAPHY and word.source == BY_CANDIDATE
    return word.confidence > other.confidence or is_home


def _height(word: Word) -> tuple[float, int]:
    # Of two levels said at once the higher one counts: they came into the tree in that order.
    return word.confidence, word.tag_id


def _yields(word: Word, *, to: Word) -> bool:
    if to.kind != word.kind or to.tag_id == word.tag_id:
        return False
    if word.kind == Kind.GEOGRAPHY:
        return to.source == BY_CANDIDATE and word.source not in PEOPLE
    if word.kind != Kind.SENIORITY and not (
        word.kind == Kind.SPECIALTY and word.source in READINGS
    ):
        return False
    return not _overrules(word, to)


def _overrules(word: Word, other: Word) -> bool:
    """Whether a new word counts more than a known one that it contradicts."""
    if word.confidence == other.confidence:
        return word.source == other.source or word.source in PEOPLE
    return word.confidence > other.confidence


def _ends(word: Word, *, by: Word) -> bool:
    if by.kind != word.kind:
        return False
    if word.kind == Kind.SENIORITY:
        return True
    moved = by.source in {word.source, BY_CANDIDATE} and word.source != BY_HAND
    if word.kind == Kind.GEOGRAPHY and moved:
        return True
    return word.source in READINGS and word.confidence <= by.confidence


def _primary(new: Iterable[Word], known: Iterable[Word]) -> Word | None:
    carried = [word for word in known if word.kind == Kind.SPECIALTY]
    added = [word for word in new if word.kind == Kind.SPECIALTY]
    present = next((word for word in carried if word.is_primary), None)
    claims = [
        word
        for word in added
        if word.is_primary
        and (present is None or word.tag_id == present.tag_id or _overrules(word, present))
    ]
    if claims:
        # Of equal claims the one that holds already, else the first.
        holder = present.tag_id if present else 0
        return max(claims, key=lambda word: (word.confidence, word.tag_id == holder))
    if present is not None:
        return present
    # Nobody says which: the surest, then the one known longest.
    carried.sort(key=lambda word: word.row_id)
    return max([*carried, *added], key=lambda word: word.confidence, default=None)
