"""Learns what numbers, dates, lengths of time and skills are to the person.

python -m bench.learn_candidates            learn from all, and write insight/data/candidates.npz
python -m bench.learn_candidates --measure  how much is right, on authors that it did not learn from
"""

import os
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from bench.candidate_names import filled  # noqa: E402
from bench.insights import HERE, Tally, _compare, _same, documents, taken_apart  # noqa: E402
from bench.learn_mentions import Example, author, learn, scales  # noqa: E402
from warmbench.insight import (  # noqa: E402
    candidates,
    extraction,
    judging,
    lexicon,
    reading,
    trust,
    weighing,
)
from warmbench.insight import documents as readers  # noqa: E402
from warmbench.insight.extractors import skills  # noqa: E402
from warmbench.insight.flat import flat  # noqa: E402
from warmbench.insight.found import Reading  # noqa: E402
from warmbench.insight.judging import Model  # noqa: E402
from warmbench.insight.kinds import Kind, SourceKind, Speaker  # noqa: E402
from warmbench.insight.mentions import Mention  # noqa: E402

MODEL = Path(weighing.__file__).parent / "data" / "candidates.npz"
KINDS = ("pay", "notice", "start", "event", "scope", "skill")
#: So often each of our sentences is filled with other amounts, dates and names.
MADE = 2
#: What a template teaches against what a document does.
WEIGHT = 0.5


def named(taken: Reading) -> Iterator[tuple[int, list[Mention]]]:
    """For each unit that tells of the person its candidates, numbers and times before skills."""
    for at, found in enumerate(candidates.of(taken)):
        if found:
            yield at, list(found)
    is_talk = taken.kind == SourceKind.TRANSCRIPT
    for at, (unit, after) in enumerate(zip_longest(taken.units, taken.units[1:])):
        if is_talk and unit.speaker != Speaker.CANDIDATE:
            continue
        is_same = after is not None and (after.part, after.speaker) == (unit.part, unit.speaker)
        following = flat(after.text) if after is not None and is_same else ""
        every = skills.candidates(unit, following, lexicon.skills(), taken)
        if found := [skills.mention_of(one) for one in every]:
            yield at, found


def _example(
    taken: Reading, at: int, one: Mention, words: Any, sense: int, weight: float
) -> Example:
    places = np.array(judging.own_features(taken, at, one, words))
    return Example(places, sense, str(one.kind), weight)


def written(text: str, gold: dict[str, Any]) -> Iterator[Example]:
    """The candidates of a document whose sense is known: where the truth is silent, none.

    What is told again elsewhere, and what a careful reader could see either way, teaches nothing.
    """
    taken = taken_apart(text, gold)
    for at, found in named(taken):
        unit = taken.units[at]
        words = judging.tokens(unit, found, taken)
        for one in found:
            sense = meant(taken, gold, unit.start + one.start, unit.start + one.end, one)
            if sense is not None:
                yield _example(taken, at, one, words, weighing.SENSES[one.kind].index(sense), 1.0)


_OF = {
    Kind.PAY: {"pay", "scope"},
    Kind.START: {"start", "event"},
    Kind.NOTICE: {"notice"},
    Kind.SKILL: {"skill"},
}


def meant(taken: Reading, gold: dict[str, Any], start: int, end: int, one: Mention) -> str | None:
    """The sense of a candidate; None where the truth leaves it open."""
    is_near = False
    for fact in gold["facts"]:
        if fact["kind"] not in _OF[one.kind]:
            continue
        alike = _is_value(fact, one)
        here = any(
            start < quote.end() and quote.start() < end
            for quote in re.finditer(re.escape(fact["quote"]), taken.text)
        )
        if here and alike:
            return None if fact.get("optional") else _sense(fact)
        is_near = is_near or alike or (here and _is_sum(fact))
    return None if is_near else ""


def _is_sum(fact: dict[str, Any]) -> bool:
    """Whether its quote may hold parts of what is told: “9 engineers and 2 analysts”."""
    return fact["kind"] in {"scope", "start", "event"}


def _sense(fact: dict[str, Any]) -> str:
    if fact["kind"] == "skill":
        return str(fact["polarity"])
    return str(fact["value"].get("what", fact["kind"]))


def _is_value(fact: dict[str, Any], one: Mention) -> bool:
    value = fact["value"]
    match one.kind:
        case Kind.PAY:
            money, amount = one.value["money"], float(value.get("low", value.get("amount", 0)))
            factors = (1, 100, 1000, 100_000) if money.low < 1000 else (1,)
            return any(abs(float(money.low) * f - amount) < 0.005 * amount for f in factors)
        case Kind.START:
            moment = one.value["moment"]
            days = {moment.first, moment.last, moment.begins, moment.returns}
            return value.get("from") in {day.isoformat() for day in days}
        case Kind.NOTICE:
            length = one.value["length"]
            return (value.get("amount"), value.get("unit")) == (length.amount, length.unit)
        case _:
            return _same("skill", value, one.value)


