"""How Lever names and dates things: UUIDs, slugs for its own stages, epoch milliseconds."""

import hashlib
from datetime import datetime
from typing import Literal

Kind = Literal[
    "opportunity",
    "contact",
    "application",
    "posting",
    "requisition",
    "user",
    "stage",
    "reason",
    "note",
    "webhook",
]
#: The stages of people whom nobody asked yet; the world knows them as its first one.
LEADS = {"lead-new": "New lead", "lead-reached-out": "Reached out"}


def uuid(kind: Kind, number: int) -> str:
    """The id of a number."""
    text = hashlib.md5(f"{kind}:{number}".encode(), usedforsecurity=False).hexdigest()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{number:012x}"


def number(kind: Kind, id_: object) -> int:
    """The number of an id; 0 if it is none of this kind."""
    text = str(id_)
    try:
        found = int(text[-12:], 16)
    except ValueError:
        return 0
    return found if text == uuid(kind, found) else 0


def ms(at: datetime | None) -> int | None:
    """Epoch milliseconds."""
    return int(at.timestamp() * 1000) if at else None


def stage_id(stage: int, *, is_lead: bool) -> str:
    """The id of a stage of the world: slugs for those that Lever comes with."""
    if stage == 1:
        return "lead-new" if is_lead else "applicant-new"
    return "offer" if stage == 5 else uuid("stage", stage)
