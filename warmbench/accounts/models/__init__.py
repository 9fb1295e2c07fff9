"""The rows of accounts: the organisation with its users and keys, and what they are told."""

from warmbench.accounts.models.absence import Absence
from warmbench.accounts.models.api_key import ApiKey
from warmbench.accounts.models.notification import (
    Detail,
    Kind,
    Notification,
    NotificationChoice,
    NotificationTimes,
    StaffMail,
    Way,
)
from warmbench.accounts.models.staff import Organisation, Role, Team, User, UserManager
from warmbench.accounts.models.webhook import Webhook, WebhookCall

__all__ = [
    "Absence",
    "ApiKey",
    "Detail",
    "Kind",
    "Notification",
    "NotificationChoice",
    "NotificationTimes",
    "Organisation",
    "Role",
    "StaffMail",
    "Team",
    "User",
    "UserManager",
    "Way",
    "Webhook",
    "WebhookCall",
]
