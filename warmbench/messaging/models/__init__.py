"""The rows of a touch: sender, template, message, attempts, decisions, switches."""

from warmbench.messaging.models.inbound import BounceScore, InboundMail, Return
from warmbench.messaging.models.inbox import Inbox, ProviderEvent
from warmbench.messaging.models.message import Attempt, Decision, Message, Withdrawal
from warmbench.messaging.models.sender import DomainVolume, Sender, Switch
from warmbench.messaging.models.template import Template

__all__ = [
    "Attempt",
    "BounceScore",
    "Decision",
    "DomainVolume",
    "InboundMail",
    "Inbox",
    "Message",
    "ProviderEvent",
    "Return",
    "Sender",
    "Switch",
    "Template",
    "Withdrawal",
]
