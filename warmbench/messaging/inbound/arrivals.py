"""Keeps every mail and text that comes in, before anybody tries to understand it: each once."""

import hashlib
import re
from datetime import datetime

from warmbench.core import sql
from warmbench.messaging.models import InboundMail

#: A mail with large files still comes in; only its text is read.
LARGEST = 25 << 20
_LINE_END = re.compile(rb"\r\n?")
#: A folded line goes on with a blank; without one, the next field begins.
_MESSAGE_ID = re.compile(rb"^message-id:[ \t]*(?:\n[ \t]+)?(\S+)", re.IGNORECASE | re.MULTILINE)


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
    return _store(
        raw, source, now=now, envelope_to=_storable(envelope_to),
        envelope_from=None if envelope_from is None else _storable(envelope_from),
    )  # fmt: skip


def note(beginning: bytes, *, source: str, problem: str, now: datetime) -> bool:
    """Put a mail before a person of which only the beginning could be had. Returns whether it is
    new. ``problem`` says why, and where the rest is."""
    return _store(beginning, source, now=now, problem=problem)


def keep_text(form: bytes, *, sender_id: int, sid: str, number: str, now: datetime) -> int | None:
    """Store a text, as the provider's form told of it. Returns the id of its row, or None if the
    provider told of it before; ``sid`` is its name there."""
    kept = sql.run(
        """
        INSERT INTO inbound_mail (channel, source, digest, raw, envelope_to, received_at, state,
                                  problem, kind, sender, subject, new_text, match, intent, rules,
                                  corrected_intent, tries)
        VALUES ('sms', %s, %s, %s, '', %s, %s, '', '', %s, '', '', '', '', '{}', '', 0)
            ON CONFLICT (digest) DO NOTHING RETURNING id
        """,
        [f"texts:{sender_id}", hashlib.sha256(b"text\0" + sid.encode()).hexdigest(), form, now,
         str(InboundMail.State.DONE), _storable(number)],
    ).fetchone()  # fmt: skip
    return kept[0] if kept else None


def _store(
    raw: bytes,
    source: str,
    *,
    now: datetime,
    envelope_to: str = "",
    envelope_from: str | None = None,
    problem: str = "",
) -> bool:
    state = InboundMail.State.OPEN if problem else InboundMail.State.WAITING
    # One statement: of two that come at once, one is new.
    kept = sql.run(
        """
        INSERT INTO inbound_mail (source, digest, raw, envelope_to, envelope_from, received_at,
                                  state, problem, kind, sender, subject, new_text, match, intent,
                                  rules, corrected_intent, tries)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '', '', '', '', '', '', '{}', '', 0)
            ON CONFLICT (digest) DO NOTHING
        """,
        [source[:40], digest(raw), raw, envelope_to, envelope_from, now, str(state),
         problem[:200]],
    )  # fmt: skip
    return kept.rowcount == 1


def _storable(address: str) -> str:
    """An address as PostgreSQL takes it: no NUL, no half characters, and no more than fits."""
    return address.replace("\0", "").encode(errors="replace").decode()[:254]


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
