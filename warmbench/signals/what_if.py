"""Says what another policy of warmth would make of the signals that are stored. Writes nothing."""

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from warmbench.core import sql
from warmbench.people.models import Candidate
from warmbench.signals import scoring
from warmbench.signals.models import Signal
from warmbench.signals.scoring import BANDS, Policy

#: People who are looked at: all, if there are no more. Enough to know a share of one in a
#: hundred to within a tenth of it, and answered within seconds.
MOST = 40_000
#: From how many points on somebody stands on the warm list.
WARM = BANDS["warm"]
#: People who are named of each sort.
NAMED = 20
_CHUNK = 10_000
#: The same people are drawn each time: two drafts are then compared by the same people.
_SEED = 6


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one person: their shown number by the policy in force and by the other."""

    candidate_id: int
    now: int
    then: int

    @property
    def by(self) -> int:
        """How much warmer they would be."""
        return self.then - self.now


@dataclass(frozen=True)
class Moves:
    """Who would enter and who would leave a group: how many, and the warmest of them."""

    entering: int
    leaving: int
    who_enters: list[Change]
    who_leaves: list[Change]


@dataclass(frozen=True)
class Band:
    """How many people are called so, now and then. Blank for the cold who gave a sign once."""

    word: str
    now: int
    then: int


@dataclass(frozen=True)
class WhatIf:
    """What another policy would change. Numbers of people are those of everybody: reckoned up from
    those who were looked at, if that were not all."""

    #: People who were looked at, and those among whom they were drawn.
    looked_at: int
    people: int
    bands: list[Band]
    warm: Moves
    interest: Moves
    movers: list[Change]

    @property
    def is_exact(self) -> bool:
        """Whether everybody was looked at."""
        return self.looked_at >= self.people

    @property
    def changes_nothing(self) -> bool:
        """Whether nobody who was looked at would be any warmer, cooler or more interested."""
        return not self.movers and not self.interest.entering + self.interest.leaving


@dataclass
class _Found:
    """What was found of those who were looked at."""

    changes: dict[int, Change]
    #: Those who may show high interest by either policy: they have signals enough.
    maybe: list[int]


def compare(
    now_policy: Policy,
    then_policy: Policy,
    *,
    among: Collection[int] | None = None,
    now: datetime,
    most: int = MOST,
) -> WhatIf:
    """What would be else if warmth were measured by ``then_policy`` and not by ``now_policy``.

    Of everybody, or of the people ``among`` whom it is asked. Of more than ``most`` people so many
    are drawn by chance, always the same.
    """
    ids, people = _drawn(among, most)
    found = _weigh(ids, now_policy, then_policy, now=now)
    scale = people / len(ids) if ids else 1.0
    changes = sorted(found.changes.values(), key=lambda c: (-c.then, -c.now, c.candidate_id))
    is_now, is_then = _interested(found.maybe, (now_policy, then_policy), now=now)
    warm_now = {c.candidate_id for c in changes if c.now >= WARM}
    warm_then = {c.candidate_id for c in changes if c.then >= WARM}
    movers = sorted((c for c in changes if c.by), key=lambda c: (-abs(c.by), c.candidate_id))
    return WhatIf(
        looked_at=len(ids),
        people=people,
        bands=_bands(changes, scale),
        warm=_moves(found.changes, warm_now, warm_then, scale),
        interest=_moves(found.changes, is_now, is_then, scale),
        movers=movers[:NAMED],
    )


def _drawn(among: Collection[int] | None, most: int) -> tuple[list[int], int]:
    """Whom to look at, and among how many they were drawn."""
    if among is not None:
        ids = sorted(among)
        draw = random.Random(_SEED)  # noqa: S311 - a sample is no secret
        return (ids if len(ids) <= most else sorted(draw.sample(ids, most))), len(ids)
    people = Candidate.objects.count()
    # By chance, but the same people each time: two drafts are then compared by the same.
    drawn = sql.run("SELECT id FROM candidate ORDER BY hashint8(id), id LIMIT %s", [most])
    return sorted(pk for (pk,) in drawn), people


def _weigh(ids: Sequence[int], one: Policy, other: Policy, *, now: datetime) -> _Found:
    found = _Found({}, [])
    for start in range(0, len(ids), _CHUNK):
        values = _values(ids[start : start + _CHUNK], one, other, now=now)
        for row in sql.run(sql.load(__file__, "what_if"), values):
            pk, now_points, then_points, now_recent, then_recent = row
            found.changes[pk] = Change(pk, scoring.shown(now_points), scoring.shown(then_points))
            if now_recent >= one.interest_count or then_recent >= other.interest_count:
                found.maybe.append(pk)
    return found


def _values(ids: Sequence[int], one: Policy, other: Policy, *, now: datetime) -> dict[str, object]:
    kinds = [
        (kind.value, grade, share)
        for kind in Signal.Kind
        for grade, share in scoring.SHARES.items()
        if one.counts(kind)
        or other.counts(kind)
        or one.weights.get(kind)
        or other.weights.get(kind)
    ]
    return {
        "candidates": list(ids),
        "kinds": [kind for kind, _, _ in kinds],
        "grades": [str(grade) for _, grade, _ in kinds],
        "now_points": [one.weights.get(kind, 0) * share for kind, _, share in kinds],
        "then_points": [other.weights.get(kind, 0) * share for kind, _, share in kinds],
        "now_counts": [one.counts(kind) for kind, _, _ in kinds],
        "then_counts": [other.counts(kind) for kind, _, _ in kinds],
        "now_half_life": one.half_life.total_seconds(),
        "then_half_life": other.half_life.total_seconds(),
        "now_since": now - one.interest_span,
        "then_since": now - other.interest_span,
        "now": now,
    }


def _interested(
    maybe: Sequence[int], policies: tuple[Policy, Policy], *, now: datetime
) -> tuple[set[int], set[int]]:
    """Who shows high interest by each of the two policies."""
    heard: defaultdict[int, list[Signal]] = defaultdict(list)
    since = now - max(policy.interest_span for policy in policies)
    recent = Signal.objects.filter(candidate__in=maybe, at__gt=since, at__lte=now)
    for signal in recent.only("candidate", "kind", "at", "message_id"):
        heard[signal.candidate_id].append(signal)
    one, other = (
        {pk for pk, signals in heard.items() if scoring.is_high_interest(signals, p, now=now)}
        for p in policies
    )
    return one, other


def _bands(changes: Sequence[Change], scale: float) -> list[Band]:
    now = Counter(scoring.band(change.now) for change in changes)
    then = Counter(scoring.band(change.then) for change in changes)
    return [
        Band(word, round(now[word] * scale), round(then[word] * scale)) for word in (*BANDS, "")
    ]


def _moves(changes: dict[int, Change], now: set[int], then: set[int], scale: float) -> Moves:
    entering = sorted((changes[pk] for pk in then - now), key=lambda c: (-c.then, c.candidate_id))
    leaving = sorted((changes[pk] for pk in now - then), key=lambda c: (-c.now, c.candidate_id))
    return Moves(
        round(len(entering) * scale), round(len(leaving) * scale), entering[:NAMED], leaving[:NAMED]
    )
