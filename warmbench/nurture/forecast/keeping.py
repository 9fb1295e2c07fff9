"""Deletes forecasts in time, and gives up those that nobody makes any more."""

from datetime import datetime, timedelta

from warmbench.nurture.models import Forecast

State = Forecast.State

#: By then another world is ahead. Until then a forecast says of each person what she would hear.
KEPT = timedelta(days=30)
#: None takes so long: whoever made it is gone, and so is the job that would try again.
LOST = timedelta(days=1)


def forget(*, now: datetime) -> int:
    """Delete forecasts that are ``KEPT`` no longer, with their touches. Returns how many."""
    _, deleted = Forecast.objects.filter(asked_at__lte=now - KEPT).delete()
    return deleted.get("nurture.Forecast", 0)


def give_up(*, now: datetime) -> int:
    """Say of forecasts that wait or run for longer than ``LOST`` that they failed. Returns how
    many."""
    lost = Forecast.objects.filter(
        state__in=[State.WAITING, State.RUNNING], asked_at__lte=now - LOST
    )
    return lost.update(
        state=State.FAILED, ended_at=now, error="Nobody has made it for a day. Ask for it anew."
    )
