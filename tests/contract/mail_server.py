"""A mail server over a real socket that misbehaves on demand, and remembers what it was told."""

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


class Drop:
    """Hang up instead of answering."""


class Reset(Drop):
    """Hang up as a crashed machine does."""


@dataclass
class Late:
    """Answer after some seconds."""

    seconds: float
    answer: str


Behaviour = str | Drop | Late

USUAL: dict[str, Behaviour] = {
    "greeting": "220 test",
    "MAIL": "250 2.1.0 Ok",
    "RCPT": "250 2.1.5 Ok",
    "DATA": "354 Go on",
    ".": "250 2.0.0 Kept",
    "RSET": "250 2.0.0 Ok",
    "NOOP": "250 2.0.0 Ok",
    "QUIT": "221 2.0.0 Bye",
}


@dataclass
class MailServer:
    """Use it as a context manager; it then listens on ``port`` of 127.0.0.1."""

    #: What it says instead of the usual, by command; "." is the end of a mail.
    says: dict[str, Behaviour] = field(default_factory=dict)
    extensions: tuple[str, ...] = ("PIPELINING", "8BITMIME")
    tls: ssl.SSLContext | None = None
    tls_at_once: bool = False
    #: Hang up when a connection has had so many mails, as busy servers do with idle ones.
    mails_per_connection: int = 1_000_000
    #: What it says before that.
    farewell: bytes = b""
    mails: list[bytes] = field(default_factory=list)
    mails_for_nobody: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        for connection in self._open:
            connection.close()

    def _start(self, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            # Replies to pipelined commands leave one by one; without this each waits for the last.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            self._open.append(connection)
            self._start(lambda connection=connection: self._talk(connection))  # type: ignore[misc]

    def _talk(self, connection: socket.socket) -> None:
        lines = _Lines(connection)
        try:
            if self.tls_at_once and self.tls:
                self._secure(lines, self.tls)
            if not self._answer(lines.connection, "greeting"):
                return
            for command in self._commands(lines):
                if not self._obey(command, lines):
                    return
        except OSError:
            return
        finally:
            lines.connection.close()

    def _secure(self, lines: "_Lines", tls: ssl.SSLContext) -> None:
        lines.secure(tls)
        self._open.append(lines.connection)

    def _commands(self, lines: "_Lines") -> Iterator[str]:
        mails = 0
        while line := lines.next():
            command = line.decode(errors="replace").strip()
            self.commands.append(command)
            if command == "STARTTLS" and self.tls:
                lines.connection.sendall(b"220 Ready\r\n")
                self._secure(lines, self.tls)
                continue
            yield command
            mails += command == "DATA"
            if mails >= self.mails_per_connection:
                lines.connection.sendall(self.farewell)
                return

    def _obey(self, command: str, lines: "_Lines") -> bool:
        connection = lines.connection
        verb = command.partition(" ")[0].upper()
        if verb == "EHLO" and verb not in self.says:
            offered = [*self.extensions]
            if self.tls and not isinstance(connection, ssl.SSLSocket):
                offered.append("STARTTLS")
            texts = ["test", *offered]
            marks = ["-"] * (len(texts) - 1) + [" "]
            said = "".join(f"250{mark}{text}\r\n" for mark, text in zip(marks, texts, strict=True))
            connection.sendall(said.encode())
            return True
        if not self._answer(connection, verb):
            return False
        accepted = str(self.says.get(verb, USUAL.get(verb, "500"))).startswith("2")
        if verb in {"MAIL", "RSET"}:
            lines.recipients = 0
        lines.recipients += accepted and verb == "RCPT"
        if verb == "DATA" and str(self.says.get("DATA", "354")).startswith("354"):
            return self._take_mail(lines)
        return verb != "QUIT"

    def _take_mail(self, lines: "_Lines") -> bool:
        mail = lines.mail()
        if mail is None:
            return False
        if not lines.recipients:
            self.mails_for_nobody.append(mail)
            lines.connection.sendall(b"554 5.5.1 No valid recipients\r\n")
            return True
        if not str(self.says.get(".", USUAL["."])).startswith(("4", "5")):
            self.mails.append(mail)
        return self._answer(lines.connection, ".")

    def _answer(self, connection: socket.socket, what: str) -> bool:
        behaviour = self.says.get(what, USUAL.get(what, "500 5.5.1 What?"))
        if isinstance(behaviour, Late):
            time.sleep(behaviour.seconds)
            behaviour = behaviour.answer
        if isinstance(behaviour, Drop):
            if isinstance(behaviour, Reset):
                linger = struct.pack("ii", 1, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            return False
        connection.sendall(behaviour.encode() + b"\r\n")
        return True


@dataclass
class _Lines:
    connection: socket.socket
    recipients: int = 0
    _buffer: bytes = b""

    def secure(self, tls: ssl.SSLContext) -> None:
        self._buffer = b""
        self.connection = tls.wrap_socket(self.connection, server_side=True)

    def next(self) -> bytes:
        while b"\n" not in self._buffer:
            received = self.connection.recv(65_536)
            if not received:
                return b""
            self._buffer += received
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line + b"\n"

    def mail(self) -> bytes | None:
        """Everything up to the final dot, with the dots at line starts undone."""
        lines = []
        while (line := self.next()) != b".\r\n":
            if not line:
                return None
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)
