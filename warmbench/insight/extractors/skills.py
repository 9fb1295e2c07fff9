"""Reads which skills people have, want, miss, or no longer want to use."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import zip_longest

from warmbench.insight import (
    lexicon,
    mentions,
    skill_lists,
    skill_senses,
    skill_use,
    spans,
    weighing,
)
from warmbench.insight.flat import flat
from warmbench.insight.found import Extractor, Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker
from warmbench.insight.lexicon import Lexicon, Manner, Mention
from warmbench.insight.number_words import LANGUAGES, phrases
from warmbench.insight.skill_senses import Place, Sense
from warmbench.insight.skill_use import Use
from warmbench.insight.weighing import Weighed

_NAME = "skills"
#: What may part the items of a list.
_BETWEEN = re.compile(
    r"\s*(?:,|/|;|\||\+|&|\(|\u2022|\u00b7|and|und|et|y|en|or|oder|ou|plus|a bit of|some|"
    r"un peu d[e']|"
    r",\s*(?:and|und|et|y|some|a lot of|a bit of))\s*",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\([^()]*\)")
_LONGEST_GAP, _LABEL_REACH = 40, 12
#: Lines about the role and about who took part.
_SILENT = re.compile(
    r"\s*(?:role|position|job|job title|vacancy|subject|re|betreff|objet|asunto|onderwerp|client|"
    r"company|interviewers?|panel|attendees|present|from|to|cc|stelle|poste|puesto|functie|"
    r"must have|must-haves|requirements|we offer|about (?:us|the role)|"
    r"referees?|references|the pitch|i did the pitch)\s*:"
)
_WRITTEN_IN = re.compile(r"\b(?:in|mit|en|met)\s$")
#: So many fields of work beside one another are a list of skills.
_MANY = 2
#: So much is shown on either side of a skill.
_SHOWN = 80
_CUT = re.compile(r"[;!?\n\u2022]\s*|\.\s+")
_LESS_SURE = {Manner.BROAD: 0.08, Manner.UNLISTED: 0.15, Manner.COMPLETED: 0.18}
_YEARS = r"(?:years?|yrs?|jahren?|ans|anos|jaar|y)\b"
_MOST_YEARS = 45
#: From so much on the judge is believed alone, and against a rule.
_LEAST, _OVERRULES = 0.7, 0.85
#: What looks less like a name than this is none.
_LEAST_LIKE = 0.6
_AT = re.compile(
    r"(?<!good )(?<!great )(?<!strong )(?<!better )(?<!expert )\b(?:at|bei|chez|@)\s*$"
)


@dataclass(frozen=True, slots=True)
class _Read:
    mention: Mention
    unit: Unit
    polarity: Polarity
    confidence: float
    years: float | None
    use: Use


def extract(reading: Reading) -> Iterable[Found]:
    """Every skill that is said of somebody, once in each sense."""
    return _extract(reading, lexicon.skills())


def extract_with(names: Iterable[str]) -> Extractor:
    """An extractor that also knows a team's own names of skills."""
    known = lexicon.skills(tuple(names))
    return lambda reading: _extract(reading, known)


def _extract(reading: Reading, known: Lexicon) -> Iterable[Found]:
    best: dict[tuple[str, Polarity, int], _Read] = {}
    for at, (unit, after) in enumerate(zip_longest(reading.units, reading.units[1:])):
        if reading.kind == SourceKind.TRANSCRIPT and unit.speaker != Speaker.CANDIDATE:
            continue
        is_same = after is not None and (after.part, after.speaker) == (unit.part, unit.speaker)
        following = flat(after.text) if after is not None and is_same else ""
        for one in _in_unit(unit, following, at, known, reading):
            key = one.mention.name.casefold(), one.polarity, unit.about
            known_by = best.get(key)
            if known_by is None:
                best[key] = one
                continue
            chosen = one if known_by.years is None and one.years is not None else known_by
            best[key] = replace(chosen, use=known_by.use.with_more(one.use))
    return [_found(one) for one in best.values()]


def _found(one: _Read) -> Found:
    value: dict[str, object] = {"name": one.mention.name}
    if one.years is not None:
        value["years"] = int(one.years) if one.years == int(one.years) else one.years
    if one.polarity == Polarity.HAD:
        # Years of what somebody wants no more of say nothing of how well they know it today.
        value |= one.use.value(one.years)
    first, last = _clause(one.unit.text, one.mention)
    start, end = one.unit.start + first, one.unit.start + last
    return Found(Kind.SKILL, value, one.polarity, start, end, one.confidence, _NAME)


def _clause(text: str, mention: Mention) -> tuple[int, int]:
    """The clause that shows it, from word to word."""
    first = max(0, mention.start - _SHOWN)
    cuts = [cut.end() for cut in _CUT.finditer(text, first, mention.start)]
    if first and not cuts:
        cuts = [text.find(" ", first, mention.start) + 1 or mention.start]
    start = max([first, *cuts])
    stop = min(len(text), mention.end + _SHOWN)
    cut = _CUT.search(text, mention.end, stop)
    end = cut.start() if cut else stop
    if not cut and stop < len(text):
        end = max(mention.end, text.rfind(" ", mention.end, stop))
    while start < mention.start and not text[start].isalnum():
        start += 1
    return start, max(mention.end, len(text[:end].rstrip()))


