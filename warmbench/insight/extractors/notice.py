"""Reads how long their period of notice is."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import Any

from warmbench.insight import context, durations, scope, weighing
from warmbench.insight.context import pieces
from warmbench.insight.durations import Duration
from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity
from warmbench.insight.weighing import Weighed

_MOST_BETWEEN = 45
#: Sentences after an answer in which it may be put right.
_LOOK_AHEAD = 3
#: More lengths and names are not looked at in a sentence.
_MOST_WORDS = 20
_BARE = re.compile(
    r"\b(?:it's|it is|that's|make it|make that|it's now|now|er|es|sind|c'est|son|zijn het|is het)"
    r" (?:actually |now |jetzt |nu |plutot |ahora )?(?P<number>[a-z]{3,8}|\d{1,2})(?= ?(?:$"
    r"|[.,;)!]| now\b))"
)
#: From so much on the judge is believed alone.
_LEAST_JUDGED = 0.5
_MOST = {"days": 200, "weeks": 52, "months": 24}


#: Labels that say it without the word.
_LABELS = re.compile(r"lead time|terms(?: of notice)?|contract terms|time to leave|out in")
_ANOTHER = re.compile(r"\bthe other (?:one|candidate|finalist|guy|man|woman|person)\b")


@dataclass(frozen=True, slots=True)
class _Period:
    """A period of notice, and where a unit tells it."""

    length: Duration
    start: int
    end: int
    confidence: float
    rule: str


def extract(reading: Reading) -> Iterator[Found]:
    """Their notice, at most one for each person: of what is put right, the last holds."""
    best: dict[int, Found] = {}
    every = weighing.judged(reading)
    for at, unit in context.told(reading):
        judged = every[at]
        period = _weighed(_in_unit(reading.units, at), judged) or _judged(unit, judged)
        if period is None:
            continue
        place, period = _as_put_right(reading.units, at, period)
        one = _found(reading.units[place], period)
        held = best.get(unit.about)
        if held is None or one.confidence >= held.confidence:
            best[unit.about] = one
    yield from best.values()


def _weighed(period: _Period | None, judged: dict[int, Weighed]) -> _Period | None:
    """The same as sure as the judge lets it be."""
    one = judged.get(period.length.start) if period else None
    if period is None or one is None or one.mention.kind != Kind.NOTICE:
        return period
    sure = one.sure("notice", period.confidence)
    return replace(period, confidence=sure) if sure else None


def _judged(unit: Unit, judged: dict[int, Weighed]) -> _Period | None:
    """What the judge alone takes for a notice."""
    of_length = [one for one in judged.values() if one.mention.kind == Kind.NOTICE]
    if not of_length:
        return None
    one = max(of_length, key=lambda each: each.share("notice"))
    length, (_, sure) = one.mention.value["length"], one.likeliest()
    is_usual = length.amount <= _MOST[length.unit]
    if sure < _LEAST_JUDGED or not is_usual or _is_anothers(context.plain(unit), length):
        return None
    return _Period(length, length.start, length.end, sure, "judged")


def _is_anothers(plain: str, one: Duration) -> bool:
    """Whether it is somebody else's, or how long before a talk they want to know of it."""
    before = plain[: one.start]
    clause = re.split(r"[.;]", before)[-1][-80:]
    return bool(
        not _may_be(plain, one)
        or _patterns()["accepted"].search(plain[max(0, one.start - 60) : one.end + 40])
        or _ANOTHER.search(before)
        or context.pattern("relatives").search(clause)
        or context.pattern("roles").search(clause)
        or scope.of(plain, one.start, one.end).others
    )


def _found(unit: Unit, period: _Period) -> Found:
    plain = context.plain(unit)
    value: dict[str, Any] = {"amount": period.length.amount, "unit": period.length.unit}
    end = period.end
    for to in ("month_end", "quarter_end"):
        match = _to(to).match(plain, period.length.end) or _loosely(to).match(
            plain, period.length.end
        )
        if match:
            value["to"] = to
            end = max(end, match.end())
    return Found(
        Kind.NOTICE, value, Polarity.HAD, unit.start + period.start, unit.start + end,
        period.confidence, f"notice.{period.rule}",
    )  # fmt: skip


