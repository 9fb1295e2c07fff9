"""Finds where a job description says that the work is done, and whether from home."""

import re
from collections.abc import Iterator
from functools import partial
from itertools import islice

from warmbench.people import gazetteer
from warmbench.people.places import locate
from warmbench.people.wanted_places import WantedPlace
from warmbench.sourcing.description_parts import Description, Section
from warmbench.sourcing.description_words import words
from warmbench.sourcing.models import Role
from warmbench.sourcing.proposals import Found, quote

#: So many lines stand above the first paragraph: title, company, place, pay.
_HEAD = 8
#: Longer lines are sentences.
_LONGEST_LINE = 120
#: So short a word in capitals is an abbreviation.
_SHORT = 4
#: More are no place of work but a list of offices.
_MOST = 6
#: How many capitalised words are looked up in running text, at most.
_LOOKED_UP = 60

_ASKED = frozenset({Section.TASKS, Section.REQUIRED, Section.NICE})
_PIECES = re.compile(
    r"\s*(?:[|;\u00b7\u2022]|\s[-\u2013\u2014]+\s|[()]|\s(?:or|oder|ou|and|und|et|y|en|&)\s)\s*"
)
_COMMA = re.compile(r"\s*,\s*")
_NAME = r"[A-Z\u00c0-\u00de][\w'\u2019.-]+"
_IN_TEXT = re.compile(
    r"\b(?:in|based in|near|at|in der N\u00e4he von|\u00e0|a|en|te|across|within|dans)\s+"
    r"(?:the\s+|den\s+|la\s+|les\s+)?"
    rf"(?P<name>{_NAME}(?:\s(?:am|an der|upon|de|la|{_NAME})){{0,2}}(?:,\s{_NAME})?)"
)
#: Work that is done from home says from which country, if anything.
_ONLY = re.compile(
    r"\b(?P<name>UK|US|USA|EU|[A-Z][a-z]+)(?:[- ](?:only|based|time zones?|residents?))\b"
)
#: Where people mean by a name that several places have.
_HOMES = {"de": "DE", "fr": "FR", "es": "ES", "nl": "NL"}


def places_of(of: Description) -> list[Found[WantedPlace]]:
    """Where the work is: of the lines that say so, else of those at the top, else of the text."""
    home = _HOMES.get(of.language, "")
    looks = (_in_labelled(of, home), _in_head(of, home), _in_only(of), _in_text(of, home))
    for look in looks:
        seen: dict[tuple[str, str], Found[WantedPlace]] = {}
        for one in islice(look, _MOST):
            seen.setdefault((one.value.city.casefold(), one.value.country), one)
        if seen:
            cities = [one for one in seen.values() if one.value.city]
            # "Madrid, Spain" once, and not Spain besides.
            within = {one.value.country for one in cities}
            return [
                one for one in seen.values() if one.value.city or one.value.country not in within
            ]
    return []


def remote_of(of: Description) -> Found[str] | None:
    """Whether the work is done from home, by words outside of what is to be done."""
    modes = (
        (Role.Remote.HYBRID, words().hybrid),
        (Role.Remote.ON_SITE, words().not_remote),
        (Role.Remote.REMOTE, words().remote),
        (Role.Remote.ON_SITE, words().on_site),
    )
    for mode, pattern in modes:
        for part in of.parts:
            # "Monitor sites, on site and remotely" tells what is to be done there.
            if part.section == Section.DENIED or (part.is_item and part.section in _ASKED):
                continue
            for start, end in of.sentences(part):
                if (said := pattern.search(of.flat, start, end)) is not None:
                    words_found = quote(of.text, said.start(), said.end(), (start, end))
                    return Found(mode.value, words_found)
    return None


def _in_labelled(of: Description, home: str) -> Iterator[Found[WantedPlace]]:
    for part in of.parts:
        if part.section == Section.PLACE and part.end - part.start <= _LONGEST_LINE:
            yield from _in_line(of, part.start, part.end, home)


