"""Understands mails in a process of their own: what hangs or eats memory there harms nobody."""

import multiprocessing
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from warmbench.core.fence import attempt
from warmbench.messaging.inbound import words
from warmbench.messaging.inbound.understanding import Understanding, understand

#: Seconds for one mail (rules.md D17).
TIME_BOX = 2.0
#: Seconds until a new process must be able to begin.
_START = 30.0
#: Bytes of memory that reading a mail may take.
_MEMORY = 2 << 30


class UnreadableError(Exception):
    """The mail could not be understood. The message is for the person who looks at it."""


class Reader:
    """A process that understands one mail after the other, and is replaced when it fails."""

    def __init__(self) -> None:
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None

    def understand(
        self, raw: bytes, *, envelope_to: str, now: datetime, time_box: float = TIME_BOX
    ) -> Understanding:
        """What the mail tells. Raises UnreadableError."""
        pipe = self._started()
        try:
            pipe.send((raw, envelope_to, now))
            answer = pipe.recv() if pipe.poll(time_box) else None
        except (OSError, EOFError) as error:
            self.close()
            raise UnreadableError("Reading it ended the process that tried.") from error
        if answer is None:
            self.close()
            raise UnreadableError(f"Reading it took longer than {time_box:g} seconds.")
        if isinstance(answer, Understanding):
            return answer
        raise UnreadableError(f"Reading it failed ({answer}).")

    def close(self) -> None:
        """End the process."""
        if self._process and self._pipe:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._pipe.close()
        self._process = self._pipe = None

    def _started(self) -> Connection:
        if self._process and self._pipe and self._process.is_alive():
            return self._pipe
        self.close()
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_read, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        if not self._pipe.poll(_START):
            self.close()
            raise UnreadableError("The process that reads mails did not start.")
        self._pipe.recv()
        return self._pipe


@contextmanager
def reader() -> Iterator[Reader]:
    """A reader that ends with the block."""
    made = Reader()
    try:
        yield made
    finally:
        made.close()


def _read(pipe: Connection) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, most))
    # What the judges learnt takes a second to load: none of that is the first mail's fault.
    words.judge("Hello", channel="mail", today=date.min)
    pipe.send("ready")
    while True:
        try:
            raw, envelope_to, now = pipe.recv()
        except EOFError:
            return
        answer = attempt(understand, raw, envelope_to=envelope_to, now=now)
        # Only the kind of fault: its words may quote the mail.
        pipe.send(type(answer).__name__ if isinstance(answer, Exception) else answer)
