"""Takes an import through its stages: staged, decided, loaded; each can be taken up again."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import DatabaseError, OperationalError, transaction
from psycopg.errors import DeadlockDetected, LockNotAvailable

from warmbench.accounts.models import Role, User
from warmbench.core import audit, sql
from warmbench.people import (
    dates,
    hashes,
    import_files,
    import_identity,
    import_report,
    import_staging,
    spreadsheet,
)
from warmbench.people.columns import Field
from warmbench.people.dates import Order
from warmbench.people.import_chunks import AT_ONCE, Chunks, StopsChangedError, spans
from warmbench.people.import_drafts import Options
from warmbench.people.import_load import FileLoader, sort_in
from warmbench.people.import_report import DryRun
from warmbench.people.import_rows import Reading
from warmbench.people.import_staging import CHUNK, LOCK_OF_ALL, LOCK_OF_ONE
from warmbench.people.models import CandidateImport, Tag, TagAlias
from warmbench.people.spreadsheet import Layout, Mark
from warmbench.people.tagging import TagGoneError
from warmbench.people.vocabulary import Vocabulary

#: From so many new people on, the database is told at once how the tables have grown.
_LARGE = 20_000
#: How often a chunk is tried when others lock the same people, or edit the tags in it.
_TRIES = 5
_DATES = (Field.LAST_CONVERSATION_DATE, Field.CONSENT_DATE)

State = CandidateImport.State


@dataclass(frozen=True)
class Progress:
    """How far an import is: "reading", "comparing", "waiting" or "loading"."""

    stage: str
    done: int
    total: int


class ImportHinderedError(RuntimeError):
    """The file could not be loaded for now. What is loaded stays, and it can go on later."""


OnProgress = Callable[[Progress], None]


def ignore(_progress: Progress) -> None:
    """Tell nobody."""


def check(import_id: int, *, now: datetime, on_progress: OnProgress = ignore) -> DryRun:
    """What loading the file would do. Changes nothing about anybody."""
    with _holding(LOCK_OF_ONE, import_id):
        of = CandidateImport.objects.get(pk=import_id)
        last = _stage(of, now=now, on_progress=on_progress)
        on_progress(Progress("comparing", 0, last))
        import_identity.resolve(of.pk)
        loader = FileLoader(of, now=now)
        counts: Counter[str] = Counter()
        for done, until in spans(0, last, CHUNK):
            with transaction.atomic():
                counts.update(loader.compare(done, until).counts)
                transaction.set_rollback(True)
            on_progress(Progress("comparing", until, last))
        made = import_report.report(of.pk, counts, rows=last)
        of.counts["dry_run"] = made.as_json()
        of.save(update_fields=["counts"])
        if of.counts["staged"]["stops"] != hashes.stamp():
            # Somebody was erased meanwhile, and may stand among the rows.
            import_staging.drop(of.pk)
        return made


def run(
    import_id: int,
    *,
    clock: Callable[[], datetime],
    on_progress: OnProgress = ignore,
    chunk: int = CHUNK,
) -> CandidateImport:
    """Load the file. After a kill it goes on where it stood; once done, it changes nothing.

    ``chunk`` rows are loaded in one transaction.
    """
    with _holding(LOCK_OF_ONE, import_id):
        of = CandidateImport.objects.get(pk=import_id)
        if of.state == State.DONE:
            return of
        of.state, of.error = State.RUNNING, ""
        of.save(update_fields=["state", "error"])
        try:
            _load_all(of, clock=clock, on_progress=on_progress, chunk=chunk)
        except (DatabaseError, OSError, ImportHinderedError) as error:
            of.state = State.FAILED
            of.error = f"It stopped, and can be started again: {type(error).__name__}."
            of.save(update_fields=["state", "error"])
            raise
        import_staging.drop(of.pk)
        if of.counts.get("new", 0) >= _LARGE:
            sort_in()
        return of


def _load_all(
    of: CandidateImport, *, clock: Callable[[], datetime], on_progress: OnProgress, chunk: int
) -> None:
    for attempt in range(_TRIES):
        of.refresh_from_db()
        last = _stage(of, now=clock(), on_progress=on_progress, chunk=chunk)
        with _holding(LOCK_OF_ALL, 0, partial(on_progress, Progress("waiting", 0, last))):
            on_progress(Progress("comparing", of.rows_done, last))
            import_identity.resolve(of.pk, done=of.rows_done)
            on_progress(Progress("comparing", last, last))
            chunks = Chunks(of, spans(of.rows_done, last, chunk), clock=clock)
            try:
                for until in chunks.load(at_once=1 if attempt else AT_ONCE):
                    on_progress(Progress("loading", until, last))
            except (TagGoneError, StopsChangedError):
                # Somebody merged tags, or was erased, after the rows were read: read them anew.
                import_staging.drop(of.pk)
            except OperationalError as error:
                if not isinstance(error.__cause__, DeadlockDetected | LockNotAvailable):
                    raise
            else:
                _finish(of, now=clock())
                return
    raise ImportHinderedError("Others keep changing the same tags or people. Try again later.")


@transaction.atomic
def _finish(of: CandidateImport, *, now: datetime) -> None:
    of.state, of.finished_at = State.DONE, now
    of.save(update_fields=["state", "finished_at"])
    if of.counts.get("erased"):
        # It names people whom we had to forget.
        import_files.drop(of)
    counted: dict[str, object] = {
        name: count for name, count in of.counts.items() if isinstance(count, int)
    }
    audit.record(of.by_id, "import.loaded", f"import:{of.pk}", now=now, detail=counted)


@contextmanager
def _holding(lock: int, number: int, on_wait: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Be the only one. The database lets the next one in if this process dies."""
    if not sql.run("SELECT pg_try_advisory_lock(%s::int, %s::int)", [lock, number]).fetchall()[0][
        0
    ]:
        on_wait()
        sql.run("SELECT pg_advisory_lock(%s::int, %s::int)", [lock, number])
    try:
        yield
    finally:
        sql.run("SELECT pg_advisory_unlock(%s::int, %s::int)", [lock, number])