def _in_unit(
    unit: Unit, following: str, at: int, known: Lexicon, reading: Reading
) -> Iterator[_Read]:
    named = list(candidates(unit, following, known, reading))
    weighed = weighing.weigh(reading, at, [mention_of(one) for one in named])
    for one, judged in zip(named, weighed, strict=True):
        yield from _read(one, judged, reading)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be a skill, where it stands, and whether rules believe that it is one."""

    place: Place
    mention: Mention
    is_believed: bool
    traits: tuple[str, ...]


def candidates(unit: Unit, following: str, names: Lexicon, reading: Reading) -> Iterator[Candidate]:
    """What a unit may name as skills, in its order; none overlaps another."""
    plain = flat(unit.text)
    if _SILENT.match(plain) or _SILENT.match(f"{flat(unit.heading)}:"):
        return
    named = names.within(unit.text)
    unlisted = dict(_unlisted(unit, named))
    named = sorted([*named, *unlisted], key=lambda one: one.start)
    every = [one for one in named if not _is_person(one, unit, reading)]
    known = [one for one in every if one.manner is Manner.PLAIN]
    kept = [
        one
        for one in every
        if one.manner is not Manner.LISTED or skill_lists.holds(unit.text, one.start, known)
    ]
    for group, left, right in _lists(unit.text, kept):
        first, last = group[0].start, group[-1].end
        nexts = [*(one.start for one in group[1:]), right]
        for one, ahead in zip(group, nexts, strict=True):
            at = Place(unit, plain, one.start, one.end, first, last, left, right, ahead, following)
            beside = [other for other in group if other is not one]
            like = unlisted.get(one, 1.0)
            is_believed = (
                like >= spans.LEAST
                and not _is_anothers(at, one)
                and _is_believed(at, one, beside, known)
            )
            plains = sum(other.manner is Manner.PLAIN for other in beside)
            yield Candidate(
                at,
                one,
                is_believed,
                (
                    f"manner:{one.manner.value}",
                    f"like:{one.manner.value}:{int(5 * like)}",
                    f"believed:{one.manner.value}:{is_believed}",
                    f"beside:{one.manner.value}:{min(plains, 2)}:{min(len(beside), 3)}",
                    f"listed:{skill_senses.is_listed(unit)}",
                    f"shape:{_shape(unit.text[one.start : one.end])}",
                    f"next:{' '.join(following.split()[:2])}",
                    *(f"next:{word}" for word in following.split()[:6]),
                ),
            )


def _shape(text: str) -> str:
    """Whether it is written in capitals, as a name, or small."""
    kind = "caps" if text.isupper() else "name" if text[0].isupper() else "small"
    return f"{kind}:{min(len(text.split()), 3)}"


def mention_of(one: Candidate) -> mentions.Mention:
    """The same, to be judged."""
    spot = one.mention
    return mentions.Mention(Kind.SKILL, spot.start, spot.end, {"name": spot.name}, one.traits)


def _unlisted(unit: Unit, named: list[Mention]) -> Iterator[tuple[Mention, float]]:
    """What looks like the name of a skill, and no list has it, with how much it looks so."""
    text = unit.text
    listed = [(one.start, one.end) for one in named if one.manner is not Manner.BROAD]
    taken = [(one.start, one.end) for one in named]
    for span in spans.find(text, listed, least=_LEAST_LIKE):
        if not any(start < span.end and span.start < end for start, end in taken):
            taken.append((span.start, span.end))
            name = text[span.start : span.end]
            yield Mention(span.start, span.end, name, Manner.UNLISTED), span.confidence
    known = [one for one in named if one.manner is Manner.PLAIN]
    heading = skill_senses.is_listed(unit)
    for start, end in skill_lists.others(text, known, is_under_heading=heading):
        if not any(begin < end and start < stop for begin, stop in taken):
            yield Mention(start, end, text[start:end], Manner.COMPLETED), 1.0


def _read(one: Candidate, judged: Weighed, reading: Reading) -> Iterator[_Read]:
    place, mention = one.place, one.mention
    sense = _settled(one, judged)
    if sense is None:
        return
    confidence = sense.confidence
    years = _years(place.plain, mention, reading.language)
    use = skill_use.of(place, reading) if sense.polarity == Polarity.HAD else Use()
    yield _Read(mention, place.unit, sense.polarity, confidence, years, use)
    if sense.polarity == Polarity.LACKS and skill_senses.is_eager(place):
        yield _Read(mention, place.unit, Polarity.WANTS, 0.75, None, Use())


def _settled(one: Candidate, judged: Weighed) -> Sense | None:
    """The sense by rules, as sure as the judge lets it be, or the judge's own where it is sure."""
    ruled = skill_senses.sense_of(one.place) if one.is_believed else None
    likely, share = judged.likeliest()
    if ruled is not None:
        less = _LESS_SURE.get(one.mention.manner, 0.0)
        confidence = judged.sure(ruled.polarity.value, ruled.confidence - less)
        if confidence and not (likely != ruled.polarity and share >= _OVERRULES):
            return Sense(ruled.polarity, confidence)
    if one.is_believed and ruled is None and likely == Polarity.HAD:
        return None  # “Their stack is Kafka” says nothing of the person.
    return Sense(Polarity(likely), share) if share >= _LEAST else None


