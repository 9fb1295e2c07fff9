"""An IMAP server over a real socket that misbehaves on demand. It knows what we ask, no more."""

import contextlib
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass
class ImapServer:
    """Use it as a context manager; it then listens on ``port`` of 127.0.0.1."""

    #: The mails of its only folder, by their numbers.
    mails: dict[int, bytes] = field(default_factory=dict)
    uid_validity: int = 1
    capabilities: str = "IMAP4rev1 IDLE"
    #: Asked before each command, with its words: what it returns is said instead of the usual
    #: answer, and None lets that be. It may raise ``HangUpError``.
    instead: Callable[[str, str], str | None] = lambda _tag, _command: None
    #: Sizes that it claims, where they are not true.
    sizes: dict[int, int] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    _open: list[socket.socket] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)

    class HangUpError(Exception):
        """Raise it to hang up, after these bytes."""

        def __init__(self, last: bytes = b"") -> None:
            super().__init__()
            self.last = last

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
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

    def asked(self, word: str) -> list[str]:
        """The commands with this word in them."""
        return [command for command in self.commands if word in command]

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
            self.connections += 1
            self._open.append(connection)
            self._start(lambda connection=connection: self._talk(connection))  # type: ignore[misc]

    def _talk(self, connection: socket.socket) -> None:
        lines = connection.makefile("rb")
        idles = ""
        try:
            connection.sendall(f"* OK [CAPABILITY {self.capabilities}] ready\r\n".encode())
            while line := lines.readline().decode(errors="replace").strip():
                if line == "DONE":
                    connection.sendall(f"{idles} OK done\r\n".encode())
                    continue
                tag, _, command = line.partition(" ")
                self.commands.append(command)
                said = self.instead(tag, command)
                connection.sendall(self._usual(tag, command) if said is None else said.encode())
                idles = tag
        except self.HangUpError as drop:
            with contextlib.suppress(OSError):
                connection.sendall(drop.last)
        except OSError:
            pass
        finally:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            lines.close()
            connection.close()

    def _usual(self, tag: str, command: str) -> bytes:
        done = f"{tag} OK done\r\n".encode()
        answers: dict[str, Callable[[str], bytes]] = {
            "CAPABILITY": lambda _: f"* CAPABILITY {self.capabilities}\r\n".encode(),
            "EXAMINE": self._examined,
            "UID SEARCH": self._found,
            "UID FETCH": self._fetched,
            "LOGOUT": lambda _: b"* BYE bye\r\n",
        }
        if command == "IDLE":
            return b"+ idling\r\n"
        told = (say(command) for verb, say in answers.items() if command.startswith(verb))
        return next(told, b"") + done

    def _examined(self, _command: str) -> bytes:
        return (
            f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.uid_validity}] ok\r\n"
            f"* OK [UIDNEXT {max(self.mails, default=0) + 1}] ok\r\n"
        ).encode()

    def _found(self, command: str) -> bytes:
        found = list(self.mails)
        if first := re.search(r"UID (\d+):", command):
            found = [uid for uid in found if uid >= int(first[1])] or found[-1:]
        return f"* SEARCH {' '.join(map(str, found))}\r\n".encode()

    def _fetched(self, command: str) -> bytes:
        wanted = [int(uid) for uid in command.split()[2].split(",")]
        answers: list[bytes] = []
        for at, (uid, raw) in enumerate(self.mails.items(), 1):
            if uid not in wanted:
                continue
            said = f"UID {uid} RFC822.SIZE {self.sizes.get(uid, len(raw))}"
            said += ' INTERNALDATE "03-Mar-2026 08:00:00 +0000"'
            head = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            is_whole = "BODY.PEEK[]" in command
            body = raw if is_whole else head
            if most := re.search(r"<0\.(\d+)>", command):
                body = body[: int(most[1])]
            name = "BODY[]<0>" if is_whole else "BODY[HEADER]<0>"
            answers += [f"* {at} FETCH ({said} {name} {{{len(body)}}}\r\n".encode(), body, b")\r\n"]
        return b"".join(answers)
