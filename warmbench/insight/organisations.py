"""Reads the names of organisations where they stand, and tells them from places and people."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, lru_cache

from warmbench.insight.flat import flat
from warmbench.insight.tables import table
from warmbench.people import gazetteer

_WORD = re.compile(r"(?:[\w&+](?:[\w&+'\u2019-]|\.(?=[\w-]))*\.?)")
_CAPITAL = re.compile(r"[A-Z\u00c0-\u00de0-9]|[a-z]{1,2}[A-Z]")
_MOST_WORDS = 6
_POSSESSIVE = re.compile(r"['\u2019]s?$")
_YEAR = re.compile(r"(?:19|20)\d\d")
_ENDS_NAME = re.compile(
    r"\s*(?:$|[,.;:()|!?\n]|-\s|[\u2013\u2014/]|in\s|since|seit|depuis|desde|\d)"
)
_SUFFIX = re.compile(r"(?:[A-Z]\.){1,4}$|^(?:Hosp|St|Dr|Prof|Co|Inc|Ltd|Corp|Bros)\.$")


@dataclass(frozen=True, slots=True)
class Organisation:
    """A name, and where it stands."""

    start: int
    end: int
    name: str
    #: A word in it says what it is: “Bank”, “GmbH”, “Hospital”.
    is_told: bool
    words: int


def at(text: str, start: int, people: Collection[str] = ()) -> Organisation | None:
    """The name that begins at a place of a text. None for a place, a day, a person or no name."""
    end, words, position = start, 0, start
    while words < _MOST_WORDS:
        match = _WORD.match(text, position)
        if match is None:
            break
        word, small = match[0], flat(match[0]).rstrip(".")
        if not _is_capital(word):
            if not words or small not in _set("links") or not _capital_follows(text, match.end()):
                break
        elif (
            small in people
            or (words and _YEAR.fullmatch(small))
            or (small in _never() and not (words and small in _set("kinds")))
        ):
            break
        else:
            words += 1
            end = match.end()
            if _POSSESSIVE.search(word) and not _capital_follows(text, match.end()):
                break
            if word.endswith(".") and not _SUFFIX.search(word):
                end -= 1
                break
        gap = re.compile(r"[ \u00a0]").match(text, match.end())
        if gap is None:
            break
        position = gap.end()
    return _named(text, start, end) if words else None


def in_small_letters(text: str, start: int) -> Organisation | None:
    """A name that is written small, known by its last word: “pellworth insurance”."""
    match = _small().match(text, start)
    if match is None or set(match[0].split()) & _set("never"):
        return None
    if any(word in _set("not_in_names") for word in match[0].split()):
        return None
    name = match[0].title()
    return Organisation(match.start(), match.end(), name, is_told=True, words=len(name.split()))


@cache
def _small() -> re.Pattern[str]:
    kinds = "|".join(sorted((re.escape(one) for one in _set("kinds") if len(one) > 3), key=len))
    return re.compile(rf"[a-z][\w'-]+(?: [a-z][\w'-]+)? (?:{kinds})\b")


def _named(text: str, start: int, end: int) -> Organisation | None:
    said = text[start:end]
    name = said if _SUFFIX.search(said) else said.rstrip(".,;:'\u2019-& ")
    if re.search(r"['\u2019]s$", name):
        name = name[:-2]
    if len(name) < 2 or name.isdigit() or _is_measure(name):
        return None
    small = flat(name)
    pieces = re.findall(r"[\w.]+", small)
    is_told = any(piece.strip(".") in _set("kinds") or _ends_told(piece) for piece in pieces)
    if is_place(name):
        return None
    return Organisation(start, start + len(name), name, is_told, len(name.split()))


def ends(text: str, name: Organisation) -> bool:
    """Whether nothing follows a name that would make it a part of something else."""
    return bool(_ENDS_NAME.match(flat(text), name.end)) or text[name.end : name.end + 1] == "\n"


def is_school(name: str) -> bool:
    """Whether a name is one of a place where one studies."""
    return any(re.search(rf"(?<!\w){re.escape(one)}(?!\w)", flat(name)) for one in _set("schools"))


def is_field(name: str) -> bool:
    """Whether its words name fields or levels only: “Data Science”, “Product Security”."""
    titles = table("titles")
    known = {*titles["areas"], *titles["levels"], *titles["fields"], "services", "studies"}
    return set(flat(name).split()) <= known


def is_department(name: str) -> bool:
    """Whether it is a part of an organisation: “Neonatal Unit”, “Group Finance”."""
    said = flat(name)
    return said in table("employers")["departments"] or bool(_PART_OF_ONE.search(said))


_PART_OF_ONE = re.compile(
    r"\b(?:unit|ward|a&e|team|department|dept|division|theatres?|group (?:finance|tax|treasury"
    r"|audit))$"
)


@lru_cache(maxsize=2048)
def is_place(name: str) -> bool:
    """Whether a name is one of a city, region or country."""
    return bool(gazetteer.country(name) or gazetteer.regions(name) or gazetteer.cities(name))


def _is_capital(word: str) -> bool:
    return bool(_CAPITAL.match(word)) or word in {"&", "+"}


def _is_measure(name: str) -> bool:
    return bool(re.match(r"\d+(?:[.,]\d+)*(?:k|m|%|h|x|st|nd|rd|th|am|pm)?\b", flat(name)))


def _capital_follows(text: str, position: int) -> bool:
    match = re.compile(
        r"[ \u00a0](?:(?:la|le|les|los|las|the|der|den|het)[ \u00a0]|[ld]')?(\w+)"
    ).match(text, position)
    return match is not None and bool(_CAPITAL.match(match[1])) and flat(match[1]) not in _never()


def _ends_told(word: str) -> bool:
    """German and Dutch names in one word: “Oderbank”, “Nordklinik”."""
    return len(word) > 7 and word.endswith(
        (
            "bank",
            "klinik",
            "klinikum",
            "werke",
            "logistik",
            "versicherung",
            "hospital",
            "zorg",
            "banken",
        )
    )


@cache
def _set(name: str) -> frozenset[str]:
    return frozenset(table("employers")[name])


@cache
def _never() -> frozenset[str]:
    return _set("never")
