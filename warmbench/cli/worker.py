"""Runs the loops that do the work behind the pages, each in a thread of its own."""

import asyncio
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from threading import Event, Thread
from types import FrameType

import typer

from warmbench.cli import backup, loops, start
from warmbench.core.loops import repeat


def jobs(stop: Event) -> float:
    """Run queued jobs and what the calendar asks for, until ``stop`` is set."""
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    async def run() -> None:
        connector = app.connector
        if not isinstance(connector, DjangoConnector):
            raise TypeError("procrastinate is not set up with Django.")
        with app.replace_connector(connector.get_worker_connector()) as worker_app:
            async with worker_app.open_async():
                running = asyncio.ensure_future(
                    worker_app.run_worker_async(
                        concurrency=4,
                        install_signal_handlers=False,
                        shutdown_graceful_timeout=start.GRACE_SECONDS / 2,
                        fetch_job_polling_interval=2.0,
                    )
                )
                while not stop.is_set() and not running.done():
                    await asyncio.wait({running}, timeout=0.2)
                running.cancel()
                await asyncio.gather(running, return_exceptions=stop.is_set())

    asyncio.run(run())
    return 0.0


#: What a worker does. Each entry is called again and again with the stop event, and answers how
#: many seconds to wait before the next call: 0 when it found work, about 1 when it did not.
#: Add a loop here, and ``warmbench worker`` and ``warmbench run`` run it.
LOOPS: dict[str, Callable[[Event], float]] = {
    "planner": loops.planner,
    "sender": loops.sender,
    "signals": loops.signals,
    "notifications": loops.notifications,
    "subscriptions": loops.subscriptions,
    "inbound": loops.inbound,
    "inboxes": loops.inboxes,
    "reception": loops.reception,
    "ats": loops.ats,
    "ats-events": loops.ats_events,
    "ats-writes": loops.ats_writes,
    "scheduling": loops.scheduling,
    "model": loops.model,
    "jobs": jobs,
    "catcher": loops.catcher,
}
#: What a worker does unless it is told: all but what only the demo has.
USUAL = tuple(name for name in LOOPS if name != "catcher")


def serve(only: list[str], *, parent: int = 0) -> None:
    """Run the loops until SIGTERM or Ctrl-C; as a child of ``parent``, no longer than it lives."""
    unknown = set(only) - set(LOOPS)
    if unknown:
        raise typer.BadParameter(
            f"There is no loop {', '.join(sorted(unknown))}. There is: {', '.join(LOOPS)}."
        )
    # A plain list, not the event itself: a handler that runs while the event's own lock is
    # held would wait for it for ever.
    asked_to_stop: list[int] = []

    def ask_to_stop(number: int, _: FrameType | None) -> None:
        asked_to_stop.append(number)

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    start.set_up()
    backup.notice()
    if parent:
        start.end_with(parent)

    stop = threading.Event()
    threads = [
        Thread(
            target=repeat,
            args=[partial(LOOPS[name], stop)],
            kwargs={"name": name, "stop": stop},
            name=name,
            daemon=True,
        )
        for name in only or USUAL
    ]
    for thread in threads:
        thread.start()
    while not asked_to_stop and all(thread.is_alive() for thread in threads):
        time.sleep(0.2)
    stop.set()
    deadline = time.monotonic() + start.GRACE_SECONDS
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    if not asked_to_stop:
        raise typer.Exit(1)  # A loop ended by itself: the supervisor starts a new worker.
