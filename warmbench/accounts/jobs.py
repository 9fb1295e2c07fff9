"""Background jobs about users and what they are told."""

from procrastinate.contrib.django import app

from warmbench.accounts import notifications
from warmbench.core import clock


@app.periodic(cron="41 2 * * *")
@app.task(name="accounts.forget_notifications", queueing_lock="accounts.forget_notifications")
def forget_notifications(timestamp: int) -> None:
    """Every night: delete what users were told three months ago."""
    notifications.forget(now=clock.now())
