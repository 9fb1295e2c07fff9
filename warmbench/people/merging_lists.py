"""Keeps the lists of people right in which a record is named that went up in another."""

# ruff: noqa: SLF001, S608 - _meta says what a table is made of; all SQL is made of its names

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db.models import Model

from warmbench.core import sql
from warmbench.people.merging_rows import Ledger
from warmbench.people.models import BulkTagging


def take_along(values: Mapping[str, Any], ledger: Ledger) -> dict[str, dict[str, list[int]]]:
    """Let lists of people name the kept record, so that what was done to them together can be
    undone together: but a bulk change of a tag that it had already. Returns, by label, where it
    is named now and was not, and where it is not or was before."""
    had = [row["tag_id"] for row in ledger.dropped.get("people.CandidateTag", [])]
    found = {}
    for model in _with_lists():
        own = "added AND tag_id = ANY(%(had)s::int[])" if model is BulkTagging else "false"
        table, key = model._meta.db_table, model._meta.pk.column
        rows = sql.run(
            f"""
            UPDATE {table} t
               SET candidate_ids = CASE WHEN was.is_named
                                   THEN array_remove(t.candidate_ids, %(gone)s::bigint)
                                   ELSE array_replace(t.candidate_ids, %(gone)s::bigint,
                                                      %(kept)s::bigint) END
              FROM (
                       SELECT {key} AS key, %(kept)s = ANY(candidate_ids) OR {own} AS is_named
                         FROM {table}
                        WHERE candidate_ids && ARRAY[%(gone)s::bigint]
                          FOR UPDATE
                   ) was
             WHERE was.key = t.{key}
            RETURNING was.key, was.is_named
            """,
            {**values, "had": had} if model is BulkTagging else values,
        ).fetchall()
        found[model._meta.label] = {
            "replaced": sorted(pk for pk, is_named in rows if not is_named),
            "removed": sorted(pk for pk, is_named in rows if is_named),
        }
    return found


def leave(found: Mapping[str, Mapping[str, list[int]]], values: Mapping[str, Any]) -> None:
    """Undo what ``take_along`` did."""
    for label, keys in found.items():
        model = apps.get_model(label)
        table, key = model._meta.db_table, model._meta.pk.column
        sql.run(
            f"""
            UPDATE {table}
               SET candidate_ids = CASE WHEN {key} = ANY(%(removed)s::bigint[])
                                   THEN array_append(candidate_ids, %(gone)s::bigint)
                                   ELSE array_replace(candidate_ids, %(kept)s::bigint,
                                                      %(gone)s::bigint) END
             WHERE {key} = ANY(%(replaced)s::bigint[] || %(removed)s::bigint[])
            """,
            {**values, **keys},
        )


def _with_lists() -> list[type[Model]]:
    return [
        model
        for model in apps.get_models()
        if any(one.attname == "candidate_ids" for one in model._meta.concrete_fields)
    ]
