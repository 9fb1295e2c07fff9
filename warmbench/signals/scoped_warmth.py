"""Keeps how warm people are by the policies of scopes that are measured in a way of their own."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from warmbench.core import sql
from warmbench.people import rights
from warmbench.signals import scoring
from warmbench.signals.models import ScopedWarmth, Signal
from warmbench.signals.scoring import Policy


def of(candidate_id: int) -> list[ScopedWarmth]:
    """The rows of one person, in every scope that they are in."""
    return list(ScopedWarmth.objects.filter(candidate=candidate_id).order_by("scope"))


def shown(rows: Collection[ScopedWarmth], policy: Policy, *, now: datetime) -> dict[int, int]:
    """The numbers that a page shows for rows of one scope, by candidate."""
    points = {
        row.candidate_id: scoring.cooled(row.points, policy, since=row.as_of, now=now)
        for row in rows
        if row.policy == policy.version and row.points is not None and row.as_of is not None
    }
    old = [row.candidate_id for row in rows if row.policy != policy.version]
    points |= counted(old, policy, now=now) if old else {}
    return {row.candidate_id: scoring.shown(points.get(row.candidate_id, 0)) for row in rows}


def counted(candidate_ids: Collection[int], policy: Policy, *, now: datetime) -> dict[int, float]:
    """How warm these people are by all their signals, whatever was kept of it; who objected has
    no warmth."""
    heard: defaultdict[int, list[Signal]] = defaultdict(list)
    for signal in Signal.objects.filter(candidate_id__in=candidate_ids):
        heard[signal.candidate_id].append(signal)
    objectors = rights.objectors(candidate_ids)
    return {
        pk: scoring.total(signals, policy, now=now)
        for pk, signals in heard.items()
        if pk not in objectors
    }


def warmest_first(scope: str) -> QuerySet[ScopedWarmth]:
    """Everybody in a scope, the warmest first and the cold last."""
    members = ScopedWarmth.objects.filter(scope=scope)
    return members.order_by(F("rank").desc(nulls_last=True), "-pk")


def include(scope: str, candidate_ids: Collection[int], *, now: datetime) -> None:
    """Measure these people as the scope does, too. Whoever is in it already stays as they are.

    Begins transactions of its own, and loses no signal that is recorded meanwhile.
    """
    expect(scope, candidate_ids)
    settle(scope, candidate_ids, now=now)


def expect(scope: str, candidate_ids: Collection[int]) -> None:
    """Give these people a row in the scope, which counts nobody yet: ``settle`` does, once this is
    committed."""
    rows = [ScopedWarmth(scope=scope, candidate_id=pk) for pk in sorted(candidate_ids)]
    ScopedWarmth.objects.bulk_create(rows, ignore_conflicts=True)


def settle(scope: str, candidate_ids: Collection[int], *, now: datetime) -> None:
    """Count those who are expected in a scope."""
    waiting = ScopedWarmth.objects.filter(scope=scope, candidate__in=candidate_ids, policy=0)
    newcomers = sorted(waiting.values_list("candidate_id", flat=True))
    if not newcomers:
        return
    # A signal that was written down before the row could be seen, and is not committed yet, adds
    # itself to nothing: it holds its candidate, so this waits for it. Whatever comes later finds
    # the row.
    with transaction.atomic():
        sql.run(_UNTIL_NOBODY_WRITES, [newcomers])
    with transaction.atomic():
        count(newcomers, scope=scope, now=now)


#: Not "no key": that would not wait for those who only refer to the candidate.
_UNTIL_NOBODY_WRITES = "SELECT FROM candidate WHERE id = ANY(%s) ORDER BY id FOR UPDATE"


def leave(scope: str, candidate_ids: Collection[int]) -> None:
    """Measure these people no longer as the scope does."""
    ScopedWarmth.objects.filter(scope=scope, candidate__in=candidate_ids).delete()


def add(signals: Sequence[Signal], *, now: datetime) -> None:
    """Count new signals in, in every scope that somebody is in, by one statement."""
    if not signals:
        return
    left = sql.run(
        sql.load(__file__, "add_scoped_warmth"),
        {
            "candidates": [s.candidate_id for s in signals],
            "kinds": [str(s.kind) for s in signals],
            "shares": [scoring.SHARES[s.grade] for s in signals],
            "ats": [s.at for s in signals],
            "now": now,
        },
    ).fetchall()
    if left:
        count(sorted({candidate_id for _, candidate_id in left}), now=now)


def count(candidate_ids: Sequence[int], *, now: datetime, scope: str | None = None) -> None:
    """Count these people anew in the scopes they are in, or in one, in the caller's transaction."""
    rows = ScopedWarmth.objects.select_for_update(no_key=True).filter(
        candidate__in=candidate_ids, **({} if scope is None else {"scope": scope})
    )
    if not list(rows.order_by("scope", "candidate_id").values_list("pk")):
        return
    sql.run(
        sql.load(__file__, "count_scoped_warmth"),
        {
            "candidates": list(candidate_ids),
            "scope": scope,
            "certain": scoring.SHARES[Signal.Grade.CERTAIN],
            "likely": scoring.SHARES[Signal.Grade.LIKELY],
            "now": now,
        },
    )


def forget(candidate_ids: Collection[int]) -> None:
    """Keep no warmth of these people any more, whatever scope they are in."""
    rows = ScopedWarmth.objects.filter(candidate__in=candidate_ids)
    rows.update(points=None, as_of=None, rank=None)
