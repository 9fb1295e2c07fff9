"""Reads for whom people work, worked, and would or would never work."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from warmbench.insight import (
    context,
    judging,
    organisations,
    resume_lines,
    scope,
    titling,
)
from warmbench.insight.extractors import titles
from warmbench.insight.flat import flat
from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker
from warmbench.insight.organisations import Organisation
from warmbench.insight.tables import table

_ARTICLE = r"(?:(?:the|der|dem|den|einem|einer|het|de|la|le|les|el|los|las)\s|l'|a\sla\s)?"
#: Right behind a title: where that is held.
_AT = re.compile(
    r"\s*(?:\([^()]{2,30}\)\s*)?,?\s*"
    r"(?:(?:im|in der|in the|for the|of the|in)\s[\w&-]+(?:\s[\w&-]+)?\s)?"
    r"(?:@\s?|a (?=la )|(?:at|bei|beim|chez|bij|en|with|for|von|de|del|van|voor|pour|para)\s)"
    rf"{_ARTICLE}"
)
_ENDS_PAST = re.compile(
    r"\s(?:until|till|last|when|after|to|for|on|over|then|before|bis|hasta|tot)\b"
)
_INDEED = re.compile(
    r"\b(?:is|are|now|still|currently|works?|working|runs|leads|ist|noch|est|travaille|es|"
    r"trabaja|sigue|is|werkt)\b"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place of work that somebody names."""

    name: Organisation
    polarity: Polarity
    confidence: float
    rule: str
    is_current: bool = False


def extract(reading: Reading) -> Iterator[Found]:
    """The organisations for which they work or worked, or say that they would or never would."""
    yield from judging.weighed(reading, Kind.EMPLOYER, list(_ruled(reading)))


def _ruled(reading: Reading) -> Iterator[Found]:
    people = frozenset(word for name in reading.people for word in flat(name).split())
    held: dict[int, list[titles.Held]] = {}
    for unit, one in titles.told(reading):
        held.setdefault(unit.start, []).append(one)
    found: list[tuple[Unit, Place]] = []
    for at, unit in context.told(reading):
        of_unit = _of_station if reading.kind == SourceKind.RESUME else _of_sentence
        seen: set[int] = set()
        places = of_unit(reading, at, held.get(unit.start, []), people)
        for place in sorted(places, key=lambda place: -place.confidence):
            if place.name.start not in seen:
                seen.add(place.name.start)
                found.append((unit, place))
    if reading.kind == SourceKind.RESUME:
        found = _once_each(found)
    for unit, place in found:
        if not _is_short_for_another(unit, place, found):
            yield _found(unit, place)


def _once_each(found: list[tuple[Unit, Place]]) -> list[tuple[Unit, Place]]:
    """Each employer of a résumé once, also where somebody rose there: the present station holds."""
    kept: dict[tuple[str, Polarity], tuple[Unit, Place]] = {}
    for unit, place in found:
        key = (flat(place.name.name), place.polarity)
        if key not in kept or (place.is_current and not kept[key][1].is_current):
            kept[key] = (unit, place)
    return list(kept.values())


def _is_short_for_another(unit: Unit, place: Place, found: list[tuple[Unit, Place]]) -> bool:
    """Whether it is the short form of a longer name in the text: “Corvane” of “Corvane Energy”."""
    said = flat(place.name.name).split()
    return any(
        len(longer) > len(said)
        and longer[: len(said)] == said
        and other.about == unit.about
        and one.polarity == place.polarity
        for other, one in found
        for longer in [flat(one.name.name).split()]
    )


def _found(unit: Unit, one: Place) -> Found:
    value: dict[str, Any] = {"name": " ".join(one.name.name.split())}
    if one.polarity == Polarity.HAD and one.is_current:
        value["current"] = True
    return Found(
        Kind.EMPLOYER, value, one.polarity, unit.start + one.name.start, unit.start + one.name.end,
        one.confidence, f"employers.{one.rule}",
    )  # fmt: skip


def _of_sentence(
    reading: Reading, at: int, held: list[titles.Held], people: frozenset[str]
) -> Iterator[Place]:
    unit = reading.units[at]
    plain = context.plain(unit)
    for one in held:
        if one.polarity == Polarity.HAD:
            yield from _beside_title(unit, plain, one, people)
    yield from _framed(reading, at, plain, people)


