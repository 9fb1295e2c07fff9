"""Says how far a fact can still be relied on: some things about people change within weeks."""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

from django.db.models import TextChoices

from warmbench.insight.kinds import Kind


class Age(TextChoices):
    """How old a fact is, measured by how long such facts last."""

    FRESH = "fresh", "Fresh"
    AGEING = "ageing", "Ageing"
    STALE = "stale", "Stale"


#: Days after which half of such facts are no longer so: our estimate, until corrections say it.
HALF_LIVES: Mapping[str, int] = MappingProxyType(
    {
        Kind.SKILL: 1460,
        Kind.TITLE: 730,
        Kind.SENIORITY: 1095,
        Kind.SCOPE: 730,
        Kind.EMPLOYER: 730,
        Kind.DOMAIN: 1825,
        Kind.ACHIEVEMENT: 3650,
        Kind.PLACE: 730,
        Kind.REMOTE: 365,
        Kind.PAY: 365,
        Kind.NOTICE: 730,
        Kind.START: 90,
        Kind.EVENT: 365,
        Kind.MOTIVE: 365,
        Kind.CONSTRAINT: 365,
        Kind.STANCE: 120,
        Kind.TOPIC: 180,
        Kind.REFERRAL: 365,
        Kind.STOP: 3650,
        Kind.CHANNEL: 730,
        Kind.TIME: 365,
    }
)


def age(kind: str, said_on: date, *, today: date, until: date | None = None) -> Age:
    """Fresh for half a half-life, stale after a whole one, or once its own last day is over."""
    if until is not None and until < today:
        return Age.STALE
    days, half_life = (today - said_on).days, HALF_LIVES[kind]
    if days * 2 <= half_life:
        return Age.FRESH
    return Age.AGEING if days <= half_life else Age.STALE


def said_between(kind: str, wanted: Age, *, today: date) -> tuple[date, date]:
    """The first and the last day on which a fact of this age was said."""
    half_life = HALF_LIVES[kind]
    fresh_from = today - timedelta(days=half_life // 2)
    ageing_from = today - timedelta(days=half_life)
    a_day = timedelta(days=1)
    match wanted:
        case Age.FRESH:
            return fresh_from, date.max
        case Age.AGEING:
            return ageing_from, fresh_from - a_day
        case Age.STALE:
            return date.min, ageing_from - a_day
