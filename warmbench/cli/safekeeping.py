"""Looks over what must be shown or brought back one day: requests, whose time is over, backups."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from warmbench.cli.checkup import Finding, Level
from warmbench.core import epoch
from warmbench.people import journal
from warmbench.people.models import RightsRequest
from warmbench.signals import retention

#: Older than this, a backup has forgotten too much.
OLD_BACKUP = timedelta(days=7)


def findings(*, now: datetime) -> Iterator[Finding]:
    """What people asked about their data, whose time is over, and whether a bad day is survived."""
    yield from _requests(now=now)
    yield from _over(now=now)
    yield from _backup(now=now)
    if trouble := journal.trouble():
        said = f"Opt-outs are not written down outside the database: {trouble}"
        todo = "Mend it, then make a backup: the journal does not know of those in between."
        yield Finding(Level.CARE, "Journal", said, todo)
    if epoch.is_behind():
        said = "The database is older than the data folder: a backup was restored."
        yield Finding(Level.STOP, "Epoch", said, "Run: warmbench restored")


def _requests(*, now: datetime) -> Iterator[Finding]:
    waiting = RightsRequest.objects.filter(state=RightsRequest.State.OPEN)
    count, late = waiting.count(), waiting.filter(deadline__lt=now).count()
    if late:
        said = f"{late} of {count} requests about people's data should have been answered by now."
        todo = "They are in Today: docs/howto/answer-a-data-request.md says how to answer them."
        yield Finding(Level.CARE, "Requests", said, todo)
    elif count:
        yield Finding(Level.NOTE, "Requests", f"{count} about people's data wait for an answer.")


def _over(*, now: datetime) -> Iterator[Finding]:
    count = sum(1 for _ in retention.ending(now=now))
    if count:
        said = f"{count:,} people have not been heard from for longer than we may keep them."
        todo = "Nothing is sent to them. To erase them: warmbench retention"
        yield Finding(Level.NOTE, "Retention", said, todo)


def _backup(*, now: datetime) -> Iterator[Finding]:
    made = epoch.backed_up_at()
    todo = "Run: warmbench backup. docs/howto/backup-and-restore.md says where to keep it."
    if made is None:
        said = "None was made by warmbench backup."
        yield Finding(Level.NOTE, "Backup", said, todo)
    elif now - made > OLD_BACKUP:
        yield Finding(Level.CARE, "Backup", f"The last is of {made:%-d %B %Y}.", todo)
    else:
        yield Finding(Level.GOOD, "Backup", f"The last is of {made:%-d %B %Y %H:%M} UTC.")
