"""Brings a command to the point where it can work: settings, database, Django."""

import io
import os
import signal
import threading
import time

import django
from django.core.management import call_command

from warmbench.core import garbage, postgres

#: How long a process may take to end in order after the one that started it is gone.
GRACE_SECONDS = 20


def configure(**variables: str) -> None:
    """Set environment variables for this process and those that it starts, unless they are set.

    Only before the settings are first read.
    """
    for name, value in variables.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warmbench.settings")


def forget(*names: str) -> None:
    """Remove environment variables for this process and those that it starts."""
    for name in names:
        os.environ.pop(name, None)


def set_up() -> None:
    """Start the database and Django, and refuse settings that do not fit together."""
    configure()
    postgres.ensure_running()
    django.setup()
    call_command("check", stdout=io.StringIO())
    garbage.collect_rarely()


def end_with(parent: int) -> None:
    """End this process when ``parent`` is gone: after its ``kill -9`` nobody else would."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
