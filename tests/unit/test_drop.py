import pytest

from warmbench.nurture import drop
from warmbench.nurture.drop import Verdict

Rows = list[tuple[int, bool, int, int]]


def months(early: int, other: int, same: int, *, of: int = 1000, same_of: int = 1000) -> Rows:
    """So many clicks: in month 1, and in month 5 of pieces of another kind, and of the same."""
    return [(1, False, of, early), (5, False, of, other), (5, True, same_of, same)]


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        (months(80, 82, 20), Verdict.REPETITION),
        (months(80, 30, 30), Verdict.OTHERWISE),
        (months(80, 30, 5), Verdict.OTHERWISE),
        (months(80, 79, 81), Verdict.NO_DROP),
        (months(80, 120, 120), Verdict.NO_DROP),
        (months(8, 2, 2, of=99), Verdict.TOO_FEW),
        ([], Verdict.TOO_FEW),
        ([(1, False, 1000, 80), (5, True, 1000, 20), (5, False, 50, 4)], Verdict.UNCLEAR),
        (months(80, 62, 40, of=1000, same_of=90), Verdict.NO_DROP),
        (months(100, 80, 70, of=1000, same_of=1000), Verdict.UNCLEAR),
    ],
)
def test_the_drop_is_put_down_to_what_the_numbers_show(rows: Rows, verdict: Verdict) -> None:
    assert drop.judge(rows).verdict == verdict


def test_the_sentence_has_the_numbers_in_it() -> None:
    said = drop.judge(months(80, 82, 20)).sentence

    assert "2.0 %" in said
    assert "8.2 %" in said
    assert "8.0 %" in said


def test_every_month_is_counted_once() -> None:
    found = drop.judge([(m, same, 10 * m, m) for m in range(1, 7) for same in (True, False)])

    assert [month.clicks.of for month in found.months] == [20, 40, 60, 80, 100, 120]
    assert found.early.of == found.early_same.of + found.early_other.of == 120
    assert found.late.of == found.late_same.of + found.late_other.of == 300
