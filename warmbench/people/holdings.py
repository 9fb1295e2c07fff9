"""Knows every table that holds something about candidates: how it is told, and how it goes.

Nobody has to remember to be complete. Whatever row points at a candidate is exported with all
its columns and deleted with the person by itself. A package only declares, in its ``held.py``,
what its tables are called, what must be treated in another way, and why what is left holds
nothing. A test walks all tables for one that is neither.
"""

# ruff: noqa: SLF001 - _meta is Django's own way to ask what a table is made of

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Model, QuerySet
from django.db.models.functions import Lower

from warmbench.core import sql
from warmbench.people.models import Candidate, ContactPoint

Row = dict[str, Any]


class LeftOverError(RuntimeError):
    """A table was not emptied: a bug, and nobody is erased."""


@dataclass(frozen=True, slots=True)
class People:
    """Those who are to be erased, and by what else than their ids they can be found."""

    ids: Sequence[int]
    #: All their addresses and numbers.
    addresses: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Merging:
    """What becomes of a table's rows where two records of one person become one, if they do not
    simply go over to the record that is kept. SQL knows ``kept``, ``gone`` and ``now``.

    Two rows clash that no unique index lets be one person's. One of them goes on; the other goes,
    and comes back if the merge is undone.
    """

    #: None of the rows go over: they go, and come back.
    stays_behind: bool = False
    #: Nor need they come back: triggers write them.
    is_derived: bool = False
    #: Of two rows that clash, the greater one by this goes on, and the kept record's if they are
    #: equal or nothing is said. The row is called ``{t}``.
    rank: str = ""
    #: What the row ``t`` that goes on takes over from the other one, ``o``.
    staying: str = ""
    #: What the other one, ``t``, becomes instead of going: it must clash no more. The row that
    #: goes on is ``o``.
    leaving: str = ""
    #: Changes before anything goes over: label, condition of a row ``t``, and what it becomes.
    first: tuple[tuple[str, str, str], ...] = ()
    #: Rows that are made once everything went over: label, and a statement that returns their keys.
    makes: tuple[tuple[str, str], ...] = ()
    #: How the rows ``t`` of the record that goes are found, where no index leads from it to them.
    found_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One table, as far as it is about candidates."""

    #: App and model: ``people.ContactPoint``.
    label: str
    title: str
    #: What it is, and what we hold it for, as the person reads it.
    why: str
    #: From a row to the candidate, if not the shortest way: there may be no index on that.
    way: tuple[str, ...] = ()
    #: The rows about one candidate, if they are not simply those that point at her.
    tell: Callable[[int], Iterable[Row]] | None = None
    #: What a row does not say by its columns: more columns, for all rows at once.
    explain: Callable[[Sequence[Any]], Sequence[Row]] | None = None
    #: Nobody of the team reads it: it stands in the copy that the person takes, and in no other.
    is_theirs_alone: bool = False
    #: Columns that say nothing to the person.
    silent: frozenset[str] = frozenset()
    #: What to do instead of deleting the rows that point at people: statements with ``ids`` and
    #: ``addresses``, while all other rows are still there.
    forget: tuple[str, ...] = ()
    #: The noun that the audit trail calls its rows, if it does.
    audited_as: str = ""
    #: The number that it calls a row ``t`` by, as SQL, if not its key; null for none.
    audited_by: str = ""
    #: How its rows are treated where two records of one person become one.
    merging: Merging = Merging()
    #: Whether workers lock its rows before they lock the people themselves.
    is_locked_first: bool = False

    @property
    def model(self) -> type[Model]:
        """The model of the table."""
        return apps.get_model(self.label)

    @property
    def table(self) -> str:
        """The name of the table."""
        return self.model._meta.db_table

    @property
    def path(self) -> tuple[str, ...]:
        """From a row to whom it is about."""
        return self.way or way_to_candidate(self.model)


@dataclass
class _Registry:
    declared: dict[str, Holding] = field(default_factory=dict)
    #: Tables that hold nothing about candidates, and why.
    empty: dict[str, str] = field(default_factory=dict)


_registry = _Registry()


def declare(*holdings: Holding) -> None:
    """Say how tables are told and forgotten; called by each package's ``held.py``."""
    for one in holdings:
        _registry.declared[one.label] = one
    everything.cache_clear()


