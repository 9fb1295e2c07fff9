"""Reads from a mail that arrived how the mail server signed it on its way."""

import re
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from email.utils import parseaddr

from warmbench.integrations.mail import dns_dmarc
from warmbench.integrations.mail.dkim_published import tags
from warmbench.integrations.mail.dkim_signing import SIGNED_HEADERS
from warmbench.integrations.mail.dns_lookup import Dns
from warmbench.messaging.models import Sender

#: RFC 6376 §5.4 asks for From, RFC 8058 §4 for the other two: without them nobody may show the
#: one-click button, and somebody on the way could change where it leads.
NEEDED = ("From", "List-Unsubscribe", "List-Unsubscribe-Post")
#: No honest mail has a longer head.
_LONGEST = 200_000
_HEADER = re.compile(r"^[!-9;-~]+:", re.MULTILINE)


class CopyUnusableError(ValueError):
    """A pasted mail that proves nothing. The sentence says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Signature:
    """How a mail server signs: in whose name, with which key, and which headers it covers."""

    domain: str
    selector: str
    #: Names in lower case.
    headers: tuple[str, ...]

    def leaves_out(self, names: tuple[str, ...] = SIGNED_HEADERS) -> list[str]:
        """Those of the headers that anybody on the way could change unnoticed."""
        return [name for name in dict.fromkeys(names) if name.lower() not in self.headers]

    def as_json(self) -> dict[str, object]:
        """The signature as it is kept on the sender."""
        return {"domain": self.domain, "selector": self.selector, "headers": list(self.headers)}


def read(source: str, sender: Sender, dns: Dns) -> Signature:
    """The signature of the sender's domain on a mail that arrived, from its pasted source.

    Raises CopyUnusableError, and NotAnsweredError when the DNS cannot say whose domain it is.
    """
    begin = _HEADER.search(source[:_LONGEST])
    mail = HeaderParser().parsestr(source[begin.start() : _LONGEST] if begin else "")
    author = parseaddr(str(mail.get("From", "")))[1].lower()
    if author != sender.from_address:
        raise CopyUnusableError(
            f"This is not a mail from {sender.from_address}. Paste the whole source of the test,"
            " with its headers."
        )
    signatures = [_signature(str(text)) for text in mail.get_all("DKIM-Signature", [])]
    ours = dns_dmarc.org_domain(sender.domain, dns)
    aligned = [
        one
        for one in signatures
        if one.domain == sender.domain or dns_dmarc.org_domain(one.domain, dns) == ours
    ]
    if not aligned:
        others = ", ".join(sorted({one.domain for one in signatures}))
        instead = f": only one of {others}" if others else ""
        raise CopyUnusableError(
            f"It carries no signature of {sender.domain}{instead}. Switch DKIM on for the domain"
            " where your mail server is managed, or let Warmbench sign: Change, Signature."
        )
    best = min(aligned, key=lambda one: len(one.leaves_out()))
    if best.domain in _found_wrong(mail):
        raise CopyUnusableError(
            f"Whoever received it found the signature of {best.domain} wrong. Let Warmbench sign:"
            " Change, Signature."
        )
    return best


def _signature(text: str) -> Signature:
    said = tags(text)
    headers = tuple(name.lower() for name in said.get("h", "").split(":"))
    return Signature(said.get("d", "").lower(), said.get("s", ""), headers)


def _found_wrong(mail: Message) -> set[str]:
    """Domains whose signature did not pass at the receiver (RFC 8601), whatever else did."""
    passed: set[str] = set()
    wrong: set[str] = set()
    for result in mail.get_all("Authentication-Results", []):
        for method in str(result).split(";"):
            found = re.search(r"\bdkim\s*=\s*(\w+)", method, re.IGNORECASE)
            domain = re.search(r"header\.[di]\s*=\s*@?([\w.-]+)", method, re.IGNORECASE)
            if found and domain:
                (passed if found[1].lower() == "pass" else wrong).add(domain[1].lower())
    return wrong - passed
