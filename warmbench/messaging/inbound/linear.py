"""Weighs the words, letters and signs of a text: what our judges learnt from examples."""

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

#: The first words of a text tell what it wants, and bound the work.
MAX_WORDS = 400
_BIAS = "(always)"


@dataclass(frozen=True, slots=True)
class Model:
    """What was learnt: for each feature, how much it speaks for each class.

    It is a multinomial logistic regression. ``bench/learn_replies.py`` learns and writes it.
    """

    classes: tuple[str, ...]
    weights: dict[str, tuple[float, ...]]

    def probabilities(self, features: Mapping[str, float]) -> dict[str, float]:
        """How likely each class is; they add up to one."""
        scores = list(self.weights.get(_BIAS, (0.0,) * len(self.classes)))
        for name, value in features.items():
            for place, weight in enumerate(self.weights.get(name, ())):
                scores[place] += weight * value
        highest = max(scores)
        shares = [math.exp(score - highest) for score in scores]
        return dict(zip(self.classes, (share / sum(shares) for share in shares), strict=True))

    def reasons(self, features: Mapping[str, float], chosen: str) -> list[str]:
        """The features that speak for a class, the strongest first."""
        place = self.classes.index(chosen)
        speaking = {
            name: (self.weights[name][place] - sum(self.weights[name]) / len(self.classes)) * value
            for name, value in features.items()
            if name in self.weights
        }
        ordered = sorted(speaking, key=lambda name: (-speaking[name], name))
        return [name for name in ordered if speaking[name] > 0]


def words_and_letters(sentences: Iterable[str]) -> dict[str, float]:
    """The words, neighbouring words and runs of four letters of a text, each kind of length one."""
    words: list[str] = []
    for sentence in sentences:
        words += ["^", *sentence.split(" "), "$"]
        if len(words) >= MAX_WORDS:
            break
    words = words[:MAX_WORDS]
    single = {f"w {word}" for word in words if word not in "^$,"}
    double = {f"b {first} {second}" for first, second in pairwise(words)}
    runs = {
        f"c {padded[start : start + 4]}"
        for padded in (f" {word} " for word in words if word.isalpha())
        for start in range(max(1, len(padded) - 3))
    }
    return {
        name: 1 / math.sqrt(len(kind))
        for kind in (single, double, runs)
        for name in kind
    }  # fmt: skip


@cache
def learnt(name: str) -> Model:
    """One of the models that lie beside this module, e.g. ``intent_weights``."""
    text = files(__package__).joinpath(f"{name}.csv").read_text("utf-8")
    rows = csv.reader(text.splitlines())
    classes = tuple(next(rows)[1:])
    weights = {row[0]: tuple(float(each or 0) for each in row[1:]) for row in rows}
    return Model(classes, weights)
