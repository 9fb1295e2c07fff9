"""DNS zones for tests: read from master files, asked in memory or over a real socket."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import dns.zone

from warmbench.integrations.mail.dns_lookup import NotAnsweredError

Records = dict[tuple[str, str], list[str]]


def records(text: str) -> Records:
    """The records of a master file whose names are whole names."""
    zone = dns.zone.from_text(
        text, origin=".", relativize=False, check_origin=False, allow_include=False
    )
    found: Records = {}
    for name, ttl, data in zone.iterate_rdatas():
        key = (name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(data.rdtype))
        found.setdefault(key, []).append(data.to_text())
        assert ttl >= 0
    return found


@dataclass
class Zones:
    """What the checks ask, answered from records; nobody answers for the names in ``silent``."""

    records: Records
    silent: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, text: str, *silent: str) -> "Zones":
        """The zones of a master file, which may be indented."""
        lines = ["$TTL 60", *(line.strip() for line in text.splitlines())]
        return cls(records("\n".join(lines)), set(silent))

    def txt(self, name: str) -> list[str]:
        found = self._ask(name, "TXT")
        return ["".join(part for part in one.split('"')[1::2]) for one in found]

    def mx(self, name: str) -> list[str]:
        pairs = sorted((int(one.split()[0]), one.split()[1]) for one in self._ask(name, "MX"))
        return [host.rstrip(".") for _, host in pairs]

    def addresses(self, name: str) -> list[str]:
        return [*self._ask(name, "A"), *self._ask(name, "AAAA")]

    def _ask(self, name: str, kind: str) -> list[str]:
        self.asked.append(f"{name} {kind}")
        if name in self.silent:
            raise NotAnsweredError(f"no name server answered for {name}")
        return self.records.get((name.rstrip(".").lower(), kind), [])


@contextlib.contextmanager
def serving(zones: Zones) -> Iterator[str]:
    """A name server on 127.0.0.1 that has the zones; as ``WARMBENCH_DNS`` names it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(0.05)
        ended = threading.Event()
        thread = threading.Thread(target=_answer_until, args=[server, zones, ended])
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}"
        finally:
            ended.set()
            thread.join()


def _answer_until(server: socket.socket, zones: Zones, ended: threading.Event) -> None:
    while not ended.is_set():
        with contextlib.suppress(TimeoutError):
            packet, who = server.recvfrom(4096)
            server.sendto(_answer(packet, zones), who)


def _answer(packet: bytes, zones: Zones) -> bytes:
    query = dns.message.from_wire(packet)
    (question,) = query.question
    name = question.name.to_text(omit_final_dot=True).lower()
    kind = dns.rdatatype.to_text(question.rdtype)
    answer = dns.message.make_response(query)
    answer.flags |= dns.flags.RA
    zones.asked.append(f"{name} {kind}")
    if name in zones.silent:
        answer.set_rcode(dns.rcode.SERVFAIL)
    elif found := zones.records.get((name, kind)):
        answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
    elif not any(known == name for known, _ in zones.records):
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer.to_wire()
