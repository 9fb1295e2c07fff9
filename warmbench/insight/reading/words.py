"""The words that tell the parts of a text, ready for use."""

import re
from collections.abc import Iterable
from functools import cache

from warmbench.insight.tables import table
from warmbench.messaging.inbound.plain import fold

_NOT_OF_WORDS = re.compile(r"[^\w'&+-]+")


def plain(words: str) -> str:
    """Words in small letters without accents and signs, with one space between."""
    return _NOT_OF_WORDS.sub(" ", fold(words)).strip(" -'")


@cache
def named(group: str, name: str = "") -> frozenset[str]:
    """The words of a list, or of one of the lists of a group."""
    found = table("reading_words")[group]
    return frozenset(_flat(found[name] if name else found))


@cache
def sections() -> dict[str, str]:
    """Which part of a résumé a heading begins: “beruflicher werdegang” → “experience”."""
    groups = table("reading_words")["sections"]
    return {plain(word): name for name, lists in groups.items() for word in _flat(lists)}


def section_of(heading: str) -> str | None:
    """The part of a résumé that a heading in plain words begins, also by its first or last word."""
    said = heading.split()
    if heading in sections() or not 2 <= len(said) <= 4 or "of" in said:
        return sections().get(heading)
    within = table("reading_words")["within_headings"]
    for word in (said[-1], said[0]):
        for name, known in within.items():
            if word in known:
                return str(name)
    return None


@cache
def languages() -> dict[str, frozenset[str]]:
    """Some of the commonest words of each language that is told."""
    return {code: frozenset(words) for code, words in table("reading_words")["languages"].items()}


def _flat(lists: Iterable[str | list[str]]) -> list[str]:
    flat: list[str] = []
    for one in lists:
        flat += [one] if isinstance(one, str) else one
    return flat
