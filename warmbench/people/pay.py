"""What somebody wants to earn: read from what they type, and written in their language."""

import re
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import format_currency, get_currency_symbol, get_territory_currencies
from django.db.models import TextChoices

#: What can be chosen, the most usual first. Any other is rare enough to be told in words.
CURRENCIES = (
    *("EUR", "GBP", "USD", "CHF", "AED", "AUD", "BRL", "CAD", "CZK", "DKK", "HKD", "HUF", "ILS"),
    *("INR", "JPY", "MXN", "NOK", "NZD", "PLN", "RON", "SAR", "SEK", "SGD", "TRY", "ZAR"),
)
#: More than anybody earns in a year, in any of these.
_MOST = Decimal(1_000_000_000)
_THOUSANDS = re.compile(r"(?<=\d)\s*k$", re.IGNORECASE)
_AROUND = re.compile(r"^[^\d.,]*|[^\dkK]*$")
_SEPARATOR = re.compile(r"[\s'\u2019.,]")
#: In groups of three, or of two as in India.
_WHOLE = re.compile(rf"[0-9]{{1,20}}|[0-9]{{1,3}}(?:{_SEPARATOR.pattern}[0-9]{{2,3}}){{1,6}}")
_CENTS = re.compile(r"\.0+")


class Period(TextChoices):
    """What an amount is paid for."""

    YEAR = "year", "a year"
    MONTH = "month", "a month"
    DAY = "day", "a day"
    HOUR = "hour", "an hour"


def amount(text: str) -> Decimal | None:
    """The amount in "85.000", "85,000.50", "€ 85 000" or "85k"; None when it is none.

    A single group of three digits after a separator is thousands: nobody asks for 85.000 cents.
    """
    digits = _AROUND.sub("", text.strip())
    times = 1000 if _THOUSANDS.search(digits) else 1
    whole, mark, cents = _parted(_THOUSANDS.sub("", digits))
    if not _WHOLE.fullmatch(whole) or (mark and not cents.isdecimal()):
        return None
    found = Decimal(f"{_SEPARATOR.sub('', whole)}.{cents or 0}") * times
    return found.quantize(Decimal("0.01")) if 0 < found < _MOST else None


def _parted(digits: str) -> tuple[str, str, str]:
    """An amount before and after its decimal mark, if it has one."""
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0 or len(digits) - last - 1 not in {1, 2}:
        return digits, "", ""
    return digits[:last], digits[last], digits[last + 1 :]


def plain(number: Decimal) -> str:
    """An amount as it is kept and typed again: no cents that say nothing."""
    return str(number.quantize(Decimal(1)) if number == number.to_integral() else number)


def written(number: str, currency: str, locale: Locale) -> str:
    """A kept amount as somebody reads it: "€85,000", "85.000 €", "CHF 85,000"."""
    exact = Decimal(number)
    is_whole = exact == exact.to_integral()
    pattern = locale.currency_formats["standard"].pattern
    if is_whole:
        pattern = _CENTS.sub("", pattern)
    if get_currency_symbol(currency, locale)[-1].isalpha():
        # CLDR's currencySpacing, which Babel leaves out: letters do not stick to digits.
        pattern = pattern.replace("¤#", "¤\N{NO-BREAK SPACE}#")
    return format_currency(exact, currency, pattern, locale=locale, currency_digits=not is_whole)


@lru_cache(maxsize=512)
def currency_of(country: str) -> str:
    """What people are paid in in a country (ISO code), if it can be chosen; else the euro."""
    usual = get_territory_currencies(country) if country else []
    return next((code for code in usual if code in CURRENCIES), CURRENCIES[0])
