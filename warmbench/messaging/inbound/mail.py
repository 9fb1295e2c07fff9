"""Reads one raw mail into the value that all judging of inbound mail begins with."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property

from warmbench.core import fence
from warmbench.messaging.inbound import html_text, parts
from warmbench.messaging.inbound.parts import Headers, Part

#: As many as can matter for finding the thread; RFC 5322 sets no limit.
MAX_IDS = 50
MAX_ADDRESSES = 50

_IN_ANGLES = re.compile(r"<\s*([^<>\s@]{1,200}@[^<>\s@]{1,253})\s*>")
_BARE = re.compile(r"[^\s<>()\[\],;:\"@]{1,200}@[\w.-]{1,253}|\"[^\"@\n]{1,100}\"@[\w.-]{1,253}")
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,250})>")
_BLANK_LINE = re.compile(rb"\n(?:[ \t]*\n)+")
#: Where the systems on the way write whom the envelope named.
_DELIVERED_TO = (
    "delivered-to", "x-original-to", "x-delivered-to", "envelope-to", "x-envelope-to",
    "x-rcpt-to", "x-original-recipient", "apparently-to",
)  # fmt: skip
_REPORTS = ("message/delivery-status", "message/global-delivery-status")
_RETURNED_HEADERS = ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers")
_RETURNED = ("message/rfc822", "message/global", "message/news")


@dataclass(frozen=True)
class Mail:
    """One mail as it came in. All text is clean Unicode; nothing is trusted."""

    root: Part

    @property
    def headers(self) -> Headers:
        """The header fields of the mail itself."""
        return self.root.headers

    @cached_property
    def sender(self) -> str:
        """The address that it says it is from; blank if it names none."""
        return next(iter(addresses(self.headers.get("from"))), "")

    @cached_property
    def sender_name(self) -> str:
        """The name beside that address; blank if there is none."""
        value = self.headers.text("from")
        return value.partition("<")[0].strip(' "\t') if "<" in value else ""

    @property
    def subject(self) -> str:
        """The subject line, readable."""
        return self.headers.text("subject")

    @cached_property
    def delivered_to(self) -> tuple[str, ...]:
        """Every address that it may have been delivered to, the surest first.

        One of ours among them carries the token of the message that is answered (D13).
        """
        found = [
            address
            for value in self.headers.all(*_DELIVERED_TO, "to", "cc")
            for address in addresses(value)
        ]
        return tuple(dict.fromkeys(found))[:MAX_ADDRESSES]

    @cached_property
    def to(self) -> tuple[str, ...]:
        """The addresses of the To field."""
        return addresses(self.headers.get("to"))

    @cached_property
    def return_path(self) -> str | None:
        """The envelope sender: blank for a null one (RFC 5321), None if it is not on record."""
        value = self.headers.values.get("return-path")
        if value is None:
            return None
        return next(iter(addresses(value[0])), value[0].strip("<> \t"))

    @cached_property
    def message_id(self) -> str:
        """Its own id without angle brackets; blank if it has none."""
        value = self.headers.get("message-id")
        return next(iter(message_ids(value)), value.strip()[:250])

    @cached_property
    def in_reply_to(self) -> tuple[str, ...]:
        """The ids of what it answers."""
        return message_ids(self.headers.get("in-reply-to"))

    @cached_property
    def references(self) -> tuple[str, ...]:
        """The ids of its thread, the last of them if they are many."""
        return message_ids(self.headers.get("references"))

    @cached_property
    def date(self) -> datetime | None:
        """When it says it was written, in UTC."""
        return date_of(self.headers.get("date"))

    @cached_property
    def text(self) -> str:
        """The words a person would read: the plain text, or that of the HTML if there is none."""
        plain = [part.text for part in self.shown if part.content_type == "text/plain"]
        if any(text.strip() for text in plain):
            return "\n".join(plain)[: parts.MAX_BYTES]
        return html_text.text_of(self.html)

    @cached_property
    def html(self) -> str:
        """The HTML as it came; blank if there is none. Not safe to show."""
        return "\n".join(part.text for part in self.shown if part.content_type == "text/html")

    @cached_property
    def shown(self) -> tuple[Part, ...]:
        """The text parts that belong to the mail itself: no files, nothing of enclosed mails."""
        return tuple(_shown(self.root))

    @cached_property
    def reports(self) -> tuple[tuple[Headers, ...], ...]:
        """The delivery reports in it (RFC 3464): each a group about the mail, then recipients."""
        return tuple(groups(part.body) for part in self.root.own() if part.content_type in _REPORTS)

    @cached_property
    def enclosed(self) -> "Mail | None":
        """The first mail that is enclosed in it as a part."""
        for part in self.root.walk():
            if part is not self.root and part.content_type in _RETURNED and part.parts:
                return Mail(part.parts[0])
        return None

    @cached_property
    def feedback(self) -> Headers | None:
        """The fields of a complaint's report (RFC 5965), if it has that part."""
        for part in self.root.walk():
            if part.content_type == "message/feedback-report":
                return parts.read_fields(part.body.lstrip(b"\n"))[0]
        return None

    @cached_property
    def returned(self) -> Headers | None:
        """The headers of the mail that came back in it as a part, complete or headers alone."""
        if self.enclosed:
            return self.enclosed.headers
        for part in self.root.walk():
            if part.content_type in _RETURNED_HEADERS:
                return parts.read_fields(part.body.lstrip(b"\n"))[0]
        return None


def read(raw: bytes) -> Mail:
    """The mail in these bytes. Never raises, and a megabyte takes less than a second."""
    return Mail(parts.take_apart(raw))


def addresses(value: str) -> tuple[str, ...]:
    """The mail addresses in a header value, in its order, as they are written.

    Names, comments and groups (RFC 5322) are passed over: what matters here is who, not how.
    """
    found = _IN_ANGLES.findall(value) or _BARE.findall(value)
    return tuple(dict.fromkeys(found))[:MAX_ADDRESSES]


def message_ids(value: str) -> tuple[str, ...]:
    """The Message-IDs in a header value without their angle brackets."""
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(value)))[-MAX_IDS:]


def date_of(value: str) -> datetime | None:
    """The moment that a Date field names, in UTC; None if it names none."""
    moment = fence.attempt(parsedate_to_datetime, value[:100])
    if isinstance(moment, Exception):
        return None
    moment = fence.attempt(
        (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone, UTC
    )
    return None if isinstance(moment, Exception) else moment


def groups(body: bytes) -> tuple[Headers, ...]:
    """The groups of fields of a delivery report, blank lines between them."""
    blocks = _BLANK_LINE.split(body[: parts.MAX_HEADER_BYTES].strip(b"\n"), parts.MAX_PARTS)
    found = (parts.read_fields(block.lstrip())[0] for block in blocks)
    return tuple(fields for fields in found if fields.values)


def _shown(part: Part) -> list[Part]:
    if part.is_file or part.content_type.startswith("message/"):
        return []
    if part.content_type.startswith("text/"):
        return [] if part.content_type in _RETURNED_HEADERS else [part]
    return [shown for each in part.parts for shown in _shown(each)]
