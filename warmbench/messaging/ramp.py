"""How many messages a mailbox may send on a day, and how far apart."""

from datetime import date


def cap_on(
    day: date, *, ramp_started_on: date, ramp_from: int, ramp_days: int, daily_cap: int
) -> int:
    """Messages allowed on ``day``: rising evenly from ``ramp_from`` to ``daily_cap``.

    A new mailbox that starts at full speed looks like a stolen one to its receivers.
    """
    passed = (day - ramp_started_on).days
    if passed >= ramp_days or ramp_from >= daily_cap:
        return daily_cap
    return ramp_from + (daily_cap - ramp_from) * max(passed, 0) // ramp_days
