"""Takes files of profiles, CSV or JSON, and reads their rows as people decided on the columns."""

import csv
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.db import transaction

from warmbench.integrations.models import ProfileUpload
from warmbench.integrations.profiles.sources import Profile
from warmbench.people import columns, spreadsheet
from warmbench.people.columns import Field, Guess
from warmbench.people.import_drafts import Options
from warmbench.people.import_rows import Reading, UnusableRowError
from warmbench.people.imports import MappingError
from warmbench.people.models import ImportMapping
from warmbench.people.spreadsheet import Layout, NotATableError
from warmbench.people.vocabulary import Vocabulary

State = ProfileUpload.State

LARGEST = 20 << 20
#: What is read of a profile: who it is, and their work. Nothing else of the file is looked at.
FIELDS = (
    *(Field.FULL_NAME, Field.FIRST_NAME, Field.LAST_NAME, Field.EMAIL, Field.PROFILE_URL),
    *(Field.EXTERNAL_ID, Field.EMPLOYER, Field.JOB_TITLE, Field.SENIORITY, Field.SKILLS),
    *(Field.LOCATION, Field.CITY, Field.REGION, Field.COUNTRY, Field.IGNORE),
)
_WHO = frozenset({Field.EMAIL, Field.PROFILE_URL, Field.EXTERNAL_ID, Field.FULL_NAME})
_TOLD = frozenset({*FIELDS[6:14]})
#: Of columns that several may be of, as the import of candidates has it.
_MANY = columns.MANY | {Field.LAST_NAME}
#: LinkedIn's own words that mean nothing to anybody else.
_THEIRS = {
    "position": Field.JOB_TITLE,
    "headline": Field.IGNORE,
    "url": Field.PROFILE_URL,
    "connected on": Field.IGNORE,
    "note": Field.IGNORE,
    "note visibility": Field.IGNORE,
    "pipeline stage": Field.IGNORE,
    "tags": Field.IGNORE,
}


def upload(
    content: bytes,
    file_name: str,
    source: str,
    taken_at: datetime,
    *,
    by_id: int | None,
    now: datetime,
) -> ProfileUpload:
    """Keep a file and guess its columns; what was decided for this source before is taken over.
    Raises NotATableError, and keeps nothing, when there are no rows in it."""
    if len(content) > LARGEST:
        raise NotATableError("The file is larger than 20 MB. Split it in parts.")
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"[", b"{"}:
        content = _table_of(content)
    with _laid_down(content) as path:
        layout = spreadsheet.sniff(path)
    source = " ".join(source.split())[:60] or "Profiles"
    found = guesses(layout, source)
    return ProfileUpload.objects.create(
        source=source,
        file_name=Path(file_name).name[:200],
        # Nobody knows today what is so tomorrow.
        taken_at=min(taken_at, now),
        content=content,
        layout=layout.as_json(),
        mapping={str(at): str(guess.field) for at, guess in sorted(found.items())},
        by_id=by_id,
        made_at=now,
    )


def guesses(layout: Layout, source: str) -> dict[int, Guess]:
    """What each column is, among what is read of a profile."""
    known = ImportMapping.objects.filter(source=_remembered_as(source)).first()
    header = layout.header
    theirs = {
        name: str(field)
        for name in header
        if (field := _THEIRS.get(" ".join(name.lower().split()))) is not None
    }
    found = columns.guess(header, layout.sample, theirs | (known.fields if known else {}))
    leave_out = Guess(Field.IGNORE, 1.0, "Not compared.")
    return {at: one if one.field in FIELDS else leave_out for at, one in found.items()}


