"""Puts people on sequences and takes them off: always many at once, each at most once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from warmbench.core import audit, sql
from warmbench.core.events import Event, publish
from warmbench.core.models import AuditEntry
from warmbench.messaging import standing
from warmbench.nurture import cadence, conditions, courses
from warmbench.nurture.models import Enrollment, Pool, PoolMember, Sequence, SequenceVersion
from warmbench.people.models import Candidate

State = Enrollment.State

#: Why somebody is held who is no longer in the pool but may come back into it.
LEFT_POOL = "left_pool"
#: Why somebody is held whom a person holds.
HELD = "held"
#: Why somebody is off a sequence whom a person took off it.
TAKEN_OFF = "taken_off"
#: For so long whoever lets several people begin may take it back: no step is due before.
UNDO = timedelta(minutes=10)
#: The entry of the trail that stands for people whom a person put on a sequence together.
BEGUN = "sequence.enrolled"
#: The steps that need to know her tags.
WRITING = [str(kind) for kind in courses.PURPOSES]
#: Who is in a process, has found a place, or wants nothing from us.
SPOKEN_FOR = frozenset(
    {
        Candidate.Status.APPLIED,
        Candidate.Status.PLACED,
        Candidate.Status.HIRED,
        Candidate.Status.DO_NOT_CONTACT,
    }
)


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
    #: She is not to be written to: opted out, in a process, placed, hired.
    SPOKEN_FOR = "spoken_for"
    #: The entry rule of the sequence does not hold for her.
    NOT_LET_IN = "not_let_in"


class Wish(NamedTuple):
    """That somebody should begin the newest version of a sequence, for a pool or for none."""

    candidate_id: int
    sequence_id: int
    pool_id: int | None
    version_id: int
    #: How often she was on it before.
    round: int


@transaction.atomic
def enroll(
    candidate_ids: Iterable[int],
    sequence: Sequence,
    *,
    now: datetime,
    restart: bool = False,
    is_choosy: bool = False,
    by_id: int | None = None,
) -> dict[int, Verdict]:
    """Let people begin a sequence; its first step is due after its wait. Returns for each of
    them what became of it.

    Nobody is on a sequence twice at a time. Somebody who was on it before begins anew only
    with ``restart``, which a person has to say, or where the sequence says when. ``is_choosy``
    leaves out who is not to be written to, and for whom its entry rule does not hold. No pool
    takes them off it again. Whoever lets several people begin may take that back for ``UNDO``:
    until then no step of theirs is due.
    """
    people = lock_people(candidate_ids)
    found = _weigh(people, sequence, now=now, restart=restart, is_choosy=is_choosy)
    is_undoable = by_id is not None and len(people) > 1
    begun = begin(
        [wish for wish, verdict in found if verdict is Verdict.ENROLLED],
        now=now,
        not_before=now + UNDO if is_undoable else now,
    )
    verdicts = {
        wish.candidate_id: Verdict.UNDER_WAY
        if verdict is Verdict.ENROLLED and (wish.candidate_id, sequence.pk) not in begun
        else verdict
        for wish, verdict in found
    }
    if by_id is not None:
        detail: dict[str, object] = {"people": len(begun), "restart": restart}
        if is_undoable:
            detail["candidates"] = sorted(candidate_id for candidate_id, _ in begun)
        audit.record(by_id, BEGUN, f"sequence:{sequence.pk}", now=now, detail=detail)
    return verdicts


def weigh(
    candidate_ids: Iterable[int],
    sequence: Sequence,
    *,
    now: datetime,
    restart: bool = False,
    is_choosy: bool = False,
) -> dict[int, Verdict]:
    """What ``enroll`` would make of each of these people, for a person to see first."""
    found = _weigh(candidate_ids, sequence, now=now, restart=restart, is_choosy=is_choosy)
    return {wish.candidate_id: verdict for wish, verdict in found}


@transaction.atomic
def undo_enrollment(
    sequence_id: int, started_at: datetime, *, by_id: int | None, now: datetime
) -> int:
    """Take people off a sequence as if they had never begun it, whom a person put on it at that
    moment. Returns how many; nobody once ``UNDO`` is over.

    Whoever has come past the first step by then stays: what is in the outbox has begun.
    """
    if now >= started_at + UNDO:
        return 0
    begun = begun_together(sequence_id, started_at)
    gone = forget(begun)
    if gone:
        detail: dict[str, object] = {"people": gone, "stayed": begun.count()}
        subject = f"sequence:{sequence_id}"
        audit.record(by_id, "sequence.enrollment_undone", subject, now=now, detail=detail)
    return gone


def begun_together(sequence_id: int, started_at: datetime) -> QuerySet[Enrollment]:
    """The ways through a sequence that a person let several people begin at that moment."""
    trail = AuditEntry.objects.filter(
        subject=f"sequence:{sequence_id}", action=BEGUN, at=started_at
    )
    people = [pk for entry in trail for pk in entry.detail.get("candidates", [])]
    return Enrollment.objects.filter(
        candidate_id__in=people, sequence_id=sequence_id, pool=None, started_at=started_at
    )


def forget(begun: QuerySet[Enrollment]) -> int:
    """Delete those of these ways through a sequence on which nothing was done yet, in the
    caller's transaction. Returns how many."""
    people = lock_people(begun.values_list("candidate_id", flat=True))
    # By their own columns alone: a row that a planner has in hand is looked at again once it is
    # free, but what else a question asks is answered as of before.
    untouched = begun.filter(
        candidate_id__in=people,
        state__in=[State.ACTIVE, State.HELD],
        position=0,
        cycle=0,
        # Who was moved to a newer version may stand at its beginning after steps that were done.
        skips=[],
    )
    return untouched.delete()[0]


