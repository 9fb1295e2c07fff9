"""Knows the numbers from 1 to 999 in the words of five languages, as they are written and said."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from warmbench.insight.tables import table

#: “Fifteen, twenty” are two numbers, “sixteen-fifty” is one.
_FAR_APART = 40
LANGUAGES = ("en", "de", "fr", "es", "nl")


@cache
def phrases(language: str) -> dict[str, int]:
    """Every way to write a number below a thousand, with spaces for hyphens, and the number.

    “a hundred and four” is there, and “one oh four”, as salaries are said.
    """
    below = {phrase: n for n in range(1, 100) for phrase in _below_hundred(n, language)}
    found = dict(below)
    for hundreds in range(1, 10):
        for phrase in _hundreds(hundreds, language):
            found[phrase] = hundreds * 100
            for rest, n in below.items():
                for joined in _joined(phrase, rest, language):
                    found.setdefault(joined, hundreds * 100 + n)
    # “Por ciento” is percent.
    found.pop("ciento", None)
    if language == "en":
        found |= dict(_said(below))
    return found


@cache
def first_words(language: str) -> dict[str, int]:
    """The words with which they begin, and how many words the longest of each has."""
    longest: dict[str, int] = {}
    for phrase in phrases(language):
        words = phrase.split()
        longest[words[0]] = max(longest.get(words[0], 0), len(words))
    return longest


def _words(language: str) -> dict[str, Any]:
    found: dict[str, Any] = table("number_words")[language]
    return found


def _below_hundred(n: int, language: str) -> Iterator[str]:
    words = _words(language)
    if n < 10:
        yield words["ones"][n - 1]
    elif n < 20:
        yield words["teens"][n - 10]
    else:
        yield from _tens(n, language, words)
    if language == "fr" and n >= 70:
        yield from _french(n, words)
    if n == 1 and language == "es":
        yield "un"
    if "dreisig" in words["tens"] and 30 <= n < 40:
        yield next(_tens(n, language, words)).replace("dreisig", "dreissig")


def _tens(n: int, language: str, words: dict[str, Any]) -> Iterator[str]:
    ten, one = words["tens"][n // 10 - 2], n % 10
    if not one:
        yield ten
        return
    unit = words["ones"][one - 1]
    if language == "en":
        yield f"{ten} {unit}"
    elif language == "de":
        yield f"{'ein' if one == 1 else unit}und{ten}"
    elif language == "nl":
        yield f"{unit}en{ten}"
    elif language == "fr":
        yield f"{ten} et un" if one == 1 else f"{ten} {unit}"
    elif n < 30:
        yield f"veinti{unit}"
    else:
        yield f"{ten} y {unit}"
    if language == "es" and one == 1:
        yield "veintiun" if n < 30 else f"{ten} y un"


def _french(n: int, words: dict[str, Any]) -> Iterator[str]:
    """Counted by twenties: “soixante-quinze”, “quatre-vingt-dix”."""
    if n < 80:
        rest = words["teens"][n - 70]
        yield f"soixante et {rest}" if n == 71 else f"soixante {rest}"
    elif n == 80:
        yield "quatre vingt"
        yield "quatre vingts"
    else:
        yield f"quatre vingt {words['ones'][n - 81] if n < 90 else words['teens'][n - 90]}"


def _hundreds(n: int, language: str) -> Iterator[str]:
    words = _words(language)
    unit = words["ones"][n - 1]
    if language == "en":
        yield f"{unit} hundred"
        if n == 1:
            yield "a hundred"
    elif language == "es":
        if n == 1:
            yield "cien"
            yield "ciento"
        else:
            yield words["hundreds"][n - 2]
    elif language == "fr":
        yield "cent" if n == 1 else f"{unit} cent"
        if n > 1:
            yield f"{unit} cents"
    else:
        hundred = "hundert" if language == "de" else "honderd"
        if n == 1:
            yield hundred
            yield f"ein{hundred}"
        else:
            yield f"{unit}{hundred}"


def _joined(hundreds: str, rest: str, language: str) -> Iterator[str]:
    if language == "en":
        yield f"{hundreds} and {rest}"
        yield f"{hundreds} {rest}"
    elif language in {"fr", "es"}:
        if hundreds != "cien":
            yield f"{hundreds} {rest}"
    else:
        yield f"{hundreds}{rest}"
        yield f"{hundreds}{'und' if language == 'de' else 'en'}{rest}"


def _said(below: dict[str, int]) -> Iterator[tuple[str, int]]:
    """ "One eighteen", "four fifty", "one oh four", "twelve hundred"."""
    for phrase, n in below.items():
        if 10 < n < 20:
            yield f"{phrase} hundred", n * 100
            for rest, m in below.items():
                if m >= _FAR_APART:
                    yield f"{phrase} {rest}", n * 100 + m
        if n < 10:
            for rest, m in below.items():
                if m >= 10:
                    yield f"{phrase} {rest}", n * 100 + m
                else:
                    yield f"{phrase} oh {rest}", n * 100 + m
