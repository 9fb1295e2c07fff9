"""Background jobs of nurture."""

from procrastinate.contrib.django import app

from warmbench.core import clock
from warmbench.nurture import pools


@app.periodic(cron="41 1 * * *")
@app.task(name="nurture.recount_pools", queueing_lock="nurture.recount_pools")
def recount_pools(timestamp: int) -> None:
    """Every night: what only the passing of time makes true ("six months since …")."""
    pools.recount(now=clock.now())
