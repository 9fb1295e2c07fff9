"""Pauses after failures: twice as long each time, and never for ever."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from warmbench.core.pauses import pause

SHORTEST, LONGEST = timedelta(seconds=5), timedelta(hours=1)


def test_a_pause_doubles_up_to_the_longest() -> None:
    spans = [pause(SHORTEST, times, longest=LONGEST) for times in range(12)]
    assert spans[:4] == [timedelta(seconds=seconds) for seconds in (5, 10, 20, 40)]
    assert spans[9:] == [timedelta(seconds=2_560), LONGEST, LONGEST]


@given(st.integers(min_value=0, max_value=10**9))
def test_however_often_it_failed_there_is_a_pause(times: int) -> None:
    assert SHORTEST <= pause(SHORTEST, times, longest=LONGEST) <= LONGEST
