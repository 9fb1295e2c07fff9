"""The recruiters' entries: what is asked of them, with its evidence, and what became of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from warmbench.accounts.models import Organisation, User
from warmbench.core import audit
from warmbench.core.events import Event, publish
from warmbench.messaging import windows
from warmbench.people.models import Candidate
from warmbench.signals import effects, entries, grounds, joining, outcomes, reminders, scoring
from warmbench.signals.effects import Doing
from warmbench.signals.models import FollowUp, Signal
from warmbench.signals.outcomes import Dealt, Undone

Outcome, Reason = FollowUp.Outcome, FollowUp.Reason
State, Wakes = FollowUp.State, FollowUp.Wakes


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
    standing = next((f for f in earlier if f.state == State.OPEN), None)
    new = grounds.unheard([one.to_json() for one in evidence], earlier)
    if not new:
        return standing
    if standing is None:
        standing = FollowUp.objects.create(
            candidate=candidate,
            reason=reason,
            owner=entries.who_acts(candidate, otherwise_id),
            value=value,
            evidence=joining.begin(new, value=value, due_at=due_at),
            asked_at=now,
            due_at=due_at,
        )
    else:
        joining.join(standing, new, value=value, due_at=due_at)
        standing.save(update_fields=["evidence", "value", "due_at", *entries.PUT_AWAY])
    publish(FollowUpAsked(follow_up_id=standing.pk, owner_id=standing.owner_id))
    return standing


@transaction.atomic
def note(follow_up_id: int, text: str, *, by_id: int, now: datetime) -> bool:
    """Add what somebody has to say to an entry, as a remark of that day. The entry stays as it
    is. Returns False if it is closed, or nothing is said."""
    entry = entries.open_one(follow_up_id)
    if entry is None or not text.strip():
        return False
    name = User.objects.get(pk=by_id).name
    entries.remark(entry, f"{name}: {text.strip()[:500]}", by_id=by_id, now=now)
    entry.save(update_fields=["evidence"])
    audit.record(by_id, "follow_up.noted", f"follow_up:{entry.pk}", now=now)
    return True


@transaction.atomic
def done(
    follow_up_id: int,
    *,
    outcome: FollowUp.Outcome,
    by_id: int,
    now: datetime,
    note: str = "",
    until: date | None = None,
    role_id: int | None = None,
) -> Dealt | None:
    """Say what came of an entry, and do what ``outcomes.OUTCOMES`` says of it: close it, or have it
    come back for another try. Returns None if it was closed already.

    ``until`` is the first day on which the person may hear from us again, where the recruiter is.
    Raises ``outcomes.NotOfferedError``, with a sentence, if this cannot come of it.
    """
    # Whoever withdraws evidence, pauses or reserves somebody locks the person first, too.
    entries.lock(whom([follow_up_id]))
    entry = entries.open_one(follow_up_id)
    if entry is None:
        return None
    by = User.objects.get(pk=by_id)
    doing = Doing(entry, outcome, by, now, note.strip(), until, role_id)
    outcomes.check(outcome, entry.reason, until=until, role_id=role_id, today=doing.today)
    detail = {"candidate": entry.candidate_id, "outcome": str(outcome)}
    audit.record(by_id, "follow_up.done", f"follow_up:{entry.pk}", now=now, detail=detail)
    if outcome == Outcome.LEFT_MESSAGE:
        return _try_again(doing)
    entry.effects = effects.run(doing)
    _close([entry], outcome=outcome, note=note.strip(), by_id=by_id, now=now)
    reminders.carry_on(entry, doing)
    if reminder := effects.remind_on(doing):
        whose, about = doing.whose_id, f"follow_up:{entry.pk}"
        reminders.remind(
            entry.candidate_id, on=reminder[0], note=reminder[1], by_id=whose, now=now, about=about
        )
    return Dealt(is_closed=True, tries=entry.tries)


@transaction.atomic
def snooze(
    follow_up_id: int,
    *,
    until: datetime,
    by_id: int,
    now: datetime,
    wakes_on: FollowUp.Wakes = Wakes.ANYTHING,
) -> bool:
    """Put an entry out of sight until a moment, or until there is new evidence, or what
    ``wakes_on`` names has happened.

    Its deadline moves along: what was put off on purpose does not come back as late.
    Returns False if it is closed, or the moment has passed.
    """
    entry = entries.open_one(follow_up_id)
    if entry is None or until <= now:
        return False
    entries.put_away(entry, until, max(entry.due_at, until), tries=entry.tries, now=now)
    entry.wakes_on = wakes_on
    entry.save(update_fields=["due_at", *entries.PUT_AWAY])
    detail = {"until": until, "wakes_on": str(wakes_on)}
    audit.record(by_id, "follow_up.snoozed", f"follow_up:{entry.pk}", now=now, detail=detail)
    return True


@transaction.atomic
def wake(
    candidate_ids: Collection[int],
    happened: Collection[FollowUp.Wakes],
    *,
    because: str,
    now: datetime,
    signals: Mapping[int, int] | None = None,
) -> int:
    """Bring back into sight what waits for this to happen to these people, with a remark that it
    has. It is due a day later at most, if it was not to be before. Returns how many entries.

    ``signals`` are those that happened, by person: entries go back to sleep if they are withdrawn.
    """
    asleep = FollowUp.objects.select_for_update(no_key=True).filter(
        candidate__in=candidate_ids,
        wakes_on__in=list(happened),
        state=State.OPEN,
        snoozed_until__gt=now,
    )
    woken = list(asleep.order_by("pk"))
    for entry in woken:
        was_due = datetime.fromisoformat(entry.effects["put_away"]["due_at"])
        due_at = max(was_due, now + timedelta(days=1))
        item = entries.remark_of(because, now=now)
        item["woke"] = (signals or {}).get(entry.candidate_id)
        joining.join(entry, [item], due_at=due_at)
        entry.save(update_fields=["evidence", "due_at", *entries.PUT_AWAY])
        publish(FollowUpAsked(follow_up_id=entry.pk, owner_id=entry.owner_id))
    return len(woken)


@transaction.atomic
def undo(follow_up_id: int, *, by_id: int, now: datetime) -> Undone | None:
    """Take back that an entry was done or put away, with what that did to the person: it is open
    and in sight, due when it was. What somebody has changed since stays, and is said.

    Returns None where there is nothing to take back: it is open and in sight already, the
    system closed it, its evidence or the person is gone, or another one is open for the same
    reason.
    """
    # Whoever asks for an entry, or withdraws its evidence, takes this lock first.
    entries.lock(whom([follow_up_id]))
    entry = FollowUp.objects.select_for_update(no_key=True).filter(pk=follow_up_id).first()
    if entry is None:
        return None
    was = "done" if entry.state == State.DONE else "snoozed"
    outcome, kept = entry.outcome, entry.effects
    if was == "done":
        # First of all: it may stand where this entry comes back to.
        _call_off_reminder_of(entry, now=now)
    if not (entries.reopen(entry) if was == "done" else entries.take_out_again(entry, now=now)):
        transaction.set_rollback(True)
        return None
    left: list[str] = []
    if was == "done":
        by = User.objects.get(pk=by_id)
        left = effects.take_back(Doing(entry, Outcome(outcome), by, now), kept)
    audit.record(by_id, "follow_up.undone", f"follow_up:{entry.pk}", now=now, detail={"was": was})
    return Undone(tuple(left))


@transaction.atomic
def move(candidate_ids: Collection[int], *, to_id: int | None) -> int:
    """Let what is open about these people follow them to their new owner. What somebody
    handed over on purpose stays where it is. Returns how many entries moved."""
    to = User.objects.filter(pk=to_id).first() if to_id else None
    return (
        FollowUp.objects.filter(candidate__in=candidate_ids, state=State.OPEN, handed_over_by=None)
        .exclude(owner=to)
        .update(
            owner=to if to and entries.can_act(to) else None, given_at=None, **entries.NOT_OFFERED
        )
    )


@transaction.atomic
def withdraw(signals: Collection[Signal], *, note: str, now: datetime) -> None:
    """Take evidence back, with what it did to entries: how high they stand, by when they are due,
    whether they are in sight. An entry that no longer stands on anything closes with the note."""
    concerned = {s.candidate_id for s in signals}
    entries.lock(concerned)
    gone = {s.pk for s in signals}
    standing = FollowUp.objects.select_for_update(no_key=True).filter(
        candidate__in=concerned, state=State.OPEN
    )
    fallen = []
    for entry in standing.order_by("pk"):
        if not joining.part(entry, lambda item: item["signal"] in gone or item.get("woke") in gone):
            continue
        entry.save(update_fields=["evidence", "value", "due_at", *entries.PUT_AWAY])
        if not grounds.stands(entry, gone=gone):
            fallen.append(entry)
    _close(fallen, outcome=Outcome.WITHDRAWN, note=note, by_id=None, now=now)


@transaction.atomic
def call_off(
    candidate_ids: Collection[int],
    reasons: Collection[FollowUp.Reason],
    *,
    note: str,
    now: datetime,
    about: str = "",
    outcome: FollowUp.Outcome = Outcome.WITHDRAWN,
) -> int:
    """Close what is open about these people for these reasons; with ``about``, what stands on
    evidence about that alone. Returns how many entries."""
    entries.lock(candidate_ids)
    standing = FollowUp.objects.select_for_update(no_key=True).filter(
        candidate__in=candidate_ids, reason__in=reasons, state=State.OPEN
    )
    found = [entry for entry in standing.order_by("pk") if not about or _drop(entry, about)]
    _close(found, outcome=outcome, note=note, by_id=None, now=now)
    return len(found)


def whom(follow_up_ids: Collection[int]) -> list[int]:
    """The people whom these entries are about."""
    found = FollowUp.objects.filter(pk__in=follow_up_ids).order_by("candidate_id")
    return list(found.values_list("candidate_id", flat=True).distinct())


def _try_again(doing: Doing) -> Dealt:
    """Nobody was reached: the entry comes back in some working days."""
    entry, organisation = doing.entry, Organisation.objects.first()
    country = organisation.default_country if organisation else ""
    day = windows.working_days_after(doing.today, outcomes.TRY_AGAIN, country)
    morning, due_at = entries.hours_of(day, doing.by.time_zone)
    entries.put_away(
        entry, morning, max(entry.due_at, due_at), tries=entry.tries + 1, now=doing.now
    )
    entry.wakes_on = Wakes.ANYTHING
    said = f"Left a message. {doing.note}".strip()
    entries.remark(entry, f"{doing.by.name}: {said}", by_id=doing.by.pk, now=doing.now)
    entry.effects["put_away"]["remark"] = entry.evidence[-1]
    entry.save(update_fields=["evidence", "due_at", "tries", *entries.PUT_AWAY])
    return Dealt(is_closed=False, tries=entry.tries)


def _call_off_reminder_of(entry: FollowUp, *, now: datetime) -> None:
    about, note = f"follow_up:{entry.pk}", "Taken back."
    call_off([entry.candidate_id], [Reason.REMINDER], note=note, now=now, about=about)


def _drop(entry: FollowUp, about: str) -> bool:
    """Take the evidence about something away. Whether no ground is left of the entry."""
    is_gone = all(item.get("note") for item in grounds.without(entry, about))
    if not is_gone and joining.part(entry, lambda item: item.get("about") == about):
        entry.save(update_fields=["evidence", "value", "due_at", *entries.PUT_AWAY])
    return is_gone


def _close(
    closing: Collection[FollowUp],
    *,
    outcome: FollowUp.Outcome,
    note: str,
    by_id: int | None,
    now: datetime,
) -> None:
    for entry in closing:
        entry.state, entry.outcome, entry.note = State.DONE, outcome, note[:500]
        entry.done_at, entry.done_by_id, entry.snoozed_until = now, by_id, None
        entry.wakes_on = ""
        for name, nothing in entries.NOT_OFFERED.items():
            setattr(entry, name, nothing)
        entry.save(
            update_fields=[
                *("state", "outcome", "note", "done_at", "done_by", "snoozed_until"),
                *("wakes_on", "effects", *entries.NOT_OFFERED),
            ]
        )
    if closing:
        publish(FollowUpsClosed(follow_up_ids=[entry.pk for entry in closing]))
