"""When journeys begin that need a working day: next Monday morning, whatever day it is today."""

from datetime import datetime, time, timedelta

from warmbench.core import clock
from warmbench.messaging import windows
from warmbench.messaging.windows import Window

_DAY = timedelta(days=1)


def let_it_be_monday() -> datetime:
    """Move the demo's clock to the morning of the next Monday on which people work."""
    morning = _workday_after(clock.now())
    while morning.weekday() != 0:
        morning = _workday_after(morning)
    return clock.shift(morning - clock.now())


def _workday_after(day: datetime) -> datetime:
    found = windows.next_open(day + _DAY, ("Europe/Berlin",), "DE", Window(time(10), time(11)))
    assert found is not None
    return found
