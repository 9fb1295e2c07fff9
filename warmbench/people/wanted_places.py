"""Reads the places where somebody would work, from a list as people type it."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from warmbench.people.places import Certainty, Place, locate

#: More than these nobody means: "anywhere" is said in another way.
MOST = 20
_LONGEST = 80
_BETWEEN = re.compile(r"[\n;/|•·]+")


@dataclass(frozen=True, slots=True)
class WantedPlace:
    """A place in somebody's own words, and what we take it for; without a country: nothing."""

    words: str
    city: str = ""
    region: str = ""
    country: str = ""

    def to_json(self) -> dict[str, str]:
        """How it is kept."""
        return asdict(self)


def read(text: str, *, home: str = "") -> list[WantedPlace]:
    """The places in a list, each once, in the order in which they are named.

    "Austin, TX" is one place, "Lyon, Paris" are two. Of places of one name, the one is meant
    that is in the country of another place on the list, or in ``home``, where the person lives.
    """
    found: dict[str, str] = {}
    for part in _BETWEEN.split(text):
        for words in _parted([" ".join(one.split())[:_LONGEST] for one in part.split(",")]):
            found.setdefault(words.casefold(), words)
    listed = list(found.values())[:MOST]
    places = {words: locate(free_text=words) for words in listed}
    likely = dict.fromkeys([*(place.country_code for place in places.values()), home])
    return [_known(words, place, [c for c in likely if c]) for words, place in places.items()]


def _parted(parts: list[str]) -> Iterator[str]:
    """The places of a line, whose commas part places, or a city and its country."""
    left = [part for part in parts if part]
    while left:
        size = next((n for n in (3, 2) if len(left) >= n and _is_one(left[:n])), 1)
        yield ", ".join(left[:size])
        left = left[size:]


def _is_one(parts: list[str]) -> bool:
    place = locate(free_text=", ".join(parts))
    if len(parts) == 3:
        return [place.city, place.region] == parts[:2] and place.certainty == Certainty.CITY
    if place.certainty == Certainty.CITY:
        return place.city == parts[0]
    return place.certainty == Certainty.REGION and not place.city and place.region == parts[0]


def _known(words: str, place: Place, countries: list[str]) -> WantedPlace:
    if not place.country_code:
        nearer = (locate(city=words, country=country) for country in countries)
        place = next((one for one in nearer if one.certainty in _SURE), place)
    if not place.country_code:
        return WantedPlace(words)
    return WantedPlace(words, place.city, place.region, place.country_code)


#: In a country that is only assumed, the city must be there.
_SURE = (Certainty.CITY, Certainty.LIKELY)
