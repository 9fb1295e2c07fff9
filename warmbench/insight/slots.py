"""Says what a fact is about, by what lists filter it, and to which question it is an answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from warmbench.insight.kinds import Kind, Polarity
from warmbench.people.tag_words import key

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: Working days and hours of a year, for whoever is paid by them.
_A_YEAR = {"year": 1, "month": 12, "day": 220, "hour": 1760}
#: Days, of notice periods.
_DAYS = {"days": 1, "weeks": 7, "months": 30}
#: As much as a number column takes.
_MOST = Decimal(10) ** 13
#: A wish and its opposite answer one question, as do having and lacking.
_QUESTION = {
    Polarity.WANTS: "wants",
    Polarity.REFUSES: "wants",
    Polarity.HAD: "had",
    Polarity.LACKS: "had",
    Polarity.PLANS: "plans",
}
#: Kinds of which one fact holds, whatever it names.
_SINGLE = frozenset({Kind.NOTICE, Kind.START, Kind.STANCE, Kind.TIME})
#: Value keys that a fact is about, first come first.
_NAMES = ("what", "name", "level", "mode", "tier")


@dataclass(frozen=True, slots=True)
class Derived:
    """What columns say of a fact beside its value."""

    topic: str
    amount: Decimal | None
    on_day: date | None


def derive(kind: Kind, value: Mapping[str, Any], quote: str, *, name: str = "") -> Derived:
    """What a fact is about, the number and the day that it names. ``name`` is what its tag is
    called, if there is one: two spellings are about the same then."""
    return Derived(topic(kind, value, quote, name=name), amount(kind, value), on_day(value))


def topic(kind: Kind, value: Mapping[str, Any], quote: str, *, name: str = "") -> str:
    """What a fact is about, where several of a kind stand side by side: ``python``, ``target``."""
    if name:
        return key(name)
    found = next((str(value[each]) for each in _NAMES if value.get(each)), "")
    if kind == Kind.EVENT and found == "other":
        found = f"other {value.get('from', '')}"
    if kind == Kind.ACHIEVEMENT:
        # Two results of one person may begin with the same words.
        return blake2b(quote.encode(), digest_size=12).hexdigest()
    # Words in letters that have no Latin ones, too, are about something.
    return key(found) or found.strip().casefold()[:120]


def amount(kind: Kind, value: Mapping[str, Any]) -> Decimal | None:
    """The number by which such facts are found: a year's pay, people led, days of notice, years of
    a skill, days on site. None if it has none."""
    match kind:
        case Kind.PAY:
            times = _A_YEAR.get(str(value.get("period", "year")), 1)
            return _number(value.get("low", value.get("high")), times)
        case Kind.SCOPE:
            return _number(value.get("amount"))
        case Kind.NOTICE:
            return _number(value.get("amount"), _DAYS.get(str(value.get("unit")), 1))
        case Kind.SKILL:
            return _number(value.get("years"))
        case Kind.REMOTE:
            return _number(value.get("days"))
        case _:
            return None


def on_day(value: Mapping[str, Any]) -> date | None:
    """The day that a fact names, if it names one."""
    return day(value.get("from")) or day(value.get("until"))


def day(said: object) -> date | None:
    """A day as values have it: ``2026-09-01``. None for anything else, hours of a day too."""
    if not isinstance(said, str) or not _DAY.fullmatch(said):
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def slot(kind: str, topic: str, polarity: str, value: Mapping[str, Any]) -> tuple[str, ...]:
    """Which question about a person a fact answers. Of two answers to one, one holds."""
    question = _QUESTION[Polarity(polarity)]
    if kind in _SINGLE:
        return kind, question
    if kind == Kind.SENIORITY:
        return kind, question
    if kind in {Kind.TITLE, Kind.EMPLOYER} and polarity == Polarity.HAD and value.get("current"):
        return kind, "current"
    if kind == Kind.PLACE and polarity in {Polarity.HAD, Polarity.PLANS}:
        return kind, question
    if kind == Kind.REMOTE:
        # Who refuses to come in every day may want to come in twice a week.
        return (kind, "refuses", topic) if polarity == Polarity.REFUSES else (kind, question)
    return kind, question, topic


def is_same(
    kind: str, one: tuple[str, Mapping[str, Any]], two: tuple[str, Mapping[str, Any]]
) -> bool:
    """Whether two answers (polarity and value) to one question say the same. A number beside the
    answer, such as years of a skill, makes no other answer of it where one leaves it out."""
    if one[0] != two[0]:
        return False
    first, second = one[1], two[1]
    shared = (set(first) & set(second)) - _BESIDE
    if kind in _BY_NUMBERS and (set(first) ^ set(second)) - _LEFT_OUT:
        return False
    return all(_plain(first[each]) == _plain(second[each]) for each in shared)


#: Kinds whose value is wholly the answer.
_BY_NUMBERS = frozenset({Kind.PAY, Kind.NOTICE, Kind.START, Kind.TIME, Kind.SCOPE})
#: What grows or passes with time, and makes no other answer of one.
_BESIDE = frozenset({"current", "strength", "last_used"})
#: What people leave out who mean the same: which currency, and to the end of what.
_LEFT_OUT = frozenset({"currency", "to"})


def _plain(value: Any) -> Any:
    return key(value) or value if isinstance(value, str) else value


def _number(value: Any, times: int = 1) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    found = Decimal(str(value)) * times
    return found.quantize(Decimal("0.01")) if found.is_finite() and abs(found) < _MOST else None
