"""Runs the steps that are due, in batches: the same planner live, in forecasts and in tests."""

from collections import Counter
from datetime import datetime

from django.db import transaction

from warmbench.core import sql
from warmbench.nurture import running, steps
from warmbench.nurture.courses import Due

#: Enrollments per transaction: enough to make its cost small, few enough to be brief.
BATCH = 1000


@transaction.atomic
def plan(*, now: datetime, batch: int = BATCH) -> Counter[str]:
    """Run the steps of the enrollments that wait longest, up to ``batch`` of them.

    Who, what, and the last gate's verdict are settled for all of them together; messages,
    refusals, decisions, content uses, what recruiters are asked and the next dates are committed
    together or not at all. One step of each enrollment is run: where the next has no wait, it is
    due at once. Any number of planners may run at once. Returns how many came to which end:
    queued, the kind of a step that reaches nobody, or the reason why not; empty when nothing is
    due.
    """
    claimed = sql.run(
        sql.load(__file__, "claim_due"),
        {"now": now, "limit": batch, "resting": running.resting(now=now)},
    )
    due = [Due(*row) for row in claimed]
    if not due:
        return Counter()
    decided = steps.decide(due, now=now)
    decided.write()
    return decided.outcomes
