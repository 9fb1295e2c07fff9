"""Learns in which sense titles, employers, places and industries are named.

python -m bench.learn_mentions            learn from all, and write insight/data/mentions.npz
python -m bench.learn_mentions --measure  how much is right, on authors that it did not learn from
"""

import os
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import yaml

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from bench.insights import HERE, Tally, _compare, _same, documents, taken_apart  # noqa: E402
from warmbench.insight import documents as readers  # noqa: E402
from warmbench.insight import extraction, judging, lexicon, mentions, reading, trust  # noqa: E402
from warmbench.insight.found import Reading  # noqa: E402
from warmbench.insight.judging import NONE, NOW, PAST, PLANS, REFUSES, SENSES, WANTS, Model  # noqa: E402
from warmbench.insight.kinds import Kind, SourceKind  # noqa: E402
from warmbench.insight.tables import table  # noqa: E402

TEMPLATES = Path(__file__).with_name("mention_templates.txt")
LISTS = Path(__file__).with_name("span_templates.yaml")
MODEL = Path(judging.__file__).parent / "data" / "mentions.npz"
#: The first number of each author's documents.
AUTHORS = (1, 41, 81, 201, 246, 301, 401, 441)
ROUNDS, RATE, DECAY = 10, 0.3, 2e-4
#: So often each of our sentences is filled with other names.
MADE = 3
KINDS = {
    "T": Kind.TITLE,
    "E": Kind.EMPLOYER,
    "P": Kind.PLACE,
    "D": Kind.DOMAIN,
    "R": Kind.REFERRAL,
}
MARKS = {"+": NOW, "-": PAST, "?": WANTS, "!": REFUSES, ">": PLANS, "0": NONE}
SOURCES = {
    "n": (SourceKind.NOTE,),
    "c": (SourceKind.EMAIL, SourceKind.TRANSCRIPT),
    "q": (SourceKind.TRANSCRIPT,),
    "r": (SourceKind.RESUME,),
    "d": (SourceKind.DEBRIEF,),
    "": (SourceKind.NOTE, SourceKind.NOTE, SourceKind.NOTE, SourceKind.DEBRIEF),
}
TOLD = re.compile(r"\{([TEPDR])([-+?!>0])\}|\{([NMS])\}")


@dataclass(frozen=True)
class Example:
    """A mention with what is seen of it, and its sense."""

    places: np.ndarray
    sense: int
    kind: str
    weight: float = 1.0


def written(text: str, gold: dict[str, Any]) -> Iterator[Example]:
    """The mentions of a document whose sense is known: those that the truth is silent on are none.

    What is named again elsewhere, and what a careful reader could see either way, teaches nothing.
    """
    taken = taken_apart(text, gold)
    for at, named in enumerate(mentions.of(taken)):
        unit = taken.units[at]
        words = judging.tokens(unit, named, taken) if named else []
        for one in named:
            sense = _meant(taken, gold, unit.start + one.start, unit.start + one.end, one)
            if sense is not None:
                yield Example(
                    np.array(judging.features(taken, at, one, words)), sense, str(one.kind)
                )


def _meant(taken: Reading, gold: dict[str, Any], start: int, end: int, one: Any) -> int | None:
    alike = [
        fact
        for fact in gold["facts"]
        if fact["kind"] == one.kind and _same(one.kind, fact["value"], one.value)
    ]
    for fact in alike:
        for found in re.finditer(re.escape(fact["quote"]), taken.text):
            if start < found.end() and found.start() < end:
                return None if fact.get("optional") else _sense(fact)
    return None if alike else NONE


def _sense(fact: dict[str, Any]) -> int | None:
    if fact["polarity"] == "had":
        is_now = fact["kind"] not in {"title", "employer"} or fact["value"].get("current")
        return NOW if is_now else PAST
    return {"wants": WANTS, "refuses": REFUSES, "plans": PLANS}.get(fact["polarity"])


