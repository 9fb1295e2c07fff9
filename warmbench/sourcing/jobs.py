"""Background jobs of sourcing."""

from procrastinate.contrib.django import app

from warmbench.core import clock
from warmbench.sourcing import alerts, matching


@app.periodic(cron="17 1 * * *")
@app.task(name="sourcing.count_tags", queueing_lock="sourcing.count_tags")
def count_tags(timestamp: int) -> None:
    """Every night: how many people carry which tag, for what is rare says more."""
    matching.recount(now=clock.now())


@app.periodic(cron="41 * * * *")
@app.task(name="sourcing.retry_alerts", queueing_lock="sourcing.retry_alerts")
def retry_alerts(timestamp: int) -> None:
    """Every hour: let people still hear of a role whose mail could not go in time."""
    alerts.retry(now=clock.now())
