"""Brings the rows of a file into a table of their own, where whole sets of them can be compared."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, transaction

from warmbench.core import sql
from warmbench.people import hashes, spreadsheet
from warmbench.people.import_drafts import WAYS, Draft
from warmbench.people.import_rows import Reading, UnusableRowError
from warmbench.people.models import CandidateImport
from warmbench.people.spreadsheet import Layout, Mark, Row

#: Rows between two checkpoints.
CHUNK = 10_000
#: The reason of a row that never was about a person.
HARMLESS = "harmless"
#: The reason of a row about somebody whom we had to forget. Its cells are not kept.
ERASED = "erased"
#: Any number, as long as it stays the same: one import is worked on by one process.
LOCK_OF_ONE = 0x57A2C
#: Likewise: whoever creates people by staged rows does so one after the other.
LOCK_OF_ALL = 0x57A2D
#: The tables of rows that come from no file. They are gone at the end of the transaction.
PASSING = 0
_LINES_AT_ONCE = 100
#: In no text that we keep: control characters are taken out.
_NULL = "\x01"

_COLUMNS = (
    "n, line, place, reason, cells, source, external_id, first_name, last_name, employer,"
    " job_title, profile_url, city, region, country, time_zone, status, stage, owner_id,"
    " talked_on, topic, note, emails, phones, shared, consent, consent_words, consented_on,"
    " opted_out, tag_ids, tag_ways, primary_tag, unmatched, remarks"
)
_WAYS = {way: str(place) for place, way in enumerate(WAYS, 1)}
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_IN_ARRAY = str.maketrans({"\\": "\\\\", '"': '\\"'})


def path_of(of: CandidateImport) -> Path:
    """Where the raw file is."""
    folder: Path = settings.INSTANCE_FOLDER
    return folder / of.path


def named(query: str, import_id: int) -> str:
    """The statement with the tables of this import: each has its own, dropped at its end."""
    return query.replace("import_stage", f"import_stage_{import_id:d}").replace(
        "import_match", f"import_match_{import_id:d}"
    )


def ask(
    name: str, import_id: int, values: Mapping[str, object], *, fresh: str = ""
) -> psycopg.Cursor[sql.Row]:
    """Run the statements of ``sql/import_<name>.sql``, parted by ``;`` at a line's end, on the
    tables of this import. Fetch the answer of the last one from the cursor.

    ``fresh`` is the query for whoever the statements are about, where they say import_fresh.
    """
    text = sql.load(__file__, f"import_{name}").replace("import_fresh", fresh)
    return run(text, import_id, values)


def run(text: str, import_id: int, values: Mapping[str, object]) -> psycopg.Cursor[sql.Row]:
    """Run statements, parted by ``;`` at a line's end, on the tables of this import."""
    *before, last = filter(str.strip, named(text, import_id).split(";\n"))
    for statement in before:
        sql.run(statement, values)
    return sql.run(last, values)


def take(import_id: int) -> bool:
    """Be the only one at work on an import until the transaction ends. False if somebody is."""
    asked = sql.run("SELECT pg_try_advisory_xact_lock(%s, %s::int)", [LOCK_OF_ONE, import_id])
    return bool(asked.fetchall()[0][0])


def begin(import_id: int) -> None:
    """Make the tables of this import, empty."""
    drop(import_id)
    ask("tables", import_id, {})


def begin_passing() -> None:
    """Make tables for rows of this transaction alone, empty: see ``PASSING``."""
    drop(PASSING)
    tables = sql.load(__file__, "import_tables").replace("UNLOGGED", "TEMP")
    run(tables, PASSING, {})


def drop(import_id: int) -> None:
    """Remove the tables of this import."""
    for table in ("import_stage", "import_match"):
        run(f"DROP TABLE IF EXISTS {table}", import_id, {})


def forget(*, before: datetime) -> int:
    """Drop the tables of imports that are older than that and not under way. Returns how many.

    They are made again when somebody goes on with such an import.
    """
    tables = sql.run(
        r"SELECT substring(relname FROM '\d+$')::bigint FROM pg_class"
        r" WHERE relname ~ '^import_stage_\d+$' AND relkind = 'r'"
    )
    staged = {import_id for (import_id,) in tables}
    young = CandidateImport.objects.filter(created_at__gte=before)
    under_way = CandidateImport.objects.filter(state=CandidateImport.State.RUNNING)
    staged -= set((young | under_way).values_list("pk", flat=True))
    for import_id in staged:
        drop(import_id)
    return len(staged)


def rows_held(import_id: int) -> int | None:
    """How many rows are staged. None: the tables are gone.

    They are not in the write-ahead log, and empty after a crash of the database.
    """
    (exists,) = run("SELECT to_regclass('import_stage')", import_id, {}).fetchall()[0]
    if exists is None:
        return None
    (held,) = run("SELECT count(*) FROM import_stage", import_id, {}).fetchall()[0]
    return int(held)


