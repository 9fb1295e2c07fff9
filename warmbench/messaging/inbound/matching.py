"""Finds out which message of ours, and whom of our candidates, a mail that came in belongs to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from warmbench.messaging.inbound.understanding import Token, Understanding
from warmbench.messaging.models import Attempt, InboundMail, Message
from warmbench.people.models import Channel, ContactPoint

#: For so long after a message, a mail from its address may be the answer to it (rules.md D23).
ANSWER_WITHIN = timedelta(days=180)

_OURS = re.compile(r"[0-9a-f]{32}\.(\d{1,18})@[\w.-]+")

Match = InboundMail.Match


@dataclass(frozen=True, slots=True)
class Found:
    """Whose a mail is. More than one person: somebody must say whose."""

    match: InboundMail.Match | None
    message: Message | None
    candidate_ids: tuple[int, ...]

    @property
    def is_sure(self) -> bool:
        """Whether it follows from what only we and the receiver of a message know."""
        return self.match in {Match.TOKEN, Match.REFERENCE, Match.NUMBER}

    @property
    def candidate_id(self) -> int | None:
        """The person, if it is one."""
        return self.candidate_ids[0] if len(self.candidate_ids) == 1 else None


NOBODY = Found(None, None, ())


def find(understanding: Understanding, *, now: datetime) -> Found:
    """Whose a mail is, by the surest sign that there is."""
    return (
        _by_token(understanding.tokens)
        or _by_reference(understanding.thread)
        or _by_address(understanding.sender, now=now)
        or NOBODY
    )


def _by_token(tokens: Sequence[Token]) -> Found | None:
    for token in tokens:
        if message := Message.objects.filter(pk=token.message_id).first():
            return Found(Match.TOKEN, message, (message.candidate_id,))
    return None


def _by_reference(thread: Sequence[str]) -> Found | None:
    for reference in thread:
        named = _OURS.fullmatch(reference)
        # The number alone could be anybody's guess; with the rest it is what we sent.
        tried = Attempt.objects.filter(
            message=int(named[1]) if named else 0, message_id_header=f"<{reference}>"
        )
        if named and (attempt := tried.select_related("message").first()):
            return Found(Match.REFERENCE, attempt.message, (attempt.candidate_id,))
    return None


def _by_address(address: str, *, now: datetime) -> Found | None:
    points = ContactPoint.objects.filter(channel=Channel.EMAIL, address=address)
    people = tuple(points.order_by("candidate_id").values_list("candidate_id", flat=True))
    if not address or not people:
        return None
    sent = Message.objects.filter(
        candidate_id__in=people, handed_at__gt=now - ANSWER_WITHIN, address=address
    )
    latest = sent.order_by("-handed_at").first()
    return Found(Match.ADDRESS, latest, people) if latest else None


def by_number(number: str, *, now: datetime) -> Found:
    """Whose a text is: of everybody who has this number (E.164), with the last text to it."""
    points = ContactPoint.objects.filter(channel=Channel.SMS, address=number)
    people = tuple(points.order_by("candidate_id").values_list("candidate_id", flat=True))
    if not people:
        return NOBODY
    sent = Message.objects.filter(
        candidate_id__in=people, handed_at__gt=now - ANSWER_WITHIN, address=number
    )
    latest = sent.order_by("-handed_at").first()
    return Found(Match.NUMBER if len(people) == 1 else Match.ADDRESS, latest, people)


def of_message_id(header: str) -> Message | None:
    """The message of ours that went out with this Message-ID."""
    found = _by_reference([header.strip(" <>")])
    return found.message if found else None


def of_addresses(addresses: Sequence[str]) -> list[tuple[int, str]]:
    """The candidates who have one of these addresses, each with it."""
    points = ContactPoint.objects.filter(
        channel=Channel.EMAIL, address__in=[address.lower() for address in addresses]
    )
    return list(points.order_by("candidate_id", "pk").values_list("candidate_id", "address"))
