"""Compares where a role is, and from where it may be done, with where a person would work."""

from collections.abc import Iterable

from warmbench.core import languages
from warmbench.people import gazetteer
from warmbench.people.wanted_places import WantedPlace
from warmbench.sourcing.fit import Asked, Finding, Known

_ON_SITE, _HYBRID, _REMOTE = "on_site", "hybrid", "remote"
_WORDS = {_ON_SITE: "on site", _HYBRID: "hybrid", _REMOTE: "remote"}
#: Nobody who wants only the one is told of the other.
_OPPOSITES = ({_ON_SITE, _REMOTE},)
_SAME_REGION = 0.8
#: So many kilometres people travel to work every day; what it counts.
_EVERY_DAY, _COMMUTE = 40, 0.9
_UNKNOWN = 0.5
#: In the country, and too far to be there every day: they may move, or not.
_SAME_COUNTRY = 0.4
#: Of the way of working, where it is not what they asked for, or they did not say.
_OTHER_WAY, _NOT_SAID = 0.5, 0.75


def find(asked: Asked, known: Known) -> Finding | None:
    """How place and way of working fit; None where the role names neither."""
    found = [one for one in (_place(asked, known), _way(asked, known)) if one is not None]
    if not found:
        return None
    share = 1.0
    for one in found:
        share *= one.share
    return Finding(
        share,
        " ".join(one.sentence for one in found),
        next((one.question for one in found if one.question), ""),
        contradicts=any(one.contradicts for one in found),
        refused=any(one.refused for one in found),
    )


def _way(asked: Asked, known: Known) -> Finding | None:
    if not asked.remote:
        return None
    work = f"The work is {_WORDS[asked.remote]}"
    if not known.remote:
        return Finding(_NOT_SAID, f"{work}; whether that suits them is not known.")
    if known.remote in {"any", asked.remote}:
        return Finding(1, f"{work}, which suits them.")
    sentence = f"{work}; they asked for {_WORDS[known.remote]} work."
    refused = {asked.remote, known.remote} in _OPPOSITES
    return Finding(0 if refused else _OTHER_WAY, sentence, refused=refused)


def _place(asked: Asked, known: Known) -> Finding | None:
    if not asked.places:
        return None
    if asked.remote == _REMOTE:
        return _country(asked, known)
    there = _listed(asked.places)
    for said in known.not_for_them:
        if said.about == "place" and _is_same_place(said.places, asked):
            sentence = f"Said of a role in {_listed(said.places)} that the place did not fit."
            return Finding(0, sentence, contradicts=True)
    if known.wanted:
        return _wanted(asked, known, there)
    return _home(asked, known, there)


def _wanted(asked: Asked, known: Known, there: str) -> Finding:
    wants = f"Wants to work in {_listed(known.wanted)}"
    pairs = [(place, role) for place in known.wanted for role in asked.places]
    if any(_covers(one, other) or _covers(other, one) for one, other in pairs):
        return Finding(1, f"{wants}; the role is in {there}.")
    if any(not place.country for place in known.wanted):
        return Finding(_UNKNOWN, f"{wants}.", f"{wants}: would {there} do?")
    return Finding(0, f"{wants}; the role is in {there}.", contradicts=True)


def _home(asked: Asked, known: Known, there: str) -> Finding:
    if not known.country:
        question = f"Where do they live, and would they work in {there}?"
        return Finding(_UNKNOWN, "Where they live is not known.", question)
    home = WantedPlace("", known.city, known.region, known.country)
    lives = f"Lives in {_name(home)}; the role is in {there}."
    in_country = [role for role in asked.places if role.country in {"", known.country}]
    if not in_country:
        return Finding(0, lives, contradicts=True)
    if any(_covers(role, home) for role in in_country):
        return Finding(1, lives)
    question = f"Lives in {_name(home)}: would they work in {there}?"
    if any(_commutes(role, home) for role in in_country):
        return Finding(_COMMUTE, f"{lives[:-1]}, within reach.")
    if any(_is_near(role, home) for role in in_country):
        return Finding(_SAME_REGION, lives, question)
    return Finding(_SAME_COUNTRY, lives, question)


def _country(asked: Asked, known: Known) -> Finding:
    """Of remote work, the country alone counts: contracts and taxes follow it."""
    there = _listed(asked.places)
    countries = {place.country for place in asked.places}
    if not known.country:
        question = f"Where do they live? The work can be done from {there}."
        return Finding(_UNKNOWN, "Where they live is not known.", question)
    home = languages.country_name(known.country, languages.FALLBACK)
    lives = f"Lives in {home}; the work can be done from {there}."
    is_there = known.country in countries or "" in countries
    return Finding(1 if is_there else 0, lives, contradicts=not is_there)


def _is_same_place(places: tuple[WantedPlace, ...], asked: Asked) -> bool:
    return all(any(_covers(place, role) for place in places) for role in asked.places)


def _covers(wide: WantedPlace, narrow: WantedPlace) -> bool:
    """Whether who is in the narrow place is in the wide one: Berlin is in Germany."""
    if not wide.country:
        return gazetteer.fold(wide.words) in {
            gazetteer.fold(words) for words in (narrow.words, narrow.city) if words
        }
    if wide.country != narrow.country:
        return False
    if wide.city:
        return gazetteer.fold(wide.city) == gazetteer.fold(narrow.city)
    return not wide.region or gazetteer.fold(wide.region) == gazetteer.fold(narrow.region)


def _commutes(role: WantedPlace, home: WantedPlace) -> bool:
    """Whether somebody may live in the one and work in the other."""
    if not (role.city and home.city and home.country):
        return False
    apart = gazetteer.kilometres(role.city, home.city, home.country)
    return apart is not None and apart <= _EVERY_DAY


def _is_near(one: WantedPlace, other: WantedPlace) -> bool:
    return bool(one.region) and gazetteer.fold(one.region) == gazetteer.fold(other.region)


def _listed(places: Iterable[WantedPlace]) -> str:
    return " or ".join(_name(place) for place in places)


def _name(place: WantedPlace) -> str:
    country = languages.country_name(place.country, languages.FALLBACK) if place.country else ""
    return place.words or place.city or place.region or country
