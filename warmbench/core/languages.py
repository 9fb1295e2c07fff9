"""Which languages we speak to candidates in, and which of them somebody is likely to read."""

import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from types import MappingProxyType

from babel import Locale
from babel.core import get_global
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

#: Each language that we speak, in its own words.
LANGUAGES: Mapping[str, str] = MappingProxyType(
    {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "nl": "Nederlands"}
)
FALLBACK = "en"
#: English as it is written in most of the world: 3 March, and not March 3.
_CATALOGUES = {"en": "en-gb"}


def is_spoken(code: object) -> bool:
    """Whether we speak the language of this code."""
    return isinstance(code, str) and code in LANGUAGES


@lru_cache(maxsize=512)
def of_country(country: str) -> str:
    """The language that most people of a country (ISO code) read, of those that we speak.

    By the likely subtags of Unicode's CLDR: German in Switzerland, Dutch in Belgium.
    """
    likely = get_global("likely_subtags").get(f"und_{country.upper()}", "")
    code = str(likely).split("_", maxsplit=1)[0]
    return code if code in LANGUAGES else FALLBACK


def of_header(accept_language: str) -> str:
    """The first language of an Accept-Language header (RFC 9110 §12.5.4) that we speak, else ""."""
    wanted = (tag.split("-", maxsplit=1)[0] for tag, _ in parse_accept_lang_header(accept_language))
    return next((code for code in wanted if code in LANGUAGES), "")


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Let translations, dates and numbers be of a language of ours."""
    with translation.override(_CATALOGUES.get(language, language)):
        yield


@lru_cache(maxsize=len(LANGUAGES))
def locale(language: str) -> Locale:
    """How names, amounts and lists are written in a language of ours."""
    return Locale.parse(_CATALOGUES.get(language, language), sep="-")


def name(code: str) -> str:
    """What a language of ours is called in English."""
    return str(locale(FALLBACK).languages.get(code, code))


def country_name(code: str, language: str) -> str:
    """What a country (ISO code) is called in a language of ours."""
    return str(locale(language).territories.get(code, code))


@lru_cache(maxsize=len(LANGUAGES))
def country_names(language: str) -> list[tuple[str, str]]:
    """Every country by its code and name, in the order of the names."""
    names = locale(language).territories
    # Letters alone: numbers stand for continents.
    found = [(code, str(name)) for code, name in names.items() if code.isalpha()]
    known = [(code, name) for code, name in found if code not in _NO_COUNTRIES]
    return sorted(known, key=lambda one: _looked_up(one[1]))


def _looked_up(name: str) -> str:
    # "Österreich" stands at O.
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return plain.casefold()


#: What CLDR names besides countries: unions, islands without people, made-up places.
_NO_COUNTRIES = frozenset(
    {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AQ", "BV", "HM", "CP", "CQ"}
    | {"AC", "DG", "EA", "IC", "TA"}
)
