"""The rows of a touch: sender, template, message, attempts, decisions, switches."""

from warmbench.messaging.models.inbound import BounceScore, InboundMail, Return
from warmbench.messaging.models.inbox import Inbox, ProviderEvent
from warmbench.messaging.models.message import Attempt, Decision, Message, Withdrawal
from warmbench.messaging.models.sender import DomainVolume, Sender, Switch
from warmbench.messaging.models.template import Template
from warmbench.messaging.models.thread import PersonalDraft, Thread

__all__ = [
    "Attempt",
    "BounceScore",
    "Decision",
    "DomainVolume",
    "InboundMail",
    "Inbox",
    "Message",
    "PersonalDraft",
    "ProviderEvent",
    "Return",
    "Sender",
    "Switch",
    "Template",
    "Thread",
    "Withdrawal",
]
