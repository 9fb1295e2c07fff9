"""Tells by the words around an amount whether it is earned, wished for, the least, or no pay."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from warmbench.insight.flat import flat
from warmbench.insight.tables import table

#: How many characters before an amount and behind it are looked at.
_BEFORE, _BEHIND = 110, 60
#: A cue that stands nearer than this surely belongs to the amount.
_NEAR = 14
#: A word for pay in general says nothing of an amount that stands farther behind it.
_FAR = 40
_CLAUSE = re.compile(r"[;.()]|, (?!and|und|et|y|en)")
#: “85 → 95”: what is earned, and what is wished for.
_ARROW = re.compile(
    r"(?:\s?(?:now|k|today|base))?\s?(?:→|->|=>|>|/|, then|, now)\s?(?:[€£$]|eur|gbp|usd)?\s?"
)
_ARROW_BEHIND = re.compile(
    r"(?:\s?(?:now|k|today|base))?\s?(?:→|->|=>|>)\s?(?:[€£$]|eur |gbp |usd )?\s?\d"
)
_MINUTES = re.compile(r"\s?min\b")
_ONLY_FOR = re.compile(r"(?:for|mit|fur|voor|por|pour|con|a)\W+(?:a |about |around |~)?")
#: What is said in brackets of the amount before: “58 (current), 66”.
_ASIDE = re.compile(r"\s?\([^()]{0,40}\)")
_JOINED = re.compile(r"\b(?:and|but|und|aber|et|mais|y|pero|en|maar)\b")
_OTHER_CLAUSE = re.compile(r"[;.,()]|\b(?:and|but|und|aber|et|mais|y|pero|en|maar)\b")
_SENTENCE = re.compile(r"[;.()]")


class What(StrEnum):
    """What an amount of pay is to the person."""

    CURRENT = "current"
    TARGET = "target"
    FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class Cue:
    """What the words say of an amount."""

    what: What
    #: Where the cue stands in the sentence.
    start: int
    end: int
    #: Whether nothing stands between it and the amount.
    is_near: bool
    #: Whether it only says that the amount is pay: “base”, “now”.
    is_weak: bool = False


def around(plain: str, start: int, end: int, begin: int, stop: int) -> Cue | None:
    """The cue of the amount at ``plain[start:end]``, looked for from ``begin`` to ``stop``."""
    aside = _ASIDE.match(plain, begin, start) if begin else None
    begin = max(begin if aside is None else aside.end(), start - _BEFORE)
    behind = plain[end : min(stop, end + _BEHIND)]
    before = _before(plain, begin, start)
    after = _after(behind, end)
    if before is None:
        return after
    if before.what == What.TARGET and after is not None and after.what == What.FLOOR:
        return Cue(What.FLOOR, before.start, after.end, before.is_near)
    is_weak = before.is_weak or (before.what == What.CURRENT and not before.is_near)
    if is_weak and after is not None and not after.is_weak:
        return after
    return before


def _before(plain: str, begin: int, start: int) -> Cue | None:
    words = plain[begin:start]
    bare = _pattern("fillers").sub("", words).rstrip()
    if pattern("under").search(bare):
        at = begin + _clause(bare)
        if pattern("denial").search(plain):
            return Cue(What.FLOOR, at, start, is_near=True)
        # “Under 140 she stays”: what begins with it is no “on just under 140”.
        opens = pattern("under").search(bare)
        assert opens is not None
        is_opening = not _JOINED.sub("", bare[_clause(bare) : opens.start()]).strip()
        return Cue(What.FLOOR, at, start, is_near=True) if is_opening else None
    found: list[tuple[int, int, What]] = []
    for what in What:
        if (match := _last(_loose(what), words)) is not None:
            found.append((match.end(), match.start(), what))
        if (match := _adjacent(what).search(bare)) is not None:
            found.append((len(bare), match.start(), what))
    if not found:
        topic = _last(re.compile(table("pay_words")["topic"]["before"]), words)
        if topic is None or len(words) - topic.end() > _FAR:
            return None
        if bare.endswith("up to"):
            return None  # “Package up to 120” is what somebody offers.
        near = len(bare) - topic.end() <= _NEAR
        return Cue(What.CURRENT, begin + topic.start(), start, is_near=near, is_weak=True)
    latest, at, what = max(found, key=lambda one: (one[0], one[2] == What.FLOOR, -one[1]))
    is_floor = any(one[2] == What.FLOOR and latest - one[0] < 2 * _NEAR for one in found)
    if is_floor and what == What.TARGET:
        what = What.FLOOR
    return Cue(what, begin + at, start, is_near=len(bare) - latest <= _NEAR)


def _clause(words: str) -> int:
    """Where the last clause of these words begins."""
    return max((words.rfind(mark) + 1 for mark in ",;:."), default=0)


def _after(behind: str, end: int) -> Cue | None:
    for what in (What.FLOOR, What.TARGET, What.CURRENT):
        match = _behind(what).search(behind)
        if match is not None:
            return Cue(what, end, end + match.end(), is_near=match.end() <= 2 * _NEAR)
    topic = re.search(table("pay_words")["topic"]["after"], behind)
    if topic is not None:
        return Cue(What.CURRENT, end, end + topic.end(), is_near=True, is_weak=True)
    return None


def _last(searched: re.Pattern[str], words: str) -> re.Match[str] | None:
    last = None
    for last in searched.finditer(words):  # noqa: B007
        pass
    return last


def is_only_for(plain: str, cue: Cue, start: int) -> bool:
    """Whether a bare number stands behind “for”, and nobody moves: “for 15 of them”."""
    is_for = _ONLY_FOR.fullmatch(plain[cue.start : start])
    return is_for is not None and not pattern("moves").search(plain[: cue.start])


def is_minutes(plain: str, end: int) -> bool:
    """Whether “min” stands behind a number."""
    return bool(_MINUTES.match(plain, end))


def is_arrow(between: str) -> bool:
    """Whether the words between two amounts lead from the first to the second."""
    return bool(_ARROW.fullmatch(between))


def is_before_arrow(plain: str, end: int) -> bool:
    """Whether an arrow leads from an amount to another."""
    return bool(_ARROW_BEHIND.match(plain, end))


def is_counted(plain: str, start: int, end: int) -> bool:
    """Whether a number counts something else than money that is paid for work."""
    return bool(
        pattern("not_pay_before").search(plain[max(0, start - 40) : start])
        or pattern("not_pay_after").search(plain[end : end + 24])
        or pattern("not_this").search(plain[max(0, start - 16) : start])
    )


def is_of_others(plain: str, begin: int, start: int, end: int, people: Sequence[str]) -> bool:
    """Whether the amount is that of a role, a client, a colleague or the market."""
    words = plain[max(begin, start - _BEFORE) : start]
    for name, stop in (("others", _CLAUSE), ("persons", _SENTENCE)):
        last = _last(_pattern(name), words)
        behind = words[last.end() :] if last is not None else ""
        hers = _pattern("her").search(behind) or any(
            one in behind.split() for one in _names(people)
        )
        if last is not None and not hers and (len(behind) < _NEAR or not stop.search(behind)):
            return True
    return bool(_pattern("others_after").search(plain[end : end + 40]))


def _names(people: Sequence[str]) -> set[str]:
    return {flat(word) for person in people for word in person.split()}


def is_supposed(text: str, plain: str, start: int) -> bool:
    """ "If they ever paid 120", "si me pagaran 60.000"."""
    begin = max(0, start - _BEFORE)
    return bool(
        pattern("supposed").search(plain[begin:start])
        or _raw("supposed_marked").search(text[begin:start])
    )


def is_past(what: What, cue: Cue | None, plain: str, begin: int, start: int, end: int) -> bool:
    """Whether it was so once."""
    begin = max(begin, start - _BEFORE)
    said = pattern("past" if what == What.CURRENT else "long_past")
    last = _last(said, plain[begin:start])
    # "Sixty-five was the guy before her, she is on 72": that past is over.
    is_over = last is not None and cue is not None and begin + last.end() < cue.start - _NEAR
    behind = pattern("long_past").search(_OTHER_CLAUSE.split(plain[end : end + 30])[0])
    return bool((last is not None and not is_over) or behind)


def is_third_person(plain: str, begin: int, start: int) -> bool:
    """Whether somebody who speaks of pay speaks of another's: "he's on about 150"."""
    words = plain[max(begin, start - _BEFORE) : start]
    last = _last(pattern("third_person"), words)
    return last is not None and not pattern("first_person").search(words, last.end())


