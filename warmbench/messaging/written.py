"""Says when candidates wrote to us last, which decides whether a person may answer them."""

from collections.abc import Collection
from datetime import datetime

from warmbench.core import sql


def last(candidate_ids: Collection[int]) -> dict[int, datetime]:
    """When each of these people wrote to us last, by id; nobody who did not.

    What is not yet known to be theirs does not count, nor what asks for silence, nor what came
    before they asked us to pause.
    """
    if not candidate_ids:
        return {}
    rows = sql.run(sql.load(__file__, "last_written"), {"ids": list(candidate_ids)})
    return dict(rows.fetchall())
