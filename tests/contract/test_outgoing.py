"""Only machines out on the internet are called, under the name and address that were judged."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from pytest_django.fixtures import Settings

from tests.contract import chat_server
from tests.contract.chat_server import Chat
from warmbench.integrations import outgoing
from warmbench.integrations.mail.dns_lookup import NotAnsweredError
from warmbench.integrations.outgoing import (
    Caller,
    GuardedTransport,
    RefusedError,
    UnreachableError,
)

BODY = b'{"text": "Hello"}'
PRIVATE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255",
    "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.8", "198.18.0.1", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "192.88.99.1", "192.0.2.1", "203.0.113.9",
    "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:93.184.215.14", "::7f00:1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:1::1",
    "fec0::1", "100::1", "3fff::1", "5f00::1",
]  # fmt: skip


class Names:
    """A DNS that knows one answer for every name, or another one for each question."""

    def __init__(self, *answers: list[str] | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def addresses(self, name: str) -> list[str]:
        self.asked.append(name)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def txt(self, name: str) -> list[str]:
        raise NotImplementedError

    def mx(self, name: str) -> list[str]:
        raise NotImplementedError


@pytest.fixture
def chat() -> Iterator[Chat]:
    with chat_server.running() as running:
        yield running


@pytest.fixture
def in_production(settings: Settings) -> None:
    settings.ENVIRONMENT = "production"


@pytest.mark.parametrize("address", PRIVATE)
def test_no_address_of_our_own_networks_is_public(address: str) -> None:
    assert not outgoing.is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111"])
def test_addresses_on_the_internet_are(address: str) -> None:
    assert outgoing.is_public(ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
@pytest.mark.usefixtures("in_production")
def test_no_address_of_our_own_networks_is_called(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(RefusedError):
        Caller().post(f"https://{host}/x", BODY, {})


@pytest.mark.parametrize("address", PRIVATE)
def test_nor_is_a_name_that_leads_to_one(address: str) -> None:
    names = Names(["93.184.215.14", address])
    with pytest.raises(RefusedError, match="not on the public internet"):
        Caller(lambda: names).post("https://hooks.example.com/x", BODY, {})


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.example.com/x",
        "ftp://hooks.example.com/x",
        "file:///etc/passwd",
        "gopher://hooks.example.com/",
        "https://",
        "https:///x",
        "hooks.example.com",
        "javascript:alert(1)",
        "https://user:secret@hooks.example.com/x",
        "https://hooks.example.com\\@10.0.0.1/",
        "https://hooks.example.com/\r\nX: y",
        "https://hooks.example.com/ x\x00",
        "https://hooks.example.com/" + "x" * 3000,
        "https://[::1",
        "https://hooks.example.com:99999/",
    ],
)
def test_what_is_no_address_of_a_webhook_is_refused(address: str) -> None:
    with pytest.raises(RefusedError):
        Caller(lambda: Names(["93.184.215.14"]), is_allowed=lambda _: False).post(address, BODY, {})


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
@pytest.mark.usefixtures("in_production")
def test_numbers_that_some_programs_take_for_addresses_are_names_to_us(host: str) -> None:
    names = Names([])
    with pytest.raises((RefusedError, UnreachableError)):
        Caller(lambda: names).post(f"https://{host}/x", BODY, {})


@pytest.mark.usefixtures("in_production")
def test_in_production_this_machine_is_not_called_even_without_encryption(chat: Chat) -> None:
    with pytest.raises(RefusedError):
        Caller().post(chat.address, BODY, {})
    assert chat.calls == []


def test_nothing_leaves_the_demo(chat: Chat, settings: Settings) -> None:
    settings.DEMO, settings.ENVIRONMENT = True, "development"
    assert Caller().post(chat.address, BODY, {}).status == 200
    with pytest.raises(RefusedError, match="demo"):
        Caller(lambda: Names(["93.184.215.14"])).post("https://hooks.example.com/x", BODY, {})


def test_a_name_is_looked_up_once_and_the_call_goes_where_that_led(
    tls: ssl.SSLContext, authority: Path
) -> None:
    """Whoever answers differently the second time (DNS rebinding) is not asked a second time."""
    trust = ssl.create_default_context(cafile=str(authority / "ca.pem"))
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    with chat_server.running(tls) as chat:
        caller = Caller(lambda: names, trust, is_allowed=lambda _: True)
        # The certificate is 127.0.0.1's, and the name another: nobody is fooled.
        with pytest.raises(UnreachableError, match="certificate"):
            caller.post(f"https://hooks.example.com:{chat.port}/x", BODY, {})
        assert chat.calls == []
        assert names.asked == ["hooks.example.com"]

        answer = caller.post(chat.address, BODY, {})
    assert answer.status == 200
    assert len(chat.calls) == 1


def test_the_host_header_is_the_name_and_the_certificate_is_asked_for_it(
    named_tls: tuple[ssl.SSLContext, Path],
) -> None:
    tls, ca = named_tls
    trust = ssl.create_default_context(cafile=str(ca))
    with chat_server.running(tls) as chat:
        caller = Caller(lambda: Names(["127.0.0.1"]), trust, is_allowed=lambda _: True)
        answer = caller.post(f"https://hooks.example.com:{chat.port}/x", BODY, {"X-Ours": "1"})
    [(headers, body)] = chat.calls
    assert (answer.status, answer.text) == (200, "ok")
    assert headers["host"] == f"hooks.example.com:{chat.port}"
    assert headers["x-ours"] == "1"
    assert body == BODY


def test_a_certificate_that_nobody_vouches_for_is_not_believed(tls: ssl.SSLContext) -> None:
    with chat_server.running(tls) as chat, pytest.raises(UnreachableError, match="certificate"):
        Caller().post(chat.address, BODY, {})
    assert chat.calls == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_not_followed(chat: Chat, status: int) -> None:
    chat.status, chat.headers = status, {"Location": chat.address}
    assert Caller().post(chat.address, BODY, {}).status == status
    assert len(chat.calls) == 1


def test_who_answers_a_byte_at_a_time_does_not_hold_us(chat: Chat) -> None:
    chat.manner = "drip"
    began = time.monotonic()
    with pytest.raises(UnreachableError, match="did not answer"):
        Caller(patience=0.5).post(chat.address, BODY, {})
    assert time.monotonic() - began < 2


def test_an_answer_without_end_is_not_read_to_its_end(chat: Chat) -> None:
    chat.manner = "flood"
    answer = Caller(patience=3).post(chat.address, BODY, {})
    assert answer.status == 200
    assert len(answer.text) <= 120


def test_an_answer_is_shown_on_one_line_without_what_cannot_be_shown(chat: Chat) -> None:
    chat.status, chat.body = 403, b"invalid\r\n\x1b[31mtoken\x00 \xff" + b"y" * 500
    answer = Caller().post(chat.address, BODY, {})
    assert answer.text.startswith("invalid [31mtoken")
    assert answer.text.isprintable()
    assert len(answer.text) <= 120


@pytest.mark.parametrize(
    ("asked", "seconds"), [("120", 120), ("9" * 5000, None), ("soon", None), ("999999", 86_400)]
)
def test_how_long_it_asks_to_be_left_alone_is_read_if_it_can_be(
    chat: Chat, asked: str, seconds: int | None
) -> None:
    """A number of thousands of digits is none that Python reads."""
    chat.status, chat.headers = 503, {"Retry-After": asked}
    wait = Caller().post(chat.address, BODY, {}).wait
    assert (wait and wait.total_seconds()) == seconds


def test_a_name_with_other_letters_is_looked_up_as_it_stands_in_the_address() -> None:
    """ß is ss to an older rule, and a letter of its own to the present one (RFC 5891)."""
    names = Names([])
    with pytest.raises(UnreachableError):
        Caller(lambda: names).post("https://xn--fa-hia.example/x", BODY, {})
    assert names.asked == ["xn--fa-hia.example"]


def test_who_hangs_up_was_not_reached(chat: Chat) -> None:
    chat.manner = "drop"
    with pytest.raises(UnreachableError, match="broke"):
        Caller().post(chat.address, BODY, {})


def test_where_nobody_listens_nobody_is_reached() -> None:
    with pytest.raises(UnreachableError, match="No connection"):
        Caller().post("http://127.0.0.1:9/x", BODY, {})


@pytest.mark.parametrize(
    ("answer", "said"), [([], "There is no"), (NotAnsweredError("?"), "does not answer")]
)
def test_what_the_dns_does_not_know_is_not_reached(
    answer: list[str] | Exception, said: str
) -> None:
    with pytest.raises(UnreachableError, match=said):
        Caller(lambda: Names(answer)).post("https://hooks.example.com/x", BODY, {})


def test_the_second_address_of_a_name_is_tried_where_nobody_listens_at_the_first(
    named_tls: tuple[ssl.SSLContext, Path],
) -> None:
    tls, ca = named_tls
    trust = ssl.create_default_context(cafile=str(ca))
    with chat_server.running(tls) as chat:
        names = Names(["::1", "127.0.0.1"])
        caller = Caller(lambda: names, trust, is_allowed=lambda _: True)
        url = f"https://hooks.example.com:{chat.port}/x"
        assert caller.post(url, BODY, {}).status == 200
    assert len(chat.calls) == 1


class _Server:
    """Answers GETs as a test says, and counts connections."""

    def __init__(self) -> None:
        self.connections = 0
        self.manner = ""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                taken, _ = self._socket.accept()
                self.connections += 1
                threading.Thread(target=self._answer, args=(taken,), daemon=True).start()

    def _answer(self, taken: socket.socket) -> None:
        with contextlib.suppress(OSError), taken:
            while b"\r\n\r\n" in taken.recv(65_536):
                if self.manner == "drip":
                    taken.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                    for _ in range(1000):
                        taken.sendall(b"x")
                        time.sleep(0.02)
                elif self.manner == "flood":
                    taken.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                    taken.sendall(b"x" * 100_000)
                else:
                    taken.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


@pytest.fixture
def server() -> Iterator[_Server]:
    running = _Server()
    yield running
    running.close()


def guarded(dns: Names | None = None, *, patience: float = 5, most: int = 10_000) -> httpx.Client:
    return httpx.Client(
        transport=GuardedTransport(
            lambda: dns or Names([]), is_allowed=lambda _: True, patience=patience, most=most
        ),
        trust_env=False,
    )


def test_connections_are_kept_for_the_next_call(server: _Server) -> None:
    with guarded() as client:
        assert [client.get(server.address).text for _ in range(5)] == ["ok"] * 5
    assert server.connections == 1


def test_a_body_that_drips_is_given_up_in_time(server: _Server) -> None:
    server.manner = "drip"
    began = time.monotonic()
    with guarded(patience=0.5) as client, pytest.raises(httpx.ReadTimeout):
        client.get(server.address)
    assert time.monotonic() - began < 2


def test_a_body_is_read_up_to_a_limit(server: _Server) -> None:
    server.manner = "flood"
    with guarded(most=50_000) as client, pytest.raises(httpx.ReadError):
        client.get(server.address)
    with guarded(most=200_000) as client:
        assert len(client.get(server.address).content) == 100_000


def test_each_new_connection_is_judged_anew(
    named_tls: tuple[ssl.SSLContext, Path],
) -> None:
    """Whoever leads us out first, and to ourselves with the next connection, gets nowhere."""
    tls, ca = named_tls
    trust = ssl.create_default_context(cafile=str(ca))
    names = Names(["127.0.0.1"], ["127.0.0.1", "10.0.0.1"])
    public = {ip_address("127.0.0.1")}
    with chat_server.running(tls) as chat:
        url = f"https://hooks.example.com:{chat.port}/x"
        transport = GuardedTransport(
            lambda: names, trust, public.__contains__, patience=5, most=1000
        )
        with httpx.Client(transport=transport, trust_env=False) as client:
            assert client.post(url, content=BODY, headers={"Connection": "close"}).text == "ok"
            with pytest.raises(RefusedError, match="not on the public internet"):
                client.post(url, content=BODY)
    assert names.asked == ["hooks.example.com"] * 2
    assert chat.calls[0][0]["host"] == f"hooks.example.com:{chat.port}"


@pytest.mark.parametrize("address", ["http://hooks.example.com/x", "ftp://127.0.0.1/", "data:,x"])
def test_only_what_may_be_called_is_called_by_clients_too(address: str) -> None:
    names = Names(["93.184.215.14"])
    with guarded(names) as client, pytest.raises((RefusedError, httpx.HTTPError)):
        client.get(address)
    assert names.asked == []


@pytest.mark.usefixtures("in_production")
def test_a_client_in_production_does_not_call_this_machine(server: _Server) -> None:
    with guarded() as client, pytest.raises(RefusedError):
        client.get(server.address)
    assert server.connections == 0


def test_a_long_question_is_no_other_host(server: _Server) -> None:
    with guarded() as client:
        assert client.get(server.address + "/x?ids=" + "1," * 2000).text == "ok"


def test_where_nobody_listens_a_client_says_so_in_its_own_words() -> None:
    with guarded() as client, pytest.raises(httpx.ConnectError):
        client.get("http://127.0.0.1:9/x")