@transaction.atomic
def save_mapping(upload_id: int, mapping: Mapping[str, str], *, now: datetime) -> ProfileUpload:
    """Decide what each column is; columns that are not named are left out. It is remembered for
    the next file of the source. Raises MappingError."""
    of = ProfileUpload.objects.select_for_update(no_key=True).get(pk=upload_id)
    if of.state != State.MAPPING:
        raise MappingError("This file is being compared already. Upload it again to change it.")
    header = Layout.from_json(of.layout).header
    fields = {str(at): Field.IGNORE for at in range(len(header))}
    for at, name in mapping.items():
        if at not in fields or name not in set(map(str, FIELDS)):
            raise MappingError(f"There is no column {at}, or no field “{name}”.")
        fields[at] = Field(name)
    chosen = list(fields.values())
    for one in set(chosen) - _MANY:
        if chosen.count(one) > 1:
            raise MappingError(f"Only one column can be the {one.replace('_', ' ')}.")
    if not _WHO & set(chosen) and not {Field.FIRST_NAME, Field.LAST_NAME} <= set(chosen):
        raise MappingError("Choose a column that says who it is: a profile address, a name …")
    if not _TOLD & set(chosen):
        raise MappingError("Choose a column that may have changed: an employer, a title …")
    of.mapping = {at: str(one) for at, one in fields.items()}
    of.save(update_fields=["mapping"])
    remembered = {header[int(at)]: str(one) for at, one in fields.items()}
    ImportMapping.objects.update_or_create(
        source=_remembered_as(of.source), defaults={"fields": remembered, "saved_at": now}
    )
    return of


@dataclass(frozen=True, slots=True)
class FileSource:
    """The profiles of a file."""

    of: ProfileUpload
    vocabulary: Vocabulary
    now: datetime

    @property
    def name(self) -> str:
        """What its profiles are credited to."""
        return self.of.source

    @property
    def taken_at(self) -> datetime:
        """When the profiles were as it has them."""
        return self.of.taken_at

    def closed(self) -> str:
        """See the protocol: a file is always open."""
        return ""

    def profiles(self) -> Iterator[Profile]:
        """Its rows, those among them that cannot be read."""
        reading = Reading(
            {int(at): Field(one) for at, one in self.of.mapping.items()},
            source=self.name,
            options=Options(),
            vocabulary=self.vocabulary,
            owners={},
            orders={},
            now=self.now,
        )
        with _laid_down(bytes(self.of.content)) as path:
            for row in spreadsheet.rows(path, Layout.from_json(self.of.layout)):
                cells = tuple(row.cells)
                if row.reason:
                    yield Profile(row.line, cells, None, str(row.reason))
                    continue
                try:
                    yield Profile(row.line, cells, reading.read(row))
                except UnusableRowError as error:
                    yield Profile(row.line, cells, None, str(error))


@contextmanager
def _laid_down(content: bytes) -> Iterator[Path]:
    with NamedTemporaryFile(suffix=".csv") as file:
        file.write(content)
        file.flush()
        yield Path(file.name)


def _remembered_as(source: str) -> str:
    return f"Profiles: {source}"[:80]


def _table_of(content: bytes) -> bytes:
    """A list of objects as CSV: what they have within them becomes columns of their own."""
    try:
        said = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise NotATableError("This is no JSON, or is cut off.") from error
    if isinstance(said, Mapping):
        lists = [one for one in said.values() if isinstance(one, list)]
        said = lists[0] if len(lists) == 1 else [said]
    if not isinstance(said, list):
        raise NotATableError("There are no profiles in the file.")
    rows = [dict(_flat(one)) for one in said if isinstance(one, Mapping)]
    header = list(dict.fromkeys(name for row in rows for name in row))
    if not header:
        raise NotATableError("There are no profiles in the file.")
    text = StringIO()
    writer = csv.DictWriter(text, header, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(errors="replace")


def _flat(said: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in said.items():
        name = f"{before}{key}".replace("_", " ")
        match value:
            case str() | int() | float() if not isinstance(value, bool):
                yield name, str(value)
            case Mapping() if not before:
                yield from _flat(value, f"{key} ")
            case list():
                words = [
                    str(one.get("name", "")) if isinstance(one, Mapping) else str(one)
                    for one in value
                    if isinstance(one, str | int | Mapping)
                ]
                yield name, "; ".join(filter(None, words))
            case _:
                pass
