"""Reads amounts of money: how much, in which currency, for a month, a day, an hour or a year."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from warmbench.insight import numbers
from warmbench.insight.flat import flat
from warmbench.insight.numbers import Number
from warmbench.insight.tables import table
from warmbench.people import pay
from warmbench.people.pay import Period

#: How far behind an amount, and before it, what it is paid for may be said.
_BEHIND, _BEFORE = 34, 28
#: No range that somebody names is wider, as a share of its lower end.
_WIDEST = Decimal("2.5")
_NEXT_DOOR = Decimal("1.4")
#: “Pounds fifty” is not fifty pounds.
_LONGEST_CODE = 4
#: “$” is that of where one is.
_DOLLARS = frozenset({"CAD", "AUD", "NZD", "SGD", "HKD"})
#: Nobody says “five” for half a thousand of less.
_LEAST_HALVED, _TEN = 20, 10
#: Behind these the digit counts something of its own: “of twenty-six four left”.
_COUNTS_ON = re.compile(
    r"\s?(?:%|percent|of\b|days|weeks|months|years|hours|people|times|o'?clock)"
)
_SAID, _CLOSES, _WORDS = re.compile(r"[.!?]"), re.compile(r"\s*(?:[.!?,]|$)"), re.compile(r"[a-z]")
_TENS = {"fifties": 50, "sixties": 60, "seventies": 70, "eighties": 80, "nineties": 90}
_DECADE = re.compile(
    rf"(?<!\w)mid[- ](?:(?P<tens>[3-9]0|1[0-9]0)'?[k]?s|(?P<word>{'|'.join(_TENS)}))(?!\w)"
)
_ENDS = re.compile(
    r"[;:!?(\n]|\.(?=\s|$)|,\s|\s-\s|\bund\b|\band\b|\bbut\b|\baber\b|\bmais\b|\bpero\b"
)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount, or the two ends of a range, and what the words around it tell."""

    start: int
    end: int
    low: Decimal
    high: Decimal | None = None
    currency: str = ""
    #: A ``people.pay.Period``, or "" where nobody says it.
    period: str = ""
    #: Whether it may stand for thousands that nobody named.
    is_bare: bool = False
    #: “62.000”, “62k”: surely no year, house number or count of days.
    is_large: bool = False

    def times(self, factor: int) -> "Money":
        """The same, so many times as much."""
        high = self.high * factor if self.high is not None else None
        return replace(self, low=self.low * factor, high=high, is_bare=False, is_large=True)


def read(text: str, language: str = "en", country: str = "") -> list[Money]:
    """Every number of a sentence that may be an amount of money, in its order.

    Whether a bare one is an amount only the words around it tell: that is for the caller.
    ``country`` says whose dollars and crowns are meant.
    """
    plain = flat(text)
    usual = pay.currency_of(country) if country else ""
    single = [_single(plain, one, usual) for one in numbers.read(text, language)]
    single = sorted([*_halves(plain, single), *_decades(plain)], key=lambda one: one.start)
    found = _ranges(plain, _with_cents(plain, single))
    return [_with_period(plain, found, at) for at in range(len(found))]


def _single(plain: str, one: Number, usual: str) -> Money:
    start, end, currency = one.start, one.end, ""
    before = _currency_before().search(plain[:start], max(0, start - 14))
    if before is not None and len(before[0].strip(" .")) <= _LONGEST_CODE:
        currency, start = _code(before), before.start()
    if (after := _currency_after().match(plain, end)) is not None and not currency:
        currency, end = _code(after), after.end()
    if currency == "USD" and usual in _DOLLARS and "us" not in plain[start:end]:
        currency = usual
    is_large = one.scale != 1 or one.is_grouped
    return Money(start, end, one.value, None, currency, "", one.is_bare, is_large)


def _halves(plain: str, found: list[Money]) -> Iterator[Money]:
    """ "Sixty-seven five" is 67,500; "five eight", and nothing more, is 5,800."""
    skips = False
    for at, one in enumerate(found):
        if skips:
            skips = False
            continue
        after = found[at + 1] if at + 1 < len(found) else None
        skips = after is not None and _is_half(plain, one, after)
        if skips and after is not None:
            low = one.low * 1000 + after.low * 100
            yield replace(one, end=after.end, low=low, is_bare=False, is_large=True)
        else:
            yield one


def _is_half(plain: str, one: Money, after: Money) -> bool:
    """Whether a digit behind a number is said of the hundreds: not of “twenty six” itself."""
    is_digit = 0 < after.low < _TEN and plain[after.start].isalpha()
    if not (one.is_bare and is_digit and after.is_bare and plain[one.start].isalpha()):
        return False
    if plain[one.end : after.start] != " " or _COUNTS_ON.match(plain, after.end):
        return False
    is_alone = not _WORDS.search(_SAID.split(plain[: one.start])[-1]) and bool(
        _CLOSES.match(plain, after.end)
    )
    return one.low > _LEAST_HALVED if one.low % _TEN else is_alone and one.low < _TEN


def _decades(plain: str) -> Iterator[Money]:
    """ "Mid 80s", "mid-nineties": about 85,000 and 95,000."""
    for match in _DECADE.finditer(plain):
        tens = _TENS.get(match["word"]) if match["word"] else int(match["tens"])
        if tens is not None:
            yield Money(match.start(), match.end(), Decimal(tens * 1000 + 5000), is_large=True)


