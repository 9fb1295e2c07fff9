"""Jobs of dead workers are tried again; finished ones go."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from warmbench.core import events


@dataclass(frozen=True, kw_only=True)
class BellRang(events.Event):
    pass


def open_the_door(event: BellRang) -> None:
    pass


@pytest.fixture(autouse=True)
def _the_door(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reaction of these tests only: others read what the product registers."""
    monkeypatch.setattr(events, "_reactions", defaultdict(dict))
    events.on(BellRang)(open_the_door)


def job() -> int:
    return events.react.defer(kind="BellRang", reaction="open_the_door", fields={})


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def status(pk: int) -> str | None:
    return ProcrastinateJob.objects.filter(pk=pk).values_list("status", flat=True).first()


def test_the_job_of_a_dead_worker_is_tried_again(
    transactional_db: None, work: Callable[[], None]
) -> None:
    sql(
        "INSERT INTO procrastinate_workers (id, last_heartbeat) OVERRIDING SYSTEM VALUE"
        " VALUES (1000001, now() - interval '2 minutes'), (1000002, now())"
    )
    dead, alive = job(), job()
    sql(f"UPDATE procrastinate_jobs SET status='doing', worker_id=1000001 WHERE id={dead}")
    sql(f"UPDATE procrastinate_jobs SET status='doing', worker_id=1000002 WHERE id={alive}")

    app.configure_task("core.retry_stalled").defer(timestamp=0)
    work()

    assert status(dead) == "succeeded"
    assert status(alive) == "doing"
    sql("DELETE FROM procrastinate_workers")


def test_finished_jobs_go_after_a_week_and_failed_ones_stay(
    transactional_db: None, work: Callable[[], None]
) -> None:
    old, fresh, failed = job(), job(), job()
    sql(f"UPDATE procrastinate_jobs SET status='succeeded' WHERE id IN ({old}, {fresh})")
    sql(f"UPDATE procrastinate_jobs SET status='failed' WHERE id = {failed}")
    sql(
        "UPDATE procrastinate_events SET at = now() - interval '8 days'"
        f" WHERE job_id IN ({old}, {failed})"
    )

    app.configure_task("core.remove_finished").defer(timestamp=0)
    work()

    assert status(old) is None
    assert status(fresh) == "succeeded"
    assert status(failed) == "failed"


def test_upkeep_runs_by_itself() -> None:
    assert app.periodic_registry.periodic_tasks.keys() >= {
        ("core.retry_stalled", ""),
        ("core.remove_finished", ""),
    }
