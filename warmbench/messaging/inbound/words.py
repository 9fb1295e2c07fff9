"""Says what the words of a mail or a text message tell: whose they are, and what they ask for."""

from dataclasses import dataclass
from datetime import date

from warmbench.messaging.inbound import auto_replies, intents, optouts, quotes
from warmbench.messaging.inbound.auto_replies import AutoReply
from warmbench.messaging.inbound.intents import Intent
from warmbench.messaging.inbound.mail import Mail
from warmbench.messaging.inbound.optouts import Channel, OptOut


@dataclass(frozen=True, slots=True)
class Words:
    """What was written, and what it asks for."""

    #: What a machine answered; None if a person wrote it.
    auto: AutoReply | None
    new_text: str
    opt_out: OptOut
    intent: Intent


def read(mail: Mail, *, today: date) -> Words:
    """What a letter says, in the order of D20: a machine's answer, a wish to stop, a reply.

    ``today`` is the day on which it was written. Nothing that it quotes counts.
    """
    new_text = quotes.new_text(mail)
    auto = auto_replies.find(mail, today=today)
    if auto:
        # A machine wants nothing: what it says about lists and deleting is not the person's wish.
        return Words(auto, new_text, optouts.NOTHING, intents.of_auto_reply(auto))
    opt_out = optouts.judge(_said(mail, new_text), channel="mail")
    return Words(None, new_text, opt_out, intents.judge(new_text, today=today, opt_out=opt_out))


def judge(text: str, *, channel: Channel, today: date) -> Words:
    """What a text says that holds nothing but new words, as a text message or a note does."""
    opt_out = optouts.judge(text, channel=channel)
    return Words(None, text, opt_out, intents.judge(text, today=today, opt_out=opt_out))


def _said(mail: Mail, new_text: str) -> str:
    """The new text; the subject if there is none and it is not just that of our own mail."""
    if new_text.strip() or mail.in_reply_to:
        return new_text
    return mail.subject
