"""Brings the database to the shape that this version needs."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from psycopg import sql

from warmbench.cli import start
from warmbench.core import postgres, schema

#: Any number, as long as it stays the same: two versions must not migrate at once.
MIGRATION_LOCK = 0x57A2B


def migrate() -> None:
    """Bring the database to this version.

    **warmbench run** does this by itself. On several machines, run it once before
    starting the new version; two at the same time wait for each other.

    Example: `warmbench migrate`
    """
    start.set_up()
    apply_migrations(verbosity=1)


def apply_migrations(*, verbosity: int = 0) -> None:
    """Apply what is missing, one process at a time."""
    with _alone():
        call_command("migrate", interactive=False, verbosity=verbosity)
        call_command("createcachetable", verbosity=verbosity)


@contextmanager
def _alone() -> Iterator[None]:
    # On a connection of its own: a migration may close Django's, and the lock with it.
    with postgres.connect() as lock:
        lock.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        yield


def rebuild_if_outdated() -> None:
    """Throw the demo's database away when other migrations made it. Its people are invented."""
    if not settings.DEMO or settings.DATABASE_URL:
        raise RuntimeError("Only the demo's own database is disposable.")
    postgres.ensure_running()
    made_by = settings.INSTANCE_FOLDER / "schema"
    now = schema.digest()
    if made_by.exists() and made_by.read_text() == now:
        return
    # What is remembered of the old one would say that the new one is a backup of it.
    for file in (settings.INSTANCE_FOLDER / "epoch", settings.JOURNAL):
        file.unlink(missing_ok=True)
    name = sql.Identifier(postgres.NAME)
    with postgres.connect("postgres") as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        server.execute(sql.SQL("CREATE DATABASE {}").format(name))
    made_by.write_text(now)
