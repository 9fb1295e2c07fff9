"""Calls addresses that people enter, and only such as are out on the public internet.

Whoever may enter an address could otherwise let us ask machines that only we can reach
(server-side request forgery: OWASP ASVS 5.0 1.3.6, rules.md S10). So a name is looked up once,
every address that it has is judged, and the connection goes to one of just these.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpx
from django.conf import settings

from warmbench.integrations.mail.dns_lookup import Dns, Lookup, NotAnsweredError

#: Seconds for the whole call, and bytes of an answer that are read of it.
PATIENCE = 5.0
MOST = 64 * 1024
_SHOWN = 120
_TRIED = 2
_LONGEST_URL = 2_000
_IpAddress = IPv4Address | IPv6Address

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


def target_of(address: str) -> Target:
    """Take an address apart. Raises RefusedError for one that is never called."""
    if len(address) > _LONGEST_URL or not address.isascii() or not address.isprintable():
        raise RefusedError("This is not a web address.")
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise RefusedError("This is not a web address.") from error
    # Its ASCII form: what a browser would call, and not what another rule makes of the letters.
    host = url.raw_host.decode("ascii").rstrip(".").lower()
    if not host or url.scheme not in {"https", "http"}:
        raise RefusedError("A webhook's address begins with https://.")
    if url.userinfo:
        raise RefusedError("An address with a user name or a password in it is not called.")
    ip = None
    with contextlib.suppress(ValueError):
        ip = ip_address(host)
    is_ours = may_be_this_machine() and ip is not None and ip.is_loopback
    if url.scheme == "http" and not is_ours:
        raise RefusedError("Only https:// is called: what we say is not for everybody on the way.")
    if settings.DEMO and not is_ours:
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
        target = target_of(address)
        ips = self._resolved(target)
        try:
            return asyncio.run(self._within_time(target, ips, content, headers))
        except TimeoutError as error:
            said = f"It did not answer within {self.patience:.0f} seconds."
            raise UnreachableError(said) from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise UnreachableError(_in_words(error)) from error

    def _resolved(self, target: Target) -> list[str]:
        if target.ip is not None:
            return [str(target.ip)]
        try:
            found = self.dns().addresses(target.host)
        except NotAnsweredError as error:
            raise UnreachableError(f"The DNS does not answer for {target.host}.") from error
        if not found:
            raise UnreachableError(f"There is no {target.host} in the DNS.")
        # One that is ours among others is a trap, and no accident worth working around.
        if not all(self.is_allowed(ip_address(one)) for one in found):
            raise RefusedError(f"{target.host} is not on the public internet.")
        return found[:_TRIED]

    async def _within_time(
        self, target: Target, ips: list[str], content: bytes, headers: Mapping[str, str]
    ) -> Answer:
        # httpx limits each read; somebody who answers a byte at a time would hold us for hours.
        async with asyncio.timeout(self.patience):
            for ip in ips[:-1]:
                with contextlib.suppress(httpx.ConnectError):
                    return await self._post(target, ip, content, headers)
            return await self._post(target, ips[-1], content, headers)

    async def _post(
        self, target: Target, ip: str, content: bytes, headers: Mapping[str, str]
    ) -> Answer:
        async with httpx.AsyncClient(
            verify=self.trust, trust_env=False, follow_redirects=False, timeout=self.patience
        ) as client:
            # To the address that was judged, in the name of the host: its certificate is asked
            # for that name, and nobody looks the name up a second time.
            request = client.build_request(
                "POST",
                target.url.copy_with(host=ip),
                content=content,
                headers={
                    **headers,
                    "Host": target.url.netloc.decode("ascii"),
                    "Accept-Encoding": "identity",
                    "Connection": "close",
                },
                extensions={"sni_hostname": target.host},
            )
            response = await client.send(request, stream=True)
            try:
                return Answer(response.status_code, await _beginning(response), _wait(response))
            finally:
                await response.aclose()


async def _beginning(response: httpx.Response) -> str:
    read = b""
    async for part in response.aiter_raw():
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
