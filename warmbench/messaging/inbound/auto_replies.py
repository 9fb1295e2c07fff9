"""Finds automatic answers, and what they tell of when somebody is back or where they went.

RFC 3834 asks machines to say that they are machines. Many do not, and some headers lie, so what is
said in them is weighed against the words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

from warmbench.messaging.inbound import absences, quotes
from warmbench.messaging.inbound.mail import Mail
from warmbench.messaging.inbound.plain import fold, table

#: So much must speak for a machine.
ENOUGH = 2.5
#: Automatic answers say what they say in their first words.
MAX_CHARACTERS = 4_000
#: Nobody is away for longer, and a notice from longer ago says nothing of today.
MAX_AHEAD = timedelta(days=548)


class AutoKind(StrEnum):
    """What an automatic answer is about."""

    OUT_OF_OFFICE = "out_of_office"
    ON_LEAVE = "on_leave"
    LEFT_COMPANY = "left_company"
    NEW_ADDRESS = "new_address"
    TICKET = "ticket"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class AutoReply:
    """What a machine wrote for somebody."""

    kind: AutoKind
    #: The first day back; for absences only. None if it is not said, or long past or far ahead.
    until: date | None
    #: The person's own new address; blank if none is given.
    new_address: str
    #: The address of somebody else to write to; blank if none is given.
    colleague: str
    #: What showed that a machine wrote it.
    rule: str
    #: The sentence that says so; blank if the headers alone do.
    sentence: str


def find(mail: Mail, *, today: date) -> AutoReply | None:
    """What a machine answered, or None if a person wrote. ``today``: the day it was sent."""
    body = (quotes.new_text(mail) or mail.text)[:MAX_CHARACTERS]
    signs = dict(_signs(mail, body))
    if sum(signs.values()) < ENOUGH:
        return None
    rule = max(signs, key=lambda name: signs[name])
    text = f"{mail.subject}\n{body}"
    kind, sentence = _kind(mail.subject, body)
    until = None
    if kind in {AutoKind.OUT_OF_OFFICE, AutoKind.ON_LEAVE}:
        american = absences.is_american(text, mail.headers.get("date"))
        back = absences.first_day_back(body, today=today, american=american)
        back = back or absences.first_day_back(mail.subject, today=today, american=american)
        # A notice that somebody forgot to turn off says nothing about the days to come.
        until = back if back and today < back <= today + MAX_AHEAD else None
    own, colleague = _addresses(mail, body, kind)
    return AutoReply(kind, until, own, colleague, rule, sentence)


def _signs(mail: Mail, body: str) -> Iterator[tuple[str, float]]:
    """What speaks for a machine, and how much; below nought what speaks for a person."""
    told = mail.headers.text("auto-submitted").strip().lower()
    if told.startswith("no"):
        yield "Auto-Submitted: no", -9.0
    elif told.startswith("auto"):
        yield "Auto-Submitted", 4.5
    yield from _other_headers(mail)
    subject = fold(mail.subject).strip()
    words = _words()
    if subject.startswith(words.answers):
        yield "subject of an answer", -1.0
    elif subject.startswith(words.subjects):
        yield "subject", 1.5
    folded = fold(body)
    if words.machine.search(folded):
        yield "says so itself", 2.0
    if words.human.search(folded):
        yield "words of a person", -1.5
    elif words.other.search(folded) or words.other.search(subject):
        yield "words of a system", 1.5
    elif words.absence.search(folded) or words.left.search(folded):
        yield "words of absence", 0.5


def _other_headers(mail: Mail) -> Iterator[tuple[str, float]]:
    headers = mail.headers
    for name in ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from"):
        if headers.get(name):
            yield name, 3.0
    source = f"{headers.get('x-ms-exchange-generated-message-source')}{headers.get('x-mailer')}"
    if "agent" in source.lower() or "vacation" in source.lower() or "autorespon" in source.lower():
        yield "made by a program", 3.0
    precedence = headers.text("precedence").strip().lower()
    if precedence in {"auto_reply", "auto-reply"}:
        yield "Precedence: auto_reply", 3.0
    elif precedence in {"bulk", "junk", "list"}:
        yield "Precedence", 0.5
    if headers.get("x-auto-response-suppress"):
        yield "X-Auto-Response-Suppress", 1.5
    if mail.return_path == "":
        yield "null return path", 1.5
    if headers.get("list-id"):
        yield "List-Id", 0.5
    if headers.get("list-unsubscribe"):
        yield "List-Unsubscribe", 0.5


def _kind(subject: str, body: str) -> tuple[AutoKind, str]:
    """What it is about, and the sentence that says so."""
    words = _words()
    sentences = [each.strip() for each in re.split(r"(?<=[.!?])\s+|\n", body) if each.strip()]
    order = (
        (AutoKind.LEFT_COMPANY, words.left),
        (AutoKind.NEW_ADDRESS, words.new_address),
        (AutoKind.TICKET, words.ticket),
        (AutoKind.ON_LEAVE, words.on_leave),
    )
    for kind, pattern in order:
        if kind is AutoKind.NEW_ADDRESS and "@" not in body:
            continue
        for sentence in (*sentences, subject):
            if pattern.search(fold(sentence)):
                return kind, sentence[:300]
    if words.other.search(fold(subject)):
        return AutoKind.OTHER, subject[:300]
    for sentence in sentences:
        if words.other.search(fold(sentence)) and not words.absence.search(fold(body)):
            return AutoKind.OTHER, sentence[:300]
    for sentence in (*sentences, subject):
        if words.absence.search(fold(sentence)) or fold(sentence).startswith(words.subjects):
            return AutoKind.OUT_OF_OFFICE, sentence[:300]
    return AutoKind.OTHER, ""


def _addresses(mail: Mail, body: str, kind: AutoKind) -> tuple[str, str]:
    """The person's own new address, and that of somebody else to write to."""
    own = colleague = ""
    last = 0
    known = {mail.sender.lower(), *(address.lower() for address in mail.to)}
    for match in _ADDRESS.finditer(body):
        address = match[0].rstrip(".")
        if address.lower() in known:
            continue
        # What was said of the address before is not said of this one.
        before = fold(body[max(last, match.start() - 60) : match.start()])
        last = match.end()
        behind = fold(body[match.end() : match.end() + 25])
        is_own = _is_namesake(address, mail) or _words().own.search(f"{before} @ {behind}")
        if kind in {AutoKind.NEW_ADDRESS, AutoKind.LEFT_COMPANY} and is_own:
            own = own or address
        else:
            colleague = colleague or address
    if not own and colleague and kind is AutoKind.NEW_ADDRESS:
        return colleague, ""
    return own, colleague


