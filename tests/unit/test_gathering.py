"""Work that is done for many callers at once: everybody gets their own answer, and nobody is
left waiting."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from warmbench.core.gathering import Gathering


def test_everybody_gets_their_own_answer() -> None:
    batches: list[int] = []

    def square(numbers: list[int]) -> list[int]:
        batches.append(len(numbers))
        return [number * number for number in numbers]

    gathering = Gathering(square, most=5)
    with ThreadPoolExecutor(16) as callers:
        answers = list(callers.map(gathering.ask, range(500)))

    assert answers == [number * number for number in range(500)]
    assert sum(batches) == 500
    assert max(batches) <= 5


def test_whoever_comes_meanwhile_is_served_together() -> None:
    begun, go_on = Event(), Event()
    batches: list[list[int]] = []

    def slowly(numbers: list[int]) -> list[int]:
        batches.append(numbers)
        begun.set()
        go_on.wait(10)
        return numbers

    gathering = Gathering(slowly, most=100)
    with ThreadPoolExecutor(8) as callers:
        first = callers.submit(gathering.ask, 0)
        begun.wait(10)
        others = [callers.submit(gathering.ask, number) for number in range(1, 8)]
        while len(gathering._waiting) < 7:
            pass
        go_on.set()
        assert [one.result(10) for one in (first, *others)] == list(range(8))

    assert batches[0] == [0]
    assert sorted(batches[1]) == list(range(1, 8))


def test_a_failure_is_told_to_all_whom_it_concerns_and_to_nobody_else() -> None:
    ready = Barrier(6)

    def fail_at_odd(numbers: list[int]) -> list[int]:
        if any(number % 2 for number in numbers):
            raise ValueError("odd")
        return numbers

    gathering = Gathering(fail_at_odd, most=1)

    def ask(number: int) -> int | str:
        ready.wait(10)
        try:
            return gathering.ask(number)
        except ValueError as error:
            return str(error)

    with ThreadPoolExecutor(6) as callers:
        assert list(callers.map(ask, range(6))) == [0, "odd", 2, "odd", 4, "odd"]
    assert gathering.ask(8) == 8
    with pytest.raises(ValueError, match="odd"):
        gathering.ask(9)
