"""Keeps how warm each candidate is: added to with every signal, counted anew when one is gone."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from warmbench.core import sql
from warmbench.people import rights
from warmbench.signals import scoring
from warmbench.signals.models import Signal, Warmth


def of(candidate_ids: Collection[int], *, now: datetime) -> dict[int, int]:
    """The shown warmth of each of these people; 0 for those who never gave a sign."""
    rows = Warmth.objects.filter(candidate_id__in=candidate_ids)
    return dict.fromkeys(candidate_ids, 0) | {row.candidate_id: shown(row, now=now) for row in rows}


def shown(row: Warmth, *, now: datetime) -> int:
    """The number that a page shows for a row of warmth."""
    return scoring.shown(scoring.cooled(row.points, since=row.as_of, now=now))


def add(signals: Sequence[Signal], *, now: datetime) -> None:
    """Count new signals in. Call it once for each, in the transaction that records it.

    Who objected has no warmth.
    """
    points: defaultdict[int, float] = defaultdict(float)
    for signal in signals:
        worth = scoring.weight(signal)
        points[signal.candidate_id] += scoring.cooled(worth, since=signal.at, now=now)
    warmer = {candidate_id: worth for candidate_id, worth in points.items() if worth > 0}
    for objector in rights.objectors(warmer):
        del warmer[objector]
    if not warmer:
        return
    added = {row[0] for row in sql.run(sql.load(__file__, "add_warmth"), _params(warmer, now=now))}
    if missing := warmer.keys() - added:
        recount(missing, now=now)


@transaction.atomic
def recount(candidate_ids: Collection[int], *, now: datetime) -> None:
    """Count the warmth of these people anew from all their signals."""
    if not candidate_ids:
        return
    # The lock first, the question after: a signal that is being added right now is either
    # seen by the question, or adds itself to the outcome.
    rows = Warmth.objects.select_for_update(no_key=True).filter(candidate_id__in=candidate_ids)
    had_warmth = [row.candidate_id for row in rows.order_by("candidate_id")]
    heard: defaultdict[int, list[Signal]] = defaultdict(list)
    for signal in Signal.objects.filter(candidate_id__in=candidate_ids):
        heard[signal.candidate_id].append(signal)
    objectors = rights.objectors(candidate_ids)
    counted = {
        candidate_id: points
        for candidate_id, signals in heard.items()
        if candidate_id not in objectors and (points := scoring.total(signals, now=now)) > 0
    }
    Warmth.objects.filter(candidate_id__in=[c for c in had_warmth if c not in counted]).delete()
    if counted:
        sql.run(sql.load(__file__, "set_warmth"), _params(counted, now=now))


def _params(points: Mapping[int, float], *, now: datetime) -> dict[str, object]:
    return {
        "candidates": list(points),
        "points": list(points.values()),
        "now": now,
        "half_life": scoring.HALF_LIFE.total_seconds(),
        "policy": scoring.POLICY,
    }
