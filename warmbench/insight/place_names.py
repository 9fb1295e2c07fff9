"""Finds the names of cities, regions and countries in running text, and which place each is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from warmbench.insight.flat import flat
from warmbench.insight.tables import table
from warmbench.people import gazetteer
from warmbench.people.gazetteer import City

#: So many names in one sentence are looked up, at most.
_MOST = 40
#: A city that is written small, or is known by another name than its own, must be so large.
_WELL_KNOWN = 100_000
#: Shorter names are codes of airports, or of large cities.
_SHORTEST = 4
#: A namesake at home is meant if it is no more than so many times smaller than the largest.
_AT_HOME = 20
_HOMES = {"de": "DE", "fr": "FR", "es": "ES", "nl": "NL"}

_CAPITAL = r"[A-Z\u00c0-\u00de]"
_WORD = rf"{_CAPITAL}(?:['\u2019](?!s\b)|\w)*(?:-\w+)*"
_LINK = r"(?:de|del|la|le|les|sur|en|am|an der|aan den|aan de|upon|of|the|on|d'|sous|lez|in the)"
_NAMES = re.compile(rf"(?<![\w@.-])(?:'s-)?{_WORD}(?:\.?[ ](?:{_LINK}[ ]){{0,2}}{_WORD}){{0,4}}")
_SMALL = re.compile(
    r"\b(?:(?:lives?|living|based|located|settled|works?) (?:in|near)|from|woont in|wohnt in"
    r"|vive en|(?:relocate|relocating|move|moving|moved|commute) to|habite a)"
    r" (?P<name>[a-z]{4,20}(?: [a-z]{4,14})?)"
)
_SMALL_WORD = re.compile(r"(?<![\w@./-])[a-z\u00df-\u00ff]{4,16}(?![\w@/-]|\.\w)")
#: A city of this size is known where its language is spoken.
_KNOWN_AT_HOME = 30_000
#: Where cities lie whose names are written small here.
_NEAR = frozenset(
    {
        *("GB", "IE", "DE", "AT", "CH", "FR", "ES", "NL", "BE", "LU", "IT", "PT", "PL", "CZ"),
        *("DK", "SE", "NO", "FI", "US", "CA", "AU", "NZ", "SG", "IN", "ZA", "HK", "AE"),
    }
)
_HOME_OF = re.compile(
    r"\b(?:[Ll]iv(?:es?|ing) (?:in|near|out by)|[Bb]ased (?:in|near)|[Ww]ohn(?:t|e|en|haft) in"
    r"|[Ww]oont? in|[Hh]abite \u00e0|[Vv]iv[eo] en|[Cc]ommutes from)"
    rf" (?P<name>{_WORD}(?:[ -](?:(?:am|an der|aan den|upon|de|la|le|sur)[ -])?{_WORD})?)"
    r"(?=[.,;:)!\n]|$| (?:and|with|und|en|et|y|but|since|at|for|-)\b)"
)
_BESIDE = re.compile(
    rf"(?: or | oder | ou | of | o |/| / )(?P<name>{_WORD}(?: {_WORD})?)"
    r"(?=[.,;:)!?\n]|$| (?:is|are|both|would|only|ok)\b)"
)
_BEHIND = re.compile(r",? \(?(?P<name>[A-Z][\w .-]{1,24}?)(?=[,.;)|:\n]|\s-|\s\||$)")
_IN_BRACKETS = re.compile(r"\s?\((?P<name>[^()]{2,24})\)")


@dataclass(frozen=True, slots=True)
class Name:
    """A place that is named, and where."""

    start: int
    end: int
    #: As it is kept: in the writer's words, but for abbreviations.
    name: str
    #: ISO code, or "" where the place lies in several countries.
    country: str
    #: Behind the words that only tell which one it is: “Athens, Georgia”.
    after: int
    #: Whether it may as well be a word, a person or a firm.
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    country: str
    is_doubtful: bool


def read(text: str, *, language: str = "", country: str = "") -> list[Name]:
    """The places that a sentence names, in its order.

    Of places of one name that is meant which is in ``country`` or where the language is spoken.
    """
    home = country or _HOMES.get(language, "")
    found: list[Name] = []
    for match in _NAMES.finditer(text):
        found += _in_run(text, match.start(), match.end(), home)
        if len(found) >= _MOST:
            break
    if not found:
        found = list(_written_small(text, home))
        taken = {one.start for one in found}
        found += [one for one in _small_cities(text, home) if one.start not in taken]
    taken = {one.start for one in found}
    more = [one for one in _unlisted(text, found) if one.start not in taken]
    return sorted([*found, *more], key=lambda one: one.start)


def _in_run(text: str, start: int, end: int, home: str) -> Iterator[Name]:
    """The place in a run of words with capitals, if the others belong to no other name."""
    words = [(m.start(), m.end()) for m in re.finditer(r"[^\s]+", text[start:end])]
    spans = [(start + first, start + last) for first, last in words]
    at = 0
    while at < len(spans):
        for size in range(min(4, len(spans) - at), 0, -1):
            first, last = spans[at][0], spans[at + size - 1][1]
            place = _known(text[first:last].strip(".'\u2019"), home)
            if place is None:
                continue
            before = text[spans[at - 1][0] : spans[at - 1][1]] if at else ""
            behind = (
                text[spans[at + size][0] : spans[at + size][1]] if at + size < len(spans) else ""
            )
            if _stands_alone(text, first, last, before, behind):
                yield _named(text, first, last, place)
            at += size - 1
            break
        at += 1


def _stands_alone(text: str, first: int, last: int, before: str, behind: str) -> bool:
    """Whether the words beside it are not part of a longer name: “Paris Martin”."""
    words = table("place_words")
    plain = flat(text)
    if re.search(words["name_before"], plain[max(0, first - 30) : first]):
        return False
    if re.search(words["name_behind"], plain[last : last + 30]):
        return False
    if behind and behind[0].isupper() and not _is_common(behind) and _known(behind, "") is None:
        return bool(_country_of(text[first:last], behind.strip(".,")))
    return (
        not before or not before[0].isupper() or before.endswith((".", ":")) or _is_common(before)
    )


def _is_common(word: str) -> bool:
    """ "NOT Berlin", "Open Hamburg", "Raum Köln": a word that is part of no name."""
    plain = flat(word).strip(".,:'").partition("'")[0]
    if word.isupper() and len(word) > 2:
        return True
    return plain in _common()


@cache
def _common() -> frozenset[str]:
    words = table("place_words")
    return frozenset(words["never"]) | frozenset(words["beside"])


def _named(text: str, first: int, last: int, place: _Place) -> Name:
    """The place, with what follows to tell which one: “Athens, Georgia”, “Perth (Scotland)”."""
    while text[last - 1] in ".'\u2019":
        last -= 1
    country, after = place.country, last
    match = _IN_BRACKETS.match(text, last) or _BEHIND.match(text, last)
    if match is not None and match["name"].strip():
        told = _country_of(text[first:last], match["name"].strip())
        if told:
            country, after = told, match.end("name")
    return Name(first, last, place.name, country, after, place.is_doubtful)


def _country_of(city: str, name: str) -> str:
    """The country of a city in a region or country that is told behind it, or ""."""
    code = gazetteer.country(name) if len(name) > 1 else ""
    regions = gazetteer.regions(name)
    for one in gazetteer.cities(city):
        if any(one.country == r.country and one.region == r.geonames for r in regions):
            return one.country
    return code if code and gazetteer.cities(city, code) else ""


def _written_small(text: str, home: str) -> Iterator[Name]:
    """ "based in tulsa": only behind words that leave no doubt, and large cities."""
    plain = flat(text)
    for match in _SMALL.finditer(plain):
        words = match["name"].split()
        for size in range(len(words), 0, -1):
            name = " ".join(words[:size])
            cities = gazetteer.cities(name, home) or gazetteer.cities(name)
            least = _KNOWN_AT_HOME if cities and cities[0].country == home else _WELL_KNOWN
            if name in _common() or not cities or cities[0].people < least:
                continue
            if flat(cities[0].name) == name or size == 2:
                first = match.start("name")
                last = first + len(name)
                yield Name(first, last, text[first:last].title(), cities[0].country, last)
                break


def _small_cities(text: str, home: str) -> Iterator[Name]:
    """ "nijmegen of arnhem prima": large cities that are no words, in notes without capitals."""
    plain = flat(text)
    for match in _SMALL_WORD.finditer(text):
        name = plain[match.start() : match.end()]
        city = _small_city(name, home)
        if city is not None:
            yield Name(match.start(), match.end(), match[0].title(), city.country, match.end())


@lru_cache(maxsize=16384)
def _small_city(name: str, home: str) -> City | None:
    words = table("place_words")
    if name in _common() or name in words["words"] or name in words["small_words"]:
        return None
    here = gazetteer.cities(name, home) if home else ()
    every = here or gazetteer.cities(name)
    if not every or gazetteer.fold(every[0].name) != gazetteer.fold(name):
        return None
    least = _KNOWN_AT_HOME if here else 2 * _WELL_KNOWN
    if len(name) <= _SHORTEST:
        least = 5 * _WELL_KNOWN
    return every[0] if every[0].people >= least and (here or every[0].country in _NEAR) else None


def _unlisted(text: str, found: list[Name]) -> Iterator[Name]:
    """Places that no list has: where somebody lives, or that stand between others by an “or”."""
    for match in _HOME_OF.finditer(text):
        if flat(match["name"]).split()[0] not in _common() and not _known(match["name"], ""):
            inside = any(match.start("name") <= one.start < match.end("name") for one in found)
            if not inside:
                yield Name(
                    match.start("name"), match.end("name"), match["name"], "", match.end("name")
                )
    for one in found[:_MOST]:
        beside = _BESIDE.match(text, one.after)
        if beside is not None and flat(beside["name"]).split()[0] not in _common():
            first, last = beside.span("name")
            if not any(other.start < last and first < other.end for other in found):
                yield Name(first, last, beside["name"], one.country, last)


@lru_cache(maxsize=16384)
def _known(name: str, home: str) -> _Place | None:
    """Which place a name means; None if it is none."""
    plain = flat(name)
    words = table("place_words")
    if plain in words["more"]:
        kept, code = words["more"][plain]
        return _Place(kept if plain in _SHORTENED else name, code, is_doubtful=False)
    if plain in _common() or len(plain) < 2:
        return None
    if name.isupper() and len(name) > _SHORTEST:
        name = name.title()
    doubtful = plain in words["words"]
    code = _country(name, plain)
    city = _city(name, home)
    if code and (city is None or city.country != code or city.people < _WELL_KNOWN):
        return _Place(name, code, is_doubtful=False)
    if city is not None:
        return _Place(name, city.country, doubtful or city.people < _WELL_KNOWN // 4)
    regions = [
        one
        for one in gazetteer.regions(name)
        if len(plain) > 3 and gazetteer.fold(one.code) != plain
    ]
    if regions:
        at_home = [one for one in regions if one.country == home]
        return _Place(name, (at_home or regions)[0].country, is_doubtful=len(regions) > 1)
    return None


_SHORTENED = frozenset({"nyc", "new york city", "sf", "sf bay area", "washington dc"})


def _country(name: str, plain: str) -> str:
    if len(plain) <= 3 and not (name.isupper() and plain in {"uk", "usa", "uae"}):
        return ""
    return gazetteer.country(name)


def _city(name: str, home: str) -> City | None:
    if len(flat(name)) < 3 or (name.isupper() and len(name) < 5):
        return None
    every = gazetteer.cities(name)
    at_home = gazetteer.cities(name, home) if home else ()
    if at_home and (not every or at_home[0].people * _AT_HOME >= every[0].people):
        return at_home[0]
    if not every:
        return None
    if len(flat(name)) < _SHORTEST and every[0].people < _WELL_KNOWN:
        return None
    is_own = gazetteer.fold(every[0].name) == gazetteer.fold(name)
    return every[0] if is_own or _is_exonym(every[0], name) else None


def _is_exonym(city: City, name: str) -> bool:
    """“Munich”: the names in other languages of small places are words of some language."""
    return city.people >= _WELL_KNOWN and len(flat(name)) >= _SHORTEST
