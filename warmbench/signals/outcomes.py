"""What may come of a follow-up: which outcomes there are for which reason, and what each will do.

All of it can be read before anybody chooses. What an outcome does stands in ``signals.effects``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from warmbench.signals.models import FollowUp

Outcome, Reason = FollowUp.Outcome, FollowUp.Reason
#: What an outcome asks for besides a note.
Field = Literal["until", "role"]

#: How long whoever was reached is the recruiter's own.
RESERVED_DAYS = 14
#: How long nobody bothers whoever says "not now" without a day.
NOT_NOW = timedelta(days=90)
#: The same of whoever is not interested.
NOT_INTERESTED = timedelta(days=90)
#: After how many working days somebody who was not reached is tried again.
TRY_AGAIN = 2
#: From this many tries on it is worth asking whether to go on.
TRIES = 3


@dataclass(frozen=True, slots=True)
class Dealt:
    """What became of an entry that somebody dealt with."""

    is_closed: bool
    #: How often nobody was reached by now.
    tries: int = 0

    @property
    def is_worth_closing(self) -> bool:
        """Whether so many tries led to nobody that one may ask whether to go on."""
        return not self.is_closed and self.tries >= TRIES


@dataclass(frozen=True, slots=True)
class Undone:
    """That an entry is open and in sight again."""

    #: What of its consequences had to stay, in a sentence each.
    left: tuple[str, ...] = ()


class NotOfferedError(ValueError):
    """This outcome is not one for this reason, or lacks what it needs. The words are for whoever
    chose it."""


@dataclass(frozen=True, slots=True)
class Means:
    """An outcome, with what it will do."""

    outcome: FollowUp.Outcome
    consequence: str
    #: What it asks for, the role in any case, the day if there is one.
    asks_for: tuple[Field, ...] = ()
    #: Whether the entry is closed by it.
    closes: bool = True

    @property
    def label(self) -> str:
        """What it is called."""
        return str(self.outcome.label)


_TALKED = f"Keeps a conversation of today, and reserves them for you for {RESERVED_DAYS} days."
_ALL = (
    Means(Outcome.REACHED, _TALKED),
    Means(
        Outcome.LEFT_MESSAGE,
        f"Stays in the queue and comes back in {TRY_AGAIN} working days; the {TRIES}rd time it asks"
        " whether to close.",
        closes=False,
    ),
    Means(Outcome.INTERESTED, _TALKED),
    Means(
        Outcome.ROLE_INTEREST,
        f"{_TALKED} What was to follow the mail about the role is dropped.",
        asks_for=("role",),
    ),
    Means(
        Outcome.NOT_NOW,
        "Keeps a conversation of today. Nothing is sent until the day they name"
        f" ({NOT_NOW.days} days if they name none), and a reminder comes back to you on it.",
        asks_for=("until",),
    ),
    Means(
        Outcome.NOT_INTERESTED,
        f"Keeps a conversation of today. Nothing is sent for {NOT_INTERESTED.days} days.",
    ),
    Means(
        Outcome.REFERRED,
        "Keeps a conversation of today. Write in the note whom they named.",
    ),
    Means(
        Outcome.MOVED,
        "Reminds you tomorrow to put right where they work.",
    ),
    Means(
        Outcome.WRONG_NUMBER,
        "The number that we call and text first is not used any more for this person.",
    ),
    Means(Outcome.OTHER, "Closes the entry, and nothing else."),
)
#: Every outcome that a person may choose, in the order of the page.
OUTCOMES: Mapping[FollowUp.Outcome, Means] = {one.outcome: one for one in _ALL}

_DUTY = (Outcome.REACHED, Outcome.LEFT_MESSAGE, Outcome.OTHER)
_NEWS = (Outcome.REACHED, Outcome.OTHER)
#: The outcomes of reasons that are not simply for a talk. A request about somebody's data ends
#: with its answer, whatever number was wrong; of who left, or complained, we want nothing.
_ONLY: Mapping[str, tuple[FollowUp.Outcome, ...]] = {
    Reason.RIGHTS: _DUTY,
    Reason.NOTICE_DUE: (*_DUTY, Outcome.WRONG_NUMBER),
    Reason.CONSENT_NEEDED: (*_DUTY, Outcome.NOT_INTERESTED, Outcome.WRONG_NUMBER),
    Reason.RETENTION: (*_DUTY, Outcome.NOT_INTERESTED, Outcome.WRONG_NUMBER),
    Reason.COMPLAINED: _NEWS,
    Reason.UNSUBSCRIBED: _NEWS,
    Reason.PERSONALISE: (Outcome.OTHER,),
}


def of(reason: str) -> list[Means]:
    """The outcomes that a follow-up for this reason may have, in the order of the page."""
    only = _ONLY.get(reason)
    return [one for one in _ALL if only is None or one.outcome in only]


def check(
    outcome: FollowUp.Outcome,
    reason: str,
    *,
    until: date | None,
    role_id: int | None,
    today: date,
) -> None:
    """Raise ``NotOfferedError``, with a sentence, if this cannot come of such a follow-up."""
    means = next((one for one in of(reason) if one.outcome == outcome), None)
    if means is None:
        raise NotOfferedError("This cannot come of such a follow-up.")
    if "role" in means.asks_for and role_id is None:
        raise NotOfferedError("Choose the role that they are interested in.")
    if "until" in means.asks_for and until is not None and until <= today:
        raise NotOfferedError("Choose a day after today.")
