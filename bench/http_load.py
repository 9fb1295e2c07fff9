"""A cheap client for loading a web server: open sockets and one loop, in a process of its own.

Requests are written beforehand, and of an answer only its status and its end are looked at, so
that the client takes little of the processors that it shares with what it measures. It says how
much that was.
"""

import multiprocessing
import os
import selectors
import socket
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

_TIMEOUT = 60.0


@dataclass(slots=True)
class Load:
    """What a run saw: seconds of each answer, how many of each status, and what it cost."""

    taken: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    #: Of the client's own processor time.
    worked: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.taken) / self.seconds

    def quantile(self, share: float) -> float:
        """The time in milliseconds that so large a share of the answers took at most."""
        return sorted(self.taken)[min(len(self.taken) - 1, int(share * len(self.taken)))] * 1000


def load(
    port: int, requests: Sequence[bytes], *, connections: int, rate: float | None = None
) -> Load:
    """Send the requests, each once, and wait for all the answers, from another process.

    Without a rate each connection sends its next request as soon as it has the answer to the one
    before. With one, requests leave when they are due, and are timed from that moment, however
    long those before them take.
    """
    # A fresh process: it has loaded nothing but this, and shares no lock with us.
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_run, (port, list(requests), connections, rate))


def _run(port: int, requests: list[bytes], connections: int, rate: float | None) -> Load:
    found = Load()
    waiting = selectors.DefaultSelector()
    idle: list[socket.socket] = []
    for _ in range(connections):
        one = socket.create_connection(("127.0.0.1", port), timeout=_TIMEOUT)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting.register(one, selectors.EVENT_READ)
        idle.append(one)
    since: dict[int, float] = {}
    began, worked = time.perf_counter(), time.process_time()
    sent = 0
    while len(found.taken) < len(requests):
        now = time.perf_counter()
        until = began + sent / rate if rate else now
        while idle and sent < len(requests) and until <= now:
            one = idle.pop()
            since[one.fileno()] = until if rate else now
            one.sendall(requests[sent])
            sent += 1
            until = began + sent / rate if rate else now
        is_held = rate and idle and sent < len(requests)
        ready = waiting.select(max(0.0, until - now) if is_held else _TIMEOUT)
        if not ready and not is_held:
            raise TimeoutError("The server does not answer.")
        for key, _ in ready:
            one = key.fileobj  # type: ignore[assignment]
            found.statuses[_answer(one)] += 1
            found.taken.append(time.perf_counter() - since[key.fd])
            idle.append(one)
    found.seconds = time.perf_counter() - began
    found.worked = time.process_time() - worked
    return found


def _answer(one: socket.socket) -> str:
    """Read one whole answer; its status."""
    got = _more(one)
    while b"\r\n\r\n" not in got:
        got += _more(one)
    head, _, body = got.partition(b"\r\n\r\n")
    status, head = head[9:12].decode(), head.lower()
    at = head.find(b"content-length:")
    if at >= 0:
        missing = int(head[at + 15 :].split(b"\r\n", 1)[0]) - len(body)
        while missing > 0:
            missing -= len(_more(one))
    elif b"transfer-encoding: chunked" in head:
        while not body.endswith(b"0\r\n\r\n"):
            body += _more(one)
    return status


def _more(one: socket.socket) -> bytes:
    more = one.recv(65536)
    if not more:
        raise ConnectionError("The server hung up in the middle of an answer.")
    return more


def processor_seconds(of: int) -> float:
    """What a process and all its children that live have worked so far, in seconds."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = 0.0
    for process in [of, *_descendants(of)]:
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        total += (int(fields[11]) + int(fields[12])) / ticks
    return total


def _descendants(of: int) -> list[int]:
    found: list[int] = []
    try:
        direct = [int(pid) for pid in Path(f"/proc/{of}/task/{of}/children").read_text().split()]
    except FileNotFoundError:
        return []
    for child in direct:
        found += [child, *_descendants(child)]
    return found
