"""Writes the mails to users: short, in plain text, with no more about anybody than was chosen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings

from warmbench.accounts import notifications
from warmbench.accounts.models import Detail, Notification, User
from warmbench.messaging import mime
from warmbench.messaging.headers import HeaderError
from warmbench.messaging.models import Sender

#: More than this is for the page.
MOST = 25
_SUBJECT_LENGTH = 120
#: For when no name can stand in a header.
_PLAIN_SUBJECT = "News in Warmbench"


@dataclass(frozen=True, slots=True)
class StaffLetter:
    """What one user is told in one mail. There is no address in it: it is the user's own."""

    user: User
    items: Sequence[Notification]
    detail: Detail


def write(letter: StaffLetter, mail_id: int, sender: Sender, *, now: datetime) -> bytes:
    """The mail, from a mailbox of the team to the user. Raises HeaderError if one of the two
    addresses cannot stand in a header."""
    named = notifications.names(one.candidate_id for one in letter.items)
    said = [
        notifications.sentence(one.title, named.get(one.candidate_id or 0), letter.detail)
        for one in letter.items
    ]
    note = mime.Note(
        from_name="Warmbench",
        from_address=sender.from_address,
        to_name=letter.user.name,
        to_address=letter.user.email,
        date=now,
        message_id=mime.message_id(0, "staff", mail_id, domain=sender.domain),
        subject=_subject(said),
        text=_text(letter, said),
    )
    try:
        return mime.build_note(note)
    except HeaderError as error:
        if error.header not in {"Subject", "To"}:
            raise
        # A name with a line break in it, or one that begins like an answer.
        return mime.build_note(replace(note, subject=_PLAIN_SUBJECT, to_name=""))


def _subject(said: Sequence[str]) -> str:
    more = len(said) - 1
    first = said[0][:_SUBJECT_LENGTH]
    return f"{first}, and {more} more" if more else first


def _text(letter: StaffLetter, said: Sequence[str]) -> str:
    parts = []
    for one, sentence in list(zip(letter.items, said, strict=True))[:MOST]:
        lines = [sentence]
        if one.body and letter.detail == Detail.EVERYTHING:
            lines.append(one.body)
        lines.append(settings.PUBLIC_URL + (one.path or "/notifications/"))
        parts.append("\n".join(lines))
    left = len(said) - MOST
    if left > 0:
        parts.append(f"And {left} more: {settings.PUBLIC_URL}/notifications/")
    parts.append(
        "You told Warmbench to mail you this. What it mails, when, and whom it names:\n"
        f"{settings.PUBLIC_URL}/profile/#notifications"
    )
    return "\n\n".join(parts) + "\n"
