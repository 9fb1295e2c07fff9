"""Compares people's own words with the tags they may mean."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from anyascii import anyascii

#: On whose word a tag is, where that is not the name of an import.
BY_HAND = "by hand"
BY_CANDIDATE = "candidate"
FROM_TITLE = "job title"
INFERRED = "inferred"
#: What we read into other facts. It gives way to what is stated.
READINGS = (FROM_TITLE, INFERRED)

#: People: what they take off stays off whatever a file says, until one of them puts it back.
PEOPLE = (BY_HAND, BY_CANDIDATE)

#: How sure a tag is by the way we know it. A person is always surer than a file.
CERTAIN = 1.0
STATED = 0.9
READ = 0.8
GUESSED = 0.6

#: As long as an alias may be.
LONGEST = 120

_BREAKS = re.compile(r"[^a-z0-9+#.]+")


@lru_cache(maxsize=131_072)
def key(text: str) -> str:
    """The text without case, accents and punctuation; + # and inner dots tell skills apart."""
    words = (word.rstrip(".") for word in _BREAKS.sub(" ", anyascii(text).lower()).split())
    return " ".join(word for word in words if word)[:LONGEST].rstrip(" .")


def squeezed(keys: Mapping[str, int]) -> dict[str, int]:
    """The same keys without spaces, where they still mean one tag alone."""
    found: dict[str, int] = {}
    doubtful = set()
    for spelling, tag_id in keys.items():
        tight = spelling.replace(" ", "")
        if found.setdefault(tight, tag_id) != tag_id:
            doubtful.add(tight)
    return {tight: tag_id for tight, tag_id in found.items() if tight not in doubtful}


class Found(NamedTuple):
    """A tag that a candidate gets, on whose word and how sure."""

    tag_id: int
    #: Blank: on the word of whoever gave us the text.
    source: str
    confidence: float
    is_primary: bool = False


class Reading(NamedTuple):
    """What the words about a candidate mean."""

    tags: tuple[Found, ...]
    #: Skills and specialties that no tag knows, for a person to decide about.
    unmatched: tuple[str, ...] = ()


class Phrase(NamedTuple):
    """A phrase that was found in a title."""

    words: int
    tag_id: int


class Phrases:
    """Finds phrases among the words of a title. A longer one hides the shorter ones inside it."""

    def __init__(self, tags: Mapping[str, int]) -> None:
        """``tags`` are the tags by the keys of the phrases."""
        # "Backend-Entwickler" is as often written in one word.
        self._tags = squeezed(tags) | dict(tags)
        self._words = {word for phrase in self._tags for word in phrase.split()}
        #: First word → the number of words of the longest phrase that begins so.
        self._longest: dict[str, int] = {}
        for phrase in self._tags:
            first, *others = phrase.split()
            self._longest[first] = max(self._longest.get(first, 0), 1 + len(others))

    def within(self, title: str) -> Iterator[Phrase]:
        """The phrases in a title (a key), from left to right."""
        words = [self._common(word) for word in title.split()]
        reached = 0
        for start, first in enumerate(words):
            longest = min(len(words), start + self._longest.get(first, 0))
            for end in range(longest, max(start, reached), -1):
                tag_id = self._tags.get(" ".join(words[start:end]))
                if tag_id is not None:
                    reached = end
                    yield Phrase(end - start, tag_id)
                    break

    def _common(self, word: str) -> str:
        # No list of aliases has the feminine form of every German title.
        if word in self._words or not word.endswith("in") or word[:-2] not in self._words:
            return word
        return word[:-2]
