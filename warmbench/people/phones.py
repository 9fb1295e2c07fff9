"""Reads phone numbers as people type them, so that they can be compared and dialled."""

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, ValidationResult

from warmbench.people.addresses import Fault, Oddity, Problem
from warmbench.people.words import is_nothing


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number in E.164 form."""

    e164: str
    extension: str = ""
    oddities: tuple[Oddity, ...] = ()


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a country's numbers look like, as far as it takes to skip the full library."""

    calling_code: str
    prefix: str
    national: re.Pattern[str]


#: Everything that people put between digits; what is left of a plain number is digits.
_FILLING = str.maketrans(
    dict.fromkeys(" -.()/\t\u00a0\u2010\u2011\u2012\u2013\u2014\u202f\u200b\u202a\u202c\ufeff")
)
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{1,2}")
_FLOAT = re.compile(r"(\+?\d{7,15})\.0")
_BETWEEN_NUMBERS = re.compile(
    r"[;|\r\n]+|\s+(?:or|oder|ou|o|of|and|und|et|y|en|&)\s+|,(?!\s*(?:ext|x))"
)
_BLANKS = re.compile(r"[^\S\r\n]{2,}")
_TRUNK_ZERO = re.compile(r"\(\s{0,2}0\s{0,2}\)")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_EXTENSION = re.compile(
    r"(?:ext|extn|extension|x|durchwahl|dw|poste|tel|phone|mobile?|fax)\b", re.IGNORECASE
)
_SHORTEST = 6
#: The United States and their territories.
_AMERICAN = frozenset({"US", "AS", "GU", "MP", "PR", "VI"})


def phone(text: str, country: str = "") -> Phone | Problem:
    """One phone number. ``country`` (ISO code) is for numbers without a country code.

    A number that can be dialled but lies in no range we know of is accepted as odd.
    """
    if text[:1] == "'":
        text = text[1:]  # Put there by an export, against formulas.
    if "0)" in text:
        text = _TRUNK_ZERO.sub("", text)
    digits = text.translate(_FILLING)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if digits[:1] == "+" and digits[1:].isdecimal() and digits.isascii():
        found = _international(digits[1:])
    elif digits.isdecimal() and digits.isascii():
        found = _domestic(digits, country)
    else:
        found = None
    return found or _slowly(text, country)


@lru_cache(maxsize=4096)
def may_be_american(e164: str) -> bool:
    """Whether a number in E.164 form may belong to a network of the United States, also where
    its area code names no country."""
    if not e164.startswith("+1"):
        return False
    region = phonenumbers.region_code_for_number(phonenumbers.parse(e164, None))
    return region is None or region in _AMERICAN


def phones(cell: str, country: str = "") -> list[Phone | Problem]:
    """Every number in a cell; nothing for an empty one."""
    if is_nothing(cell):
        return []
    cell = _BLANKS.sub(" ", cell)
    pieces = [piece for piece in _BETWEEN_NUMBERS.split(cell) if not is_nothing(piece)]
    parts = [part for piece in pieces for part in _parted_by_slash(piece)]
    found = [phone(part, country) for part in parts]
    return list(dict.fromkeys(found)) or [Problem(Fault.NOT_A_NUMBER)]


def _parted_by_slash(piece: str) -> list[str]:
    """Germans write "030/123456"; others part two numbers with a slash."""
    parts = piece.split("/")
    whole = all(sum(map(str.isdecimal, part)) > _SHORTEST for part in parts)
    return parts if whole else [piece]


def _international(digits: str) -> Phone | None:
    for size in (1, 2, 3):
        if int(digits[:size] or 0) in COUNTRY_CODE_TO_REGION_CODE:
            plan = _plan_of_code(int(digits[:size]))
            if plan and plan.national.fullmatch(digits[size:]):
                return Phone(f"+{digits}")
            return None
    return None


def _domestic(digits: str, country: str) -> Phone | None:
    plan = _plan(country)
    if plan is None:
        return None
    as_written = plan.national.fullmatch(digits)
    if plan.prefix and digits.startswith(plan.prefix):
        rest = digits.removeprefix(plan.prefix)
        if not as_written and plan.national.fullmatch(rest):
            return Phone(f"+{plan.calling_code}{rest}")
        return None
    if as_written and not digits.startswith(plan.calling_code):
        return Phone(f"+{plan.calling_code}{digits}")
    return None


