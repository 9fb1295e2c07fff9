"""Links a sentence to the skills of a tree that it speaks of, in whatever words."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np

from warmbench.insight import encoder
from warmbench.insight.letters import Letters, Scores

#: Likeness in letters is nothing below, and counts as much as likeness in meaning above.
_LETTERS_FROM = 0.25
#: What being named by the label counts, and by several words of an alternative.
_NAMED, _NAMED_OTHERWISE = 1.0, 0.3
#: The share of right ones among links of a sum: 1 / (1 + exp(_FLAT - _STEEP * sum)). From
#: bench.linking, which knows only some of the right ones.
_STEEP, _FLAT = 3.6, 4.0
#: Below it, a text speaks of nothing in the tree.
LEAST = 0.05

#: A text of more is no sentence; the rest is not looked at.
_MOST_CHARACTERS, _MOST_SEGMENTS = 2_000, 24
_LONGEST_NAME = 8
_APART = re.compile(r"[,;:/()\n\u2022|]|\b(?:and|or|to)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_][\w&'\u2019-]*(?:[.+#/][\w+#]+)*[+#]*|\.[A-Za-z]\w+")
_BRACKETS = re.compile(r"\s*\([^()]*\)")
#: Shorter words are ordinary ones, or names by their case: "go" and "Go", "r" and "R".
_SHORT = 3


@dataclass(frozen=True, slots=True)
class Node:
    """A skill of a tree."""

    id: str
    label: str
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A skill that a text speaks of, and how sure that is, from 0 to 1."""

    id: str
    label: str
    score: float


class Linker:
    """The skills of a tree, ready to be found in texts."""

    def __init__(self, nodes: Sequence[Node], *, cache: Path | None = None) -> None:
        """``cache`` is a folder in which the vectors of labels are kept: 13,000 take 15 s."""
        self._nodes = list(nodes)
        labels = [node.label for node in self._nodes]
        self._vectors = _kept(labels, cache) if cache else encoder.vectors(labels)
        self._letters = Letters(labels)
        self._names = Names(self._nodes)

    def link(self, text: str, *, top: int = 5, least: float = LEAST) -> list[Link]:
        """The skills that the text speaks of, the surest first. None where it speaks of nothing.

        Those that it names stand first. Of the rest it is asked how like the sentence, or a part
        of it, the label is in meaning and in letters (insight.md, section 3).
        """
        parts = segments(text)
        if not parts or not self._nodes:
            return []
        sums = (encoder.vectors(parts) @ self._vectors.T).max(axis=0)
        letters = np.max([self._letters.likeness(part) for part in parts], axis=0)
        sums += np.maximum(letters - _LETTERS_FROM, 0.0)
        for row, more in self._names.within(text[:_MOST_CHARACTERS]).items():
            sums[row] += more
        best = np.argsort(-sums, kind="stable")[:top]
        links = [Link(*self._named(int(row)), score=_sureness(sums, int(row))) for row in best]
        return [link for link in links if link.score >= least]

    def _named(self, row: int) -> tuple[str, str]:
        return self._nodes[row].id, self._nodes[row].label


def segments(text: str) -> list[str]:
    """The text, and its parts between commas, brackets, "and", "or" and "to"."""
    whole = " ".join(text[:_MOST_CHARACTERS].split())
    parts = (part.strip(" .-") for part in _APART.split(whole))
    every = dict.fromkeys([whole, *(part for part in parts if len(part) > 1)])
    return [part for part in every if part][:_MOST_SEGMENTS]


def _sureness(sums: Scores, row: int) -> float:
    return round(float(1 / (1 + np.exp(_FLAT - _STEEP * sums[row]))), 4)


class Names:
    """Finds labels and alternatives that a text names as they are."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._labels: defaultdict[tuple[str, ...], list[tuple[int, str]]] = defaultdict(list)
        self._others: defaultdict[tuple[str, ...], list[tuple[int, str]]] = defaultdict(list)
        for row, node in enumerate(nodes):
            for spelling in _spellings(node.label):
                self._labels[_key(spelling)].append((row, spelling))
            for other in node.alternatives:
                for spelling in _spellings(other):
                    self._others[_key(spelling)].append((row, spelling))

    def within(self, text: str) -> dict[int, float]:
        """The rows of the nodes that are named, and what that counts."""
        found: dict[int, float] = {}
        words = [match[0] for match in _WORD.finditer(text)]
        for named, _ in self._hits(words, self._others):
            found[named] = _NAMED_OTHERWISE
        whole = {_key(segment) for segment in segments(text)}
        for spelled in whole & self._others.keys():
            found |= {row: _NAMED for row, _ in self._others[spelled]}
        for named, _ in self._hits(words, self._labels):
            found[named] = _NAMED
        return found

    def _hits(
        self, words: list[str], names: dict[tuple[str, ...], list[tuple[int, str]]]
    ) -> Iterator[tuple[int, str]]:
        """Names among the words, from left to right. A longer one hides those inside it."""
        folded = [word.casefold() for word in words]
        at = 0
        while at < len(words):
            for size in range(min(_LONGEST_NAME, len(words) - at), 0, -1):
                hits = names.get(tuple(folded[at : at + size]), [])
                meant = [
                    hit for hit in hits if size > 1 or self._is_meant(words[at], hit[1], names)
                ]
                if meant:
                    yield from meant
                    at += size - 1
                    break
            at += 1

    def _is_meant(
        self, word: str, spelling: str, names: dict[tuple[str, ...], list[tuple[int, str]]]
    ) -> bool:
        if len(spelling) <= _SHORT:
            return word in {spelling, spelling.upper()} and not spelling.islower()
        # Alternatives of one word are too often ordinary words, but for names and abbreviations.
        return names is self._labels or spelling != spelling.lower() or not spelling.isalpha()


def _spellings(name: str) -> set[str]:
    """The name, also without what stands in brackets: "Python (computer programming)"."""
    return {one for one in (name, _BRACKETS.sub("", name)) if _key(one)}


def _key(text: str) -> tuple[str, ...]:
    return tuple(match[0].casefold() for match in _WORD.finditer(text))


def _kept(labels: Sequence[str], folder: Path) -> encoder.Vectors:
    """The vectors of the labels, from the folder if they were made before."""
    told = "\0".join([encoder.NAME, *labels]).encode()
    file = folder / f"labels-{hashlib.sha256(told).hexdigest()[:24]}.npy"
    try:
        known = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        known = None
    if known is not None and known.shape == (len(labels), encoder.WIDTH):
        return np.asarray(known, np.float32)
    made = encoder.vectors(labels)
    # Another process may make the same: each puts a whole file in place. A folder that may not
    # be written to costs only the time of the next one.
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder, suffix=".tmp", delete=False) as stream:
            np.save(stream, made.astype(np.float16))
        Path(stream.name).replace(file)
    return made