def _beside_title(
    unit: Unit, plain: str, held: titles.Held, people: frozenset[str]
) -> Iterator[Place]:
    """“Controller at Corvane”."""
    end = held.title.end
    if match := _AT.match(plain, end):
        name = organisations.at(unit.text, match.end(), people)
        if name and not name.is_told and match[0].strip().startswith("for"):
            return
        if name and not titling.find(name.name):
            yield Place(name, Polarity.HAD, 0.93, "title_at", is_current=held.is_current)
            return
        name = name or organisations.in_small_letters(unit.text, match.end())
        if name and not titling.find(name.name):
            yield Place(name, Polarity.HAD, 0.8, "title_at_small", is_current=held.is_current)
            return


def _framed(reading: Reading, at: int, plain: str, people: frozenset[str]) -> Iterator[Place]:
    """“Works for …”, “left …”, “never again for …”, “at …”."""
    unit = reading.units[at]
    for rule in ("refuses", "wants", "now", "was", "plain"):
        for match in _patterns()[rule].finditer(plain):
            name = organisations.at(unit.text, match.end(), people)
            if name is None or _is_not_of_work(unit, plain, match, name, rule):
                continue
            sense = scope.of(unit.text, name.start, name.end)
            place = _in_sense(rule, name, sense, plain, match)
            if place is not None:
                yield place


def _in_sense(
    rule: str, name: Organisation, sense: scope.Scope, plain: str, match: re.Match[str]
) -> Place | None:
    if sense.supposed or sense.others:
        return None
    if rule == "refuses":
        is_refused = _is_refused(plain, match, name)
        return Place(name, Polarity.REFUSES, 0.85, "refuses") if is_refused else None
    if (sense.denied and not sense.past) or (rule != "wants" and (sense.wished or sense.planned)):
        return None
    if rule == "wants":
        return Place(name, Polarity.WANTS, 0.8, "wants")
    is_now = rule == "now" or (rule != "was" and bool(_INDEED.search(plain)))
    sure = _SURE[rule]
    if rule == "plain" and name.words == 1 and not name.is_told:
        sure = 0.7
    return Place(name, Polarity.HAD, sure, rule, is_current=is_now and not sense.past)


_SURE = {"now": 0.88, "was": 0.8, "plain": 0.85}
_LEAVES = re.compile(r"would|won't|go|back|return|work|volv|zuruck|arbeit")


def _is_refused(plain: str, match: re.Match[str], name: Organisation) -> bool:
    """Whether “never” and “not” are of working there: “never Corvane again”."""
    if _patterns()["again"].match(plain, name.end) or match[0].startswith("any"):
        return True
    if match[0].startswith(("never", "not ")) and len(match[0].split()) < _SHORT:
        return False
    is_weak = re.match(r"(?:not|n't|nicht|pas|niet|no)\b", match[0])
    return not is_weak or bool(_LEAVES.search(plain, max(0, match.start() - 12), match.end()))


#: “never the”: says alone too little.
_SHORT = 3
_THING_THERE = re.compile(
    r"'s? (?!shop|team|site|office|plant)|\s(?:role|job|position|interview|offer|deal|project|"
    r"certif)"
)
_STEADY = re.compile(r"\b(?:work\w*|employ\w*|still|years?|yrs|trabaj\w*|travaill\w*|been)\b")
_LOOSE = re.compile(
    r"\b(?:in|en|para|with|from|by|for|von|de|del|fur|pour|el|la|los|con|voor|van)\s*$"
)


def _is_not_of_work(
    unit: Unit, plain: str, match: re.Match[str], name: Organisation, rule: str
) -> bool:
    """Whether it is a role there that is offered, a school, another's place of work, or a thing."""
    before = plain[: match.end()]
    is_ours = unit.heading in _foreign() or (
        unit.speaker != Speaker.CANDIDATE and _HERE.search(before)
    )
    if is_ours or context.is_of("relatives", plain[: match.start()]):
        return True
    is_no_work = organisations.is_school(name.name) or titling.find(name.name)
    if is_no_work or _THING_THERE.match(plain, name.end):
        return True
    offered = _patterns()["never_before"].search(before)
    if offered and rule != "refuses":
        near = before[max(0, offered.start() - 40) : offered.start()]
        if name.is_told and _DONE_THERE.match(offered[0]):
            return _is_too_little(unit, plain, match, name, rule)
        if not _patterns()["own"].search(near):
            return True
    return _is_too_little(unit, plain, match, name, rule)


#: “Built the churn model at Brightmoor Bank”, “launched the supplier portal at …”.
_DONE_THERE = re.compile(r"(?:built|build|suppl\w*|implement\w*|worked on)\b.* (?:at|bei|chez) ")
_HERE = re.compile(r"\bhere (?:at|bei|chez) $")


