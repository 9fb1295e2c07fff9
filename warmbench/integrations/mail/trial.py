"""Tries a mailbox out with one mail to the person who set it up, never to a candidate."""

from dataclasses import replace
from datetime import datetime
from html import escape

from warmbench.accounts.models import User
from warmbench.integrations.mail.dkim_signing import KeyUnusableError, sign
from warmbench.integrations.mail.postman import key_of, settings_of
from warmbench.integrations.mail.smtp import SmtpChannel
from warmbench.messaging import letters, mime
from warmbench.messaging.handover import HandOver, Kind, Rejected
from warmbench.messaging.headers import HeaderError
from warmbench.messaging.models import Sender
from warmbench.messaging.templates import Rendered

#: Somebody waits for the page: a server that needs longer is called unreachable.
_TIMEOUT = 15.0
_TEXT = """\
This is a test that you asked Warmbench for.

It left through {address} at {host}. If you can read it in your own inbox, the mailbox works.
It went to nobody else.

It carries the headers that messages to candidates carry, so your mail program may show a
button to unsubscribe. It is nobody's, and does nothing.
"""


def send_to_oneself(sender: Sender, user: User, *, now: datetime) -> HandOver:
    """Hand one test mail to the sender's mail server, for ``user`` alone. Says how that ended."""
    channel = SmtpChannel(replace(settings_of(sender), timeout=_TIMEOUT, data_timeout=_TIMEOUT))
    try:
        return channel.hand_over(sender.from_address, user.email, mail(sender, user, now=now))
    except (HeaderError, KeyUnusableError) as error:
        return Rejected(0, str(error), Kind.OTHER)
    finally:
        channel.close()


def mail(sender: Sender, user: User, *, now: datetime) -> bytes:
    """The test mail: signed as messages are, and with the headers that mail servers have to
    sign with them. Raises HeaderError or KeyUnusableError."""
    text = _TEXT.format(address=sender.from_address, host=sender.host)
    html = "".join(f"<p>{escape(words)}</p>" for words in text.strip().split("\n\n"))
    local = sender.from_address.rpartition("@")[0]
    envelope = mime.Envelope(
        from_name=sender.from_name,
        from_address=sender.from_address,
        to_name=user.name,
        to_address=user.email,
        reply_to=sender.from_address,
        date=now,
        message_id=mime.message_id(0, "test", sender.pk, now.isoformat(), domain=sender.domain),
        # Signed for nobody.
        unsubscribe_url=letters.unsubscribe_url(0, 0),
        unsubscribe_address=sender.from_address,
        list_id=f"{local}.{sender.domain}",
        feedback_id=f"0:{sender.pk}:test:warmbench",
    )
    data = mime.build(Rendered(f"Test of {sender.from_address}", html, text), envelope)
    return sign(data, key_of(sender), now=now) if sender.dkim_key else data
