"""Settles how much an amount of pay is, and for which period, by others that were named."""

from dataclasses import replace

from warmbench.insight.money import Money
from warmbench.people.pay import Period

#: Whoever is paid so much is paid it in a year, in currencies that are worth about as much.
_YEARLY = 15_000
_LEAST_MONTHLY, _MOST_MONTHLY = 1000, 12_000
_MONTHLY_LANGUAGES = frozenset({"de", "fr", "es", "nl"})
_YEARLY_CURRENCIES = frozenset({"", "EUR", "GBP", "USD", "CHF", "INR", "CAD", "AUD", "SGD"})
#: The least and the most that people leave “thousand” away from.
LEAST_BARE, MOST_BARE = 15, 450
#: What people earn in these, at least and at most.
_EARNED = {
    Period.HOUR: (5, 800),
    Period.DAY: (40, 6000),
    Period.MONTH: (300, 900_000),
    Period.YEAR: (4000, 900_000_000),
}
#: Nobody who is looked for here is paid more in these.
_STRONG, _MOST_STRONG = frozenset({"EUR", "GBP", "USD", "CHF"}), 3_000_000
#: How far two amounts that one person names may lie apart.
_APART = 3
_FACTORS = (1, 1000, 100_000)


def is_heard(one: Money) -> bool:
    """Whether it is an amount that anybody may be paid in its period."""
    if not one.period:
        return False
    least, most = _EARNED[Period(one.period)]
    return least <= one.low <= (most if one.currency not in _STRONG else _MOST_STRONG)


def settled(one: Money, hers: list[Money], heard: list[Money], language: str) -> Money | None:
    """The amount in full, and for which period it is paid. None if nobody earns so much.

    ``hers`` are other amounts that are known to be the person's, the latest first; ``heard`` those
    of anybody whose period was said.
    """
    if one.period:
        if one.period in {Period.MONTH, Period.YEAR} and one.is_bare and one.low <= MOST_BARE:
            one = one.times(1000) if one.period == Period.YEAR or one.low < 30 else one
    elif (kin := _kin(one, hers, language) or _kin(one, heard, language)) is not None:
        one = replace(one.times(kin[0]) if kin[0] > 1 else one, period=kin[1].period)
    elif one.is_bare:
        if not LEAST_BARE <= one.low <= MOST_BARE:
            return None
        one = one.times(1000)
    if not one.period and one.currency in _YEARLY_CURRENCIES:
        one = replace(one, period=_plain_period(one, language))
    least, most = _EARNED[Period(one.period)] if one.period else (5, 900_000_000)
    return one if least <= one.low <= most else None


def _plain_period(one: Money, language: str) -> str:
    """What such an amount can only be paid for, or usually is where the language is spoken."""
    if one.low % 1 and one.low < _EARNED[Period.HOUR][1]:
        return Period.HOUR.value
    if one.low >= _YEARLY:
        return Period.YEAR.value
    is_monthly = language in _MONTHLY_LANGUAGES or one.currency in _STRONG
    most = _MOST_MONTHLY if is_monthly else _EARNED[Period.YEAR][0]
    return Period.MONTH.value if _LEAST_MONTHLY <= one.low < most else ""


def _kin(one: Money, known: list[Money], language: str) -> tuple[int, Money] | None:
    """By what to multiply an amount so that it is about as much as another that was said."""
    factors = _FACTORS if one.is_bare else _FACTORS[:1]
    pairs = [
        (factor, other)
        for other in known
        for factor in factors
        if factor < _FACTORS[-1] or other.currency == "INR" or language == "en"
    ]
    near = [
        (max(other.low / (one.low * factor), one.low * factor / other.low), factor, other)
        for factor, other in pairs
    ]
    apart, factor, other = min(near, key=lambda each: each[0], default=(_APART + 1, 1, one))
    return (factor, other) if apart <= _APART else None
