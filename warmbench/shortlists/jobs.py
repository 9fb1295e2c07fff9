"""Background jobs of shortlists: letters that have gone are noted, old records are deleted, days
that come near are told, and who became apt."""

from procrastinate.contrib.django import app

# A worker answers its question, and so has to know it.
import warmbench.shortlists.lawful  # noqa: F401
from warmbench.core import clock
from warmbench.shortlists import budget, digest, informing, keeping, noticing, relevance


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


@app.periodic(cron="3-59/10 * * * *")
@app.task(name="shortlists.show_changes", queueing_lock="shortlists.show_changes")
def show_changes(timestamp: int) -> None:
    """Every ten minutes: use the room in recruiters' days for what changed; somewhere a day has
    begun."""
    budget.fill_all(now=clock.now())


@app.periodic(cron="21 1 * * *")
@app.task(name="shortlists.tell_of_days", queueing_lock="shortlists.tell_of_days")
def tell_of_days(timestamp: int) -> None:
    """Every night: tell of days that come near, and take snapshots of people who have none."""
    now = clock.now()
    noticing.take_first(now=now)
    noticing.tell_of_days(now=now)


@app.periodic(cron="7 3 * * *")
@app.task(name="shortlists.look_who_is_apt", queueing_lock="shortlists.look_who_is_apt")
def look_who_is_apt(timestamp: int) -> None:
    """Every night: look who is apt for each profile in force, also of those who came in."""
    relevance.refresh_all(now=clock.now())


@app.periodic(cron="11 5 * * 1")
@app.task(name="shortlists.tell_who_became_apt", queueing_lock="shortlists.tell_who_became_apt")
def tell_who_became_apt(timestamp: int) -> None:
    """Every Monday: tell recruiters who became apt for what within the week."""
    digest.tell(now=clock.now())
