"""Keeps how warm each candidate is: added to with every signal, counted anew when one is gone."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from warmbench.core import sql
from warmbench.people import rights
from warmbench.signals import policies, scoped_warmth, scoring
from warmbench.signals.models import Signal, Warmth
from warmbench.signals.scoring import Policy


def of(candidate_ids: Collection[int], *, now: datetime) -> dict[int, int]:
    """The shown warmth of each of these people; 0 for those who never gave a sign."""
    return of_by(policies.in_force(), candidate_ids, now=now)


def of_by(policy: Policy, candidate_ids: Collection[int], *, now: datetime) -> dict[int, int]:
    """The same, for a caller who knows the policy that is in force."""
    rows = list(Warmth.objects.filter(candidate_id__in=candidate_ids))
    points = {
        row.candidate_id: scoring.cooled(row.points, policy, since=row.as_of, now=now)
        for row in rows
        if row.policy == policy.version
    }
    # While everybody is counted anew, some still have a row of the policy before.
    old = [row.candidate_id for row in rows if row.candidate_id not in points]
    points |= scoped_warmth.counted(old, policy, now=now) if old else {}
    return {pk: scoring.shown(points.get(pk, 0)) for pk in candidate_ids}


def add(signals: Sequence[Signal], *, now: datetime) -> None:
    """Count new signals in. Call it once for each, in the transaction that records it.

    Who objected has no warmth.
    """
    objectors = rights.objectors({s.candidate_id for s in signals})
    signals = [s for s in signals if s.candidate_id not in objectors]
    policy = policies.in_force()
    points: defaultdict[int, float] = defaultdict(float)
    for signal in signals:
        worth = scoring.weight(signal, policy)
        points[signal.candidate_id] += scoring.cooled(worth, policy, since=signal.at, now=now)
    warmer = {candidate_id: worth for candidate_id, worth in points.items() if worth > 0}
    if warmer:
        values = _params(warmer, policy, now=now)
        added = {row[0] for row in sql.run(sql.load(__file__, "add_warmth"), values)}
        if missing := warmer.keys() - added:
            count(sorted(missing), now=now)
    scoped_warmth.add(signals, now=now)


@transaction.atomic
def recount(candidate_ids: Collection[int], *, now: datetime) -> None:
    """Count the warmth of these people anew from all their signals, in every scope."""
    if not candidate_ids:
        return
    ids = sorted(candidate_ids)
    place(ids, now=now)
    count(ids, now=now)
    scoped_warmth.count(ids, now=now)


def place(candidate_ids: Sequence[int], *, now: datetime) -> None:
    """Give these people a row to lock, for the count that follows in the same transaction."""
    sql.run(sql.load(__file__, "place_warmth"), {"candidates": candidate_ids, "now": now})


def count(candidate_ids: Sequence[int], *, now: datetime) -> None:
    """Count the warmth of those of these people who have a row, in the caller's transaction."""
    if not candidate_ids:
        return
    # The lock first, the question after: a signal that is being added right now is either
    # seen by the question, or adds itself to the outcome. The same holds for a policy.
    rows = Warmth.objects.select_for_update(no_key=True).filter(candidate_id__in=candidate_ids)
    list(rows.order_by("candidate_id").values_list("candidate_id"))
    policy = policies.in_force()
    worth = [
        (kind, grade, points * share)
        for kind, points in policy.weights.items()
        if points > 0
        for grade, share in scoring.SHARES.items()
    ]
    values = {
        "candidates": list(candidate_ids),
        "kinds": [str(kind) for kind, _, _ in worth],
        "grades": [str(grade) for _, grade, _ in worth],
        "worths": [points for _, _, points in worth],
        "now": now,
        "half_life": policy.half_life.total_seconds(),
        "policy": policy.version,
    }
    sql.run(sql.load(__file__, "count_warmth"), values)


def forget(candidate_ids: Collection[int]) -> None:
    """Keep no warmth of these people any more: they objected to it."""
    Warmth.objects.filter(candidate__in=candidate_ids).delete()
    scoped_warmth.forget(candidate_ids)


def _params(points: Mapping[int, float], policy: Policy, *, now: datetime) -> dict[str, object]:
    return {
        "candidates": list(points),
        "points": list(points.values()),
        "now": now,
        "half_life": policy.half_life.total_seconds(),
        "policy": policy.version,
    }
