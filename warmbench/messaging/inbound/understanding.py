"""Says all that one mail tells of itself: what it is, whose answer it is, what it wants."""

from dataclasses import dataclass
from datetime import date, datetime

from warmbench.core import tokens
from warmbench.core.tokens import Purpose
from warmbench.messaging.inbound import complaints, kind, mail, words
from warmbench.messaging.inbound.bounces import Bounce
from warmbench.messaging.inbound.complaints import Complaint
from warmbench.messaging.inbound.kind import Loop
from warmbench.messaging.inbound.mail import Mail
from warmbench.messaging.inbound.words import Words

_IN_ADDRESSES = (Purpose.BOUNCE, Purpose.REPLY, Purpose.UNSUBSCRIBE)


@dataclass(frozen=True, slots=True)
class Token:
    """A signed address or link of ours that stands in a mail."""

    purpose: Purpose
    message_id: int


@dataclass(frozen=True, slots=True)
class Letter:
    """Words, by a person or by a machine for one."""

    words: Words


@dataclass(frozen=True, slots=True)
class Understanding:
    """What one mail tells, without a look at what we know."""

    kind: Loop | Bounce | Complaint | Letter
    sender: str
    subject: str
    #: The surest first.
    tokens: tuple[Token, ...]
    #: Message-IDs without brackets: what it answers, or what came back in it.
    thread: tuple[str, ...]

    @property
    def asks_to_stop(self) -> bool:
        """Whether it was written to the address that a mail program's unsubscribe button uses."""
        return any(token.purpose is Purpose.UNSUBSCRIBE for token in self.tokens)


def understand(raw: bytes, *, envelope_to: str, now: datetime) -> Understanding:
    """What a mail tells. ``envelope_to`` may be blank; ``now`` dates what it says of days."""
    read = mail.read(raw)
    to = (envelope_to, *read.delivered_to) if envelope_to else read.delivered_to
    signed = tuple(token for address in to if (token := token_in(address, now=now)))
    purposes = {address: token.purpose for address in to if (token := token_in(address, now=now))}
    found = kind.kind_of(
        read, lambda address: _purpose_of(address, purposes, now=now), envelope_to=envelope_to
    )
    return Understanding(
        kind=Letter(words.read(read, today=_today(read, now)))
        if isinstance(found, kind.Letter)
        else found,
        sender=read.sender.lower()[:254],
        subject=read.subject[:200],
        tokens=signed + (_tokens_in_links(found, now=now) if isinstance(found, Complaint) else ()),
        thread=_thread(read, found),
    )


def _today(read: Mail, now: datetime) -> date:
    """The day that its words are to be understood from: when it was written, if that is true."""
    written = read.date
    return written.date() if written and abs((now - written).days) <= 1 else now.date()


def token_in(address: str, *, now: datetime) -> Token | None:
    """The token that stands in an address of ours; None if it is none, or not ours."""
    local = address.rpartition("@")[0]
    tag = local.rpartition("+")[2] if "+" in local else ""
    for purpose in _IN_ADDRESSES if tag else ():
        if ids := tokens.read_address(purpose, tag, now=now):
            return Token(purpose, ids[0])
    return None


def _purpose_of(address: str, known: dict[str, Purpose], *, now: datetime) -> Purpose | None:
    if address in known:
        return known[address]
    token = token_in(address, now=now)
    return token.purpose if token else None


def _tokens_in_links(complaint: complaints.Complaint, *, now: datetime) -> tuple[Token, ...]:
    found = []
    for link in complaint.ways_out:
        if link.startswith("mailto:"):
            token = token_in(link.removeprefix("mailto:").partition("?")[0], now=now)
            found += [token] if token else []
        elif ids := tokens.read(Purpose.UNSUBSCRIBE, link.rpartition("/")[2], now=now):
            found.append(Token(Purpose.UNSUBSCRIBE, (*ids, 0)[1]))
    return tuple(found)


def _thread(read: Mail, found: kind.Kind) -> tuple[str, ...]:
    ids = [*read.in_reply_to, *reversed(read.references)]
    if isinstance(found, Bounce | Complaint):
        ids += mail.message_ids(found.returned.get("message-id"))
    return tuple(dict.fromkeys(ids))
