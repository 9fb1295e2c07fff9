"""Background jobs about people: files of candidates are checked and loaded; requests lapse."""

from datetime import timedelta

from django.conf import settings
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

# A worker answers its question, and so has to know it.
import warmbench.people.gaps  # noqa: F401
from warmbench.core import clock
from warmbench.people import (
    duplicates,
    import_files,
    import_run,
    import_staging,
    merging,
    reservations,
)

#: A file that was stopped by a restart of the database goes on by itself.
_AGAIN = RetryStrategy(max_attempts=5, exponential_wait=4)


@app.task(name="people.load_candidates", retry=_AGAIN)
def load_candidates(*, import_id: int) -> None:
    """Load the file of one import, from where it stands."""
    import_run.run(import_id, clock=clock.now)


@app.task(name="people.check_candidates", retry=_AGAIN)
def check_candidates(*, import_id: int) -> None:
    """Find out what loading the file of one import would do."""
    import_run.check(import_id, now=clock.now())


@app.periodic(cron="41 3 * * *")
@app.task(name="people.forget_staged", queue="system", queueing_lock="people.forget_staged")
def forget_staged(timestamp: int) -> None:
    """Drop the rows of files that were looked at and never loaded; the files stay."""
    import_staging.forget(before=clock.now() - timedelta(days=2))


@app.periodic(cron="47 3 * * *")
@app.task(name="people.drop_old_files", queue="system", queueing_lock="people.drop_old_files")
def drop_old_files(timestamp: int) -> None:
    """Remove the files of old imports and their rejected rows."""
    import_files.drop_old(before=clock.now() - timedelta(days=settings.KEEP_IMPORTS_DAYS))


@app.periodic(cron="*/5 * * * *")
@app.task(name="people.let_requests_lapse", queueing_lock="people.let_requests_lapse")
def let_requests_lapse(timestamp: int) -> None:
    """Every five minutes: give people to whoever asked for them, and was not answered in time."""
    reservations.lapse_due(now=clock.now())


@app.periodic(cron="19 2 * * *")
@app.task(name="people.find_duplicates", queue="system", queueing_lock="people.find_duplicates")
def find_duplicates(timestamp: int) -> None:
    """Every night: find records that may be of one person."""
    duplicates.find_all(now=clock.now())


@app.periodic(cron="23 2 * * *")
@app.task(name="people.forget_ledgers", queue="system", queueing_lock="people.forget_ledgers")
def forget_ledgers(timestamp: int) -> None:
    """Every night: forget how merges are undone that cannot be undone any more."""
    merging.forget(now=clock.now())
