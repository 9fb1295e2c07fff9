"""Counts the work of a call, so that tests on hostile input never depend on how busy a machine is.

What is counted are calls of functions, of Python's own as well: the same each time. Within one
search of a pattern nothing is counted; so what patterns are given has to be of bounded length,
which tests of it say apart.
"""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

#: Twice the input may take so many times the work. What grows quadratically takes four times.
LINEAR = 2.5


def calls(work: Callable[[], object]) -> int:
    """How many calls of functions it takes. What is loaded once has to be loaded by then."""
    count = 0

    def counted(frame: FrameType, event: str, arg: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def growth(work: Callable[[int], object], size: int) -> float:
    """How much more work twice the size is, as a factor."""
    work(size)
    return calls(lambda: work(2 * size)) / calls(lambda: work(size))
