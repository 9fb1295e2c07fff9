"""Gives mails a name that their provider repeats in all that it tells of them later.

Who sends through a provider's mail server, and lets it report by webhook, gets its own numbers
back, and some providers replace our Message-ID. So their headers for such names carry the signed
token that the envelope has anyway. Each provider takes its header out again.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from warmbench.messaging.handover import Channel, HandOver

#: What our name for a mail is called at a provider's.
LABEL = "warmbench"

_TAG = re.compile(r"\+([a-z2-7]{10,100})@")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A channel of a mail server that knows such headers."""

    channel: Channel
    headers: Callable[[str], str]

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
        """Try once to hand over one mail."""
        if tag := _TAG.search(mail_from):
            data = self.headers(tag[1]).encode() + data
        return self.channel.hand_over(mail_from, rcpt_to, data)

    def close(self) -> None:
        """Let go of its connections."""
        self.channel.close()


def labelled(host: str, channel: Channel) -> Channel:
    """The channel of a mail server: one that names each mail, where the server has a header for
    it."""
    for domain, headers in _HEADERS.items():
        if host.lower().endswith(domain):
            return Labelled(channel, headers)
    return channel


def _postmark(label: str) -> str:
    # Without the second one answers would name an id that only Postmark knows.
    return f"X-PM-Metadata-{LABEL}: {label}\r\nX-PM-KeepID: true\r\n"


def _mailgun(label: str) -> str:
    return f"X-Mailgun-Variables: {json.dumps({LABEL: label})}\r\n"


def _sendgrid(label: str) -> str:
    return f"X-SMTPAPI: {json.dumps({'unique_args': {LABEL: label}})}\r\n"


_HEADERS: dict[str, Callable[[str], str]] = {
    ".postmarkapp.com": _postmark,
    ".mailgun.org": _mailgun,
    ".sendgrid.net": _sendgrid,
}
