"""Opens a scratch beside the live tables: copies of some people, in a session that can write
nowhere else."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.sql import SQL, Identifier, Literal

from warmbench.core import sql

_THEIRS = "t.candidate_id IN (SELECT id FROM forecast_person)"
_ALL, _NONE = "true", "false"
#: Rows that are made in a scratch have ids that no live row ever has, and no other scratch of
#: a process's life: processes remember some things by the id of a row. Ids of forecasts make
#: leaps at each restore; that many of them still fit a bigint.
_APART, _SCRATCHES = 10**12, 10**6

#: The tables that the engine writes to or locks rows of, and which rows come along. One that is
#: missing here cannot be harmed: PostgreSQL refuses the statement.
SHADOWS: Mapping[str, str] = {
    "candidate": "t.id IN (SELECT id FROM forecast_person)",
    "enrollment": _THEIRS,
    "message": _THEIRS,
    "attempt": _NONE,
    "withdrawal": _ALL,
    "decision": _NONE,
    "content_use": _THEIRS,
    "sender": _ALL,
    "notice": _THEIRS,
    "signal": _THEIRS,
    "warmth": _THEIRS,
    "scoped_warmth": _THEIRS,
    "follow_up": _THEIRS,
    "personalisation": _THEIRS,
    "notification": _NONE,
    "audit_entry": _NONE,
    "pool": _ALL,
    "pool_sequence": _ALL,
    "pool_member": _THEIRS,
    "sequence": _ALL,
    "sequence_version": _ALL,
    "sequence_draft": _ALL,
    "step": _ALL,
    "template": _ALL,
    "alert_campaign": _ALL,
    "alert": _THEIRS,
    "escalation": _THEIRS,
}
#: Of these, the tables whose rows change all the time, and those that get more and more.
_UPDATED = ("enrollment", "sender", "alert")
_GROWING = ("message", "attempt", "content_use", "decision")
#: As much memory as a session keeps of its temporary tables before it writes them to disk.
_BUFFERS = "256MB"


@dataclass
class Scratch:
    """A session with a copy of what the engine writes to. All of Django's queries of this
    thread go to it while it is open."""

    #: The connection that was there before.
    live: BaseDatabaseWrapper
    #: The schema of the live tables.
    schema: str
    #: How often it was looked after.
    times: int = 0

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let queries inside the block go to the live tables."""
        own = connections[DEFAULT_DB_ALIAS]
        connections[DEFAULT_DB_ALIAS] = self.live
        try:
            yield
        finally:
            connections[DEFAULT_DB_ALIAS] = own

    def refresh(self) -> None:
        """Clear away what updates left behind in the copies, and count them anew: nobody else
        does, for no server process looks after temporary tables. Those that only grow have their
        turn when they have doubled: the first time, the second, the fourth, the eighth …"""
        self.times += 1
        has_doubled = self.times & (self.times - 1) == 0
        sql.run("VACUUM (ANALYZE) " + ", ".join(_UPDATED + _GROWING * has_doubled))


@contextmanager
def opened(
    number: int,
    chosen: str,
    values: Mapping[str, object],
    shadows: Mapping[str, str] = SHADOWS,
) -> Iterator[Scratch]:
    """A scratch with the people whose ids the question ``chosen`` answers with. ``number`` is
    that of the forecast.

    Everything is copied as it is in one moment. From then on the session is read-only, which
    leaves it its own temporary tables: whatever else a statement would write or lock raises
    ``InternalError``. The session ends with the block.
    """
    live = connections[DEFAULT_DB_ALIAS]
    own = live.copy()
    connections[DEFAULT_DB_ALIAS] = own
    try:
        _prepare(own)
        schema = _schema()
        with transaction.atomic():
            sql.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            _choose(chosen, values)
            first_id = _APART * (number % _SCRATCHES + 1)
            for table, rows in shadows.items():
                _shadow(schema, table, rows, first_id)
        sql.run("ANALYZE " + ", ".join(shadows))
        sql.run("SET default_transaction_read_only = on")
        yield Scratch(live, schema)
    finally:
        connections[DEFAULT_DB_ALIAS] = live
        own.close()


@contextmanager
def writing() -> Iterator[None]:
    """A transaction of a scratch that may write to live tables: for its results, when all else
    is done."""
    with transaction.atomic():
        sql.run("SET TRANSACTION READ WRITE")
        yield


def _prepare(own: BaseDatabaseWrapper) -> None:
    own.ensure_connection()
    # What goes wrong in a forecast ends it: nothing is ever rolled back in part.
    own.features.uses_savepoints = False
    # The same few statements come thousands of times, about a few rows each: planning them
    # anew would take longer than to run them.
    own.connection.prepare_threshold = 3
    sql.run("SET plan_cache_mode = force_generic_plan")
    sql.run("SET jit = off")
    sql.run(f"SET temp_buffers = '{_BUFFERS}'")


def _schema() -> str:
    [(schema,)] = sql.run(
        "SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = 'message'::regclass"
    ).fetchall()
    return str(schema)


def _choose(chosen: str, values: Mapping[str, object]) -> None:
    sql.run("CREATE TEMP TABLE forecast_person (id bigint PRIMARY KEY)")
    sql.run(f"INSERT INTO forecast_person {chosen} ON CONFLICT DO NOTHING", values)
    # For what comes of it: in a session that is read-only, no table can be made.
    sql.run(sql.load(__file__, "seen"))
    sql.run("ANALYZE forecast_person")


def _shadow(schema: str, table: str, rows: str, first_id: int) -> None:
    """Put a copy before a live table: PostgreSQL looks for temporary ones first."""
    live = Identifier(schema, table)
    copy = Identifier("pg_temp", table)
    columns = [name for (name,) in sql.run(_COLUMNS, [f"{schema}.{table}"])]
    names = SQL(", ").join(map(Identifier, columns))
    _run(SQL("CREATE TEMP TABLE {} (LIKE {} INCLUDING ALL)").format(Identifier(table), live))
    if rows != _NONE:
        _run(
            SQL("INSERT INTO {} ({}) SELECT {} FROM {} t WHERE {}").format(
                copy, names, names, live, SQL(rows)
            )
        )
    _run(
        SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), {})").format(
            Literal(f"pg_temp.{table}"), Literal(first_id)
        )
        if "id" in columns
        else SQL("SELECT")
    )


#: The columns of a table whose values are not made of others.
_COLUMNS = """
SELECT attname FROM pg_attribute
 WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
 ORDER BY attnum
"""


def _run(statement: SQL | object) -> None:
    sql.run(statement.as_string(None))  # type: ignore[union-attr]
