"""Asks for forecasts: about whom, how far ahead, and what is assumed."""

from collections.abc import Mapping
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


@transaction.atomic
def ask(
    scope: Forecast.Scope,
    *,
    pool_id: int | None = None,
    sequence_id: int | None = None,
    outline: Mapping[str, Any] | None = None,
    days: int,
    assumptions: Assumptions | None = None,
    by_id: int | None,
    now: datetime,
    in_background: bool = True,
) -> Forecast:
    """A new forecast from now on, made in the background, unless the caller makes it.

    About one pool, one sequence, or everything. With an ``outline`` (``nurture.outline.to_json``)
    it is as if that were published now: of a sequence, or put before the members of the pool.
    Raises AskError.
    """
    if not SHORTEST <= days <= LONGEST:
        raise AskError(f"A forecast looks {SHORTEST} to {LONGEST} days ahead.")
    named = {Forecast.Scope.POOL: pool_id, Forecast.Scope.SEQUENCE: sequence_id}
    if scope in named and named[scope] is None:
        raise AskError(f"Say which {scope} it is about.")
    forecast = Forecast.objects.create(
        scope=scope,
        pool_id=pool_id if scope == Forecast.Scope.POOL else None,
        sequence_id=sequence_id if scope == Forecast.Scope.SEQUENCE else None,
        outline=outline,
        since=now,
        days=days,
        assumptions=(assumptions or Assumptions()).to_json(),
        asked_by_id=by_id,
        asked_at=now,
    )
    if in_background:
        jobs.forecast.defer(forecast_id=forecast.pk)
    return forecast
