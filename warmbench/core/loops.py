"""Repeats a piece of work until it is told to stop, whatever happens to it or to the database."""

import logging
from collections.abc import Callable
from threading import Event

from django.db import connections

from warmbench.core import postgres

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 30.0


def repeat(work: Callable[[], float], *, name: str, stop: Event) -> None:
    """Call ``work`` until ``stop`` is set. It answers how many seconds to wait before the next.

    When it raises, the error is logged, a dead embedded database is started again, and
    ``work`` is called on a new connection after a pause that doubles each time.
    """
    failures = 0
    while not stop.is_set():
        try:
            pause = work()
        except Exception:
            failures += 1
            pause = min(0.5 * 2**failures, LONGEST_PAUSE)
            logger.exception("loop failed", extra={"loop": name, "next_try_in": pause})
            _mend_database()
        else:
            failures = 0
        stop.wait(pause)
    connections.close_all()


def _mend_database() -> None:
    connections.close_all()
    try:
        postgres.ensure_running()
    except postgres.PostgresError as error:
        logger.error("database not available", extra={"reason": str(error)})  # noqa: TRY400
