"""Runs the mail catcher that stands for the outside world, and points all senders at it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from warmbench.integrations.mail import catcher
from warmbench.messaging.models import Sender

HOST = "127.0.0.1"


def catch(stop: threading.Event, *, ready: threading.Event | None = None) -> None:
    """Catch mails until ``stop`` is set, on whatever port is free."""

    def point_senders_here(port: int) -> None:
        Sender.objects.filter(security=Sender.Security.NONE).update(host=HOST, port=port)
        connection.close()
        if ready:
            ready.set()

    def in_a_thread(port: int) -> None:
        # The catcher says so in its event loop, where Django refuses to ask the database.
        threading.Thread(target=point_senders_here, args=[port]).start()

    catcher.serve(HOST, 0, stop, on_ready=in_a_thread)


@contextmanager
def running() -> Iterator[None]:
    """Catch mails in a thread of this process for the length of the block."""
    stop, ready = threading.Event(), threading.Event()

    def serve() -> None:
        try:
            catch(stop, ready=ready)
        finally:
            connection.close()

    thread = threading.Thread(target=serve, name="catcher")
    thread.start()
    ready.wait(10)
    try:
        yield
    finally:
        stop.set()
        thread.join()
