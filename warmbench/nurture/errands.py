"""Does the steps that put something before a recruiter: a follow-up to do, or news to read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from warmbench.accounts import notifications
from warmbench.accounts.models import Kind
from warmbench.accounts.notifications import WHO
from warmbench.core import sql
from warmbench.nurture.courses import Course, Due
from warmbench.nurture.models import Step
from warmbench.people.models import Candidate
from warmbench.signals import follow_ups, reasons
from warmbench.signals.follow_ups import Evidence
from warmbench.signals.models import FollowUp

KINDS = frozenset({Step.Kind.FOLLOW_UP, Step.Kind.NOTIFICATION})
#: People who are held in one transaction: each takes a few milliseconds, and whoever opts out
#: meanwhile waits.
AT_ONCE = 100


class Errand(NamedTuple):
    """A step of somebody's that is for her recruiter."""

    due: Due
    course: Course

    @property
    def kind(self) -> str:
        """A follow-up to do, or news to read."""
        return self.course.step(self.due).kind


def at_hand(due: Sequence[Due], courses: Mapping[int, Course]) -> list[Due]:
    """These steps, but of those for a recruiter only the first few whose person nobody else holds
    just now: the others stay due.

    Whoever writes to a recruiter's queue holds the person. A planner holds her enrollments
    already, which others lock after the person: waiting for her here would be a deadlock.
    """
    for_recruiters = [one for one in due if courses[one.version_id].step(one).kind in KINDS]
    if not for_recruiters:
        return list(due)
    concerned = sorted({one.candidate_id for one in for_recruiters[:AT_ONCE]})
    free = sql.run(sql.load(__file__, "lock_free_people"), {"ids": concerned})
    held = {row[0] for row in free}
    left = {one.enrollment_id for one in for_recruiters if one.candidate_id not in held}
    return [one for one in due if one.enrollment_id not in left]


def run(errands: Sequence[Errand], *, now: datetime) -> None:
    """Do these steps, in the transaction in which the enrollments move on: with them, or not at
    all. The people must be locked. Nobody is asked to call, or to write to, whoever wants nothing
    from us: her way goes on without."""
    if not errands:
        return
    to_do = [one.due.candidate_id for one in errands if one.kind == Step.Kind.FOLLOW_UP]
    worth = {one.pk for one in reasons.worth_calling(to_do, FollowUp.Reason.STEP, now=now)}
    concerned = Candidate.objects.select_related("owner").in_bulk(
        {errand.due.candidate_id for errand in errands}
    )
    for errand in errands:
        person = concerned[errand.due.candidate_id]
        if errand.kind == Step.Kind.NOTIFICATION:
            _tell(errand, person, now=now)
        elif person.pk in worth:
            _ask(errand, person, now=now)


def _ask(errand: Errand, person: Candidate, *, now: datetime) -> None:
    step = errand.course.step(errand.due)
    what = step.get_task_display()
    words = f"{what}: {step.words}" if step.words else what
    reason = FollowUp.Reason.STEP
    follow_ups.ask_for(
        person.pk,
        reason,
        evidence=[Evidence(now, f"{words} ({errand.course.sequence_name})")],
        value=reasons.VALUES[reason],
        due_at=reasons.due_for(person, reason, now=now),
        now=now,
    )


def _tell(errand: Errand, person: Candidate, *, now: datetime) -> None:
    due, step = errand.due, errand.course.step(errand.due)
    notifications.tell(
        _who_acts(person),
        kind=Kind.STEP,
        title=f"{WHO}: {step.words or errand.course.sequence_name}",
        body=errand.course.sequence_name,
        path=f"/candidates/{person.pk}/",
        about=person.pk,
        key=f"enrollment:{due.enrollment_id}/{step.key}/{due.cycle}",
        now=now,
    )


def _who_acts(person: Candidate) -> list[int]:
    """Her recruiter; everybody, where nobody owns her, or somebody who has left."""
    owner = person.owner
    if owner is None or not owner.is_active or not owner.is_recruiter:
        return notifications.recruiters()
    return [owner.pk]
