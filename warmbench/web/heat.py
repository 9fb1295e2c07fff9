"""Warmth as pages show it: a number, its word, what it is made of, who is at least so warm."""

import math
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from warmbench.people.models import Candidate
from warmbench.signals import scoring, warmth
from warmbench.signals.models import Signal, Warmth

#: From how many points on somebody is called so.
WORDS = {"hot": 80, "warm": 60, "mild": 40, "cool": 20}


@dataclass(frozen=True)
class Point:
    """One reason for a warmth, as ``components/warmth.html`` reads it."""

    points: int
    label: str
    at: datetime


@dataclass(frozen=True)
class Heat:
    """How warm somebody is now."""

    score: int = 0
    evidence: tuple[Point, ...] = ()

    @property
    def word(self) -> str:
        """The word for it; blank for the cold."""
        return next((word for word, least in WORDS.items() if self.score >= least), "")


def of(candidate_ids: Collection[int], *, now: datetime) -> dict[int, Heat]:
    """How warm each of these people is, and why."""
    scores = warmth.of(candidate_ids, now=now)
    warm = [pk for pk, score in scores.items() if score]
    heard: defaultdict[int, list[Signal]] = defaultdict(list)
    for signal in Signal.objects.filter(candidate__in=warm):
        heard[signal.candidate_id].append(signal)
    return {
        pk: Heat(
            score,
            tuple(Point(e.points, e.text, e.at) for e in scoring.why(heard[pk], now=now)),
        )
        for pk, score in scores.items()
    }


def at_least(people: QuerySet[Candidate], points: float, *, now: datetime) -> QuerySet[Candidate]:
    """Those of these people who are at least so warm now."""
    # The rank keeps the order of warmth for ever, so a warmth of now is a rank.
    rank = math.log2(points) + now.timestamp() / scoring.HALF_LIFE.total_seconds()
    return people.filter(pk__in=Warmth.objects.filter(rank__gte=rank).values("candidate"))
