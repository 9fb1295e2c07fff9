"""Orders the recruiters' queues: whom to see to first, and by when it should have been done."""

from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Case,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Extract, Greatest, Least

from warmbench.accounts import absences
from warmbench.accounts.models import User
from warmbench.signals.models import FollowUp
from warmbench.signals.reasons import WITHIN_THE_HOUR, WORKING_DAYS

#: What is due so far ahead, or later still, is not urgent at all.
FAR = timedelta(days=3)
#: After so long it gets no more urgent: else what nobody does would bury what is new.
LONG_LATE = timedelta(days=2)
#: How urgent it is while it is far ahead, at its deadline, and long after.
_AHEAD, _DUE, _LATE = 1.0, 3.0, 4.0

Reason = FollowUp.Reason
#: Reasons whose deadline is not ours to set.
_DATED_ELSEWHERE = {
    Reason.ROLE_INTEREST: f"within {WITHIN_THE_HOUR.seconds // 60} minutes",
    Reason.RIGHTS: "by the date that the law sets",
    Reason.NOTICE_DUE: "by the date that the law sets",
    Reason.RETENTION: "before their time is over",
    Reason.PERSONALISE: "before the check-in goes",
    Reason.REMINDER: "on the day of the reminder",
}


def urgency(due_at: datetime, now: datetime) -> float:
    """How urgent something is: 1 while it is due in three days or more, rising to 3 when it is
    due, and slowly on to 4 when it is two days late."""
    ahead = (due_at - now).total_seconds()
    if ahead < 0:
        return min(_LATE, _DUE - ahead * (_LATE - _DUE) / LONG_LATE.total_seconds())
    return max(_AHEAD, _DUE - ahead * (_DUE - _AHEAD) / FAR.total_seconds())


def priority(value: int, due_at: datetime, now: datetime) -> float:
    """Where something stands in a queue, the highest first: what it is worth, times how urgent
    it is. See ``by_priority`` for the same as a question to the database."""
    return value * urgency(due_at, now)


def by_priority(now: datetime) -> Combinable:
    """``priority`` of each row of a question about follow-ups."""
    moment = Value(now, output_field=DateTimeField())
    ahead = Extract(
        ExpressionWrapper(F("due_at") - moment, output_field=DurationField()),
        "epoch",
        output_field=FloatField(),
    )
    later = Value((_LATE - _DUE) / LONG_LATE.total_seconds())
    sooner = Value((_DUE - _AHEAD) / FAR.total_seconds())
    late = Least(Value(_LATE), Value(_DUE) - ahead * later, output_field=FloatField())
    early = Greatest(Value(_AHEAD), Value(_DUE) - ahead * sooner, output_field=FloatField())
    return ExpressionWrapper(
        F("value") * Case(When(due_at__lt=now, then=late), default=early),
        output_field=FloatField(),
    )


def today(user: User, *, now: datetime) -> QuerySet[FollowUp]:
    """What waits for a recruiter, by ``priority``: their own, what nobody owns, that of whom they
    stand in for, and what colleagues offer them."""
    return (
        FollowUp.objects.filter(
            _concerns(user, now=now),
            Q(snoozed_until=None) | Q(snoozed_until__lte=now),
            state=FollowUp.State.OPEN,
        )
        .select_related("candidate", "candidate__warmth", "owner", "offered_to")
        .annotate(priority=by_priority(now))
        .order_by("-priority", "due_at", "pk")
    )


def is_for(entry: FollowUp, user: User, *, now: datetime) -> bool:
    """Whether an entry stands in the queue of a user, or would if it were not put away."""
    return FollowUp.objects.filter(
        _concerns(user, now=now), pk=entry.pk, state=FollowUp.State.OPEN
    ).exists()


def sla(reason: str) -> str:
    """By when a follow-up for this reason should be done, as one says it."""
    if words := _DATED_ELSEWHERE.get(Reason(reason)):
        return words
    days = WORKING_DAYS[reason]
    if not days:
        return "the same working day"
    return "the next working day" if days == 1 else f"within {days} working days"


class _IsAnyOf(Func):
    """A column is one of the values of an array. Unlike IN with a question of its own, such a
    condition can be looked up in an index beside others."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def _concerns(user: User, *, now: datetime) -> Q:
    absent = ArraySubquery(absences.covered_ids(user, now=now).values("user_id"))
    return (
        Q(owner=user)
        | Q(owner=None)
        | Q(_IsAnyOf(F("owner_id"), absent))
        | Q(offered_to=user, offer_lapses_at__gt=now)
    )