def made(dice: random.Random, count: int) -> Iterator[Example]:
    """The candidates of our sentences, each filled so often."""
    for text, kind, places in filled(dice, count):
        taken = reading.read(text, kind=kind, said_on=date(2026, 3, 2), people=["Ana Ruiz"])
        for at, found in named(taken):
            unit = taken.units[at]
            words = judging.tokens(unit, found, taken)
            for one in found:
                start, end = unit.start + one.start, unit.start + one.end
                senses = [s for a, b, s in places if a < end and start < b]
                sense = senses[0] if senses else ""
                if sense in weighing.SENSES[one.kind]:
                    number = weighing.SENSES[one.kind].index(sense)
                    yield _example(taken, at, one, words, number, WEIGHT)


@dataclass
class Text:
    """A document, with what it teaches."""

    name: str
    text: str
    gold: dict[str, Any]
    examples: list[Example]


def texts() -> list[Text]:
    """The documents that are learnt from."""
    found = []
    for path, gold in documents(HERE / "development"):
        text = readers.read(path.name, path.read_bytes()).text
        found.append(Text(path.name, text, gold, list(written(text, gold))))
    return found


Models = dict[Kind, Model]


def learnt(examples: Sequence[Example]) -> Models:
    """For each kind what its examples teach."""
    found = {}
    for kind, senses in weighing.SENSES.items():
        own = [one for one in examples if one.kind == kind]
        found[kind] = learn(own, random.Random(7), len(senses))
    return found


def fitted(every: list[Text], extra: list[Example]) -> tuple[dict[int, Models], dict[str, Any]]:
    """By author, models that learnt from all others; and how sure they may be."""
    models = {
        one: learnt([e for t in every if author(t.name) != one for e in t.examples] + extra)
        for one in sorted({author(t.name) for t in every})
    }
    told: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for text in every:
        for one in text.examples:
            each = judging.shares(one.places.tolist(), models[author(text.name)][Kind(one.kind)])
            sense = int(each[1:].argmax()) + 1
            told[one.kind].append((float(each[sense]), one.sense == sense))
    shares = scales(told)
    return {
        one: {kind: Model(model.weights, shares) for kind, model in each.items()}
        for one, each in models.items()
    }, shares


def write() -> None:
    """Learn from everything, and write what was learnt."""
    every, extra = texts(), list(made(random.Random(7), MADE))
    _, shares = fitted(every, extra)
    models = learnt([one for text in every for one in text.examples] + extra)
    kept = {str(kind): model.weights.astype(np.float16) for kind, model in models.items()}
    kept |= {f"{kind}_scale": np.array(shares[kind], np.float32) for kind in models}
    np.savez_compressed(MODEL, **kept)
    print(f"{MODEL.stat().st_size / 1024:.0f} KB")


def measure() -> None:
    """Print what is right and what is missed, on authors that were not learnt from."""
    every = texts()
    models, _ = fitted(every, list(made(random.Random(7), MADE)))
    tallies: dict[tuple[str, str, bool], Tally] = defaultdict(Tally)
    for text in every:
        taken = taken_apart(text.text, text.gold)
        with mock.patch.object(weighing, "_model", side_effect=models[author(text.name)].get):
            weighing.judged.cache_clear()
            found = extraction.extract(taken)
        for shown in (False, True):
            each: dict[str, Tally] = defaultdict(Tally)
            some = [one for one in found if not shown or one.confidence >= trust.SHOWN]
            _compare(text.name, text.gold, taken, some, each, Counter())
            for group in ("all", "401-480") if 401 <= int(text.name[:3]) <= 480 else ("all",):
                for kind in KINDS:
                    tally = tallies[kind, group, shown]
                    tally.right += each[kind].right
                    tally.invented += each[kind].invented
                    tally.missed += each[kind].missed
    for (name, group, shown), tally in sorted(tallies.items()):
        of, told = tally.precision[1], tally.recall[1]
        right, found_of = tally.right / max(of, 1), tally.right / max(told, 1)
        what = f"{name:7} {group:8} {'shown' if shown else 'all':6}"
        print(f"{what} {right:.2f} of {of} right, {found_of:.2f} of {told} found")
        if name in sys.argv and group == "all" and not shown:
            print(*(f"    invented {one}" for one in tally.invented), sep="\n")
            print(*(f"    missed   {one}" for one in tally.missed), sep="\n")


def main() -> None:
    """Measure, or learn from everything and write the models."""
    measure() if "--measure" in sys.argv else write()


if __name__ == "__main__":
    main()
