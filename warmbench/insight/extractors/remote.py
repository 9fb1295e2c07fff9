"""Finds whether people work from home or on site, want to or will not, and how many days."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from warmbench.insight import context, meanings, numbers, place_cues
from warmbench.insight.flat import flat
from warmbench.insight.found import Found, Reading, Unit
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker
from warmbench.insight.tables import table

_WEEK = 5
#: So sure a judge is believed where a rule finds something else.
_OVERRULES = 0.75
#: How far from a number of days it may be said where they are spent.
_NEAR = 42
_BREAK = re.compile(
    r"[;!?(]|(?<!max)(?<!min)(?<!mind)(?<!ca)\.(?=\s|$)|\s-\s|,\s|\b(?:but|aber|mais|pero|maar|then)\b"
)
#: “Two out of five”, “3/5”
_OF_FIVE = re.compile(r"(?: (?:days )?out)? of (?:5|five)\b(?: days)?|/5 days\b")
_OR = re.compile(r"\b(?:or|oder|ou|o|of)\b")
#: A clause with no more words than these says what is wanted by itself: “remote only”.
_FEW_WORDS = 5


@dataclass(frozen=True, slots=True)
class _Said:
    """A way of working that is named, and where."""

    start: int
    end: int
    mode: str
    days: int | None = None
    #: Whether it takes a cue to be more than a word.
    is_vague: bool = False


def extract(reading: Reading) -> Iterator[Found]:
    """Ways of working, as wanted, refused or had now."""
    found = list(_settled(reading))
    counted = {one.polarity for one in found if "days" in one.value}
    for one in found:
        # "Hybrid, two days in the office" is one wish.
        is_told = one.value == {"mode": "hybrid"} and one.polarity in counted
        if not is_told:
            yield one


def _settled(reading: Reading) -> Iterator[Found]:
    """By sentence, what rules find where they agree with the judge, or it has no opinion."""
    ruled: dict[Unit, list[Found]] = defaultdict(list)
    for unit, one in _every(reading):
        ruled[unit].append(one)
    for meant in meanings.surest(meanings.told(reading, Kind.REMOTE)):
        if _speaks_of_others(flat(meant.unit.text)):
            continue
        sense, mode = meant.what.split(" ")
        here = ruled[meant.unit]
        is_said = any(one.polarity == sense and one.value["mode"] == mode for one in here)
        if not is_said and (not here or meant.sure > _OVERRULES):
            value = {"mode": mode, **_counted(meant.unit, mode, reading.language)}
            ruled[meant.unit] = [meanings.found(Kind.REMOTE, value, Polarity(sense), meant)]
    for here in ruled.values():
        yield from here


def _speaks_of_others(plain: str) -> bool:
    ends = [match.end() for match in _pattern("others").finditer(plain)]
    return bool(ends) and not _pattern("her").search(plain, ends[-1])


def _counted(unit: Unit, mode: str, language: str) -> dict[str, object]:
    """The days on site that are told in a sentence, where they are of this way of working."""
    days = [one.days for one in _said(flat(unit.text), "", language) if one.mode == mode]
    return {"days": days[0]} if mode == "hybrid" and days and days[0] is not None else {}


def _every(reading: Reading) -> Iterator[tuple[Unit, Found]]:
    for at, unit in enumerate(reading.units):
        if unit.speaker == Speaker.OTHER or (
            reading.kind == SourceKind.TRANSCRIPT and unit.speaker != Speaker.CANDIDATE
        ):
            continue
        plain = flat(unit.text)
        question = context.question(reading.units, at)
        taken = -1
        for one in _answered(unit, plain, question, reading.language):
            yield unit, one
        for said in _said(plain, question, reading.language):
            if said.start < taken:
                continue
            sense = _sense(plain, said, unit, question, reading.kind)
            if sense is not None:
                taken = _clause(plain, said)[1]
                yield unit, _found(unit, said, *sense)
                behind = plain[said.end :]
                kept = _pattern("keeps").search(behind) or _pattern("as_now").search(behind)
                if sense[0] == Polarity.HAD and kept:
                    yield unit, _found(unit, said, Polarity.WANTS, 0.82)


def _answered(unit: Unit, plain: str, question: str, language: str) -> Iterator[Found]:
    """What somebody agrees to or not: “Three days in the office?” “Fine by me.”."""
    polarity = place_cues.agreement(plain) if question.endswith("?") else None
    if polarity is None or any(True for _ in _said(plain, "", language)):
        return
    asked = question[question[:-1].rfind("?") + 1 :]
    offered = list(_said(asked, asked, language))
    if len({(one.mode, one.days) for one in offered}) == 1:
        said = offered[0]
        value: dict[str, object] = {"mode": said.mode}
        if said.days is not None and said.mode == "hybrid":
            value["days"] = said.days
        yield Found(Kind.REMOTE, value, polarity, unit.start, unit.end, 0.7, "remote:answer")


def _said(plain: str, question: str, language: str) -> Iterator[_Said]:
    """Numbers of days first, then words for a way of working in other clauses."""
    found = [*_days(plain, question, language)]
    for mode, pattern in _modes().items():
        for match in pattern.finditer(plain):
            is_vague = mode == "onsite" and match[0] in _VAGUE
            found.append(_Said(match.start(), match.end(), mode, is_vague=is_vague))
    counted = [one for one in found if one.days is not None]
    for one in sorted(found, key=lambda each: (each.start, each.days is None)):
        if one.days is not None or not any(_is_same(plain, one, other) for other in counted):
            yield one


def _is_same(plain: str, one: _Said, counted: _Said) -> bool:
    """Whether “hybrid” only says what the number of days in its clause says too."""
    first, last = _clause(plain, counted)
    between = plain[min(one.end, counted.end) : max(one.start, counted.start)]
    return first <= one.start < last and not _OR.search(between)


_VAGUE = frozenset({"every day", "daily", "taglich", "pendeln", "in person"})


def _days(plain: str, question: str, language: str) -> Iterator[_Said]:
    asked = bool(_pattern("asked").search(question))
    for match in _pattern("times").finditer(plain):
        days = 1 if match["once"] else 2
        yield from _placed(plain, match.start(), match.end(), days, asked=asked)
    every = numbers.read(plain, language)
    for number, one in enumerate(every):
        if one.value != one.value.to_integral() or not 1 <= one.value <= _WEEK or one.scale != 1:
            continue
        behind = re.match(rf"\s?-?{_raw('days')}", plain[one.end :])
        behind = behind or _OF_FIVE.match(plain, one.end)
        if behind is not None:
            start = every[number - 1].start if _is_range(plain, every, number) else one.start
            yield from _placed(plain, start, one.end + behind.end(), int(one.value), asked=asked)
        elif asked and _is_short_answer(plain, one.start, one.end):
            yield _with_days(one.start, one.end, int(one.value))


def _is_range(plain: str, every: list[numbers.Number], at: int) -> bool:
    return at > 0 and plain[every[at - 1].end : every[at].start].strip() in {"-", "to", "or", "bis"}


def _is_short_answer(plain: str, start: int, end: int) -> bool:
    """ "Two would be okay", "three I would say no"."""
    begins = not plain[:start].strip() or plain[:start].rstrip()[-1] in ",;"
    behind = plain[end : end + _NEAR]
    told = re.match(r"[\s,]*(?:i |would |is |geht|ware|serait|zou|that|that's|max|at most)", behind)
    return begins and told is not None


def _placed(plain: str, start: int, end: int, days: int, *, asked: bool) -> Iterator[_Said]:
    """Days that are spent in the office, or at home: then the others are spent there."""
    first, last = max(0, start - _NEAR), min(len(plain), end + _NEAR)
    behind = _BREAK.split(plain[end:last])[0]
    before = _BREAK.split(plain[first:start])[-1]
    if _pattern("rest_home").search(plain, end):
        yield _with_days(start, end, days)
        return
    for words in (plain[start:end], behind, before):
        office, home = _pattern("office").search(words), _pattern("home").search(words)
        is_home = home is not None and (office is None or home.start() <= office.start())
        where = home if is_home else office
        if where is not None:
            reach = end + where.end() if words is behind else end
            yield _with_days(start, reach, _WEEK - days if is_home else days)
            return
    near = plain[max(0, start - 2 * _NEAR) : end + 2 * _NEAR]
    is_hybrid = _modes()["hybrid"].search(near) is not None
    if is_hybrid or (asked and _pattern("asked").search(plain[start:end])):
        yield _with_days(start, end, days)


def _with_days(start: int, end: int, days: int) -> _Said:
    if days >= _WEEK:
        return _Said(start, end, "onsite", _WEEK)
    return _Said(start, end, "hybrid" if days > 0 else "remote", days)


def _clause(plain: str, said: _Said) -> tuple[int, int]:
    first = 0
    for match in _BREAK.finditer(plain, 0, said.start):
        first = match.end()
    stop = _BREAK.search(plain, said.end)
    return first, stop.start() if stop is not None else len(plain)


def _sense(
    plain: str, said: _Said, unit: Unit, question: str, kind: SourceKind
) -> tuple[Polarity, float] | None:
    """In which sense a way of working is named, and how sure that is."""
    first, last = _clause(plain, said)
    before, clause = plain[max(first, said.start - 90) : said.start], plain[first:last]
    is_supposed = _pattern("supposed").search(before) and not _pattern("wants").search(
        plain[said.end : last]
    )
    if (
        is_supposed
        or _pattern("indifferent").search(clause)
        or _pattern("past").search(clause)
        or _is_of_others(plain, said, first, last)
    ):
        return None
    if _is_denied(before, plain[said.end : said.end + _NEAR]):
        return (Polarity.REFUSES, 0.85) if not said.is_vague or question else None
    if _pattern("as_now").search(plain[said.end :]):
        return Polarity.HAD, 0.85
    is_now = _pattern("had").search(before) or _pattern("had_behind").search(plain[said.end : last])
    if is_now and not _pattern("wants").search(before):
        return Polarity.HAD, 0.85
    return None if said.is_vague else _wanted(plain, said, unit, question, kind)


def _is_denied(before: str, behind: str) -> bool:
    if _pattern("denied").search(_pattern("not_denied").sub(" ", before)):
        return True
    is_refused = _pattern("denied_after").search(behind)
    return is_refused is not None and not _pattern("not_denied").search(behind)


def _wanted(
    plain: str, said: _Said, unit: Unit, question: str, kind: SourceKind
) -> tuple[Polarity, float] | None:
    """Wanted in so many words, under its label, or as a short note: “remote only”."""
    first, last = _clause(plain, said)
    agrees = said.days is not None and _pattern("agrees").search(plain[said.end :])
    if agrees or _pattern("wants").search(plain[first:last]):
        return Polarity.WANTS, 0.88
    is_short = len(plain[first:last].split()) <= _FEW_WORDS
    if kind == SourceKind.RESUME:
        is_short = is_short and bool(_pattern("hers_anyway").search(plain, 0, said.start))
    elif unit.speaker == Speaker.CANDIDATE:
        is_short = is_short and bool(_pattern("asked").search(question))
    is_label = bool(_pattern("asked").search(flat(unit.heading)))
    is_told = (is_label or is_short) and plain[last : last + 1] != "?"
    return (Polarity.WANTS, 0.75) if is_told else None


def _is_of_others(plain: str, said: _Said, first: int, last: int) -> bool:
    """Whether it is how the role is done, or the client works."""
    start = max(0, min(first, said.start - _NEAR))
    ends = [match.end() for match in _pattern("others").finditer(plain, start, last)]
    if not ends:
        return False
    hers = _pattern("her").search(plain, ends[-1], last)
    return not hers and not _pattern("hers_anyway").search(plain, 0, said.start)


def _found(unit: Unit, said: _Said, polarity: Polarity, sure: float) -> Found:
    value: dict[str, object] = {"mode": said.mode}
    if said.days is not None and said.mode == "hybrid":
        value["days"] = said.days
    first, last = _clause(flat(unit.text), said)
    while first < said.start and not unit.text[first].isalnum():
        first += 1
    return Found(
        Kind.REMOTE, value, polarity, unit.start + first, unit.start + last, sure, "remote"
    )


def _raw(name: str) -> str:
    return str(table("remote_words")[name])


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_raw(name))


@cache
def _modes() -> dict[str, re.Pattern[str]]:
    return {mode: re.compile(words) for mode, words in table("remote_words")["modes"].items()}
