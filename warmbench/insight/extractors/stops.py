"""Reads who wants to be left alone: for good, or for a while."""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker
from warmbench.insight.tables import table
from warmbench.messaging.inbound import likeness, not_now
from warmbench.messaging.inbound.plain import fold

#: From so sure on nobody is written to any more, at once. Less sure, a person looks, and all rests.
HARD = 0.7
HALF = 0.5
PLAIN = 0.85
CERTAIN = 0.93
#: Recall goes first: a rest that was not asked for costs a look, a call that was not wanted the
#: customer.
PAUSE = 0.5
#: What counts beside the judge's own certainty, in the same measure (logits), as it was fitted to
#: judges that had not seen what they judged: that there are words in which people ask, a form in
#: which they ask beyond doubt, or one in which they mean something else.
JUDGE = 0.9
ASKS = 1.2
FORM = 2.5
OTHER = -2.5
NOTHING = -0.5
_LEAST = 0.002
#: Longer stretches hold more than one thought; the judge looks at the beginning.
_MOST = 400
#: So many pieces of one text are weighed: what is longer tells it more than once.
_PIECES = 300
_FOR_EVER = re.compile(
    r"\b(?:again|ever|never|any ?more|for good|permanently|whatever|nie|niemals|nie mehr|jamais"
    r"|plus|nunca|jamas|mas|nooit|meer)\b"
)
_CLAUSE = re.compile(
    r"\s*(?:[,;:()]|\s[-\u2013\u2014>]+\s|\.\.\.|\bbut\b|\baber\b|\bmais\b|\bpero\b|\bmaar\b)\s*"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence or a clause of one in which contact is spoken of."""

    unit: Unit
    text: str


def extract(reading: Reading) -> Iterator[Found]:
    """Who asks for no contact any more (hard), or for none before some day (pause)."""
    if pieces := heard(reading):
        yield from judged(reading, pieces, likeness.learnt("stops", __package__))


def judged(reading: Reading, pieces: Sequence[Piece], judge: likeness.Judge) -> Iterator[Found]:
    """What a judge says of pieces of a text, once for each person: what goes furthest, then what
    is surest. The first piece of a unit is the unit."""
    asked: dict[int, Found] = {}
    for about, found in _asked(reading, pieces, judge):
        if about not in asked or _weight(asked[about]) < _weight(found):
            asked[about] = found
    yield from asked.values()


def _weight(found: Found) -> tuple[bool, bool, float]:
    return found.value["tier"] == "hard", found.valid_until is not None, found.confidence


def _asked(
    reading: Reading, pieces: Sequence[Piece], judge: likeness.Judge
) -> Iterator[tuple[int, Found]]:
    weighed: dict[Unit, list[dict[str, float]]] = defaultdict(list)
    for piece, told in zip(pieces, judge.probabilities([p.text for p in pieces]), strict=True):
        weighed[piece.unit].append(told)
    for unit, (whole, *clauses) in weighed.items():
        hard = max(told["hard"] for told in (whole, *clauses))
        sure = _certainty(unit.text, max(1 - told["free"] for told in (whole, *clauses)))
        until = not_now.until(unit.text, today=reading.said_on)
        if _is_for_good(unit.text, hard, whole["hard"], is_dated=until is not None):
            yield unit.about, _found(unit, {"tier": "hard"}, hard)
        elif sure >= PAUSE:
            yield unit.about, _found(unit, _pause(until), sure, until)


def _is_for_good(text: str, hard: float, whole: float, *, is_dated: bool) -> bool:
    # A day that is named may be the end of it, unless it is plain that there is none.
    if says(text, "never") or whole < (PLAIN if is_dated else HALF):
        return False
    if says(text, "hard"):
        return hard >= HARD
    return whole >= CERTAIN and asks(text) and bool(_FOR_EVER.search(_folded(text)))


def _certainty(text: str, judged: float) -> float:
    """How sure it is that somebody wants to be left alone, from 0 to 1."""
    judged = min(max(judged, _LEAST), 1 - _LEAST)
    score = NOTHING + JUDGE * math.log(judged / (1 - judged)) + ASKS * asks(text)
    if says(text, "never"):
        score += OTHER
    elif says(text, "hard") or says(text, "pause"):
        score += FORM
    return 1 / (1 + math.exp(-score))


def asks(text: str) -> bool:
    """Whether a sentence has the words in which people ask to be left alone."""
    folded = _folded(text)
    return any(rule.search(clause) for clause in _CLAUSE.split(folded) for rule in _rules("rules"))


def says(text: str, what: str) -> bool:
    """Whether a sentence has a form of ``hard``, ``pause`` or ``never``."""
    folded = _folded(text)
    return any(rule.search(folded) for rule in _rules(what))


def _folded(text: str) -> str:
    return " ".join(fold(text[:_MOST]).split())


@cache
def _rules(what: str) -> tuple[re.Pattern[str], ...]:
    return tuple(
        _pattern(rule, language["lists"])
        for language in table("stop_words").values()
        for rule in language[what]
    )


def _pattern(rule: str, lists: dict[str, str]) -> re.Pattern[str]:
    for name, words in lists.items():
        listed = f"(?:{words})"
        rule = rule.replace(name.upper(), listed)
        # No sign in the lists means anything in a replacement.
        rule = re.sub(rf"\b{name}\b(?= ~|$)|(?<=~ ){name}\b", listed, rule)
    rule = rule.replace(" ~ ", r"(?: [^ ]+){0,6}? ")
    return re.compile(rf"(?:^|(?<=[^a-z])){rule.rstrip()}(?![a-z])")


def heard(reading: Reading) -> list[Piece]:
    """What is weighed: sentences that speak of contact, and their clauses that do."""
    if reading.kind == SourceKind.RESUME:
        return []
    units = reading.units
    if reading.kind == SourceKind.TRANSCRIPT:
        units = tuple(unit for unit in units if unit.speaker == Speaker.CANDIDATE)
    return [Piece(unit, text) for unit in units for text in of_contact(unit.text)][:_PIECES]


def of_contact(text: str) -> list[str]:
    """The text and its clauses, as far as they have a word of contact."""
    text = text[:_MOST]
    if not _about_contact().search(fold(text)):
        return []
    clauses = [clause for clause in _CLAUSE.split(text) if " " in clause.strip()]
    if len(clauses) < 2:
        return [text]
    return [text, *(clause for clause in clauses if _about_contact().search(fold(clause)))]


@cache
def _about_contact() -> re.Pattern[str]:
    words = [word for listed in table("contact_words").values() for word in listed]
    return re.compile(rf"\b(?:{'|'.join(words)})")


def _pause(until: date | None) -> dict[str, Any]:
    value: dict[str, Any] = {"tier": "pause"}
    if until is not None:
        value["until"] = until.isoformat()
    return value


def _found(unit: Unit, value: dict[str, Any], sure: float, until: date | None = None) -> Found:
    return Found(
        Kind.STOP,
        value,
        Polarity.REFUSES,
        unit.start,
        unit.end,
        round(min(sure, 0.98), 2),
        "stops.likeness",
        valid_until=until,
    )
