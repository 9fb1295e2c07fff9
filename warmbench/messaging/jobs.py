"""Background jobs of messaging."""

from procrastinate.contrib.django import app

from warmbench.messaging import invariants


@app.periodic(cron="23 2 * * *")
@app.task(name="messaging.look_for_broken_promises", queueing_lock="messaging.broken_promises")
def look_for_broken_promises(timestamp: int) -> None:
    """Every night: nothing was sent twice, after a stop, or too soon."""
    invariants.report()
