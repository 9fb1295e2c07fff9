"""Finds what a sentence names: titles, organisations, places, industries and people."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from warmbench.insight import lexicon, organisations, place_names, titling
from warmbench.insight.flat import flat
from warmbench.insight.found import Reading, Unit
from warmbench.insight.kinds import Kind, SourceKind, Speaker
from warmbench.insight.lexicon import Lexicon, Manner, names_of
from warmbench.insight.tables import table
from warmbench.insight.wordpieces import is_ordinary

#: Of a longer sentence only the beginning is read: the work for a text has to stay bounded.
_MOST = 4_000
_CAPITAL = re.compile(r"(?<![\w@./'\u2019-])(?:[A-Z\u00c0-\u00de]|[a-z]{1,2}[A-Z]|[0-9]+[A-Z])")
#: Behind these a name that is written small may stand: “currently at pellworth”.
_SMALL = re.compile(
    r"(?:(?<=\bat )|(?<=\bbei )|(?<=\bchez )|(?<=\bbij )|(?<=@ )|(?<=@)|(?<=\bjoined )"
    r"|(?<=\bleft ))"
    r"(?P<name>[a-z][\w&'-]{3,}(?: [a-z][\w&'-]{3,})?)"
)
#: A verb at the beginning is no part of the name behind it: “Suggested Ana Ruiz”.
_OPENS = re.compile(
    r"(?:\w+(?:ed|ing)|gave|met|left|told|says|knows|suggests|recommends|wants|likes|try|call|ask"
    r"|contact|speak|talk|never|not|no|only|ex|now|still|was|mentions|names)\b (?!&)",
    re.IGNORECASE,
)
_PART = r"[A-Z\u00c0-\u00de][a-z\u00df-\u00ff]+"
_PERSON = re.compile(
    rf"(?<![\w@.-]){_PART}(?:-[A-Z][a-z]+)?"
    r"(?: (?:van der|van den|van de|van|von|de la|de|del|der|di|da|el|al))?"
    rf" (?:[OD]['\u2019])?{_PART}(?:[ -]{_PART})?(?![\w-])"
)
#: Places that no list has are named by fewer words.
_MOST_OF_PLACE = 4
LISTS = ("industries", "more", "fields", "trades", "short")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name of one kind, where it stands in its sentence, and what is seen of it there."""

    kind: Kind
    start: int
    end: int
    value: dict[str, Any]
    #: What its own words tell: whether they leave doubt, how many there are.
    traits: tuple[str, ...]


@lru_cache(maxsize=4)
def of(reading: Reading) -> tuple[tuple[Mention, ...], ...]:
    """For each unit that tells of the person what it names, in its order; none overlaps another."""
    people = frozenset(word for name in reading.people for word in flat(name).split())
    is_talk = reading.kind == SourceKind.TRANSCRIPT
    found = []
    for unit in reading.units:
        counts = unit.speaker == Speaker.CANDIDATE or not (is_talk or unit.speaker == Speaker.OTHER)
        found.append(tuple(_within(unit, reading, people)) if counts else ())
    return tuple(found)


def _within(unit: Unit, reading: Reading, people: frozenset[str]) -> list[Mention]:
    text = unit.text[:_MOST]
    titles = list(_titles(text, people))
    firms = [one for one in _organisations(text, people) if not _overlaps(one, titles)]
    told = [one for one in firms if "told:True" in one.traits]
    kept = [*titles, *told]
    places = [one for one in _places(text, reading, people) if not _overlaps(one, kept)]
    kept += places
    kept += [one for one in firms if one not in told and not _overlaps(one, kept)]
    larger = [one for one in kept if one.kind != Kind.EMPLOYER or "size:1" not in one.traits]
    fields = [one for one in _domains(text) if not _overlaps(one, larger)]
    kept = [one for one in kept if one in larger or not _overlaps(one, fields)] + fields
    kept += list(_otherwise(text, reading, people, kept))
    return sorted(kept, key=lambda one: one.start)


def _overlaps(one: Mention, kept: list[Mention]) -> bool:
    return any(one.start < other.end and other.start < one.end for other in kept)


def _titles(text: str, people: frozenset[str]) -> Iterator[Mention]:
    for one in titling.find(text, people):
        head = flat(text[one.start : one.end]).split()[-1]
        traits = (f"head:{head}", f"level:{one.level}", f"bare:{one.is_bare}", _size(one.name))
        yield Mention(Kind.TITLE, one.start, one.end, {"name": one.name}, traits)