def is_named(text: str, begin: int, start: int, people: Sequence[str]) -> bool:
    """Whether somebody is named whose pay it is, and who is none of these people."""
    last = _last(_raw("named"), text[max(begin, start - _BEFORE) : start])
    if last is None or not people:
        return False
    name = flat(last[1])
    return name not in _names(people) and not pattern("not_names").search(name)


def is_corrected(between: str) -> bool:
    """Whether the words between two amounts take the first one back."""
    return bool(pattern("corrected").search(between))


def asked(question: str) -> What | None:
    """What an amount alone tells as the answer to a question."""
    question = question.rstrip(" ?")[question.rstrip(" ?").rfind(". ") + 1 :] + "?"
    if pattern("asks_target").search(question):
        return What.TARGET
    about_pay = pattern("money").search(question) and pattern("asks_current").search(question)
    if about_pay or pattern("sure_current").search(question):
        return What.CURRENT
    return None


def labelled(heading: str) -> What | None:
    """What an amount alone tells under a label: “salary expectation”, “current base”, “wants”."""
    for name, what in (
        ("label_alone_floor", What.FLOOR),
        ("label_alone_target", What.TARGET),
        ("label_alone_current", What.CURRENT),
    ):
        if pattern(name).search(heading):
            return what
    for name, what in (
        ("label_floor", What.FLOOR),
        ("label_target", What.TARGET),
        ("label_current", What.CURRENT),
    ):
        if pattern(name).search(heading) and pattern("money").search(heading):
            return what
    return None


@cache
def pattern(name: str) -> re.Pattern[str]:
    """One of the patterns of the list ``pay_words``."""
    return _raw(name)


@cache
def _raw(name: str) -> re.Pattern[str]:
    return re.compile(table("pay_words")[name])


@cache
def _pattern(name: str) -> re.Pattern[str]:
    words = table("pay_words")
    if name == "others":
        return re.compile("|".join(words["others"]))
    return re.compile(words[name])


@cache
def _loose(what: What) -> re.Pattern[str]:
    return re.compile("|".join(table("pay_words")[what.value]["loose"]))


@cache
def _adjacent(what: What) -> re.Pattern[str]:
    return re.compile("|".join(table("pay_words")[what.value]["adjacent"]))


@cache
def _behind(what: What) -> re.Pattern[str]:
    return re.compile("|".join(table("pay_words")[what.value]["after"]))
