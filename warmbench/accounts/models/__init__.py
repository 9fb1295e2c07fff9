"""The rows of accounts: the organisation with its users and keys, and what they are told."""

from warmbench.accounts.models.absence import Absence
from warmbench.accounts.models.api_key import ApiAnswer, ApiKey, Resource
from warmbench.accounts.models.notification import (
    Detail,
    Kind,
    Notification,
    NotificationChoice,
    NotificationTimes,
    StaffMail,
    Way,
)
from warmbench.accounts.models.saved_view import DefaultView, SavedView
from warmbench.accounts.models.staff import Organisation, Role, Team, User, UserManager
from warmbench.accounts.models.webhook import Webhook, WebhookCall

__all__ = [
    "Absence",
    "ApiAnswer",
    "ApiKey",
    "DefaultView",
    "Detail",
    "Kind",
    "Notification",
    "NotificationChoice",
    "NotificationTimes",
    "Organisation",
    "Resource",
    "Role",
    "SavedView",
    "StaffMail",
    "Team",
    "User",
    "UserManager",
    "Way",
    "Webhook",
    "WebhookCall",
]
