"""Lets members begin the sequences that their pools lead to, and leave them when they leave."""

from collections.abc import Collection, Iterable
from datetime import datetime

from warmbench.core import sql
from warmbench.nurture import enrollment
from warmbench.nurture.enrollment import WRITING, Wish
from warmbench.nurture.models import Enrollment


def waiting_members(candidate_ids: list[int], *, now: datetime) -> list[Wish]:
    """Those of these people whose pools have a sequence for them that they are not on, once for
    each sequence, if their tags are complete and it lets them in."""
    values = {"ids": candidate_ids, "writing": WRITING, "now": now}
    rows = sql.run(_members_to_enroll(), values)
    return _let_in([Wish(*row) for row in rows], now=now)


def waiting_members_in(first: int, last: int, *, now: datetime) -> list[int]:
    """The candidates among those with an id from first to last who wait for a sequence."""
    question = _members_to_enroll().replace(
        "m.candidate_id = ANY(%(ids)s::bigint[])",
        "m.candidate_id BETWEEN %(first)s::bigint AND %(last)s::bigint",
    )
    values = {"first": first, "last": last, "writing": WRITING, "now": now}
    rows = sql.run(question, values)
    return [wish.candidate_id for wish in _let_in([Wish(*row) for row in rows], now=now)]


def enroll_members(candidate_ids: list[int], *, now: datetime) -> int:
    """Let those of these people begin who wait for it. Returns how many began.

    Called by ``pools.refresh`` with the people locked.
    """
    return len(enrollment.begin(waiting_members(candidate_ids, now=now), now=now, not_before=now))


def let_go(left: Iterable[tuple[int, int]], *, now: datetime) -> None:
    """Apply what pools say about people who left them, given as (candidate, pool)."""
    candidates, pools = zip(*left, strict=True)
    values = {"candidates": list(candidates), "pools": list(pools), "now": now}
    sql.run(_with_other_pool("let_go"), values)


def let_go_of_sequences(pool_id: int, sequence_ids: Collection[int], *, now: datetime) -> None:
    """Take people off sequences that their pool no longer leads to, unless they are in another
    pool that does: then they go on for that one."""
    theirs = Enrollment.objects.filter(
        pool_id=pool_id, sequence_id__in=sequence_ids, ended_at=None
    ).values_list("candidate_id", flat=True)
    if people := enrollment.lock_people(theirs):
        values = {"pool": pool_id, "sequences": list(sequence_ids), "ids": people, "now": now}
        sql.run(_with_other_pool("let_go_of_sequences"), values)


def welcome_back(joined: Iterable[tuple[int, int]], *, now: datetime) -> None:
    """Let people go on, given as (candidate, pool), whose sequence was only waiting for them
    to come into the pool again."""
    candidates, pools = zip(*joined, strict=True)
    values = {"candidates": list(candidates), "pools": list(pools), "now": now}
    sql.run(sql.load(__file__, "welcome_back"), values)


def _let_in(wishes: list[Wish], *, now: datetime) -> list[Wish]:
    """Those whom their sequence lets in. Who was on it before does not begin anew while she is
    not to be written to: the first time, the last gate says so."""
    left_out = enrollment.silent([wish for wish in wishes if wish.round], now=now)
    left_out |= enrollment.kept_out(wishes, now=now)
    return [wish for wish in wishes if wish not in left_out]


def _members_to_enroll() -> str:
    return enrollment.required_tags(sql.load(__file__, "members_to_enroll"))


def _with_other_pool(name: str) -> str:
    question = sql.load(__file__, name)
    return question.replace("/* other_pool */", sql.load(__file__, "other_pool"))
