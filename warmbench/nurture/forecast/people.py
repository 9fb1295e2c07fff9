"""Chooses whom a forecast is about, and says so in one question."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from django.db.models import QuerySet

from warmbench.core import sql
from warmbench.nurture import membership
from warmbench.nurture.models import Forecast, Pool

#: How often it is asked who joins a pool by then: rules may hold for a month in between.
_EVERY = timedelta(days=30)
#: Higher than any id of a person.
_LAST = 2**62


def chosen(forecast: Forecast) -> tuple[str, Mapping[str, object]]:
    """The question for the ids of whom the forecast is about, and its values: who is there, who
    waits to begin, and whom the passing of time will let in."""
    values = {
        "pools": list(_pools(forecast).values_list("pk", flat=True)),
        "sequence": forecast.sequence_id,
        "joining": sorted(_joining(forecast)),
    }
    return sql.load(__file__, f"people_of_{forecast.scope}"), values


def _pools(forecast: Forecast) -> QuerySet[Pool]:
    live = Pool.objects.filter(archived_at=None)
    match forecast.scope:
        case Forecast.Scope.POOL:
            return live.filter(pk=forecast.pool_id or 0)
        case Forecast.Scope.SEQUENCE:
            return live.filter(sequences=forecast.sequence_id)
        case _:
            return live


def _joining(forecast: Forecast) -> set[int]:
    question = membership.compiled(_pools(forecast))
    moments = _moments(forecast) if question.cuts else [forecast.since]
    return {
        change.candidate_id
        for at in moments
        for change in question.ask_range(0, _LAST, now=at)
        if change.joins
    }


def _moments(forecast: Forecast) -> Iterator[datetime]:
    until = forecast.since + timedelta(days=forecast.days)
    at = forecast.since
    while at < until:
        yield at
        at += _EVERY
    yield until
