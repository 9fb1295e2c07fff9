"""Imports candidates from files: upload, say what the columns are, look at it, load it."""

import filecmp
import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from warmbench.accounts.models import Organisation
from warmbench.core.environment import make_folder, open_private
from warmbench.people import columns, import_report, import_staging, jobs, spreadsheet
from warmbench.people.columns import MANY, Field, Guess
from warmbench.people.import_drafts import Options
from warmbench.people.import_report import DryRun, Finding
from warmbench.people.import_run import Progress, check, owners, run
from warmbench.people.models import CandidateImport, ImportMapping
from warmbench.people.spreadsheet import Layout, NotATableError

__all__ = [
    "DryRun",
    "Finding",
    "Guess",
    "MappingError",
    "NotATableError",
    "Options",
    "Progress",
    "check",
    "discard",
    "dry_run",
    "guesses",
    "owners",
    "read_again",
    "rejected_csv",
    "run",
    "save_mapping",
    "start",
    "start_check",
    "unfinished",
    "upload",
]

rejected_csv = import_report.rejected_csv

#: Below it, a file of a million people with forty columns has room.
LARGEST_FILE = 2 << 30
_PIECE = 1 << 20
#: One of these tells people apart, or at least names them.
_WHO = frozenset(
    {
        Field.EMAIL,
        Field.PHONE,
        Field.EXTERNAL_ID,
        Field.FULL_NAME,
        Field.FIRST_NAME,
        Field.LAST_NAME,
    }
)

_FIELDS = frozenset(map(str, Field))
_PERMISSION = frozenset({Field.DO_NOT_CONTACT, Field.CONSENT})

State = CandidateImport.State


class MappingError(ValueError):
    """The columns cannot be imported like this. The message says why."""


def upload(
    file: IO[bytes], file_name: str, source: str, *, by_id: int | None, now: datetime
) -> CandidateImport:
    """Keep a file and find out how it is laid out and what its columns are.

    What was decided for the columns of this source before is taken over. Raises
    NotATableError, and keeps nothing, when there are no rows to be found in it.
    """
    folder = make_folder(settings.INSTANCE_FOLDER / "imports")
    path = folder / f"{uuid4()}.csv"
    try:
        _keep(file, path)
        layout = spreadsheet.sniff(path)
    except (NotATableError, OSError):
        path.unlink(missing_ok=True)
        raise
    source = " ".join(source.split())[:80] or "CSV"
    organisation = Organisation.objects.first()
    return CandidateImport.objects.create(
        source=source,
        file_name=Path(file_name).name[:200],
        path=str(path.relative_to(settings.INSTANCE_FOLDER)),
        size=layout.size,
        layout=layout.as_json(),
        mapping=_guessed(layout, source),
        options={"default_country": organisation.default_country if organisation else ""},
        by_id=by_id,
        created_at=now,
    )


def read_again(
    import_id: int, *, encoding: str = "", delimiter: str = "", header_line: int | None = None
) -> CandidateImport:
    """Lay the file out anew, by a person's word on encoding, delimiter or header line.

    The columns are guessed anew, too. Raises NotATableError.
    """
    of = _open(import_id)
    layout = spreadsheet.sniff(
        import_staging.path_of(of),
        encoding=encoding,
        delimiter=delimiter,
        header_line=header_line,
    )
    of.layout, of.mapping = layout.as_json(), _guessed(layout, of.source)
    of.save(update_fields=["layout", "mapping"])
    return of


def guesses(of: CandidateImport) -> dict[int, Guess]:
    """What each column was taken for, how sure that is, and why."""
    return _guess(Layout.from_json(of.layout), of.source)


@transaction.atomic
def save_mapping(
    import_id: int,
    mapping: Mapping[str, str],
    options: Options | Mapping[str, object] | None = None,
    *,
    now: datetime,
) -> CandidateImport:
    """Decide what each column (by its index) is imported as, and what holds for the whole file.

    It is remembered for the next file of the source. Columns that are not named are left out.
    Raises MappingError.
    """
    of = _open(import_id)
    header = Layout.from_json(of.layout).header
    fields = {str(index): Field.IGNORE for index in range(len(header))}
    for index, name in mapping.items():
        if str(index) not in fields or name not in _FIELDS:
            raise MappingError(f"There is no column {index}, or no field “{name}”.")
        fields[str(index)] = Field(name)
    _check(list(fields.values()))
    try:
        answers = options if isinstance(options, Options) else Options.from_json(options or {})
    except ValueError as error:
        raise MappingError(str(error)) from error
    of.mapping = {index: str(one) for index, one in fields.items()}
    if options is not None:
        of.options = asdict(answers)
    of.save(update_fields=["mapping", "options"])
    ImportMapping.objects.update_or_create(
        source=of.source,
        defaults={
            "fields": {header[int(index)]: str(one) for index, one in fields.items()},
            "saved_at": now,
        },
    )
    return of


