"""Reads the queue of Today: which entries stand in it, in which order, and what they add up to."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from warmbench.accounts.models import Role, User
from warmbench.messaging.models import Attempt, Sender
from warmbench.people.models import Candidate
from warmbench.signals import queues
from warmbench.signals.models import FollowUp
from warmbench.web import heat, queue_rows
from warmbench.web.queue_rows import Entry

#: Entries that are shown at once.
AT_ONCE = 50
#: As many as anybody asks for at once.
MOST = 5000
#: How far back "recently" reaches.
RECENT = timedelta(days=7)

_Asked = FollowUp.Reason
#: What an entry may be about, as recruiters sort their work: label and reasons. What is in none
#: of them is a chore.
KINDS: dict[str, tuple[str, frozenset[str]]] = {
    "replies": ("Replies", frozenset({_Asked.REPLIED})),
    "interest": (
        "Interest",
        frozenset({_Asked.HIGH_INTEREST, _Asked.CLICKED, _Asked.ROLE_INTEREST}),
    ),
    "calls": ("Calls", frozenset({_Asked.CALL, _Asked.TALK})),
    "check-ins": ("Check-ins", frozenset({_Asked.PERSONALISE})),
    "changes": (
        "Changes",
        frozenset(
            {
                *(_Asked.PREFERENCES, _Asked.ADDRESS_DEAD, _Asked.MOVED, _Asked.COOLING),
                *(_Asked.UNSUBSCRIBED, _Asked.COMPLAINED),
            }
        ),
    ),
    "chores": ("Chores", frozenset()),
}
#: What nobody looks after; it stands apart from the kinds.
NOBODYS = "nobody"
_NAMED = frozenset(reason for _, reasons in KINDS.values() for reason in reasons)


@dataclass(frozen=True)
class Chip:
    """One way to narrow the queue down."""

    key: str
    label: str
    count: int


@dataclass(frozen=True)
class Queue:
    """What the page of one recruiter shows."""

    chips: list[Chip]
    #: The chip that was chosen; blank for everything of one's own.
    kind: str
    entries: list[Entry]
    #: What colleagues would like the recruiter to take.
    offered: list[Entry]
    #: How many entries there are of the kind, and which of them is shown first.
    total: int
    first: int = 0
    #: All kinds of one's own together.
    waiting: int = 0
    due_today: int = 0
    overdue: int = 0
    nobodys: int = 0
    snoozed: list[FollowUp] = field(default_factory=list)
    done: list[FollowUp] = field(default_factory=list)

    @property
    def shown(self) -> int:
        """How many stand on the page, with those before the first."""
        return self.first + len(self.entries)

    @property
    def hidden(self) -> int:
        """How many follow those that are shown."""
        return max(0, self.total - self.shown)


@dataclass(frozen=True)
class Numbers:
    """The strip of numbers on top."""

    due_today: int
    overdue: int
    done_today: int
    warm: int
    sent_this_week: int
    #: Whether the messages are those of the user's own mailbox, or everybody's.
    own_mailbox: bool


@dataclass(frozen=True)
class _Sums:
    """What stands in a queue, added up."""

    by_kind: Counter[str]
    due_today: int
    overdue: int


def of(user: User, *, now: datetime, kind: str = "", first: int = 0, shown: int = AT_ONCE) -> Queue:
    """The queue of one recruiter, or its entries of one kind: ``shown`` of them, from the one
    after the first ``first`` on."""
    sums = _sums(user, now=now)
    if kind != NOBODYS and kind not in KINDS:
        kind = ""
    listed = _of_kind(user, kind, now=now)
    found = list(listed[first : first + shown])
    last = _last_today(listed, now=now) if sums.due_today else None
    offered = [] if first else list(_offered(user, now=now))
    total = sums.by_kind[kind] if kind else sum(sums.by_kind.values()) - sums.by_kind[NOBODYS]
    return Queue(
        [
            *(Chip(key, label, sums.by_kind[key]) for key, (label, _) in KINDS.items()),
            Chip(NOBODYS, "Without a recruiter", sums.by_kind[NOBODYS]),
        ],
        kind,
        queue_rows.of(found, now=now, last_today=last),
        queue_rows.of(offered, now=now),
        total,
        first=first,
        waiting=sum(sums.by_kind.values()) - sums.by_kind[NOBODYS],
        due_today=sums.due_today,
        overdue=sums.overdue,
        nobodys=sums.by_kind[NOBODYS],
        snoozed=_snoozed(user, now=now),
        done=_done(user, now=now),
    )


def due_today(user: User, *, now: datetime) -> int:
    """How many of a recruiter's own entries are due before the day is over."""
    due = FollowUp.objects.filter(
        Q(snoozed_until=None) | Q(snoozed_until__lte=now),
        owner=user,
        state=FollowUp.State.OPEN,
        due_at__lt=midnight_after(now),
    )
    return due.count()


def about(candidate: Candidate, *, now: datetime) -> list[Entry]:
    """What is open about one person, in whosever queue it is."""
    found = candidate.follow_ups.filter(state=FollowUp.State.OPEN)
    entries = found.select_related("candidate", "owner", "offered_to").order_by("due_at")
    return queue_rows.of(list(entries), now=now)


def entries_of(pks: Collection[int], *, now: datetime) -> list[Entry]:
    """These entries as rows, as far as they are open."""
    found = FollowUp.objects.filter(pk__in=pks, state=FollowUp.State.OPEN)
    return queue_rows.of(list(found.select_related("candidate", "owner", "offered_to")), now=now)


