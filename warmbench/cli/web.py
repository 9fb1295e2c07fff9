"""Serves the pages with Granian."""

import logging
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from warmbench.cli import start
from warmbench.core import postgres


def serve(host: str, port: int, *, parent: int = 0) -> None:
    """Serve until SIGTERM or Ctrl-C; as the child of ``parent``, no longer than it lives."""
    postgres.ensure_running()
    if parent:
        start.end_with(parent)
    Granian(
        f"{__name__}:application",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=settings.WEB_WORKERS,
        blocking_threads=settings.WEB_THREADS,
        http=HTTPModes.http1,
        websockets=False,
        # A worker that a request killed must not take the other one with it.
        respawn_failed_workers=True,
        respawn_interval=1.0,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
        log_dictconfig=_logging(),
    ).serve()


def _logging() -> dict[str, Any]:
    """Granian's own lines in our form; it would otherwise replace our logging with its own."""
    granian = {"level": "WARNING", "filters": ["granian"]}
    return settings.LOGGING | {
        "filters": {"granian": {"()": f"{__name__}.NotOfThreads"}},
        "loggers": settings.LOGGING["loggers"] | {"_granian": granian},
    }


class NotOfThreads(logging.Filter):
    """Leaves out that there are more threads than processors: most of them wait for a commit."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a line is to be written."""
        return "Python threads" not in record.getMessage()


def application() -> Callable[..., Iterable[bytes]]:
    """What each of Granian's workers serves."""
    start.end_with(os.getppid())
    from warmbench import wsgi

    # The words and models that texts are read by take seconds to load, and nobody should wait for
    # them who writes the first note.
    threading.Thread(target=_load, name="load", daemon=True).start()
    return wsgi.application


def _load() -> None:
    from warmbench.core import clock
    from warmbench.insight import extraction, reading
    from warmbench.insight.kinds import SourceKind

    text = "She lives in Berlin, knows Python and would like 80k."
    extraction.extract(reading.read(text, kind=SourceKind.NOTE, said_on=clock.now().date()))
