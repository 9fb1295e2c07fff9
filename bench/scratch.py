"""A database of its own for every benchmark, on an embedded server of its own."""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

os.environ.setdefault("WARMBENCH_INSTANCE", "bench")
# Only what calls itself the demo's may be thrown away.
os.environ["WARMBENCH_DEMO"] = "1"
os.environ.pop("DATABASE_URL", None)
os.environ.pop("DATABASE_URL_FILE", None)
os.environ.setdefault("WARMBENCH_LOG_LEVEL", "WARNING")

from warmbench.cli import database, start
from warmbench.core import garbage, postgres, sql


def begin() -> None:
    """Start Django on the database as the last benchmark left it."""
    start.configure()
    import django

    django.setup()
    postgres.ensure_running()


def prepare() -> None:
    """Start Django on an empty, migrated database. What was in it is lost."""
    if not os.environ["WARMBENCH_INSTANCE"].startswith("bench"):
        raise SystemExit("A benchmark empties its database: name it bench-something, not another.")
    begin()
    from django.conf import settings

    (settings.INSTANCE_FOLDER / "schema").unlink(missing_ok=True)
    database.rebuild_if_outdated()
    database.apply_migrations()
    garbage.collect_rarely()
    # Measured as it is run: every commit waits for the disk.
    print("fsync:", *sql.run("SHOW fsync").fetchall())


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say how long the block took."""
    began = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - began:.2f} s")


def median_ms(action: Callable[[], object], times: int) -> float:
    """The median of so many runs, in milliseconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        action()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1000
