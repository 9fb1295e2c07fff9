"""Weighs what a text wants by the examples that it is like, in meaning and in words."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from warmbench.messaging.inbound import meaning
from warmbench.messaging.inbound.meaning import Vectors
from warmbench.messaging.inbound.plain import fold, sentences

#: The first words of a text tell what it wants, and bound the work.
MAX_WORDS = 400
#: Letters of a text that are looked at.
MAX_CHARACTERS = 6_000
#: How fast likeness falls with the distance of two texts.
NEARNESS = 1.5
#: What likeness in words counts beside likeness in meaning.
WORDS = 0.5
_RUNS = (3, 4, 5)


@dataclass(frozen=True, slots=True)
class Judge:
    """What was learnt. ``bench/learn_replies.py`` learns and writes it.

    It is a ridge regression on likeness to examples. What likeness in words adds up to is kept as
    one weight for each word, so no example is stored but as a vector.
    """

    classes: tuple[str, ...]
    #: The plane in which the vectors of texts differ most.
    centre: Vectors
    axes: Vectors
    examples: Vectors
    #: For each example, how much likeness to it speaks for each class.
    shares: Vectors
    #: For each word or run of letters, how much it speaks for each class.
    words: Mapping[str, Vectors]
    #: How likely each class is before anything was read.
    before: Vectors
    #: How fast a higher score becomes more likely: fitted so that 0.9 is right nine times of ten.
    heat: float

    def scores(self, texts: Sequence[str]) -> Vectors:
        """How much each text looks like each class: one row for each text."""
        placed = place(meaning.vectors(texts), self.centre, self.axes)
        found = self.before + near(placed, self.examples) @ self.shares
        for row, text in enumerate(texts):
            for name, value in features(text).items():
                if (weights := self.words.get(name)) is not None:
                    found[row] += np.float32(value) * weights
        return found

    def probabilities(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """For each text, how likely each class is; they add up to one."""
        return [
            dict(zip(self.classes, map(float, row), strict=True))
            for row in likely(self.scores(texts), self.heat)
        ]

    def reasons(self, text: str, chosen: str) -> list[str]:
        """The words that speak for a class, the strongest first."""
        at = self.classes.index(chosen)
        speaking = {
            name.partition(" ")[2]: float(self.words[name][at] - self.words[name].mean()) * value
            for name, value in features(text).items()
            if name in self.words and name.startswith(("w ", "b "))
        }
        ordered = sorted(speaking, key=lambda name: (-speaking[name], name))
        return [name.strip("^$ ") for name in ordered if speaking[name] > 0]


def place(vectors: Vectors, centre: Vectors, axes: Vectors) -> Vectors:
    """The vectors in the plane of a judge."""
    return np.asarray((vectors - centre) @ axes, np.float32)


def near(one: Vectors, other: Vectors) -> Vectors:
    """How near each vector of one is to each of the other, between 0 and 1."""
    squares = (one * one).sum(1)[:, None] + (other * other).sum(1)[None, :]
    return np.asarray(np.exp(-NEARNESS * np.maximum(squares - 2 * one @ other.T, 0)), np.float32)


def likely(scores: npt.NDArray[np.float32], heat: float) -> Vectors:
    """Scores as probabilities: the rows add up to one."""
    hot = np.exp(heat * (scores - scores.max(1, keepdims=True)))
    return np.asarray(hot / hot.sum(1, keepdims=True), np.float32)


def features(text: str) -> dict[str, float]:
    """The words, neighbouring words, runs of letters and shape of a text, by name."""
    lines = sentences(fold(text[:MAX_CHARACTERS]))
    words: list[str] = []
    for line in lines:
        words += ["^", *line.split(" "), "$"]
        if len(words) >= MAX_WORDS:
            break
    words = words[:MAX_WORDS]
    told = {f"w {word}" for word in words if word not in "^$,"}
    told |= {f"b {first} {second}" for first, second in pairwise(words)}
    told |= {f"b {' '.join(words[at : at + 3])}" for at in range(len(words) - 2)}
    kinds = (told, set(_runs(words)), _shape(text, words))
    return {
        name: (0.4 if name.startswith("is ") else math.sqrt(WORDS / len(kind)))
        for kind in kinds
        for name in kind
    }


def _runs(words: Iterable[str]) -> Iterator[str]:
    for padded in (f" {word} " for word in words if word not in "^$,"):
        for length in _RUNS:
            for start in range(max(1, len(padded) - length + 1)):
                yield f"c {padded[start : start + length]}"


def _shape(text: str, words: Sequence[str]) -> set[str]:
    length = sum(word not in "^$," for word in words)
    told = {
        "is with a question": "?" in text,
        "is ending with a question": text.rstrip().endswith("?"),
        "is loud": "!" in text,
        "is of three words": length <= 3,
        "is of eight words": 3 < length <= 8,
        "is long": length > 25,
    }
    return {name for name, holds in told.items() if holds}


@cache
def learnt(name: str, package: str = __package__) -> Judge:
    """One of the judges that lie beside this module, e.g. ``wants``, or in another package."""
    with files(package).joinpath(f"{name}.npz").open("rb") as file:
        kept = np.load(file, allow_pickle=False)
        names = bytes(kept["words"]).decode().split("\n")
        weights = kept["word_weights"].astype(np.float32)
        return Judge(
            classes=tuple(bytes(kept["classes"]).decode().split("\n")),
            centre=kept["centre"].astype(np.float32),
            axes=kept["axes"].astype(np.float32),
            examples=kept["examples"].astype(np.float32) * np.float32(kept["step"]),
            shares=kept["shares"].astype(np.float32),
            words=dict(zip(names, weights, strict=True)),
            before=kept["before"].astype(np.float32),
            heat=float(kept["heat"]),
        )