@lru_cache(maxsize=512)
def _plan_of_code(calling_code: int) -> _Plan | None:
    regions = COUNTRY_CODE_TO_REGION_CODE[calling_code]
    return _plan(regions[0]) if regions[0] != "001" else None


@lru_cache(maxsize=512)
def _plan(country: str) -> _Plan | None:
    """None where a number needs more than its prefix cut off."""
    metadata = PhoneMetadata.metadata_for_region(country.upper(), None) if country else None
    if metadata is None or metadata.national_prefix_transform_rule:
        return None
    prefix = metadata.national_prefix or ""
    pattern = metadata.general_desc.national_number_pattern if metadata.general_desc else None
    if pattern is None or (prefix and not prefix.isdecimal()):
        return None
    return _Plan(str(metadata.country_code), prefix, re.compile(pattern))


def _slowly(text: str, country: str) -> Phone | Problem:
    text = text.strip()
    if is_nothing(text):
        return Problem(Fault.EMPTY)
    if _ROUNDED.fullmatch(text):
        return Problem(Fault.ROUNDED)
    if match := _FLOAT.fullmatch(text):
        text = match[1]
    if text.startswith("00"):
        text = f"+{text[2:]}"
    known = country.upper() if country.upper() in phonenumbers.SUPPORTED_REGIONS else None
    odd: list[Oddity] = []
    if (repaired := _with_lost_plus(text, known)) != text:
        text = repaired
        odd.append(Oddity.PLUS_ADDED)
    number = _parsed(text, known)
    if isinstance(number, Fault):
        return Problem(number)
    if not phonenumbers.is_valid_number(number):
        odd.append(Oddity.UNKNOWN_RANGE)
    if _LETTERS.search(_EXTENSION.sub("", text)):
        odd.append(Oddity.TEXT_AROUND)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Phone(e164, number.extension or "", tuple(odd))


def _parsed(text: str, country: str | None) -> phonenumbers.PhoneNumber | Fault:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        if text.startswith("+") and error.error_type == _NO_SUCH_CODE:
            return Fault.NOT_A_NUMBER
        return _FAULTS.get(error.error_type, Fault.NOT_A_NUMBER)
    verdict = phonenumbers.is_possible_number_with_reason(number)
    return number if verdict == ValidationResult.IS_POSSIBLE else _IMPOSSIBLE[verdict]


_NO_SUCH_CODE = phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
_IMPOSSIBLE = {
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: Fault.TOO_SHORT,
    ValidationResult.TOO_SHORT: Fault.TOO_SHORT,
    ValidationResult.INVALID_LENGTH: Fault.BAD_LENGTH,
    ValidationResult.TOO_LONG: Fault.TOO_LONG,
    ValidationResult.INVALID_COUNTRY_CODE: Fault.NOT_A_NUMBER,
}
_FAULTS = {
    _NO_SUCH_CODE: Fault.NO_COUNTRY,
    phonenumbers.NumberParseException.TOO_SHORT_AFTER_IDD: Fault.TOO_SHORT,
    phonenumbers.NumberParseException.TOO_SHORT_NSN: Fault.TOO_SHORT,
    phonenumbers.NumberParseException.TOO_LONG: Fault.TOO_LONG,
}


def _with_lost_plus(text: str, country: str | None) -> str:
    """Spreadsheets take the plus off "+491712345678", which leaves no number of the country.

    Only a number that is valid with its plus, and too long to be a usual one without, gets
    it back.
    """
    digits = text.translate(_FILLING)
    if not (digits.isdecimal() and digits.isascii()) or digits.startswith("0"):
        return text
    code = str(phonenumbers.country_code_for_region(country)) if country else ""
    if not code or not digits.startswith(code) or len(digits) < len(code) + 9:
        return text
    try:
        number = phonenumbers.parse(f"+{digits}", None)
    except phonenumbers.NumberParseException:
        return text
    return f"+{digits}" if phonenumbers.is_valid_number(number) else text
