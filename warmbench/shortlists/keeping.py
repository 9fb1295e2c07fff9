"""Keeps records of rankings for as long as the law asks for, and not longer."""

from datetime import datetime

from django.db import transaction

from warmbench.core import audit, sql
from warmbench.shortlists import use_laws
from warmbench.shortlists.use_laws import LAWS, USUAL_YEARS


@transaction.atomic
def forget(*, now: datetime) -> int:
    """Delete records of rankings whose time is over: after four years of people in California or
    Illinois, three in Colorado, two elsewhere. Returns how many that were.

    2 CCR § 11013 (c); 775 ILCS 5/2-102; Colorado SB 26-189; EU AI Act Art. 26 (6), six months.
    """
    periods = [
        {"law": law.code, "years": law.years, "since": law.years_since.isoformat()}
        for law in LAWS.values()
    ]
    gone = sql.run(
        sql.load(__file__, "forget_records"),
        {"periods": sql.records(periods), "usual": USUAL_YEARS, "now": now},
    ).rowcount
    if gone:
        detail: dict[str, object] = {"records": gone}
        audit.record(None, "rankings.forgotten", "ranking:records", detail=detail, now=now)
    return gone


def kept_until(code: str, at: datetime) -> datetime:
    """Until when a record of that moment is kept, by the law that it names."""
    years = use_laws.years_of(code, at.date())
    try:
        return at.replace(year=at.year + years)
    except ValueError:
        # Made on the 29th of February.
        return at.replace(year=at.year + years, month=3, day=1)
