"""Calls addresses that people enter, and only such as are out on the public internet.

Whoever may enter an address could otherwise let us ask machines that only we can reach
(server-side request forgery: OWASP ASVS 5.0 1.3.6, rules.md S10). So a name is looked up once,
every address that it has is judged, and the connection goes to one of just these.
"""

import contextlib
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any

import httpcore
import httpx
from django.conf import settings

from warmbench.integrations.mail.dns_lookup import Dns, Lookup, NotAnsweredError

#: Seconds for the whole call, and bytes of an answer that are read of it.
PATIENCE = 5.0
MOST = 64 * 1024
_SHOWN = 120
_TRIED = 2
#: What a peer that takes its time gets at once, so that the clock is looked at in between.
_CHUNK = 16 * 1024
_LONGEST_URL = 2_000
_IpAddress = IPv4Address | IPv6Address
#: Networks of our own that whoever runs this machine lets us call.
Inside = tuple[IPv4Network | IPv6Network, ...]

#: Public by their looks, and not a place where anybody has a server of their own; or an IPv4
#: address in disguise, whose real one may be ours (RFC 4291, 6052, 3056, 4380, 7526).
_NOT_THE_INTERNET = tuple(
    ip_network(one)
    for one in (
        *("192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4", "224.0.0.0/4"),
        *("100.64.0.0/10", "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48"),
        *("2001::/32", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16"),
    )
)
_UNICAST = ip_network("2000::/3")


class RefusedError(ValueError):
    """An address that must not be called. The sentence says why, for whoever entered it."""


class UnreachableError(Exception):
    """No answer could be had. The sentence says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side answered."""

    status: int
    #: The beginning of its words, on one line.
    text: str
    #: How long it asks to be left alone.
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be called, taken apart."""

    url: httpx.URL
    host: str
    #: Set if the host is an address, and no name.
    ip: _IpAddress | None


def is_public(ip: _IpAddress) -> bool:
    """Whether a machine at this address is on the public internet, for all we can tell."""
    if any(ip in net for net in _NOT_THE_INTERNET if net.version == ip.version):
        return False
    if isinstance(ip, IPv6Address) and ip not in _UNICAST:
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def may_be_this_machine() -> bool:
    """Whether a call to this very machine is allowed, without encryption: in the demo, whose
    world is one machine, and in tests."""
    return bool(settings.DEMO) or settings.ENVIRONMENT == "test"


def is_inside(ip: _IpAddress, inside: Inside) -> bool:
    """Whether an address is in one of these networks."""
    return any(ip in net for net in inside if net.version == ip.version)


def target_of(address: str, inside: Inside = ()) -> Target:
    """Take an address apart. Raises RefusedError for one that is never called.

    ``inside``: networks in which addresses are called, too, without encryption if need be.
    """
    if len(address) > _LONGEST_URL or not address.isascii() or not address.isprintable():
        raise RefusedError("This is not a web address.")
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise RefusedError("This is not a web address.") from error
    # Its ASCII form: what a browser would call, and not what another rule makes of the letters.
    host = url.raw_host.decode("ascii").rstrip(".").lower()
    if not host or url.scheme not in {"https", "http"}:
        raise RefusedError("An address that is called begins with https://.")
    if url.userinfo:
        raise RefusedError("An address with a user name or a password in it is not called.")
    ip = None
    with contextlib.suppress(ValueError):
        ip = ip_address(host)
    is_here = may_be_this_machine() and ip is not None and ip.is_loopback
    is_ours = is_here or (ip is not None and is_inside(ip, inside))
    if url.scheme == "http" and not is_ours:
        raise RefusedError("Only https:// is called: what we say is not for everybody on the way.")
    if settings.DEMO and not is_here:
        raise RefusedError("In the demo nothing leaves this machine: only 127.0.0.1 is called.")
    if ip is not None and not is_ours and not is_public(ip):
        raise RefusedError("This address is not on the public internet.")
    return Target(url, host, ip)


def _usual_dns() -> Dns:
    return Lookup(settings.DNS_SERVERS)


@cache
def _usual_trust() -> ssl.SSLContext:
    # Reading all certificates of the system takes longer than a call.
    return ssl.create_default_context()


class GuardedTransport(httpx.BaseTransport):
    """Takes httpx only where it may go: every address is judged, every new connection goes to
    an address that was looked up and judged for it, and the clock runs for the whole answer.

    Connections are kept for the next call. Nothing is followed, and no proxy of the environment
    is asked. Raises RefusedError and UnreachableError besides httpx's own errors.
    """

    def __init__(
        self,
        dns: Callable[[], Dns] = _usual_dns,
        trust: ssl.SSLContext | None = None,
        is_allowed: Callable[[_IpAddress], bool] = is_public,
        *,
        patience: float,
        most: int,
        inside: Inside = (),
    ) -> None:
        """``patience``: seconds for a call from its first byte to the last of its answer;
        ``most``: bytes of an answer's body before it is given up; ``inside`` as for
        ``target_of``."""
        self._patience, self._most, self._inside = patience, most, inside
        self._deadline = _Deadline()
        self._pool = httpcore.ConnectionPool(
            ssl_context=trust or _usual_trust(),
            max_connections=8,
            keepalive_expiry=30,
            network_backend=_JudgedNetwork(
                dns, lambda ip: is_allowed(ip) or is_inside(ip, inside), self._deadline
            ),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Make one call."""
        # A long question to a host does not make it another host.
        target = target_of(str(request.url.copy_with(raw_path=b"/", fragment=None)), self._inside)
        self._deadline.at = time.monotonic() + self._patience
        content = request.read()
        with _named_by_httpx():
            answer = self._pool.handle_request(
                httpcore.Request(
                    request.method,
                    httpcore.URL(
                        scheme=request.url.raw_scheme,
                        host=target.host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    content=content,
                    # The certificate is asked for the name, though the connection goes to an
                    # address that the name had when it was judged.
                    extensions={"sni_hostname": target.host},
                )
            )
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer, self._deadline, self._most),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Let connections go."""
        self._pool.close()


class _Deadline(threading.local):
    """When the call that this thread makes must be over."""

    at = float("inf")

    def left(self, error: type[Exception]) -> float:
        left = self.at - time.monotonic()
        if left <= 0:
            raise error("out of time")
        return left


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response, deadline: _Deadline, most: int) -> None:
        self._answer, self._deadline, self._most = answer, deadline, most
        self._until = deadline.at

    def __iter__(self) -> Iterator[bytes]:
        # Another call may have been made since this one's headers came.
        self._deadline.at = self._until
        read = 0
        with _named_by_httpx():
            for part in self._answer.iter_stream():
                read += len(part)
                if read > self._most:
                    raise httpx.ReadError("The answer has no end.")
                yield part

    def close(self) -> None:
        self._answer.close()


class _JudgedNetwork(httpcore.NetworkBackend):
    """Connects to a name by the addresses that were judged, and to nothing else."""

    def __init__(
        self,
        dns: Callable[[], Dns],
        is_allowed: Callable[[_IpAddress], bool],
        deadline: _Deadline,
    ) -> None:
        self._dns, self._is_allowed, self._deadline = dns, is_allowed, deadline
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the whole call has one
        local_address: str | None = None,  # noqa: ARG002 - any of ours will do
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        ips = self._addresses_of(host)
        for ip in ips[:-1]:
            with contextlib.suppress(httpcore.ConnectError):
                return self._connected(ip, port, socket_options)
        return self._connected(ips[-1], port, socket_options)

    def _connected(
        self, ip: str, port: int, options: Iterable[httpcore.SOCKET_OPTION] | None
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(httpcore.ConnectTimeout)
        stream = self._network.connect_tcp(ip, port, left, socket_options=options)
        return _TimedStream(stream, self._deadline)

    def _addresses_of(self, host: str) -> list[str]:
        with contextlib.suppress(ValueError):
            return [str(ip_address(host))]  # Judged by ``target_of``.
        try:
            found = self._dns().addresses(host)
        except NotAnsweredError as error:
            raise UnreachableError(f"The DNS does not answer for {host}.") from error
        if not found:
            raise UnreachableError(f"There is no {host} in the DNS.")
        # One that is ours among others is a trap, and no accident worth working around.
        if not all(self._is_allowed(ip_address(one)) for one in found):
            raise RefusedError(f"{host} is not on the public internet.")
        return found[:_TRIED]


class _TimedStream(httpcore.NetworkStream):
    """A connection on which no step takes longer than is left for the whole call. httpx limits
    each step by itself: somebody who answers a byte at a time would hold us for hours."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, self._deadline.left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        for start in range(0, len(buffer), _CHUNK):
            left = self._deadline.left(httpcore.WriteTimeout)
            self._stream.write(buffer[start : start + _CHUNK], left)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(httpcore.ConnectTimeout)
        return _TimedStream(
            self._stream.start_tls(ssl_context, server_hostname, left), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


_HTTPX_NAMES: dict[type[Exception], type[httpx.TransportError]] = {
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.PoolTimeout: httpx.PoolTimeout,
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ReadError: httpx.ReadError,
    httpcore.WriteError: httpx.WriteError,
    httpcore.LocalProtocolError: httpx.LocalProtocolError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
}


@contextlib.contextmanager
def _named_by_httpx() -> Iterator[None]:
    try:
        yield
    except tuple(_HTTPX_NAMES) as error:
        raise _HTTPX_NAMES[type(error)](str(error)) from error


@dataclass(frozen=True)
class Caller:
    """Makes calls. Tests give it a DNS, certificates and a notion of public of their own."""

    dns: Callable[[], Dns] = _usual_dns
    trust: ssl.SSLContext = field(default_factory=_usual_trust)
    is_allowed: Callable[[_IpAddress], bool] = is_public
    patience: float = PATIENCE

    def post(self, address: str, content: bytes, headers: Mapping[str, str]) -> Answer:
        """Post something and return what was answered, whatever its status; a redirect is an
        answer like any other, and is not followed. Raises RefusedError and UnreachableError."""
        url = target_of(address).url
        guarded = GuardedTransport(
            self.dns, self.trust, self.is_allowed, patience=self.patience, most=2 * MOST
        )
        ours = {"Accept-Encoding": "identity", "Connection": "close"}
        try:
            with (
                httpx.Client(transport=guarded, trust_env=False) as client,
                client.stream("POST", url, content=content, headers={**headers, **ours}) as answer,
            ):
                return Answer(answer.status_code, _beginning(answer), _wait(answer))
        except httpx.TimeoutException as error:
            said = f"It did not answer within {self.patience:.0f} seconds."
            raise UnreachableError(said) from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise UnreachableError(_in_words(error)) from error


def _beginning(response: httpx.Response) -> str:
    read = b""
    for part in response.iter_raw():
        read += part
        if len(read) >= MOST:
            break
    text = " ".join(read[: _SHOWN * 4].decode(errors="replace").split())
    return "".join(letter for letter in text if letter.isprintable())[:_SHOWN]


def _wait(response: httpx.Response) -> timedelta | None:
    asked = response.headers.get("Retry-After", "")
    # Nobody means a longer number, and Python refuses to read one of thousands of digits.
    is_number = asked.isdecimal() and len(asked) < 10
    return timedelta(seconds=min(int(asked), 86_400)) if is_number else None


def _in_words(error: Exception) -> str:
    if isinstance(error, httpx.ConnectError):
        return "No connection could be made, or its certificate is not to be trusted."
    return f"The connection broke ({type(error).__name__})."
