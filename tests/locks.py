"""Waits for others to wait, so that a test of two at once has them meet at one point."""

import time
from concurrent.futures import Future

from warmbench.core import sql

_WAITING = """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def until_waiting(count: int = 1, *, or_done: Future[None] | None = None) -> None:
    """Go on as soon as so many wait for a lock of somebody else."""
    for _ in range(500):
        sql.run("SELECT pg_stat_clear_snapshot()")
        if sql.run(_WAITING).fetchall()[0][0] >= count or (or_done and or_done.done()):
            return
        time.sleep(0.02)
    raise AssertionError("Nobody waits.")