def _in_unit(units: Sequence[Unit], at: int) -> _Period | None:
    unit = units[at]
    plain = context.plain(unit)
    lengths = [
        one
        for one in durations.find(plain, short=True)
        if one.amount <= _MOST[one.unit] and _may_be(plain, one)
    ][:_MOST_WORDS]
    if not lengths:
        return None
    return _named(plain, lengths) or _unnamed(units, at, plain, lengths)


def _may_be(plain: str, one: Duration) -> bool:
    """Whether a length of time may be a notice where it stands."""
    before = plain[max(0, one.start - 25) : one.start]
    return not (
        _patterns()["past"].match(plain, one.end)
        or _patterns()["before_past"].search(before)
        or _patterns()["of_meetings"].match(plain, one.end)
    )


def _named(plain: str, lengths: list[Duration]) -> _Period | None:
    """“Three months' notice”, “Kündigungsfrist: drei Monate”."""
    for match in islice(_patterns()["named"].finditer(plain), _MOST_WORDS):
        if _is_not_theirs(plain, match):
            continue
        behind = [one for one in lengths if match.end() <= one.start <= match.end() + 60]
        before = [one for one in lengths if one.end <= match.start()]
        if before and _patterns()["behind"].fullmatch(plain, before[-1].end, match.start()):
            if _patterns()["of_meetings"].match(plain, match.end()):
                continue
            return _Period(before[-1], before[-1].start, match.end(), 0.95, "before")
        if behind and _joins(plain[match.end() : behind[0].start]):
            last = _last_said(plain, behind)
            return _Period(last, match.start(), last.end, 0.95, "behind")
    return None


def _joins(between: str) -> bool:
    """Whether the words between a name and a length only lead from the one to the other."""
    if len(between) > _MOST_BETWEEN or re.search(r"[.;!?]\s", between):
        return False
    words = re.findall(r"[a-z'./]+", between)
    known = _between()
    return all(word.strip(".") in known for word in words) or context.corrects(between)


def _last_said(plain: str, lengths: list[Duration]) -> Duration:
    """The last of several, each of which puts the one before it right."""
    last = lengths[0]
    for one in lengths[1:]:
        if not context.corrects(plain[last.end : one.start]):
            break
        last = one
    return _put_right_without_unit(plain, last) or last


def _put_right_without_unit(plain: str, last: Duration) -> Duration | None:
    """“Four weeks, no, I passed probation, it's eight.”"""
    right = context.pattern("corrects").search(plain, last.end)
    return _bare(plain, right.end(), last.unit) if right else None


def _bare(plain: str, start: int, unit: str) -> Duration | None:
    """A number behind “it's”, in the unit that was said before."""
    match = _BARE.search(plain, start)
    if match is None:
        return None
    counted = durations.find(f"{match['number']} {unit}")
    return replace(counted[0], start=match.start("number"), end=match.end()) if counted else None


def _is_not_theirs(plain: str, match: re.Match[str]) -> bool:
    before = plain[: match.start()]
    around = before[-60:] + re.split(r", | but | mais | aber ", plain[match.start() :][:90])[0]
    return bool(
        _patterns()["not_named"].search(before[-20:])
        or _patterns()["gave"].search(before[-25:])
        or _patterns()["accepted"].search(around)
        or _ANOTHER.search(before)
        or context.is_of("relatives", before)
        or context.is_of("roles", before)
        or scope.of(plain, *match.span()).others
    )


