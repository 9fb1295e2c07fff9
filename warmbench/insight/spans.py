"""Finds names of skills that no list knows, by how they are written and what stands around them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from zlib import crc32

import numpy as np
import numpy.typing as npt

from warmbench.insight.wordpieces import is_ordinary
from warmbench.people import gazetteer

Weights = npt.NDArray[np.float32]

#: Outside a name, at its first word, at a further one.
OUTSIDE, FIRST, INSIDE = range(3)
LABELS = 3
#: Features share so many places; two that meet in one cost little.
PLACES = 1 << 14
#: Of a longer sentence only so many words are looked at.
MOST_WORDS = 120
#: Of names that are less sure, too many are none.
LEAST = 0.85

_WORD = re.compile(r"[^\W_][\w+#]*(?:[.'/&-][\w+#]+)*[+#]*|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word or sign of a sentence."""

    text: str
    start: int
    end: int
    #: Whether a list of skills has it.
    is_listed: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """What looks like the name of a skill, and how sure that is."""

    start: int
    end: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Model:
    """What was learnt: how much each feature says for each label, and which label follows which."""

    weights: Weights
    steps: Weights


def words_of(text: str, listed: Sequence[tuple[int, int]] = ()) -> list[Word]:
    """The words and signs of a sentence, and which of them lists know."""
    found = []
    for match in _WORD.finditer(text):
        known = any(start <= match.start() < end for start, end in listed)
        found.append(Word(match[0], match.start(), match.end(), known))
        if len(found) == MOST_WORDS:
            break
    return found


def find(text: str, listed: Sequence[tuple[int, int]], *, least: float = LEAST) -> list[Span]:
    """The names in a sentence that are at least so sure, those that lists know among them.

    It is a linear-chain conditional random field (Lafferty and others, 2001), learnt by
    bench.learn_spans. How sure a name is, is the least sure of its words.
    """
    words = words_of(text, listed)
    if not words:
        return []
    found = spans(words, features(words), _model())
    return [one for one in found if one.confidence >= least and is_name(text[one.start : one.end])]


def is_name(text: str) -> bool:
    """Whether it is written as a name: with a capital, and not of ordinary words or a place's."""
    words = re.findall(r"[^\W_]+", text)
    if not words or text[0].isdigit() or not any(letter.isupper() for letter in text):
        return False
    is_common = all(is_ordinary(word.lower()) for word in words) and not text.isupper()
    return not is_common and not gazetteer.cities(text) and not gazetteer.country(text)


def spans(words: Sequence[Word], places: list[list[int]], model: Model) -> list[Span]:
    """The names among words, by a model."""
    scores = np.array([model.weights[one].sum(axis=0) for one in places])
    shares = marginals(scores, model.steps)
    best = _best(scores, model.steps)
    found: list[Span] = []
    at = 0
    while at < len(words):
        if best[at] == OUTSIDE:
            at += 1
            continue
        stop = at + 1
        while stop < len(words) and best[stop] == INSIDE:
            stop += 1
        sure = min(float(1 - shares[one][OUTSIDE]) for one in range(at, stop))
        found.append(Span(words[at].start, words[stop - 1].end, sure))
        at = stop
    return found


def features(words: Sequence[Word]) -> list[list[int]]:
    """For each word, the places of its features."""
    own = [_of_word(word.text, is_listed=word.is_listed) for word in words]
    found = []
    for at, word in enumerate(words):
        names = ["", *own[at]]
        for shift in (-2, -1, 1, 2):
            near = at + shift
            if 0 <= near < len(words):
                names += [f"{shift}:{one}" for one in own[near][: 5 if abs(shift) == 1 else 2]]
            else:
                names.append(f"{shift}:edge")
        if at and at + 1 < len(words):
            names.append(f"between:{words[at - 1].text.lower()}:{words[at + 1].text.lower()}")
        if _is_start(words, at):
            names.append(f"start:{_shape(word.text)}")
        found.append([crc32(name.encode()) % PLACES for name in names])
    return found


def marginals(scores: Weights, steps: Weights) -> Weights:
    """How probable each label of each word is, by the ways to it and from it (Rabiner, 1989)."""
    own, ways = np.exp(scores - scores.max(axis=1, keepdims=True)), np.exp(steps)
    forward, backward = own.copy(), np.ones_like(own)
    for at in range(1, len(own)):
        reached = (forward[at - 1] @ ways) * own[at]
        forward[at] = reached / reached.sum()
    for at in range(len(own) - 2, -1, -1):
        left = ways @ (own[at + 1] * backward[at + 1])
        backward[at] = left / left.sum()
    shares = forward * backward
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _best(scores: Weights, steps: Weights) -> list[int]:
    """The most probable labels of all words together (Viterbi, 1967)."""
    reached = scores[0]
    came_from = []
    for score in scores[1:]:
        ways = reached[:, None] + steps
        came_from.append(ways.argmax(axis=0))
        reached = ways.max(axis=0) + score
    labels = [int(reached.argmax())]
    for back in reversed(came_from):
        labels.append(int(back[labels[-1]]))
    return labels[::-1]


@lru_cache(maxsize=8192)
def _of_word(text: str, *, is_listed: bool) -> tuple[str, ...]:
    small = text.lower()
    kind = "listed" if is_listed else "ordinary" if is_ordinary(small) else "rare"
    return (
        f"w:{small}",
        f"shape:{_shape(text)}:{kind}",
        f"kind:{kind}",
        f"shape:{_shape(text)}",
        f"end:{small[-3:]}",
        f"begin:{small[:3]}",
        f"long:{min(len(small), 12)}",
    )


@lru_cache(maxsize=8192)
def _shape(text: str) -> str:
    if not text[0].isalnum():
        return text[0]
    signs = re.sub(r"[^\W\d_]", "x", re.sub(r"[A-Z]", "X", re.sub(r"\d", "9", text)))
    return re.sub(r"(.)\1+", r"\1", signs)[:8]


def _is_start(words: Sequence[Word], at: int) -> bool:
    return at == 0 or words[at - 1].text in {".", ":", "!", "?", "-", "\u2022", "\u2013"}


@cache
def _model() -> Model:
    source = files("warmbench.insight").joinpath("data", "skill_spans.npz")
    with source.open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
        return Model(kept["weights"].astype(np.float32), kept["steps"].astype(np.float32))
