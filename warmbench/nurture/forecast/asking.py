"""Asks for forecasts: about whom, how far ahead, and what is assumed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from warmbench.nurture import jobs
from warmbench.nurture.forecast.assumptions import Assumptions
from warmbench.nurture.models import Forecast

#: How far ahead anybody may look, in days.
SHORTEST, LONGEST = 1, 366


class AskError(ValueError):
    """What was asked for cannot be answered: one sentence for whoever asked."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What somebody wants to know: about one pool, one sequence, or everything."""

    scope: Forecast.Scope
    days: int
    pool_id: int | None = None
    sequence_id: int | None = None
    #: As ``nurture.outline.to_json`` writes it: as if this were published now, as the newest
    #: version of its sequence; in the scope of a pool, as something for its members too.
    outline: Mapping[str, Any] | None = None
    assumptions: Assumptions = field(default_factory=Assumptions)


@transaction.atomic
def ask(question: Question, *, by_id: int | None, now: datetime) -> Forecast:
    """A new forecast from now on, which is made in the background. Raises AskError."""
    forecast = note(question, by_id=by_id, now=now)
    jobs.forecast.defer(forecast_id=forecast.pk)
    return forecast


def note(question: Question, *, by_id: int | None, now: datetime) -> Forecast:
    """As ``ask``, for whoever makes it at once with ``run.run``."""
    if not SHORTEST <= question.days <= LONGEST:
        raise AskError(f"A forecast looks {SHORTEST} to {LONGEST} days ahead.")
    of_pool = question.scope == Forecast.Scope.POOL
    of_sequence = question.scope == Forecast.Scope.SEQUENCE
    if (of_pool and question.pool_id is None) or (of_sequence and question.sequence_id is None):
        raise AskError(f"Say which {question.scope} it is about.")
    return Forecast.objects.create(
        scope=question.scope,
        pool_id=question.pool_id if of_pool else None,
        sequence_id=question.sequence_id if of_sequence else None,
        outline=question.outline,
        since=now,
        days=question.days,
        assumptions=question.assumptions.to_json(),
        asked_by_id=by_id,
        asked_at=now,
    )
