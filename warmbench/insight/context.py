"""Says what a sentence answers, puts right, and of whom else it speaks."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from warmbench.insight.flat import flat
from warmbench.insight.found import Reading, Unit
from warmbench.insight.kinds import SourceKind, Speaker
from warmbench.insight.tables import table

#: An answer says it in its first sentences.
_MOST_BETWEEN = 3
_CLAUSE = re.compile(r"[;:(]|[.!?]\s|,?\s(?:but|aber|mais|pero|maar)\s|,\s|\s-\s")
_SHORT_QUESTION = 45
#: Nobody is spoken of for longer in a clause.
_MOST_OF_CLAUSE = 200
#: Of a sentence without an end, so much is read: the work for a text has to stay bounded.
_MOST_OF_UNIT = 4_000


def plain(unit: Unit) -> str:
    """The unit's text in plain small letters on one line, each where it was."""
    return flat(unit.text[:_MOST_OF_UNIT]).replace("\n", " ").replace("\t", " ")


def told(reading: Reading) -> Iterator[tuple[int, Unit]]:
    """The units that tell of the person: in talks only their own words do."""
    for at, unit in enumerate(reading.units):
        is_talk = reading.kind == SourceKind.TRANSCRIPT
        if unit.speaker == Speaker.CANDIDATE or not (is_talk or unit.speaker == Speaker.OTHER):
            yield at, unit


def question(units: Sequence[Unit], at: int) -> str:
    """What somebody else asked right before the turn of a unit, in plain letters, or "".

    Also a short question of their own that they answer: “Notice? Three months.”
    """
    unit = units[at]
    own = units[at - 1] if at else None
    if own and own.speaker == unit.speaker and own.text.endswith("?"):
        return plain(own) if len(own.text) <= _SHORT_QUESTION else ""
    first = at
    while first and units[first - 1].part == unit.part and at - first < _MOST_BETWEEN:
        first -= 1
    asked = []
    for other in reversed(units[max(0, first - 3) : first]):
        if other.speaker == unit.speaker or other.part != units[first - 1].part:
            break
        asked.append(plain(other))
    return " ".join(reversed(asked))


def corrects(flat_text: str) -> bool:
    """Whether words put right what was said before them: “no wait”, “ach nein”."""
    return bool(pattern("corrects").search(flat_text))


def is_of(group: str, before: str) -> bool:
    """Whether the clause that ends here speaks of one of a group: ``relatives`` or ``roles``."""
    before = before[-_MOST_OF_CLAUSE:]
    start = 0
    for match in _CLAUSE.finditer(before):
        start = match.end()
    return bool(pattern(group).search(before, start))


@cache
def pattern(group: str, name: str = "") -> re.Pattern[str]:
    """A pattern for any piece of a list of ``timing_words``, as whole words."""
    found = table("timing_words")[group]
    return re.compile(rf"(?<![\w'])(?:{'|'.join(found[name] if name else found)})(?!\w)")


def pieces(group: str, name: str) -> str:
    """The pieces of a list of ``timing_words``, to be put into a larger pattern."""
    found: list[str] = table("timing_words")[group][name]
    return "|".join(found)
