"""Lets sequences run, pause and end, for everybody on them, and at another pace."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count

from warmbench.core import audit, sql, tallies
from warmbench.core.standstill import still
from warmbench.core.tallies import Tally
from warmbench.nurture import enrollment
from warmbench.nurture.enrollment import UNDO
from warmbench.nurture.models import Enrollment, Sequence

State = Sequence.State
_OPT_OUTS, _STANDING = "opt_outs", "standing"

#: People who are taken off in one transaction.
BATCH = 1_000
#: How waits may be stretched or shortened, in percent.
SLOWEST, QUICKEST = 400, 25
#: The pace that turns a monthly programme into one of every two months.
HALF_AS_OFTEN = 200
#: Opt-outs of so long are held against those of so long before.
LATELY, BEFORE = timedelta(days=30), timedelta(days=90)
#: Fewer opt-outs say nothing about a sequence.
_ENOUGH = 5
#: How sure it has to be that they rise: nine of ten times, one-sided.
_Z = 1.2816


class StillOnItError(ValueError):
    """A sequence that people are on, whom nobody said to take off: their number."""

    def __init__(self, people: int) -> None:
        self.people = people
        what = "person is" if people == 1 else "people are"
        super().__init__(f"{people:,} {what} on it.")


class TooLateError(ValueError):
    """Something that can be taken back no longer: one sentence for whoever wanted to."""


@dataclass(frozen=True, slots=True)
class PaceAdvice:
    """That more people opt out of a sequence than before, and the pace that a person may adopt."""

    #: Messages that went, and people who opted out by one of them, in the last 30 days.
    sent: int
    opted_out: int
    #: The same in the 90 days before.
    sent_before: int
    opted_out_before: int
    pace: int = HALF_AS_OFTEN


def resting(*, now: datetime) -> list[int]:
    """The sequences whose steps wait: those that are not active, and those that were activated so
    lately that it may still be taken back."""
    fresh = now - UNDO
    return [
        pk
        for pk, state, activated_at in _states()
        if state != State.ACTIVE or (activated_at is not None and activated_at > fresh)
    ]


@still
def _states() -> list[tuple[int, str, datetime | None]]:
    return list(Sequence.objects.values_list("pk", "state", "activated_at"))


@transaction.atomic
def pause_sequence(sequence_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Stop a sequence for everybody. Returns whether it was running.

    The planner leaves it out from the next batch on; what is in the outbox already is for a
    kill switch.
    """
    running = Sequence.objects.filter(pk=sequence_id, state=State.ACTIVE)
    return _move(running.update(state=State.PAUSED), sequence_id, State.PAUSED, by_id, now)


