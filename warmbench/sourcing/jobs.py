"""Background jobs of sourcing."""

from procrastinate.contrib.django import app

from warmbench.core import clock
from warmbench.sourcing import matching


@app.periodic(cron="17 1 * * *")
@app.task(name="sourcing.count_tags", queueing_lock="sourcing.count_tags")
def count_tags(timestamp: int) -> None:
    """Every night: how many people carry which tag, for what is rare says more."""
    matching.recount(now=clock.now())