def _with_cents(plain: str, found: list[Money]) -> list[Money]:
    """ "Nineteen pounds fifty" is one amount."""
    kept: list[Money] = []
    for one in found:
        last = kept[-1] if kept else None
        if (
            last is not None
            and (last.currency or _by_the_hour().match(plain, one.end))
            and not one.currency
            and one.low < 100
            and last.low < 1000
            and plain[last.end : one.start] == " "
            and plain[last.end - 1].isalpha()
        ):
            kept[-1] = replace(last, end=one.end, low=last.low + one.low / 100, is_bare=False)
        else:
            kept.append(one)
    return kept


def _ranges(plain: str, found: list[Money]) -> list[Money]:
    kept: list[Money] = []
    at = 0
    while at < len(found):
        pair = _range(plain, found[at], found[at + 1]) if at + 1 < len(found) else None
        kept.append(pair or found[at])
        at += 2 if pair else 1
    return kept


def _range(plain: str, first: Money, second: Money) -> Money | None:
    """ "85-90k", "between 85 and 90": what is said of one end holds for the other."""
    gap = _period_words().sub("", plain[first.end : second.start]).strip()
    if len(gap) > 14 or (first.currency and second.currency not in {first.currency, ""}):
        return None
    low, high = first.low, second.low
    if first.is_bare and second.is_large and not second.is_bare:
        factor = _factor(first, second)
        low *= factor
    is_range = gap in _gaps("between") or (
        gap in _gaps("and_between")
        and _opens().search(plain, max(0, first.start - 22), first.start)
    )
    near = low < high <= low * _NEXT_DOOR
    is_pair = near and (
        gap in _gaps("alternatives") or (gap == "," and _is_said(plain, first, second))
    )
    if not (low < high <= low * _WIDEST) or not (is_range or is_pair):
        return None
    return Money(
        first.start,
        second.end,
        low,
        high,
        first.currency or second.currency,
        "",
        first.is_bare and second.is_bare,
        first.is_large or second.is_large,
    )


def _factor(first: Money, second: Money) -> int:
    """What the “k” of the second multiplies the first by."""
    for factor in (1000, 100_000, 1_000_000):
        if first.low * factor <= second.low <= first.low * factor * _WIDEST:
            return factor
    return 1


def _is_said(plain: str, first: Money, second: Money) -> bool:
    """ "One-twenty, one-twenty-five": in words, so no list of figures."""
    return not any(
        map(str.isdigit, plain[first.start : first.end] + plain[second.start : second.end])
    )


def _with_period(plain: str, found: list[Money], at: int) -> Money:
    one = found[at]
    limit = found[at + 1].start if at + 1 < len(found) else len(plain)
    reach = plain[one.end : min(limit, one.end + _BEHIND)]
    if limit < len(plain) and len(reach) < _BEHIND and (number := _pay_count(plain, one.end)):
        reach = number
    told = _period(reach[: stop.start()] if (stop := _ENDS.search(reach)) else reach, last=False)
    if not told and (comma := re.match(r"[^,]{0,14},\s(.{0,22})", plain[one.end : limit])):
        told = _period(comma[1], last=False) if at + 1 == len(found) else ""
    if not told:
        begin = found[at - 1].end if at else 0
        clause = _ENDS.split(plain[max(begin, one.start - _BEFORE) : one.start])[-1]
        told = _period(clause, last=True)
    return replace(one, period=told) if told else one


def _pay_count(plain: str, end: int) -> str:
    """ " x 14": the number in it is the next one, and still tells the period."""
    match = re.match(r"[^\d;.]{0,16}?(?:x\s?1[2-6]\b|1[2-6] pagas)", plain[end : end + 30])
    return match[0] if match else ""


def _period(words: str, *, last: bool) -> str:
    """The period that is named first in these words, or last."""
    places = {
        Period(name).value: found[-1 if last else 0].start()
        for name, pattern in _periods().items()
        if (found := list(pattern.finditer(words)))
    }
    if not places:
        return ""
    return (max if last else min)(places, key=lambda name: places[name])


def period(words: str) -> str:
    """The period that these words name last: “what's the day rate?”."""
    return _period(flat(words), last=True)


def currency_behind(words: str) -> str:
    """The currency that is named behind an amount, by itself: “84 here, pounds that is”."""
    match = _currency_apart().match(words)
    return _code(match) if match else ""


def _words() -> dict[str, Any]:
    return table("money_words")


def _code(match: re.Match[str]) -> str:
    return match.lastgroup or ""


@cache
def _currencies() -> str:
    return "|".join(f"(?P<{code}>{names})" for code, names in _words()["currencies"].items())


@cache
def _currency_before() -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?:{_currencies()})\.?\s?$")


@cache
def _currency_after() -> re.Pattern[str]:
    return re.compile(rf"\s?(?:of )?(?:{_currencies()})(?![a-z])")


@cache
def _currency_apart() -> re.Pattern[str]:
    return re.compile(rf"[^.;\d]{{0,16}}?[,( ]\s?(?:in )?(?:{_currencies()})(?![a-z])")


@cache
def _periods() -> dict[str, re.Pattern[str]]:
    return {name: re.compile("|".join(each)) for name, each in _words()["periods"].items()}


@cache
def _period_words() -> re.Pattern[str]:
    every = "|".join(pattern.pattern for pattern in _periods().values())
    return re.compile(rf"\s?(?:{every})")


@cache
def _by_the_hour() -> re.Pattern[str]:
    return re.compile(rf"[\s/]{{0,2}}(?:{_periods()['hour'].pattern})")


@cache
def _gaps(name: str) -> frozenset[str]:
    return frozenset(_words()[name])


@cache
def _opens() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_words()['opens'])})\b")
