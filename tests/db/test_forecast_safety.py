"""A forecast touches nothing live: PostgreSQL itself sees to it."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import NoReturn

import pytest
from django.db import InternalError, transaction

from tests import crowd
from tests.make import NOW
from warmbench.core import postgres, sql
from warmbench.nurture.forecast import asking, people, run, scratch
from warmbench.nurture.forecast.asking import Question
from warmbench.nurture.forecast.assumptions import Assumptions
from warmbench.nurture.forecast.engine import Course
from warmbench.nurture.models import Forecast, ForecastTouch
from warmbench.people.models import Candidate

pytestmark = pytest.mark.django_db(transaction=True)

DAYS = 40
BUSY = Assumptions(replies=0.1, clicks=0.3)


def ask(days: int = DAYS, assumptions: Assumptions = BUSY) -> Forecast:
    question = Question(scope=Forecast.Scope.EVERYTHING, days=days, assumptions=assumptions)
    return asking.note(question, by_id=None, now=NOW)


@contextmanager
def opened(asked: Forecast, shadows: dict[str, str] | None = None) -> Iterator[scratch.Scratch]:
    question, values = people.chosen(asked)
    shadows = dict(scratch.SHADOWS) if shadows is None else shadows
    with scratch.opened(asked.pk, question, values, shadows) as found:
        yield found


def live_through(asked: Forecast, days: int = DAYS) -> None:
    until = asked.since + timedelta(days=days)
    Course(asked.since, until, Assumptions.from_json(asked.assumptions), _nobody).run()


def _nobody(_: datetime) -> None: ...


def everything() -> dict[str, str]:
    """A digest of every table but those of the forecasts themselves."""
    tables = sql.run(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    ).fetchall()
    digests = {}
    for (table,) in tables:
        if not table.startswith("forecast"):
            question = (
                f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM public.{table} t"
            )
            [(digests[table],)] = sql.run(question).fetchall()
    return digests


def sessions() -> int:
    sql.run("SELECT pg_stat_clear_snapshot()")
    question = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    return int(sql.run(question).fetchall()[0][0])


def test_nothing_changes_but_the_forecast(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd.settle(60)
    asked = ask()
    before, in_use = everything(), sessions()

    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("A forecast opened a socket.")

    # The database's own is not Python's.
    with monkeypatch.context() as patched:
        patched.setattr(socket, "socket", refuse)
        run.run(asked.pk, clock=lambda: NOW)

    asked.refresh_from_db()
    assert asked.state == Forecast.State.DONE
    assert asked.result["messages"] > 30
    assert everything() == before
    # Jobs are among them: none was queued.
    assert "procrastinate_jobs" in before
    assert sessions_end_at(in_use)


def test_nobody_waits_for_a_forecast_and_it_for_nobody() -> None:
    crowd.settle(40)
    asked = ask()
    with closing(postgres.connect(_database())) as other, opened(asked):
        other.execute("BEGIN")
        for table in scratch.SHADOWS:
            other.execute(f"SELECT FROM {table} FOR UPDATE NOWAIT")
        # If it wanted a single one of these rows, it would give up.
        sql.run("SET lock_timeout = '1ms'")
        live_through(asked)
        [(sent,)] = sql.run("SELECT count(*) FROM message WHERE state = 'sent'").fetchall()
        other.execute("ROLLBACK")
    assert sent > 20


#: What certainly is written to, or locked, in forty days.
NEEDED = (
    "candidate", "enrollment", "message", "attempt", "decision", "content_use", "sender",
    "pool_member", "pool", "signal", "warmth",
)  # fmt: skip


@pytest.mark.parametrize("forgotten", NEEDED)
def test_a_table_that_was_forgotten_cannot_be_harmed(forgotten: str) -> None:
    crowd.settle(30)
    asked = ask()
    before = everything()
    rest = {table: rows for table, rows in scratch.SHADOWS.items() if table != forgotten}

    with pytest.raises(InternalError, match="read-only transaction"), opened(asked, rest):
        live_through(asked)

    assert everything() == before


def test_its_session_ends_whatever_happens() -> None:
    crowd.settle(20)
    asked, in_use = ask(), sessions()
    with pytest.raises(ZeroDivisionError):
        break_off(asked, in_use)
    assert sessions_end_at(in_use)


def break_off(asked: Forecast, in_use: int) -> NoReturn:
    with opened(asked):
        assert sessions() == in_use + 1
        raise ZeroDivisionError


def sessions_end_at(count: int) -> bool:
    """Whether so many are left; a server process takes a moment to end."""
    for _ in range(100):
        if sessions() == count:
            return True
        time.sleep(0.02)
    return False


def test_what_is_written_outside_the_copies_is_refused() -> None:
    crowd.settle(10)
    with opened(ask()):
        with pytest.raises(InternalError, match="read-only"), transaction.atomic():
            sql.run("UPDATE organisation SET name = ''")
        with pytest.raises(InternalError, match="read-only"), transaction.atomic():
            sql.run("SELECT procrastinate_defer_jobs_v1(ARRAY[]::procrastinate_job_to_defer_v1[])")
        with pytest.raises(InternalError, match="read-only"), transaction.atomic():
            sql.run("SELECT FROM public.candidate FOR UPDATE")
        assert Candidate.objects.update(first_name="Scratch") == 10
    assert not Candidate.objects.filter(first_name="Scratch").exists()


def test_of_people_who_are_being_erased_nothing_is_kept() -> None:
    crowd.settle(30)
    asked = ask()
    gone = Candidate.objects.order_by("pk")[3]
    with closing(postgres.connect(_database())) as other:
        other.execute("BEGIN")
        other.execute("SELECT FROM candidate WHERE id = %s FOR UPDATE", [gone.pk])
        run.run(asked.pk, clock=lambda: NOW)
        other.execute("ROLLBACK")
    kept = ForecastTouch.objects.filter(forecast=asked)
    assert kept.exists()
    assert not kept.filter(candidate=gone).exists()


def test_a_mistake_is_said_and_raised() -> None:
    crowd.settle(10)
    asked = ask()
    Forecast.objects.filter(pk=asked.pk).update(assumptions={"replies": "many"})
    with pytest.raises(TypeError):
        run.run(asked.pk, clock=lambda: NOW)
    asked.refresh_from_db()
    assert asked.state == Forecast.State.FAILED
    assert "mistake in the program" in asked.error


def _database() -> str:
    return str(sql.run("SELECT current_database()").fetchall()[0][0])
