"""Keeps the job queue healthy: jobs of dead workers are tried again, finished ones removed."""

from collections import Counter

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException

from warmbench.core import clock, epoch, limits, tallies
from warmbench.core import events as events  # noqa: PLC0414 - registers core.react

#: A worker says every 10 s that it lives. With much less than this, the jobs of a busy one
#: would run twice at the same time.
STALLED_SECONDS = 60
KEEP_FINISHED_HOURS = 7 * 24


@app.periodic(cron="* * * * *")
@app.task(
    name="core.retry_stalled", queue="system", queueing_lock="core.retry_stalled", pass_context=True
)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Put back what a dead worker was doing. Without this it would stay "doing" for ever."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        try:
            await manager.retry_job(job)
        except ConnectorException:
            continue  # It finished in between.


@app.periodic(cron="17 3 * * *")
@app.task(
    name="core.remove_finished",
    queue="system",
    queueing_lock="core.remove_finished",
    pass_context=True,
)
async def remove_finished(context: JobContext, timestamp: int) -> None:
    """Delete jobs that succeeded a week ago. Failed ones stay until a person has looked."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=KEEP_FINISHED_HOURS, include_cancelled=True, include_aborted=True
    )


@app.periodic(cron="23 3 * * *")
@app.task(name="core.forget_counts", queue="system", queueing_lock="core.forget_counts")
def forget_counts(timestamp: int) -> None:
    """Delete how often public pages were asked for yesterday, and from where."""
    limits.forget(now=clock.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="core.beat", queue="system", queueing_lock="core.beat")
def beat(timestamp: int) -> None:
    """Let the data folder know how far the database is, to notice a restored backup by."""
    epoch.beat()


def failed() -> dict[str, int]:
    """How many jobs gave up, by name, for ``warmbench doctor``."""
    given_up = ProcrastinateJob.objects.filter(status="failed")
    return dict(Counter(given_up.values_list("task_name", flat=True)))


@app.task(name="core.count")
def count(name: str, words: list[str | int | None]) -> None:
    """Find the answer to a question about everybody that no page could wait for."""
    tallies.count(name, *words, now=clock.now())
