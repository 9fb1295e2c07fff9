"""Which language somebody is spoken to in."""

from datetime import date

import pytest
from django.conf import settings
from django.template.defaultfilters import date as written
from django.utils import translation

from warmbench.core import languages


@pytest.mark.parametrize(
    ("country", "language"),
    [
        ("DE", "de"),
        ("at", "de"),
        ("CH", "de"),
        ("FR", "fr"),
        ("MX", "es"),
        ("NL", "nl"),
        ("BE", "nl"),
        ("GB", "en"),
        ("PL", "en"),
        ("", "en"),
        ("??", "en"),
    ],
)
def test_a_country_tells_the_language_that_most_people_there_read(
    country: str, language: str
) -> None:
    assert languages.of_country(country) == language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("pl,it;q=0.9,fr-CA;q=0.2", "fr"),
        ("en-US", "en"),
        ("nl;q=0.1,es;q=0.7", "es"),
        ("*", ""),
        ("pl", ""),
        ("", ""),
        ("de" * 500, ""),
        ("de;q=x,\x00", ""),
    ],
)
def test_a_browser_tells_which_of_our_languages_its_reader_likes_best(
    header: str, language: str
) -> None:
    assert languages.of_header(header) == language


@pytest.mark.parametrize(
    ("language", "day"),
    [
        ("en", "3 Mar 2026"),
        ("de", "3. März 2026"),
        ("fr", "3 mars 2026"),
        ("es", "3 de marzo de 2026"),
        ("nl", "3 maart 2026"),
    ],
)
def test_each_language_writes_its_dates(language: str, day: str) -> None:
    with languages.spoken(language):
        assert written(date(2026, 3, 3), "DATE_FORMAT") == day
    assert translation.get_language() == settings.LANGUAGE_CODE


def test_every_language_of_ours_is_one_that_django_speaks() -> None:
    assert dict(settings.LANGUAGES) == {
        {"en": "en-gb"}.get(code, code): name for code, name in languages.LANGUAGES.items()
    }
    assert all(languages.locale(code).language == code for code in languages.LANGUAGES)
