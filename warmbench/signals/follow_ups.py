"""The recruiters' queue: what is asked of them, with its evidence, and what became of it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, Q, QuerySet, Value, When

from warmbench.accounts.models import User
from warmbench.core import audit
from warmbench.core.events import Event, publish
from warmbench.core.models import AuditEntry
from warmbench.people.models import Candidate
from warmbench.signals import scoring
from warmbench.signals.models import FollowUp, Signal

_SNOOZED = "follow_up.snoozed"


@dataclass(frozen=True, kw_only=True)
class FollowUpAsked(Event):
    """A recruiter has somebody new to follow up, or new evidence about somebody."""

    follow_up_id: int
    owner_id: int | None


@dataclass(frozen=True, kw_only=True)
class FollowUpsClosed(Event):
    """Nothing is to be done about these any more: somebody did it, or its ground is gone."""

    follow_up_ids: list[int]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One dated reason to act. With a signal's id it counts once, and goes when that goes."""

    at: datetime
    text: str
    signal_id: int | None = None
    #: What it is about, if it goes with that: ``role:7``.
    about: str = ""

    @classmethod
    def of(cls, signal: Signal) -> "Evidence":
        """What a signal says for itself."""
        return cls(signal.at, scoring.sentence(signal), signal.pk)

    def to_json(self) -> dict[str, Any]:
        """How it is kept."""
        kept = {"at": self.at.isoformat(), "text": self.text, "signal": self.signal_id}
        return {**kept, "about": self.about} if self.about else kept


@transaction.atomic
def ask_for(
    candidate_id: int,
    reason: FollowUp.Reason,
    *,
    evidence: Sequence[Evidence],
    value: int,
    due_at: datetime,
    now: datetime,
    otherwise_id: int | None = None,
) -> FollowUp | None:
    """See to it that a recruiter follows a person up, for this reason and on this evidence.

    There is one open entry per person and reason. New evidence joins it, brings its deadline
    forward and wakes it from a snooze. Evidence that was already there, or dealt with in an
    earlier entry, or has been withdrawn, asks for nothing: None when there is no open entry, or
    no longer such a person. ``otherwise_id`` is the recruiter who acts where nobody owns her.
    """
    # Whoever withdraws evidence takes this lock first: after it, a signal is there or is not.
    people = Candidate.objects.select_for_update(no_key=True)
    candidate = people.filter(pk=candidate_id).first()
    if candidate is None:
        return None
    earlier = list(
        FollowUp.objects.select_for_update(no_key=True)
        .filter(candidate=candidate, reason=reason)
        .order_by("pk")
    )
    standing = next((f for f in earlier if f.state == FollowUp.State.OPEN), None)
    new = _unheard(evidence, earlier)
    if not new:
        return standing
    if standing is None:
        standing = FollowUp.objects.create(
            candidate=candidate,
            reason=reason,
            owner=_who_acts(candidate, otherwise_id),
            value=value,
            evidence=new,
            asked_at=now,
            due_at=due_at,
        )
    else:
        standing.evidence = [*standing.evidence, *new]
        standing.value = max(standing.value, value)
        standing.due_at = min(standing.due_at, due_at)
        standing.snoozed_until = None
        standing.save(update_fields=["evidence", "value", "due_at", "snoozed_until"])
    publish(FollowUpAsked(follow_up_id=standing.pk, owner_id=standing.owner_id))
    return standing


@transaction.atomic
def done(
    follow_up_id: int, *, outcome: FollowUp.Outcome, by_id: int, now: datetime, note: str = ""
) -> bool:
    """Close an entry with what came of it. Returns False if it was closed already."""
    entry = _open(follow_up_id)
    if entry is None:
        return False
    _close([entry], outcome=outcome, note=note, by_id=by_id, now=now)
    audit.record(
        by_id,
        "follow_up.done",
        f"follow_up:{entry.pk}",
        now=now,
        detail={"candidate": entry.candidate_id, "outcome": str(outcome)},
    )
    return True


@transaction.atomic
def snooze(follow_up_id: int, *, until: datetime, by_id: int, now: datetime) -> bool:
    """Put an entry out of sight until a moment, or until there is new evidence.

    Its deadline moves along: what was put off on purpose does not come back as late.
    Returns False if it is closed, or the moment has passed.
    """
    entry = _open(follow_up_id)
    if entry is None or until <= now:
        return False
    detail: dict[str, object] = {"until": until, "due_at": entry.due_at}
    entry.snoozed_until, entry.due_at = until, max(entry.due_at, until)
    entry.save(update_fields=["snoozed_until", "due_at"])
    audit.record(by_id, _SNOOZED, f"follow_up:{entry.pk}", now=now, detail=detail)
    return True


