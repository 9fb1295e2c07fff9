"""What somebody wants to earn, as it is written for them."""

import pytest
from babel import Locale

from warmbench.people import pay


@pytest.mark.parametrize(
    ("number", "currency", "language", "written"),
    [
        ("85000", "EUR", "en", "€85,000"),
        ("85000", "EUR", "de", "85.000 €"),
        ("85000", "CHF", "en", "CHF 85,000"),
        ("85000.50", "CHF", "en", "CHF 85,000.50"),
        ("85000.50", "GBP", "en", "£85,000.50"),
    ],
)
def test_an_amount_is_written_as_people_write_it(
    number: str, currency: str, language: str, written: str
) -> None:
    said = pay.written(number, currency, Locale(language))

    assert said.replace("\N{NO-BREAK SPACE}", " ") == written
