"""Counts everybody's warmth anew by a policy that was adopted, a few people at a time."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from warmbench.core import sql
from warmbench.people.models import Candidate
from warmbench.signals import policies, scoped_warmth, warmth
from warmbench.signals.models import ScopedWarmth, Warmth, WarmthPolicy

#: People per transaction: whoever is heard from meanwhile waits for one of them at most.
CHUNK = 2_000


@dataclass(frozen=True)
class Progress:
    """How far a policy has been counted."""

    #: In percent of everybody.
    percent: int
    is_done: bool


def step(scope: str, *, now: datetime) -> bool:
    """Count the next few people of a scope by the newest of its policies. Returns whether there may
    be more; safe to repeat, and beside other counts of the same scope.

    Every step commits by itself and remembers how far it came: a count that was cut off goes on
    where it was. New signals go on being added, to the rows that were counted and to the others.
    """
    with transaction.atomic():
        # Locked: two counts of one scope then take turns.
        policy = (
            WarmthPolicy.objects.select_for_update(no_key=True)
            .filter(scope=scope)
            .order_by("-version")
            .first()
        )
        if policy is None or policy.counted_at is not None:
            return False
        people = _next(scope, policy.counted_to) or _left(scope, policy.version)
        if not people:
            policy.counted_at = now
        elif scope:
            scoped_warmth.count(people, scope=scope, now=now)
        else:
            warmth.place(people, now=now)
            warmth.count(people, now=now)
        policy.counted_to = max(policy.counted_to, *people) if people else policy.counted_to
        policy.save(update_fields=["counted_to", "counted_at"])
    return bool(people)


def progress(policy: WarmthPolicy) -> Progress:
    """How far a policy has been counted."""
    if policy.counted_at is not None:
        return Progress(100, is_done=True)
    last = Candidate.objects.order_by("-pk").values_list("pk", flat=True).first() or 1
    return Progress(min(99, 100 * policy.counted_to // last), is_done=False)


def unfinished() -> list[str]:
    """Scopes whose newest policy not everybody has been counted by."""
    newest = WarmthPolicy.objects.order_by("scope", "-version").distinct("scope")
    return [row.scope for row in newest if row.counted_at is None]


@transaction.atomic
def mend(*, now: datetime, limit: int = CHUNK) -> int:
    """Count those anew whom a signal gave a row by the policy before while the count passed by:
    they are shown rightly, but listed by their old rank. Returns how many there were."""
    found = _left("", policies.in_force().version)[:limit]
    warmth.count(found, now=now)
    for scope, policy in policies.of_scopes().items():
        old = _left(scope, policy.version)[:limit]
        scoped_warmth.count(old, scope=scope, now=now)
        found += old
    return len(found)


def _next(scope: str, after: int) -> list[int]:
    name = "next_of_scope" if scope else "next_with_signals"
    values = {"scope": scope, "after": after, "limit": CHUNK}
    return [row[0] for row in sql.run(sql.load(__file__, name), values)]


def _left(scope: str, version: int) -> list[int]:
    """Some of those whose row is of another version, in order."""
    rows = ScopedWarmth.objects.filter(scope=scope) if scope else Warmth.objects.all()
    old = rows.exclude(policy=version).values_list("candidate_id", flat=True)
    return sorted(old[:CHUNK])
