"""A mail server that misbehaves as real ones do, and remembers what it really took."""

import asyncio
import random
import threading
from collections import Counter
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Sink:
    """Listens on a free port of this machine. Shares are of mails, drawn from ``seed``."""

    deferred: float = 0.02
    dropped_before: float = 0.01
    dropped_after: float = 0.03
    seconds_per_mail: float = 0.0
    seed: int = 1
    #: How often each Message-ID was taken for good.
    taken: Counter[str] = field(default_factory=Counter)
    #: Those of which the sender never heard that they were taken.
    unheard: set[str] = field(default_factory=set)
    port: int = 0

    def start(self) -> None:
        """Listen in a thread of its own until the process ends."""
        self._random = random.Random(self.seed)
        ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True).start()
        ready.wait()

    async def _serve(self, ready: threading.Event) -> None:
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, limit=10_000_000)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await server.serve_forever()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(b"220 sink\r\n")
            while line := await reader.readline():
                if not await self._answer(line.upper(), reader, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(
        self, line: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer one line. Returns whether the conversation goes on."""
        if line.startswith(b"EHLO"):
            writer.write(b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
        elif line.startswith(b"DATA"):
            writer.write(b"354 go on\r\n")
            return await self._take(await reader.readuntil(b"\r\n.\r\n"), writer)
        elif line.startswith(b"QUIT"):
            return False
        else:
            writer.write(b"250 ok\r\n")
        return True

    async def _take(self, mail: bytes, writer: asyncio.StreamWriter) -> bool:
        await asyncio.sleep(self.seconds_per_mail)
        fate = self._random.random()
        if fate < self.deferred:
            writer.write(b"451 4.3.0 try again later\r\n")
            return True
        if fate < self.deferred + self.dropped_before:
            return False
        message_id = _message_id(mail)
        self.taken[message_id] += 1
        if fate < self.deferred + self.dropped_before + self.dropped_after:
            self.unheard.add(message_id)
            return False
        writer.write(b"250 2.0.0 taken\r\n")
        return True


def _message_id(mail: bytes) -> str:
    start = mail.index(b"\r\nMessage-ID: ") + 14
    return mail[start : mail.index(b"\r\n", start)].decode()
