"""Tells by the words around places whether somebody lives there, would work there, or would not."""

import re
from functools import cache

from warmbench.insight.kinds import Polarity
from warmbench.insight.tables import table

#: How far around a name is looked at.
_BEFORE, _BEHIND = 80, 60
#: So many words may stand between a “no” and the place that it declines.
_REACH = 7
#: A question that is hardly more than the name of a place asks whether it would do.
_SHORT_QUESTION = 3
_CLAUSE = re.compile(r"[,;:(]|\s-\s|\b(?:but|aber|mais|pero|maar|although|though)\b")
#: “You needn't tell me that's high for Hampshire”: another thing is denied.
_THAT = re.compile(r"\b(?:that's|that is|which|because)\b")
_STOP = re.compile(r"[;!?\n(]|\.(?=\s|$)|\b(?:but|aber|mais|pero|maar|although)\b")
_DANGLING = re.compile(
    r"(?:[,;]|\b(?:and|or|but|und|oder|aber|et|ou|mais|y|o|pero|en|of|maar)\b)[^,;]*$"
    r"|\b(?:no|not|never|nicht|kein\w*|pas|non|niet|geen|only|nur|auch|also|ook)\s*$"
)

Sense = tuple[Polarity, float]


def around(plain: str, start: int, end: int, begin: int, stop: int) -> Sense | None:
    """In which sense the places at ``plain[start:end]`` are named, and how sure that is.

    ``begin`` and ``stop`` are where the places before and behind end and begin. None where
    nothing tells.
    """
    broad = plain[max(begin, start - _BEFORE) : start]
    near = _last_clause(broad)
    behind = _behind(plain, end, stop)
    whole = plain[max(0, start - 2 * _BEFORE) : end + 2 * _BEHIND]
    if _pattern("no_more").search(whole) and (
        _pattern("past").search(whole) or _pattern("no_more").search(behind)
    ):
        return Polarity.REFUSES, 0.85
    if broad.rstrip().endswith(",") and (after := _after(behind)) is not None:
        return _dated(after, 0.92, broad, behind)
    for words, sure in ((near, 0.93), (None, 0.92), (broad, 0.82)):
        sense = _after(behind) if words is None else _before(words, behind)
        if sense is not None:
            return _dated(sense, sure, broad, behind)
    return None


def _dated(sense: Polarity, sure: float, broad: str, behind: str) -> Sense | None:
    """The sense, unless it was so long ago, is another's, or is a visit."""
    if sense == Polarity.HAD and (
        _pattern("past").search(broad)
        or _pattern("visit").search(behind)
        or _pattern("others").search(broad, _latest("subject", broad))
    ):
        return None
    if sense == Polarity.PLANS and _pattern("past").search(broad):
        return None
    if sense == Polarity.WANTS and (_pattern("past").search(broad) or _is_of_others(broad, behind)):
        return None
    return sense, sure


def _is_of_others(broad: str, behind: str) -> bool:
    """Whether it is where the role is, and nobody says that it suits them."""
    if not _latest("others", broad) or _after(behind) is not None:
        return False
    return not _any("wants").search(broad)


def _latest(name: str, words: str) -> int:
    """Where the last of some words ends, 0 if there is none."""
    return max((match.end() for match in _pattern(name).finditer(words)), default=0)


def _last_clause(words: str) -> str:
    parts = [(m.start(), m.end()) for m in _CLAUSE.finditer(words)]
    for first, last in reversed(parts):
        if words[last:].strip(" -(\"'") or words[first] == ":":
            if words[first] == ":":
                return words[words.rfind(",", 0, first) + 1 :]
            return words[last:].lstrip()
    return words


def _behind(plain: str, end: int, stop: int) -> str:
    """The words behind, up to the next place, without what belongs to that one."""
    words = plain[end : min(stop, end + _BEHIND)]
    if (border := _STOP.search(words, 1 if words[:1] in "(?!" else 0)) is not None:
        words = words[: border.start()]
    elif stop < len(plain) and stop <= end + _BEHIND:
        cut = _DANGLING.search(words)
        words = words[: cut.start()] if cut is not None else words
    return words


def _before(words: str, behind: str) -> Polarity | None:
    if _pattern("wish_label").search(words):
        return Polarity.WANTS
    if (put := _pattern("stays_put").search(words)) is not None and (
        put[0].strip() != "von" or _pattern("stays_put_behind").search(behind)
    ):
        return Polarity.HAD
    denied = _is_denied(words)
    if _any("had").search(words):
        return None if denied else Polarity.HAD
    if denied:
        return Polarity.REFUSES
    return _wished(words, behind)


def _is_denied(words: str) -> bool:
    """Whether words before a place decline it: a “no” that stands far before is of other things."""
    said = _pattern("not_denied").sub(" ", _THAT.split(words)[-1])
    last = None
    for last in _any("refuses").finditer(said):  # noqa: B007
        pass
    return last is not None and len(said[last.end() :].split()) <= _REACH


def _wished(words: str, behind: str) -> Polarity | None:
    if _pattern("plans").search(words):
        return Polarity.WANTS if _pattern("willing").search(words) else Polarity.PLANS
    if _pattern("had_after").search(behind):
        return Polarity.HAD
    if _any("wants").search(words):
        # "Open to Berlin? No."
        after = _after(behind)
        return after if after == Polarity.REFUSES else Polarity.WANTS
    return None


def _after(behind: str) -> Polarity | None:
    if _pattern("had_after").search(behind):
        return Polarity.HAD
    accepted = _pattern("not_denied").search(behind[:40])
    if not accepted and _pattern("refuses_after").search(behind):
        return Polarity.REFUSES
    if _pattern("wants_after").search(behind) or _pattern("wants_far").search(behind):
        return Polarity.WANTS
    return None


def asked(question: str) -> Polarity | None:
    """What a place alone means as the answer to a question."""
    if _pattern("asks_wanted").search(question):
        return Polarity.WANTS
    return Polarity.HAD if _pattern("asks_home").search(question) else None


def is_home(before: str) -> bool:
    """Whether these words say of the place behind them that somebody lives there."""
    return bool(_any("had").search(before[-_BEFORE:]))


def is_also(behind: str) -> bool:
    """Whether what was said of the place before holds here too: “Leeds as well”."""
    return bool(_pattern("also").search(behind))


def goes_there(plain: str) -> bool:
    """Whether they move to the place of which somebody spoke before."""
    return bool(_pattern("go_there").search(plain)) and not _pattern("willing").search(plain)


def answered(question: str, answer: str) -> Polarity | None:
    """What the answer to “Is Antwerp okay for you?” says, if that was asked."""
    is_short = question.endswith("?") and len(question.split()) <= _SHORT_QUESTION
    is_asked = is_short or _pattern("asks_fit").search(question)
    if not is_asked or _pattern("asks_home").search(question):
        return None
    return agreement(answer)


def agreement(answer: str) -> Polarity | None:
    """Whether an answer, in plain letters, agrees or declines; None if it does neither."""
    if _pattern("disagrees").search(answer):
        return Polarity.REFUSES
    return Polarity.WANTS if _pattern("agrees").search(answer) else None


def is_between(words: str) -> bool:
    """Whether these words only part two places of one list."""
    return bool(_pattern("between").search(words))


def is_about_others(plain: str, start: int) -> bool:
    """Whether the place is that of a role, a client or somebody else."""
    return bool(_pattern("others").search(plain[max(0, start - _BEFORE) : start]))


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(table("place_words")[name])


@cache
def _any(name: str) -> re.Pattern[str]:
    return re.compile("|".join(table("place_words")[name]))