def _stage(
    of: CandidateImport, *, now: datetime, on_progress: OnProgress, chunk: int = CHUNK
) -> int:
    """Have all rows of the file staged, as they mean with the answers and the tags of now.

    Returns the number of the last one.
    """
    vocabulary = Vocabulary.load()
    recruiters = owners()
    # Before the list itself is read: who is put on it in between makes the stamp an old one.
    current = {"stamp": _stamp(of, recruiters), "stops": hashes.stamp()}
    staged: dict[str, Any] = of.counts.get("staged", {})
    is_current = current.items() <= staged.items()
    if not is_current or import_staging.rows_held(of.pk) != staged.get("rows"):
        import_staging.begin(of.pk)
        staged = {**current, "rows": 0, "line": 0, "tags": [], "complete": False}
        of.offset = 0
    layout = Layout.from_json(of.layout)
    if not staged["complete"]:
        after = Mark(staged["line"], of.offset) if of.offset else layout.start
        reading = reading_of(of, vocabulary=vocabulary, owners=recruiters, now=now)
        first = staged["rows"] + 1
        reached = import_staging.bring_in(of, reading, after=after, first=first, chunk=chunk)
        for mark, rows in reached:
            tags = sorted(reading.tags_named.union(staged["tags"]))
            staged |= {"rows": rows, "line": mark.line, "tags": tags}
            _note(of, staged, offset=mark.offset)
            on_progress(Progress("reading", mark.offset, layout.size))
        staged["complete"] = True
        _note(of, staged, offset=of.offset)
    return int(staged["rows"])


def _note(of: CandidateImport, staged: dict[str, Any], *, offset: int) -> None:
    of.offset = offset
    of.counts["staged"] = staged
    of.save(update_fields=["counts", "offset"])


def reading_of(
    of: CandidateImport, *, vocabulary: Vocabulary, owners: Mapping[str, int], now: datetime
) -> Reading:
    """The reader for the rows of this file."""
    options = Options.from_json(of.options)
    mapping = {int(index): Field(one) for index, one in of.mapping.items()}
    return Reading(
        mapping,
        source=of.source,
        options=options,
        vocabulary=vocabulary,
        owners=owners,
        orders=_orders(of, mapping, options),
        now=now,
        stops=hashes.Stops.load(),
    )


def _orders(
    of: CandidateImport, mapping: Mapping[int, Field], options: Options
) -> dict[int, Order]:
    """How the columns of dates are written. Where the first rows leave it open, all are asked."""
    columns = [index for index, one in mapping.items() if one in _DATES]
    if options.first_in_dates:
        order = dates.DAY_FIRST if options.first_in_dates == "day" else dates.MONTH_FIRST
        return dict.fromkeys(columns, order)
    layout = Layout.from_json(of.layout)
    orders = {}
    for index in columns:
        orders[index] = dates.order_of(row[index] for row in layout.sample)
        if orders[index].day_first is None:
            rows = spreadsheet.rows(import_staging.path_of(of), layout)
            orders[index] = dates.order_of(row.cells[index] for row in rows if not row.reason)
    return orders


def owners() -> dict[str, int]:
    """Who may own candidates: ids by e-mail address."""
    recruiters = User.objects.filter(is_active=True, role__in=[Role.ADMIN, Role.RECRUITER])
    return dict(recruiters.values_list("email", "pk"))


def _stamp(of: CandidateImport, owners: Mapping[str, int]) -> str:
    """Another one whenever the same rows could mean something else."""
    aliases = TagAlias.objects.order_by("pk").values_list("tag_id", "kind", "key")
    tags = Tag.objects.order_by("pk").values_list("pk", "parent_id", "retired_at")
    said = [of.layout, of.mapping, of.options, of.source, dict(owners), *aliases, *tags]
    return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()
