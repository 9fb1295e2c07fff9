"""Background jobs of shortlists: letters that have gone are noted, old records are deleted."""

from procrastinate.contrib.django import app

# A worker answers its question, and so has to know it.
import warmbench.shortlists.lawful  # noqa: F401
from warmbench.core import clock
from warmbench.shortlists import informing, keeping


@app.periodic(cron="*/5 * * * *")
@app.task(name="shortlists.note_notices", queueing_lock="shortlists.note_notices")
def note_notices(timestamp: int) -> None:
    """Every five minutes: from when on people may be ranked whose letter about it has gone."""
    informing.note_sent(now=clock.now())


@app.periodic(cron="37 2 * * *")
@app.task(name="shortlists.forget_records", queueing_lock="shortlists.forget_records")
def forget_records(timestamp: int) -> None:
    """Every night: delete records of rankings that no law wants kept any more."""
    keeping.forget(now=clock.now())
