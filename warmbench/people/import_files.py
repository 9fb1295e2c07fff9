"""Keeps the files that were imported no longer than needed, and takes people out of them."""

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from warmbench.people import import_staging
from warmbench.people.models import CandidateImport, ImportRejection
from warmbench.people.records import Lines, records
from warmbench.people.spreadsheet import Layout
from warmbench.people.traces import Traces

State = CandidateImport.State

_REMOVED = "The file was removed after its time. Upload it again to go on."


def drop(of: CandidateImport) -> None:
    """Remove the file of an import, and the rows of it that its page shows as examples.

    A file that is loaded has done its work; what came of it stays.
    """
    if of.path:
        import_staging.path_of(of).unlink(missing_ok=True)
    of.path = ""
    of.layout = of.layout | {"sample": []}
    of.save(update_fields=["path", "layout"])


def drop_old(*, before: datetime) -> int:
    """Remove the files of imports from before a moment, with their rejected rows; what nobody
    began to load goes as a whole. Returns how many there were."""
    old = CandidateImport.objects.filter(~Q(path=""), created_at__lt=before)
    count = 0
    for import_id in list(old.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            if import_staging.take(import_id):
                _drop_with_rows(CandidateImport.objects.get(pk=import_id))
                count += 1
    return count


def take_out_of_files(traces: Traces) -> None:
    """Take people out of every file that we keep. It cannot be undone.

    A loaded file goes as a whole. In one that is still to be loaded their rows are written
    over, byte for byte: the places and numbers of the others stay what they were.
    """
    for of in CandidateImport.objects.exclude(path="").order_by("pk"):
        if of.state == State.DONE:
            drop(of)
        elif import_staging.path_of(of).exists():
            _write_over(of, traces)


def take_out_of_rows(traces: Traces) -> None:
    """Take people out of rejected rows, staged rows, and the examples that pages show."""
    for of in CandidateImport.objects.exclude(state=State.DONE).order_by("pk"):
        rows = of.layout.get("sample", [])
        sample = [cells for cells in rows if not traces.are_in(cells, of.source)]
        if len(sample) < len(rows):
            of.layout = of.layout | {"sample": sample}
            of.save(update_fields=["layout"])
        # Whoever is at work on it drops them: the list of those to leave out has changed.
        if import_staging.take(of.pk):
            import_staging.drop(of.pk)
    theirs = [row.pk for row, _ in rejected(traces)]
    ImportRejection.objects.filter(pk__in=theirs).delete()


def rejected(traces: Traces) -> Iterator[tuple[ImportRejection, str]]:
    """The rejected rows that are about these people, each with the source of its file."""
    for row in ImportRejection.objects.select_related("of").iterator():
        if traces.are_in(row.cells, row.of.source) or traces.name_them(row.cells):
            yield row, row.of.source


def _drop_with_rows(of: CandidateImport) -> None:
    import_staging.drop(of.pk)
    drop(of)
    ImportRejection.objects.filter(of=of).delete()
    if of.state != State.DONE and not of.rows_done:
        of.delete()
    elif of.state != State.DONE:
        of.state, of.error = State.FAILED, _REMOVED
        of.save(update_fields=["state", "error"])


def _write_over(of: CandidateImport, traces: Traces) -> None:
    layout = Layout.from_json(of.layout)
    path = import_staging.path_of(of)
    theirs, start = [], layout.start.offset
    with closing(Lines(path, layout.encoding, layout.start)) as lines:
        for row in records(lines, layout.dialect, len(layout.header)):
            if traces.are_in(row.cells, of.source):
                theirs.append((start, row.after.offset))
            start = row.after.offset
    if not theirs:
        return
    with path.open("r+b") as file:
        for begin, end in theirs:
            file.seek(begin)
            ruler = _ruler(file.read(end - begin), layout.encoding)
            file.seek(begin)
            file.write(ruler)
        file.flush()
        os.fsync(file.fileno())


def _ruler(record: bytes, encoding: str) -> bytes:
    """As many bytes on as many lines: three dashes, then nothing.

    A record without a letter would not count as a row, and the others would get new numbers; one
    of dashes counts, and is taken for a ruler or for a person without a name.
    """
    width = {"utf-16": 2, "utf-32": 4}.get(encoding[:6], 1)
    is_big = encoding.endswith("be")

    def letter(one: bytes) -> bytes:
        return one.rjust(width, b"\0") if is_big else one.ljust(width, b"\0")

    breaks, space, dash = {letter(b"\n"), letter(b"\r")}, letter(b" "), letter(b"-")
    units = [record[at : at + width] for at in range(0, len(record), width)]
    first_line = next((at for at, unit in enumerate(units) if unit in breaks), len(units))
    dashes = min(3, first_line)
    return b"".join(
        unit if unit in breaks else dash if at < dashes else space for at, unit in enumerate(units)
    )
