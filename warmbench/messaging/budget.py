"""How often somebody may hear from us: the contact budget, and the rest between two roles."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from warmbench.messaging.known import Standing, Touch
from warmbench.messaging.models import Message

#: product.md §2: at most one touch in 7 days and three in 30.
BUDGET = ((timedelta(days=7), 1), (timedelta(days=30), 3))
SPAN = max(span for span, _ in BUDGET)
#: One role in so long, whatever the budget is: floods of alerts are what people leave for.
ALERT_GAP = timedelta(days=7)


def counted(touch: Touch, standing: Standing) -> Sequence[datetime]:
    """The touches that stand against this one. What it follows is the same approach, and not
    counted a second time; for all that comes later, both are."""
    if touch.follows_at is None or touch.follows_at not in standing.recent:
        return standing.recent
    at = list(standing.recent).index(touch.follows_at)
    return [*standing.recent[:at], *standing.recent[at + 1 :]]


def rested_at(touch: Touch, standing: Standing) -> datetime | None:
    """When she may hear of another role; None for what does not tell of a new one."""
    is_new = touch.purpose == Message.Purpose.ALERT and touch.follows_at is None
    return standing.alerted_at + ALERT_GAP if is_new and standing.alerted_at else None


def free_at(recent: Sequence[datetime]) -> datetime | None:
    """When the next touch fits the budget, given the earlier ones, newest first."""
    waits = [recent[limit - 1] + span for span, limit in BUDGET if len(recent) >= limit]
    return max(waits, default=None)
