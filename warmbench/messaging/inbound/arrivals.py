"""Keeps every mail that comes in, before anybody tries to understand it, and each only once."""

import hashlib
import re
from datetime import datetime

from warmbench.core import sql

#: A mail with large files still comes in; only its text is read.
LARGEST = 25 << 20
_LINE_END = re.compile(rb"\r\n?")
_MESSAGE_ID = re.compile(rb"^message-id:[ \t\n]*(\S+)", re.IGNORECASE | re.MULTILINE)


class TooLargeError(ValueError):
    """The mail is larger than any that a person writes."""


def keep(
    raw: bytes,
    *,
    source: str,
    now: datetime,
    envelope_to: str = "",
    envelope_from: str | None = None,
) -> bool:
    """Store a mail for the loop ``inbound`` to read. Returns whether it is new.

    When this has returned, whoever handed it over may forget it. Raises TooLargeError.
    """
    if len(raw) > LARGEST:
        raise TooLargeError(f"The mail is larger than {LARGEST >> 20} MB.")
    # One statement: of two that come at once, one is new.
    kept = sql.run(
        """
        INSERT INTO inbound_mail (source, digest, raw, envelope_to, envelope_from, received_at,
                                  state, problem, kind, sender, subject, new_text, match, intent,
                                  rules, corrected_intent, tries)
        VALUES (%s, %s, %s, %s, %s, %s, 'waiting', '', '', '', '', '', '', '', '{}', '', 0)
            ON CONFLICT (digest) DO NOTHING
        """,
        [source[:40], digest(raw), raw, envelope_to[:254], envelope_from and envelope_from[:254],
         now],
    )  # fmt: skip
    return kept.rowcount == 1


def digest(raw: bytes) -> str:
    """The same for the same mail, whatever way and with whatever line ends it came.

    What systems on the way add stands in the header, so only its Message-ID counts of that.
    """
    lines = _LINE_END.sub(b"\n", raw)
    head, _, body = lines.partition(b"\n\n")
    named = _MESSAGE_ID.search(head)
    # Without an id, two automatic mails of the same words would be one.
    start = named[1] if named else head
    return hashlib.sha256(start + b"\0" + body.rstrip()).hexdigest()
