"""Reads what a lead wants to see of the queues: who has how much, how old, what nobody has."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from warmbench.accounts import absences
from warmbench.accounts.models import Absence
from warmbench.core import sql
from warmbench.people import candidates
from warmbench.signals import queues, workload
from warmbench.signals.models import FollowUp
from warmbench.signals.workload import Load
from warmbench.web import queue, queue_rows
from warmbench.web.queue_rows import Entry

#: How far back answers are looked at: there are fewer of them than of other entries.
_ANSWERED_WITHIN = timedelta(days=30)
#: The ages by which what waits is told apart.
AGES = ("under a day", "1 to 3 days", "3 to 7 days", "1 to 2 weeks", "over 2 weeks")
#: How long the longest bar of the chart is, in the units of its drawing.
_WIDTH = 1000


@dataclass(frozen=True)
class Desk:
    """One recruiter as a line of the table."""

    load: Load
    #: None while they are being counted.
    candidates: int | None
    #: Until somebody who wrote was dealt with, the one in the middle; None if nobody wrote.
    reply_time: timedelta | None
    absence: Absence | None

    @property
    def oldest(self) -> str:
        """How long the oldest waits."""
        return span(self.load.oldest)

    @property
    def median(self) -> str:
        """How long the one in the middle waits."""
        return span(self.load.median)

    @property
    def answers(self) -> str:
        """How long people wait for an answer."""
        return span(self.reply_time)

    @property
    def in_time(self) -> int | None:
        """Of what was done lately, how much was by its deadline, in hundredths."""
        share = self.load.share_in_time
        return None if share is None else round(100 * share)


@dataclass(frozen=True)
class Part:
    """So many entries of one age, as a stretch of a bar."""

    label: str
    count: int
    #: From 0, the youngest.
    age: int
    start: float
    length: float


@dataclass(frozen=True)
class Bar:
    """The entries of one kind by their age."""

    label: str
    total: int
    parts: list[Part]


@dataclass(frozen=True)
class Work:
    """The whole page."""

    desks: list[Desk]
    nobodys: Load | None
    bars: list[Bar]
    #: What nobody has, or somebody who is no longer here: the first of them, and how many in all.
    adrift: list[Entry]
    adrift_total: int

    @property
    def total(self) -> Load:
        """All desks together; ages are left out."""
        loads = [desk.load for desk in self.desks]
        return Load(
            user_id=None,
            name="",
            open=sum(one.open for one in loads),
            overdue=sum(one.overdue for one in loads),
            due_today=sum(one.due_today for one in loads),
            snoozed=sum(one.snoozed for one in loads),
            oldest=None,
            median=None,
            done=sum(one.done for one in loads),
            in_time=sum(one.in_time for one in loads),
        )


def of(*, now: datetime) -> Work:
    """What waits in all queues, and how it is dealt with; a few questions however much it is."""
    loads = workload.load(now)
    return Work(
        _desks([one for one in loads if one.user_id is not None], now=now),
        next((one for one in loads if one.user_id is None), None),
        ageing(now=now),
        queue_rows.of(list(adrift(now=now)[: queue.AT_ONCE]), now=now),
        adrift(now=now).order_by().count(),
    )


def adrift(*, now: datetime) -> QuerySet[FollowUp]:
    """The open entries that stand in no queue of anybody who is here, the most urgent first."""
    lost = FollowUp.objects.filter(
        Q(owner=None) | Q(owner__is_active=False),
        Q(snoozed_until=None) | Q(snoozed_until__lte=now),
        state=FollowUp.State.OPEN,
    )
    ordered = lost.annotate(priority=queues.by_priority(now)).order_by("-priority", "due_at", "pk")
    return ordered.select_related("candidate", "owner", "offered_to")


def ageing(*, now: datetime) -> list[Bar]:
    """What waits by kind and age, as bars of one scale; kinds of which nothing waits are left
    out."""
    by_kind = {key: Counter[int]() for key in queue.KINDS}
    for reason, *counts in sql.run(sql.load(__file__, "ageing"), {"now": now}).fetchall():
        by_kind[queue.kind_of(reason)].update(dict(enumerate(counts)))
    longest = max((sum(counted.values()) for counted in by_kind.values()), default=0)
    return [
        Bar(queue.KINDS[key][0], sum(counted.values()), _parts(counted, longest))
        for key, counted in by_kind.items()
        if sum(counted.values())
    ]


def span(long: timedelta | None) -> str:
    """How long something takes, as one says it: ``40 min``, ``5 h``, ``3 days``."""
    if long is None:
        return ""
    hours = long / timedelta(hours=1)
    if hours < 1:
        return f"{max(1, round(hours * 60))} min"
    if hours < 48:
        return f"{round(hours)} h"
    return f"{round(hours / 24)} days"


def _desks(loads: Sequence[Load], *, now: datetime) -> list[Desk]:
    ids = [one.user_id for one in loads if one.user_id is not None]
    owned = candidates.owned(now=now)
    values = {"now": now, "since": now - _ANSWERED_WITHIN}
    replies: dict[int, float] = dict(sql.run(sql.load(__file__, "reply_times"), values).fetchall())
    away = absences.away(ids, now=now)
    return [
        Desk(
            one,
            None if owned is None else owned.get(one.user_id or 0, 0),
            timedelta(seconds=replies[one.user_id]) if one.user_id in replies else None,
            away.get(one.user_id or 0),
        )
        for one in loads
    ]


def _parts(counted: Counter[int], longest: int) -> list[Part]:
    parts, start = [], 0.0
    for age, label in enumerate(AGES):
        length = _WIDTH * counted[age] / longest if longest else 0.0
        if counted[age]:
            parts.append(Part(label, counted[age], age, round(start, 1), round(length, 1)))
        start += length
    return parts
