"""Where a person is, from whatever an import says, and which clock she lives by."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from warmbench.people import gazetteer
from warmbench.people.gazetteer import City, Region, same_clock
from warmbench.people.words import is_nothing, words

#: How much larger a city must be than its namesakes to be meant when nothing else is said.
_FAR_LARGER = 8
#: How large it must be for that. Smaller ones are called Downtown, North, Of or Date.
_WELL_KNOWN = 100_000
#: No name of a place is longer. What is cut off would only fill memory.
_LONGEST = 120

_BETWEEN = re.compile(r"[,;|/\n\t()•·]+|\s[-\u2013\u2014]\s")
_POSTAL_CODE = re.compile(
    r"\b[A-Z]{1,3}-\d{3,5}\b|\b\d{4}\s?[A-Z]{2}\b|\b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b|"
    r"\b[A-Z]\d[A-Z]\s?\d[A-Z]\d\b|\b\d{5}-\d{3,4}\b|\b\d{2}-\d{3}\b|\b\d{3,6}\b"
)
#: What people write instead of an IANA zone. Only names that mean one clock, or one in the
#: country that they are written for.
_SPOKEN_ZONES = {
    "eastern": "America/New_York",
    "eastern time": "America/New_York",
    "eastern standard time": "America/New_York",
    "us eastern": "America/New_York",
    "et": "America/New_York",
    "est": "America/New_York",
    "edt": "America/New_York",
    "central time": "America/Chicago",
    "us central": "America/Chicago",
    "central standard time": "America/Chicago",
    "cdt": "America/Chicago",
    "mountain time": "America/Denver",
    "mountain standard time": "America/Denver",
    "mdt": "America/Denver",
    "pacific": "America/Los_Angeles",
    "pacific time": "America/Los_Angeles",
    "pacific standard time": "America/Los_Angeles",
    "us pacific": "America/Los_Angeles",
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
    "gmt standard time": "Europe/London",
    "bst": "Europe/London",
    "w europe standard time": "Europe/Berlin",
    "romance standard time": "Europe/Paris",
    "central europe standard time": "Europe/Budapest",
    "central european standard time": "Europe/Warsaw",
    "gtb standard time": "Europe/Bucharest",
    "fle standard time": "Europe/Kyiv",
    "india standard time": "Asia/Kolkata",
    "singapore standard time": "Asia/Singapore",
    "tokyo standard time": "Asia/Tokyo",
    "china standard time": "Asia/Shanghai",
    "aus eastern standard time": "Australia/Sydney",
    "aest": "Australia/Brisbane",
    "aedt": "Australia/Sydney",
}
#: Meant loosely: believed only when they are all that is known.
_LOOSE = frozenset({"est", "edt", "et", "pst", "pdt", "cdt", "mdt", "bst", "aest", "aedt"})


class Certainty(StrEnum):
    """What a place's time zone rests on, surest first."""

    STATED = "stated"
    CITY = "city"
    REGION = "region"
    COUNTRY = "country"
    #: The largest city of that name by far, in a country that nobody named.
    LIKELY = "likely"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person is, as far as it is known. An empty zone means that it is not."""

    city: str = ""
    region: str = ""
    country_code: str = ""
    time_zone: str = ""
    certainty: Certainty = Certainty.UNKNOWN


def country_code(text: str) -> str:
    """The ISO code of a country written in one of five languages, as a code, or as slang."""
    return gazetteer.country(text)


def zone_name(text: str) -> str:
    """The IANA name of a zone as people write it, "" when it is none."""
    key = gazetteer.fold(text)
    return _SPOKEN_ZONES.get(key) or gazetteer.zone_names().get(key, "")


def plausible_zones(country: str, region: str = "") -> tuple[str, ...]:
    """The zones that a person of a country (ISO code) may live in; () when nothing is known.

    Zones whose clocks always agree are given once. A region narrows them down.
    """
    if region:
        found = gazetteer.regions(region, country)
        zones = tuple(dict.fromkeys(zone for one in found for zone in one.zones))
        if zones:
            return zones
        country = country or (found[0].country if len(found) == 1 else "")
    return gazetteer.zones_of(country)


def locate(
    city: str = "", region: str = "", country: str = "", free_text: str = "", zone: str = ""
) -> Place:
    """The place that the parts describe.

    A valid zone that somebody stated wins. Otherwise the city decides where country or region
    leave one of its name, then a region with a single zone, then a country with one. What
    stays open stays empty: ``plausible_zones`` then says what it may be.
    """
    return _located(
        city[:_LONGEST],
        region[:_LONGEST],
        country[:_LONGEST],
        free_text[:_LONGEST],
        zone[:_LONGEST],
    )


@lru_cache(maxsize=65536)
def _located(city: str, region: str, country: str, free_text: str, zone: str) -> Place:
    parts = ["" if is_nothing(part) else " ".join(part.split()) for part in (city, region, country)]
    found = _settle(*parts) if any(parts) else Place()
    if not (found.time_zone and found.country_code) and not is_nothing(free_text):
        read = _read(free_text)
        if not any(parts):
            found = read
        elif not found.country_code or read.country_code == found.country_code:
            found = _completed(found, read)
    return _with_stated(found, zone)


def _with_stated(place: Place, zone: str) -> Place:
    name = zone_name(zone)
    if not name:
        return place
    loose = "/" not in name or name.startswith("Etc/") or gazetteer.fold(zone) in _LOOSE
    if loose and place.time_zone:
        return place
    return Place(place.city, place.region, place.country_code, name, Certainty.STATED)


def _completed(stated: Place, read: Place) -> Place:
    """What the columns left open, filled from the free text."""
    return Place(
        stated.city or read.city,
        stated.region or read.region,
        stated.country_code or read.country_code,
        stated.time_zone or read.time_zone,
        stated.certainty if stated.time_zone else read.certainty,
    )


def _settle(city: str, region: str, country: str) -> Place:
    """The place of three columns."""
    if "," in city and not region:
        read = _read(", ".join(filter(None, (city, country))))
        return Place(
            read.city or city, read.region, read.country_code, read.time_zone, read.certainty
        )
    code = gazetteer.country(country)
    if not code and (other := gazetteer.country(region)) and _is_meant(city, region, other):
        code, region = other, ""  # Some lists have one column for both.
    named = gazetteer.regions(region, code)
    candidates = gazetteer.cities(city, code)
    matching = [one for one in candidates if any(_is_in(one, of) for of in named)]
    if matching:
        return _of_cities(city, region, matching, stated=True)
    if named:
        # The city is not known there. Its namesakes elsewhere are not meant.
        return _of_regions(city, region, named)
    if candidates:
        return _of_cities(city, region, candidates, stated=bool(code))
    return _of_country(city, region, code)


def _is_meant(city: str, region: str, code: str) -> bool:
    """Whether "DE" in the column of regions is Germany: Berlin is not in Delaware."""
    named = gazetteer.regions(region)
    if not named:
        return True
    in_region = any(_is_in(one, of) for one in gazetteer.cities(city) for of in named)
    return bool(gazetteer.cities(city, code)) and not in_region


def _is_in(city: City, region: Region) -> bool:
    return city.country == region.country and city.region == region.geonames


def _of_cities(city: str, region: str, found: Sequence[City], *, stated: bool) -> Place:
    """The place of cities of one name: all that they agree on, or that of the largest by far."""
    largest = found[0]
    rivals = [one for one in found[1:] if one.people * _FAR_LARGER >= largest.people]
    country = largest.country if all(one.country == largest.country for one in rivals) else ""
    if not stated and largest.people < _WELL_KNOWN:
        country = ""
    if not country or not all(same_clock(one.zone, largest.zone) for one in rivals):
        return _of_country(city, region, country)
    beyond_doubt = stated and all(same_clock(one.zone, largest.zone) for one in found)
    certainty = Certainty.CITY if beyond_doubt else Certainty.LIKELY
    return Place(city, region, country, largest.zone, certainty)


def _of_regions(city: str, region: str, found: Sequence[Region]) -> Place:
    countries = {one.country for one in found}
    if len(countries) > 1:
        return Place(city, region)
    code = found[0].country
    zones = plausible_zones(code, region)
    if len(zones) == 1:
        return Place(city, region, code, zones[0], Certainty.REGION)
    return Place(city, region, code)


def _of_country(city: str, region: str, code: str) -> Place:
    zones = gazetteer.zones_of(code)
    if len(zones) == 1:
        return Place(city, region, code, zones[0], Certainty.COUNTRY)
    return Place(city, region, code)


def _read(text: str) -> Place:
    """The place of a line such as "Greater Boston Area", "10115 Berlin, DE" or "Austin TX"."""
    cleaned = (" ".join(_POSTAL_CODE.sub(" ", part).split()) for part in _BETWEEN.split(text))
    parts = [part for part in map(_without_surroundings, cleaned) if part]
    if len(parts) == 1:
        parts = _peeled(parts[0])
    if len(parts) < 2:
        return _single(parts[0]) if parts else Place()
    readings = [*_readings(parts[:-1], parts[-1]), *_readings(parts, "")]
    # "San Diego, CA" is not in Canada: the reading in which the city exists is the right one.
    return min(readings, key=_rank)


def _readings(parts: list[str], country: str) -> Iterator[Place]:
    """Every way to see a city, and a region after it, in the parts of a line."""
    if country and not gazetteer.country(country):
        return
    if country and gazetteer.regions(parts[-1], gazetteer.country(country)):
        yield _settle("", parts[-1], country)
    for index in range(len(parts) - 1, -1, -1):
        after = parts[index + 1] if index + 1 < len(parts) else ""
        if after or country:
            yield _settle(parts[index], after, country)


def _rank(place: Place) -> tuple[int, bool]:
    order = (Certainty.CITY, Certainty.REGION, Certainty.COUNTRY, Certainty.LIKELY)
    if place.certainty in order:
        sure = order.index(place.certainty)
    else:
        sure = len(order) if place.country_code else len(order) + 1
    return sure, not gazetteer.regions(place.region, place.country_code)


def _single(text: str) -> Place:
    """One name alone: a country, a region, or a city; "Georgia" is two of them."""
    code, named, found = gazetteer.country(text), gazetteer.regions(text), gazetteer.cities(text)
    if len(text) < 3 and named and code:
        return Place()
    if code and not named:
        return _of_country("", "", code)
    if found and not code:
        place = _of_cities(text, "", found, stated=False)
        if place.country_code:
            return place
    if named and not code:
        return _of_regions("", text, named)
    return Place(city="" if code or named else text)


def _peeled(text: str) -> list[str]:
    """ "Austin TX" and "Berlin Germany" in their parts, when the whole is no name itself."""
    if _is_known(text):
        return [text]
    spoken = text.split()
    for size in (3, 2, 1):
        head, tail = " ".join(spoken[:-size]), " ".join(spoken[-size:])
        if head and (gazetteer.country(tail) or gazetteer.regions(tail)) and gazetteer.cities(head):
            return [head, tail]
    return [text]


def _without_surroundings(text: str) -> str:
    if _is_known(text):
        return text
    centre = " ".join(_around().sub(" ", text).split()).strip(" -")
    if gazetteer.fold(centre) in words().nowhere:
        return ""
    if centre == text or _is_known(centre):
        return centre
    # "Dallas-Fort Worth Metroplex" is around Dallas.
    parts = re.split(r"[\s-]+", centre)
    heads = (" ".join(parts[:size]) for size in range(len(parts) - 1, 0, -1))
    return next((head for head in heads if gazetteer.cities(head)), centre)


@lru_cache(maxsize=1)
def _around() -> re.Pattern[str]:
    listed = sorted(words().surroundings, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, listed))})\b", re.IGNORECASE)


def _is_known(text: str) -> bool:
    return bool(gazetteer.cities(text) or gazetteer.regions(text) or gazetteer.country(text))
