"""Adds up what each recruiter has to do, how old it is, and how much of it was done in time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from warmbench.accounts.models import Organisation
from warmbench.core import sql
from warmbench.signals.models import FollowUp

#: How far back it is told what was done.
LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Load:
    """One recruiter's queue in numbers; without an id, that of what nobody has."""

    user_id: int | None
    name: str
    #: What is in sight: open, and not put away.
    open: int
    overdue: int
    #: Due before the day is over where the recruiter is, and not overdue.
    due_today: int
    snoozed: int
    #: For how long the oldest in sight, and the one in the middle, were asked for; None if none.
    oldest: timedelta | None
    median: timedelta | None
    #: Closed by the recruiter in the last seven days, and how much of that by its deadline.
    done: int
    in_time: int

    @property
    def share_in_time(self) -> float | None:
        """Of what was done lately, how much was by its deadline, 0 to 1; None if nothing was."""
        return self.in_time / self.done if self.done else None


def load(now: datetime) -> list[Load]:
    """The queue of each active recruiter in numbers, by name, and of what nobody has at the end.
    One statement, however many entries there are."""
    organisation = Organisation.objects.first()
    values = {
        "now": now,
        "since": now - LATELY,
        "zone": organisation.default_time_zone if organisation else "UTC",
    }
    return [Load(*row) for row in sql.run(sql.load(__file__, "workload"), values).fetchall()]


def open_by_owner(user_ids: Collection[int], *, now: datetime) -> dict[int, int]:
    """How many entries are in sight in the queues of these users; who has none is left out."""
    theirs = FollowUp.objects.filter(
        Q(snoozed_until=None) | Q(snoozed_until__lte=now),
        owner__in=user_ids,
        state=FollowUp.State.OPEN,
    )
    counted = theirs.order_by().values_list("owner_id").annotate(Count("pk"))
    return {owner_id: number for owner_id, number in counted if owner_id is not None}