def _in_head(of: Description, home: str) -> Iterator[Found[WantedPlace]]:
    head = of.parts[:_HEAD]
    for at, part in enumerate(head):
        if part.section not in {Section.INTRO, Section.COMPANY} or part.is_item:
            continue
        if part.end - part.start > _LONGEST_LINE or of.text[part.end - 1] == ".":
            continue
        # The first line is the title: what stands alone there is no place.
        yield from _in_line(of, part.start, part.end, home, is_title=at == 0)


def _in_only(of: Description) -> Iterator[Found[WantedPlace]]:
    for part in of.parts[:_HEAD]:
        for said in _ONLY.finditer(of.text, part.start, part.end):
            code = gazetteer.country(said["name"])
            if code:
                place = WantedPlace(said["name"], country=code)
                yield Found(place, quote(of.text, said.start("name"), said.end("name")))


def _in_text(of: Description, home: str) -> Iterator[Found[WantedPlace]]:
    """In sentences: "in Dublin", "à Lyon"."""
    looked_up = partial(_known, home=home)
    asked = 0
    for part in of.parts:
        if part.section in {Section.REQUIRED, Section.NICE, Section.DENIED}:
            continue
        for said in _IN_TEXT.finditer(of.text, part.start, part.end):
            asked += 1
            if asked > _LOOKED_UP:
                return
            name = said["name"].rstrip(".,'")
            for size in range(len(name.split()), 0, -1):
                tried = " ".join(name.split()[:size]).rstrip(",.")
                place = looked_up([tried])
                if place is not None and place.city:
                    start = said.start("name")
                    yield Found(place, quote(of.text, start, start + len(tried)))
                    return


def _in_line(
    of: Description, start: int, end: int, home: str, *, is_title: bool = False
) -> Iterator[Found[WantedPlace]]:
    pieces = list(_stretches(of.text, start, end, _PIECES))
    # "Graz (Österreich)": the country of the city before it.
    names = [part for piece in pieces for part in _stretches(of.text, *piece, _COMMA)]
    if is_title:
        names = names[1:]
    at = 0
    while at < len(names):
        for size in (3, 2, 1):
            window = names[at : at + size]
            if len(window) < size:
                continue
            place = _known([of.text[first:last] for first, last in window], home=home)
            if place is not None:
                begin, stop = window[0][0], window[-1][1]
                yield Found(place, quote(of.text, begin, stop, (start, end)))
                at += size - 1
                break
        at += 1


def _stretches(text: str, start: int, end: int, gap: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    begin = start
    for border in gap.finditer(text, start, end):
        if border.start() > begin:
            yield begin, border.start()
        begin = border.end()
    if begin < end:
        yield begin, end


def _known(names: list[str], *, home: str) -> WantedPlace | None:
    """The place of these names, if the first is a city, or they are one country."""
    tidy = [re.sub(r"^\d{4,5}\s+|^the\s+", "", name.strip(" .*_")) for name in names]
    if not all(tidy) or words().company_form.search(" ".join(tidy).lower()):
        return None
    line = ", ".join(tidy)
    first = tidy[0]
    if len(tidy) == 1:
        code = gazetteer.country(first)
        if code and len(first) > 1 and not gazetteer.cities(first, code):
            return WantedPlace(first, country=code) if first[0].isupper() else None
    # "CDI" is a kind of contract, whatever else is called so.
    is_short = first.isupper() and len(first) <= _SHORT
    if is_short or not first[:1].isupper() or not gazetteer.cities(first):
        return None
    place = locate(free_text=line)
    if not place.country_code and len(tidy) == 1:
        place = locate(city=first, country=home) if home else place
    if len(tidy) > 1 and not _belongs(place.region, place.country_code, tidy[1:]):
        return None
    if not place.city or not place.country_code:
        return None
    return WantedPlace(line, place.city, place.region, place.country_code)


def _belongs(region: str, country: str, rest: list[str]) -> bool:
    """Whether what follows a city is its region or its country, and not something else."""
    return all(
        gazetteer.country(one) == country
        or gazetteer.fold(one) == gazetteer.fold(region)
        or any(found.country == country for found in gazetteer.regions(one, country))
        for one in rest
    )
