"""Shares say how far off they may be."""

import pytest

from warmbench.shortlists.measures import Band, Share


@pytest.mark.parametrize(
    ("part", "of", "low", "high"),
    [(8, 10, 0.490, 0.943), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (81, 263, 0.255, 0.366)],
)
def test_the_interval_is_wilsons(part: int, of: int, low: float, high: float) -> None:
    """The last row is that of Newcombe, "Two-sided confidence intervals", 1998, table I."""
    one = Share(part, of)
    assert one.low == pytest.approx(low, abs=1e-3)
    assert one.high == pytest.approx(high, abs=1e-3)


def test_of_nobody_nothing_is_known() -> None:
    assert (Share(0, 0).share, Share(0, 0).low, Share(0, 0).high) == (0.0, 0.0, 1.0)


def test_a_band_is_off_where_what_was_stated_lies_outside() -> None:
    assert Band(0.9, 1.0, 0.95, Share(5, 10)).is_off
    assert not Band(0.9, 1.0, 0.95, Share(9, 10)).is_off
