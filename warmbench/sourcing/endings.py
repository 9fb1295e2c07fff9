"""Says in sentences what became of alerts and of what follows them, and why."""

from collections.abc import Mapping
from types import MappingProxyType

from warmbench.messaging import reasons
from warmbench.sourcing import alerts, escalations, restoration, writing

#: What alerts and escalations end with besides the reasons of the last gate.
MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        alerts.DEADLINE_OVER: "The client's deadline had passed.",
        alerts.IN_PROCESS: "They are, or were, in the process for it.",
        alerts.FITS_NO_MORE: "They did not fit the role any more when their turn came.",
        writing.CALLED_INSTEAD: "No mail could go before the client's deadline: a recruiter was"
        " asked to call.",
        escalations.ENGAGED: "They clicked or answered.",
        escalations.NOT_FOR_ME: "They said that it is nothing for them.",
        escalations.NOT_SENT: "The mail that it was to follow was not sent.",
        escalations.TOO_LATE: "The client's deadline had passed.",
        escalations.TEXTED: "A text was written.",
        restoration.RESTORED: "A backup was restored: what may have gone since is not sent again.",
        escalations.CALL_ASKED: "A recruiter was asked to call.",
    }
)


def because(reason: str) -> str:
    """Why an alert waits, was refused or withdrawn, or what came of an escalation; blank where
    nothing is said."""
    return (MEANINGS.get(reason) or reasons.because(reason)) if reason else ""
