"""The words by which a job description is understood, in five languages."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from warmbench.people.tag_words import key

_APOSTROPHES = "'\u2019`\u00b4"


@dataclass(frozen=True, slots=True)
class Ordinary:
    """Keys of skills that are spelled like ordinary words, by what tells them from those."""

    capitals: frozenset[str]
    proper: frozenset[str]
    doubtful: frozenset[str]
    small: frozenset[str]


@dataclass(frozen=True, slots=True)
class PayWords:
    """How pay is told."""

    cues: frozenset[str]
    #: Other sums of money than pay.
    others: re.Pattern[str]
    least: re.Pattern[str]
    most: re.Pattern[str]
    between: frozenset[str]
    #: The most particular period first.
    periods: dict[str, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class Words:
    """The vocabulary. Patterns are for text as ``flat`` writes it."""

    #: Key of a heading → what follows it.
    headings: dict[str, str]
    nice_after: re.Pattern[str]
    nice_around: re.Pattern[str]
    not_needed: re.Pattern[str]
    without: re.Pattern[str]
    remote: re.Pattern[str]
    hybrid: re.Pattern[str]
    on_site: re.Pattern[str]
    not_remote: re.Pattern[str]
    title_extras: re.Pattern[str]
    company_form: re.Pattern[str]
    pay: PayWords
    languages: dict[str, frozenset[str]]
    ordinary: Ordinary


def flat(text: str) -> str:
    """The text in small letters, without accents and apostrophes, each character in its place."""
    return "".join(map(_flat, text))


@lru_cache(maxsize=8192)
def _flat(letter: str) -> str:
    if letter in _APOSTROPHES:
        return " "
    if letter.isascii():
        return letter.lower()
    base = unicodedata.normalize("NFD", letter.lower())[:1]
    return base or letter


@lru_cache(maxsize=1)
def words() -> Words:
    """The vocabulary, read once."""
    source = resources.files("warmbench.sourcing").joinpath("data", "description_words.yaml")
    raw = yaml.safe_load(source.read_text(encoding="utf-8"))
    headings: dict[str, str] = {}
    for kind, names in raw["headings"].items():
        for name in names:
            headings.setdefault(key(name), kind)
    patterns = {name: _any(listed) for name, listed in raw["patterns"].items()}
    return Words(
        headings=headings,
        nice_after=_phrases(raw["nice_after"]),
        nice_around=_phrases(raw["nice_around"]),
        pay=_pay(raw["pay"]),
        languages={code: frozenset(listed) for code, listed in raw["languages"].items()},
        ordinary=Ordinary(**{k: frozenset(map(key, v)) for k, v in raw["ordinary"].items()}),
        **patterns,
    )


def _pay(raw: dict[str, Any]) -> PayWords:
    periods: dict[str, str] = raw["periods"]
    return PayWords(
        cues=frozenset(raw["cues"]),
        others=_phrases(raw["others"]),
        least=re.compile(rf"{_phrases(raw['least']).pattern}\W{{0,3}}$"),
        most=re.compile(rf"{_phrases(raw['most']).pattern}\W{{0,3}}$"),
        between=frozenset(map(flat, raw["between"])),
        periods={name: re.compile(flat_pattern(one)) for name, one in periods.items()},
    )


def flat_pattern(pattern: str) -> str:
    """A pattern without accents. Its capitals mean classes of characters, and stay."""
    plain = unicodedata.normalize("NFD", pattern)
    return "".join(mark for mark in plain if not unicodedata.combining(mark))


def _any(listed: str | list[str]) -> re.Pattern[str]:
    several = [listed] if isinstance(listed, str) else listed
    return re.compile("|".join(map(flat_pattern, several)))


def _phrases(listed: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(map(flat, listed), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