def declare_empty(reasons: Mapping[str, str]) -> None:
    """Say of tables why they hold nothing about candidates."""
    _registry.empty.update(reasons)


def declared_empty() -> Mapping[str, str]:
    """The tables that hold nothing about candidates, by label, each with the reason."""
    return _registry.empty


@lru_cache(maxsize=1)
def everything() -> tuple[Holding, ...]:
    """All tables about candidates: the declared ones, then whatever else points at them."""
    found = dict(_registry.declared)
    for model in apps.get_models():
        label = model._meta.label
        if label not in found and way_to_candidate(model):
            title = str(model._meta.verbose_name_plural).capitalize()
            found[label] = Holding(label=label, title=title, why="")
    return tuple(found.values())


@cache
def way_to_candidate(model: type[Model]) -> tuple[str, ...]:
    """From a row to whom it is about: ``("candidate_id",)``, ``("message", "candidate_id")``.
    Empty if it is about nobody."""
    if model is Candidate:
        return ("id",)
    for one in model._meta.concrete_fields:
        if one.related_model is Candidate or one.attname == "candidate_id":
            return (one.attname,)
    for one in model._meta.concrete_fields:
        other = one.related_model
        if isinstance(other, type) and other is not model and (way := way_to_candidate(other)):
            return (one.name, *way)
    return ()


def about(holding: Holding, candidate_id: int) -> QuerySet[Model]:
    """The rows that point at a candidate, in the order in which they came."""
    model = holding.model
    found = model._default_manager.filter(**{"__".join(holding.path): candidate_id})
    return found.order_by(model._meta.pk.attname)


def rows(holding: Holding, candidate_id: int) -> list[Row]:
    """What a table holds about one candidate, in the words of its columns."""
    if holding.tell is not None:
        return list(holding.tell(candidate_id))
    return told(about(holding, candidate_id), holding)


def told(found: QuerySet[Any], holding: Holding) -> list[Row]:
    """Rows of a table as names and plain values: what the codes in them stand for, spelled out."""
    columns = [
        one
        for one in holding.model._meta.concrete_fields
        if one.name not in holding.silent and one.attname != "candidate_id"
    ]
    related = [one.name for one in columns if one.is_relation]
    things = list(found.select_related(*related))
    rows = [{one.name: _plain(thing, one) for one in columns} for thing in things]
    if holding.explain is not None and things:
        for row, more in zip(rows, holding.explain(things), strict=True):
            row.update(more)
    return rows


def by_address(label: str, column: str) -> Callable[[int], list[Row]]:
    """Tells the rows of a table that are found by an address of the person alone."""

    def tell(candidate_id: int) -> list[Row]:
        holding = _registry.declared[label]
        theirs = ContactPoint.objects.filter(candidate=candidate_id).values("address")
        # As others wrote it, who need not write it as we do.
        rows = holding.model._default_manager.annotate(as_ours=Lower(column))
        return told(rows.filter(as_ours__in=theirs).order_by("pk"), holding)

    return tell


def subjects(candidate_id: int) -> list[str]:
    """What the audit trail calls a candidate, and everything that is about her."""
    found = []
    for one in everything():
        if one.audited_as:
            theirs = is_theirs(one.model, one.path)
            number = one.audited_by or f"t.{one.model._meta.pk.column}"
            query = f"SELECT {number} FROM {one.table} t WHERE {theirs} ORDER BY 1"  # noqa: S608
            named = sql.run(query, {"ids": [candidate_id]}).fetchall()
            found += [f"{one.audited_as}:{pk}" for (pk,) in named if pk is not None]
    return found


def lock(candidate_ids: Iterable[int]) -> None:
    """Wait for whoever is at work on these people, and keep others from beginning."""
    values = {"ids": list(candidate_ids)}
    for one in everything():
        if one.is_locked_first:
            theirs = is_theirs(one.model, one.path)
            query = f"SELECT FROM {one.table} t WHERE {theirs} ORDER BY t.id FOR UPDATE"
            sql.run(query, values)


