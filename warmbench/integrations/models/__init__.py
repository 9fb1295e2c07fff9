"""What we keep of other people's systems: how to reach them, how far we are, what they told us."""

from warmbench.integrations.models.ats import (
    AtsConnection,
    AtsEvent,
    AtsRejection,
    AtsStream,
    AtsWrite,
    Vendor,
)
from warmbench.integrations.models.caught_mail import CaughtMail
from warmbench.integrations.models.language_models import (
    ModelCall,
    ModelProvider,
    ModelReading,
)
from warmbench.integrations.models.profiles import ProfileSnapshot, ProfileUpload
from warmbench.integrations.models.scheduling import (
    Booking,
    Scheduler,
    SchedulingAccount,
    SchedulingEvent,
)
from warmbench.integrations.models.subscriptions import Delivery, Happening, Subscription

__all__ = [
    "AtsConnection",
    "AtsEvent",
    "AtsRejection",
    "AtsStream",
    "AtsWrite",
    "Booking",
    "CaughtMail",
    "Delivery",
    "Happening",
    "ModelCall",
    "ModelProvider",
    "ModelReading",
    "ProfileSnapshot",
    "ProfileUpload",
    "Scheduler",
    "SchedulingAccount",
    "SchedulingEvent",
    "Subscription",
    "Vendor",
]
