"""Reads from when on they could start."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import islice

from warmbench.insight import context, moments, scope, weighing
from warmbench.insight.calendar_words import Length
from warmbench.insight.context import pieces
from warmbench.insight.flat import flat
from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity
from warmbench.insight.moments import Moment, Relation
from warmbench.insight.weighing import Weighed

#: Letters between “could start” and the date.
_MOST_BETWEEN = 45
#: Letters between the date and “can she start”.
_MOST_BEFORE = 30
#: More such words are not looked at in a sentence.
_MOST_WORDS = 20
#: Letters before the date in an answer.
_OPENING = 80
_TENTATIVE = 0.75
#: From so much on the judge is believed alone.
_LEAST = 0.5
#: With these, “cannot start” says when they can.
_ONLY_THEN = {Relation.NOT_BEFORE, Relation.UNTIL, Relation.BEFORE}


_THAT_IS = re.compile(
    r"\b(?:that's|thats|that is|which is|das ist|das ware|c'est|soit|o sea|dat is|meaning)"
    r"(?: then| about| around| on| the| le| el| de| der)* $"
)


@dataclass(frozen=True, slots=True)
class _Start:
    """From when on, and where a unit says so."""

    day: date
    start: int
    end: int
    confidence: float
    rule: str


def extract(reading: Reading) -> Iterator[Found]:
    """Their earliest start, at most one for each person: the surest, of equals the last."""
    best: dict[int, Found] = {}
    every = weighing.judged(reading)
    for at, unit in context.told(reading):
        judged = every[at].values()
        one = _weighed(_in_unit(reading, at, unit), judged) or _judged(reading, at, judged)
        if one is None:
            continue
        found = Found(
            Kind.START, {"from": one.day.isoformat()}, Polarity.WANTS,
            unit.start + one.start, unit.start + one.end, one.confidence, f"starts.{one.rule}",
            valid_from=one.day,
        )  # fmt: skip
        held = best.get(unit.about)
        if held is None or _holds(found, held, reading):
            best[unit.about] = found
    yield from best.values()


def _weighed(start: _Start | None, judged: Iterable[Weighed]) -> _Start | None:
    """The same as sure as the judge lets it be."""
    for one in judged:
        moment = one.mention.value.get("moment")
        if start and moment and start.day in {moment.first, moment.begins, moment.returns}:
            sure = one.sure("start", start.confidence)
            return replace(start, confidence=sure) if sure else None
    return start


def _judged(reading: Reading, at: int, judged: Iterable[Weighed]) -> _Start | None:
    """What the judge alone takes for their start."""
    dated = [one for one in judged if one.mention.kind == Kind.START]
    if not dated:
        return None
    one = max(dated, key=lambda each: each.share("start"))
    moment, (_, sure) = one.mention.value["moment"], one.likeliest("start")
    plain = context.plain(reading.units[at])
    may_be = moment.begins >= reading.said_on and _may_begin(plain, moment)
    may_be = may_be and not _is_of_talks(reading, at, plain, moment)
    return _at(moment, sure, "judged", start=moment.start) if sure >= _LEAST and may_be else None


def _is_of_talks(reading: Reading, at: int, plain: str, one: Moment) -> bool:
    """Whether it is when somebody talks, or when another begins."""
    asked = context.question(reading.units, at)
    near = plain[max(0, one.start - 2 * _OPENING) : one.end + _OPENING]
    of_talks = _of_talks().search(near) or _words("not_work").search(f"{asked} {near}")
    is_sought = _words("seeks").search(plain[: one.start])
    return bool(of_talks) or (_is_another(plain, one.start) and not is_sought)


def _holds(found: Found, held: Found, reading: Reading) -> bool:
    """Whether what is said later holds instead: in an answer only where it puts it right."""
    if found.extractor == held.extractor == "starts.answer":
        between = flat(reading.text[held.end : found.start])
        return context.corrects(between) or bool(_so_at_end().search(between))
    return found.confidence >= held.confidence


def _in_unit(reading: Reading, at: int, unit: Unit) -> _Start | None:
    plain = context.plain(unit)
    asked = context.question(reading.units, at)
    is_asked = bool(_words("questions", "").search(asked) and not _words("not_work").search(asked))
    is_labelled = bool(_label().fullmatch(unit.heading))
    if not (is_asked or is_labelled or _any().search(plain)):
        return None
    named = [
        one
        for one in moments.find(plain, today=reading.said_on, american=reading.country == "US")
        if one.begins >= reading.said_on and _may_begin(plain, one)
    ][:_MOST_WORDS]
    if is_labelled and not _is_another(plain, len(plain)):
        if named and named[0].start <= _OPENING:
            return _at(named[0], 0.9, "label", start=named[0].start)
        if match := _words("at_once").match(plain):
            return _Start(reading.said_on, *match.span(), 0.9, "label")
    found = _said(plain, named, reading.said_on)
    if found is None and is_asked:
        found = _answered(plain, named, reading.said_on)
    return found


def _may_begin(plain: str, one: Moment) -> bool:
    """Whether something may begin then: “before October” only where it is denied."""
    if one.relation is Relation.BEFORE:
        return bool(_denied().search(plain))
    return one.relation is not Relation.SINCE


def _at(moment: Moment, confidence: float, rule: str, *, start: int) -> _Start:
    if moment.length is Length.YEAR:
        confidence = min(confidence, _TENTATIVE)
    return _Start(moment.begins, min(start, moment.start), moment.end, confidence, rule)


def _said(plain: str, named: list[Moment], today: date) -> _Start | None:
    """“Could start on 1 June”, “not free before spring”, “available right away”."""
    alone = _words("at_once_alone").search(plain)
    if alone and not _is_another(plain, alone.start()) and not _is_denied(plain, alone.start()):
        return _Start(today, *alone.span(), 0.88, "at_once")
    if not _words("not_work").search(plain):
        for match in islice(_words("begins").finditer(plain), _MOST_WORDS):
            found = _begun(plain, match, named, today)
            if found:
                return found
    return _earliest(plain, named)


def _begun(plain: str, match: re.Match[str], named: list[Moment], today: date) -> _Start | None:
    """When something begins that a word like “start” or “available” names."""
    certain = _certain(plain, match)
    if not certain or _is_another(plain, match.start()):
        return None
    denied = _is_denied(plain, match.start())
    behind = [
        one
        for one in named
        if 0 <= one.start - match.end() <= _MOST_BETWEEN or one.start == match.start()
    ]
    if behind and _leads(plain[match.end() : behind[0].start]):
        chosen = _put_right(plain, behind)
        if chosen.relation in _ONLY_THEN or not denied:
            return _at(chosen, certain, "begins", start=match.start())
    before = [one for one in named if 0 <= match.start() - one.end <= _MOST_BEFORE]
    if before and _leads(plain[before[-1].end : match.start()], behind=True):
        last = before[-1]
        if last.relation in _ONLY_THEN or not denied:
            return _Start(last.begins, last.start, match.end(), certain - 0.05, "begins")
    once = _words("at_once").search(plain, match.end(), match.end() + 25)
    if once and not denied and not plain[match.end() : once.start()].strip(" :-="):
        return _Start(today, match.start(), once.end(), 0.85, "at_once")
    return None


def _certain(plain: str, match: re.Match[str]) -> float:
    """How surely such a word speaks of their start; 0 where it does not.

    “Start” alone may be the role's: it counts behind “could”, or as an item of a short note.
    """
    is_bare = _words("bare").fullmatch(match[0])
    if not is_bare or _modal().search(plain, max(0, match.start() - 30), match.start()):
        return 0.9
    is_item = match[0] == "start" and re.search(r"(?:^|[,;:(/-] ?)$", plain[: match.start()][-3:])
    is_ours = context.pattern("roles").search(plain) or _we().search(plain)
    return 0.7 if is_item and not is_ours else 0


def _earliest(plain: str, named: list[Moment]) -> _Start | None:
    """“1 Oct earliest”, “so not before June”."""
    for match in islice(_words("earliest").finditer(plain), _MOST_WORDS):
        near = [
            one
            for one in named
            if -12 <= one.start - match.end() <= 30 or 0 <= match.start() - one.end <= 22
        ]
        if near and not _is_another(plain, match.start()) and not _of_talks().search(plain):
            nearest = min(near, key=lambda one: _gap(match, one))
            return _at(nearest, 0.85, "earliest", start=match.start())
    if named and _of_talks().search(plain):
        return None
    for one in named:
        so = _so().search(plain, max(0, one.start - 60), one.start)
        if so and not _is_another(plain, one.start):
            return _at(one, 0.75, "so", start=one.start)
    return None


def _gap(match: re.Match[str], one: Moment) -> int:
    return max(one.start - match.end(), match.start() - one.end)


def _answered(plain: str, named: list[Moment], today: date) -> _Start | None:
    """The moment that answers “when could you start?”."""
    if _words("not_work").search(plain):
        return None
    for one in named:
        if _so_at_end().search(plain, max(0, one.start - 60), one.start):
            return _at(one, 0.85, "answer", start=one.start)
    for one in named:
        if _THAT_IS.search(plain, max(0, one.start - 30), one.start):
            return _at(one, 0.8, "answer", start=one.start)
    named = [one for one in named if one.relation is not Relation.UNTIL]
    if named and named[0].start <= _OPENING:
        chosen = _put_right(plain, named)
        if not _words("other_dates").search(plain[: chosen.start]):
            return _at(chosen, 0.85, "answer", start=chosen.start)
    match = _words("at_once").search(plain[:_OPENING])
    if match and not _is_denied(plain, match.start()):
        return _Start(today, *match.span(), 0.85, "answer")
    return None


def _put_right(plain: str, named: list[Moment]) -> Moment:
    """The last of the moments each of which puts the one before it right."""
    chosen = named[0]
    for one in named[1:]:
        if context.corrects(plain[chosen.end : one.start]):
            chosen = one
    return chosen


def _leads(between: str, *, behind: bool = False) -> bool:
    """Whether nothing between the two parts them: no other thing that has a date of its own."""
    between = between.removeprefix(".")
    if re.search(r"[.;!?]\s|\bbut\b|\baber\b|\bmais\b|\bpero\b|\bmaar\b", between):
        return False
    most = 4 if behind else 7
    if behind and "," in between:
        return False
    return len(between.split()) <= most and not re.search(
        r"\b(?:once|when|notice|so|interview|until|bonus|vest\w*|kundig\w*|preavis)\b", between
    )


def _is_another(plain: str, at: int) -> bool:
    """Whether somebody else starts: the client wants somebody, the wife has a new position."""
    before = plain[:at]
    return bool(
        context.is_of("relatives", before)
        or context.is_of("roles", before)
        or scope.of(plain, at, min(at + 1, len(plain))).others
    )


def _is_denied(plain: str, at: int) -> bool:
    return bool(_denied().search(plain[max(0, at - 20) : at]))


@cache
def _words(name: str, end: str = r"(?!\w)") -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'-])(?:{pieces('starts', name)}){end}")


@cache
def _any() -> re.Pattern[str]:
    """What every sentence holds that tells a start: a quick look before the long one."""
    names = ("begins", "earliest", "at_once_alone")
    every = "|".join(pieces("starts", name) for name in names)
    return re.compile(rf"(?<![\w'-])(?:{every})(?!\w)|{_so().pattern}")


@cache
def _so() -> re.Pattern[str]:
    words = (
        r"not before|nothing before|nicht vor|erst ab|erst im|pas avant|no antes del?|niet voor"
        r"|pas vanaf|not until|no earlier than"
    )
    return re.compile(rf"(?<!\w)(?:{pieces('starts', 'so')}),? (?:[\w']+ ){{0,2}}(?:{words})(?!\w)")


@cache
def _so_at_end() -> re.Pattern[str]:
    """“So”, and at most some small words behind it, right before a moment."""
    return re.compile(rf"(?<!\w)(?:{pieces('starts', 'so')}),?(?: [\w'\u2019]+){{0,4}} ?$")


@cache
def _modal() -> re.Pattern[str]:
    return re.compile(
        rf"(?<!\w)(?:{pieces('starts', 'modals')}) "
        r"(?:(?:not|then|also|only|probably|easily|in theory) )?$"
    )


@cache
def _we() -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:we|they|their|our|client|budget|band|pays|needed)(?!\w)")


@cache
def _of_talks() -> re.Pattern[str]:
    return re.compile(
        r"\b(?:interview|call|ring|phone|contact|write|speak|talk|mail|message|reach|touch|appel|contact"
        r"|anruf|meld|sprech|kontakt|llam|hablar|escrib|bel|bellen|mailen|contacteer)\w*"
    )


@cache
def _label() -> re.Pattern[str]:
    return re.compile(rf"(?:{pieces('starts', 'labels')})\W*")


@cache
def _denied() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pieces('starts', 'denied')})(?!\w)")
