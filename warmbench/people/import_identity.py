"""Finds out which rows of an import are one person, and which candidates they are."""

from django.db import transaction

from warmbench.core import sql
from warmbench.people.import_staging import ask, run

#: For the few statements that compare all rows of a file at once.
_MEMORY = "64MB"


@transaction.atomic
def resolve(import_id: int, *, done: int = 0) -> None:
    """Decide for every staged row that is not loaded yet (the people after ``done``).

    The same rows in another order give the same answer, and so do they after some or all of
    them are loaded: what a decision leads to is counted in before it is made.
    """
    values = {"done": done}
    sql.run(f"SET LOCAL work_mem = '{_MEMORY}'")
    # Statistics of a table that is an hour old would say that there is nothing in it.
    run("ANALYZE import_stage (n, external_id, reason)", import_id, {})
    run("DELETE FROM import_match WHERE person > %(done)s::int", import_id, values)
    ask("strong", import_id, {})
    _unite(import_id)
    ask("settle_strong", import_id, {})
    ask("weak", import_id, {})
    _unite(import_id)
    ask("lend_names", import_id, {})
    _go_on_uniting(import_id)
    ask("tokens", import_id, {})
    _unite(import_id)
    ask("settle_weak", import_id, {})
    ask("gather", import_id, values)


def _unite(import_id: int) -> None:
    ask("units", import_id, {})
    _go_on_uniting(import_id)


def _go_on_uniting(import_id: int) -> None:
    while ask("join_units", import_id, {}).rowcount:
        while ask("shorten_units", import_id, {}).rowcount:
            pass
