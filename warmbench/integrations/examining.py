"""Asks about a sender what has to be proved before it may send, whichever channel it is for."""

from warmbench.integrations.mail import identity
from warmbench.integrations.sms import account
from warmbench.messaging.models import Sender
from warmbench.messaging.sender_checks import Findings


def examine(sender: Sender) -> Findings:
    """Ask everything at once. It takes some seconds, and changes nothing."""
    if sender.is_text:
        return account.examine(sender)
    return identity.examine(sender, dns=identity.lookup())