@transaction.atomic
def discard(import_id: int) -> None:
    """Throw a file away that nothing was loaded from. Raises MappingError when it was."""
    of = _open(import_id)
    import_staging.drop(of.pk)
    path = import_staging.path_of(of)
    of.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def unfinished(like: CandidateImport) -> CandidateImport | None:
    """An import of the same file, understood in the same way, that was stopped halfway."""
    stopped = CandidateImport.objects.filter(
        source=like.source,
        size=like.size,
        layout=like.layout,
        mapping=like.mapping,
        options=like.options,
        state__in=[State.RUNNING, State.FAILED],
    ).exclude(pk=like.pk)
    path = import_staging.path_of(like)
    for one in stopped.order_by("-pk"):
        if filecmp.cmp(import_staging.path_of(one), path, shallow=False):
            return one
    return None


def dry_run(of: CandidateImport) -> DryRun | None:
    """What the last ``check`` of this import found, None if there was none."""
    stored = of.counts.get("dry_run")
    return DryRun.from_json(stored) if stored else None


@transaction.atomic
def start(import_id: int) -> None:
    """Load the file in the background."""
    CandidateImport.objects.filter(pk=import_id).exclude(state=State.DONE).update(
        state=State.RUNNING, error=""
    )
    jobs.load_candidates.defer(import_id=import_id)


@transaction.atomic
def start_check(import_id: int) -> None:
    """Find out in the background what loading would do; ``dry_run`` then tells."""
    of = CandidateImport.objects.select_for_update(no_key=True).get(pk=import_id)
    of.counts.pop("dry_run", None)
    of.save(update_fields=["counts"])
    jobs.check_candidates.defer(import_id=import_id)


def _keep(file: IO[bytes], path: Path) -> None:
    size = 0
    with open_private(path) as kept:
        while piece := file.read(_PIECE):
            size += len(piece)
            if size > LARGEST_FILE:
                raise NotATableError("The file is larger than 2 GB. Split it in parts.")
            kept.write(piece)
        kept.flush()
        os.fsync(kept.fileno())


def _open(import_id: int) -> CandidateImport:
    of = CandidateImport.objects.get(pk=import_id)
    if of.state in {State.RUNNING, State.DONE} or of.rows_done:
        raise MappingError("This file is being loaded already. Upload it again to change it.")
    return of


def _guessed(layout: Layout, source: str) -> dict[str, str]:
    found = _guess(layout, source)
    return {str(index): str(guess.field) for index, guess in sorted(found.items())}


def _guess(layout: Layout, source: str) -> dict[int, Guess]:
    remembered = _remembered(source)
    found = columns.guess(layout.header, layout.sample, remembered)
    # A column of that name is never left out for its odd values: each such row goes to a
    # person, who would not have known of the stop.
    by_name = columns.guess(layout.header, [], remembered)
    taken = {guess.field for guess in found.values()} - MANY
    return found | {
        at: guess
        for at, guess in by_name.items()
        if guess.field in _PERMISSION - taken and found[at].field is Field.IGNORE
    }


def _remembered(source: str) -> dict[str, str]:
    known = ImportMapping.objects.filter(source=source).first()
    fields: dict[str, str] = known.fields if known else {}
    return {name: one for name, one in fields.items() if one in _FIELDS}


def _check(fields: list[Field]) -> None:
    for one in set(fields):
        # A second last name is joined to the first.
        if fields.count(one) > 1 and one not in MANY and one is not Field.LAST_NAME:
            raise MappingError(f"Only one column can be the {one.replace('_', ' ')}.")
    if not _WHO & set(fields):
        raise MappingError("Choose a column that says who it is: an e-mail address, a name …")
