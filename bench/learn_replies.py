"""Learns the judges of replies from the examples, and writes them into the package.

Run it again after an example has changed: ``python -m bench.learn_replies``. It takes two minutes.
``python -m bench.learn_replies --measure`` learns from two thirds and says how the rest is judged,
and the ways of writing of which nothing is learnt.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml

from warmbench.messaging.inbound import likeness, meaning
from warmbench.messaging.inbound.likeness import Judge
from warmbench.messaging.inbound.meaning import Vectors

REPLIES = Path(__file__).parents[1] / "tests" / "data" / "replies"
HERE = Path(__file__).parent
PACKAGE = Path(likeness.__file__).parent
#: How much of a text's vector is kept.
AXES = 128
#: How far one example may be disbelieved.
DOUBT = 0.2
#: A word that speaks less than this for anything is left out.
WHISPER = 0.004
#: Words in more examples than this are multiplied as a table, not one by one.
_COMMON = 40
#: Of every so many opt-outs one is also an example of an intent: the others must not drown in them.
_OPTOUTS_AS_INTENTS = 4


#: In which examples a word stands, and how much it counts there.
Holders = tuple[npt.NDArray[np.int64], Vectors]
Table = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A text and what it wants: ``stop`` or ``no``, or one of the intents."""

    text: str
    wants: str


def learn(examples: Sequence[Example]) -> Judge:
    """The judge that follows from examples."""
    classes = tuple(sorted({each.wants for each in examples}))
    vectors = meaning.vectors([each.text for each in examples])
    centre = vectors.mean(0)
    axes = np.linalg.svd(vectors - centre, full_matrices=False)[2][:AXES].T.astype(np.float32)
    placed = likeness.place(vectors, centre, axes)
    step = np.abs(placed).max() / 127
    placed = np.round(placed / step) * step
    holders = _holders(examples)
    alike = likeness.near(placed, placed).astype(np.float64) + _in_words(holders, len(examples))
    wanted = np.array([[each.wants == name for name in classes] for each in examples], float)
    before = wanted.mean(0)
    solved = np.linalg.inv(alike + DOUBT * np.eye(len(examples)))
    shares = solved @ (wanted - before)
    # What each example would be judged to be, had it not been among them.
    unseen = wanted - shares / np.diag(solved)[:, None]
    words = {
        name: (shares[at] * values[:, None]).sum(0).astype(np.float32)
        for name, (at, values) in holders.items()
    }
    return Judge(
        classes,
        centre,
        axes,
        placed.astype(np.float32),
        shares.astype(np.float32),
        {name: each for name, each in sorted(words.items()) if np.abs(each).max() >= WHISPER},
        before.astype(np.float32),
        _heat(unseen.astype(np.float32), wanted),
    )


def _holders(examples: Sequence[Example]) -> dict[str, Holders]:
    """The words that stand in two examples, and where."""
    rows: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for row, each in enumerate(examples):
        for name, value in likeness.features(each.text).items():
            rows[name].append((row, value))
    return {
        name: (
            np.array([row for row, _ in each], np.int64),
            np.array([value for _, value in each], np.float32),
        )
        for name, each in rows.items()
        if len(each) > 1
    }


def _in_words(holders: Mapping[str, Holders], size: int) -> Table:
    """How alike the examples are in words."""
    alike = np.zeros((size, size))
    common = [each for each in holders.values() if len(each[0]) > _COMMON]
    table = np.zeros((size, len(common)), np.float32)
    for column, (at, values) in enumerate(common):
        table[at, column] = values
    alike += table @ table.T
    for at, values in holders.values():
        if len(at) <= _COMMON:
            alike[np.ix_(at, at)] += np.outer(values, values)
    return alike


def _heat(unseen: Vectors, wanted: Table) -> float:
    """The heat by which what was not seen is found likeliest."""
    heats = [0.5 * step for step in range(2, 41)]
    return max(
        heats,
        key=lambda heat: float(
            (np.log(likeness.likely(unseen, heat) + 1e-6) * wanted).sum(),
        ),
    )


def write(judge: Judge, name: str, folder: Path = PACKAGE) -> None:
    """The judge as a file in a package."""
    step = np.abs(judge.examples).max() / 127
    np.savez_compressed(
        folder / f"{name}.npz",
        classes=np.frombuffer("\n".join(judge.classes).encode(), np.uint8),
        centre=judge.centre.astype(np.float16),
        axes=judge.axes.astype(np.float16),
        examples=np.round(judge.examples / step).astype(np.int8),
        step=np.float32(step),
        shares=judge.shares.astype(np.float16),
        words=np.frombuffer("\n".join(judge.words).encode(), np.uint8),
        word_weights=np.array(list(judge.words.values())).astype(np.float16),
        before=judge.before,
        heat=np.float32(judge.heat),
    )


def records(name: str) -> list[dict[str, str]]:
    """The records of one file of replies."""
    return [json.loads(line) for line in (REPLIES / name).read_text("utf-8").splitlines()]


