"""Reads the queue of Today: its sections, and all that a row shows about a person."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from warmbench.accounts.models import Role, User
from warmbench.messaging.models import Attempt, Sender
from warmbench.nurture import personalisation
from warmbench.nurture.models import Personalisation
from warmbench.people.models import Candidate, CandidateTag, Channel, ContactPoint, Tag
from warmbench.signals import queues
from warmbench.signals.models import FollowUp
from warmbench.sourcing import calls
from warmbench.sourcing.calls import Brief
from warmbench.web import heat
from warmbench.web.heat import Heat

#: Entries of a section that are shown at once.
AT_ONCE = 50
#: How far back "recently" reaches.
RECENT = timedelta(days=7)


@dataclass(frozen=True)
class Reason:
    """One dated sentence of an entry's evidence."""

    at: datetime
    text: str


@dataclass(frozen=True)
class Entry:
    """A follow-up, with what a recruiter wants to see before calling."""

    follow_up: FollowUp
    heat: Heat
    reasons: list[Reason]
    due: str
    #: over, soon or nothing, as ``components/due.html`` reads it.
    due_state: str
    specialty: str
    phone: str
    email: str
    #: What to have at hand, where a call is asked for.
    brief: Brief | None = None
    #: The check-ins that it asks to look at.
    check_ins: Sequence[Personalisation] = ()

    @property
    def newest(self) -> Reason | None:
        """What was heard last."""
        return self.reasons[0] if self.reasons else None


@dataclass(frozen=True)
class Section:
    """Entries under one heading, of which there may be more than are shown."""

    key: str
    title: str
    note: str
    entries: list[Entry]
    total: int

    @property
    def hidden(self) -> int:
        """How many are not shown."""
        return self.total - len(self.entries)


@dataclass(frozen=True)
class Queue:
    """Everything on the page of one recruiter."""

    sections: list[Section] = field(default_factory=list)
    snoozed: list[FollowUp] = field(default_factory=list)
    done: list[FollowUp] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        """How many entries wait."""
        return sum(section.total for section in self.sections)


@dataclass(frozen=True)
class Numbers:
    """The strip of numbers on top."""

    due_today: int
    overdue: int
    warm: int
    sent_this_week: int
    #: Whether the messages are those of the user's own mailbox, or everybody's.
    own_mailbox: bool


def of(user: User, *, now: datetime, all_of: str = "") -> Queue:
    """The queue of one recruiter, with every entry of the section ``all_of``."""
    waiting = list(queues.today(user, now=now))
    midnight = _midnight_after(now)
    groups: dict[str, list[FollowUp]] = {key: [] for key in _SECTIONS}
    for entry in waiting:
        groups[_section_of(entry, now=now, midnight=midnight)].append(entry)
    shown = {key: group if key == all_of else group[:AT_ONCE] for key, group in groups.items()}
    entries = _entries([entry for group in shown.values() for entry in group], now=now)
    by_id = {entry.follow_up.pk: entry for entry in entries}
    return Queue(
        [
            Section(key, *_SECTIONS[key], [by_id[e.pk] for e in shown[key]], len(group))
            for key, group in groups.items()
            if group
        ],
        snoozed=_snoozed(user, now=now),
        done=_done(user, now=now),
    )


def due_today(user: User, *, now: datetime) -> int:
    """How many of a recruiter's own entries are due before the day is over."""
    mine = queues.today(user, now=now).filter(owner=user)
    return mine.filter(due_at__lt=_midnight_after(now)).count()


def about(candidate: Candidate, *, now: datetime) -> list[Entry]:
    """What is open about one person, in whosever queue it is."""
    found = candidate.follow_ups.filter(state=FollowUp.State.OPEN)
    return _entries(list(found.select_related("candidate", "owner").order_by("due_at")), now=now)


def done_about(candidate: Candidate, *, now: datetime) -> list[FollowUp]:
    """What people did about one person lately, the latest first."""
    done = candidate.follow_ups.filter(state=FollowUp.State.DONE, done_at__gt=now - RECENT)
    by_people = done.exclude(done_by=None).select_related("done_by")
    return list(by_people.order_by("-done_at")[:AT_ONCE])


