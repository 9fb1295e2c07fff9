"""Says how old what is known of somebody is, and how much it counts by that."""

import math
from datetime import date

from warmbench.shortlists.dossier import Known

#: Evidence halves in so many days, down to what never fades.
_FADES_IN, _STAYS = 4 * 365, 0.6


def freshness(fact: Known, today: date) -> float:
    """How much evidence counts by its age, 0.6 to 1: what was known fades, and does not go."""
    return _STAYS + (1 - _STAYS) * math.pow(0.5, age(fact, today) / _FADES_IN)


def age(fact: Known, today: date) -> int:
    """Days since it was so, as far as that is known."""
    used = last_used(fact)
    day = used or fact.said_on
    if fact.value.get("current") is True:
        day = fact.said_on
    return max(0, (today - day).days) if day else 0


def last_used(fact: Known) -> date | None:
    """The last day on which they used a skill, where the fact says it."""
    said = str(fact.value.get("last_used") or "")
    try:
        return date(int(said), 12, 31) if len(said) == 4 else date.fromisoformat(said)
    except ValueError:
        return None
