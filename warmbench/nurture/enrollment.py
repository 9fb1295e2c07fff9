"""Puts people on sequences and takes them off: always many at once, each at most once."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from warmbench.core import audit, sql
from warmbench.core.events import Event, publish
from warmbench.nurture.models import Enrollment, Pool, PoolMember, Sequence

State = Enrollment.State

#: Why somebody is held who is no longer in the pool but may come back into it.
LEFT_POOL = "left_pool"
#: Why somebody is held whom a person holds.
HELD = "held"


@dataclass(frozen=True, kw_only=True)
class Enrolled(Event):
    """People began a sequence."""

    sequence_id: int
    candidate_ids: list[int]


class Verdict(StrEnum):
    """What became of the wish to enroll somebody."""

    ENROLLED = "enrolled"
    #: On it already.
    UNDER_WAY = "under_way"
    #: Finished it or left it before: beginning anew is for a person to say.
    WAS_HERE = "was_here"
    #: No primary specialty, seniority or geography: the gap report has her.
    MISSING_TAGS = "missing_tags"
    #: The sequence is not active, or has no steps.
    INACTIVE = "inactive"


@transaction.atomic
def enroll(
    candidate_ids: Iterable[int],
    sequence: Sequence,
    *,
    now: datetime,
    restart: bool = False,
    by_id: int | None = None,
) -> dict[int, Verdict]:
    """Let people begin a sequence; its first step is due after its wait. Returns for each of
    them what became of it.

    Nobody is on a sequence twice at a time. Somebody who was on it before begins anew only
    with ``restart``, which a person has to say. No pool takes them off it again.
    """
    wishes = [(pk, sequence.pk, None) for pk in lock_people(candidate_ids)]
    verdicts = _enroll(wishes, again=restart, now=now)
    if by_id is not None:
        count = list(verdicts.values()).count(Verdict.ENROLLED)
        audit.record(
            by_id,
            "sequence.enrolled",
            f"sequence:{sequence.pk}",
            now=now,
            detail={"people": count, "restart": restart},
        )
    return {candidate_id: verdict for (candidate_id, _), verdict in verdicts.items()}


def waiting_members(candidate_ids: list[int], *, now: datetime) -> list[tuple[int, int, int]]:
    """(candidate, sequence, pool) for those of these people whose pool has a sequence for
    them that they are not on, and whose tags are complete."""
    values = {"ids": candidate_ids, "now": now}
    return [(row[0], row[1], row[2]) for row in sql.run(_members_to_enroll(), values)]


def waiting_members_in(first: int, last: int, *, now: datetime) -> list[int]:
    """The candidates among those with an id from first to last who wait for a sequence."""
    question = _members_to_enroll().replace(
        "m.candidate_id = ANY(%(ids)s::bigint[])",
        "m.candidate_id BETWEEN %(first)s::bigint AND %(last)s::bigint",
    )
    return [row[0] for row in sql.run(question, {"first": first, "last": last, "now": now})]


def enroll_members(candidate_ids: list[int], *, now: datetime) -> int:
    """Let those of these people begin who wait for it. Returns how many began.

    Called by ``pools.refresh`` with the people locked.
    """
    wishes = waiting_members(candidate_ids, now=now)
    verdicts = _enroll(wishes, again=True, now=now) if wishes else {}
    return list(verdicts.values()).count(Verdict.ENROLLED)


def let_go(left: Iterable[tuple[int, int]], *, now: datetime) -> None:
    """Apply what pools say about people who left them, given as (candidate, pool)."""
    candidates, pools = zip(*left, strict=True)
    values = {"candidates": list(candidates), "pools": list(pools), "now": now}
    sql.run(sql.load(__file__, "let_go"), values)


def let_go_of_sequences(pool_id: int, sequence_ids: Collection[int], *, now: datetime) -> None:
    """Take people off sequences that their pool no longer leads to, unless they are in another
    pool that does: then they go on for that one."""
    theirs = Enrollment.objects.filter(
        pool_id=pool_id, sequence_id__in=sequence_ids, ended_at=None
    ).values_list("candidate_id", flat=True)
    if people := lock_people(theirs):
        values = {"pool": pool_id, "sequences": list(sequence_ids), "ids": people, "now": now}
        sql.run(sql.load(__file__, "let_go_of_sequences"), values)


def welcome_back(joined: Iterable[tuple[int, int]], *, now: datetime) -> None:
    """Let people go on, given as (candidate, pool), whose sequence was only waiting for them
    to come into the pool again."""
    candidates, pools = zip(*joined, strict=True)
    values = {"candidates": list(candidates), "pools": list(pools), "now": now}
    sql.run(sql.load(__file__, "welcome_back"), values)


@transaction.atomic
def exit_all(candidate_ids: Iterable[int], *, reason: str, now: datetime) -> list[int]:
    """Take people off every sequence they are on. Returns those who were on one."""
    under_way = Enrollment.objects.filter(
        candidate_id__in=lock_people(candidate_ids), state__in=[State.ACTIVE, State.HELD]
    )
    people = sorted(set(under_way.values_list("candidate_id", flat=True)))
    under_way.update(state=State.EXITED, exit_reason=reason, waiting_for="", ended_at=now)
    return people


@transaction.atomic
def hold(candidate_id: int, sequence_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Stop somebody's way through a sequence where it is, until a person lets it go on. Returns
    whether it was running. What is in the outbox already goes."""
    found = _under_way(candidate_id, sequence_id)
    if found is None or found.state != State.ACTIVE:
        return False
    Enrollment.objects.filter(pk=found.pk).update(state=State.HELD, waiting_for=HELD)
    _record(found, "candidate.sequence_held", by_id=by_id, now=now)
    return True


