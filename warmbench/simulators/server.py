"""Serves a simulated vendor over real HTTP/1.1 on this machine, with faults on demand.

How a vendor plugs in: derive from ``vendor.Vendor``, register its calls with ``vendor.Routes``,
and name the class in ``warmbench.simulators``. Everything else (sockets, counting, faults,
webhooks on their way) happens here and is the same for all.
"""

import socket
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import JSONDecodeError
from typing import Any, NamedTuple
from urllib.parse import unquote

from warmbench.simulators.faults import AFTER, BEFORE, Fault, Faults
from warmbench.simulators.pace import Limits
from warmbench.simulators.records import Change
from warmbench.simulators.sending import Delivery, Hook, Sender
from warmbench.simulators.vendor import Answer, RefusedError, Request, Route, Vendor
from warmbench.simulators.world import World

HOST = "127.0.0.1"
#: So many of the last calls are remembered one by one.
REMEMBERED = 2000
ELSEWHERE = "https://elsewhere.example.net"
_REASONS = {status.value: status.phrase for status in HTTPStatus}


class Call(NamedTuple):
    """One call that came in."""

    method: str
    path: str
    raw_query: str
    status: int


class Calls(Counter[str]):
    """How often each "METHOD /path/{template}" was called; ``last`` has the last ones in order."""

    def __init__(self) -> None:
        super().__init__()
        self.last: deque[Call] = deque(maxlen=REMEMBERED)


@dataclass(frozen=True)
class Write:
    """Something that a client changed: ``kind`` is "METHOD /path/{template}"."""

    kind: str
    #: The first named part of the path; blank if it has none.
    id: str
    body: Any


class Simulator:
    """A vendor that answers on ``address`` until it is closed. Made by ``simulators.running``."""

    def __init__(self, vendor: Vendor, *, port: int = 0) -> None:
        self.vendor = vendor
        self.faults = Faults()
        self.calls = Calls()
        self.writes: list[Write] = []
        self._sender = Sender(vendor.sign)
        vendor.emit = self._sender.add
        self._server = _Server((HOST, port), self)
        self.address = f"http://{HOST}:{self._server.server_address[1]}"
        vendor.address = self.address
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name=vendor.name, daemon=True
        )
        vendor.world.listen(self._hear)
        self._thread.start()

    @property
    def world(self) -> World:
        """Whom it is about."""
        return self.vendor.world

    @property
    def limits(self) -> Limits:
        """Its limits; changes count at once."""
        return self.vendor.limits

    @property
    def addresses(self) -> dict[str, str]:
        """What the client's addresses are to be."""
        return self.vendor.addresses()

    @property
    def credentials(self) -> dict[str, str]:
        """What a person would paste."""
        return dict(self.vendor.credentials)

    def hook(self, url: str, **options: Any) -> Hook:
        """Send webhooks to ``url``. Unless ``at_once=True``, they wait for ``deliver``.

        ``options``: those of ``sending.Hook`` (``secret``, ``events``, ``at_once``); a vendor
        whose secret is among its credentials uses that.
        """
        hook = self.vendor.subscribe(url, **options)
        if (ping := self.vendor.ping(hook)) and not self.send(ping).is_through:
            hook.is_on = False
        return hook

    def deliver(
        self, *, twice: bool = False, out_of_order: bool = False, wrong_signature: bool = False
    ) -> list[Delivery]:
        """Send the webhooks that wait, and return them with the receiver's answers."""
        return self._sender.deliver(
            twice=twice, out_of_order=out_of_order, wrong_signature=wrong_signature
        )

    def send(self, delivery: Delivery) -> Delivery:
        """Send one webhook now and wait for its answer."""
        return self._sender.send_now(delivery)

    def close(self) -> None:
        """Stop serving; connections that clients keep open are closed."""
        self.world.unlisten(self._hear)
        self._server.stop()
        self._thread.join(timeout=5)
        self._sender.close()

    def answer(self, request: Request) -> tuple[Answer, Fault | None]:
        """What the vendor says to a call, and what is to go wrong with the answer."""
        found = self.vendor.routes.find(request.method, request.path)
        route, request.params = found or (None, {})
        where = f"{request.method} {request.path}?{request.raw_query}"
        answer = self._refused(request, where) or self._made(request, route)
        template = f"{request.method} {route.template if route else request.path}"
        self.calls[template] += 1
        call = Call(request.method, request.path, request.raw_query, answer.status)
        self.calls.last.append(call)
        if route and not route.reads and answer.status < 400:
            written = next(iter(request.params.values()), "")
            self.writes.append(Write(template, written, _body(request)))
        return answer, self.faults.take(AFTER, where)

    def _refused(self, request: Request, where: str) -> Answer | None:
        if self.faults.take(("expire",), where):
            self.vendor.expire()
        fault = self.faults.take(BEFORE, where)
        if fault is None:
            return None
        match fault.kind:
            case "throttled" | "throttled_bare":
                bare = fault.kind == "throttled_bare"
                return self.vendor.throttled(request, bare=bare, wait=fault.wait)
            case "redirected":
                return Answer(302, headers={"Location": f"{ELSEWHERE}{request.path}"})
            case "unavailable":
                return self.vendor.failed(503)
            case _:
                return self.vendor.failed(500)

    def _made(self, request: Request, route: Route | None) -> Answer:
        with self.world.lock:
            try:
                answer = self.vendor.admit(request, route)
                if answer is None and route is None:
                    answer = self.vendor.missing(request)
                elif answer is None and route is not None:
                    answer = route.handler(self.vendor, request)
            except RefusedError as refused:
                answer = refused.answer
            except (JSONDecodeError, UnicodeDecodeError):
                answer = self.vendor.malformed()
            assert answer is not None
            self.vendor.finish(request, answer)
            return answer

    def _hear(self, change: Change) -> None:
        for delivery in self.vendor.told(change):
            self._sender.add(delivery)


