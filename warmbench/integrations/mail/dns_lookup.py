"""Asks the DNS, and tells "there is none" from "nobody answered"."""

import time
from collections.abc import Sequence
from typing import Protocol, TypeVar

import dns.exception
import dns.nameserver
import dns.rdatatype
import dns.resolver
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT

_Kind = TypeVar("_Kind")

#: How long one name server may think, how long one question may take, and all of them together.
#: Somebody waits for the page.
_A_TRY, _A_QUESTION, _ALL = 2.0, 5.0, 15.0


class NotAnsweredError(Exception):
    """Nobody could say what the DNS holds: no name server, no network, a broken zone."""


class Dns(Protocol):
    """What the checks ask. Each answer is empty where there is nothing, and each question
    raises NotAnsweredError where that cannot be known."""

    def txt(self, name: str) -> list[str]:
        """The texts at a name, each joined from its parts."""

    def mx(self, name: str) -> list[str]:
        """The servers that take mail for a name, first choice first; blank for RFC 7505's none."""

    def addresses(self, name: str) -> list[str]:
        """The IP addresses of a name, of both kinds."""


class Lookup:
    """One round of questions. What was answered once is not asked again in it."""

    def __init__(self, servers: Sequence[str] = ()) -> None:
        """``servers`` as ``192.0.2.1``, ``192.0.2.1:5353`` or ``[2001:db8::1]:53``; none of
        them: those that the machine is set up with."""
        self._until = time.monotonic() + _ALL
        try:
            self._resolver = dns.resolver.Resolver(configure=not servers)
        except (dns.exception.DNSException, OSError):
            # No resolv.conf: every question will find nobody to ask.
            self._resolver = dns.resolver.Resolver(configure=False)
        self.servers = [_server(text) for text in servers]
        if servers:
            self._resolver.nameservers = self.servers
        self._resolver.cache = dns.resolver.Cache()
        self._resolver.timeout = _A_TRY

    def txt(self, name: str) -> list[str]:
        """The texts at a name."""
        answer = self._ask(name, dns.rdatatype.TXT)
        return [b"".join(one.strings).decode(errors="replace") for one in _only(TXT, answer)]

    def mx(self, name: str) -> list[str]:
        """The servers that take mail for a name."""
        answer = _only(MX, self._ask(name, dns.rdatatype.MX))
        ordered = sorted(answer, key=lambda one: one.preference)
        return [one.exchange.to_text(omit_final_dot=True).strip(".").lower() for one in ordered]

    def addresses(self, name: str) -> list[str]:
        """The IP addresses of a name."""
        kinds = (dns.rdatatype.A, dns.rdatatype.AAAA)
        return [str(found) for kind in kinds for found in self._ask(name, kind)]

    def _ask(self, name: str, kind: dns.rdatatype.RdataType) -> list[object]:
        left = self._until - time.monotonic()
        if left <= 0:
            raise NotAnsweredError("the DNS answers too slowly")
        try:
            answer = self._resolver.resolve(
                f"{name.rstrip('.')}.", kind, search=False, lifetime=min(left, _A_QUESTION)
            )
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.resolver.NoNameservers, dns.resolver.LifetimeTimeout, OSError) as error:
            raise NotAnsweredError(f"no name server answered for {name}") from error
        except (dns.exception.DNSException, UnicodeError):
            return []  # Not a name: too long, or with a dot too many. Nothing can be there.
        return list(answer)


def _server(text: str) -> dns.nameserver.Nameserver:
    host, colon, port = text.rpartition(":")
    if colon and port.isdigit() and (host.startswith("[") or ":" not in host):
        return dns.nameserver.Do53Nameserver(host.strip("[]"), int(port))
    return dns.nameserver.Do53Nameserver(text.strip("[]"))


def _only(kind: type[_Kind], answer: list[object]) -> list[_Kind]:
    return [one for one in answer if isinstance(one, kind)]
