"""Reads which skills people have, want, miss, or no longer want to use."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from warmbench.insight import lexicon, skill_senses
from warmbench.insight.flat import flat
from warmbench.insight.found import Extractor, Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity
from warmbench.insight.lexicon import Lexicon, Manner, Mention
from warmbench.insight.number_words import phrases

_NAME = "skills"
#: What may part the items of a list.
_BETWEEN = re.compile(
    r"\s*(?:,|/|;|\||\+|&|\(|\u2022|\u00b7|and|und|et|y|en|or|oder|ou|plus|a bit of|some|un peu d[e']|"
    r",\s*(?:and|und|et|y|some|a lot of|a bit of))\s*",
    re.IGNORECASE,
)
_YEARS = r"(?:years?|yrs?|jahren?|ans|anos|jaar|y)\b"
_AT = re.compile(r"(?<!good )(?<!great )(?<!strong )(?<!better )(?<!expert )\b(?:at|bei|chez|@)\s*$")


@dataclass(frozen=True, slots=True)
class _Read:
    mention: Mention
    unit: Unit
    polarity: Polarity
    confidence: float
    years: float | None


def extract(reading: Reading) -> Iterable[Found]:
    """Every skill that is said of somebody, once in each sense."""
    return _extract(reading, lexicon.skills())


def extract_with(names: Iterable[str]) -> Extractor:
    """An extractor that also knows a team's own names of skills."""
    known = lexicon.skills(tuple(names))
    return lambda reading: _extract(reading, known)


def _extract(reading: Reading, known: Lexicon) -> Iterable[Found]:
    best: dict[tuple[str, Polarity, int], _Read] = {}
    for unit in reading.units:
        for one in _in_unit(unit, known, reading):
            key = one.mention.name.casefold(), one.polarity, unit.about
            if key not in best or (best[key].years is None and one.years is not None):
                best[key] = one
    return [_found(one) for one in best.values()]


def _found(one: _Read) -> Found:
    value: dict[str, object] = {"name": one.mention.name}
    if one.years is not None:
        value["years"] = int(one.years) if one.years == int(one.years) else one.years
    start = one.unit.start + one.mention.start
    end = one.unit.start + one.mention.end
    return Found(Kind.SKILL, value, one.polarity, start, end, one.confidence, _NAME)


def _in_unit(unit: Unit, known: Lexicon, reading: Reading) -> Iterator[_Read]:
    mentions = [one for one in known.within(unit.text) if not _is_person(one, unit, reading)]
    if not mentions:
        return
    listed = _listed(unit.text, mentions)
    for at, mention in enumerate(mentions):
        if not _is_meant(unit, mention, mentions, listed[at]):
            continue
        sense = skill_senses.sense_of(unit, mention.start, mention.end)
        if sense is None:
            continue
        confidence = sense.confidence - (0.08 if mention.manner is Manner.BROAD else 0.0)
        years = _years(unit.text, mention, reading.language)
        yield _Read(mention, unit, sense.polarity, confidence, years)


def _is_meant(unit: Unit, one: Mention, every: list[Mention], beside: list[Mention]) -> bool:
    """Whether a skill is named, and not a title, a company or a field of work."""
    if _AT.search(flat(unit.text[max(0, one.start - 12) : one.start])):
        return False
    if one.manner is Manner.TONGUE:
        others = [other for other in beside if other.manner is Manner.TONGUE]
        return bool(others) or skill_senses.is_spoken(unit, one.start, one.end)
    if skill_senses.is_title(unit.text, one.end):
        return False
    if one.manner is Manner.PLAIN:
        return True
    sure = [other for other in beside if other.manner is Manner.PLAIN]
    if sure or skill_senses.is_heading(unit.heading):
        return True
    if one.manner is Manner.BROAD and len(beside) >= 2:
        return True
    return skill_senses.is_known(unit, one.start, one.end)


def _listed(text: str, mentions: list[Mention]) -> list[list[Mention]]:
    """The other skills of the list that each stands in."""
    groups: list[list[Mention]] = []
    for mention in mentions:
        last = groups[-1][-1] if groups else None
        between = text[last.end : mention.start] if last else ""
        if last and len(between) < 40 and _BETWEEN.fullmatch(re.sub(r"\([^()]*\)", "", between)):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    return [[other for other in group if other is not one] for group in groups for one in group]


def _is_person(one: Mention, unit: Unit, reading: Reading) -> bool:
    """Whether the name is part of a person's."""
    raw = unit.text[one.start : one.end]
    return any(raw in person.split() for person in reading.people)


def _years(text: str, one: Mention, language: str) -> float | None:
    """The years of a skill: "Python, five years", "six years of dbt"."""
    plain = flat(text)
    number = _number(language)
    behind = re.compile(
        rf"[\s,(:\u2013-]{{0,4}}(?:for |over |about |around |seit |depuis |desde hace |al |mainly, )?"
        rf"(?:i've done |i've had |we've had |been on that for )?"
        rf"(?:about |over |some |roughly |etwa |~|>)?(?P<n>{number})\s*\+?\s*{_YEARS}"
    ).match(plain, one.end)
    if behind:
        return _value(behind["n"], language)
    before = re.compile(
        rf"(?P<n>{number})\s*\+?\s*{_YEARS}\s*(?:of |in |with |on |using |doing |d'|de |con |mit |met |"
        rf"experience (?:of |in |with )|erfahrung (?:mit |in )|working (?:with |in |on )|running |writing )?"
        rf"(?:solid |hands-on |production |professional )?$"
    ).search(plain, max(0, one.start - 60), one.start)
    return _value(before["n"], language) if before else None


def _number(language: str) -> str:
    words = "|".join(sorted(map(re.escape, _small(language)), key=len, reverse=True))
    return rf"\d{{1,2}}(?:[.,]5)?|(?<!\w)(?:{words})(?!\w)"


def _small(language: str) -> dict[str, int]:
    return {phrase: n for phrase, n in phrases(language if language in {"en","de","fr","es","nl"} else "en").items() if n <= 40}


def _value(told: str, language: str) -> float:
    if told[0].isdigit():
        return float(told.replace(",", "."))
    return float(_small(language)[told])
