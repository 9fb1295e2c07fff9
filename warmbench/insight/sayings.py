"""Finds ways of saying something that lists hold by what they say and by language."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from warmbench.insight.tables import table

_LANGUAGES = frozenset({"en", "de", "fr", "es", "nl"})


@dataclass(frozen=True, slots=True)
class Saying:
    """What is said by some words of a sentence, and where these stand in it."""

    what: str
    start: int
    end: int


def find(name: str, part: str, plain: str, language: str) -> Iterator[Saying]:
    """What a part of the list ``data/<name>.yaml`` finds in a sentence as ``context.plain`` has it.

    Looks for the ways of the language of the text and for the English ones, which stand in notes
    in any language. Of two at one place it is the one that the list has first.
    """
    for match in pattern(name, part, language if language in _LANGUAGES else "").finditer(plain):
        yield Saying(str(match.lastgroup), match.start(), match.end())


def holds(name: str, part: str, plain: str, language: str) -> bool:
    """Whether a part of a list finds anything in a sentence."""
    return next(find(name, part, plain, language), None) is not None


@cache
def pattern(name: str, part: str, language: str) -> re.Pattern[str]:
    """The ways of one language, and the English ones, each group named after what it says.

    In the lists `` ~ `` stands for up to four words in the same clause.
    """
    ways: dict[str, dict[str, list[str]]] = table(name)[part]
    groups = []
    for what, by_language in ways.items():
        every = [*by_language.get("en", ())]
        if language not in {"", "en"}:
            every += by_language.get(language, ())
        elif not language:
            every = [one for ways_of in by_language.values() for one in ways_of]
        if every:
            groups.append(rf"(?P<{what}>{'|'.join(map(_written, every))})")
    return re.compile(rf"(?<![\w'])(?:{'|'.join(groups) or '(?!)'})(?!\w)")


def _written(way: str) -> str:
    return way.replace(" ~ ", r" (?:[^\s;:.!?]+ ){0,4}?")