def _body(request: Request) -> Any:
    try:
        return request.json()
    except ValueError:
        return request.form() or request.body


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], simulator: Simulator) -> None:
        self.simulator = simulator
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.is_ending = threading.Event()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def stop(self) -> None:
        """Stop serving, and cut what is open: a kept connection would go on being answered."""
        self.is_ending.set()
        self.shutdown()
        self.server_close()
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # The client was faster.


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, *_: Any) -> None:
        """Say nothing: tests call thousands of times."""

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True

    def _serve(self) -> None:
        path, _, raw_query = self.path.partition("?")
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            method=self.command,
            path=unquote(path),
            raw_query=raw_query,
            headers=self.headers,
            body=self.rfile.read(length) if length else b"",
        )
        answer, fault = self.server.simulator.answer(request)
        body = answer.raw()
        if fault is None:
            head = self._head(answer, length=len(body))
            self.wfile.write(head if self.command == "HEAD" else head + body)
            return
        self.close_connection = fault.kind != "slow"
        match fault.kind:
            case "truncated":
                self.wfile.write(self._head(answer, length=None) + body[: len(body) // 2])
            case "slow":
                self._drip(self._head(answer, length=len(body)) + body, fault.wait or 0.02)
            case _:
                pass  # Dropped: whoever asked never learns what happened.

    def _drip(self, text: bytes, pause: float) -> None:
        for at in range(len(text)):
            if self.server.is_ending.is_set():
                return
            self.wfile.write(text[at : at + 1])
            time.sleep(pause)

    def _head(self, answer: Answer, *, length: int | None) -> bytes:
        reason = _REASONS.get(answer.status, "")
        lines = [f"HTTP/1.1 {answer.status} {reason}"]
        headers = {"Content-Type": "application/json; charset=utf-8", **answer.headers}
        if length is None:
            headers["Connection"] = "close"
        elif answer.status != 204:
            headers["Content-Length"] = str(length)
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815
