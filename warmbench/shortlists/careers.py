"""Tells from the stations of a résumé for how long somebody used a skill, and when last."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from warmbench.insight import lexicon
from warmbench.insight.flat import flat
from warmbench.insight.found import Reading
from warmbench.insight.kinds import SourceKind
from warmbench.people.tag_words import key
from warmbench.shortlists import wording

#: Sections in which no work is told.
_ELSEWHERE = re.compile(
    r"skill|language|certific|licen[cs]e|interest|referenc|educat|training|competenc|summary|profile"
    r"|kenntnis|sprach|ausbildung|bildung|competences|langues|formation|idiomas|opleiding|talen"
)
_NOW = r"present|now|today|current\w*|ongoing|heute|jetzt|aktuell|aujourd'hui|actual\w*|heden|nu"
_MONTH = r"(?:(?:\d{1,2}[/.])|(?:[a-z]{3,9}\.? ))?"
_SPAN = re.compile(
    rf"\b{_MONTH}(?P<first>(?:19|20)\d\d)\s*(?:-{{1,2}}|to|bis|until|a|au|hasta|tot)\s*"
    rf"(?:{_MONTH}(?P<last>(?:19|20)\d\d)|(?P<now>{_NOW})\b)"
)


@dataclass(frozen=True, slots=True)
class Use:
    """Years of work in which a skill is named, and the last of them."""

    years: int
    last: int


def uses(read: Reading, names: Iterable[str]) -> dict[str, Use]:
    """By name, how long and until when the stations of a résumé speak of each of these skills;
    those that none speaks of are left out. A year counts once, however often it is named."""
    if read.kind != SourceKind.RESUME:
        return {}
    listed = [name for name in dict.fromkeys(names) if name]
    found: dict[str, set[int]] = {name: set() for name in listed}
    ends: dict[str, int] = dict.fromkeys(listed, 0)
    for first, last, text in _told(read):
        meant = {key(one.name) for one in lexicon.skills().within(text)}
        for name in listed:
            is_said = key(name) in meant or wording.is_named(name, text)
            if is_said and not wording.is_disclaimed(name, text):
                found[name].update(range(first, max(last, first + 1)))
                ends[name] = max(ends[name], last)
    return {name: Use(len(years), ends[name]) for name, years in found.items() if years}


def _told(read: Reading) -> Iterator[tuple[int, int, str]]:
    """What is told of stations: their first and last years, and the words."""
    span: tuple[int, int] | None = None
    for unit in read.units:
        if _ELSEWHERE.search(unit.heading):
            span = None
            continue
        if said := _SPAN.search(flat(unit.text)):
            last = int(said["last"]) if said["last"] else read.said_on.year
            span = (int(said["first"]), last) if int(said["first"]) <= last else None
        if span is not None:
            yield (*span, unit.text)
