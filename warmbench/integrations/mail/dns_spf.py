"""Reads a domain's SPF record as receivers do (RFC 7208), and says whom it lets send.

checkdmarc does this too, and brings ten more packages and sentences for experts along.
"""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from warmbench.integrations.mail.dns_lookup import Dns

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: RFC 7208 §4.6.4: with more, receivers give up, and the whole record counts for nothing.
_MAX_LOOKUPS = 10
_MAX_VOID = 2
_MAX_MX = 10

_RECORD = re.compile(r"v=spf1( |$)", re.IGNORECASE)
_MODIFIER = re.compile(r"([a-z][a-z0-9_.-]*)=(.*)", re.IGNORECASE)
_MECHANISM = re.compile(r"([+?~-]?)([a-z][a-z0-9]*)(?::([^/].*?))?((?:/.*)?)", re.IGNORECASE)
_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)+\.?", re.ASCII)
_PREFIX = re.compile(r"(/(3[0-2]|[12]?\d))?(//(12[0-8]|1[01]\d|[1-9]?\d))?")
#: Mechanisms with what they take: nothing, a domain, perhaps a domain, an address.
_TAKES = {
    "all": "nothing",
    "include": "domain",
    "exists": "domain",
    "a": "perhaps",
    "mx": "perhaps",
    "ptr": "perhaps",
    "ip4": "address",
    "ip6": "address",
}


class SpfError(ValueError):
    """A record that receivers cannot use (their "permerror"). The sentence says why."""


@dataclass(frozen=True, slots=True)
class Term:
    """One mechanism or modifier of a record, such as ``~all`` or ``include:example.com``."""

    text: str
    sign: str
    name: str
    value: str

    @property
    def lets_pass(self) -> bool:
        """Whether who matches it may send."""
        return self.sign == "+"


@dataclass
class Spf:
    """What a record says, with all that it includes."""

    lookups: int = 0
    void: int = 0
    #: Names of the records that are part of it.
    included: set[str] = field(default_factory=set)
    #: Addresses that may send, as far as they can be known without a message.
    networks: list[Network] = field(default_factory=list)
    #: Whether anybody at all may send.
    lets_somebody: bool = False
    #: Whether everybody in the world may.
    lets_everybody: bool = False

    def lets(self, address: str) -> bool:
        """Whether it names an IP address among those that may send."""
        one = ipaddress.ip_network(address)
        return any(_within(one, network) for network in self.networks)

    def covers(self, other: "Spf") -> bool:
        """Whether all addresses that another record lets send may send by this one."""
        return bool(other.networks) and all(
            any(_within(theirs, ours) for ours in self.networks) for theirs in other.networks
        )


def read(domain: str, dns: Dns) -> Spf | None:
    """What the domain's record says; None if it has none.

    Raises SpfError for one that receivers cannot use, and NotAnsweredError.
    """
    spf = Spf()
    return spf if _follow(domain, spf, dns) else None


def terms(record: str) -> list[Term]:
    """The terms of a record, in order. Raises SpfError for what is none."""
    return [_term(text) for text in record.split(" ")[1:] if text]


def _record(domain: str, dns: Dns) -> str:
    found = [text for text in dns.txt(domain) if _RECORD.match(text)]
    if len(found) > 1:
        raise SpfError(f"{domain} has {len(found)} SPF records, so receivers use none of them.")
    return found[0] if found else ""


def _follow(domain: str, spf: Spf, dns: Dns) -> bool:
    """Add what the record of a domain says; False if there is none."""
    record = _record(domain, dns)
    if not record:
        return False
    all_terms = terms(record)
    redirects = [term for term in all_terms if term.name == "redirect"]
    if len(redirects) > 1 or sum(term.name == "exp" for term in all_terms) > 1:
        raise SpfError(f"The SPF record of {domain} says redirect= or exp= twice.")
    for term in all_terms:
        _apply(term, domain, spf, dns)
        if term.name == "all":
            return True  # What comes after it is never looked at, redirect= included.
    for term in redirects:
        _part(term, spf, dns)
    return True


