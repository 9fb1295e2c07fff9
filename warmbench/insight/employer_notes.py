"""Reads for whom people work from the short forms of notes: “Brightmoor Bank, 4 yrs”."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from warmbench.insight import organisations, titling
from warmbench.insight.flat import flat
from warmbench.insight.found import Unit
from warmbench.insight.kinds import Polarity
from warmbench.insight.organisations import Organisation
from warmbench.insight.tables import table

ENDS_NAME = re.compile(
    r"\s*(?:$|[,.;:()|!?\n]|-\s|[\u2013\u2014/]|in\s|since|seit|depuis|desde|\d)"
)
#: “Brightmoor Bank, 4 yrs”, “Brightmoor Kids (toys), 3rd year”.
HOW_LONG = re.compile(
    r"(?:\s\([^()]{2,30}\))?,?\s\(?(?:\d+(?:[.,]\d)?\+?\s?(?:yrs?|years?|y|jahren?|ans|anos|jaar)\b"
    r"|(?:\d(?:st|nd|rd|th)|second|third|fourth|fifth) year\b|since (?:\w+ )?(?:19|20)\d\d)"
)
_YEARS_BEFORE = re.compile(r"(?:^|[,;(] )\d+(?:\.\d)?\+?\s?(?:yrs?|years?)\s$")
_ARROW = re.compile(r"\s?(?:->|=>|\u2192|>{1,2})\s?")
_NOW = re.compile(
    r"(?:^|[,;(.] ?)(?:now|currently|curr\.?|jetzt|aktuell|derzeit|nu|inmiddels|ahora"
    r"|actuellement)[:,]? "
)
_PREVIOUS = re.compile(
    r"(?:^|[,;(.] ?)(?:prev\.?|previously|formerly|vorher|avant|antes|eerder)[:,]? "
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place of work that somebody names."""

    name: Organisation
    polarity: Polarity
    confidence: float
    rule: str
    is_current: bool = False


def noted(unit: Unit, plain: str, people: frozenset[str]) -> Iterator[Place]:
    """Short forms of notes: “Brightmoor Bank, 4 yrs”, “Hallmann -> Brightmoor Bank 2021”."""
    for match in _ARROW.finditer(plain):
        yield from _moved(unit, plain, match, people)
    begins = [0, *(match.end() for match in _YEARS_BEFORE.finditer(plain))]
    for begin in begins:
        name = sure_name(unit, begin, people)
        if name and (begin or HOW_LONG.match(plain, name.end) or _is_beside_place(unit, name)):
            yield Place(name, Polarity.HAD, 0.82, "noted", is_current=True)
    for pattern, is_now in ((_NOW, True), (_PREVIOUS, False)):
        for match in pattern.finditer(plain):
            name = sure_name(unit, match.end(), people)
            if name and ends(unit, plain, name):
                yield Place(name, Polarity.HAD, 0.8, "noted", is_current=is_now)


def _moved(unit: Unit, plain: str, arrow: re.Match[str], people: frozenset[str]) -> Iterator[Place]:
    """Both ends of “Hallmann -> Brightmoor Bank”: one has to be told by its words, or dated."""
    said = re.search(r"(?:[A-Z][\w&'-]*[ ]?){1,4}$", unit.text[: arrow.start()])
    before = organisations.at(unit.text, said.start(), people) if said else None
    after = organisations.at(unit.text, arrow.end(), people)
    if not before or not after or _is_field(before.name) or _is_field(after.name):
        return
    if titling.find(before.name) or titling.find(after.name):
        return
    if not (before.is_told or after.is_told or _DATED.match(plain, after.end)):
        return
    yield Place(before, Polarity.HAD, 0.8, "noted")
    yield Place(after, Polarity.HAD, 0.8, "noted", is_current=not _ARROW.match(plain, after.end))


def _is_beside_place(unit: Unit, name: Organisation) -> bool:
    """“Brightmoor Clinic, Leeds”."""
    match = re.compile(r",\s([A-Z][\w-]+(?:\s[A-Z][\w-]+)?)\s?(?=[,.;]|$)").match(
        unit.text, name.end
    )
    return bool(match and organisations.is_place(match[1]))


_DATED = re.compile(r",? \(?(?:in |since )?(?:\w{3,9} )?(?:19|20)\d\d")


def sure_name(unit: Unit, begin: int, people: frozenset[str]) -> Organisation | None:
    """A name that is told to be an organisation's by its words."""
    name = organisations.at(unit.text, begin, people)
    if name is None or not name.is_told or titling.find(name.name) or is_department(name.name):
        return None
    if organisations.is_school(name.name) or name.words < _SURE_WORDS or _is_field(name.name):
        return None
    return name


def _is_field(name: str) -> bool:
    """Whether its words name fields or levels only: “Data Science”, “Product Security”."""
    titles = table("titles")
    known = {*titles["areas"], *titles["levels"], *titles["fields"], "services", "studies"}
    return set(flat(name).split()) <= known


#: “Health” alone is no name.
_SURE_WORDS = 2


def ends(unit: Unit, plain: str, name: Organisation) -> bool:
    """Whether nothing follows a name that would make it a part of something else."""
    return bool(ENDS_NAME.match(plain, name.end)) or unit.text[name.end : name.end + 1] == "\n"


def is_department(name: str) -> bool:
    """Whether it is a part of an organisation: “Neonatal Unit”, “Group Finance”."""
    said = flat(name)
    return said in table("employers")["departments"] or bool(_PART_OF_ONE.search(said))


_PART_OF_ONE = re.compile(
    r"\b(?:unit|ward|a&e|team|department|dept|division|theatres?|group (?:finance|tax|treasury"
    r"|audit))$"
)
