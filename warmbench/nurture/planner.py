"""Runs the steps that are due, in batches: the same planner live, in forecasts and in tests."""

from collections import Counter
from datetime import datetime

from django.db import transaction

from warmbench.core import sql
from warmbench.messaging import voices
from warmbench.nurture import readers, steps
from warmbench.nurture.models import Sequence

#: Enrollments per transaction: enough to make its cost small, few enough to be brief.
BATCH = 1000


@transaction.atomic
def plan(*, now: datetime, batch: int = BATCH) -> Counter[str]:
    """Run the steps of the enrollments that wait longest, up to ``batch`` of them.

    Who, what, and the last gate's verdict are settled for all of them together; messages,
    refusals, decisions, content uses and the next dates are committed together or not at
    all. Any number of planners may run at once. Returns how many came to which end: queued,
    or the reason why not; empty when nothing is due.
    """
    paused = Sequence.objects.exclude(state=Sequence.State.ACTIVE)
    claimed = sql.run(
        sql.load(__file__, "claim_due"),
        {"now": now, "limit": batch, "paused": list(paused.values_list("pk", flat=True))},
    )
    due = [steps.Due(*row) for row in claimed]
    if not due:
        return Counter()
    people = readers.load({d.candidate_id for d in due})
    decided = steps.decide(due, people=people, voices=voices.voices(), now=now)
    decided.write()
    return decided.outcomes
