"""Background jobs about users and what they are told."""

from procrastinate.contrib.django import app

from warmbench.accounts import api_answers, notifications
from warmbench.core import clock


@app.periodic(cron="41 2 * * *")
@app.task(name="accounts.forget_notifications", queueing_lock="accounts.forget_notifications")
def forget_notifications(timestamp: int) -> None:
    """Every night: delete what users were told three months ago."""
    notifications.forget(now=clock.now())


@app.periodic(cron="17 * * * *")
@app.task(name="accounts.forget_api_answers", queueing_lock="accounts.forget_api_answers")
def forget_api_answers(timestamp: int) -> None:
    """Every hour: delete what programs were answered a day ago."""
    api_answers.forget(now=clock.now())
