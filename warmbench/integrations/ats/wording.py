"""Puts into one line what an ATS is told of a touch or an answer: never what it said."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from warmbench.accounts.models import Organisation
from warmbench.integrations.ats.activity import ANSWERS
from warmbench.integrations.ats.things import Note
from warmbench.integrations.models import AtsConnection, AtsWrite
from warmbench.messaging import letters
from warmbench.messaging.models import Message
from warmbench.messaging.templates import UnrenderableError
from warmbench.people.models import Channel
from warmbench.signals.models import Signal

_LONGEST_SUBJECT = 120


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    at: datetime


def note_of(write: AtsWrite, connection: AtsConnection) -> Note | None:
    """The line that a write of activity stands for; None if there is nothing to tell any more: a
    message that was none, or an answer that was taken back."""
    line = _line(write)
    if line is None:
        return None
    marker = _marker(write, connection, line.at)
    return Note(text=f"Warmbench: {line.text} [{marker}]", at=line.at, marker=marker)


def _line(write: AtsWrite) -> _Line | None:
    if message_id := write.detail.get("message"):
        message = Message.objects.filter(pk=message_id, state=Message.State.SENT).first()
        return _of_message(message) if message else None
    signal = Signal.objects.filter(pk=write.detail.get("signal", 0)).first()
    return _of_signal(signal) if signal else None


def _of_message(message: Message) -> _Line:
    at = message.handed_at or message.state_at
    if message.channel == Channel.SMS:
        return _Line(f"text sent to {message.address}", at)
    subject = _subject(message)
    what = f"mail “{subject}”" if subject else "mail"
    return _Line(f"{what} sent to {message.address}", at)


def _subject(message: Message) -> str:
    organisation = Organisation.objects.first()
    if message.template_id is None or organisation is None:
        return ""
    try:
        words = letters.words(
            letters.compiled(message.template_id),
            message.context,
            organisation=organisation,
            candidate_id=0,
            message_id=0,
        )
    except UnrenderableError:
        return ""
    return " ".join(words.subject.split())[:_LONGEST_SUBJECT]


def _of_signal(signal: Signal) -> _Line:
    what = ANSWERS.get(signal.kind, signal.kind)
    about = " ".join(signal.topic.split())
    return _Line(f"{what}: {about}" if about else what, signal.at)


def _marker(write: AtsWrite, connection: AtsConnection, at: datetime) -> str:
    """The same for the same thing, also where a restored backup numbers writes anew, and another
    one for what then gets an old number."""
    what = f"{connection.made_at.isoformat()}/{write.key}/{at.isoformat()}"
    return f"wb-{hashlib.sha256(what.encode()).hexdigest()[:12]}"