def _apply(term: Term, domain: str, spf: Spf, dns: Dns) -> None:
    if term.name in {"include", "exists", "a", "mx", "ptr"}:
        _count(spf)
    spf.lets_somebody |= term.lets_pass and term.name not in {"include", "redirect", "exp"}
    match term.name:
        case "all":
            spf.lets_everybody |= term.lets_pass
        case "include":
            _part(term, spf, dns, counted=True)
        case "ip4" | "ip6":
            _let(term, [ipaddress.ip_network(term.value, strict=False)], spf)
        case "a" | "mx" if "%" not in term.value:
            name, slash, prefix = term.value.partition("/")
            hosts = [name or domain] if term.name == "a" else _mx(name or domain, dns)
            networks = list(_networks(hosts, slash + prefix, dns))
            if not hosts or (term.name == "a" and not networks):
                _lead_nowhere(spf)
            _let(term, networks, spf)


def _part(term: Term, spf: Spf, dns: Dns, *, counted: bool = False) -> None:
    """Add the record that an ``include`` or ``redirect`` names."""
    if not counted:
        _count(spf)
    name = term.value.rstrip(".").lower()
    if "%" in name:
        # Who sends, and from where, is part of the name: only a message can tell.
        spf.lets_somebody = True
        return
    inner = Spf(lookups=spf.lookups, void=spf.void)
    if not _follow(name, inner, dns):
        raise SpfError(f"“{term.text}” leads to a domain without an SPF record.")
    spf.lookups, spf.void = inner.lookups, inner.void
    spf.included |= {name, *inner.included}
    if term.name == "redirect" or term.lets_pass:
        spf.networks += inner.networks
        spf.lets_somebody |= inner.lets_somebody
        spf.lets_everybody |= inner.lets_everybody


def _count(spf: Spf) -> None:
    spf.lookups += 1
    if spf.lookups > _MAX_LOOKUPS:
        raise SpfError(
            f"It takes more than {_MAX_LOOKUPS} lookups, so receivers give up and use none of it."
        )


def _mx(domain: str, dns: Dns) -> list[str]:
    hosts = [host for host in dns.mx(domain) if host]
    if len(hosts) > _MAX_MX:
        raise SpfError(f"“mx” stands for more than {_MAX_MX} servers of {domain}.")
    return hosts


def _networks(hosts: list[str], prefix: str, dns: Dns) -> Iterator[Network]:
    four, _, six = prefix.partition("//")
    for host in hosts:
        for address in dns.addresses(host):
            length = f"/{six}" if ":" in address and six else "" if ":" in address else four
            yield ipaddress.ip_network(address + length, strict=False)


def _lead_nowhere(spf: Spf) -> None:
    spf.void += 1
    if spf.void > _MAX_VOID:
        raise SpfError(f"More than {_MAX_VOID} of its names lead nowhere, so receivers give up.")


def _let(term: Term, networks: list[Network], spf: Spf) -> None:
    if term.lets_pass:
        spf.networks += networks
        spf.lets_everybody |= any(network.prefixlen == 0 for network in networks)


def _within(one: Network, other: Network) -> bool:
    if isinstance(one, ipaddress.IPv4Network):
        return isinstance(other, ipaddress.IPv4Network) and one.subnet_of(other)
    return isinstance(other, ipaddress.IPv6Network) and one.subnet_of(other)


def _term(text: str) -> Term:
    if modifier := _MODIFIER.fullmatch(text):
        name, value = modifier[1].lower(), modifier[2]
        if name == "redirect" and not _is_domain(value):
            raise SpfError(f"“{text}” names no domain.")
        return Term(text, "", name, value)
    mechanism = _MECHANISM.fullmatch(text)
    takes = _TAKES.get(mechanism[2].lower()) if mechanism else None
    if not mechanism or not takes:
        raise SpfError(f"“{text}” is nothing that SPF knows.")
    sign, name, domain, prefix = mechanism.groups(default="")
    if not _fits(name.lower(), takes, domain, prefix):
        raise SpfError(f"“{text}” is not written as SPF wants it.")
    return Term(text, sign or "+", name.lower(), domain + prefix)


def _fits(name: str, takes: str, domain: str, prefix: str) -> bool:
    match takes:
        case "nothing":
            return not domain and not prefix
        case "domain":
            return _is_domain(domain) and not prefix
        case "perhaps":
            has_prefix = not prefix or (name != "ptr" and _PREFIX.fullmatch(prefix) is not None)
            return has_prefix and (not domain or _is_domain(domain))
        case _:
            try:
                network = ipaddress.ip_network(domain + prefix, strict=False)
            except ValueError:
                return False
            return f"ip{network.version}" == name


def _is_domain(value: str) -> bool:
    # Macros (RFC 7208 §7) are filled by the receiver with what only it knows.
    return "%" in value or _DOMAIN.fullmatch(value) is not None