def _places(text: str, reading: Reading, people: frozenset[str]) -> Iterator[Mention]:
    for one in place_names.read(text, language=reading.language, country=reading.country):
        if flat(one.name) in people:
            continue
        value = {"name": one.name} | ({"country": one.country} if one.country else {})
        told = one.after > one.end
        traits = (
            f"doubtful:{one.is_doubtful}",
            f"told:{told}",
            _size(one.name),
            _case(text, one.start),
        )
        yield Mention(Kind.PLACE, one.start, one.end, value, traits)


def _domains(text: str) -> Iterator[Mention]:
    for one in domains().within(text):
        if one.manner is Manner.PLAIN:
            said = flat(text[one.start : one.end])
            sure = (
                "sure"
                if said in _named("sure")
                else "weak"
                if said in _named("weak", "fields")
                else ""
            )
            traits = (f"own:{one.name}", _case(text, one.start), _size(one.name), f"known:{sure}")
            yield Mention(Kind.DOMAIN, one.start, one.end, {"name": one.name}, traits)


def _organisations(text: str, people: frozenset[str]) -> Iterator[Mention]:
    position = 0
    for match in _CAPITAL.finditer(text):
        if match.start() < position or (not match.start() and _OPENS.match(text)):
            continue
        one = organisations.at(text, match.start(), people)
        if one is None:
            continue
        small = flat(one.name)
        if (
            small in people
            or organisations.is_department(one.name)
            or organisations.is_field(one.name)
        ):
            continue
        position = one.end
        ordinary = all(is_ordinary(word) for word in re.findall(r"[^\W_]+", small))
        if ordinary and one.words == 1 and match.start() == 0:
            continue
        school = organisations.is_school(one.name)
        traits = (
            *(f"told:{one.is_told}", _size(one.name), f"ordinary:{ordinary}", f"school:{school}"),
            *(f"shout:{one.name.isupper()}", f"skill:{_is_skill(small)}"),
        )
        yield Mention(Kind.EMPLOYER, one.start, one.end, {"name": one.name}, traits)
    yield from _written_small(text)


def _written_small(text: str) -> Iterator[Mention]:
    """“Currently at pellworth insurance”: a word that is none, or that ends as such names do."""
    for match in _SMALL.finditer(text):
        first, _, second = match["name"].partition(" ")
        is_told = second in _kinds()
        if is_ordinary(first) and not is_told:
            continue
        name = match["name"] if is_told or (second and not is_ordinary(second)) else first
        start = match.start("name")
        traits = ("small:True", _size(name), f"told:{is_told}")
        yield Mention(Kind.EMPLOYER, start, start + len(name), {"name": name.title()}, traits)


def _otherwise(
    text: str, reading: Reading, people: frozenset[str], kept: list[Mention]
) -> Iterator[Mention]:
    """What else a bare name may be: somebody's, or that of a place that no list has."""
    for one in kept:
        if one.kind != Kind.EMPLOYER or "told:False" not in one.traits:
            continue
        name = text[one.start : one.end]
        is_resume = reading.kind == SourceKind.RESUME
        if not is_resume and _PERSON.fullmatch(name) and not set(flat(name).split()) & people:
            yield Mention(Kind.REFERRAL, one.start, one.end, {"name": name}, (_size(name),))
        if len(name.split()) < _MOST_OF_PLACE:
            yield Mention(Kind.PLACE, one.start, one.end, {"name": name}, ("unlisted", *one.traits))


def _size(name: str) -> str:
    return f"size:{min(len(name.split()), 4)}"


def _case(text: str, start: int) -> str:
    return f"capital:{text[start].isupper()}"


@cache
def domains() -> Lexicon:
    """The names of industries and fields."""
    lists = table("domains")
    pairs = [pair for name in LISTS for pair in names_of(lists[name])]
    capitals = frozenset(spelling for spelling, _ in names_of(lists["capitals"]))
    named = [(spelling, name.lower()) for spelling, name in pairs]
    return Lexicon(named, flags={"capitals": capitals})


@lru_cache(maxsize=16384)
def _is_skill(name: str) -> bool:
    return lexicon.skills().knows(name)


@cache
def _named(*lists: str) -> frozenset[str]:
    return frozenset(flat(one) for name in lists for one, _ in names_of(table("domains")[name]))


@cache
def _kinds() -> frozenset[str]:
    return frozenset(table("employers")["kinds"])
