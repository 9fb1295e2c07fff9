"""Learns to find names of skills that no list knows, and says how much it finds.

python -m bench.learn_spans            how much it adds, on documents that it did not learn from
python -m bench.learn_spans --write    learn from all, and write insight/data/skill_spans.npz
"""

import os
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from bench.insights import HERE, documents, taken_apart, wilson  # noqa: E402
from warmbench.insight import documents as readers  # noqa: E402
from warmbench.insight import lexicon, spans  # noqa: E402
from warmbench.insight.lexicon import Manner  # noqa: E402
from warmbench.insight.spans import FIRST, INSIDE, LABELS, OUTSIDE, PLACES, Model, Word  # noqa: E402
from warmbench.insight.tables import table  # noqa: E402

TEMPLATES = Path(__file__).with_name("span_templates.yaml")
MODEL = Path(lexicon.__file__).parent / "data" / "skill_spans.npz"
ROUNDS, RATE, DECAY = 14, 0.25, 1e-5
#: So many sentences are made by templates, and a known name is hidden from lists so often.
MADE, HIDDEN = 2_500, 0.6
SURE = (0.6, 0.8, 0.9, 0.95)


@dataclass
class Example:
    """A sentence with the names in it."""

    words: list[Word]
    labels: list[int]


def example(text: str, names: list[tuple[int, int]], shown: list[tuple[int, int]]) -> Example:
    """A sentence with names at some places, of which lists know some."""
    words = spans.words_of(text, shown)
    labels = [OUTSIDE] * len(words)
    for start, end in names:
        inside = [at for at, word in enumerate(words) if start <= word.start and word.end <= end]
        for at in inside:
            labels[at] = FIRST if at == inside[0] else INSIDE
    return Example(words, labels)


def made(dice: random.Random, count: int) -> Iterator[Example]:
    """Sentences by our templates."""
    lists = yaml.safe_load(TEMPLATES.read_text("utf-8"))
    flags = {"tongues", "proper", "capitals", "loose", "names", "broad"}
    names = [
        dice.choice([name, spelling])
        for field, text in table("skills").items()
        if field not in flags
        for spelling, name in lexicon.names_of(text)
    ]
    fill = {
        "c": lists["companies"].split("; "),
        "p": lists["people"].split("; "),
        "t": lists["towns"].split("; "),
        "r": lists["titles"].split("; "),
    }
    for _ in range(count):
        template = dice.choice(lists["sentences"])
        text, places = "", []
        for part in re.split(r"(\{\w\})", template):
            if part == "{s}":
                name = invented(dice) if dice.random() < 0.25 else dice.choice(names)
                places.append((len(text), len(text) + len(name)))
                text += name
            elif re.fullmatch(r"\{\w\}", part):
                text += dice.choice(fill[part[1]])
            else:
                text += part
        yield example(text, places, [one for one in places if dice.random() > HIDDEN])


def invented(dice: random.Random) -> str:
    """A name as makers of software choose them."""
    ends = ["ly", "ify", "io", "ex", "Flow", "Hub", "Desk", "Path", "Line", "Base", "Stack", "Plan"]
    starts = ["Vor", "Zen", "Quo", "Trel", "Mod", "Fin", "Ledg", "Pay", "Nex", "Plan", "Cor", "Syn"]
    word = dice.choice(starts) + dice.choice(["a", "e", "i", "o", ""]) + dice.choice(ends)
    return dice.choice(
        [word, word, word.upper()[:4], f"{word} {dice.choice(['Pro', 'One', 'X3'])}"]
    )


def written(
    folder: Path,
) -> Iterator[tuple[str, str, list[tuple[int, int]], list[tuple[int, int]]]]:
    """Of each sentence of the documents: its document, itself, the names in it, those listed."""
    known = lexicon.skills()
    for path, gold in documents(folder):
        reading = taken_apart(readers.read(path.name, path.read_bytes()).text, gold)
        told = {fact["value"]["name"] for fact in gold["facts"] if fact["kind"] == "skill"}
        for unit in reading.units:
            listed = [
                (one.start, one.end)
                for one in known.within(unit.text)
                if one.manner in {Manner.PLAIN, Manner.TONGUE}
            ]
            named = [
                match.span()
                for name in told
                for match in re.finditer(
                    rf"(?<!\w){re.escape(name)}(?!\w)", unit.text, re.IGNORECASE
                )
            ]
            yield path.name, unit.text, sorted({*listed, *named}), listed


