"""Mails a user a message as a candidate would get it, so that its author sees it as it arrives.

It goes the way of the mails to users: to the address in the user's own row, and there is no
parameter for another one. What is under way is committed before the first byte leaves.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from warmbench.accounts.models import StaffMail, User
from warmbench.core.vault import UnsealError
from warmbench.integrations.mail.dkim_signing import KeyUnusableError, sign
from warmbench.integrations.mail.postman import key_of, settings_of
from warmbench.integrations.mail.smtp import SmtpChannel
from warmbench.integrations.telling import mailing
from warmbench.messaging import letters, mime, standing
from warmbench.messaging.handover import (
    Accepted,
    Deferred,
    HandOver,
    Kind,
    Rejected,
    Scope,
    Uncertain,
)
from warmbench.messaging.headers import HeaderError
from warmbench.messaging.models import Sender
from warmbench.messaging.templates import Rendered

#: Stands before the subject.
MARK = "[Test]"
#: Somebody waits for the page: a server that needs longer is called unreachable.
_TIMEOUT = 15.0
_LEASE = timedelta(minutes=15)


class NoMailboxError(ValueError):
    """Nobody's mailbox could carry it: one sentence for whoever asked."""


def send(user: User, words: Rendered, *, now: datetime) -> str:
    """Hand the words to the mail server of the user's own mailbox, else of the one for everybody,
    for the user alone. Returns what went wrong, in a sentence; blank if the server took it.

    Raises NoMailboxError if there is none that may send, or if nothing may be sent at all.
    """
    if standing.is_held_here():
        raise NoMailboxError("All sending is stopped.")
    usable = mailing.mailbox_for(user)
    if usable is None:
        raise NoMailboxError("No mailbox of yours or of the whole team may send yet.")
    try:
        sender = Sender.objects.get(pk=usable.pk)
    except UnsealError as error:
        raise NoMailboxError(str(error)) from error
    mail = StaffMail.objects.create(
        user=user, items=0, sender_id=sender.pk, claimed_at=now, lease_until=now + _LEASE
    )
    ending = _hand_over(sender, user, words, mail.pk, now=now)
    mailing.settle(mail, ending, now=now)
    match ending:
        case Accepted():
            return ""
        case Uncertain(text):
            return f"The mail server did not say whether it took it: {text}"
        case Deferred(_, text, _) | Rejected(_, text, _):
            return f"The mail server did not take it: {text}"


def _hand_over(
    sender: Sender, user: User, words: Rendered, mail_id: int, *, now: datetime
) -> HandOver:
    channel = SmtpChannel(replace(settings_of(sender), timeout=_TIMEOUT, data_timeout=_TIMEOUT))
    try:
        data = _mail(sender, user, words, mail_id, now=now)
        return channel.hand_over(sender.from_address, user.email, data)
    except KeyUnusableError as error:
        return Deferred(0, str(error), Scope.SENDER)
    except HeaderError as error:
        return Rejected(0, str(error), Kind.OTHER)
    finally:
        channel.close()


def _mail(sender: Sender, user: User, words: Rendered, mail_id: int, *, now: datetime) -> bytes:
    local = sender.from_address.rpartition("@")[0]
    envelope = mime.Envelope(
        from_name=sender.from_name,
        from_address=sender.from_address,
        to_name=user.name,
        to_address=user.email,
        reply_to=sender.from_address,
        date=now,
        message_id=mime.message_id(0, "trial", mail_id, domain=sender.domain),
        # Signed for nobody.
        unsubscribe_url=letters.unsubscribe_url(0, 0),
        unsubscribe_address=sender.from_address,
        list_id=f"{local.lower()}.{sender.domain}",
        feedback_id=f"0:{sender.pk}:trial:warmbench",
    )
    data = mime.build(replace(words, subject=f"{MARK} {words.subject}"), envelope)
    return sign(data, key_of(sender), now=now) if sender.dkim_key else data
