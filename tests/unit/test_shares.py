import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.nurture.shares import fall, share


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    # From Newcombe's paper on single proportions (1998), table I, method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_intervals_are_those_of_the_literature(hits: int, of: int, low: float, high: float) -> None:
    found = share(hits, of)

    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_differences_are_those_of_the_literature() -> None:
    # Newcombe's paper on differences (1998), table II, method 10, example (a).
    found = fall(share(56, 70), share(48, 80))

    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_share_lies_in_its_interval(hits: int, missed: int) -> None:
    found = share(hits, hits + missed)

    assert 0 <= found.low <= found.value + 1e-9
    assert found.value <= found.high + 1e-9 <= 1 + 2e-9


@given(st.integers(1, 400), st.integers(1, 400), st.integers(1, 400), st.integers(1, 400))
def test_a_fall_one_way_is_a_rise_the_other(a: int, b: int, c: int, d: int) -> None:
    one, other = share(a, a + b), share(c, c + d)

    assert fall(one, other).low == pytest.approx(-fall(other, one).high)


def test_of_nothing_everything_is_possible() -> None:
    assert share(0, 0) == (0, 0, 0.0, 1.0)
    assert not fall(share(0, 0), share(0, 0)).is_fall
