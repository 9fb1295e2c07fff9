"""Gives each run of the tests a database of its own, on the embedded server."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.worker import Worker
from psycopg import sql

from warmbench.core import garbage, postgres, schema
from warmbench.core.environment import make_folder

#: Modules with a single test that takes about a minute.
LONGEST = {"test_chaos.py", "test_forecast_exactness.py", "test_year.py", "test_message_states.py"}

#: How many runs may share one data folder at the same time.
SLOTS = 16


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: begun last, it would let all cores but one be idle."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


def pytest_collection_finish() -> None:
    """Leave alone the tests themselves, a million objects, whenever garbage is looked for."""
    garbage.collect_rarely()


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """Start the server, only now that a test wants it, and choose this run's database."""
    postgres.ensure_running()
    with _slot() as slot:
        prefix = f"test_warmbench_{slot}_"
        name = f"{prefix}{schema.digest()}"
        _drop_databases_of_other_migrations(prefix, keep=name)
        connection.settings_dict["TEST"]["NAME"] = name
        yield


@contextmanager
def _slot() -> Iterator[int]:
    """A number that no other run has: two runs at once would empty each other's tables."""
    folder = make_folder(settings.INSTANCE_FOLDER)
    for slot in range(SLOTS):
        with (folder / f"slot-{slot}.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield slot
            return
    pytest.exit(f"{SLOTS} runs of the tests are going on already: wait for one to end.")


def _drop_databases_of_other_migrations(prefix: str, *, keep: str) -> None:
    with postgres.connect("postgres") as server:
        names = server.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) AND datname <> %s",
            [prefix, keep],
        )
        for (name,) in names.fetchall():
            server.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )


@pytest.fixture(autouse=True)
def _database_until_the_end(request: pytest.FixtureRequest) -> None:
    """What other fixtures tidy up in the database, they do before it is emptied and closed."""
    marker = request.node.get_closest_marker("django_db")
    commits = {"transactional_db", "live_server"} & set(request.fixturenames)
    if commits or (marker and marker.kwargs.get("transaction")):
        request.getfixturevalue("transactional_db")


@pytest.fixture
def jobs(db: None) -> Callable[[], list[str]]:
    """The names of the jobs that wait in the queue, oldest first."""

    def waiting() -> list[str]:
        todo = ProcrastinateJob.objects.filter(status="todo").order_by("id")
        return list(todo.values_list("task_name", flat=True))

    return waiting


@pytest.fixture
def work(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Run every waiting job, and the jobs that those queue, in a real worker.

    What is done every night is not: at three in the morning it would tidy away what tests made
    months ago by their own clock.
    """
    monkeypatch.setattr(app.periodic_registry, "periodic_tasks", {})

    def run() -> None:
        assert isinstance(app.connector, DjangoConnector)
        with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
            worker_app.run_worker(
                wait=False,
                install_signal_handlers=False,
                listen_notify=False,
                task_middleware=[_with_a_connection_of_its_own],
            )

    return run


def _with_a_connection_of_its_own(
    job: Callable[[], Any], context: JobContext, worker: Worker
) -> Any:
    """The threads of a worker end with it, and would leave their connections open."""
    try:
        return job()
    finally:
        connections.close_all()
