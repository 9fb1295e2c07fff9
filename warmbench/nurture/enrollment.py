"""Puts people on sequences and takes them off: always many at once, each at most once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from warmbench.core import audit, sql
from warmbench.core.events import Event, publish
from warmbench.nurture.models import Enrollment, Sequence

State = Enrollment.State

#: Why somebody is held who is no longer in the pool but may come back into it.
LEFT_POOL = "left_pool"


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
def hold(candidate_ids: Iterable[int], *, reason: str, sequence_id: int | None = None) -> int:
    """Stop people's sequences, or one of them, where they are. Returns how many."""
    active = Enrollment.objects.filter(
        candidate_id__in=lock_people(candidate_ids), state=State.ACTIVE
    )
    if sequence_id is not None:
        active = active.filter(sequence_id=sequence_id)
    return active.update(state=State.HELD, waiting_for=reason)


@transaction.atomic
def resume(candidate_ids: Iterable[int], *, now: datetime, reason: str = "") -> int:
    """Let held sequences go on, or only those held for one reason. Returns how many.

    Steps that came due in the meantime are due now: one of them, not all at once.
    """
    held = Enrollment.objects.filter(candidate_id__in=lock_people(candidate_ids), state=State.HELD)
    if reason:
        held = held.filter(waiting_for=reason)
    overdue = Greatest(F("next_step_at"), now)
    return held.update(state=State.ACTIVE, waiting_for="", next_step_at=overdue)


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
