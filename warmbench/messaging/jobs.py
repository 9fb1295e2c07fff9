"""Background jobs of messaging."""

from procrastinate.contrib.django import app

# A worker answers its question, and so has to know it.
import warmbench.messaging.unwritable  # noqa: F401
from warmbench.core import clock
from warmbench.messaging import invariants, provider_events, volumes


@app.periodic(cron="23 2 * * *")
@app.task(name="messaging.look_for_broken_promises", queueing_lock="messaging.broken_promises")
def look_for_broken_promises(timestamp: int) -> None:
    """Every night: nothing was sent twice, after a stop, or too soon."""
    invariants.report()


@app.periodic(cron="7 * * * *")
@app.task(name="messaging.record_peaks", queueing_lock="messaging.record_peaks")
def record_peaks(timestamp: int) -> None:
    """Every hour: write down the most that a domain handed over within 24 hours."""
    volumes.record_peaks(now=clock.now())


@app.periodic(cron="53 2 * * *")
@app.task(name="messaging.forget_provider_events", queueing_lock="messaging.provider_events")
def forget_provider_events(timestamp: int) -> None:
    """Every night: drop what providers told a month ago; what counts of it stands elsewhere."""
    provider_events.forget(now=clock.now())
