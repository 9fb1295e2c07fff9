"""Finds what a job description says that is paid, among its other sums of money."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice

from warmbench.people import pay
from warmbench.people.pay import Period
from warmbench.sourcing.description_parts import Description, Part, Section
from warmbench.sourcing.description_words import flat, words
from warmbench.sourcing.proposals import Found, FoundPay, quote

#: What a sum must have for it, at least, to be taken for pay.
_ENOUGH = 2
#: Whoever is paid so much, and more, is paid it in a year; so little, in an hour.
_YEARLY, _HOURLY = 15_000, 100
#: How far from a sum its period or its "up to" may stand.
_NEAR = 45
#: So many lines stand above the first paragraph, and none is longer.
_HEAD, _LONGEST_LINE = 8, 120
#: Nobody names more sums than these; the others are no pay.
_MOST_SUMS = 400

_SPELLINGS = {
    "EUR": "€ eur euro euros",
    "GBP": "£ gbp pounds",
    "USD": "us$ usd",
    "CAD": "ca$ c$ cad",
    "AUD": "au$ a$ aud",
    "NZD": "nz$ nzd",
    "SGD": "s$ sgd",
    "HKD": "hk$ hkd",
    "CHF": "chf sfr fr.",
    "PLN": "pln zł",
    "INR": "inr ₹",
    "JPY": "jpy ¥",
    "BRL": "r$ brl",
    "ILS": "ils ₪",
    **{code: code.lower() for code in ("SEK", "NOK", "DKK", "CZK", "HUF", "RON", "MXN")},
    **{code: code.lower() for code in ("AED", "SAR", "ZAR", "TRY")},
}
_CURRENCIES = {flat(one): code for code, listed in _SPELLINGS.items() for one in listed.split()}
#: Several countries call theirs so.
_SHARED = {"$": "USD", "dollars": "USD", "kr": ""}
_DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD"})
_CROWNS = frozenset({"SEK", "NOK", "DKK"})

_UNIT = "|".join(map(re.escape, sorted([*_CURRENCIES, *_SHARED], key=len, reverse=True)))
_NUMBER = (
    r"\d{1,3}(?:[ .,\u00a0\u202f\u2009]\d{3}){1,3}(?:[.,]\d{1,2})?(?!\d)|"
    r"\d{1,9}(?:[.,]\d{1,2})?(?!\d)"
)
_SUM = re.compile(
    rf"(?<![\w.,])(?P<before>{_UNIT})?\s?(?P<number>{_NUMBER})"
    rf"(?:\s?(?P<thousand>k|tsd\.?)(?![a-z]))?(?:\s?(?P<after>{_UNIT})(?![a-z]))?"
    rf"(?P<much>\s?(?:m|mio|millions?|millionen|millones|miljoen|bn|billions?|mrd|%)\b|\s?%)?"
)


@dataclass(frozen=True, slots=True)
class _Sum:
    start: int
    end: int
    number: Decimal
    unit: str
    in_thousands: bool


@dataclass(frozen=True, slots=True)
class _Candidate:
    pay: FoundPay
    start: int
    end: int
    sentence: tuple[int, int]
    score: int


def pay_of(of: Description, country: str) -> Found[FoundPay] | None:
    """What is paid, None if no sum is told that looks like it.

    ``country`` (ISO code, or blank) is where the work is: whose dollars are meant.
    """
    told = (one for part in of.parts for one in _in_part(of, part, country))
    found = list(islice(told, _MOST_SUMS))
    best = max(found, key=lambda one: (one.score, -one.start), default=None)
    if best is None or best.score < _ENOUGH:
        return None
    return Found(best.pay, quote(of.text, best.start, best.end, best.sentence))


def _in_part(of: Description, part: Part, country: str) -> Iterator[_Candidate]:
    for start, end in of.sentences(part):
        sums = list(_sums(of.flat, start, end))
        at = 0
        while at < len(sums):
            first, second = sums[at], sums[at + 1] if at + 1 < len(sums) else None
            if second is not None and _is_range(of.flat, first, second):
                at += 1
            else:
                second = None
            at += 1
            candidate = _candidate(of, part, (start, end), first, second, country)
            if candidate is not None:
                yield candidate


def _sums(plain: str, start: int, end: int) -> Iterator[_Sum]:
    for found in _SUM.finditer(plain, start, end):
        number = pay.amount(found["number"].replace("\u2009", " "))
        if number is None or found["much"]:
            continue
        unit = found["before"] or found["after"] or ""
        yield _Sum(found.start(), found.end(), number, unit, found["thousand"] is not None)


def _is_range(plain: str, first: _Sum, second: _Sum) -> bool:
    gap = plain[first.end : second.start].strip()
    if len(gap) > 20:
        return False
    gap = re.sub(r"^(?:(?:/|per |an |a )\s?(?:h|hr|hour|day|month|year)\b)?\s*", "", gap)
    return gap in words().pay.between


def _candidate(
    of: Description,
    part: Part,
    sentence: tuple[int, int],
    first: _Sum,
    second: _Sum | None,
    country: str,
) -> _Candidate | None:
    unit = first.unit or (second.unit if second else "")
    currency = _currency(unit, country)
    if not unit or currency not in pay.CURRENCIES:
        return None
    least, most = _range(of.flat[max(0, first.start - _NEAR) : first.start], first, second)
    end = (second or first).end
    highest = most or least
    if highest is None or (least and most and least > most):
        return None
    period = _period(of.flat, first.start, end, sentence, highest)
    score = _score(of, part, sentence, first, is_range=second is not None, period=period)
    return _Candidate(FoundPay(least, most, currency, period), first.start, end, sentence, score)


def _range(before: str, first: _Sum, second: _Sum | None) -> tuple[Decimal | None, Decimal | None]:
    if second is not None:
        if second.in_thousands and not first.in_thousands and first.number < second.number * 1000:
            first = replace(first, in_thousands=first.number < 1000)
        return _amount(first), _amount(second)
    amount = _amount(first)
    if words().pay.most.search(before):
        return None, amount
    return amount, None if words().pay.least.search(before) else amount


def _amount(of: _Sum) -> Decimal:
    return of.number * 1000 if of.in_thousands else of.number


def _currency(unit: str, country: str) -> str:
    if unit not in _SHARED:
        return _CURRENCIES.get(unit, "")
    usual = pay.currency_of(country) if country else ""
    kin = _CROWNS if unit == "kr" else _DOLLARS
    return usual if usual in kin else _SHARED[unit]


def _period(plain: str, start: int, end: int, sentence: tuple[int, int], highest: Decimal) -> str:
    """What the sum is paid for: the period that is named nearest, or that its size tells."""
    beyond = plain[end : min(sentence[1], end + _NEAR)]
    told = {
        found.start(): name
        for name, pattern in words().pay.periods.items()
        if (found := pattern.search(beyond))
    }
    if told:
        return told[min(told)]
    for name, pattern in words().pay.periods.items():
        if pattern.search(plain, sentence[0], start):
            return name
    if highest >= _YEARLY:
        return Period.YEAR
    return Period.HOUR if highest < _HOURLY else ""


def _score(
    of: Description,
    part: Part,
    sentence: tuple[int, int],
    first: _Sum,
    *,
    is_range: bool,
    period: str,
) -> int:
    around = of.flat[slice(*sentence)]
    said = set(re.findall(r"[a-z]+", around))
    is_line = part.end - part.start <= _LONGEST_LINE
    before = of.flat[max(sentence[0], first.start - 30) : first.start]
    score = 2 if part.section == Section.OFFER else 0
    score += 2 if said & words().pay.cues else 0
    score += 2 if any(one.search(around) for one in words().pay.periods.values()) else 0
    score += 1 if is_range else 0
    # "Permanent, Nantes, 55 to 62 k€", at the top.
    score += 1 if is_range and part in of.parts[:_HEAD] and is_line else 0
    score -= 1 if not period else 0
    # "Bonus of £5,000", "$30M last year".
    return score - (4 if words().pay.others.search(before) else 0)
