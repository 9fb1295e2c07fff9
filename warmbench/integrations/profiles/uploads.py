"""Keeps files of profiles no longer than they are needed, and gives back what was nobody's."""

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO

from django.db import transaction

from warmbench.core import audit
from warmbench.integrations.models import ProfileUpload
from warmbench.people.spreadsheet import Layout

State = ProfileUpload.State

#: How long rows of strangers, and files that nobody had compared, are kept.
KEPT = timedelta(days=7)
_FAILED = "Something went wrong here: the log of the worker says what. Upload the file again."


@transaction.atomic
def start(upload_id: int) -> bool:
    """Compare it in the background. False if that was done before."""
    # The job imports this.
    from warmbench.integrations.jobs import compare_profiles  # noqa: PLC0415

    waiting = ProfileUpload.objects.filter(pk=upload_id, state=State.MAPPING)
    if not waiting.update(state=State.WAITING):
        return False
    compare_profiles.defer(upload_id=upload_id)
    return True


def fail(upload_id: int) -> None:
    """Note that it could not be compared; its bytes go."""
    failed = ProfileUpload.objects.filter(pk=upload_id, state=State.WAITING)
    failed.update(state=State.FAILED, content=b"", problem=_FAILED)


@transaction.atomic
def discard(upload_id: int, *, by_id: int | None, now: datetime) -> None:
    """Throw a file away, with what is left of it."""
    if ProfileUpload.objects.filter(pk=upload_id).delete()[0]:
        audit.record(by_id, "profiles.discarded", f"profile_upload:{upload_id}", now=now)


def unmatched(of: ProfileUpload) -> Iterator[str]:
    """The rows that are nobody's, as CSV, each with its line and the reason."""
    header = [*Layout.from_json(of.layout).header, "Line", "Reason"]
    yield _line(header)
    for row in of.unmatched:
        yield _line([*map(_harmless, row["cells"]), str(row["line"]), row["reason"]])


def forget(*, now: datetime) -> int:
    """Let files go that nobody had compared, and rows of strangers. Returns how many uploads."""
    old = ProfileUpload.objects.filter(made_at__lt=now - KEPT)
    gone = old.exclude(state=State.DONE).delete()[0]
    return gone + old.exclude(unmatched=[]).update(unmatched=[])


def _line(cells: list[str]) -> str:
    text = StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
