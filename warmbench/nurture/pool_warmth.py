"""Lets a pool measure the warmth of its members in a way of its own."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from warmbench.nurture.models import Pool, PoolMember
from warmbench.signals import policies, reasons, scoped_warmth
from warmbench.signals.models import ScopedWarmth

#: People per step while a whole pool is taken in.
_CHUNK = 2_000


def follow(pool_id: int, candidate_ids: Collection[int], *, now: datetime) -> None:
    """Let the pool's own measure follow who of these people is a member now, if it has one."""
    scope = Pool(pk=pool_id).scope
    if policies.own(scope) is None:
        return
    with transaction.atomic():
        # Two of these at once would each act on what the other is about to change.
        Pool.objects.select_for_update(no_key=True).get(pk=pool_id)
        found = PoolMember.objects.filter(pool=pool_id, left_at=None, candidate__in=candidate_ids)
        present = set(found.values_list("candidate_id", flat=True))
        scoped_warmth.leave(scope, set(candidate_ids) - present)
        scoped_warmth.expect(scope, present)
    scoped_warmth.settle(scope, present, now=now)


def follow_policy(scope: str, *, now: datetime) -> None:
    """Take all members of a pool in when it begins to measure in a way of its own, and let go of
    them when it ends. Whoever joins or leaves meanwhile is seen to by ``follow``."""
    pool_id = pool_of(scope)
    if pool_id is None:
        return
    if policies.own(scope) is None:
        ScopedWarmth.objects.filter(scope=scope).delete()
        return
    after = 0
    present = PoolMember.objects.filter(pool=pool_id, left_at=None).order_by("candidate_id")
    ids = present.values_list("candidate_id", flat=True)
    while people := list(ids.filter(candidate_id__gt=after)[:_CHUNK]):
        follow(pool_id, people, now=now)
        after = people[-1]


def ask_about_high_interest(candidate_ids: Collection[int], *, now: datetime) -> None:
    """Put before their recruiter who shows high interest by the rule of a pool that they are in."""
    own = policies.of_scopes()
    if not own:
        return
    names = dict(Pool.objects.filter(archived_at=None).values_list("pk", "name"))
    rows = ScopedWarmth.objects.filter(candidate__in=candidate_ids, scope__in=list(own))
    for scope in sorted(set(rows.values_list("scope", flat=True))):
        pool_id = pool_of(scope)
        if pool_id in names:
            people = list(rows.filter(scope=scope).values_list("candidate_id", flat=True))
            whose = f"by the rule of “{names[pool_id]}”"
            reasons.ask_about_interest_by(own[scope], people, whose=whose, now=now)


def pool_of(scope: str) -> int | None:
    """The id of the pool that a scope is, if it is one."""
    kind, _, number = scope.partition(":")
    return int(number) if kind == "pool" and number.isdecimal() else None
