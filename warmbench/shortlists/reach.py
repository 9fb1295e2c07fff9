"""Says what stands beside fit and is no part of it: warmth, and whether we may write."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from warmbench.messaging import reasons
from warmbench.people import off_limits
from warmbench.signals import warmth
from warmbench.sourcing import simulator


def of(candidate_ids: Collection[int], *, company: str, now: datetime) -> dict[int, dict[str, Any]]:
    """By person: ``warmth``, ``may_write`` of this client's role, and ``why`` not, as the last gate
    judges at this moment. Hours of the day are no reason."""
    ids = sorted(candidate_ids)
    warm = warmth.of(ids, now=now)
    blocked = simulator.blocked(ids, client=off_limits.key(company), now=now)
    return {
        pk: {
            "warmth": warm.get(pk, 0),
            "may_write": pk not in blocked,
            "why": reasons.because(blocked[pk]) if pk in blocked else "",
        }
        for pk in ids
    }
