"""What a mail server's reply means for the message and for whoever wrote it."""

import re
from dataclasses import dataclass

from warmbench.messaging.handover import Deferred, Kind, Rejected, Scope

#: As much of a reply as is worth keeping.
MAX_TEXT = 300

_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})\b")
#: Who cannot log in, or must first, is told so with these.
_ACCESS = {530, 534, 535, 538}
#: RFC 3463 with the registry: mailbox, host, syntax, moved, no mail there, disabled, null MX.
#: 5.1.7 and 5.1.8 are about the sender, 5.1.0 about anything.
_DEAD = {(1, 1), (1, 2), (1, 3), (1, 6), (1, 9), (1, 10), (2, 1)}


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply of a server, its lines joined."""

    code: int
    text: str

    @property
    def is_good(self) -> bool:
        """Whether the server did what it was asked."""
        return 200 <= self.code < 300

    @property
    def subject(self) -> tuple[int, int] | None:
        """Subject and detail of the enhanced status code, if one agrees with the code."""
        found = _ENHANCED.match(self.text)
        if not found or found[1] != str(self.code)[0]:
            return None
        return int(found[2]), int(found[3])


def verdict(reply: Reply, *, about_sender: bool = False) -> Deferred | Rejected:
    """What a refusal means. ``about_sender`` says that it answered MAIL and not RCPT or DATA."""
    if reply.code in _ACCESS or reply.code == 421:
        return Deferred(reply.code, reply.text, Scope.SENDER)
    if not 500 <= reply.code < 600:
        scope = Scope.SENDER if about_sender else Scope.MESSAGE
        return Deferred(reply.code, reply.text, scope)
    return Rejected(reply.code, reply.text, _kind(reply, about_sender=about_sender))


def _kind(reply: Reply, *, about_sender: bool) -> Kind:
    subject = reply.subject
    if subject and subject[0] in {3, 6}:
        return Kind.OTHER  # The mail itself: its size, its encoding.
    if about_sender or (subject and (subject[0] == 7 or subject in {(1, 7), (1, 8)})):
        return Kind.POLICY
    return Kind.ADDRESS_DEAD if subject in _DEAD else Kind.OTHER
