"""Keys for clients under test: what is pasted, where it leads, and tokens kept in memory."""

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote_plus

import httpx

from tests.contract.clocks import NOW
from warmbench.core.vault import Secret
from warmbench.integrations import outgoing
from warmbench.integrations.ats.protocol import Call, Found, Keys, Reading
from warmbench.integrations.ats.things import Page


@dataclass
class Kept:
    """Tokens as a row of the database would keep them: each renewal is there for all."""

    tokens: dict[str, str] = field(default_factory=dict)
    #: What was kept, one after the other.
    history: list[dict[str, str]] = field(default_factory=list)

    def current(self) -> dict[str, str]:
        return dict(self.tokens)

    def renew(self, ask: Callable[[dict[str, str]], dict[str, str]]) -> dict[str, str]:
        self.tokens = ask(dict(self.tokens))
        self.history.append(dict(self.tokens))
        return dict(self.tokens)


def keys_for(
    credentials: Mapping[str, str],
    addresses: Mapping[str, str],
    *,
    clock: Callable[[], datetime],
    kept: Kept | None = None,
    found: Found | None = None,
    calls: list[tuple[int, int | None, int | None]] | None = None,
    **mapping: Any,
) -> Keys:
    """Keys that a client can be opened with."""
    told = calls if calls is not None else []
    return Keys(
        credentials={name: Secret(value) for name, value in credentials.items()},
        addresses=dict(addresses),
        mapping=Reading(**mapping),
        found=found,
        tokens=kept or Kept(),
        clock=clock,
        on_call=lambda *said: told.append(said),
    )


class Meddling(httpx.BaseTransport):
    """The way over the wire, on which a question is turned into another: what a vendor that
    misunderstands us would answer."""

    def __init__(self, pattern: str, instead: str, patience: float = 5.0) -> None:
        self._pattern, self._instead = re.compile(pattern), instead
        self._wire = outgoing.GuardedTransport(patience=patience, most=16 * 1024 * 1024)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        query = unquote_plus(request.url.query.decode())
        body = request.read().decode()
        url = request.url.copy_with(query=None)
        if query:
            pairs = [part.partition("=")[::2] for part in query.split("&")]
            changed = [(name, self._pattern.sub(self._instead, value)) for name, value in pairs]
            url = url.copy_merge_params(dict(changed))
        headers = {k: v for k, v in request.headers.items() if k != "content-length"}
        return self._wire.handle_request(
            httpx.Request(
                request.method,
                url,
                headers=headers,
                content=self._pattern.sub(self._instead, body).encode(),
            )
        )

    def close(self) -> None:
        self._wire.close()


def all_in(pages: Iterable[Page]) -> list[Any]:
    """Everything on these pages; the last of them must say that it is."""
    found = list(pages)
    assert found[-1].cursor is None
    return [one for page in found for one in page.items]


@contextmanager
def listening(heard: list[Call]) -> Iterator[str]:
    """An address at which webhooks are taken in."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            heard.append(Call(dict(self.headers.items()), body, NOW))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/hook"
        finally:
            server.shutdown()
            thread.join()
