"""A Twilio on this machine, as far as we use it: written from its API description alone."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

SID = "AC" + "0" * 32
SECRET = "an auth token"
#: What Twilio answers for some numbers: HTTP status, code, words.
ERRORS = {
    "+15005550001": (400, 21211, "The 'To' number is not a valid phone number."),
    "+15005550004": (400, 21610, "Attempt to send to unsubscribed recipient"),
    "+15005550009": (400, 21614, "'To' number is not a valid mobile number"),
    "+15005550010": (400, 21606, "The 'From' number cannot send messages"),
    "+15005550011": (429, 20429, "Too many requests"),
    "+15005550012": (500, 20500, "Internal server error"),
    "+15005550013": (400, 99999, "Something that is new"),
    "+15005550014": (400, 30007, "Message filtered"),
}
#: These numbers get a connection that breaks: before the answer, after the text was taken.
BROKEN = "+15005550020"
SLOW = "+15005550021"


@dataclass
class Twilio:
    """What the server took, and what it knows."""

    address: str = ""
    texts: list[dict[str, str]] = field(default_factory=list)
    status: str = "active"
    #: The account's numbers, and whether each can send texts.
    numbers: dict[str, bool] = field(default_factory=dict)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    twilio: Twilio

    def do_GET(self) -> None:
        if not self._is_known():
            return
        path, _, query = self.path.partition("?")
        asked = parse_qs(query)
        account = f"/2010-04-01/Accounts/{SID}"
        if path == f"{account}.json":
            self._answer(200, {"sid": SID, "status": self.twilio.status, "type": "Full"})
        elif path == f"{account}/IncomingPhoneNumbers.json":
            found = [one for one in self.twilio.numbers if [one] == asked.get("PhoneNumber")]
            numbers = [
                {"phone_number": one, "capabilities": {"sms": self.twilio.numbers[one]}}
                for one in found
            ]
            self._answer(200, {"incoming_phone_numbers": numbers, "next_page_uri": None})
        else:
            self._answer(404, {"code": 20404, "message": "Not found", "status": 404})

    def _is_known(self) -> bool:
        wanted = "Basic " + base64.b64encode(f"{SID}:{SECRET}".encode()).decode()
        if self.headers.get("Authorization") == wanted:
            return True
        self._answer(401, {"code": 20003, "message": "Authenticate", "status": 401})
        return False

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        fields = parse_qs(self.rfile.read(length).decode())
        form = {name: values[0] for name, values in fields.items()}
        if not self._is_known():
            return
        if self.path != f"/2010-04-01/Accounts/{SID}/Messages.json":
            self._answer(404, {"code": 20404, "message": "Not found", "status": 404})
            return
        if not form.get("Body") or not (form.get("From") or form.get("MessagingServiceSid")):
            self._answer(400, {"code": 21602, "message": "Message body is required", "status": 400})
            return
        if (error := ERRORS.get(form["To"])) is not None:
            status, code, message = error
            self._answer(status, {"code": code, "message": message, "status": status})
            return
        self.twilio.texts.append(form)
        if form["To"] == BROKEN:
            self.close_connection = True
            self.connection.close()
            return
        if form["To"] == SLOW:
            time.sleep(3)
        sid = f"SM{len(self.twilio.texts):032x}"
        self._answer(
            201,
            {"sid": sid, "status": "queued", "num_segments": "1", "error_code": None,
             "to": form["To"], "body": form["Body"]},
        )  # fmt: skip

    def _answer(self, status: int, told: dict[str, object]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def running() -> Iterator[Twilio]:
    """The server, as long as the block runs."""
    twilio = Twilio()
    handler = type("Handler", (_Handler,), {"twilio": twilio})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    twilio.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield twilio
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
