"""Amounts of money, with currency and period."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.insight import money


def read(text: str, language: str = "en", country: str = "") -> list[tuple[Any, ...]]:
    return [
        (float(one.low), one.high and float(one.high), one.currency, one.period)
        for one in money.read(text, language, country)
    ]


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("£550 per day", "en", (550, None, "GBP", "day")),
        ("seventy thousand quid", "en", (70_000, None, "GBP", "")),
        ("Nineteen pounds fifty an hour", "en", (19.5, None, "GBP", "hour")),
        ("$120k p.a.", "en", (120_000, None, "USD", "year")),
        ("SGD 11,000 per month", "en", (11_000, None, "SGD", "month")),
        ("85-90k", "en", (85_000, 90_000, "", "")),
        ("between 85 and 90", "en", (85, 90, "", "")),
        ("one-twenty, one-twenty-five", "en", (120, 125, "", "")),
        ("85 bis 90 Tausend Euro im Jahr", "de", (85_000, 90_000, "EUR", "year")),
        ("Tagessatz 850 Euro", "de", (850, None, "EUR", "day")),
        ("58 k€ brut annuel", "fr", (58_000, None, "EUR", "year")),
        ("14,80 €/h", "fr", (14.8, None, "EUR", "hour")),
        ("2.900 euros al mes en 14 pagas", "es", (2900, None, "EUR", "month")),
        ("€ 5.600 bruto p/m", "nl", (5600, None, "EUR", "month")),
        ("42 LPA", "en", (4_200_000, None, "", "")),
    ],
)
def test_amounts_are_read_with_what_stands_by(
    text: str, language: str, found: tuple[Any, ...]
) -> None:
    assert read(text, language)[0] == found


def test_a_list_of_numbers_is_no_range() -> None:
    assert [high for _, high, _, _ in read("from 60 to 30 thousand, then 3, 4")] == [None] * 4


def test_dollars_are_those_of_the_country() -> None:
    assert read("$90k", country="CA") == [(90_000, None, "CAD", "")]
    assert read("US$ 90k", country="CA") == [(90_000, None, "USD", "")]


@given(
    st.integers(15, 400),
    st.sampled_from(["EUR", "GBP", "USD", "CHF"]),
    st.sampled_from(
        [("p.a.", "year"), ("a month", "month"), ("/day", "day"), ("per hour", "hour")]
    ),
)
def test_what_is_written_is_read_back(number: int, code: str, period: tuple[str, str]) -> None:
    assert read(f"{code} {number}k {period[0]}") == [(number * 1000, None, code, period[1])]
    assert read(f"{number},500 {code} {period[0]}") == [
        (number * 1000 + 500, None, code, period[1])
    ]