def forget(people: People) -> dict[str, int]:
    """Delete or empty every row about these people, in the caller's transaction. Returns how
    many rows that were, by label.

    What hangs on other rows goes before them, then the people, then what hangs on the people
    alone: it changes nothing about them any more. The people must be locked, FOR UPDATE.
    """
    values = {"ids": list(people.ids), "addresses": list(people.addresses)}
    for one in everything():
        if one.audited_as:
            sql.run(_silence(one), values)
    counts = {}
    for one in everything():
        if one.forget:
            counts[one.label] = sum(sql.run(query, values).rowcount for query in one.forget)
    rest = [one for one in everything() if not one.forget]
    with _without_a_check_per_row():
        for one in sorted(rest, key=_turn):
            counts[one.label] = sql.run(_deletion(one), values).rowcount
    _check_that_nothing_is_left(people)
    return counts


@contextmanager
def _without_a_check_per_row() -> Iterator[None]:
    """Delete without asking, for each person and each table, whether a row is left.

    Of many people that takes five times as long as deleting them. All tables are asked once
    afterwards. Who held a key of these people has committed before they were locked; who comes
    later waits for our commit and is refused then. Where the database does not let us, it asks.
    """
    allowed = sql.run("SELECT has_parameter_privilege('session_replication_role', 'SET')")
    if not allowed.fetchall()[0][0]:
        yield
        return
    sql.run("SET LOCAL session_replication_role = replica")
    yield
    sql.run("SET LOCAL session_replication_role = origin")


def _check_that_nothing_is_left(people: People) -> None:
    pointing = sql.run(
        """
        SELECT k.conrelid::regclass::text, a.attname
          FROM pg_constraint k
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
         WHERE k.contype = 'f' AND k.confrelid = 'candidate'::regclass
        """
    ).fetchall()
    for table, column in pointing:
        query = f"SELECT FROM {table} WHERE {column} = ANY(%(ids)s::bigint[]) LIMIT 1"
        if sql.run(query, {"ids": list(people.ids)}).fetchall():
            raise LeftOverError(f"{table} still points at people who are erased.")


def _turn(holding: Holding) -> tuple[int, bool]:
    return -len(holding.path), holding.model is not Candidate


def _silence(holding: Holding) -> str:
    """Who did what to these rows stays in the trail; what stands beside it goes."""
    key = f"t.{holding.model._meta.pk.column}"
    return f"""
        UPDATE audit_entry a SET detail = '{{}}'
          FROM {holding.table} t
         WHERE {is_theirs(holding.model, holding.path)}
           AND a.subject = '{holding.audited_as}:' || {holding.audited_by or key}
           AND a.detail <> '{{}}'
    """  # noqa: S608


def _deletion(holding: Holding) -> str:
    theirs = is_theirs(holding.model, holding.path)
    return f"DELETE FROM {holding.table} t WHERE {theirs}"  # noqa: S608


def is_theirs(model: type[Model], path: Sequence[str], row: str = "t") -> str:
    """The condition, as SQL, that a row is about one of the people whose ``ids`` are given."""
    step, *further = path
    field = next(one for one in model._meta.concrete_fields if step in {one.name, one.attname})
    column, above, inner = f"{row}.{field.column}", field.related_model, f"{row}t"
    if not further or above is None:
        return f"{column} = ANY(%(ids)s::bigint[])"
    return (
        f"{column} IN (SELECT {inner}.{above._meta.pk.column}"  # noqa: S608
        f" FROM {above._meta.db_table} {inner} WHERE {is_theirs(above, further, inner)})"
    )


def _plain(thing: Model, column: "models.Field[Any, Any]") -> Any:
    if column.is_relation:
        related = getattr(thing, column.name)
        return None if related is None else _name(related)
    value = getattr(thing, column.attname)
    if column.choices:
        return dict(column.flatchoices).get(value, value)
    return plain(value)


def _name(thing: Model) -> str:
    # A row without a name of its own is told by its number.
    has_name = type(thing).__str__ is not Model.__str__
    return str(thing) if has_name else f"{thing._meta.verbose_name} {thing.pk}"


def plain(value: Any) -> Any:
    """A value as JSON has it: dates as ISO 8601, bytes as the text that they hold."""
    match value:
        case datetime() | date():
            return value.isoformat()
        case bytes() | memoryview():
            return bytes(value).decode(errors="replace")
        case None | bool() | int() | float() | str() | list() | dict():
            return value
        case _:
            return str(value)


def cell(value: Any) -> str:
    """A value as a cell of a table has it."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
