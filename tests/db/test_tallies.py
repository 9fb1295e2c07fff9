"""What would take a page too long is counted beside it, and remembered."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.make import NOW
from warmbench.core import sql, tallies

answers: list[str] = []


@tallies.question("test_slow")
def _slow(seconds: str, *, now: object) -> int:
    answers.append(seconds)
    sql.run("SELECT pg_sleep(%(s)s::float8)", {"s": seconds})
    return len(answers)


@pytest.fixture(autouse=True)
def nothing_asked(db: None) -> None:
    answers.clear()


def waiting() -> int:
    return ProcrastinateJob.objects.filter(task_name="core.count", status="todo").count()


def test_a_quick_answer_is_always_of_now() -> None:
    first, second = (tallies.of("test_slow", "0", now=NOW) for _ in range(2))
    assert first is not None
    assert second is not None
    assert (first.answer, second.answer, second.is_old) == (1, 2, False)
    assert not waiting()


def test_a_slow_one_is_looked_for_beside_the_page_once() -> None:
    assert tallies.of("test_slow", "0.3", now=NOW) is None
    assert tallies.of("test_slow", "0.3", now=NOW) is None
    assert waiting() == 1


def test_it_is_shown_from_then_on_and_renewed_when_it_is_old() -> None:
    tallies.count("test_slow", "0.2", now=NOW)
    shown = tallies.of("test_slow", "0.2", now=NOW + timedelta(minutes=4))
    assert shown is not None
    assert (shown.answer, shown.at, shown.is_old) == (1, NOW, True)
    assert not waiting()
    assert tallies.of("test_slow", "0.2", now=NOW + timedelta(minutes=6)) == shown
    assert waiting() == 1


def test_other_words_are_another_question() -> None:
    tallies.count("test_slow", "0.2", now=NOW)
    assert tallies.of("test_slow", "0.25", now=NOW) is None


def test_the_limit_ends_with_the_question() -> None:
    tallies.of("test_slow", "0", now=NOW)
    assert sql.run("SHOW statement_timeout").fetchone() == ("0",)
