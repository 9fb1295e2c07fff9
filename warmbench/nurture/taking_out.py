"""Takes people who must not, or need not, hear from us out of all that would write to them."""

from collections.abc import Collection
from datetime import datetime

from warmbench.messaging import outbox, standing
from warmbench.nurture import enrollment, personalisation
from warmbench.sourcing import alerts


def take_out(candidate_ids: Collection[int], *, now: datetime) -> None:
    """End the sequences, check-ins, alerts and waiting messages of those of these people whom a
    stop or their status keeps from hearing of us.

    Asked anew: a status that was a slip of the hand may have been put right by now.
    """
    people = standing.of(candidate_ids, now=now, counting_queued=False)
    for candidate_id, person in people.items():
        is_spoken_for = person.status in enrollment.SPOKEN_FOR
        if reason := person.suppressed or (is_spoken_for and person.status):
            enrollment.exit_all([candidate_id], reason=reason, now=now)
            personalisation.lapse_void(candidate_ids=[candidate_id], now=now)
            alerts.spare([candidate_id], reason=reason, now=now)
            outbox.cancel(candidate_id, reason=reason, now=now)