def _unnamed(units: Sequence[Unit], at: int, plain: str, lengths: list[Duration]) -> _Period | None:
    """A length that answers the question, stands below the label, or is one by its words."""
    unit, first = units[at], lengths[0]
    if any(context.is_of(group, plain[: first.start]) for group in ("relatives", "roles")):
        return None
    last = _last_said(plain, lengths)
    label = _patterns()["named"].search(unit.heading) or (
        _is_first(units, at) and _LABELS.fullmatch(unit.heading.strip(" :"))
    )
    if label and _patterns()["not_named"].search(unit.heading[: label.start()]):
        label = None
    if label and first.start <= _MOST_BETWEEN and not _patterns()["accepted"].search(plain):
        return _Period(last, last.start, last.end, 0.9, "label")
    asked = context.question(units, at)
    if _patterns()["asks"].search(asked) and "?" in asked and first.start <= 60:
        return _Period(last, last.start, last.end, 0.9, "answer")
    for one in lengths:
        before = plain[max(0, one.start - 60) : one.start]
        gives = _patterns()["gives"].search(before)
        resigns = _patterns()["resigns"].match(plain, one.end)
        ends = _to("month_end").match(plain, one.end) or _to("quarter_end").match(plain, one.end)
        if (gives and (resigns or ends or _is_enough(gives[0], plain, one))) or resigns or ends:
            start = one.start - (len(before) - gives.start() if gives else 0)
            end = resigns.end() if resigns else one.end
            last = _last_said(plain, lengths[lengths.index(one) :])
            return _Period(last, start, max(end, last.end), 0.85, "given")
    return None


def _is_first(units: Sequence[Unit], at: int) -> bool:
    return not at or units[at - 1].part != units[at].part


def _is_enough(gives: str, plain: str, one: Duration) -> bool:
    """Whether “has to give two months” ends there: not “give two weeks of training”."""
    rest = plain[one.end :].lstrip(" ',")
    return bool(
        re.search(
            r"gi[ve]|will|ser?ve|see out|work|contra[ck]t|tied|bound|held|lock|owe|honou?r|avis"
            r"|kundbar"
            r"|donner|dar\b|vertrag|'d give",
            gives,
        )
    ) and not re.match(r"(?:of|for|to|in|worth|off|probation|travel\w*)\b", rest)


def _as_put_right(units: Sequence[Unit], at: int, period: _Period) -> tuple[int, _Period]:
    """The same, or what the next sentences of the same person make of it."""
    unit, is_put_right = units[at], False
    for ahead in range(at + 1, min(at + 1 + _LOOK_AHEAD, len(units))):
        other = units[ahead]
        if other.speaker != unit.speaker or other.about != unit.about:
            break
        plain = context.plain(other)
        is_put_right = is_put_right or context.corrects(plain)
        lengths = [one for one in durations.find(plain) if _may_be(plain, one)]
        bare = _bare(plain, 0, period.length.unit) if is_put_right and not lengths else None
        lengths = [bare] if bare else lengths
        if lengths and is_put_right:
            last = _last_said(plain, lengths)
            return ahead, replace(
                period, length=last, start=last.start, end=last.end, rule="put_right"
            )
        if lengths:
            break
    return at, period


@cache
def _between() -> frozenset[str]:
    return frozenset(pieces("notice", "between").split("|"))


@cache
def _to(name: str) -> re.Pattern[str]:
    return re.compile(
        r"'?(?: notice| kundigungsfrist| de preavis| de preaviso| opzegtermijn)?[\s,]{0,3}\(?"
        rf"(?:always |immer |steeds |telkens |jeweils )?(?:{pieces('notice', name)})"
    )


@cache
def _loosely(name: str) -> re.Pattern[str]:
    """“Three months, end of quarter”: told by these words only what notice it is."""
    unit = {"month_end": "month", "quarter_end": "(?:quarter|qtr)"}[name]
    return re.compile(rf"'?(?: notice)?,? ?\(?end of (?:the |a )?{unit}")


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    def words(name: str, end: str = r"(?!\w)") -> str:
        return rf"(?:{pieces('notice', name)}){end}"

    return {
        "named": re.compile(rf"(?<![\w-]){words('named')}"),
        "not_named": re.compile(rf"(?<!\w){words('not_named')}\s$"),
        "gave": re.compile(rf"(?<!\w){words('gave')}(?:\s(?:my|his|her|in))?\s$"),
        "behind": re.compile(words("behind", "")),
        "gives": re.compile(rf"(?<![\w]){words('gives', '')}\s$"),
        "resigns": re.compile(rf"\s{words('resigns')}"),
        "of_meetings": re.compile(rf"(?:'s?)?(?: notice)?{words('of_meetings')}"),
        "past": re.compile(words("past")),
        "before_past": re.compile(rf"(?<!\w){words('before_past')}\s$"),
        "accepted": re.compile(rf"(?<!\w){words('accepted')}"),
        "asks": re.compile(rf"(?<!\w){words('questions', '')}"),
    }
