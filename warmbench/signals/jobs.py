"""What the worker's loop ``signals`` does, again and again, and what it does every night."""

from procrastinate.contrib.django import app

from warmbench.core import clock
from warmbench.people import notices
from warmbench.signals import hits
from warmbench.signals import notices as notice_follow_ups


def judge_due() -> int:
    """Judge the hits that have been held long enough. Returns how many there were: when there
    were any, there may be more."""
    return hits.judge_due(now=clock.now())


@app.periodic(cron="17 1 * * *")
@app.task(name="signals.ask_about_notices", queueing_lock="signals.ask_about_notices")
def ask_about_notices(timestamp: int) -> None:
    """Every night: decide about people whom nobody told that we have their data, and ask
    recruiters to tell the others."""
    now = clock.now()
    notices.set_aside(now=now)
    notice_follow_ups.ask(now=now)
