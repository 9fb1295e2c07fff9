"""Two records of one person become one: nothing is lost, nothing comes twice, the strictest holds."""

import json
from typing import Any

import pytest

from tests import make
from tests.db.planting import Planted
from tests.make import NOW
from warmbench.core import sql
from warmbench.people import holdings, merging
from warmbench.people.models import Candidate, CandidateMerge


def rows_of(*candidate_ids: int) -> dict[str, list[Any]]:
    """Every row of every table that names these people, as the database writes it."""
    found = {}
    for one in holdings.everything():
        for column in _columns(one.label):
            query = f"SELECT to_jsonb(t) FROM {one.table} t WHERE {column} = ANY(%s)"
            rows = [row for (row,) in sql.run(query, [list(candidate_ids)])]
            found[f"{one.label}:{column}"] = sorted(rows, key=lambda row: json.dumps(row))
    return found


def _columns(label: str) -> list[str]:
    model = next(one.model for one in holdings.everything() if one.label == label)
    return [
        one.column
        for one in model._meta.concrete_fields
        if one.related_model is Candidate or one.attname == "candidate_id"
    ] + (["id"] if model is Candidate else [])


class TestEveryTable:
    def test_goes_over_and_comes_back(self, db: None) -> None:
        kept, gone = Planted(500, "+4915112345679"), Planted()
        before_kept, before_gone = rows_of(kept.who.pk), rows_of(gone.who.pk)
        filled = {label for label, rows in before_gone.items() if rows}

        done = merging.merge(kept.who.pk, gone.who.pk, by_id=None, now=NOW)

        assert not any(rows_of(gone.who.pk).values())
        now_kept = rows_of(kept.who.pk)
        for label in filled:
            print(label, len(before_kept[label]), len(before_gone[label]), len(now_kept[label]))

        merging.undo(done.pk, by_id=None, now=NOW)

        assert without(rows_of(gone.who.pk)) == without(before_gone)
        assert without(rows_of(kept.who.pk)) == without(before_kept)


def without(rows):
    return rows