def _is_too_little(
    unit: Unit, plain: str, match: re.Match[str], name: Organisation, rule: str
) -> bool:
    """Whether a word with a capital letter may be anything there."""
    is_weak = name.words == 1 and not name.is_told
    if match[0].startswith(("for", "am ", "im ")) and name.words == 1:
        return True
    if rule == "plain" and not name.is_told and not match[0].startswith(("at", "@")):
        return True
    is_told_of = rule == "plain" and unit.speaker == Speaker.CANDIDATE
    is_ended = organisations.ends(unit.text, name) or (
        rule == "was" and _ENDS_PAST.match(plain, name.end)
    )
    if is_weak and rule in {"plain", "was"} and not is_told_of and not is_ended:
        return True
    return is_weak and bool(_LOOSE.search(match[0])) and not _STEADY.search(match[0])


@cache
def _foreign() -> frozenset[str]:
    """Labels below which our side is told of, and what it seeks."""
    return frozenset(table("titles")["frames"]["foreign_labels"]) - {"from", "for"}


def _of_station(
    reading: Reading, at: int, held: list[titles.Held], people: frozenset[str]
) -> Iterator[Place]:
    """The organisation of a station: in its line, or in the line beside it."""
    unit = reading.units[at]
    line = resume_lines.station(reading, at)
    had = [one for one in held if one.polarity == Polarity.HAD]
    if line is None:
        return
    is_now = resume_lines.is_current(reading, at)
    if had and line.has_dates:
        name = _best(unit, line, had, people)
        if name:
            yield Place(name, Polarity.HAD, 0.9, "station", is_current=is_now)
        return
    name = _best(unit, line, [], people)
    if had or not (unit.heading or (name and name.is_told and line.has_dates)):
        return
    if not _is_beside_title(reading, at, has_dates=line.has_dates):
        return
    if name and (name.start <= 3 or line.has_dates):
        yield Place(name, Polarity.HAD, 0.85, "station_beside", is_current=is_now)


def _best(
    unit: Unit, line: resume_lines.Station, held: list[titles.Held], people: frozenset[str]
) -> Organisation | None:
    """Of the pieces of a line the one that names an organisation, rather than a department."""
    names: list[Organisation] = []
    for segment in line.segments:
        inside = any(
            segment.start <= one.title.start < segment.end
            or one.title.start <= segment.start < one.title.end
            for one in held
        )
        name = organisations.at(unit.text, segment.start, people)
        if (
            inside
            or name is None
            or organisations.is_department(name.name)
            or titling.find(name.name)
        ):
            continue
        if not name.is_told and name.end < segment.end - 1:
            continue
        if name.end < segment.end - 2 and re.match(
            r"\s[a-z]+ed\b|\s[a-z]+ing\b", unit.text[name.end :]
        ):
            continue
        names.append(name)
    told = [one for one in names if one.is_told]
    kept = told or names
    return kept[0] if kept else None


def _is_beside_title(reading: Reading, at: int, *, has_dates: bool) -> bool:
    """Whether the line before or behind names a title, and no organisation of its own."""
    people = frozenset(word for name in reading.people for word in flat(name).split())
    for near in (at - 1, at + 1) if not has_dates else (at + 1, at - 1):
        if not 0 <= near < len(reading.units) or reading.units[near].heading in {"", "summary"}:
            continue
        other = reading.units[near]
        line = resume_lines.station(reading, near)
        if line is None or len(other.text) > 120 or (line.has_dates and has_dates):
            continue
        found = [one for one in titling.find(other.text) if resume_lines.begins(line, one.start)]
        held = [titles.Held(one, Polarity.HAD, 0.9, "station") for one in found]
        best = _best(other, line, held, people) if line.has_dates else None
        if found and (best is None or not best.is_told):
            return True
    return False


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(table("employers")[name])


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    words = table("employers")
    frames = words["frames"]
    found = {
        name: re.compile(rf"(?<![\w'-])(?:{'|'.join(frames[name])})")
        for name in ("now", "was", "plain", "wants")
    }
    found["refuses"] = re.compile(rf"(?<![\w-])(?:{'|'.join(frames['refuses'])})")
    found["again"] = re.compile("|".join(frames["again"]))
    found["own"] = re.compile("|".join(frames["own"]))
    found["never_before"] = re.compile(rf"(?<!\w)(?:{'|'.join(frames['never_before'])})$")
    return found