def made(dice: random.Random, count: int) -> Iterator[Example]:
    """The mentions of our sentences, each filled so often with other names."""
    lists = {
        name: value.split("; ")
        for name, value in yaml.safe_load(LISTS.read_text("utf-8")).items()
        if isinstance(value, str)
    }
    known = table("domains")
    lists["domains"] = [
        name for field in mentions.LISTS for _, name in lexicon.names_of(known[field])
    ]
    lines = [
        line
        for line in TEMPLATES.read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    for line in lines:
        for _ in range(count):
            yield from _filled(line, lists, dice)


def _filled(line: str, lists: dict[str, list[str]], dice: random.Random) -> Iterator[Example]:
    head, bar, rest = line.partition("|")
    mark, template = (head, rest) if bar and len(head) == 1 else ("", line)
    person = dice.choice(lists["people"])
    text, places = "", []
    if mark in {"", "n", "d"} and dice.random() < 0.5:
        text = dice.choice(lists["openings"]).replace("{M}", person) + dice.choice(
            ["\n", "\n\n", " "]
        )
    end = 0
    body = template.replace("\\n", "\n")
    if mark == "q":
        question, _, answer = body.partition("||")
        body = f"Recruiter: {question}\n{person}: {answer}"
    elif mark == "c":
        kind = dice.choice(SOURCES["c"])
        body = f"{person}: {body}" if kind == SourceKind.TRANSCRIPT else body
    kind = kind if mark == "c" else dice.choice(SOURCES[mark])
    for found in TOLD.finditer(body):
        text += body[end : found.start()]
        end = found.end()
        name = _name(found[1] or found[3], person, lists, dice)
        if found[1]:
            places.append((len(text), len(text) + len(name), KINDS[found[1]], MARKS[found[2]]))
        text += name
    text += body[end:]
    if mark in {"", "n", "d"}:
        text += dice.choice(["", ".", "\n", ". "]) + dice.choice(lists["closings"])
    taken = reading.read(text, kind=kind, said_on=date(2026, 3, 2), people=[person])
    for at, named in enumerate(mentions.of(taken)):
        unit = taken.units[at]
        words = judging.tokens(unit, named, taken) if named else []
        for one in named:
            start, stop = unit.start + one.start, unit.start + one.end
            sense = next(
                (s for a, b, k, s in places if k == one.kind and a < stop and start < b), NONE
            )
            yield Example(
                np.array(judging.features(taken, at, one, words)), sense, str(one.kind), 0.5
            )


def _name(mark: str, person: str, lists: dict[str, list[str]], dice: random.Random) -> str:
    if mark == "M":
        return dice.choice([person, person.split(maxsplit=1)[0]])
    if mark == "E" and dice.random() < 0.5:
        return invented(dice, lists)
    which = {"T": "titles", "E": "companies", "P": "towns", "D": "domains", "S": "systems"}
    return dice.choice(lists[which.get(mark, "people")])


def invented(dice: random.Random, lists: dict[str, list[str]]) -> str:
    """A name as firms have it."""
    start = dice.choice(lists["starts"]) + dice.choice(lists["ends"])
    return dice.choice([start, f"{start} {dice.choice(lists['trades'])}"])


def learn(examples: Sequence[Example], dice: random.Random, senses: int = SENSES) -> Model:
    """The model that makes the senses most probable, by steps along single mentions (Adagrad)."""
    weights = np.zeros((judging.PLACES, senses), np.float32)
    steps = np.full((judging.PLACES, senses), 1e-2, np.float32)
    order = list(examples)
    for _ in range(ROUNDS):
        dice.shuffle(order)
        for one in order:
            scores = weights[one.places].sum(axis=0)
            pull = -np.exp(scores - scores.max())
            pull /= -pull.sum()
            pull[one.sense] += 1
            pull *= one.weight
            slope = pull[None, :] - DECAY * weights[one.places]
            steps[one.places] += slope**2
            weights[one.places] += RATE * slope / np.sqrt(steps[one.places]) / 8
    return Model(weights, {})


def scales(told: dict[str, list[tuple[float, bool]]]) -> dict[str, tuple[float, float]]:
    """By kind, the factor and the shift that make shares of scores (Platt, 1999)."""
    found = {}
    for kind, pairs in told.items():
        odds = np.array([np.log(max(s, 1e-6) / max(1 - s, 1e-6)) for s, _ in pairs])
        right = np.array([float(ok) for _, ok in pairs])
        factor, shift = 1.0, 0.0
        for _ in range(3000):
            off = right - 1 / (1 + np.exp(-(factor * odds + shift)))
            factor += 0.05 * (float((off * odds).mean()) - 0.01 * (factor - 0.7))
            shift += 0.05 * float(off.mean())
        found[kind] = (factor, shift)
    return found


def author(name: str) -> int:
    """Whose document it is."""
    return max(first for first in AUTHORS if first <= int(name[:3]))


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


def crossed(every: list[Text], extra: list[Example]) -> dict[int, Model]:
    """By author, a model that has learnt from all others."""
    return {
        one: learn(
            [e for t in every if author(t.name) != one for e in t.examples] + extra,
            random.Random(7),
        )
        for one in sorted({author(t.name) for t in every})
    }


def outcomes(every: list[Text], models: dict[int, Model]) -> dict[str, list[tuple[float, bool]]]:
    """By kind, how probable what is most probable is, and whether it is right."""
    told: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for text in every:
        model = models[author(text.name)]
        for one in text.examples:
            each = judging.shares(one.places.tolist(), model)
            held = float(each[NOW] + each[PAST])
            sense = max((NOW, WANTS, REFUSES, PLANS), key=lambda n: held if n == NOW else each[n])
            share = held if sense == NOW else float(each[sense])
            meant = NOW if one.sense == PAST else one.sense
            told[one.kind].append((share, meant == sense))
    return told


def fitted(every: list[Text], extra: list[Example]) -> dict[int, Model]:
    """By author, a model that has learnt from all others, and how sure it may be."""
    models = crossed(every, extra)
    told = outcomes(every, models)
    shares = scales(told)
    return {one: Model(model.weights, shares) for one, model in models.items()}


def write() -> None:
    """Learn from everything, and write what was learnt."""
    every, extra = texts(), list(made(random.Random(7), MADE))
    shares = scales(outcomes(every, crossed(every, extra)))
    model = learn([one for text in every for one in text.examples] + extra, random.Random(7))
    np.savez_compressed(
        MODEL,
        weights=model.weights.astype(np.float16),
        kinds=np.array(sorted(shares)),
        scales=np.array([shares[kind] for kind in sorted(shares)], np.float32),
    )
    print(f"{MODEL.stat().st_size / 1024:.0f} KB")


def measure() -> None:
    """Print what is right and what is missed, on authors that were not learnt from."""
    every = texts()
    models = fitted(every, list(made(random.Random(7), MADE)))
    tallies: dict[tuple[str, bool], Tally] = defaultdict(Tally)
    for text in every:
        taken = taken_apart(text.text, text.gold)
        with mock.patch.object(judging, "_model", return_value=models[author(text.name)]):
            judging.judged.cache_clear()
            found = extraction.extract(taken)
        for shown in (False, True):
            each: dict[str, Tally] = defaultdict(Tally)
            some = [one for one in found if not shown or one.confidence >= trust.SHOWN]
            _compare(text.name, text.gold, taken, some, each, Counter())
            for kind in KINDS.values():
                tally = tallies[kind, shown]
                tally.right += each[kind].right
                tally.invented += each[kind].invented
                tally.missed += each[kind].missed
    for (name, shown), tally in tallies.items():
        of, meant = tally.precision[1], tally.recall[1]
        what = f"{name:9} {'shown' if shown else 'all':6}"
        right, found_of = tally.right / max(of, 1), tally.right / max(meant, 1)
        print(f"{what} {right:.2f} of {of} right, {found_of:.2f} of {meant} found")
        if "--show" in sys.argv and not shown:
            print(*(f"    invented {one}" for one in tally.invented), sep="\n")
            print(*(f"    missed   {one}" for one in tally.missed), sep="\n")


def main() -> None:
    """Measure, or learn from everything and write the model."""
    measure() if "--measure" in sys.argv else write()


if __name__ == "__main__":
    main()