def _written(name: str) -> dict[str, dict[str, list[str] | str]]:
    text = (HERE / name).read_text("utf-8")
    found: dict[str, dict[str, list[str] | str]] = yaml.safe_load(text)
    return found


def families(part: str) -> list[Example]:
    """Whether we must stop, of one part of the families."""
    return [
        Example(text, "stop" if wish == "stop" else "no")
        for family in _written(f"examples/stop_{part}.yaml").values()
        for wish, texts in family.items()
        for text in str(texts).splitlines()
    ]


def wants(part: str) -> list[Example]:
    """What answers want, of one part."""
    return [
        Example(text, name)
        for name, texts in _written(f"examples/wants_{part}.yaml").items()
        for text in str(texts).splitlines()
    ]


def earlier() -> tuple[list[Example], list[Example]]:
    """The examples that were written first: whether we must stop, and what answers want."""
    stops = [
        Example(str(text), "stop" if wish == "stop" else "no")
        for wish, languages in _written("optout_examples.yaml").items()
        for texts in languages.values()
        for text in texts
    ]
    answers = [
        Example(text, name)
        for name, texts in _written("reply_examples.yaml").items()
        for text in texts
    ]
    return stops, answers


def of_replies() -> tuple[list[Example], list[Example]]:
    """The texts of ``tests/data/replies`` that one may learn from, in the same way."""
    stops = [
        Example(each["text"], "stop" if each["stop"] else "no")
        for each in records("optouts_dev.jsonl")
    ]
    return stops, [Example(each["text"], each["class"]) for each in records("classes_dev.jsonl")]


def as_stops(answers: Iterable[Example]) -> Iterator[Example]:
    """Whether we must stop, of texts of which it is known what they want."""
    for each in answers:
        yield Example(each.text, "stop" if each.wants == "unsubscribe" else "no")


def as_intents(stops: Sequence[Example]) -> list[Example]:
    """Some opt-outs as intents. Of the others it is not known what they want."""
    asked = [Example(each.text, "unsubscribe") for each in stops if each.wants == "stop"]
    return asked[::_OPTOUTS_AS_INTENTS]


def main() -> None:
    """Learn everything anew, or measure."""
    old_stops, old_answers = earlier()
    stops = [*old_stops, *families("train")]
    answers = [*old_answers, *wants("train")]
    texts, replies = of_replies()
    if "--measure" in sys.argv:
        _measure(stops, answers, texts, replies)
        return
    write(learn([*stops, *texts, *as_stops([*answers, *replies])]), "stops")
    write(learn([*answers, *replies, *as_intents([*stops, *texts])]), "wants")


def _measure(
    stops: list[Example], answers: list[Example], texts: list[Example], replies: list[Example]
) -> None:
    """Print how the last third of the replies and the families unseen are judged."""
    known = [each for at, each in enumerate(texts) if at % 3]
    heard = [each for at, each in enumerate(replies) if at % 3]
    judge = learn([*stops, *known, *as_stops([*answers, *heard])])
    _print_stops(judge, "replies", texts[::3])
    _print_stops(judge, "answers", list(as_stops(replies[::3])))
    _print_stops(judge, "unseen ways of writing", families("dev"))
    judge = learn([*answers, *heard, *as_intents([*stops, *known])])
    _print_intents(judge, "answers", replies[::3])
    _print_intents(judge, "unseen ways of writing", wants("dev"))


def _print_stops(judge: Judge, name: str, unseen: list[Example]) -> None:
    """Of those that ask to stop, and of the others, how many are found at each level."""
    found = [each["stop"] for each in judge.probabilities([each.text for each in unseen])]
    for level in (0.05, 0.1, 0.2, 0.4, 0.6, 0.8):
        hit = Counter((each.wants, p >= level) for each, p in zip(unseen, found, strict=True))
        asked = hit["stop", True] / (hit["stop", True] + hit["stop", False])
        innocent = hit["no", True] / (hit["no", True] + hit["no", False])
        print(f"{name}, from {level:.2f}: of stops {asked:.3f}, of others {innocent:.3f}")


def _print_intents(judge: Judge, name: str, unseen: list[Example]) -> None:
    """How many are right, and at each level, of how many the judge is sure, and right."""
    chosen = [
        (max(likely, key=lambda one: likely[one]), max(likely.values()))
        for likely in judge.probabilities([each.text for each in unseen])
    ]
    right = [each.wants == one for each, (one, _) in zip(unseen, chosen, strict=True)]
    print(f"{name}: right {sum(right) / len(right):.3f}")
    for level in (0.5, 0.6, 0.7, 0.75, 0.8, 0.9):
        sure = [good for good, (_, p) in zip(right, chosen, strict=True) if p >= level]
        share, good = len(sure) / len(right), sum(sure) / max(1, len(sure))
        print(f"  from {level:.2f}: sure of {share:.3f}, right {good:.3f}")


if __name__ == "__main__":
    main()