def done_about(candidate: Candidate, *, now: datetime) -> list[FollowUp]:
    """What people did about one person lately, the latest first."""
    done = candidate.follow_ups.filter(state=FollowUp.State.DONE, done_at__gt=now - RECENT)
    by_people = done.exclude(done_by=None).select_related("done_by")
    return list(by_people.order_by("-done_at")[:AT_ONCE])


def numbers(user: User, queue: Queue, *, now: datetime) -> Numbers:
    """The numbers that a recruiter begins the day with."""
    mine = Candidate.objects.filter(owner=user)
    senders = Sender.objects.filter(owner=user)
    today = timezone.localtime(now)
    monday = datetime.combine(today.date() - timedelta(days=today.weekday()), time(0), today.tzinfo)
    sent = Attempt.objects.filter(
        claimed_at__gte=monday.astimezone(UTC), outcome=Attempt.Outcome.ACCEPTED
    )
    own_mailbox = senders.exists()
    if own_mailbox:
        sent = sent.filter(sender_id__in=senders.values("pk"))
    midnight = midnight_after(now) - timedelta(days=1)
    return Numbers(
        due_today=queue.due_today,
        overdue=queue.overdue,
        done_today=FollowUp.objects.filter(done_by=user, done_at__gte=midnight).count(),
        warm=heat.at_least(mine, heat.WORDS["warm"], now=now).count(),
        sent_this_week=sent.count(),
        own_mailbox=own_mailbox,
    )


def recruiters() -> list[User]:
    """Everybody who can look after candidates."""
    active = User.objects.filter(is_active=True, role__in=[Role.ADMIN, Role.RECRUITER])
    return list(active.order_by("name"))


def colleagues(user: User) -> list[User]:
    """Who else can take an entry."""
    return [one for one in recruiters() if one.pk != user.pk]


def midnight_after(now: datetime) -> datetime:
    """The end of the day, where the user is."""
    here = timezone.localtime(now)
    return datetime.combine(here.date() + timedelta(days=1), time(0), here.tzinfo)


def wake_at(choice: str, day: date | None, *, now: datetime) -> datetime:
    """The moment that a snooze ends: eight in the morning of that day, where the user is."""
    here = timezone.localtime(now)
    days = {"tomorrow": 1, "monday": 7 - here.weekday(), "week": 7, "month": 30}
    on = day if day and choice not in days else here.date() + timedelta(days=days.get(choice, 1))
    return datetime.combine(on, time(8), here.tzinfo).astimezone(UTC)


def _sums(user: User, *, now: datetime) -> _Sums:
    """What waits for a user by kind, by one question; what is nobody's is not called due."""
    midnight = midnight_after(now)
    rows = (
        queues.today(user, now=now)
        .exclude(Q(offered_to=user) & ~Q(owner=user))
        .order_by()
        .values("reason", "owner")
        .annotate(
            found=Count("pk"),
            today=Count("pk", filter=Q(due_at__lt=midnight)),
            late=Count("pk", filter=Q(due_at__lt=now)),
        )
    )
    by_kind: Counter[str] = Counter()
    today = late = 0
    for row in rows:
        if not row["owner"]:
            by_kind[NOBODYS] += row["found"]
            continue
        by_kind[kind_of(row["reason"])] += row["found"]
        today, late = today + row["today"], late + row["late"]
    return _Sums(by_kind, today, late)


def kind_of(reason: str) -> str:
    """Of which kind an entry for this reason is."""
    return next((key for key, (_, reasons) in KINDS.items() if reason in reasons), "chores")


def _of_kind(user: User, kind: str, *, now: datetime) -> QuerySet[FollowUp]:
    waiting = queues.today(user, now=now).exclude(Q(offered_to=user) & ~Q(owner=user))
    if kind == NOBODYS:
        return waiting.filter(owner=None)
    mine = waiting.exclude(owner=None)
    if kind == "chores":
        return mine.exclude(reason__in=_NAMED)
    return mine.filter(reason__in=KINDS[kind][1]) if kind else mine


def _last_today(listed: QuerySet[FollowUp], *, now: datetime) -> int | None:
    """The entry after which nothing is due today any more; None where nothing else follows."""
    midnight = midnight_after(now)
    last = listed.filter(due_at__lt=midnight).reverse().values_list("pk", flat=True).first()
    return last if last and listed.filter(due_at__gte=midnight).exists() else None


def _offered(user: User, *, now: datetime) -> QuerySet[FollowUp]:
    """What colleagues offer to a user, the oldest offer first."""
    offered = FollowUp.objects.filter(offered_to=user, state=FollowUp.State.OPEN)
    still = offered.exclude(owner=user).filter(offer_lapses_at__gt=now)
    return still.select_related("candidate", "owner").order_by("offer_lapses_at", "pk")[:AT_ONCE]


def _snoozed(user: User, *, now: datetime) -> list[FollowUp]:
    mine = FollowUp.objects.filter(owner=user, state=FollowUp.State.OPEN, snoozed_until__gt=now)
    return list(mine.select_related("candidate").order_by("snoozed_until")[:AT_ONCE])


def _done(user: User, *, now: datetime) -> list[FollowUp]:
    mine = FollowUp.objects.filter(done_by=user, done_at__gt=now - RECENT)
    return list(mine.select_related("candidate").order_by("-done_at")[:AT_ONCE])