def begin(wishes: list[Wish], *, now: datetime, not_before: datetime) -> set[tuple[int, int]]:
    """Put people before the first step of what they are to begin, due after its wait and not
    before ``not_before``. Returns who began which sequence; whoever is on it already does not.

    In the caller's transaction, with the people locked.
    """
    if not wishes:
        return set()
    known = courses.courses({wish.version_id for wish in wishes})
    in_segments: dict[str, list[int]] = defaultdict(list)
    for wish in wishes:
        for segment in known[wish.version_id].cadence:
            in_segments[segment.rule].append(wish.candidate_id)
    answers = conditions.ask(in_segments, now=now)
    rows = [
        wish._asdict()
        | {
            "next_step_at": max(
                now + cadence.before(known[wish.version_id], 0, wish.candidate_id, answers),
                not_before,
            )
        }
        for wish in wishes
    ]
    values = {"wishes": sql.records(rows), "now": now}
    begun = {(row[0], row[1]) for row in sql.run(sql.load(__file__, "begin"), values)}
    people: dict[int, list[int]] = defaultdict(list)
    for candidate_id, sequence_id in sorted(begun):
        people[sequence_id].append(candidate_id)
    for sequence_id, candidate_ids in people.items():
        publish(Enrolled(sequence_id=sequence_id, candidate_ids=candidate_ids))
    return begun


def kept_out(wishes: list[Wish], *, now: datetime) -> set[Wish]:
    """Those for whom the entry rule does not hold of what they are to begin. A rule that cannot be
    understood any more lets nobody in."""
    if not wishes:
        return set()
    versions = SequenceVersion.objects.filter(pk__in={wish.version_id for wish in wishes})
    written = versions.values_list("pk", "entry_rule")
    rules = {pk: rule.strip() for pk, rule in written if rule.strip()}
    asked = [(wish, rules[wish.version_id]) for wish in wishes if wish.version_id in rules]
    people: dict[str, list[int]] = defaultdict(list)
    for wish, rule in asked:
        people[rule].append(wish.candidate_id)
    answers = conditions.ask(people, now=now)
    return {wish for wish, rule in asked if not answers.holds(rule, wish.candidate_id)}


def silent(wishes: list[Wish], *, now: datetime) -> set[Wish]:
    """Those who are not to be written to."""
    if not wishes:
        return set()
    people = {wish.candidate_id for wish in wishes}
    standings = standing.of(people, now=now, counting_queued=False)
    return {
        wish
        for wish in wishes
        if (who := standings.get(wish.candidate_id)) is None
        or who.suppressed
        or who.status in SPOKEN_FOR
    }


def required_tags(question: str) -> str:
    """The question with what asks for the tags that nobody may lack in its place."""
    return question.replace("/* required_tags */", sql.load(__file__, "required_tags"))


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
def leave(
    candidate_id: int, sequence_id: int, *, reason: str, by_id: int | None, now: datetime
) -> bool:
    """Take somebody off one sequence for good. Returns whether they were on it. What is in the
    outbox already goes."""
    found = _under_way(candidate_id, sequence_id)
    if found is None:
        return False
    Enrollment.objects.filter(pk=found.pk).update(
        state=State.EXITED, exit_reason=reason, waiting_for="", ended_at=now
    )
    _record(found, "candidate.sequence_left", by_id=by_id, now=now)
    return True


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


def _weigh(
    candidate_ids: Iterable[int],
    sequence: Sequence,
    *,
    now: datetime,
    restart: bool,
    is_choosy: bool,
) -> list[tuple[Wish, Verdict]]:
    rows = sql.run(
        required_tags(sql.load(__file__, "weigh")),
        {
            "ids": list(candidate_ids),
            "sequence": sequence.pk,
            "again": restart,
            "writing": WRITING,
            "now": now,
        },
    )
    found = [(Wish(*wish), Verdict(verdict)) for *wish, verdict in rows]
    if is_choosy:
        wishes = [wish for wish, verdict in found if verdict is Verdict.ENROLLED]
        left_out = dict.fromkeys(kept_out(wishes, now=now), Verdict.NOT_LET_IN)
        left_out |= dict.fromkeys(silent(wishes, now=now), Verdict.SPOKEN_FOR)
        found = [(wish, left_out.get(wish, verdict)) for wish, verdict in found]
    return found
