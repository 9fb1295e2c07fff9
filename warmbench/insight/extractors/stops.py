"""Reads who wants to be left alone: for good, or for a while."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
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
#: Recall goes first: a rest that was not asked for costs a look, a call that was not wanted the
#: customer.
PAUSE = 0.35
#: Without any of the words that people use for it, the judge has to be as sure as this.
ALONE = 0.9
#: Longer stretches hold more than one thought; the judge looks at the beginning.
_MOST = 400
#: So many pieces of one text are weighed: what is longer tells it more than once.
_PIECES = 300
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
    """What a judge says of pieces of a text. The first piece of a unit is the unit."""
    weighed: dict[Unit, list[dict[str, float]]] = defaultdict(list)
    for piece, told in zip(pieces, judge.probabilities([p.text for p in pieces]), strict=True):
        weighed[piece.unit].append(told)
    for unit, (whole, *clauses) in weighed.items():
        hard = max(told["hard"] for told in (whole, *clauses))
        sure = max(1 - told["free"] for told in (whole, *clauses))
        until = not_now.until(unit.text, today=reading.said_on)
        # A day that is named may be the end of it, unless it is plain that there is none.
        plain = HALF if until is None else PLAIN
        is_asked = asks(unit.text)
        if is_asked and hard >= HARD and whole["hard"] >= plain:
            yield _found(unit, {"tier": "hard"}, hard)
        elif sure >= (PAUSE if is_asked else ALONE):
            yield _found(unit, _pause(until), sure, until)


def asks(text: str) -> bool:
    """Whether a sentence has the words in which people ask to be left alone."""
    folded = " ".join(fold(text[:_MOST]).split())
    return any(rule.search(clause) for clause in _CLAUSE.split(folded) for rule in _rules())


@cache
def _rules() -> tuple[re.Pattern[str], ...]:
    return tuple(
        _pattern(rule, language["lists"])
        for language in table("stop_words").values()
        for rule in language["rules"]
    )


def _pattern(rule: str, lists: dict[str, str]) -> re.Pattern[str]:
    for name, words in lists.items():
        rule = re.sub(rf"\b{name}\b(?= ~|$)|(?<=~ ){name}\b", lambda _, w=words: f"(?:{w})", rule)
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
    with (
        files("warmbench.insight").joinpath("data/contact_words.txt").open(encoding="utf-8") as file
    ):
        words = [line.strip() for line in file if line.strip() and not line.startswith("#")]
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
