"""Puts a few changes a day before each recruiter, the heaviest first; the rest waits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, F, Max, Q, QuerySet

from warmbench.accounts.models import User
from warmbench.core import audit
from warmbench.people.models import Candidate
from warmbench.shortlists.models import Aptness, ChangeBudget, ChangeNotice
from warmbench.sourcing.models import Role

State = ChangeNotice.State

#: Changes a day, unless somebody chose another number; and as many as somebody may choose.
USUAL, MOST = 3, 20
#: What found no room for so long is no news any more.
KEPT = timedelta(days=14)
_SETTLED = (Candidate.Status.PLACED, Candidate.Status.HIRED, Candidate.Status.DO_NOT_CONTACT)


class BudgetError(ValueError):
    """So many are not possible. The message is for the person who chose."""


@dataclass(frozen=True, slots=True)
class Judgements:
    """What recruiters made of what was put before them."""

    shown: int
    useful: int
    useless: int


def of(user_id: int) -> int:
    """How many changes a day somebody wants put before them."""
    chosen = ChangeBudget.objects.filter(user=user_id).values_list("most", flat=True).first()
    return USUAL if chosen is None else chosen


@transaction.atomic
def choose(user_id: int, most: int, *, now: datetime) -> bool:
    """Keep how many changes a day somebody wants; 0 is none. Returns whether that is different.
    Raises BudgetError."""
    if not 0 <= most <= MOST:
        raise BudgetError(f"Choose a number from 0 to {MOST}.")
    if of(user_id) == most:
        return False
    ChangeBudget.objects.update_or_create(user_id=user_id, defaults={"most": most})
    audit.record(
        user_id, "changes.budget_chosen", f"user:{user_id}", now=now, detail={"most": most}
    )
    return True


@transaction.atomic
def fill(user_id: int, *, now: datetime) -> list[int]:
    """Put the heaviest changes that wait before a recruiter, as far as there is room in their day,
    and drop what is no longer so. Returns the changes that they see from now on. However many do
    this at once, nobody sees more than they chose."""
    # Whoever fills the same day waits here, and counts then what was put into it.
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id, is_active=True).first()
    if user is None:
        return []
    waiting = ChangeNotice.objects.filter(recipient=user_id, state=State.WAITING)
    _drop(waiting, now=now)
    begun = day_begins(user, now=now)
    today = ChangeNotice.objects.filter(recipient=user_id, shown_at__gte=begun)
    room = of(user_id) - today.aggregate(count=Count("change", distinct=True))["count"]
    if room <= 0:
        return []
    heaviest = waiting.values("change").annotate(weight=Max("weight"))
    # One of each person: what else changed about them stands on their page.
    taken: dict[int, int] = {}
    seen = set(today.values_list("change__candidate_id", flat=True))
    columns = ("change_id", "change__candidate_id", "weight")
    ordered = heaviest.order_by("-weight", "change_id").values_list(*columns)
    for change_id, person, _ in ordered.iterator():
        if len(taken) == room:
            break
        if person not in seen and person not in taken:
            taken[person] = change_id
    ids = sorted(taken.values())
    waiting.filter(change__in=ids).update(state=State.SHOWN, shown_at=now, state_at=now)
    return ids


def fill_all(*, now: datetime) -> int:
    """Use the room that there is in every recruiter's day. Returns how many changes were put before
    somebody."""
    waiting = ChangeNotice.objects.filter(state=State.WAITING, recipient__isnull=False)
    whose = sorted(set(waiting.values_list("recipient_id", flat=True)))
    return sum(len(fill(pk, now=now)) for pk in whose)


def of_today(user: User, *, now: datetime) -> QuerySet[ChangeNotice]:
    """What stands before a recruiter today, the heaviest first: a row for each profile."""
    shown = ChangeNotice.objects.filter(
        recipient=user, state=State.SHOWN, shown_at__gte=day_begins(user, now=now)
    )
    shown = shown.select_related("change__candidate", "profile__role")
    return shown.order_by("-weight", "change_id", "pk")


@transaction.atomic
def answer(change_id: int, judged: str, *, by_id: int, now: datetime) -> bool:
    """Note what a recruiter made of a change: ``useful``, ``useless``, or blank, dealt with. The
    last word counts. Returns whether it was before them."""
    theirs = ChangeNotice.objects.filter(change=change_id, recipient=by_id)
    theirs = theirs.filter(state__in=[State.SHOWN, State.WAITING, State.DONE])
    return bool(theirs.update(state=State.DONE, judged=judged, state_at=now))


@transaction.atomic
def take_back(change_id: int, *, by_id: int, now: datetime) -> bool:
    """Put a change before a recruiter again who said something of it. Returns whether they had."""
    theirs = ChangeNotice.objects.filter(change=change_id, recipient=by_id, state=State.DONE)
    shown = theirs.exclude(shown_at=None).update(state=State.SHOWN, judged="", state_at=now)
    return bool(shown + theirs.filter(shown_at=None).update(state=State.WAITING, judged=""))


def move(candidate_ids: Collection[int], to_id: int | None) -> int:
    """Let what waits about these people wait for whoever looks after them now. Returns how much."""
    waiting = ChangeNotice.objects.filter(
        change__candidate__in=list(candidate_ids), state=State.WAITING
    )
    if to_id is not None:
        return waiting.exclude(recipient=to_id).update(recipient=to_id)
    return sum(
        ChangeNotice.objects.filter(pk=one.pk, state=State.WAITING).update(
            recipient=one.profile.owner_id
        )
        for one in waiting.select_related("profile")
    )


def judgements(*, since: datetime) -> Judgements:
    """What recruiters made of the changes that were put before them since."""
    shown = ChangeNotice.objects.filter(shown_at__gte=since)
    return Judgements(
        **shown.aggregate(
            shown=Count("change", distinct=True),
            useful=Count("change", distinct=True, filter=Q(judged="useful")),
            useless=Count("change", distinct=True, filter=Q(judged="useless")),
        )
    )


def day_begins(user: User, *, now: datetime) -> datetime:
    """When the day began in which somebody is, by the clock of their zone."""
    local = now.astimezone(ZoneInfo(user.time_zone or "UTC"))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def _drop(waiting: QuerySet[ChangeNotice], *, now: datetime) -> None:
    """Let go of what is no longer so: too old, of a profile or a role that has ended, of people who
    are settled, and of people who were apt by it and are not any more."""
    ended = Q(profile__retired_at__isnull=False) | Q(profile__role__isnull=False) & ~Q(
        profile__role__state=Role.State.OPEN
    )
    settled = Q(change__candidate__status__in=_SETTLED)
    gone = list(
        waiting.filter(Q(made_at__lt=now - KEPT) | ended | settled).values_list("pk", flat=True)
    )
    rose = waiting.filter(after__gt=F("before")).exclude(pk__in=gone)
    pairs = rose.values_list("pk", "profile_id", "change__candidate_id", "before")
    stands = {
        (row.profile_id, row.candidate_id): row.confidence
        for row in Aptness.objects.filter(candidate__in=rose.values("change__candidate"))
    }
    gone += [
        pk for pk, profile, person, before in pairs if stands.get((profile, person), 0.0) <= before
    ]
    ChangeNotice.objects.filter(pk__in=gone).update(state=State.DROPPED, state_at=now)
