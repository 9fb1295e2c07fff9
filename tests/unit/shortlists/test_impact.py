"""How groups of people are compared, and which of them are never shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.shortlists import impact
from warmbench.shortlists.impact import FEWEST, Count, Names, Table

A, B, C, UNKNOWN = ("a",), ("b",), ("c",), ("",)


def shown(table: Table) -> dict[Names, impact.Compared]:
    return {one.names: one for one in table.groups}


def count(considered: int, chosen: int, people: int | None = None) -> Count:
    return Count(considered if people is None else people, considered, chosen)


def test_each_group_is_held_against_the_one_that_fares_best() -> None:
    found = shown(impact.compare({A: count(100, 50), B: count(100, 30)}))
    assert (found[A].ratio, found[A].p_value) == (1.0, None)
    assert found[B].ratio == 0.6
    assert found[B].is_adverse
    assert found[B].is_significant
    # 0.3 and 0.5 of a hundred each: z = -2.887, by the pooled test.
    assert found[B].p_value == pytest.approx(0.00389, abs=1e-5)
    assert found[B].missing == 10


def test_four_fifths_is_reckoned_in_whole_numbers() -> None:
    assert impact.missing_to_four_fifths(count(5, 2), count(4, 3)) == 1
    assert impact.missing_to_four_fifths(count(5, 3), count(4, 3)) == 0


def test_few_people_are_compared_exactly() -> None:
    # Fisher's tea: three of four against one of four.
    assert impact.chance(count(4, 1), count(4, 3))[1] == pytest.approx(0.4857, abs=1e-4)
    found = shown(impact.compare({A: count(8, 6), B: count(7, 1)}))
    assert found[B].is_small
    assert found[B].p_value == pytest.approx(0.0406, abs=1e-4)


def test_a_group_below_two_hundredths_is_shown_and_sets_no_bar() -> None:
    found = shown(impact.compare({A: count(500, 100), B: count(400, 100), C: count(9, 9)}))
    assert found[C].is_excluded
    assert not found[C].is_adverse
    assert found[B].ratio == 1.0


def test_who_declared_nothing_is_counted_and_not_compared() -> None:
    table = impact.compare({A: count(20, 2), B: count(20, 4), UNKNOWN: count(60, 60)})
    assert (table.unknown, table.total) == (60, 100)
    assert shown(table)[B].ratio == 1.0


def test_where_nobody_was_chosen_there_is_no_ratio() -> None:
    found = shown(impact.compare({A: count(20, 0), B: count(20, 0)}))
    assert found[A].ratio is None
    assert not found[A].is_adverse


def test_a_group_of_few_people_is_not_shown_nor_what_would_give_it_away() -> None:
    # Four people who were considered ten times are four people.
    table = impact.compare({A: count(40, 20), B: count(10, 1, people=4), C: count(30, 20)})
    assert table.hides
    # The sum of all is known: with one group missing, a subtraction would show it.
    assert set(shown(table)) == {A}


names = st.tuples(st.sampled_from(["f", "m", ""]), st.sampled_from(["p", "q", "r", ""]))
counts = st.integers(0, 12).flatmap(
    lambda n: st.builds(Count, st.integers(min(1, n), n), st.just(n), st.integers(0, n))
)


@given(st.dictionaries(names, counts))
def test_nobody_is_made_out_by_subtraction(cells: dict[Names, Count]) -> None:
    table = impact.compare(cells)
    found = shown(table)
    known = {one: held for one, held in cells.items() if "" not in one and held.considered}
    assert all(held.count.people >= FEWEST for held in found.values())
    for at in (None, 0, 1):
        for value in {one[at] for one in known} if at is not None else {None}:
            line = [one for one in known if at is None or one[at] == value]
            missing = [one for one in line if one not in found]
            assert len(missing) != 1 or len(line) == 1


@given(st.dictionaries(st.sampled_from([A, B, C]), counts, min_size=1))
def test_the_best_group_has_the_ratio_one_and_no_other_more(cells: dict[Names, Count]) -> None:
    compared = [one for one in impact.compare(cells).groups if not one.is_excluded]
    ratios = [one.ratio for one in compared if one.ratio is not None]
    assert not ratios or max(ratios) == 1.0
