"""Lets people begin the sequences that follow what they did: high interest, a click in an alert."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery

from warmbench.nurture import enrollment
from warmbench.nurture.enrollment import Verdict
from warmbench.nurture.models import Enrollment, Sequence, SequenceVersion
from warmbench.signals import follow_ups
from warmbench.signals.models import FollowUp

Trigger = SequenceVersion.Trigger

#: What somebody is put before a recruiter for, and what begins with it.
OF_REASON = {
    FollowUp.Reason.HIGH_INTEREST: Trigger.HIGH_INTEREST,
    FollowUp.Reason.ROLE_INTEREST: Trigger.ALERT_CLICK,
}
#: Why somebody leaves what began with an interest that was none.
WITHDRAWN = "interest_withdrawn"


@transaction.atomic
def fire(trigger: Trigger, candidate_ids: Collection[int], *, now: datetime) -> int:
    """Let these people begin every active sequence whose newest version has that trigger, as far
    as it lets them in. Returns how many began one, each counted once for each sequence.

    Safe to call again: whoever is on it stays where she is, and whoever was on it begins anew
    only after as many days as the sequence says.
    """
    newest = SequenceVersion.objects.filter(sequence=OuterRef("pk")).order_by("-number")
    begun_by = Sequence.objects.annotate(trigger=Subquery(newest.values("trigger")[:1]))
    begun = 0
    for sequence in begun_by.filter(state=Sequence.State.ACTIVE, trigger=trigger).order_by("pk"):
        verdicts = enrollment.enroll(candidate_ids, sequence, is_choosy=True, now=now)
        begun += list(verdicts.values()).count(Verdict.ENROLLED)
    return begun


@transaction.atomic
def follow(follow_up_id: int, *, now: datetime) -> int:
    """Let whoever was put before a recruiter begin what follows that, while it waits for the
    recruiter. Returns how many sequences she began."""
    # Whoever withdraws an interest takes this lock first: what begins after it is taken back by
    # nobody.
    enrollment.lock_people(follow_ups.whom([follow_up_id]))
    waiting = FollowUp.objects.filter(
        pk=follow_up_id, reason__in=OF_REASON, state=FollowUp.State.OPEN
    )
    found = waiting.first()
    if found is None:
        return 0
    return fire(OF_REASON[FollowUp.Reason(found.reason)], [found.candidate_id], now=now)


@transaction.atomic
def take_back(follow_up_ids: Collection[int], *, now: datetime) -> int:
    """Take people off what they began for an interest that turned out to be none, as when it was
    a machine that clicked. Where no step was done, they have never begun. Returns how many ways
    through a sequence ended."""
    closed = FollowUp.objects.filter(
        pk__in=follow_up_ids, reason__in=OF_REASON, outcome=FollowUp.Outcome.WITHDRAWN
    )
    enrollment.lock_people(closed.values_list("candidate_id", flat=True))
    gone = 0
    for entry in closed.order_by("candidate_id", "pk"):
        ways = Enrollment.objects.filter(
            candidate=entry.candidate_id,
            version__trigger=OF_REASON[FollowUp.Reason(entry.reason)],
            pool=None,
            ended_at=None,
            started_at__gte=entry.asked_at,
        )
        # Who waits at the first step has been looked at: something may hang on that already.
        gone += enrollment.forget(ways.filter(waiting_for="", next_step_at__gt=now))
        gone += ways.update(
            state=Enrollment.State.EXITED, exit_reason=WITHDRAWN, waiting_for="", ended_at=now
        )
    return gone
