"""Learns the judge of what sentences mean, and writes it into the package.

Run it again after an example has changed: ``python -m bench.learn_meanings``. It takes minutes.
With ``--measure`` it learns without each group of documents in turn (each group is by one author),
and prints how the extractors then read that group.
"""

import os
import sys
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import django
import numpy as np
import numpy.typing as npt
import yaml

from bench import learn_replies
from bench.insights import HERE, MATTERS, Tally, _compare, _share, documents, taken_apart
from bench.learn_replies import _holders, _in_words, write
from warmbench.messaging.inbound import likeness, meaning
from warmbench.messaging.inbound.likeness import Judge
from warmbench.messaging.inbound.meaning import Vectors

EXAMPLES = Path(__file__).parent / "examples"
KINDS = ("stance", "motive", "constraint", "remote", "seniority")
#: The last document of each group.
GROUPS = (40, 80, 122, 240, 285, 340, 400, 440, 480)
#: How much of a sentence's vector is kept.
AXES = 128
#: How far one example may be disbelieved.
DOUBT = 0.5
#: A word in fewer examples, or that speaks less than this for anything, is left out. Weights of
#: words and of examples are kept in such steps, in logits: the file is a third of the size by it.
RARE, WHISPER = 3, 0.3
WORD_STEP, STEP = 0.2, 0.05
#: Steps of the fit of scores to the share of right ones.
_STEPS = 50
#: A score so low is never right, and would only bend the fit.
_LOW = 0.12
Table = npt.NDArray[np.float64]
Texts = Sequence[tuple[Path, dict[str, Any]]]


@dataclass(frozen=True)
class Example:
    """A sentence and what it means: any of the classes, or nothing."""

    text: str
    means: frozenset[str]
    #: The document that it is of, or "".
    document: str = ""

    @property
    def group(self) -> int:
        """The group of its document; -1 of a sentence that was written as an example."""
        return bisect_left(GROUPS, int(self.document[:3])) if self.document else -1


def written() -> Iterator[Example]:
    """The sentences that were written as examples."""
    listed = {kind: _loaded(f"{kind}.yaml") for kind in KINDS}
    for kind, lists in (*listed.items(), *_loaded("meanings.yaml").items()):
        for key, texts in lists.items():
            for line in str(texts).splitlines():
                names, text = [] if key == "none" else [str(key)], line
                if key == "two":
                    told, _, text = line.partition(": ")
                    names = told.split(",")
                yield Example(text, frozenset(f"{kind} {_name(one)}" for one in names))


