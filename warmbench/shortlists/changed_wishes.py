"""Compares what somebody wants of a next position: pay, places, remote work, and when."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from warmbench.people.tag_words import key
from warmbench.shortlists.models import Change
from warmbench.shortlists.noted import Found, Slots, Word, found, kept, overtakes, refresh, was

#: Pay that differs by less is the same, rounded.
_OTHER_PAY = Decimal("0.08")
#: As a start that differs by less days is.
_OTHER_START = 31
#: Units of pay in a year, for whoever is paid by them.
_A_YEAR = {"year": 1, "month": 12, "day": 220, "hour": 1760}
_MATERIAL = {"pay": 0.6, "places": 0.6, "remote": 0.55, "start": 0.6}
_REMOTE = {"remote": "remote work", "hybrid": "hybrid work", "on_site": "work on site"}


def compare(slots: Slots, said: Sequence[Word]) -> list[Found]:
    """Which wishes are other than before. One that is told for the first time is no change."""
    return [
        change
        for word in said
        if word.aspect == "wish" and word.topic in _MATERIAL
        for change in _wish(slots, word)
    ]


def _wish(slots: Slots, word: Word) -> list[Found]:
    held = slots.body.setdefault("wants", {})
    slot = held.get(word.topic)
    if slot is None:
        held[word.topic] = kept(word.value, word, n=0)
        return []
    if _IS_SAME[word.topic](slot["is"], word.value):
        refresh(slot, word)
        return []
    if not overtakes(word, slot):
        return []
    held[word.topic] = kept(word.value, word, n=slot["n"] + 1, was=was(slot))
    before, after = (_said(word.topic, one) for one in (slot["is"], word.value))
    sentence = f"{_OPENING[word.topic]}{after} now (before: {before})."
    # However often it goes to and fro, each time is a change; told twice, it is in the slot.
    key_ = f"{word.topic}:{slot['n']}"
    told = (Change.Kind.PREFERENCE, key_, slot["is"], word.value, sentence, word)
    return [found(*told, _MATERIAL[word.topic])]


def _is_same_pay(one: Any, other: Any) -> bool:
    if one.get("currency") != other.get("currency"):
        return not one.get("currency") or not other.get("currency")
    first, second = _a_year(one), _a_year(other)
    return abs(first - second) <= _OTHER_PAY * max(abs(first), Decimal(1))


def _a_year(pay: Any) -> Decimal:
    return Decimal(str(pay.get("amount", 0))) * _A_YEAR.get(str(pay.get("period", "year")), 1)


def _is_same_start(one: Any, other: Any) -> bool:
    days = (date.fromisoformat(str(one)) - date.fromisoformat(str(other))).days
    return abs(days) < _OTHER_START


def _is_same_list(one: Any, other: Any) -> bool:
    return {key(str(name)) for name in one} == {key(str(name)) for name in other}


_IS_SAME: dict[str, Callable[[Any, Any], bool]] = {
    "pay": _is_same_pay,
    "places": _is_same_list,
    "remote": lambda one, other: bool(one == other),
    "start": _is_same_start,
}
_OPENING = {
    "pay": "Wants ",
    "places": "Would work in ",
    "remote": "Wants ",
    "start": "Could start on ",
}


def _said(topic: str, value: Any) -> str:
    match topic:
        case "pay":
            amount, period = Decimal(str(value.get("amount", 0))), value.get("period", "year")
            return f"{value.get('currency') or ''} {amount:,.0f} a {period}".strip()
        case "places":
            return ", ".join(map(str, value)) or "nowhere in particular"
        case "remote":
            return _REMOTE.get(str(value), str(value))
        case _:
            day = date.fromisoformat(str(value))
            return f"{day:%-d %B %Y}"
