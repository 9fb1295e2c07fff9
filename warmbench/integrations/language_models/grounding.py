"""Keeps of a model's answer only what the text itself shows.

Pure. A model may be wrong, and may do what the text told it to do. So a fact stays only if its
quote stands in the text word for word, in words that count, and shows the numbers, names and days
of its value. Who says it and about whom is not asked for at all.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from warmbench.insight import moments, money, numbers, values
from warmbench.insight.flat import flat
from warmbench.insight.found import OUTSIDE, Found, Reading
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker
from warmbench.insight.tables import table
from warmbench.integrations.language_models import schema
from warmbench.integrations.language_models.asking import Passage
from warmbench.integrations.language_models.redaction import Redactor

#: Of what is left, so much is claimed to be right; no more than ``insight.outside`` lets pass.
CONFIDENCE = 0.7
_SHORTEST_QUOTE, _LONGEST_QUOTE = 4, 400
#: Answers with more facts are not looked at to their end.
_MOST = 200
_KEYS = {"kind", "polarity", "value", "quote"}
_AMOUNTS = ("low", "high", "amount", "years", "days")
_TOKEN = re.compile(r"[^\W_]+(?:[+#&]+[^\W_]*)*")
#: A word of a value may end otherwise than in the quote: “payments”, “payment systems”.
_STEM = 5
_HOUR = re.compile(r"(?<!\d)\d{1,2}(?!\d)")


class Reason(StrEnum):
    """Why a fact of a model's was not kept."""

    FORM = "not of the form"
    QUOTE = "not in the text"
    SPEAKER = "not the candidate's words"
    NUMBER = "a number that is not in the quote"
    DAY = "a day that is not in the quote"
    NAME = "a name that is not in the quote"
    PRIVATE = "nothing that may be noted"


@dataclass(frozen=True, slots=True)
class Grounded:
    """What is left of an answer, and how often something was left out, by the reason."""

    found: tuple[Found, ...] = ()
    dropped: Counter[Reason] = field(default_factory=Counter)


class _NotShownError(Exception):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def ground(
    said: Sequence[Any], reading: Reading, shown: Sequence[Passage], redactor: Redactor
) -> Grounded:
    """Of these facts, as a model put them, those that the text shows."""
    found, dropped = [], Counter[Reason]()
    for one in said[:_MOST]:
        try:
            found.append(_grounded(one, reading, shown, redactor))
        except _NotShownError as error:
            dropped[error.reason] += 1
    return Grounded(tuple(found), dropped)


def _grounded(said: Any, reading: Reading, shown: Sequence[Passage], redactor: Redactor) -> Found:
    if not isinstance(said, dict) or set(said) != _KEYS:
        raise _NotShownError(Reason.FORM)
    kind, polarity = _choice(Kind, said["kind"]), _choice(Polarity, said["polarity"])
    if polarity not in schema.POLARITIES[kind]:
        raise _NotShownError(Reason.FORM)
    start, end = _place(said["quote"], reading, shown)
    quote = reading.text[start:end]
    value = _value(kind, said["value"], redactor)
    _check(kind, value, quote, reading)
    return Found(kind, value, polarity, start, end, CONFIDENCE, OUTSIDE.rstrip("."))


def _choice(choices: Any, said: Any) -> Any:
    if not isinstance(said, str) or said not in choices.values:
        raise _NotShownError(Reason.FORM)
    return choices(said)


def _value(kind: Kind, said: Any, redactor: Redactor) -> dict[str, Any]:
    if not isinstance(said, dict) or not all(isinstance(name, str) for name in said):
        raise _NotShownError(Reason.FORM)
    value = {name: one for name, one in said.items() if one is not None}
    if isinstance(value.get("name"), str):
        value["name"] = redactor.restored(value["name"])
    allowed = schema.asked_for(kind)
    choices = allowed.get("tier", ({}, False))[0].get("enum", ())
    if not set(value) <= set(allowed) or ("tier" in value and value["tier"] not in choices):
        raise _NotShownError(Reason.FORM)
    try:
        return values.check(kind, value)
    except values.InvalidValueError:
        raise _NotShownError(Reason.FORM) from None


def _place(quote: Any, reading: Reading, shown: Sequence[Passage]) -> tuple[int, int]:
    """Where a quote stands in the text, of several places the first. One that stands in words that
    do not count, too, may have been taken from there."""
    if not isinstance(quote, str) or not _SHORTEST_QUOTE <= len(quote.strip()) <= _LONGEST_QUOTE:
        raise _NotShownError(Reason.QUOTE)
    quote = quote.strip()
    places = [(one, at) for one in shown if (at := one.hidden.text.find(quote)) >= 0]
    if not places or len({one.units[0].about for one, _ in places}) > 1:
        raise _NotShownError(Reason.QUOTE)
    for one, _ in places:
        is_talk = reading.kind == SourceKind.TRANSCRIPT
        speaker = one.units[0].speaker
        if speaker == Speaker.OTHER or (is_talk and speaker != Speaker.CANDIDATE):
            raise _NotShownError(Reason.SPEAKER)
    passage, at = places[0]
    place = passage.hidden.source(at, at + len(quote))
    if place is None:
        raise _NotShownError(Reason.QUOTE)
    start, end = passage.start + place[0], passage.start + place[1]
    if not any(unit.start <= start < unit.end for unit in passage.units):
        raise _NotShownError(Reason.QUOTE)
    return start, end


