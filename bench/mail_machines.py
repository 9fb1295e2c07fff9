"""The machines of a synthetic mail day: what scanners, proxies and previews do to our links.

Published, with the source as `design/rules.md` 1.4 names it:

- Defender's sandbox: within 60 s of delivery, all links within 10 s, as Chrome, from networks of
  Microsoft's (suped.com on Defender, May 2026; techcommunity 3874918: it clicks what stands first).
- Time of click: Safe Links checks milliseconds next to the person's own click (as above).
- Proofpoint: address and agent change from link to link, and it follows even the way out
  (Mautic #9798).
- Mimecast and Barracuda: agents that no list of crawlers knows; Barracuda's addresses change
  (campus.barracuda.com 498468311).
- A second fetch 12 s after the click, from another system and network (Resend #901).
- Checkers that ask by HEAD (dub #3602). Links that nobody can see are followed (Mautic #9162;
  Paminga), and every link within 3 s (Paminga); three and more within 2 s.
- Gmail looks at pictures beforehand as Chrome 42 with Edge 12.246 (bird.com); Apple's mail privacy
  as bare `Mozilla/5.0`.
- Browsers that load ahead say so (W3C Fetch: Sec-Purpose), previews of chats name themselves.

Invented, for want of a published figure: how often each kind looks, every delay and gap that is
not named above, whether it says a language, how often it loads pictures or follows the trap, the
looks that come hours later, and gateways that stand in the same network as the office.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bench import mail_log
from bench.mail_log import Log, Mail, Visitor, named, network, seconds

_JUST_MOZILLA = "Mozilla/5.0"
_GMAIL_AHEAD = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"
)
_PLAIN = ("", "Java/17.0.9", "python-requests/2.32.3", "Mozilla/4.0 (compatible; MSIE 6.0)")
_PREVIEWS = (
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "WhatsApp/2.24.20 A",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft",
)
_CRAWLERS = (
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
)


@dataclass(frozen=True, slots=True)
class Gateway:
    """What a company's mail passes through, and where it looks from."""

    kind: str
    blocks: tuple[str, ...]
    #: The office's own network if the gateway stands there, blank otherwise.
    office: str
    checks_clicks: bool


@dataclass(frozen=True, slots=True)
class Habits:
    """What machines do on one day, each number drawn for that day."""

    says_language: float
    follows_trap: float
    loads_picture: float
    #: Delays are stretched by this.
    slowness: float
    looks_at_mail: float
    looks_again: float