@transaction.atomic
def resume(candidate_id: int, sequence_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Let what a person holds go on. Returns whether it goes on: not if it was not held so, nor
    at once if the pool that it is for pauses whoever left it, as this person did meanwhile.

    Steps that came due in the meantime are due now: one of them, not all at once.
    """
    found = _under_way(candidate_id, sequence_id)
    if found is None or found.waiting_for != HELD:
        return False
    goes_on = not _is_out_of_a_pool_that_pauses(found)
    Enrollment.objects.filter(pk=found.pk).update(
        state=State.ACTIVE if goes_on else State.HELD,
        waiting_for="" if goes_on else LEFT_POOL,
        next_step_at=max(found.next_step_at, now),
    )
    _record(found, "candidate.sequence_resumed", by_id=by_id, now=now)
    return goes_on


@transaction.atomic
def pause_sequence(sequence_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Stop a sequence for everybody. Returns whether it was running.

    The planner leaves it out from the next batch on; what is in the outbox already is for a
    kill switch.
    """
    return _move(sequence_id, {Sequence.State.ACTIVE}, Sequence.State.PAUSED, by_id, now)


@transaction.atomic
def activate_sequence(sequence_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Let a drafted or paused sequence run. Returns whether it was one of those.

    The members of its pools begin it at the next recount.
    """
    stopped = {Sequence.State.DRAFT, Sequence.State.PAUSED}
    return _move(sequence_id, stopped, Sequence.State.ACTIVE, by_id, now)


def lock_people(candidate_ids: Iterable[int]) -> list[int]:
    """Lock these people and return their ids, in the one order that all of us lock them in.

    Whoever decides about somebody's sequences asks in a later statement, and so sees what
    everybody before has committed.
    """
    values = {"ids": list(set(candidate_ids))}
    return [row[0] for row in sql.run(sql.load(__file__, "lock_people"), values)]


def _under_way(candidate_id: int, sequence_id: int) -> Enrollment | None:
    people = lock_people([candidate_id])
    under_way = Enrollment.objects.select_for_update(no_key=True, of=("self",)).filter(
        candidate_id__in=people, sequence_id=sequence_id, state__in=[State.ACTIVE, State.HELD]
    )
    return under_way.select_related("sequence").first()


def _is_out_of_a_pool_that_pauses(found: Enrollment) -> bool:
    if found.pool is None or found.pool.on_leave != Pool.OnLeave.PAUSE:
        return False
    present = PoolMember.objects.filter(
        pool=found.pool, candidate_id=found.candidate_id, left_at=None
    )
    return not present.exists()


def _record(found: Enrollment, action: str, *, by_id: int | None, now: datetime) -> None:
    detail: dict[str, object] = {"sequence": found.sequence_id, "name": found.sequence.name}
    audit.record(by_id, action, f"candidate:{found.candidate_id}", now=now, detail=detail)


def _enroll(
    wishes: Iterable[tuple[int, int, int | None]], *, again: bool, now: datetime
) -> dict[tuple[int, int], Verdict]:
    candidates, sequences, pools = zip(*wishes, strict=True) if wishes else ((), (), ())
    rows = sql.run(
        sql.load(__file__, "enroll").replace("/* required_tags */", _required_tags()),
        {
            "candidates": list(candidates),
            "sequences": list(sequences),
            "pools": list(pools),
            "again": again,
            "now": now,
        },
    )
    verdicts = {(row[0], row[1]): Verdict(row[2]) for row in rows}
    begun: dict[int, list[int]] = defaultdict(list)
    for (candidate_id, sequence_id), verdict in verdicts.items():
        if verdict is Verdict.ENROLLED:
            begun[sequence_id].append(candidate_id)
    for sequence_id, people in begun.items():
        publish(Enrolled(sequence_id=sequence_id, candidate_ids=people))
    return verdicts


def _members_to_enroll() -> str:
    question = sql.load(__file__, "members_to_enroll")
    return question.replace("/* required_tags */", _required_tags())


def _required_tags() -> str:
    return sql.load(__file__, "required_tags")


def _move(
    sequence_id: int,
    before: set[Sequence.State],
    after: Sequence.State,
    by_id: int | None,
    now: datetime,
) -> bool:
    moved = Sequence.objects.filter(pk=sequence_id, state__in=before).update(state=after)
    if moved:
        audit.record(by_id, f"sequence.{after}", f"sequence:{sequence_id}", now=now)
    return bool(moved)
