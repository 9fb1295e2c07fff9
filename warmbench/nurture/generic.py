"""Judges whether a text says something of its own, or could have been sent to anybody."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from warmbench.nurture import prose
from warmbench.people.tag_words import key

#: A text passes above this score: one without anything specific has it.
PASSES_ABOVE = 0.5

# Three words in a row, one of them long: acronyms stand alone, or with commas between them.
_SHOUT = re.compile(r"\b(?=(?:\w+\s+)*\w{5})[A-ZÀ-ÖØ-Þ]{2,}(?:\s+[A-ZÀ-ÖØ-Þ]{2,}){2,}\b")
_EXCLAMATION = re.compile(r"[!¡]+")
_FIGURE = re.compile(r"\d")
_FIELD = re.compile(r"\{\{")
_WORD = re.compile(r"[^\W_][\w+#.-]*")
#: As many words as the name of a skill or a place may have.
_LONGEST_NAME = 4
#: A name of so many letters is one however it is written; shorter than the other it is none.
_LONG, _SHORT = 6, 3
#: An empty sentence weighs as much as so many that say something.
_WEIGHT = 3
_CALM = "Let the sentence end with a full stop: what is good about it shows without."
_QUIET = "Write it in small letters: capitals are read as shouting."


@dataclass(frozen=True, slots=True)
class Finding:
    """A phrase that says nothing, where it stands, and what to write instead."""

    start: int
    end: int
    phrase: str
    instead: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found in a text."""

    #: From 0, which says nothing, to 1; it passes above ``PASSES_ABOVE``.
    score: float
    #: How many sentences there are, how many hold a finding, and how many something specific.
    sentences: int
    empty: int
    specific: int
    findings: tuple[Finding, ...]

    @property
    def is_passed(self) -> bool:
        """Whether it says enough of its own."""
        return self.score > PASSES_ABOVE


def judge(source: str, *, language: str, names: Collection[str] = frozenset()) -> Judged:
    """What a text in Liquid and Markdown says of its own.

    The score is one half, plus the share of sentences with something specific in them, less
    three times the share of those that hold an empty phrase. Specific are numbers, dates, fields
    of the person, and ``names``: keys (``tag_words.key``) of skills, roles and places. Offsets
    are those of ``source``. The words of a language that we have no list for are judged by the
    marks of every language and by the English list.
    """
    found = findings(source, language=language)
    told = prose.sentences(source)
    homes = {_home(one, told) for one in found}
    specific = sum(_is_specific(source[s.start : s.end], s.text, language, names) for s in told)
    # A greeting is no sentence, unless it says something empty.
    count = len(told) + sum(home < 0 for home in homes)
    if not count:
        return Judged(0.0, 0, 0, 0, found)
    score = 0.5 + (specific - _WEIGHT * len(homes)) / count
    return Judged(min(1.0, max(0.0, score)), count, len(homes), specific, found)


def findings(source: str, *, language: str) -> tuple[Finding, ...]:
    """The empty phrases of a text from its beginning to its end, none within another."""
    text = prose.bare(source).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    every = [
        Finding(m.start(), m.end(), source[m.start() : m.end()], instead)
        for pattern, instead in _patterns(language)
        for m in pattern.finditer(text)
    ]
    kept: list[Finding] = []
    for one in sorted(every, key=lambda found: (found.start, -found.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return tuple(kept)


def _home(finding: Finding, told: list[prose.Sentence]) -> int:
    """Which sentence it stands in; a number below zero of its own if in none."""
    for at, sentence in enumerate(told):
        if sentence.start <= finding.start < sentence.end + 1:
            return at
    return -1 - finding.start


def _is_specific(source: str, text: str, language: str, names: Collection[str]) -> bool:
    if _FIGURE.search(text) or _FIELD.search(source):
        return True
    words = _WORD.findall(text)
    known = _specifics(language)
    return any(key(word) in known for word in words) or any(run in names for run in _runs(words))


def _runs(words: list[str]) -> Iterator[str]:
    """The keys of words and of neighbouring words, as far as they may be names."""
    keys = [key(word) for word in words]
    for start in range(len(words)):
        if _may_be_a_name(words[start], is_first=start == 0):
            yield keys[start]
        for end in range(start + 2, min(len(words), start + _LONGEST_NAME) + 1):
            yield " ".join(keys[start:end])


def _may_be_a_name(word: str, *, is_first: bool) -> bool:
    """Short names are common words as well: Spring, REST, and IT, which is Italy, too."""
    if len(word) >= _LONG:
        return True
    return len(word) >= _SHORT and word != word.lower() and not (is_first and word.istitle())


@cache
def _specifics(language: str) -> frozenset[str]:
    lists = _read("specifics.yaml")
    return frozenset(key(word) for word in lists.get(language, lists["en"]).split())


@cache
def _patterns(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each pattern with what to write instead."""
    made = []
    for group in _read("generic.yaml").values():
        # English phrases are at home in every office.
        for listed in dict.fromkeys((language, "en")):
            for phrase in group.get(listed, ()):
                within = phrase.replace(" ", r"\s+")
                whole = re.compile(rf"(?<!\w)(?:{within})(?!\w)", re.IGNORECASE)
                made.append((whole, group["instead"]))
    return (*made, (_EXCLAMATION, _CALM), (_SHOUT, _QUIET))


@cache
def _read(name: str) -> dict[str, Any]:
    text = files("warmbench.nurture").joinpath("data", name).read_text("utf-8")
    lists: dict[str, Any] = yaml.safe_load(text)
    return lists
