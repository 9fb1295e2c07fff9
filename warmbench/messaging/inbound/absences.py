"""Says from the words of an absence note which day is the first one back."""

import re
from datetime import date, timedelta

from warmbench.messaging.inbound import days
from warmbench.messaging.inbound.days import Day, Relation

#: Offsets of the clock in the United States, and what else shows that “03/04” is in March.
_AMERICAN_CLOCK = re.compile(r"-0[4-9]00|-1000")
_AMERICAN = re.compile(
    r"\b(?:A[KLRZ]|C[AOT]|DC|FL|GA|HI|I[ADL]|K[SY]|LA|M[ADEINOST]|N[CDHJMVY]|O[HK]|PA|RI|S[CD]|T[NX]"
    r"|UT|V[AT]|W[AIVY])\b(?=\)|,|\.|$| \d{5})|\(\d{3}\) ?\d{3}-\d{4}|\bPTO\b"
    r"|\b(?:Boston|Chicago|Seattle|Austin|Denver|Dallas|Houston|New York|San Francisco|Los Angeles"
    r"|Atlanta|Portland|Philadelphia|Phoenix|Miami|USA|U\.S\.|United States)\b"
)


def is_american(text: str, date_header: str) -> bool:
    """Whether the month comes first in dates like 03/04, by the place that a mail names."""
    return bool(_AMERICAN.search(text) or _AMERICAN_CLOCK.search(date_header))


def first_day_back(text: str, *, today: date, american: bool = False) -> date | None:
    """The first day back that an absence note names; None if it names none.

    “Back on D” is D, “until D” the day after it: a day late is better than a day early.
    """
    named = days.find(text, today=today, american=american)
    back = [day.first for day in named if day.is_back or day.relation is Relation.NOT_UNTIL]
    if back:
        return max(back)
    ends = [day.last for day in named if _is_end(day)]
    return max(ends) + timedelta(days=1) if ends else _from_month(named)


def _is_end(day: Day) -> bool:
    """Whether an absence ends with these days."""
    if day.relation in {Relation.UNTIL, Relation.AFTER}:
        return not day.is_open
    if day.relation in {Relation.SINCE, Relation.FROM}:
        return day.is_range
    return not day.is_open


def _from_month(named: list[Day]) -> date | None:
    """Of “until April” and “for two weeks”: the day on which these end."""
    ending = {Relation.UNTIL, Relation.BARE}
    months = [day.first for day in named if day.is_open and day.relation in ending]
    return max(months, default=None)
