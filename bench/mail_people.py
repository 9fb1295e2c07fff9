"""The people of a synthetic mail day: how they open, click, forward and come back.

All of it is invented, from what mail programs are known to do: Gmail and Yahoo load pictures by a
proxy when the reader looks; phones of one carrier share a few addresses; everybody in an office
has one. The hard ones are here on purpose, because a rule that finds machines will want them:

- fast thumbs: open 4 to 20 seconds after arrival, and two or three links within seconds;
- tab openers: read, then open every link in a tab of its own;
- double tappers: the same link twice in a second;
- people in apps: the mail program's own browser first, and then the real one, as other agents;
- colleagues in one office, dozens within minutes, with or without a gateway in the same network;
- people whose office goes out by a proxy in a cloud's network;
- odd browsers without Accept-Language;
- forwarders, whose friends click from elsewhere with another system, and people who come back
  days later with another device.
"""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bench import mail_log
from bench.mail_log import Log, Mail, Visitor, named, network, seconds
from bench.mail_machines import Gateway, Machines

_AT_WORK = range(7, 17)
_OUTLOOK = (
    "Mozilla/4.0 (compatible; ms-office; MSOffice 16) Microsoft Outlook 16.0 (Windows NT 10.0)"
)
_THUNDERBIRD = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Thunderbird/128.0"
)
_GMAIL_PROXY = (
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
)
_ODD = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0",
    "Lynx/2.9.0dev.12 libwww-FM/2.14 SSL-MM/1.4.1",
    "Mozilla/5.0 (X11; FreeBSD amd64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Windows NT 6.1; rv:52.0) Gecko/20100101 Firefox/52.0",
)
_IN_APP = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Mobile/15E148 GSA/345.0"
)


@dataclass(frozen=True, slots=True)
class Company:
    """An office: one network for everybody, and perhaps something that looks at its mail."""

    network: str
    gateway: Gateway | None


@dataclass(frozen=True, slots=True)
class Manners:
    """What people do on one day, each number drawn for that day."""

    clicks: float
    opens: float
    fast: float
    tabs: float
    doubles: float
    forwards: float
    returns: float
    odd: float
    shares: float
    echoes: float
    loads_ahead: float
    #: The middle of how long a mail lies unread, in minutes.
    patience: float


@dataclass(frozen=True, slots=True)
class Person:
    """One reader with a desktop and a phone."""

    candidate: int
    company: Company | None
    #: Where the mail is read: ``work``, ``gmail``, ``apple`` or ``other``.
    mailbox: str
    desktop: str
    phone: str
    home: str
    carrier: str
    has_language: bool
    in_app: bool


def person(
    rng: random.Random, candidate: int, company: Company | None, odd: float, carriers: list[str]
) -> Person:
    """Somebody with devices, a home and a mailbox."""
    is_odd = rng.random() < odd
    desktops = (
        mail_log.CHROME_WINDOWS,
        mail_log.EDGE_WINDOWS,
        mail_log.FIREFOX_WINDOWS,
        mail_log.CHROME_MAC,
    )
    desktop = rng.choice(_ODD) if is_odd else named(rng, rng.choice(desktops))
    if not is_odd and rng.random() < 0.15:
        desktop = named(rng, mail_log.SAFARI_MAC, 17, 19)
    phone = rng.choice([named(rng, mail_log.IPHONE, 17, 19), named(rng, mail_log.ANDROID)])
    home = f"10.{rng.randrange(100)}.{rng.randrange(256)}.0/24"
    if rng.random() < 0.4:
        parts = (0xFD00 + rng.randrange(256), rng.randrange(1, 65536), rng.randrange(1, 65536))
        home = ":".join(f"{part:x}" for part in parts) + "::/48"
    mailbox = "work" if company else rng.choices(["gmail", "apple", "other"], [45, 25, 30])[0]
    return Person(
        candidate,
        company,
        mailbox,
        desktop,
        phone,
        home,
        rng.choice(carriers),
        not is_odd,
        "iPhone" in phone and rng.random() < 0.25,
    )


