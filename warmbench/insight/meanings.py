"""Reads what sentences mean where people say a thing in ever different words: by examples."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

import numpy as np

from warmbench.insight import context, sayings
from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity
from warmbench.messaging.inbound import likeness
from warmbench.messaging.inbound.meaning import Vectors

#: Less sure than this, nothing is said: three of four have to be right.
LEAST = 0.4
#: A sentence says what it means in so many letters; the work for one has to stay bounded.
_MOST = 400
#: So many sentences of one text are weighed.
_SENTENCES = 400
_THREE_WORDS = re.compile(r"\w\W+\w+[^\w']+\w")
#: “Her husband …”, “My sister …”: what begins so is of another, but for what ties them down.
_BEGINNING = 6


@dataclass(frozen=True, slots=True)
class Meant:
    """What a sentence means, and how sure that is."""

    unit: Unit
    #: What it is among those of its kind: ``open``, ``wants hybrid``.
    what: str
    #: From 0 to 1: the share of such that are right, in texts of which nothing was learnt.
    sure: float


def told(reading: Reading, kind: Kind) -> Iterator[Meant]:
    """What the sentences that tell of a person mean of one kind, in the order of the text."""
    units, sure = _weighed(reading)
    of_kind = [
        (column, name.partition(" ")[2])
        for column, name in enumerate(judge().classes)
        if name.startswith(f"{kind} ")
    ]
    for unit, row in zip(units, sure, strict=True):
        if kind != Kind.CONSTRAINT and _is_of_relative(unit):
            continue
        for column, what in of_kind:
            if row[column] >= LEAST:
                yield Meant(unit, what, round(float(row[column]), 2))


def by_unit(reading: Reading, kind: Kind) -> dict[Unit, list[Meant]]:
    """The same by sentence; nothing for those that mean nothing of the kind."""
    found: dict[Unit, list[Meant]] = defaultdict(list)
    for one in told(reading, kind):
        found[one.unit].append(one)
    return found


def surest(every: Iterable[Meant]) -> Iterator[Meant]:
    """Of what is told the surest of each sentence."""
    for _, of_unit in groupby(every, key=lambda one: one.unit):
        yield max(of_unit, key=lambda one: one.sure)


def found(kind: Kind, value: dict[str, Any], polarity: Polarity, meant: Meant) -> Found:
    """The fact that follows, with the sentence as its quote."""
    unit = meant.unit
    rule = f"{kind}.likeness"
    return Found(kind, value, polarity, unit.start, unit.end, meant.sure, rule)


def weighed(reading: Reading) -> tuple[Unit, ...]:
    """The sentences that are looked at: no questions, nothing of a word or two.

    Nor any that speaks of health, faith and the like (Art. 9 GDPR): a quote would keep it.
    """
    units = (unit for _, unit in context.told(reading))
    return tuple(
        unit
        for unit in units
        if _THREE_WORDS.search(unit.text)
        and not unit.text.rstrip().endswith("?")
        and not sayings.holds("constraint_words", "never", context.plain(unit), reading.language)
    )[:_SENTENCES]


def _is_of_relative(unit: Unit) -> bool:
    named = context.pattern("relatives").search(context.plain(unit))
    return named is not None and named.start() <= _BEGINNING


def words(unit: Unit) -> str:
    """What is weighed of a sentence."""
    return " ".join(unit.text[:_MOST].split())


@lru_cache(maxsize=1)
def _weighed(reading: Reading) -> tuple[tuple[Unit, ...], Vectors]:
    """How sure each meaning of each sentence is; kept while extractors read the same text."""
    units = weighed(reading)
    if not units:
        return (), np.zeros((0, 0), np.float32)
    scores = judge().scores([words(unit) for unit in units])
    return units, np.asarray(1 / (1 + np.exp(-scores)), np.float32)


def judge() -> likeness.Judge:
    """What was learnt by ``bench/learn_meanings.py``: its scores are the logits of being right."""
    return likeness.learnt("meanings", __package__)
