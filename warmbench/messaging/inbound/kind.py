"""Says what kind of mail came in, by the first of its kinds that fits (D20)."""

from collections.abc import Callable
from dataclasses import dataclass

from warmbench.core.tokens import Purpose
from warmbench.messaging.inbound import bounces, complaints
from warmbench.messaging.inbound import mail as mails
from warmbench.messaging.inbound.bounces import Bounce
from warmbench.messaging.inbound.complaints import Complaint
from warmbench.messaging.inbound.mail import Mail

#: RFC 5321 (6.3) takes a mail that passed a hundred systems to be in a loop.
MAX_HOPS = 100


@dataclass(frozen=True, slots=True)
class Loop:
    """A mail that must not be answered or counted: it goes round, or is ours and came back."""

    reason: str


@dataclass(frozen=True, slots=True)
class Letter:
    """Any other mail, by a person or for one: what it says is for those to judge who read words."""


Kind = Loop | Bounce | Complaint | Letter

#: What a signed address of ours is for; None if it is not ours.
PurposeOf = Callable[[str], Purpose | None]


def kind_of(mail: Mail, purpose_of: PurposeOf, *, envelope_to: str = "") -> Kind:
    """What a mail is, with what can be read from it.

    ``envelope_to`` is whom the envelope named, where that is known: a header may not repeat it.

    The order matters: most failure reports look like automatic answers too, and whoever quotes a
    report in an answer has still written one.
    """
    to = (envelope_to, *mail.delivered_to)
    to_envelope = any(purpose_of(each) is Purpose.BOUNCE for each in to)
    return (
        _loop(mail, purpose_of)
        or bounces.find(mail, to_envelope=to_envelope)
        or complaints.find(mail)
        or Letter()
    )


def _loop(mail: Mail, purpose_of: PurposeOf) -> Loop | None:
    answers_go_to = mails.addresses(mail.headers.get("reply-to"))
    if any(purpose_of(each) is Purpose.REPLY for each in answers_go_to):
        return Loop("it is our own mail, come back")
    if len(mail.headers.all("received")) > MAX_HOPS:
        return Loop(f"it passed more than {MAX_HOPS} systems")
    return None
