"""Tries a mailbox out with one mail to the person who set it up, never to a candidate."""

from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from warmbench.accounts.models import User
from warmbench.integrations.mail.dkim_signing import DkimKey, KeyUnusableError, sign
from warmbench.integrations.mail.smtp import Security, SmtpChannel, SmtpSettings
from warmbench.messaging.handover import HandOver, Kind, Rejected
from warmbench.messaging.headers import HeaderError, check, clean_address
from warmbench.messaging.models import Sender

#: Somebody waits for the page: a server that needs longer is called unreachable.
_TIMEOUT = 15.0
_SECURITY: dict[str, Security] = {"starttls": "starttls", "tls": "tls", "none": "none"}
_BODY = """\
This is a test that you asked Warmbench for.

It left through {address} at {host}. If you can read it in your own inbox, the mailbox works.
It went to nobody else.
"""


def send_to_oneself(sender: Sender, user: User, *, now: datetime) -> HandOver:
    """Hand one test mail to the sender's mail server, for ``user`` alone. Says how that ended."""
    channel = SmtpChannel(
        SmtpSettings(
            host=sender.host,
            port=sender.port,
            security=_SECURITY[sender.security],
            username=sender.username,
            password=sender.password,
            timeout=_TIMEOUT,
            data_timeout=_TIMEOUT,
        )
    )
    try:
        return channel.hand_over(sender.from_address, user.email, _mail(sender, user, now=now))
    except (HeaderError, KeyUnusableError) as error:
        return Rejected(0, str(error), Kind.OTHER)
    finally:
        channel.close()


def _mail(sender: Sender, user: User, *, now: datetime) -> bytes:
    domain = sender.from_address.rpartition("@")[2]
    for header, name in (("From", sender.from_name), ("To", user.name)):
        # EmailMessage would decode an encoded line break, and write it.
        check(header, name)
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = Address(sender.from_name, addr_spec=clean_address("From", sender.from_address))
    mail["To"] = Address(user.name, addr_spec=clean_address("To", user.email))
    mail["Subject"] = f"Test of {sender.from_address}"
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(domain=domain)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(_BODY.format(address=sender.from_address, host=sender.host))
    data = mail.as_bytes()
    if not sender.dkim_key:
        return data
    return sign(data, DkimKey(domain, sender.dkim_selector, sender.dkim_key), now=now)
