"""Numbers as people write and say them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.insight import number_words, numbers


def values(text: str, language: str = "en") -> list[float]:
    return [float(one.value) for one in numbers.read(text, language)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("85k", 85_000),
        ("85.000", 85_000),
        ("85,000.50", 85_000.5),
        ("1.2m", 1_200_000),
        ("1,2 Mio", 1_200_000),
        ("12 lakh", 1_200_000),
        ("12,00,000", 1_200_000),
        ("3,1 M€", 3_100_000),
        ("CHF185'000", 185_000),
        ("95 TEUR", 95_000),
        ("2 crore", 20_000_000),
        ("90 Tausend", 90_000),
    ],
)
def test_figures_are_read_as_they_are_meant(text: str, value: float) -> None:
    assert values(text) == [value]


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "sixty-five thousand", 65_000),
        ("en", "a hundred and twenty thousand", 120_000),
        ("en", "one-oh-four", 104),
        ("en", "one eighteen", 118),
        ("en", "four-fifty", 450),
        ("en", "twelve hundred", 1200),
        ("en", "twenty-six and a half thousand", 26_500),
        ("en", "one point two million", 1_200_000),
        ("en", "thirty thousand five hundred", 30_500),
        ("de", "fünfundachtzigtausend", 85_000),
        ("de", "dreißigtausend", 30_000),
        ("de", "hundertzwanzigtausend", 120_000),
        ("de", "zwei Komma fünf Millionen", 2_500_000),
        ("fr", "quatre-vingt-dix mille", 90_000),
        ("fr", "soixante-quinze mille", 75_000),
        ("fr", "cent vingt mille", 120_000),
        ("fr", "septante mille", 70_000),
        ("es", "cuarenta y dos mil", 42_000),
        ("es", "mil quinientos", 1500),
        ("es", "ciento veinte mil", 120_000),
        ("nl", "vijfentachtigduizend", 85_000),
        ("nl", "tweeëndertig", 32),
    ],
)
def test_words_are_read_as_they_are_meant(language: str, text: str, value: float) -> None:
    assert values(text, language) == [value]


@pytest.mark.parametrize(
    "text",
    ["2026-03-05", "05/03/2026", "at 9:30", "24/7", "+44 20 7946 0958", "Q3", "v2", "the 14th"],
)
def test_days_times_and_telephones_are_no_numbers(text: str) -> None:
    assert values(text) == []


@given(st.integers(1, 999_999), st.sampled_from([",", ".", " ", "'"]))
def test_grouped_figures_are_read_back(number: int, mark: str) -> None:
    text = f"{number:,}".replace(",", mark)
    assert values(f"about {text} or so") == [number]


@given(st.sampled_from(number_words.LANGUAGES), st.integers(2, 999), st.booleans())
def test_every_number_in_words_is_read_back(language: str, number: int, thousands: bool) -> None:
    phrases = [
        phrase for phrase, value in number_words.phrases(language).items() if value == number
    ]
    thousand = {"en": " thousand", "de": "tausend", "fr": " mille", "es": " mil", "nl": "duizend"}
    for phrase in phrases:
        text = phrase + (thousand[language] if thousands else "")
        assert values(text, language) == [number * (1000 if thousands else 1)]


@given(st.text(max_size=200))
def test_a_number_stands_where_it_is_said_to(text: str) -> None:
    for one in numbers.read(text):
        assert 0 <= one.start < one.end <= len(text)
        assert one.value > 0


def test_whole_numbers_are_kept_whole() -> None:
    assert numbers.as_json(Decimal("85000.00")) == 85_000
    assert isinstance(numbers.as_json(Decimal("85000.00")), int)
    assert numbers.as_json(Decimal("19.50")) == 19.5