class Readers:
    """Everybody who gets mail on one day."""

    def __init__(self, rng: random.Random, manners: Manners, machines: Machines, log: Log) -> None:
        self._rng = rng
        self._manners = manners
        self._machines = machines
        self._log = log

    def read(self, mail: Mail, who: Person) -> None:
        """What one person does with one mail, and what that sets off."""
        manners = self._manners
        if self._may(manners.clicks * manners.fast):
            self._fast(mail, who)
        elif self._may(manners.clicks):
            self._calm(mail, who)
        elif self._may(manners.opens):
            at = mail.handed_at + self._lies_unread()
            self._look(mail, who, self._device(who, at, "reader"), at)

    def _may(self, chance: float) -> bool:
        return self._rng.random() < chance

    def _lies_unread(self) -> timedelta:
        minutes = self._manners.patience * self._rng.lognormvariate(0, 1.4)
        return timedelta(minutes=min(max(minutes, 0.3), 2_500))

    def _device(self, who: Person, at: datetime, name: str) -> Visitor:
        """A device where somebody is at that hour: the office's, or at home and under way."""
        if who.company and at.hour in _AT_WORK and self._may(0.7):
            name = f"{name} in an office" if name == "reader" else name
            return Visitor.person(
                name, who.desktop, who.company.network, has_language=who.has_language
            )
        if self._may(0.55):
            where = who.carrier if self._may(0.6) else who.home
            return Visitor.person(name, who.phone, where)
        return Visitor.person(name, who.desktop, who.home, has_language=who.has_language)

    def _look(self, mail: Mail, who: Person, by: Visitor, at: datetime) -> None:
        """The picture as it is loaded when somebody looks, if it is loaded then at all."""
        if not mail.has_picture or who.mailbox == "apple":
            return
        if who.mailbox == "gmail":
            where = network(self._rng, mail_log.GOOGLE)
            by = Visitor.person("picture proxy", _GMAIL_PROXY, where, has_language=False)
        elif by.agent == who.desktop:
            agent = _OUTLOOK if who.mailbox == "work" else _THUNDERBIRD
            by = replace(by, agent=agent)
        self._log.open(mail, by, at)

    def _fast(self, mail: Mail, who: Person) -> None:
        rng = self._rng
        at = mail.handed_at + seconds(rng.uniform(0.4, 3)) + seconds(rng.uniform(4, 20))
        where = who.carrier if self._may(0.6) else who.home
        by = Visitor.person("fast thumbs", who.phone, where)
        self._look(mail, who, by, at)
        at += seconds(rng.uniform(0.8, 4))
        count = min(mail.links, rng.choice([1, 2, 2, 3]))
        for link in rng.sample(range(mail.links), count):
            self._click(mail, who, by, at, link)
            at += seconds(rng.uniform(0.9, 4.5))

    def _calm(self, mail: Mail, who: Person) -> None:
        rng = self._rng
        at = mail.handed_at + self._lies_unread()
        by = self._device(who, at, "reader")
        self._look(mail, who, by, at)
        at += seconds(rng.lognormvariate(2.5, 0.8))
        if mail.links > 1 and self._may(self._manners.tabs):
            by = replace(by, name="tab opener")
            for link in range(mail.links):
                self._click(mail, who, by, at, link)
                at += seconds(rng.uniform(0.7, 3.5))
        else:
            count = min(mail.links, rng.choices([1, 2, 3], [72, 21, 7])[0])
            for link in rng.sample(range(mail.links), count):
                self._click(mail, who, by, at, link)
                at += seconds(rng.lognormvariate(3.4, 0.9))
        self._later(mail, who, by, at)

    def _click(self, mail: Mail, who: Person, by: Visitor, at: datetime, link: int) -> None:
        rng = self._rng
        if who.in_app and by.agent == who.phone:
            app = replace(by, name="in an app", agent=_IN_APP)
            self._log.add(mail, app, at, link)
            if self._may(0.3):
                self._log.add(mail, by, at + seconds(rng.uniform(1.5, 8)), link)
        else:
            self._log.add(mail, by, at, link)
        if self._may(self._manners.doubles):
            twice = replace(by, name="double tapper")
            self._log.add(mail, twice, at + seconds(rng.uniform(0.15, 1.2)), link)
        gateway = who.company.gateway if who.company else None
        if gateway and gateway.checks_clicks:
            self._machines.beside_click(mail, gateway, at, link)
        if self._may(self._manners.echoes):
            self._machines.after_click(mail, at, link, by.agent)
        if self._may(self._manners.loads_ahead):
            ahead = at - seconds(rng.uniform(0.4, 6))
            self._machines.load_ahead(mail, by, ahead, rng.randrange(mail.links))

    def _later(self, mail: Mail, who: Person, by: Visitor, at: datetime) -> None:
        """Who sends it on, shows it to a chat, or comes back to it."""
        rng = self._rng
        if self._may(self._manners.forwards):
            friend = person(rng, who.candidate, None, self._manners.odd, [who.carrier])
            then = at + timedelta(minutes=rng.lognormvariate(4, 1.6))
            device = self._device(friend, then, "forwarded to")
            for link in rng.sample(range(mail.links), min(mail.links, rng.choice([1, 1, 2]))):
                self._log.add(mail, device, then, link)
                then += seconds(rng.lognormvariate(3.2, 0.9))
        if self._may(self._manners.shares):
            then = at + seconds(rng.uniform(20, 3_000))
            link = rng.randrange(mail.links)
            self._machines.preview(mail, then, link, who.carrier)
            if self._may(0.6):
                friend = person(rng, who.candidate, None, self._manners.odd, [who.carrier])
                then += seconds(rng.uniform(5, 4_000))
                self._log.add(mail, self._device(friend, then, "from a chat"), then, link)
        if self._may(self._manners.returns):
            then = at + timedelta(days=rng.uniform(1.5, 6), hours=rng.uniform(-5, 5))
            agent = who.desktop if by.agent == who.phone else who.phone
            device = Visitor.person("comes back", agent, who.home, has_language=who.has_language)
            self._log.add(mail, device, then, rng.randrange(mail.links))