def numbers(user: User, queue: Queue, *, now: datetime) -> Numbers:
    """The numbers that a recruiter begins the day with."""
    totals = {section.key: section.total for section in queue.sections}
    overdue = totals.get("overdue", 0)
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
    return Numbers(
        due_today=overdue + totals.get("today", 0),
        overdue=overdue,
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


def due_words(due_at: datetime, *, now: datetime) -> tuple[str, str]:
    """By when to act, as one says it, and how urgent that is."""
    late = now - due_at
    if late > timedelta(0):
        if late >= timedelta(days=1):
            return f"{late.days} day{'s' * (late.days != 1)} late", "over"
        hours = late // timedelta(hours=1)
        return (f"{hours} hour{'s' * (hours != 1)} late" if hours else "due now"), "over"
    due, today = timezone.localtime(due_at), timezone.localtime(now).date()
    if due.date() == today:
        return f"by {due:%H:%M}", "soon"
    if due.date() == today + timedelta(days=1):
        return "tomorrow", ""
    if due.date() < today + timedelta(days=7):
        return f"by {due:%A}", ""
    return f"by {due.day} {due:%b}", ""


#: Heading and note of each section, in the order of the page.
_SECTIONS = {
    "overdue": ("Overdue", "should have heard from you already"),
    "today": ("Today", "by value, then deadline"),
    "later": ("Later", "not due before tomorrow"),
    "unassigned": ("Without a recruiter", "whoever takes one has it in the queue"),
}


def _section_of(entry: FollowUp, *, now: datetime, midnight: datetime) -> str:
    if entry.owner_id is None:
        return "unassigned"
    if entry.due_at < now:
        return "overdue"
    return "today" if entry.due_at < midnight else "later"


def _midnight_after(now: datetime) -> datetime:
    here = timezone.localtime(now)
    return datetime.combine(here.date() + timedelta(days=1), time(0), here.tzinfo)


def _entries(found: Sequence[FollowUp], *, now: datetime) -> list[Entry]:
    people = {entry.candidate_id for entry in found}
    heats = heat.of(people, now=now)
    specialties = _specialties(people)
    addresses = _addresses(people)
    letters = _check_ins(found)
    made = []
    for entry in found:
        pk = entry.candidate_id
        due, due_state = due_words(entry.due_at, now=now)
        reasons = [
            Reason(datetime.fromisoformat(e["at"]), e["text"].removesuffix("."))
            for e in entry.evidence
        ]
        made.append(
            Entry(
                entry,
                heats[pk],
                sorted(reasons, key=lambda reason: reason.at, reverse=True),
                due,
                due_state,
                specialty=specialties.get(pk, ""),
                phone=addresses.get((pk, Channel.SMS), ""),
                email=addresses.get((pk, Channel.EMAIL), ""),
                brief=calls.brief(pk, now=now) if entry.reason == FollowUp.Reason.CALL else None,
                check_ins=letters[pk] if entry.reason == FollowUp.Reason.PERSONALISE else (),
            )
        )
    return made


def _check_ins(found: Sequence[FollowUp]) -> dict[int, list[Personalisation]]:
    """What waits for words, by candidate."""
    people = {one.candidate_id for one in found if one.reason == FollowUp.Reason.PERSONALISE}
    letters: defaultdict[int, list[Personalisation]] = defaultdict(list)
    for row in personalisation.waiting_of(people) if people else ():
        letters[row.candidate_id].append(row)
    return letters


def _specialties(people: set[int]) -> dict[int, str]:
    tags = CandidateTag.objects.filter(
        candidate__in=people, is_primary=True, tag__kind=Tag.Kind.SPECIALTY
    )
    return dict(tags.values_list("candidate_id", "tag__name"))


def _addresses(people: set[int]) -> dict[tuple[int, str], str]:
    """The address of each channel that is tried first."""
    points = ContactPoint.objects.filter(candidate__in=people)
    working = points.exclude(standing=ContactPoint.Standing.DEAD).order_by("-position", "-pk")
    return {(point.candidate_id, point.channel): point.address for point in working}


def _snoozed(user: User, *, now: datetime) -> list[FollowUp]:
    mine = FollowUp.objects.filter(owner=user, state=FollowUp.State.OPEN, snoozed_until__gt=now)
    return list(mine.select_related("candidate").order_by("snoozed_until")[:AT_ONCE])


def _done(user: User, *, now: datetime) -> list[FollowUp]:
    mine = FollowUp.objects.filter(done_by=user, done_at__gt=now - RECENT)
    return list(mine.select_related("candidate").order_by("-done_at")[:AT_ONCE])


def wake_at(choice: str, day: date | None, *, now: datetime) -> datetime:
    """The moment that a snooze ends: eight in the morning of that day, where the user is."""
    here = timezone.localtime(now)
    days = {"tomorrow": 1, "monday": 7 - here.weekday(), "month": 30}
    on = day if choice == "day" and day else here.date() + timedelta(days=days.get(choice, 1))
    return datetime.combine(on, time(8), here.tzinfo).astimezone(UTC)