def _loaded(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((EXAMPLES / name).read_text("utf-8"))
    return found


def _name(key: str) -> str:
    """``wants_hybrid`` as ``wants hybrid``; what has no sense in its name stays."""
    sense, _, rest = key.strip().partition("_")
    return f"{sense} {rest}" if sense in {"wants", "refuses", "had"} else key.strip()


def meant(fact: dict[str, Any]) -> str:
    """The class of a fact of the truth, or "" where it has none."""
    kind, value = fact["kind"], fact.get("value", {})
    if kind not in KINDS or (kind == "seniority" and fact["polarity"] == "refuses"):
        return ""
    sense = f"{fact['polarity']} " if kind == "remote" else ""
    return f"{kind} {sense}{value[MATTERS[kind][0]]}"


def spoken(path: Path, gold: dict[str, Any]) -> Iterator[Example]:
    """The sentences of a document. What only touches the words of a fact teaches nothing."""
    from warmbench.insight import meanings

    reading = read(path, gold)
    means: dict[int, set[str]] = defaultdict(set)
    units = meanings.weighed(reading)
    for fact in gold["facts"]:
        if name := meant(fact):
            start = reading.text.find(fact["quote"])
            end = start + len(fact["quote"])
            shared = [min(end, unit.end) - max(start, unit.start) for unit in units]
            for at, letters in enumerate(shared):
                if start >= 0 and letters > 0:
                    means[at].add(name if letters == max(shared) else "")
    for at, unit in enumerate(units):
        if "" not in means[at]:
            yield Example(meanings.words(unit), frozenset(means[at]), path.name)


def read(path: Path, gold: dict[str, Any]) -> Any:
    """A document, taken apart."""
    from warmbench.insight import documents as readers

    return taken_apart(readers.read(path.name, path.read_bytes()).text, gold)


class Lesson:
    """What all examples teach, and what they would without those of one group.

    It is the regression of ``likeness``, but a sentence may mean several things, or none.
    """

    def __init__(self, examples: Sequence[Example]) -> None:
        self.examples = examples
        self.classes = tuple(sorted({name for each in examples for name in each.means}))
        self.groups = np.array([each.group for each in examples])
        vectors = meaning.vectors([each.text for each in examples])
        self.centre = vectors.mean(0)
        svd = np.linalg.svd(vectors - self.centre, full_matrices=False)
        self.axes = svd[2][:AXES].T.astype(np.float32)
        placed = likeness.place(vectors, self.centre, self.axes)
        step = np.abs(placed).max() / 127
        self.placed = (np.round(placed / step) * step).astype(np.float32)
        self.holders = _holders([learn_replies.Example(each.text, "") for each in examples])
        alike = likeness.near(self.placed, self.placed).astype(np.float64)
        alike += _in_words(self.holders, len(examples))
        alike[np.diag_indices(len(examples))] += DOUBT
        self.wanted = np.array([[one in each.means for one in self.classes] for each in examples])
        self.before = self.wanted.mean(0)
        self.inverse = np.linalg.inv(alike.astype(np.float32))
        self.shares = self.inverse @ (self.wanted - self.before).astype(np.float32)

    def unseen(self) -> Table:
        """How each sentence of a document is scored by what the other groups teach."""
        found = np.zeros(self.wanted.shape)
        for group in sorted(set(self.groups) - {-1}):
            at = np.flatnonzero(self.groups == group)
            wrong = np.linalg.solve(self.inverse[np.ix_(at, at)], self.shares[at])
            found[at] = self.wanted[at] - wrong
        return found

    def judge(self, fits: dict[str, tuple[float, float]], without: int | None = None) -> Judge:
        """The judge that follows, its scores made logits by a slope and an offset for each kind."""
        shares, kept = self.shares, np.arange(len(self.examples))
        if without is not None:
            at, kept = (np.flatnonzero(self.groups == without), kept[self.groups != without])
            own = np.linalg.solve(self.inverse[np.ix_(at, at)], shares[at])
            shares = shares - self.inverse[:, at] @ own
            shares[at] = 0
        slope, offset = np.array([fits[name.split(" ")[0]] for name in self.classes]).T
        words = {
            name: _stepped((shares[at] * values[:, None]).sum(0) * slope, WORD_STEP)
            for name, (at, values) in self.holders.items()
            if len(at) >= RARE
        }
        return Judge(
            self.classes,
            self.centre,
            self.axes,
            self.placed[kept],
            _stepped(shares[kept] * slope, STEP),
            {name: each for name, each in sorted(words.items()) if np.abs(each).max() >= WHISPER},
            (self.before * slope + offset).astype(np.float32),
            1.0,
        )


def _stepped(weights: npt.NDArray[Any], step: float) -> Vectors:
    return np.asarray(np.round(weights / step) * step, np.float32)


def fits(lesson: Lesson, truth: dict[str, dict[str, Any]]) -> dict[str, tuple[float, float]]:
    """By kind, how a score becomes the logit of the share of right ones (Platt, 1999).

    Of each document the highest score of each class counts, as it is told once.
    """
    highest: dict[tuple[str, int], float] = {}
    for each, row in zip(lesson.examples, lesson.unseen(), strict=True):
        for column in map(int, np.flatnonzero(row > _LOW) if each.document else ()):
            key = each.document, column
            highest[key] = max(highest.get(key, 0.0), float(row[column]))
    points: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for (document, column), score in highest.items():
        name = lesson.classes[column]
        told = {bool(f.get("optional")) for f in truth[document]["facts"] if meant(f) == name}
        if told != {True}:
            points[name.split(" ")[0]].append((score, bool(told)))
    return {kind: _fit(points[kind]) for kind in KINDS}


def _fit(points: Iterable[tuple[float, bool]]) -> tuple[float, float]:
    scores, right = (np.array(one, float) for one in zip(*points, strict=True))
    given = np.column_stack([scores, np.ones_like(scores)])
    slope = np.zeros(2)
    for _ in range(_STEPS):
        sure = 1 / (1 + np.exp(-given @ slope))
        curve = (given * (sure * (1 - sure))[:, None]).T @ given + 1e-3 * np.eye(2)
        slope += np.linalg.solve(curve, given.T @ (right - sure) - 1e-3 * slope)
    return float(slope[0]), float(slope[1])


def measure(lesson: Lesson, fitted: dict[str, tuple[float, float]], texts: Texts) -> None:
    """Print how extractors read each group by what the other groups teach."""
    from warmbench.insight import meanings

    every: dict[str, Tally] = defaultdict(Tally)
    for group in sorted(set(lesson.groups) - {-1}):
        tallies: dict[str, Tally] = defaultdict(Tally)
        judge = lesson.judge(fitted, group)
        with mock.patch.object(meanings, "judge", return_value=judge):
            for path, gold in texts:
                if Example("", frozenset(), path.name).group == group:
                    tally(path, gold, tallies)
        for kind, one in tallies.items():
            every[kind].right += one.right
            every[kind].invented += one.invented
            every[kind].missed += one.missed
    for kind in KINDS:
        one = every[kind]
        print(f"{kind:12} {_share(*one.precision)} {_share(*one.recall)}")
        if kind in sys.argv:
            print("\n".join([*(f"    invented {told}" for told in one.invented),
                             *(f"    missed   {told}" for told in one.missed)]))  # fmt: skip


def tally(path: Path, gold: dict[str, Any], tallies: dict[str, Tally]) -> None:
    """Count what is read of one document, of these kinds."""
    from warmbench.insight.extraction import extract
    from warmbench.insight.extractors import constraints, motives, remote, seniority, stances

    reading = read(path, gold)
    truth = {**gold, "facts": [fact for fact in gold["facts"] if fact["kind"] in KINDS]}
    own = [one.extract for one in (stances, motives, constraints, remote, seniority)]
    with mock.patch("warmbench.insight.extractors.ALL", own):
        _compare(path.name, truth, reading, list(extract(reading)), tallies, Counter())


def main() -> None:
    """Learn and write, or measure."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warmbench.settings")
    django.setup()
    texts = list(documents(HERE / "development"))
    lesson = Lesson([*written(), *(one for path, gold in texts for one in spoken(path, gold))])
    fitted = fits(lesson, {path.name: gold for path, gold in texts})
    print({kind: (round(slope, 1), round(offset, 1)) for kind, (slope, offset) in fitted.items()})
    if "--measure" in sys.argv:
        measure(lesson, fitted, texts)
        return
    from warmbench.insight import meanings

    write(lesson.judge(fitted), "meanings", Path(meanings.__file__).parent)


if __name__ == "__main__":
    main()
