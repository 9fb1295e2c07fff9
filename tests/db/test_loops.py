"""A loop goes on, whatever its work does."""

import logging
from threading import Event, Thread

import pytest

from warmbench.core.loops import repeat


def run(work: "Work", stop: Event) -> None:
    # In a thread of its own, as in a worker: a loop closes its thread's connections.
    thread = Thread(target=repeat, args=[work], kwargs={"name": "tried", "stop": stop})
    thread.start()
    thread.join(timeout=20)
    assert not thread.is_alive()


class Work:
    """Fails as often as it is told to, then does its work and asks to stop."""

    def __init__(self, stop: Event, *, failures: int) -> None:
        self.stop = stop
        self.failures = failures
        self.calls = 0

    def __call__(self) -> float:
        self.calls += 1
        if self.calls <= self.failures:
            raise RuntimeError("The work could not be done.")
        self.stop.set()
        return 30.0


def test_a_failure_is_logged_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    stop = Event()
    work = Work(stop, failures=1)
    with caplog.at_level(logging.ERROR):
        run(work, stop)
    assert work.calls == 2
    assert [record.getMessage() for record in caplog.records] == ["loop failed"]


def test_a_long_pause_ends_when_asked_to_stop() -> None:
    stop = Event()
    run(Work(stop, failures=0), stop)


def test_a_stopped_loop_does_nothing() -> None:
    stop = Event()
    stop.set()
    work = Work(stop, failures=0)
    run(work, stop)
    assert work.calls == 0