def _check(kind: Kind, value: dict[str, Any], quote: str, reading: Reading) -> None:
    """Raise unless the quote shows the value. What may be missing in a value goes from it
    instead where nothing is lost by that."""
    plain = flat(quote)
    if _private().search(plain):
        raise _NotShownError(Reason.PRIVATE)
    # A way to reach somebody has a name of ours, and the quote perhaps another.
    if kind is not Kind.CHANNEL and not _names(value.get("name"), plain):
        raise _NotShownError(Reason.NAME)
    _check_amounts(kind, value, quote, reading.language)
    _check_currency(value, quote, reading)
    if kind is Kind.TIME:
        _check_hours(value, plain, reading.language)
    else:
        _check_days(kind, value, plain, reading)


def _check_amounts(kind: Kind, value: Mapping[str, Any], quote: str, language: str) -> None:
    asked = [value[name] for name in _AMOUNTS if name in value and kind is not Kind.TIME]
    if not asked:
        return
    shown = set(_amounts(kind, quote, language))
    if not all(Decimal(str(one)) in shown for one in asked):
        raise _NotShownError(Reason.NUMBER)


def _amounts(kind: Kind, quote: str, language: str) -> Iterator[Decimal]:
    """The numbers of a quote, and what bare ones stand for: thousands in “I am on 84”, what the
    other end of the range says in “2 to 3 million”."""
    read = numbers.read(quote, language)
    scales = {one.scale for one in read if one.scale != 1}
    if kind is Kind.PAY:
        scales.add(Decimal(1000))
    for one in read:
        yield one.value
        if one.is_bare:
            yield from (one.value * scale for scale in scales)


def _check_currency(value: dict[str, Any], quote: str, reading: Reading) -> None:
    if "currency" not in value:
        return
    said = {one.currency for one in money.read(quote, reading.language, reading.country)}
    if value["currency"] not in said:
        del value["currency"]


def _check_days(kind: Kind, value: dict[str, Any], plain: str, reading: Reading) -> None:
    asked = [name for name in ("from", "until") if name in value]
    if not asked:
        return
    named = moments.find(plain, today=reading.said_on, american=reading.country == "US")
    days = {
        day.isoformat() for one in named for day in (one.first, one.last, one.begins, one.returns)
    }
    for name in asked:
        if value[name] in days:
            continue
        if kind is not Kind.STOP:
            raise _NotShownError(Reason.DAY)
        # Without the day it is a pause like any other; without the pause, nobody would look.
        del value[name]


def _check_hours(value: Mapping[str, Any], plain: str, language: str) -> None:
    said = {int(one) for one in _HOUR.findall(plain)}
    said |= {int(one.value) for one in numbers.read(plain, language) if one.value < 25}
    for name in ("from", "to"):
        hour, minute = map(int, str(value.get(name, "00:00")).split(":"))
        is_said = hour in said or hour - 12 in said or name not in value
        if not is_said or (minute and minute not in said):
            raise _NotShownError(Reason.NUMBER)


def _names(name: str | None, plain: str) -> bool:
    """Whether every word of a name stands in the quote, perhaps with another ending."""
    if name is None:
        return True
    said = _TOKEN.findall(plain)
    wanted = _TOKEN.findall(flat(name))
    if not wanted:
        return flat(name) in plain
    return all(
        any(one == word or (len(word) >= _STEM and _share(one, word)) for one in said)
        for word in wanted
    )


def _share(one: str, other: str) -> bool:
    stem = max(_STEM, min(len(one), len(other)) - 2)
    return len(one) >= _STEM and one[:stem] == other[:stem]


@cache
def _private() -> re.Pattern[str]:
    """Words that tell of what is never noted (GDPR, Art. 9)."""
    listed = (
        *("pregnan\\w*", "schwanger\\w*", "enceinte", "embaraz\\w*", "zwanger\\w*"),
        *("disabilit\\w*", "disabled", "behinderung", "handicap\\w*", "discapacidad", "burn-?out"),
        *("depress\\w*", "diagnosed", "chemo\\w*", "surgery on my", "illness", "sick leave"),
        *("krankheit\\w*", "krankgeschrieben", "maladie", "enfermedad", "ziekte", "ziek"),
        *("mosque", "synagogue", "muslim\\w*", "jewish", "catholic", "protestant", "religio\\w*"),
        *("gay", "lesbian", "bisexual", "transgender", "refugee", "ethnic\\w*"),
        *(re.escape(word) for word in table("titles")["never_noted"] if word not in _ORDINARY),
    )
    return re.compile(rf"\b(?:{'|'.join(listed)})\b")


#: Of those in titles, they mean something else elsewhere.
_ORDINARY = frozenset({"party", "gemeinde", "partei", "unions"})
