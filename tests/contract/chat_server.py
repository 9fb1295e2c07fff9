"""A chat program's address for incoming messages, on this machine, as strict as the real ones."""

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Chat:
    """What was posted, and how the server answers."""

    address: str = ""
    port: int = 0
    #: As they came: headers in lower case, and the body.
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    #: What it answers instead of "ok": status, headers, body.
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"ok"
    #: "drop" hangs up without an answer, "drip" answers a byte at a time, "flood" without end.
    manner: str = ""

    def said(self) -> list[str]:
        """What a reader of the channel sees, title first."""
        return [_shown(json.loads(body)) for _, body in self.calls]


def _shown(told: dict[str, Any]) -> str:
    """The words of a message. Raises where Slack or Teams would answer 400."""
    if "text" in told:
        assert told.keys() == {"text"}, "invalid_payload"
        assert told["text"].strip(), "no_text"
        return str(told["text"])
    assert told["type"] == "message"
    [attachment] = told["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    lines = []
    for block in card["body"]:
        assert block["type"] == "RichTextBlock"
        lines += [run["text"] for run in block["inlines"] if run["type"] == "TextRun"]
    [action] = card["actions"]
    assert action["type"] == "Action.OpenUrl"
    return "\n".join([*lines, action["url"]])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    chat: Chat

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.chat.calls.append(({k.lower(): v for k, v in self.headers.items()}, body))
        if self.chat.manner:
            {"drop": self._drop, "drip": self._drip, "flood": self._flood}[self.chat.manner]()
            return
        status, answer = self.chat.status, self.chat.body
        if status == 200 and body:
            try:
                _shown(json.loads(body))
            except (AssertionError, KeyError, ValueError):
                status, answer = 400, b"invalid_payload"
        self.send_response(status)
        for name, value in self.chat.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_GET(self) -> None:
        # Only a redirect that was followed would ask for anything.
        self.chat.calls.append(({"followed": "yes"}, b"{}"))
        self.send_error(500)

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _drip(self) -> None:
        try:
            for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 1000:
                self.wfile.write(bytes([letter]))
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            return

    def _flood(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"x" * 65_536)
        except OSError:
            return

    def log_message(self, *args: object) -> None:
        pass


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args: object) -> None:
        """Who hangs up on it is what the test is about."""


@contextmanager
def running(tls: ssl.SSLContext | None = None) -> Iterator[Chat]:
    """The server, as long as the block runs."""
    chat = Chat()
    handler = type("Handler", (_Handler,), {"chat": chat})
    server = _Quiet(("127.0.0.1", 0), handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    chat.port = server.server_port
    chat.address = f"{'https' if tls else 'http'}://127.0.0.1:{chat.port}/services/T0/B0/x"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield chat
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