def _is_namesake(address: str, mail: Mail) -> bool:
    """Whether an address names the person who wrote."""
    local = set(re.findall(r"[a-z]{3,}", fold(address.partition("@")[0])))
    sender = re.findall(r"[a-z]{3,}", fold(f"{mail.sender.partition('@')[0]} {mail.sender_name}"))
    return bool(local & set(sender))


_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")


@dataclass(frozen=True, slots=True)
class _Words:
    subjects: tuple[str, ...]
    answers: tuple[str, ...]
    human: re.Pattern[str]
    machine: re.Pattern[str]
    left: re.Pattern[str]
    new_address: re.Pattern[str]
    on_leave: re.Pattern[str]
    ticket: re.Pattern[str]
    other: re.Pattern[str]
    absence: re.Pattern[str]
    own: re.Pattern[str]


@cache
def _words() -> _Words:
    written = table("auto_words")
    return _Words(
        subjects=tuple(written["subjects"]),
        answers=tuple(written["answers"]),
        human=re.compile("|".join(written["human"])),
        machine=re.compile("|".join(written["machine"])),
        left=re.compile("|".join(written["left_company"])),
        new_address=re.compile("|".join(written["new_address"])),
        on_leave=re.compile("|".join(written["on_leave"])),
        ticket=re.compile("|".join(written["ticket"])),
        other=re.compile("|".join(written["other"])),
        absence=re.compile("|".join(written["absence"])),
        own=re.compile(written["own"]),
    )
