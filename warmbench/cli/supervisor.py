"""Keeps processes alive: what dies is started again, and all end together."""

import logging
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import BinaryIO

from warmbench.cli.start import GRACE_SECONDS
from warmbench.core import postgres

logger = logging.getLogger(__name__)

#: A process that has lived this long is healthy: its next death counts as its first.
HEALTHY_SECONDS = 60.0
LONGEST_PAUSE = 30.0
#: How often the database is asked whether it is there.
DATABASE_SECONDS = 1.0


@dataclass(kw_only=True)
class Child:
    """One process that is kept alive."""

    name: str
    #: Arguments of the ``warmbench`` command.
    arguments: list[str]
    log: BinaryIO | None = None
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started_at: float = 0.0
    next_start_at: float = 0.0

    def keep_alive(self) -> None:
        """Start it if it is not running and its pause is over."""
        moment = time.monotonic()
        if self.process:
            code = self.process.poll()
            if code is None:
                return
            self.process = None
            if moment - self.started_at > HEALTHY_SECONDS:
                self.deaths = 0
            pause = min(0.5 * 2**self.deaths, LONGEST_PAUSE)
            self.deaths += 1
            self.next_start_at = moment + pause
            logger.warning(
                "process ended", extra={"child": self.name, "code": code, "next_start_in": pause}
            )
        if moment >= self.next_start_at:
            self.started_at = moment
            self.process = subprocess.Popen(
                [sys.executable, "-m", "warmbench.cli", *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=self.log,
                stderr=self.log,
                # Its own session: Ctrl-C reaches the supervisor, which ends all in order.
                start_new_session=True,
            )

    def signal(self, number: int) -> None:
        """Send it a signal, if it runs."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)

    def is_running(self) -> bool:
        """Whether the process lives now."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Runs children until it is told to stop."""

    def __init__(self, commands: dict[str, list[str]], *, log: BinaryIO | None = None) -> None:
        self.children = [
            Child(name=name, arguments=arguments, log=log) for name, arguments in commands.items()
        ]
        self._signals: list[int] = []
        self._database_asked_at = 0.0

    def run(self, *, on_start: Callable[[], bool]) -> None:
        """Keep all children alive until SIGTERM or Ctrl-C. A second Ctrl-C does not wait.

        ``on_start`` is called again and again until it answers that the start is complete.
        """
        signal.signal(signal.SIGTERM, self._note)
        signal.signal(signal.SIGINT, self._note)
        started = False
        try:
            while not self._signals:
                self._keep_database()
                for child in self.children:
                    child.keep_alive()
                started = started or on_start()
                time.sleep(0.1)
        finally:
            self._end()

    def _note(self, number: int, _: FrameType | None) -> None:
        self._signals.append(number)

    def _keep_database(self) -> None:
        moment = time.monotonic()
        if moment - self._database_asked_at < DATABASE_SECONDS:
            return
        self._database_asked_at = moment
        try:
            postgres.ensure_running()
        except postgres.PostgresError as error:
            logger.error("database not available", extra={"reason": str(error)})  # noqa: TRY400

    def _end(self) -> None:
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while any(child.is_running() for child in self.children):
            if time.monotonic() > deadline or len(self._signals) > 1:
                for child in self.children:
                    child.signal(signal.SIGKILL)
            time.sleep(0.05)