@transaction.atomic
def undo(follow_up_id: int, *, by_id: int, now: datetime) -> bool:
    """Take back that an entry was done or snoozed: it is open and in sight, due when it was.

    Returns False where there is nothing to take back: it is open and in sight already, the
    system closed it, its evidence is gone, or another one is open for the same reason.
    """
    entry = FollowUp.objects.get(pk=follow_up_id)
    # Whoever asks for an entry, or withdraws its evidence, takes this lock first.
    _lock([entry.candidate_id])
    entry = FollowUp.objects.select_for_update(no_key=True).get(pk=follow_up_id)
    was = "done" if entry.state == FollowUp.State.DONE else "snoozed"
    if not (_reopen(entry) if was == "done" else _wake(entry, now=now)):
        return False
    audit.record(by_id, "follow_up.undone", f"follow_up:{entry.pk}", now=now, detail={"was": was})
    return True


@transaction.atomic
def hand_over(follow_up_id: int, *, to_id: int, by_id: int, now: datetime) -> bool:
    """Give an entry to a recruiter, who finds it in their queue at once. Returns False if it
    is closed, or they cannot act on it."""
    entry = _open(follow_up_id)
    to = User.objects.filter(pk=to_id).first()
    if entry is None or to is None or not _can_act(to):
        return False
    entry.owner, entry.handed_over_by_id, entry.snoozed_until = to, by_id, None
    entry.save(update_fields=["owner", "handed_over_by", "snoozed_until"])
    if to_id != by_id:
        publish(FollowUpAsked(follow_up_id=entry.pk, owner_id=to_id))
    audit.record(
        by_id, "follow_up.handed_over", f"follow_up:{entry.pk}", now=now, detail={"to": to_id}
    )
    return True


@transaction.atomic
def move(candidate_ids: Collection[int], *, to_id: int | None) -> int:
    """Let what is open about these people follow them to their new owner. What somebody
    handed over on purpose stays where it is. Returns how many entries moved."""
    to = User.objects.filter(pk=to_id).first() if to_id else None
    return (
        FollowUp.objects.filter(
            candidate__in=candidate_ids, state=FollowUp.State.OPEN, handed_over_by=None
        )
        .exclude(owner=to)
        .update(owner=to if to and _can_act(to) else None)
    )


@transaction.atomic
def withdraw(signals: Collection[Signal], *, note: str, now: datetime) -> None:
    """Take evidence back. An entry that no longer stands on anything closes with the note."""
    concerned = {s.candidate_id for s in signals}
    _lock(concerned)
    gone = {s.pk for s in signals}
    entries = FollowUp.objects.select_for_update(no_key=True).filter(
        candidate__in=concerned, state=FollowUp.State.OPEN
    )
    fallen = []
    for entry in entries.order_by("pk"):
        left = [item for item in entry.evidence if item["signal"] not in gone]
        if len(left) == len(entry.evidence):
            continue
        entry.evidence = left
        entry.save(update_fields=["evidence"])
        if not _still_stands(entry, gone):
            fallen.append(entry)
    _close(fallen, outcome=FollowUp.Outcome.WITHDRAWN, note=note, by_id=None, now=now)


@transaction.atomic
def call_off(
    candidate_ids: Collection[int],
    reasons: Collection[FollowUp.Reason],
    *,
    note: str,
    now: datetime,
    about: str = "",
) -> int:
    """Close what is open about these people for these reasons; with ``about``, what stands on
    evidence about that alone. Returns how many entries."""
    _lock(candidate_ids)
    entries = FollowUp.objects.select_for_update(no_key=True).filter(
        candidate__in=candidate_ids, reason__in=reasons, state=FollowUp.State.OPEN
    )
    found = [entry for entry in entries.order_by("pk") if not about or _drop(entry, about)]
    _close(found, outcome=FollowUp.Outcome.WITHDRAWN, note=note, by_id=None, now=now)
    return len(found)


def whom(follow_up_ids: Collection[int]) -> list[int]:
    """The people whom these entries are about."""
    found = FollowUp.objects.filter(pk__in=follow_up_ids).order_by("candidate_id")
    return list(found.values_list("candidate_id", flat=True).distinct())


def today(user: User, *, now: datetime) -> QuerySet[FollowUp]:
    """What waits for a recruiter: what is late first, then by value, then by deadline.

    What nobody owns waits for everybody.
    """
    lateness = Case(When(due_at__lt=now, then=Value(0)), default=Value(1))
    return (
        FollowUp.objects.filter(
            Q(owner=user) | Q(owner=None),
            Q(snoozed_until=None) | Q(snoozed_until__lte=now),
            state=FollowUp.State.OPEN,
        )
        .select_related("candidate", "candidate__warmth", "owner")
        .order_by(lateness, "-value", "due_at", "pk")
    )


