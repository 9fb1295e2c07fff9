"""Runs the questions over whole tables that stand in ``sql/`` folders."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

Row = tuple[Any, ...]


@lru_cache(maxsize=256)
def load(module_file: str, name: str) -> str:
    """The text of ``sql/<name>.sql`` beside the module whose ``__file__`` is given."""
    return (Path(module_file).parent / "sql" / f"{name}.sql").read_text()


def run(query: str, params: Mapping[str, object] | Sequence[object] = ()) -> psycopg.Cursor[Row]:
    """Execute a statement in the current transaction; fetch from the cursor it returns.

    Prepared and with values sent apart from the text, which Django's own cursor does not do:
    at a thousand ids a statement, quoting them into the text costs more than the question.
    """
    connection.ensure_connection()
    cursor: psycopg.Cursor[Row] = psycopg.Cursor(connection.connection)
    return cursor.execute(query, params, prepare=True)


def records(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows as one JSON parameter, for ``json_to_recordset``: much cheaper to send, and to
    take apart, than an array for each column."""
    return json.dumps(rows, default=_iso)


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a record.")
