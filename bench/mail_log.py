"""What a synthetic mail day is made of: mails, visitors, and hits whose truth is known.

Networks of invented people and companies are private ones (10.0.0.0/8, 100.64.0.0/10 for mobile
carriers, fd00::/8 for homes with IPv6), so that they are nobody's. The ranges of large clouds are
blocks that the companies hold by the public registries; only some machines come from them, because
scanners of mail are moved to where no list finds them (Barracuda says of its own addresses that
lists of them no longer work; Mautic #16263 is about scanners in clouds).
"""

import hashlib
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from warmbench.signals import agents

#: A Tuesday, before anybody is at work.
MORNING = datetime(2026, 10, 6, 6, 0, tzinfo=UTC)

#: The first two numbers of blocks that are held by these companies: registry data.
MICROSOFT = ("13.66", "13.89", "20.42", "20.83", "40.76", "40.94", "52.232", "104.40", "104.45")
AMAZON = ("3.211", "18.205", "34.195", "34.225", "52.4", "52.21", "54.145", "54.208")
GOOGLE = ("34.66", "35.190", "66.102", "66.249", "74.125")
#: Apple's relays leave through networks of others, one of them this one of Cloudflare's.
APPLE = ("17.58", "104.28")
#: Hosting companies that no list of ours has to know: invented.
UNLISTED = ("10.201", "10.202", "10.203", "10.204")

CHROME_WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/{}.0.0.0 Safari/537.36"
)
EDGE_WINDOWS = CHROME_WINDOWS + " Edg/{}.0.0.0"
FIREFOX_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{}.0) Gecko/20100101 Firefox/{}.0"
SAFARI_MAC = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/{}.1 Safari/605.1.15"
)
CHROME_MAC = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/{}.0.0.0 Safari/537.36"
)
CHROME_LINUX = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/{}.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS {}_5 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/{}.5 Mobile/15E148 Safari/604.1"
)
ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/{}.0.0.0 Mobile Safari/537.36"
)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it was handed to the reader's mail server."""

    id: int
    candidate: int
    handed_at: datetime
    #: How many links a reader sees. The trap, if there is one, has the number after them.
    links: int
    has_trap: bool
    has_picture: bool


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody or something on one device in one network; ``name`` says what kind it is."""

    name: str
    is_machine: bool
    agent: str
    network: str
    has_language: bool = True

    @classmethod
    def machine(
        cls, name: str, agent: str, network: str, *, has_language: bool = False
    ) -> "Visitor":
        """One that is no person."""
        return cls(name, is_machine=True, agent=agent, network=network, has_language=has_language)

    @classmethod
    def person(cls, name: str, agent: str, network: str, *, has_language: bool = True) -> "Visitor":
        """One that is."""
        return cls(name, is_machine=False, agent=agent, network=network, has_language=has_language)


@dataclass(frozen=True, slots=True)
class DayHit:
    """One request as it would be stored, and what it was."""

    message: int
    candidate: int
    kind: str
    link: int
    method: str
    at: datetime
    #: The hash that is stored, and the agent itself, which is not.
    agent: str
    raw_agent: str
    network: str
    system: str
    has_language: bool
    flags: tuple[str, ...]
    visitor: str
    is_machine: bool


@dataclass(slots=True)
class Log:
    """Collects the hits of a day."""

    hits: list[DayHit] = field(default_factory=list)

    def add(
        self,
        mail: Mail,
        by: Visitor,
        at: datetime,
        link: int = 0,
        *,
        kind: str = "click",
        method: str = "GET",
        flags: tuple[str, ...] = (),
    ) -> None:
        """Write one request down."""
        digest, system, marks = read_agent(by.agent)
        trap = ("honeypot",) if kind == "click" and link >= mail.links else ()
        self.hits.append(
            DayHit(
                message=mail.id,
                candidate=mail.candidate,
                kind=kind,
                link=link,
                method=method,
                at=at,
                agent=digest,
                raw_agent=by.agent,
                network=by.network,
                system=system,
                has_language=by.has_language,
                flags=tuple(sorted({*flags, *marks, *trap})),
                visitor=by.name,
                is_machine=by.is_machine,
            )
        )

    def open(self, mail: Mail, by: Visitor, at: datetime) -> None:
        """Write down that the picture was loaded."""
        self.add(mail, by, at, kind="open")


@cache
def read_agent(agent: str) -> tuple[str, str, tuple[str, ...]]:
    """What is kept of a user agent: a hash, the system it names, and marks."""
    digest = hashlib.sha256(agent.encode()).hexdigest()[:16]
    return digest, agents.system_of(agent), tuple(agents.flags_of(agent, {}))


def seconds(count: float) -> timedelta:
    """So many seconds."""
    return timedelta(seconds=count)


def network(rng: random.Random, blocks: tuple[str, ...]) -> str:
    """A /24 in one of these blocks."""
    return f"{rng.choice(blocks)}.{rng.randrange(256)}.0/24"


def named(rng: random.Random, agent: str, low: int = 139, high: int = 146) -> str:
    """A user agent with a version of these."""
    version = rng.randint(low, high)
    return agent.replace("{}", str(version))