def _unheard(evidence: Iterable[Evidence], earlier: Iterable[FollowUp]) -> list[dict[str, Any]]:
    """The pieces of evidence that are in no entry yet and have not been withdrawn."""
    offered = {(e.signal_id or f"{e.at.isoformat()} {e.text}"): e.to_json() for e in evidence}
    for entry in earlier:
        for item in entry.evidence:
            offered.pop(item["signal"] or f"{item['at']} {item['text']}", None)
    ids = [item["signal"] for item in offered.values() if item["signal"]]
    there = set(Signal.objects.filter(pk__in=ids).values_list("pk", flat=True))
    return [item for item in offered.values() if not item["signal"] or item["signal"] in there]


def _still_stands(entry: FollowUp, gone: Collection[int]) -> bool:
    if entry.reason != FollowUp.Reason.HIGH_INTEREST or not entry.evidence:
        return bool(entry.evidence)
    left = Signal.objects.filter(pk__in=[i["signal"] for i in entry.evidence if i["signal"]])
    heard = list(left.exclude(pk__in=gone))
    return bool(heard) and scoring.is_high_interest(heard, now=max(s.at for s in heard))


def _drop(entry: FollowUp, about: str) -> bool:
    """Take the evidence about something away. Whether nothing else is left of the entry."""
    left = [item for item in entry.evidence if item.get("about") != about]
    if left and len(left) < len(entry.evidence):
        entry.evidence = left
        entry.save(update_fields=["evidence"])
    return not left


def _who_acts(candidate: Candidate, otherwise_id: int | None = None) -> User | None:
    owner = candidate.owner or User.objects.filter(pk=otherwise_id or 0).first()
    return owner if owner and _can_act(owner) else None


def _can_act(user: User) -> bool:
    return user.is_active and user.is_recruiter


def _lock(candidate_ids: Collection[int]) -> None:
    people = Candidate.objects.select_for_update(no_key=True).filter(pk__in=candidate_ids)
    list(people.order_by("pk").values_list("pk"))


def _open(follow_up_id: int) -> FollowUp | None:
    entries = FollowUp.objects.select_for_update(no_key=True)
    return entries.filter(pk=follow_up_id, state=FollowUp.State.OPEN).first()


def _reopen(entry: FollowUp) -> bool:
    candidate = Candidate.objects.select_related("owner").get(pk=entry.candidate_id)
    same = FollowUp.objects.filter(candidate=candidate, reason=entry.reason)
    if entry.done_by_id is None or same.filter(state=FollowUp.State.OPEN).exists():
        return False
    there = set(
        Signal.objects.filter(
            pk__in=[item["signal"] for item in entry.evidence if item["signal"]]
        ).values_list("pk", flat=True)
    )
    entry.evidence = [i for i in entry.evidence if not i["signal"] or i["signal"] in there]
    if not _still_stands(entry, gone=()):
        return False
    if entry.handed_over_by_id is None:
        # They may have changed hands in between.
        entry.owner = _who_acts(candidate)
    entry.state, entry.outcome, entry.note = FollowUp.State.OPEN, "", ""
    entry.done_at, entry.done_by_id = None, None
    entry.save(
        update_fields=["evidence", "owner", "state", "outcome", "note", "done_at", "done_by"]
    )
    return True


def _wake(entry: FollowUp, *, now: datetime) -> bool:
    if entry.snoozed_until is None or entry.snoozed_until <= now:
        return False
    trail = AuditEntry.objects.filter(subject=f"follow_up:{entry.pk}", action=_SNOOZED)
    snoozed = trail.order_by("-pk").first()
    if snoozed is not None and "due_at" in snoozed.detail:
        entry.due_at = datetime.fromisoformat(snoozed.detail["due_at"])
    entry.snoozed_until = None
    entry.save(update_fields=["snoozed_until", "due_at"])
    return True


def _close(
    entries: Collection[FollowUp],
    *,
    outcome: FollowUp.Outcome,
    note: str,
    by_id: int | None,
    now: datetime,
) -> None:
    for entry in entries:
        entry.state, entry.outcome, entry.note = FollowUp.State.DONE, outcome, note[:500]
        entry.done_at, entry.done_by_id, entry.snoozed_until = now, by_id, None
        entry.save(
            update_fields=["state", "outcome", "note", "done_at", "done_by", "snoozed_until"]
        )
    if entries:
        publish(FollowUpsClosed(follow_up_ids=[entry.pk for entry in entries]))
