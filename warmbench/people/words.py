"""The words that imported files use for columns and values, in five languages."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import yaml

_CAMEL_CASE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NO_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Words:
    """The vocabulary. Words are in their plain form where they are compared so."""

    #: Column name → target field and its place among the names of that field.
    columns: dict[str, tuple[str, int]]
    other_people: frozenset[str]
    sensitive: frozenset[str]
    qualifiers: frozenset[str]
    yes: frozenset[str]
    no: frozenset[str]
    agreed: frozenset[str]
    refused: frozenset[str]
    statuses: dict[str, str]
    stages: dict[str, str]
    nothing: frozenset[str]
    titles: frozenset[str]
    degrees: frozenset[str]
    particles: frozenset[str]
    salutations: frozenset[str]
    nowhere: frozenset[str]
    surroundings: tuple[str, ...]


def plain(text: str) -> str:
    """The text in lower case without accents or punctuation, with single spaces.

    Column names are often written without spaces: "firstName" becomes "first name".
    """
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return _NO_LETTER.sub(" ", _CAMEL_CASE.sub(" ", text)).casefold().strip()


def is_nothing(text: str) -> bool:
    """Whether the cell is empty, or says so in words ("n/a", "-", "unknown")."""
    stripped = text.strip()
    return not stripped or (len(stripped) < 12 and stripped.casefold() in words().nothing)


@lru_cache(maxsize=1)
def words() -> Words:
    """The vocabulary, read once."""
    source = resources.files("warmbench.people").joinpath("data", "import_words.yaml")
    raw = yaml.safe_load(source.read_text(encoding="utf-8"))
    columns: dict[str, tuple[str, int]] = {}
    for field, names in raw["fields"].items():
        for place, name in enumerate(names):
            columns.setdefault(plain(name), (field, place))
    return Words(
        columns=columns,
        other_people=frozenset(map(plain, raw["other_people"])),
        sensitive=frozenset(map(plain, raw["sensitive"])),
        qualifiers=frozenset(map(plain, raw["qualifiers"])),
        # Ticks have no letters to keep.
        yes=frozenset(plain(word) or word for word in raw["yes"]),
        no=frozenset(plain(word) or word for word in raw["no"]),
        agreed=frozenset(map(plain, raw["agreed"])),
        refused=frozenset(map(plain, raw["refused"])),
        statuses={plain(word): to for to, listed in raw["statuses"].items() for word in listed},
        stages={plain(word): to for to, listed in raw["stages"].items() for word in listed},
        nothing=frozenset(raw["nothing"]),
        titles=frozenset(raw["titles"]),
        degrees=frozenset(raw["degrees"]),
        particles=frozenset(raw["particles"]),
        salutations=frozenset(raw["salutations"]),
        nowhere=frozenset(raw["nowhere"]),
        surroundings=tuple(raw["surroundings"]),
    )
