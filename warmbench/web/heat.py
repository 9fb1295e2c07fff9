"""Warmth as pages show it: a number, its word, what it is made of, who is at least so warm."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from warmbench.nurture import pool_warmth
from warmbench.nurture.models import Pool
from warmbench.people.models import Candidate
from warmbench.signals import policies, scoped_warmth, scoring, warmth
from warmbench.signals.models import Signal, Warmth
from warmbench.signals.scoring import Policy

#: From how many points on somebody is called so.
WORDS = scoring.BANDS


@dataclass(frozen=True)
class Point:
    """One reason for a warmth, as ``components/warmth.html`` reads it."""

    points: int
    label: str
    at: datetime
    #: What it was worth on its day, and what it lost since.
    worth: float
    cooled: float


@dataclass(frozen=True)
class Heat:
    """How warm somebody is now."""

    score: int = 0
    evidence: tuple[Point, ...] = ()
    #: By which version of the policy, and after how many days half of it is gone.
    version: int = 1
    half_life_days: int = 30

    @property
    def word(self) -> str:
        """The word for it; blank for the cold."""
        return scoring.band(self.score)


@dataclass(frozen=True)
class PoolHeat:
    """How warm somebody is by the way in which a pool measures its members."""

    pool: Pool
    heat: Heat


def of(candidate_ids: Collection[int], *, now: datetime) -> dict[int, Heat]:
    """How warm each of these people is, and why."""
    policy = policies.in_force()
    scores = warmth.of_by(policy, candidate_ids, now=now)
    heard = _heard([pk for pk, score in scores.items() if score])
    return {pk: _heat(policy, score, heard[pk], now=now) for pk, score in scores.items()}


def in_pools(candidate: Candidate, *, now: datetime) -> list[PoolHeat]:
    """How warm somebody is in those of their pools that measure in a way of their own."""
    rows = {row.scope: row for row in scoped_warmth.of(candidate.pk)}
    if not rows:
        return []
    own, heard = policies.of_scopes(), _heard([candidate.pk])[candidate.pk]
    pools = Pool.objects.filter(
        pk__in=[pk for scope in rows if (pk := pool_warmth.pool_of(scope)) is not None]
    )
    found = []
    for pool in pools.filter(archived_at=None).order_by("name"):
        if policy := own.get(pool.scope):
            score = scoped_warmth.shown([rows[pool.scope]], policy, now=now)[candidate.pk]
            found.append(PoolHeat(pool, _heat(policy, score, heard, now=now)))
    return found


def at_least(people: QuerySet[Candidate], points: float, *, now: datetime) -> QuerySet[Candidate]:
    """Those of these people who are at least so warm now."""
    # The rank keeps the order of warmth for ever, so a warmth of now is a rank.
    rank = policies.in_force().rank_of(points, now=now)
    return people.filter(pk__in=Warmth.objects.filter(rank__gte=rank).values("candidate"))


def _heard(candidate_ids: Collection[int]) -> defaultdict[int, list[Signal]]:
    heard: defaultdict[int, list[Signal]] = defaultdict(list)
    for signal in Signal.objects.filter(candidate__in=candidate_ids):
        heard[signal.candidate_id].append(signal)
    return heard


def _heat(policy: Policy, score: int, heard: list[Signal], *, now: datetime) -> Heat:
    evidence = scoring.why(heard, policy, now=now) if score else []
    return Heat(
        score,
        tuple(Point(e.points, e.text, e.at, e.worth, e.cooled) for e in evidence),
        policy.version,
        policy.half_life_days,
    )
