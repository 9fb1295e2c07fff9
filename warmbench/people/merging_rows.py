"""Moves every row about one record of a person to another record, and can bring each back.

Whatever points at candidates goes over by itself: ``people.holdings`` knows it. What two records of
one person cannot both have is found by the unique indexes of the database; what becomes of it then
is said by the ``held.py`` of the package (``holdings.Merging``).
"""

# ruff: noqa: SLF001, S608 - _meta says what a table is made of; all SQL is made of its names

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any, Self

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import Model

from warmbench.core import sql
from warmbench.people import holdings
from warmbench.people.holdings import Holding
from warmbench.people.models import Candidate, DuplicatePair

#: Rows of their own: they are about two records at once, and see to themselves.
_APART = ("people.Candidate", "people.DuplicatePair")


@dataclass
class Ledger:
    """All that was done to rows, so that it can be undone."""

    #: Label and column → keys of the rows that went over.
    moved: dict[str, list[Any]] = field(default_factory=dict)
    #: Label → rows that went, as they were.
    dropped: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    #: Label → key → column → what it was and what it became.
    changed: dict[str, dict[str, dict[str, list[Any]]]] = field(default_factory=dict)
    #: Label → keys of rows that were made.
    made: dict[str, list[Any]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As ``CandidateMerge`` keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """What ``to_json`` wrote."""
        return cls(**kept)


@dataclass(frozen=True, slots=True)
class _Unique:
    """A unique index that has the candidate among its columns."""

    #: The others.
    columns: tuple[str, ...]
    #: Which rows it is about, as SQL.
    condition: str
    are_nulls_equal: bool


def move(values: Mapping[str, Any]) -> Ledger:
    """Let all rows about the candidate ``gone`` be about ``kept``, in the caller's transaction, in
    which ``begin_merging`` was called. ``values`` has these two and ``now``. Both are locked."""
    ledger = Ledger()
    tables = [one for one in holdings.everything() if one.label not in _APART]
    for one in tables:
        for label, condition, becomes in one.merging.first:
            change(ledger, apps.get_model(label), condition, becomes, values)
    for one in sorted(tables, key=_turn):
        for column in _columns(one.model):
            _go_over(ledger, one, column, values)
    for one in tables:
        for label, statement in one.merging.makes:
            made = [pk for (pk,) in sql.run(statement, values).fetchall()]
            ledger.made.setdefault(label, []).extend(made)
    _move_pairs(ledger, values)
    return ledger


def move_back(ledger: Ledger, values: Mapping[str, Any]) -> None:
    """Undo what ``move`` did; the record ``gone`` is there again. What somebody did to a row since
    stays as it is now."""
    for label, keys in ledger.made.items():
        drop(Ledger(), apps.get_model(label), keys)
    for place, keys in ledger.moved.items():
        label, _, column = place.rpartition(":")
        model = apps.get_model(label)
        key = model._meta.pk.column
        sql.run(
            f"UPDATE {model._meta.db_table} SET {column} = %(gone)s"
            f" WHERE {key} = ANY(%(keys)s::bigint[]) AND {column} = %(kept)s",
            {**values, "keys": keys},
        )
    _follow_messages(ledger, values)
    # What hangs on others went before them. Some were changed before they went.
    for label in reversed(ledger.dropped):
        for row in ledger.dropped[label]:
            put_back(apps.get_model(label), row)
    for label, rows in ledger.changed.items():
        for key, columns in rows.items():
            change_back(apps.get_model(label), int(key), columns)


def change(
    ledger: Ledger,
    model: type[Model],
    condition: str,
    becomes: str,
    values: Mapping[str, Any],
    *,
    others: str = "",
) -> None:
    """Change rows ``t``, and write down what they were. ``others`` are rows ``o`` to change them
    by, each with the key of the row ``of_key`` that it is for."""
    table, key = model._meta.db_table, model._meta.pk.column
    source, is_of = (f", {others}", f"AND o.of_key = t.{key}") if others else ("", "")
    found = sql.run(
        f"""
        WITH was AS (
            SELECT t.{key} AS key, to_jsonb(t) AS row FROM {table} t WHERE {condition}
        )
        UPDATE {table} t SET {becomes} FROM was {source} WHERE t.{key} = was.key {is_of}
        RETURNING was.key, was.row, to_jsonb(t)
        """,
        values,
    ).fetchall()
    rows = ledger.changed.setdefault(model._meta.label, {})
    for pk, was, is_now in found:
        before, after = read(was), read(is_now)
        for name, value in after.items():
            if before[name] != value:
                columns = rows.setdefault(str(pk), {})
                columns[name] = [columns.get(name, [before[name]])[0], value]


def drop(ledger: Ledger, model: type[Model], keys: Collection[Any]) -> None:
    """Delete rows, and those that hang on them alone, and write down what they were."""
    if not keys:
        return
    for one in model._meta.related_objects:
        if one.on_delete is models.CASCADE:
            theirs = one.related_model._default_manager.filter(
                **{f"{one.field.name}__in": list(keys)}
            )
            drop(ledger, one.related_model, list(theirs.values_list("pk", flat=True)))
    table, key = model._meta.db_table, model._meta.pk.column
    found = sql.run(
        f"DELETE FROM {table} t WHERE t.{key} = ANY(%(keys)s::bigint[]) RETURNING to_jsonb(t)",
        {"keys": list(keys)},
    )
    ledger.dropped.setdefault(model._meta.label, [])[:0] = [read(row) for (row,) in found]


def put_back(model: type[Model], row: Mapping[str, Any]) -> None:
    """Put a row back that went, unless something stands in its place by now, or what it pointed
    at is gone."""
    values: dict[str, Any] = {}
    for one in model._meta.concrete_fields:
        if one.column is None or one.column not in row:
            continue
        value = row[one.column]
        values[one.attname] = _value(one, value)
        related = one.related_model
        if value is None or not isinstance(related, type) or not getattr(one, "db_constraint", 1):
            continue
        if not related._default_manager.filter(pk=value).exists():
            if not one.null:
                return
            values[one.attname] = None
    try:
        with transaction.atomic():
            model._default_manager.bulk_create([model(**values)])
    except IntegrityError:
        return


def read(row: Any) -> dict[str, Any]:
    """A row that the database gave as JSON; Django has it come as text."""
    found: dict[str, Any] = json.loads(row) if isinstance(row, str | bytes) else row
    return found


def _value(column: "models.Field[Any, Any]", value: Any) -> Any:
    """A value as the database writes it in JSON."""
    match column:
        case _ if value is None:
            return None
        case models.JSONField():
            return value
        case models.BinaryField():
            return bytes.fromhex(value.removeprefix("\\x"))
        case _:
            return column.to_python(value)


def _turn(holding: Holding) -> tuple[bool, int]:
    """What is found by other rows goes before them."""
    return not holding.merging.found_by, -len(holding.path)


def _columns(model: type[Model]) -> list[str]:
    return [
        str(one.column)
        for one in model._meta.concrete_fields
        if one.related_model is Candidate or one.attname == "candidate_id"
    ]


def _go_over(ledger: Ledger, holding: Holding, column: str, values: Mapping[str, Any]) -> None:
    model, merging = holding.model, holding.merging
    table, key = model._meta.db_table, model._meta.pk.column
    theirs = merging.found_by or holdings.is_theirs(model, holding.path or (column,))
    values = {**values, "ids": [values["gone"]]}
    if merging.is_derived:
        for query in holding.forget or (f"DELETE FROM {table} t WHERE {theirs}",):
            sql.run(query, values)
        return
    if merging.stays_behind:
        found = sql.run(f"SELECT t.{key} FROM {table} t WHERE {theirs}", values)
        drop(ledger, model, [pk for (pk,) in found])
        return
    for unique in _uniques(table, column):
        _settle(ledger, holding, column, unique, values)
    moved = sql.run(
        f"UPDATE {table} t SET {column} = %(kept)s WHERE {theirs} AND t.{column} = %(gone)s"
        f" RETURNING t.{key}",
        values,
    )
    if keys := sorted(pk for (pk,) in moved):
        ledger.moved[f"{model._meta.label}:{column}"] = keys


def _settle(
    ledger: Ledger, holding: Holding, column: str, unique: _Unique, values: Mapping[str, Any]
) -> None:
    """Let one go on of each two rows that no index lets be one person's."""
    model, merging = holding.model, holding.merging
    table, key = model._meta.db_table, model._meta.pk.column
    equals = "IS NOT DISTINCT FROM" if unique.are_nulls_equal else "="
    same = " AND ".join(f"k.{one} {equals} g.{one}" for one in unique.columns) or "true"
    greater = "false"
    if merging.rank:
        greater = f"{merging.rank.format(t='g')} > {merging.rank.format(t='k')}"
    pairs = sql.run(
        f"""
        SELECT k.{key}, g.{key}, coalesce({greater}, false)
          FROM (SELECT * FROM {table} WHERE {column} = %(kept)s AND ({unique.condition})) k
          JOIN (SELECT * FROM {table} WHERE {column} = %(gone)s AND ({unique.condition})) g
               ON {same}
         ORDER BY 1
        """,
        values,
    ).fetchall()
    if not pairs:
        return
    stay = [g if is_greater else k for k, g, is_greater in pairs]
    leave = [k if is_greater else g for k, g, is_greater in pairs]
    if merging.staying:
        _change_pairs(ledger, model, stay, leave, merging.staying, values)
    if merging.leaving:
        _change_pairs(ledger, model, leave, stay, merging.leaving, values)
    else:
        drop(ledger, model, leave)


def _change_pairs(
    ledger: Ledger,
    model: type[Model],
    keys: Sequence[Any],
    other_keys: Sequence[Any],
    becomes: str,
    values: Mapping[str, Any],
) -> None:
    table, key = model._meta.db_table, model._meta.pk.column
    change(
        ledger,
        model,
        f"t.{key} = ANY(%(keys)s::bigint[])",
        becomes,
        {**values, "keys": list(keys), "other_keys": list(other_keys)},
        others=f"""(
            SELECT pair.key AS of_key, other.*
              FROM unnest(%(keys)s::bigint[], %(other_keys)s::bigint[]) AS pair (key, other_key)
              JOIN {table} other ON other.{key} = pair.other_key
        ) o""",
    )


@lru_cache(maxsize=256)
def _uniques(table: str, column: str) -> tuple[_Unique, ...]:
    found = sql.run(
        """
        SELECT ARRAY(
                   SELECT a.attname::text FROM unnest(i.indkey) AS place (number)
                     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = place.number
               ),
               coalesce(pg_get_expr(i.indpred, i.indrelid), 'true'),
               i.indnullsnotdistinct
          FROM pg_index i
         WHERE i.indrelid = %(table)s::regclass AND i.indisunique AND i.indexprs IS NULL
         ORDER BY i.indexrelid
        """,
        {"table": table},
    ).fetchall()
    return tuple(
        _Unique(tuple(one for one in names if one != column), condition, are_nulls_equal)
        for names, condition, are_nulls_equal in found
        if column in names
    )


def _follow_messages(ledger: Ledger, values: Mapping[str, Any]) -> None:
    """What hangs on messages that went back goes with them, also what came since."""
    if not any(place.startswith("messaging.Message:") for place in ledger.moved):
        return
    for one in holdings.everything():
        if not one.merging.found_by and len(one.path) < 2:
            continue
        theirs = one.merging.found_by or holdings.is_theirs(one.model, one.path)
        for column in _columns(one.model):
            sql.run(
                f"UPDATE {one.table} t SET {column} = %(gone)s"
                f" WHERE {theirs} AND t.{column} = %(kept)s",
                {**values, "ids": [values["gone"]]},
            )


def change_back(model: type[Model], key: int, columns: Mapping[str, Sequence[Any]]) -> None:
    """Let columns of a row be what they were before a change, unless somebody changed one of them
    again since, or something else stands in its place by now."""
    table, pk = model._meta.db_table, model._meta.pk.column
    found = sql.run(f"SELECT to_jsonb(t) FROM {table} t WHERE t.{pk} = %s", [key]).fetchone()
    back = {
        name: before
        for name, (before, after) in columns.items()
        if found is not None and read(found[0])[name] == after
    }
    if len(back) < len(columns):
        # Somebody has gone on with it since: half of what it was would be neither.
        return
    names = ", ".join(f"{name} = w.{name}" for name in back)
    try:
        with transaction.atomic():
            sql.run(
                f"UPDATE {table} t SET {names}"
                f" FROM jsonb_populate_record(NULL::{table}, %(back)s::jsonb) w"
                f" WHERE t.{pk} = %(key)s",
                {"back": json.dumps(back), "key": key},
            )
    except IntegrityError:
        return


def _move_pairs(ledger: Ledger, values: Mapping[str, Any]) -> None:
    """Pairs with the record that goes are gone; what somebody said of one holds for the other."""
    gone, kept = values["gone"], values["kept"]
    query = "SELECT id FROM duplicate_pair WHERE low_id = %(gone)s OR high_id = %(gone)s"
    theirs = [pk for (pk,) in sql.run(query, values)]
    before = list(DuplicatePair.objects.filter(pk__in=theirs))
    drop(ledger, DuplicatePair, theirs)
    for pair in before:
        other = pair.high_id if pair.low_id == gone else pair.low_id
        if other != kept:
            _pair_anew(ledger, pair, sorted([kept, other]))


def _pair_anew(ledger: Ledger, pair: DuplicatePair, ids: Iterable[int]) -> None:
    low, high = ids
    known = DuplicatePair.objects.filter(low=low, high=high)
    if known.exists():
        if pair.verdict:
            change(
                ledger,
                DuplicatePair,
                "t.low_id = %(low)s AND t.high_id = %(high)s AND t.verdict = ''",
                "verdict = %(verdict)s",
                {"low": low, "high": high, "verdict": pair.verdict},
            )
        return
    made = DuplicatePair.objects.create(
        low_id=low,
        high_id=high,
        grounds=pair.grounds,
        strength=pair.strength,
        found_at=pair.found_at,
        verdict=pair.verdict,
        decided_at=pair.decided_at,
        decided_by_id=pair.decided_by_id,
    )
    ledger.made.setdefault("people.DuplicatePair", []).append(made.pk)
