"""Who gets what nobody owns: a pure choice."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.make import NOW
from warmbench.signals.assignment import Desk, choose

desks = st.lists(
    st.builds(
        Desk,
        user_id=st.integers(1, 9),
        name=st.just("Somebody"),
        load=st.integers(0, 300),
        open=st.integers(0, 9),
        last_at=st.none() | st.datetimes().map(lambda at: at.replace(tzinfo=NOW.tzinfo)),
    ),
    unique_by=lambda desk: desk.user_id,
)


@given(desks)
def test_whoever_gets_it_has_least_to_do(candidates: list[Desk]) -> None:
    chosen = choose(candidates)
    if chosen is None:
        assert not candidates
    else:
        assert chosen.load == min(desk.load for desk in candidates)


@given(desks)
def test_the_order_in_which_recruiters_are_read_changes_nothing(candidates: list[Desk]) -> None:
    assert choose(candidates) == choose(candidates[::-1])


@given(st.integers(2, 6), st.integers(1, 60))
def test_equal_work_is_shared_equally(recruiters: int, entries: int) -> None:
    team = {pk: Desk(pk, "Somebody") for pk in range(recruiters)}
    for number in range(entries):
        chosen = choose(team.values())
        assert chosen is not None
        team[chosen.user_id] = replace(
            chosen,
            load=chosen.load + 50,
            open=chosen.open + 1,
            last_at=NOW + timedelta(seconds=number),
        )
    shares = Counter({pk: desk.open for pk, desk in team.items()})
    assert max(shares.values()) - min(shares.values()) <= 1


@given(st.integers(2, 6), st.integers(1, 60))
def test_what_weighs_nothing_goes_round(recruiters: int, entries: int) -> None:
    team = {pk: Desk(pk, "Somebody") for pk in range(recruiters)}
    for number in range(entries):
        chosen = choose(team.values())
        assert chosen is not None
        at = NOW + timedelta(seconds=number)
        team[chosen.user_id] = replace(chosen, open=chosen.open + 1, last_at=at)
    shares = [desk.open for desk in team.values()]
    assert max(shares) - min(shares) <= 1
