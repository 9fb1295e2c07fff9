"""What a text message costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.messaging import segments
from warmbench.messaging.segments import Encoding


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count"),
    [
        ("", Encoding.GSM_7, 0, 1),
        ("a" * 160, Encoding.GSM_7, 160, 1),
        ("a" * 161, Encoding.GSM_7, 161, 2),
        ("a" * 306, Encoding.GSM_7, 306, 2),
        ("a" * 307, Encoding.GSM_7, 307, 3),
        ("€" * 80, Encoding.GSM_7, 160, 1),
        # A euro sign of two units does not fit into the last of 153.
        ("€" * 152, Encoding.GSM_7, 304, 2),
        ("€" * 153, Encoding.GSM_7, 306, 3),
        ("Grüße", Encoding.GSM_7, 5, 1),
        ("ł" * 70, Encoding.UCS_2, 70, 1),
        ("ł" * 71, Encoding.UCS_2, 71, 2),
        ("👋" * 35, Encoding.UCS_2, 70, 1),
        ("👋" * 36, Encoding.UCS_2, 72, 2),
    ],
)
def test_texts_cost_what_the_standard_says(
    text: str, encoding: Encoding, units: int, count: int
) -> None:
    counted = segments.count(text)
    assert (counted.encoding, counted.units, counted.count) == (encoding, units, count)


def test_typographic_quotes_do_not_treble_the_price() -> None:
    nice = "Don’t worry – it’s “fine”…"  # noqa: RUF001
    assert segments.count(nice).encoding is Encoding.UCS_2
    assert segments.count(segments.plainer(nice)).encoding is Encoding.GSM_7


@given(st.text(max_size=2000))
def test_more_words_never_cost_less(text: str) -> None:
    assert segments.count(text).count <= segments.count(text + "łł").count
