"""Finds the day on which somebody wants to be asked again."""

from datetime import date, timedelta

from warmbench.messaging.inbound import days
from warmbench.messaging.inbound.days import Day, Relation

#: Nobody makes plans for later than this.
MAX_AHEAD = timedelta(days=3 * 366)


def until(text: str, *, today: date) -> date | None:
    """The first day on which to ask again; None if the text names none.

    Of several days it is the last that is named: people give the reason first, then the day.
    """
    found = [_first(day) for day in days.find(text, today=today) if not _is_past(day)]
    ahead = [day for day in found if today < day <= today + MAX_AHEAD]
    return ahead[-1] if ahead else None


def _is_past(day: Day) -> bool:
    return day.relation is Relation.SINCE


def _first(day: Day) -> date:
    """The first day after what is named, or its own first day."""
    if day.relation in {Relation.UNTIL, Relation.AFTER} and not day.is_open:
        return day.last + timedelta(days=1)
    if day.relation is Relation.AFTER and day.after:
        return day.after
    return day.first
