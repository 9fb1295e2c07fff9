"""Turns a rendered mail and its envelope into the bytes that travel.

Python's own ``EmailMessage`` takes a millisecond, encodes long URLs in List-Unsubscribe so that
no mail program finds them, and on some versions lets an encoded line break into a header.
"""

import hashlib
from binascii import b2a_base64, b2a_qp
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

from warmbench.messaging import headers
from warmbench.messaging.headers import HeaderError
from warmbench.messaging.templates import Rendered

#: "=_" occurs in neither encoding of a body, so this can stay the same for every mail.
_BOUNDARY = "=_warmbench"
_HEAD = (
    f'\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{_BOUNDARY}"\r\n\r\n'
)
_END = f"\r\n--{_BOUNDARY}--\r\n".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Everything about one mail that is not its words."""

    from_name: str
    from_address: str
    to_name: str
    to_address: str
    #: A signed address of ours: it says which message an answer belongs to.
    reply_to: str
    date: datetime
    message_id: str
    unsubscribe_url: str
    unsubscribe_address: str
    list_id: str
    feedback_id: str
    #: The Message-IDs of the thread that this mail continues, oldest first.
    references: tuple[str, ...] = ()


def build(rendered: Rendered, envelope: Envelope) -> bytes:
    """The mail, ready for SMTP but for its final dot. Raises HeaderError for a bad value."""
    head = [
        _from("From", envelope.from_name, envelope.from_address),
        headers.mailbox("To", envelope.to_name, headers.clean_address("To", envelope.to_address)),
        _subject(rendered.subject, envelope),
        f"Date: {_date(int(envelope.date.timestamp()))}",
        f"Message-ID: {headers.clean_message_id('Message-ID', envelope.message_id)}",
        *(_thread(envelope.references) if envelope.references else ()),
        _from("Reply-To", envelope.from_name, envelope.reply_to),
        _list_unsubscribe(envelope),
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        f"List-Id: <{headers.clean_list_id(envelope.list_id)}>",
        f"Feedback-ID: {headers.clean_feedback_id(envelope.feedback_id)}",
    ]
    return b"".join(
        [
            ("\r\n".join(head) + _HEAD).encode(),
            *_part("plain", rendered.text),
            b"\r\n",
            *_part("html", rendered.html),
            _END,
        ]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A mail to somebody who works here: plain text, and nothing to unsubscribe from."""

    from_name: str
    from_address: str
    to_name: str
    to_address: str
    date: datetime
    message_id: str
    subject: str
    text: str


def build_note(note: Note) -> bytes:
    """The mail, ready for SMTP but for its final dot. Raises HeaderError for a bad value.

    It says that no person wrote it, so that nobody's absence note answers (RFC 3834).
    """
    headers.check_subject(note.subject)
    head = [
        _from("From", note.from_name, note.from_address),
        headers.mailbox("To", note.to_name, headers.clean_address("To", note.to_address)),
        headers.text("Subject", note.subject),
        f"Date: {_date(int(note.date.timestamp()))}",
        f"Message-ID: {headers.clean_message_id('Message-ID', note.message_id)}",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
        "MIME-Version: 1.0",
    ]
    part, words = _part("plain", note.text)
    _, _, part_head = part.partition(b"\r\n")
    return b"".join([("\r\n".join(head) + "\r\n").encode(), part_head, words])


def message_id(of: int, *touch: int | str, domain: str) -> str:
    """The Message-ID of a touch: the same for every attempt, so that receivers notice a second.

    The id of the message stands in it, for an answer that names it to be found by that.
    """
    digest = hashlib.sha256("\0".join(map(str, (of, *touch))).encode()).hexdigest()
    return f"<{digest[:32]}.{of}@{domain}>"


def _from(header: str, name: str, address: str) -> str:
    # One sender has one line; only its Reply-To changes from mail to mail.
    if header == "From":
        return _cached_from(name, address)
    return headers.mailbox(header, name, headers.clean_address(header, address))


@lru_cache(maxsize=1024)
def _cached_from(name: str, address: str) -> str:
    return headers.mailbox("From", name, headers.clean_address("From", address))


def _subject(subject: str, envelope: Envelope) -> str:
    if not subject or subject.isspace():
        raise HeaderError("Subject", "it is empty")
    if not envelope.references:
        headers.check_subject(subject)
    return headers.text("Subject", subject)


def _thread(references: tuple[str, ...]) -> list[str]:
    ids = [headers.clean_message_id("References", each) for each in references]
    return [f"In-Reply-To: {ids[-1]}", "References: " + "\r\n ".join(ids)]


def _list_unsubscribe(envelope: Envelope) -> str:
    name = "List-Unsubscribe"
    url = headers.clean_url(name, envelope.unsubscribe_url)
    address = headers.clean_address(name, envelope.unsubscribe_address)
    # Never folded and never encoded: mail programs show no button for either.
    line = f"{name}: <{url}>, <mailto:{address}?subject=unsubscribe>"
    if len(line) > headers.MAX_LINE or not line.isascii():
        raise HeaderError(name, "it is too long or not ASCII")
    return line


@lru_cache(maxsize=64)
def _date(second: int) -> str:
    return format_datetime(datetime.fromtimestamp(second, UTC))


def _part(kind: str, words: str) -> tuple[bytes, bytes]:
    """The head and the encoded body of one part, with the line ends that SMTP wants."""
    if "\r" in words:
        words = words.replace("\r\n", "\n").replace("\r", "\n")
    body = words.replace("\n", "\r\n").encode(errors="replace")
    # Text that is mostly not Latin would grow threefold as quoted-printable.
    if len(body) > len(words) * 1.3:
        return _part_head(kind, "base64"), _base64(body)
    encoded = b2a_qp(body)
    if b"\n" not in body:
        # It goes by the first line end, and where there is none it writes bare line feeds.
        encoded = encoded.replace(b"\n", b"\r\n")
    return _part_head(kind, "quoted-printable"), encoded


@lru_cache
def _part_head(kind: str, encoding: str) -> bytes:
    return (
        f"--{_BOUNDARY}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    ).encode()


def _base64(body: bytes) -> bytes:
    lines = (b2a_base64(body[i : i + 57], newline=False) for i in range(0, len(body), 57))
    return b"\r\n".join(lines)