def bring_in(
    of: CandidateImport, reading: Reading, *, after: Mark, first: int, chunk: int
) -> Iterator[tuple[Mark, int]]:
    """Stage the rows after a mark, a chunk a transaction. ``first`` is the number of the first.

    Yields each place reached and the number of rows up to there, inside the transaction, so
    that whoever writes them down can go on from there.
    """
    layout = Layout.from_json(of.layout)
    source = numbered(path_of(of), layout, after=after, first=first)
    reached, count = after, first - 1

    def lines() -> Iterator[str]:
        nonlocal reached, count
        for number, place, row in islice(source, chunk):
            yield line_of(number, place, row, reading)
            reached, count = row.after, number

    while True:
        before = count
        with transaction.atomic():
            copy_in(of.pk, lines())
            if count == before:
                return
            yield reached, count


def numbered(
    path: Path, layout: Layout, *, after: Mark, first: int
) -> Iterator[tuple[int, int, Row]]:
    """The rows after a mark, with their numbers (from ``first``) and where each begins."""
    place = after.offset
    for number, row in enumerate(spreadsheet.rows(path, layout, after=after), first):
        yield number, place, row
        place = row.after.offset


def copy_in(import_id: int, lines: Iterable[str], *, table: str = "import_stage") -> None:
    """Copy lines that ``line_of`` made into the table of this import, or another like it."""
    connection.ensure_connection()
    cursor: psycopg.Cursor[Any] = psycopg.Cursor(connection.connection)
    query = named(f"COPY {table} ({_COLUMNS}) FROM STDIN (NULL '{_NULL}')", import_id)
    with connection.wrap_database_errors, cursor.copy(query.encode()) as copy:
        # Sent piece by piece: the database takes one in while we make the next.
        for piece in _pieces(lines):
            copy.write(piece)


def _pieces(lines: Iterable[str]) -> Iterator[str]:
    source = iter(lines)
    while piece := "".join(islice(source, _LINES_AT_ONCE)):
        yield piece


def line_of(number: int, place: int, row: Row, reading: Reading) -> str:
    """What the database takes in for a row, read or refused."""
    if row.reason is not None:
        kind = HARMLESS if row.reason.is_harmless else row.reason.sentence
        return _refused(number, place, row, kind)
    try:
        draft = reading.read(row)
    except UnusableRowError as error:
        return _refused(number, place, row, str(error))
    if stopped := reading.stopped(draft):
        if stopped == hashes.Reason.ERASED:
            return _refused(number, place, row._replace(cells=[]), ERASED)
        draft.opted_out = True
    return line_of_draft(number, draft, line=row.line, place=place)


def line_of_draft(number: int, draft: Draft, *, line: int = 0, place: int = 0) -> str:
    """What the database takes in for a row that was read."""
    return _encoded([str(number), str(line), str(place), "", "{}", *values_of(draft)])


def _refused(number: int, place: int, row: Row, reason: str) -> str:
    start = [str(number), str(row.line), str(place), reason, _array(row.cells)]
    return _encoded([*start, *values_of(Draft())])


def values_of(draft: Draft) -> list[str]:
    """What a row says, as the database takes it in."""
    place, tags = draft.place, draft.tags
    primary = next((found.tag_id for found in tags if found.is_primary), None)
    return [
        draft.source,
        draft.external_id,
        draft.first_name,
        draft.last_name,
        draft.employer,
        draft.job_title,
        draft.profile_url,
        place.city,
        place.region,
        place.country_code,
        place.time_zone,
        draft.status,
        draft.stage,
        _NULL if draft.owner_id is None else str(draft.owner_id),
        _NULL if draft.talked_on is None else draft.talked_on.isoformat(),
        draft.topic,
        draft.note,
        _array(draft.emails),
        _array(draft.phones),
        _array(draft.shared),
        draft.consent,
        draft.consent_words,
        _NULL if draft.consented_on is None else draft.consented_on.isoformat(),
        "t" if draft.opted_out else "f",
        f"{{{','.join([str(found.tag_id) for found in tags])}}}",
        f"{{{','.join([_WAYS[found.source, found.confidence] for found in tags])}}}",
        _NULL if primary is None else str(primary),
        _array(draft.unmatched),
        _array([f"{remark}:{text}" for remark, text in draft.remarks]),
    ]


def _array(texts: list[str] | tuple[str, ...]) -> str:
    if not texts:
        return "{}"
    joined = '","'.join(texts)
    if "\\" in joined or joined.count('"') > 2 * len(texts) - 2:
        joined = '","'.join([text.translate(_IN_ARRAY) for text in texts])
    return f'{{"{joined}"}}'


def _encoded(values: list[str]) -> str:
    line = "\t".join(values)
    # Nearly no row needs any escape.
    if "\\" in line or "\n" in line or "\r" in line or line.count("\t") >= len(values):
        line = "\t".join([value.translate(_ESCAPES) for value in values])
    return f"{line}\n"
