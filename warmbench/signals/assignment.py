"""Gives what is asked about people whom nobody owns to a recruiter who looks after their field.

Among those who do and are here, whoever has least to do gets it; of several, whoever waited
longest. What nobody looks after stays in everybody's queue.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Q, Sum

from warmbench.accounts import absences
from warmbench.accounts.models import Role, User
from warmbench.core import audit, sql
from warmbench.core.events import publish
from warmbench.people import reservations
from warmbench.people.models import Candidate, CandidateTag, Specialism, Tag
from warmbench.signals import entries
from warmbench.signals.follow_ups import FollowUpAsked
from warmbench.signals.models import FollowUp

State = FollowUp.State
#: What is due later than this says nothing about how much somebody has to do now.
AHEAD = timedelta(days=3)
#: Entries that are looked at in one go; each is a transaction of its own.
AT_ONCE = 500
_ABLE = (Role.ADMIN, Role.RECRUITER)
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """A recruiter who could take an entry, and what is on the desk already."""

    user_id: int
    name: str
    #: The values of what is open and due within three days, together.
    load: int = 0
    open: int = 0
    #: When something was last given to them in this way.
    last_at: datetime | None = None


def choose(desks: Iterable[Desk]) -> Desk | None:
    """Who gets the next entry: the least load, then the longest wait, then who was here first.
    None if there is nobody."""
    return min(desks, key=lambda one: (one.load, one.last_at or _NEVER, one.user_id), default=None)


@transaction.atomic
def give(follow_up_id: int, *, now: datetime) -> User | None:
    """Give an entry that nobody has to a recruiter, with a remark of why. Returns who has got it;
    None if somebody has it already, or nobody can be found. Safe to call twice.

    Whoever has reserved the person, or has another entry about them, comes first: two recruiters
    do not call one person. Then those who look after the person's specialty, by ``choose``.
    """
    # One at a time: of a hundred that come in at once, each is chosen for knowing the others.
    sql.run("SELECT pg_advisory_xact_lock(hashtext('signals.assignment'))")
    entry = entries.open_one(follow_up_id)
    if entry is None or entry.owner_id is not None:
        return None
    candidate = Candidate.objects.select_related("owner").get(pk=entry.candidate_id)
    if owner := entries.who_acts(candidate):
        found, why = owner, "owns the person"
    elif (known := _who_knows(candidate, now=now)) is not None:
        found, why = known
    else:
        specialty = _specialty(candidate)
        desk = choose(_desks(specialty, now=now)) if specialty else None
        if desk is None or specialty is None:
            return None
        found = User.objects.get(pk=desk.user_id)
        why = f"looks after {specialty.name}, {desk.open} open"
    entry.owner, entry.given_at = found, now
    entries.remark(entry, f"Given to {found.name}: {why}", now=now)
    entry.save(update_fields=["owner", "given_at", "evidence"])
    return found


def give_waiting(*, now: datetime) -> int:
    """Give what waits for anybody, where there is somebody by now: a recruiter is back, or looks
    after another field. Returns how many entries were given."""
    nobodys = FollowUp.objects.filter(owner=None, state=State.OPEN).filter(
        Q(snoozed_until=None) | Q(snoozed_until__lte=now)
    )
    if not Specialism.objects.exists():
        return 0
    waiting = nobodys.order_by("due_at", "pk").values_list("pk", flat=True)[:AT_ONCE]
    return sum(give(pk, now=now) is not None for pk in list(waiting))


def free_left_behind(*, now: datetime) -> int:
    """Give what is with somebody who cannot act any more, because they left, to whoever owns the
    person, or else to nobody in particular. Returns how many entries."""
    able = Q(owner__is_active=True, owner__role__in=_ABLE)
    behind = FollowUp.objects.filter(state=State.OPEN, owner__isnull=False).exclude(able)
    ids = list(behind.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    return sum(_free(pk, now=now) for pk in ids)


@transaction.atomic
def _free(follow_up_id: int, *, now: datetime) -> bool:
    entry = entries.open_one(follow_up_id)
    if entry is None or entry.owner is None or entries.can_act(entry.owner):
        return False
    gone, candidate = (
        entry.owner,
        Candidate.objects.select_related("owner").get(pk=entry.candidate_id),
    )
    entry.owner, entry.handed_over_by, entry.given_at = entries.who_acts(candidate), None, None
    entries.remark(entry, f"{gone.name} has left", now=now)
    entry.save(update_fields=["owner", "handed_over_by", "given_at", "evidence"])
    publish(FollowUpAsked(follow_up_id=entry.pk, owner_id=entry.owner_id))
    return True


@transaction.atomic
def look_after(user_id: int, tag_ids: Iterable[int], *, by_id: int | None, now: datetime) -> bool:
    """Let a recruiter look after these specialties and no others. Returns whether that is new."""
    User.objects.select_for_update(no_key=True).get(pk=user_id)
    wanted = set(
        Tag.objects.filter(
            pk__in=set(tag_ids), kind=Tag.Kind.SPECIALTY, retired_at=None
        ).values_list("pk", flat=True)
    )
    theirs = Specialism.objects.filter(user=user_id)
    had = set(theirs.values_list("tag_id", flat=True))
    theirs.exclude(tag__in=wanted).delete()
    Specialism.objects.bulk_create(Specialism(user_id=user_id, tag_id=pk) for pk in wanted - had)
    if wanted == had:
        return False
    detail: dict[str, object] = {"specialties": sorted(wanted)}
    audit.record(by_id, "user.looks_after", f"user:{user_id}", now=now, detail=detail)
    return True


def _who_knows(candidate: Candidate, *, now: datetime) -> tuple[User, str] | None:
    """Who has to do with the person already, and is here."""
    if hold := reservations.of(candidate, now=now):
        holder = User.objects.get(pk=hold.user_id)
        if _is_here(holder, now=now):
            return holder, "has reserved the person"
    others = FollowUp.objects.filter(candidate=candidate, state=State.OPEN, owner__isnull=False)
    for other in others.select_related("owner").order_by("-asked_at", "-pk"):
        if other.owner is not None and _is_here(other.owner, now=now):
            return other.owner, "has another follow-up about the person"
    return None


def _is_here(user: User, *, now: datetime) -> bool:
    return entries.can_act(user) and not absences.away([user.pk], now=now)


def _specialty(candidate: Candidate) -> Tag | None:
    primary = CandidateTag.objects.filter(
        candidate=candidate, is_primary=True, tag__kind=Tag.Kind.SPECIALTY
    )
    found = primary.select_related("tag").first()
    return found.tag if found else None


def _desks(specialty: Tag, *, now: datetime) -> list[Desk]:
    """Who looks after a specialty and is here, with their load."""
    recruiters = User.objects.filter(specialisms__tag=specialty, is_active=True, role__in=_ABLE)
    names = dict(recruiters.values_list("pk", "name"))
    for user_id in absences.away(names.keys(), now=now):
        del names[user_id]
    soon = Q(due_at__lte=now + AHEAD)
    loads: defaultdict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    busy = FollowUp.objects.filter(owner__in=names, state=State.OPEN).values("owner_id")
    for row in busy.annotate(load=Sum("value", filter=soon, default=0), open=Count("pk")):
        loads[row["owner_id"]] = (row["load"], row["open"])
    given = FollowUp.objects.filter(owner__in=names, given_at__isnull=False).values("owner_id")
    last = dict(given.annotate(last=Max("given_at")).values_list("owner_id", "last"))
    return [Desk(pk, name, *loads[pk], last.get(pk)) for pk, name in names.items()]
