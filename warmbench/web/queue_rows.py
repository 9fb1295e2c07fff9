"""Reads what a row of Today shows about a person: why now, by when, how warm, how to reach them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from warmbench.accounts import absences
from warmbench.accounts.models import Absence
from warmbench.messaging.models import Thread
from warmbench.nurture import personalisation
from warmbench.nurture.models import Personalisation
from warmbench.people.models import CandidateTag, Channel, ContactPoint, Tag
from warmbench.signals import warmth
from warmbench.signals.models import FollowUp
from warmbench.sourcing import calls
from warmbench.sourcing.calls import Brief
from warmbench.web.heat import Heat


@dataclass(frozen=True)
class Reason:
    """One dated sentence of an entry's evidence."""

    at: datetime
    text: str
    #: Whether somebody said it, and nothing happened.
    is_remark: bool = False


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
    #: The conversation in which they wait for an answer.
    thread_id: int | None = None
    #: For whose absence somebody else sees it.
    absence: Absence | None = None
    #: Whether what is due today ends here.
    ends_today: bool = False

    @property
    def newest(self) -> Reason | None:
        """What was heard last."""
        return next((one for one in self.reasons if not one.is_remark), None)

    @property
    def others(self) -> int:
        """How much else was heard."""
        return max(0, sum(not one.is_remark for one in self.reasons) - 1)

    @property
    def remark(self) -> Reason | None:
        """What somebody said of it last."""
        return next((one for one in self.reasons if one.is_remark), None)


def of(found: Sequence[FollowUp], *, now: datetime, last_today: int | None = None) -> list[Entry]:
    """These entries as rows, in their order; a few questions however many there are.

    After the one whose number is ``last_today`` nothing is due today any more.
    """
    people = {entry.candidate_id for entry in found}
    scores = warmth.of(people, now=now) if people else {}
    specialties = _specialties(people)
    addresses = addresses_of(people)
    letters = _check_ins(found)
    briefs = calls.briefs(_asked_to_call(found), now=now)
    away = _away(found, now=now)
    threads = threads_of(people)
    made = []
    for entry in found:
        pk = entry.candidate_id
        due, due_state = due_words(entry.due_at, now=now)
        made.append(
            Entry(
                entry,
                Heat(scores[pk]),
                reasons_of(entry),
                due,
                due_state,
                specialty=specialties.get(pk, ""),
                phone=addresses.get((pk, Channel.SMS), ""),
                email=addresses.get((pk, Channel.EMAIL), ""),
                brief=briefs.get(pk) if entry.reason == FollowUp.Reason.CALL else None,
                check_ins=letters[pk] if entry.reason == FollowUp.Reason.PERSONALISE else (),
                thread_id=threads.get(pk),
                absence=away.get(entry.owner_id or 0),
                ends_today=entry.pk == last_today,
            )
        )
    return made


def reasons_of(entry: FollowUp) -> list[Reason]:
    """An entry's evidence, the latest first."""
    reasons = [
        Reason(datetime.fromisoformat(e["at"]), e["text"].removesuffix("."), bool(e.get("note")))
        for e in entry.evidence
    ]
    return sorted(reasons, key=lambda reason: reason.at, reverse=True)


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


def threads_of(candidate_ids: Collection[int]) -> dict[int, int]:
    """The conversations in which these people wait for an answer of ours: of several the latest."""
    waiting = Thread.objects.filter(candidate__in=candidate_ids, waiting_since__isnull=False)
    found = waiting.order_by("last_at", "pk").values_list("candidate", "pk")
    return dict(found)


def _away(found: Sequence[FollowUp], *, now: datetime) -> Mapping[int, Absence]:
    """Who of the owners is away, by their id."""
    owners = {entry.owner_id for entry in found if entry.owner_id}
    return absences.away(owners, now=now) if owners else {}


def _asked_to_call(found: Sequence[FollowUp]) -> set[int]:
    return {one.candidate_id for one in found if one.reason == FollowUp.Reason.CALL}


def _check_ins(found: Sequence[FollowUp]) -> dict[int, list[Personalisation]]:
    """What waits for words, by candidate."""
    people = {one.candidate_id for one in found if one.reason == FollowUp.Reason.PERSONALISE}
    letters: defaultdict[int, list[Personalisation]] = defaultdict(list)
    for row in personalisation.waiting_of(people) if people else ():
        letters[row.candidate_id].append(row)
    return letters


def _specialties(people: Collection[int]) -> dict[int, str]:
    tags = CandidateTag.objects.filter(
        candidate__in=people, is_primary=True, tag__kind=Tag.Kind.SPECIALTY
    )
    return dict(tags.values_list("candidate_id", "tag__name"))


def addresses_of(candidate_ids: Collection[int]) -> dict[tuple[int, str], str]:
    """The address of each channel that is tried first."""
    points = ContactPoint.objects.filter(candidate__in=candidate_ids)
    working = points.exclude(standing=ContactPoint.Standing.DEAD).order_by("-position", "-pk")
    return {(point.candidate_id, point.channel): point.address for point in working}