@transaction.atomic
def activate_sequence(sequence_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Let a drafted or paused sequence run. Returns whether it was one of those.

    The members of its pools begin it at the next recount. No step is due for ``UNDO``: until
    then it can be taken back.
    """
    stopped = Sequence.objects.filter(pk=sequence_id, state__in=[State.DRAFT, State.PAUSED])
    moved = stopped.update(state=State.ACTIVE, activated_at=now)
    return _move(moved, sequence_id, State.ACTIVE, by_id, now)


def undo_activation(sequence_id: int, *, by_id: int | None, now: datetime) -> int:
    """Pause a sequence that was let run minutes ago, and take whoever began it since off it as if
    they never had. Returns how many. Nothing of it was queued: no step was due.

    Raises TooLateError once ``UNDO`` is over.
    """
    with transaction.atomic():
        found = Sequence.objects.select_for_update(no_key=True).get(pk=sequence_id)
        since = found.activated_at
        if found.state != State.ACTIVE or since is None or now >= since + UNDO:
            raise TooLateError("It has been running for a while. Pause it instead.")
        Sequence.objects.filter(pk=sequence_id).update(state=State.PAUSED, activated_at=None)
    begun = Enrollment.objects.filter(sequence_id=sequence_id, started_at__gte=since)
    people = list(begun.order_by("candidate_id").values_list("candidate_id", flat=True))
    gone = 0
    for start in range(0, len(people), BATCH):
        with transaction.atomic():
            gone += enrollment.forget(begun.filter(candidate_id__in=people[start : start + BATCH]))
    detail: dict[str, object] = {"people": gone}
    subject = f"sequence:{sequence_id}"
    audit.record(by_id, "sequence.activation_undone", subject, now=now, detail=detail)
    return gone


def archive_sequence(
    sequence_id: int, *, by_id: int | None, now: datetime, take_off: bool = False
) -> int:
    """Close a sequence: nobody begins it any more, and no pool leads to it. Returns how many
    people were taken off it, which has to be said. Safe to call again.

    Raises StillOnItError without ``take_off`` where somebody is on it.
    """
    under_way = Enrollment.objects.filter(sequence_id=sequence_id, ended_at=None)
    with transaction.atomic():
        found = Sequence.objects.select_for_update(no_key=True).get(pk=sequence_id)
        if not take_off and (people := under_way.count()):
            raise StillOnItError(people)
        detail: dict[str, object] = {"pools": sorted(found.pools.values_list("pk", flat=True))}
        found.pools.clear()
        closed = Sequence.objects.filter(pk=sequence_id).exclude(state=State.ARCHIVED)
        if closed.update(state=State.ARCHIVED):
            subject = f"sequence:{sequence_id}"
            audit.record(by_id, "sequence.archived", subject, now=now, detail=detail)
    gone = 0
    while people_on_it := list(under_way.values_list("candidate_id", flat=True)[:BATCH]):
        with transaction.atomic():
            theirs = under_way.filter(candidate_id__in=enrollment.lock_people(people_on_it))
            gone += theirs.update(
                state=Enrollment.State.EXITED,
                exit_reason="sequence_archived",
                waiting_for="",
                ended_at=now,
            )
    return gone


@transaction.atomic
def set_pace(sequence_id: int, percent: int, *, by_id: int | None, now: datetime) -> bool:
    """Make every wait of a sequence take so many percent of what its step says, from the next step
    of everybody on: 200 makes a monthly programme one of every two months. Returns whether that
    is another pace. Raises ValueError for one that makes no sense."""
    if not QUICKEST <= percent <= SLOWEST:
        raise ValueError(f"A pace is from {QUICKEST} to {SLOWEST} percent.")
    found = Sequence.objects.select_for_update(no_key=True).get(pk=sequence_id)
    if found.pace == percent:
        return False
    Sequence.objects.filter(pk=sequence_id).update(pace=percent)
    detail: dict[str, object] = {"before": found.pace, "after": percent}
    audit.record(by_id, "sequence.pace_set", f"sequence:{sequence_id}", now=now, detail=detail)
    return True


def standing(sequence_id: int, *, now: datetime) -> Tally:
    """Who stands where: the version, the position in it, the state, what is waited for, and how
    many people. Of many people, as it was some minutes ago."""
    return tallies.at_once(_STANDING, sequence_id, now=now)


@tallies.question(_STANDING)
def _count_standing(sequence_id: int, *, now: datetime) -> list[tuple[int, int, str, str, int]]:  # noqa: ARG001
    under_way = [Enrollment.State.ACTIVE, Enrollment.State.HELD]
    found = Enrollment.objects.filter(sequence=sequence_id, state__in=under_way).order_by()
    places = found.values_list("version_id", "position", "state", "waiting_for")
    return list(places.annotate(people=Count("pk")))


def pace_advice(sequence_id: int, *, now: datetime) -> PaceAdvice | None:
    """What speaks for writing half as often: that the share of messages by which people opt out
    rises. None where it does not, where too few opted out to say, or where it is slow already."""
    found = Sequence.objects.get(pk=sequence_id)
    if found.pace >= HALF_AS_OFTEN:
        return None
    tally = tallies.of(_OPT_OUTS, sequence_id, found.key, now=now)
    if tally is None:
        return None
    advice: PaceAdvice = tally.answer
    if advice.opted_out < _ENOUGH:
        return None
    usual = advice.opted_out_before / advice.sent_before if advice.sent_before else 0.0
    return advice if _at_least(advice.opted_out, advice.sent) > usual else None


@tallies.question(_OPT_OUTS)
def _count_opt_outs(sequence_id: int, key: str, *, now: datetime) -> PaceAdvice:
    values = {
        "sequence": sequence_id,
        "touches": f"{key}/",
        "lately": now - LATELY,
        "before": now - LATELY - BEFORE,
        "now": now,
    }
    return PaceAdvice(*sql.run(sql.load(__file__, "opt_outs"), values).fetchall()[0])


def _at_least(count: int, of: int) -> float:
    """The lower end of the share that so many make, by Wilson's score interval (JASA 22, 1927)."""
    share = count / max(of, count)
    of = max(of, count)
    middle = share + _Z**2 / (2 * of)
    half = _Z * math.sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
    return (middle - half) / (1 + _Z**2 / of)


def _move(
    moved: int, sequence_id: int, after: Sequence.State, by_id: int | None, now: datetime
) -> bool:
    if moved:
        audit.record(by_id, f"sequence.{after}", f"sequence:{sequence_id}", now=now)
    return bool(moved)