def _is_anothers(place: Place, one: Mention) -> bool:
    """Whether it names a title, a company, or what the next skill is one of."""
    text = place.unit.text
    if _AT.search(place.plain[max(0, one.start - 12) : one.start]):
        return True
    if one.manner is Manner.TONGUE:
        return False
    return (
        skill_senses.is_title(text, one.end)
        or _is_label(text, one.end, place.right)
        or (one.manner is Manner.BROAD and _is_in_a_name(text, one))
    )


def _is_believed(place: Place, one: Mention, beside: list[Mention], known: list[Mention]) -> bool:
    """Whether the name stands as a name of its manner has to."""
    if one.manner is Manner.TONGUE:
        others = [other for other in beside if other.manner is Manner.TONGUE]
        return bool(others) or skill_senses.is_spoken(place)
    if one.manner in {Manner.PLAIN, Manner.COMPLETED} or any(
        other.manner is Manner.PLAIN for other in beside
    ):
        return True
    if skill_lists.holds(place.unit.text, one.start, known):
        return True
    is_letter = one.end - one.start == 1
    return (
        skill_senses.is_listed(place.unit)
        or (one.manner is Manner.BROAD and len(beside) >= _MANY)
        or (is_letter and bool(_WRITTEN_IN.search(place.plain[: one.start])))
        or skill_senses.is_known(place)
    )


def _is_label(text: str, end: int, following: int) -> bool:
    """ "WMS: Reflex", "DAILY | dbt": what stands before the sign is what the next is one of."""
    if text[:end].strip().isupper() and text[end:].lstrip().startswith("|"):
        return True
    return text[end : end + 1] == ":" and following < len(text) and following - end <= _LABEL_REACH


def _is_in_a_name(text: str, one: Mention) -> bool:
    """Whether it is a part of a company's name, or a title before one."""
    before = text[: one.start].rstrip(" ").rpartition(" ")[2]
    if text[one.start].isupper() and before[:1].isupper() and before.isalpha():
        return True
    return bool(re.match(r"\s*(?:@|at|bei|chez|bij|en)\s+[A-Z]", text[one.end :]))


def _lists(text: str, mentions: list[Mention]) -> Iterator[tuple[list[Mention], int, int]]:
    """The skills that stand in one list, with where the skills before and behind it are."""
    groups: list[list[Mention]] = []
    for mention in mentions:
        last = groups[-1][-1] if groups else None
        between = text[last.end : mention.start] if last else ""
        if last and len(between) < _LONGEST_GAP and _BETWEEN.fullmatch(_BRACKETS.sub("", between)):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    for at, group in enumerate(groups):
        left = groups[at - 1][-1].end if at else 0
        right = groups[at + 1][0].start if at + 1 < len(groups) else len(text)
        yield group, left, right


def _is_person(one: Mention, unit: Unit, reading: Reading) -> bool:
    """Whether the name is part of a person's."""
    words = unit.text[one.start : one.end].split()
    return any(word in person.split() for person in reading.people for word in words)


def _years(plain: str, one: Mention, language: str) -> float | None:
    """The years of a skill: "Python, five years", "six years of dbt"."""
    behind, before = _year_patterns(language)
    told = behind.match(plain, one.end) or before.search(plain[max(0, one.start - 60) : one.start])
    return _value(told["n"], language) if told else None


@cache
def _year_patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    number = _number(language)
    behind = (
        r"[\s,(:\u2013-]{0,4}(?:for |over |about |around |seit |depuis |desde hace |al )?"
        r"(?:as well, |mainly, |daily, )?(?:i've done |i've had |we've had |been on that for )?"
        rf"(?:about |over |some |roughly |etwa |~|>)?(?P<n>{number})\s*\+?\s*{_YEARS}"
        r"(?!\s(?:ago|back|geleden))"
    )
    before = (
        rf"(?P<n>{number})\s*\+?\s*{_YEARS}\s*(?:of |in |with |on |using |doing |d'|de |con |mit |"
        r"met |experience (?:of |in |with )|erfahrung (?:mit |in )|working (?:with |in |on )|"
        r"running |writing )?(?:solid |hands-on |production |professional )?$"
    )
    return re.compile(behind), re.compile(before)


def _number(language: str) -> str:
    words = "|".join(sorted(map(re.escape, _small(language)), key=len, reverse=True))
    return rf"\d{{1,2}}(?:[.,]5)?|(?<!\w)(?:{words})(?!\w)"


@cache
def _small(language: str) -> dict[str, int]:
    spoken = language if language in LANGUAGES else "en"
    return {phrase: n for phrase, n in phrases(spoken).items() if n <= _MOST_YEARS}


def _value(told: str, language: str) -> float:
    if told[0].isdigit():
        return float(told.replace(",", "."))
    return float(_small(language)[told])
