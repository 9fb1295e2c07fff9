"""Asks flufl.bounce, Mailman's own reader, about failure reports whose form we do not know."""

import logging
from email.message import Message

from flufl.bounce import all_failures

from warmbench.core import fence
from warmbench.messaging.inbound.mail import Mail

#: Its patterns are tried on each line, and some of them again at each character.
MAX_LINES = 1_000
MAX_LINE = 300

# It logs each pattern that it tries, and each mail that it fails at with what is in it.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)


def recipients(mail: Mail) -> tuple[str, ...]:
    """The addresses that it finds to have failed, in alphabetical order.

    It raises for some real mails, so it sees a small copy: the head and the text, nothing else.
    """
    found = fence.attempt(all_failures, _copy(mail))
    if isinstance(found, Exception):
        return ()
    return tuple(sorted(raw.decode("ascii", "replace") for raw in found[0] | found[1]))


def _copy(mail: Mail) -> Message:
    text = "\n".join(line[:MAX_LINE] for line in mail.text.splitlines()[:MAX_LINES])
    copy = Message()
    for name in ("From", "To", "Subject", "X-Mailer"):
        copy[name] = mail.headers.get(name.lower())
    part = Message()
    part["Content-Type"] = "text/plain"
    part.set_payload(text)
    if mail.root.parts:
        copy["Content-Type"] = mail.root.content_type
        copy.attach(part)
    else:
        copy["Content-Type"] = "text/plain"
        copy.set_payload(text)
    return copy