class Machines:
    """Everything that looks at a mail and is no person."""

    def __init__(self, rng: random.Random, habits: Habits, log: Log) -> None:
        self._rng = rng
        self._habits = habits
        self._log = log
        self._scans: dict[str, Callable[[Mail, Gateway], None]] = {
            "defender": self._defender,
            "mimecast": self._mimecast,
            "proofpoint": self._proofpoint,
            "barracuda": self._barracuda,
            "head": self._head,
        }

    def receive(self, mail: Mail, gateway: Gateway) -> None:
        """What the gateway does with a mail that comes in, and perhaps once more later."""
        if self._rng.random() > self._habits.looks_at_mail:
            return
        self._scans[gateway.kind](mail, gateway)
        if self._rng.random() < self._habits.looks_again:
            self._late(mail, gateway)

    def _may(self, chance: float) -> bool:
        return self._rng.random() < chance

    def _where(self, gateway: Gateway) -> str:
        return gateway.office or network(self._rng, gateway.blocks)

    def _language(self, factor: float = 1.0) -> bool:
        return self._may(self._habits.says_language * factor)

    def _links(self, mail: Mail) -> list[int]:
        trap = mail.has_trap and self._may(self._habits.follows_trap)
        return [*range(mail.links), *([mail.links] if trap else [])]

    def _picture(self, mail: Mail, by: Visitor, at: datetime) -> None:
        if mail.has_picture and self._may(self._habits.loads_picture):
            self._log.open(mail, by, at)

    def _all_within(self, mail: Mail, by: Visitor, start: datetime, span: float) -> None:
        """All links in some order within so many seconds."""
        links = self._links(mail)
        if self._may(0.3):
            self._rng.shuffle(links)
        moments = sorted(self._rng.uniform(0, span) for _ in links)
        for link, moment in zip(links, moments, strict=True):
            self._log.add(mail, by, start + seconds(moment), link)
        self._picture(mail, by, start + seconds(self._rng.uniform(0, span)))

    def _defender(self, mail: Mail, gateway: Gateway) -> None:
        rng = self._rng
        agent = named(rng, rng.choice([mail_log.CHROME_WINDOWS, mail_log.EDGE_WINDOWS]), 130, 142)
        by = Visitor.machine("defender", agent, self._where(gateway), has_language=self._language())
        start = mail.handed_at + seconds(rng.uniform(1.5, 50))
        self._all_within(mail, by, start, rng.uniform(0.8, 9.5))

    def _barracuda(self, mail: Mail, gateway: Gateway) -> None:
        rng = self._rng
        agent = named(rng, mail_log.CHROME_WINDOWS, 100, 120)
        by = Visitor.machine(
            "barracuda", agent, self._where(gateway), has_language=self._language(0.5)
        )
        start = mail.handed_at + seconds(rng.uniform(0.5, 20) * self._habits.slowness)
        self._all_within(mail, by, start, rng.uniform(0.3, 3))

    def _mimecast(self, mail: Mail, gateway: Gateway) -> None:
        rng = self._rng
        agent = named(rng, mail_log.FIREFOX_WINDOWS, 78, 115)
        by = Visitor.machine(
            "mimecast", agent, self._where(gateway), has_language=self._language(0.4)
        )
        at = mail.handed_at + seconds(rng.lognormvariate(3.2, 1.0) * self._habits.slowness)
        asks_first = self._may(0.3)
        for link in self._links(mail):
            if asks_first:
                self._log.add(mail, by, at, link, method="HEAD")
                at += seconds(rng.uniform(0.05, 0.4))
            self._log.add(mail, by, at, link)
            at += seconds(rng.uniform(0.2, 3.5))

    def _proofpoint(self, mail: Mail, gateway: Gateway) -> None:
        rng = self._rng
        at = mail.handed_at + seconds(rng.lognormvariate(4.3, 1.2) * self._habits.slowness)
        for link in self._links(mail):
            agent = named(
                rng,
                rng.choice(
                    [
                        mail_log.CHROME_WINDOWS,
                        mail_log.CHROME_MAC,
                        mail_log.CHROME_LINUX,
                        mail_log.FIREFOX_WINDOWS,
                        mail_log.ANDROID,
                    ]
                ),
                100,
                145,
            )
            by = Visitor.machine(
                "proofpoint", agent, self._where(gateway), has_language=self._language(0.8)
            )
            self._log.add(mail, by, at, link)
            at += seconds(rng.expovariate(1 / 2.5))

    def _head(self, mail: Mail, gateway: Gateway) -> None:
        rng = self._rng
        by = Visitor.machine("head checker", rng.choice(_PLAIN), self._where(gateway))
        at = mail.handed_at + seconds(rng.uniform(0.3, 15) * self._habits.slowness)
        gets_too = self._may(0.3)
        for link in self._links(mail):
            self._log.add(mail, by, at, link, method="OPTIONS" if self._may(0.03) else "HEAD")
            if gets_too:
                at += seconds(rng.uniform(0.02, 0.3))
                self._log.add(mail, by, at, link)
            at += seconds(rng.uniform(0.02, 0.8))

    def _late(self, mail: Mail, gateway: Gateway) -> None:
        """A second look hours later; now and then at a single link, as a person would."""
        rng = self._rng
        agent = named(rng, mail_log.CHROME_WINDOWS, 120, 142)
        by = Visitor.machine(
            "late look", agent, self._where(gateway), has_language=self._language()
        )
        start = mail.handed_at + seconds(rng.uniform(1_200, 32_000))
        if self._may(0.85):
            self._all_within(mail, by, start, rng.uniform(1, 12))
        else:
            self._log.add(mail, by, start, rng.randrange(mail.links))

    def beside_click(self, mail: Mail, gateway: Gateway, at: datetime, link: int) -> None:
        """The check that a rewritten link makes when a person follows it."""
        rng = self._rng
        agent = named(rng, mail_log.CHROME_WINDOWS, 120, 142)
        by = Visitor.machine(
            "time of click",
            agent,
            network(rng, gateway.blocks),
            has_language=self._language(0.7),
        )
        apart = -rng.uniform(0.03, 0.9) if self._may(0.8) else rng.uniform(0.005, 0.4)
        self._log.add(mail, by, at + seconds(apart), link)

    def after_click(self, mail: Mail, at: datetime, link: int, agent: str) -> None:
        """The second fetch some 12 seconds after a person's, as another system from elsewhere."""
        rng = self._rng
        other = mail_log.CHROME_LINUX if "Windows" in agent else mail_log.CHROME_WINDOWS
        by = Visitor.machine(
            "echo",
            named(rng, other, 110, 140),
            network(rng, mail_log.AMAZON + mail_log.UNLISTED),
            has_language=self._language(0.7),
        )
        self._log.add(mail, by, at + seconds(rng.uniform(6, 22)), link)

    def load_ahead(self, mail: Mail, device: Visitor, at: datetime, link: int) -> None:
        """The reader's own program fetches a link before anybody asks for it, and says so."""
        by = Visitor.machine(
            "load ahead", device.agent, device.network, has_language=device.has_language
        )
        self._log.add(mail, by, at, link, flags=("prefetch",))

    def preview(self, mail: Mail, at: datetime, link: int, phone: str) -> None:
        """A chat shows what a link leads to, from its servers or from the sender's own phone."""
        rng = self._rng
        where = phone if self._may(0.3) else network(rng, mail_log.AMAZON + mail_log.MICROSOFT)
        by = Visitor.machine("chat preview", rng.choice(_PREVIEWS), where)
        method = "HEAD" if self._may(0.15) else "GET"
        self._log.add(mail, by, at, link, method=method)

    def crawl(self, mail: Mail) -> None:
        """A crawler finds a link that somebody put in public."""
        rng = self._rng
        where = network(rng, mail_log.MICROSOFT + mail_log.UNLISTED)
        by = Visitor.machine("crawler", rng.choice(_CRAWLERS), where)
        self._log.add(
            mail,
            by,
            mail.handed_at + timedelta(hours=rng.uniform(2, 60)),
            rng.randrange(mail.links),
        )

    def gmail_ahead(self, mail: Mail) -> None:
        """Gmail loads the picture before anybody looks."""
        by = Visitor.machine("gmail prefetch", _GMAIL_AHEAD, network(self._rng, mail_log.GOOGLE))
        self._log.open(mail, by, mail.handed_at + seconds(self._rng.uniform(0.5, 90)))

    def apple_ahead(self, mail: Mail) -> None:
        """Apple's mail privacy loads the picture once, at any time, whoever looks."""
        rng = self._rng
        by = Visitor.machine(
            "apple privacy",
            _JUST_MOZILLA,
            network(rng, mail_log.APPLE),
            has_language=self._may(0.3),
        )
        delay = rng.uniform(3, 900) if self._may(0.6) else rng.uniform(900, 36_000)
        self._log.open(mail, by, mail.handed_at + seconds(delay))
