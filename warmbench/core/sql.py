"""Runs the questions over whole tables that stand in ``sql/`` folders."""

import json
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import psycopg
from django.db import OperationalError, connection
from psycopg.pq import DiagnosticField, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

Row = tuple[Any, ...]

#: The database's word for a prepared statement that it does not have.
_NOT_PREPARED = b"26000"


@lru_cache(maxsize=256)
def load(module_file: str, name: str) -> str:
    """The text of ``sql/<name>.sql`` beside the module whose ``__file__`` is given."""
    return (Path(module_file).parent / "sql" / f"{name}.sql").read_text()


def run(query: str, params: Mapping[str, object] | Sequence[object] = ()) -> psycopg.Cursor[Row]:
    """Execute a statement in the current transaction; fetch from the cursor it returns.

    With values sent apart from the text, which Django's own cursor does not do: at a thousand
    ids a statement, quoting them into the text costs more than the question. Planned anew
    each time: a plan kept from when a table was empty is ruinous once it is full.

    Raises what Django's own cursor raises: whoever gives way to others and tries again need not
    know which of the two was asked.
    """
    connection.ensure_connection()
    cursor: psycopg.Cursor[Row] = psycopg.Cursor(connection.connection)
    with connection.wrap_database_errors:
        return cursor.execute(query, params)


def records(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows as one JSON parameter, for ``json_to_recordset``: much cheaper to send, and to
    take apart, than an array for each column."""
    return json.dumps(rows, default=_iso)


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a record.")


class Question:
    """The same asked again and again, with as little around it as libpq allows.

    Prepared, which halves its time: for a question about one row by its key, no plan that the
    database may keep is a bad one.
    """

    def __init__(self, query: str) -> None:
        """``query`` has ``$1``, ``$2`` … for its values."""
        self._query = query.encode()
        self._name = b"question_%x" % zlib.crc32(self._query)

    def ask(self, *values: int) -> str | None:
        """The one value of the answer, as PostgreSQL writes it; None if there is no row."""
        rows = self.rows(*map(str, values))
        return rows[0][0] if rows else None

    def rows(self, *values: str) -> list[tuple[str | None, ...]]:
        """All rows of the answer, each value as PostgreSQL writes it."""
        connection.ensure_connection()
        raw: psycopg.Connection[Row] = connection.connection
        with connection.wrap_database_errors:
            result = self._execute(raw.pgconn, [value.encode() for value in values])
        _checked(result)
        columns = range(result.nfields)
        return [
            tuple(_text(result.get_value(row, column)) for column in columns)
            for row in range(result.ntuples)
        ]

    def _execute(self, pgconn: PGconn, values: list[bytes]) -> PGresult:
        if pgconn.transaction_status != TransactionStatus.IDLE:
            # There, asking for a statement that is gone would end the transaction.
            return pgconn.exec_params(self._query, values)
        result = pgconn.exec_prepared(self._name, values)
        if result.error_field(DiagnosticField.SQLSTATE) == _NOT_PREPARED:
            # The first time, or psycopg threw all statements away at a rollback.
            _checked(pgconn.prepare(self._name, self._query))
            result = pgconn.exec_prepared(self._name, values)
        return result


def _text(value: bytes | memoryview | None) -> str | None:
    return None if value is None else bytes(value).decode()


def _checked(result: PGresult) -> PGresult:
    if result.status not in {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}:
        raise OperationalError(result.error_message.decode(errors="replace").strip())
    return result