def learn(examples: list[Example], dice: random.Random) -> Model:
    """The model that makes the labels most probable, by steps along single sentences."""
    weights = np.zeros((PLACES, LABELS), np.float32)
    steps = np.zeros((LABELS, LABELS), np.float32)
    prepared = [(spans.features(one.words), np.array(one.labels)) for one in examples if one.words]
    for turn in range(ROUNDS):
        rate = RATE / (1 + 0.25 * turn)
        dice.shuffle(prepared)
        for places, labels in prepared:
            scores = np.array([weights[one].sum(axis=0) for one in places])
            forward, backward, total = passes(scores, steps)
            pull = -np.exp(forward + backward - total)
            pull[np.arange(len(labels)), labels] += 1
            ways = forward[:-1, :, None] + steps + (scores[1:] + backward[1:])[:, None, :]
            pull_steps = -np.exp(ways - total).sum(axis=0)
            np.add.at(pull_steps, (labels[:-1], labels[1:]), 1)
            for at, one in enumerate(places):
                np.add.at(weights, one, rate * pull[at])
            steps += rate * pull_steps
        weights *= 1 - DECAY * len(prepared)
    steps[OUTSIDE, INSIDE] = -30
    return Model(weights, steps)


def passes(
    scores: spans.Weights, steps: spans.Weights
) -> tuple[spans.Weights, spans.Weights, float]:
    """The logarithms of all ways to each label and from it, and of all ways there are."""
    forward, backward = np.zeros_like(scores), np.zeros_like(scores)
    forward[0] = scores[0]
    for at in range(1, len(scores)):
        forward[at] = scores[at] + _sum_up(forward[at - 1][:, None] + steps, axis=0)
    for at in range(len(scores) - 2, -1, -1):
        backward[at] = _sum_up(steps + (scores[at + 1] + backward[at + 1])[None, :], axis=1)
    return forward, backward, float(_sum_up(forward[-1], axis=0))


def _sum_up(values: spans.Weights, *, axis: int) -> spans.Weights:
    top = values.max(axis=axis, keepdims=True)
    summed = np.log(np.exp(values - top).sum(axis=axis)) + np.squeeze(top, axis=axis)
    return np.asarray(summed)


def measure() -> None:
    """Print what is found of names that were hidden, on documents not learnt from."""
    dice = random.Random(7)
    sentences = list(written(HERE / "development"))
    names = sorted({one[0] for one in sentences})
    dice.shuffle(names)
    found = {sure: [0, 0, 0] for sure in SURE}
    for fold in range(4):
        held = set(names[fold::4])
        learnt = [
            example(text, places, [one for one in listed if dice.random() > HIDDEN])
            for document, text, places, listed in sentences
            if document not in held
        ]
        model = learn([*learnt, *made(dice, MADE)], dice)
        for document, text, places, listed in sentences:
            if document in held:
                shown = [one for one in listed if dice.random() > 1 / 3]
                _count(text, places, shown, model, found)
    for sure, (right, told, meant) in found.items():
        low, high = wilson(right, told)
        print(
            f"sure {sure}: of {meant} names that lists do not know, {right} found "
            f"({right / meant:.2f}); {told} told, {right / max(told, 1):.2f} right "
            f"({low:.2f} to {high:.2f})"
        )


def _count(
    text: str,
    places: list[tuple[int, int]],
    shown: list[tuple[int, int]],
    model: Model,
    found: dict[float, list[int]],
) -> None:
    words = spans.words_of(text, shown)
    if not words:
        return
    hidden = [one for one in places if one not in shown]
    told = [
        one
        for one in spans.spans(words, spans.features(words), model)
        if not any(start < one.end and one.start < end for start, end in shown)
        and spans.is_name(text[one.start : one.end])
    ]
    if "--show" in sys.argv:
        for one in told:
            if one.confidence >= 0.9 and (one.start, one.end) not in hidden:
                print("   wrong:", text[one.start : one.end], "|", text[:110].replace("\n", " "))
    for sure, counts in found.items():
        sures = {(one.start, one.end) for one in told if one.confidence >= sure}
        counts[0] += len(sures & set(hidden))
        counts[1] += len(sures)
        counts[2] += len(hidden)


def main() -> None:
    """Measure, or learn from everything and write the model."""
    if "--write" not in sys.argv:
        measure()
        return
    dice = random.Random(7)
    examples = [
        example(text, places, [one for one in listed if dice.random() > HIDDEN])
        for _, text, places, listed in written(HERE / "development")
    ]
    model = learn([*examples, *made(dice, MADE)], dice)
    np.savez_compressed(
        MODEL, weights=model.weights.astype(np.float16), steps=model.steps.astype(np.float16)
    )
    print(f"{MODEL.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
