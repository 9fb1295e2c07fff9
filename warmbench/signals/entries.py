"""What the modules about follow-ups do to single rows: lock, open, put away, bring back, remark."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from warmbench.accounts.models import User
from warmbench.people.models import Candidate
from warmbench.signals import effects, grounds
from warmbench.signals.models import FollowUp

State = FollowUp.State
#: By when to act on a day that somebody named.
END_OF_DAY = time(17)
#: The columns that say that an entry is put away.
PUT_AWAY = ("snoozed_until", "wakes_on", "effects")
#: What an entry has that is offered to nobody.
NOT_OFFERED: dict[str, Any] = {
    "offered_to": None,
    "offered_at": None,
    "offer_lapses_at": None,
    "offer_note": "",
}


def who_acts(candidate: Candidate, otherwise_id: int | None = None) -> User | None:
    """The recruiter who owns a person, or else this one; None if that one cannot act."""
    owner = candidate.owner or User.objects.filter(pk=otherwise_id or 0).first()
    return owner if owner and can_act(owner) else None


def can_act(user: User) -> bool:
    """Whether a follow-up can be given to this user."""
    return user.is_active and user.is_recruiter


def lock(candidate_ids: Collection[int]) -> bool:
    """Hold these people until the transaction ends. Returns whether there was any."""
    people = Candidate.objects.select_for_update(no_key=True).filter(pk__in=candidate_ids)
    return bool(list(people.order_by("pk").values_list("pk")))


def open_one(follow_up_id: int) -> FollowUp | None:
    """The entry, locked, if it is open."""
    entries = FollowUp.objects.select_for_update(no_key=True)
    return entries.filter(pk=follow_up_id, state=State.OPEN).first()


def remark(entry: FollowUp, text: str, *, now: datetime, by_id: int | None = None) -> None:
    """Add a sentence to the evidence that is no ground to act. The caller saves it."""
    entry.evidence = [*entry.evidence, remark_of(text, now=now) | ({"by": by_id} if by_id else {})]


def remark_of(text: str, *, now: datetime) -> dict[str, Any]:
    """A sentence of ours that is no ground to act, as it stands among the evidence."""
    return {"at": now.isoformat(), "text": text, "signal": None, "note": True}


def put_away(
    entry: FollowUp, until: datetime, due_at: datetime, *, tries: int, now: datetime
) -> None:
    """Put an entry out of sight, and keep what it was: of one that is out of sight already, when
    it was due before. The caller saves it."""
    is_away = entry.snoozed_until is not None and entry.snoozed_until > now
    before = entry.effects.get("put_away") if is_away else None
    was_due = before["due_at"] if before else entry.due_at.isoformat()
    entry.effects = {"put_away": {"due_at": was_due, "tries": entry.tries}}
    entry.snoozed_until, entry.due_at, entry.tries = until, due_at, tries


def bring_back(entry: FollowUp) -> None:
    """Put an entry into sight, with what cannot be taken back any more. The caller saves it."""
    entry.snoozed_until, entry.wakes_on, entry.effects = None, "", {}


def take_out_again(entry: FollowUp, *, now: datetime) -> bool:
    """Take back that an entry was put away. Returns False if it is in sight already."""
    if entry.snoozed_until is None or entry.snoozed_until <= now:
        return False
    if was := entry.effects.get("put_away"):
        entry.due_at, entry.tries = datetime.fromisoformat(was["due_at"]), was["tries"]
        entry.evidence = [item for item in entry.evidence if item != was.get("remark")]
    bring_back(entry)
    entry.save(update_fields=["evidence", "due_at", "tries", *PUT_AWAY])
    return True


def reopen(entry: FollowUp) -> bool:
    """Open an entry that a person closed. Returns False where that cannot be: the system closed
    it, another one is open for the same reason, or what it stood on is gone."""
    candidate = Candidate.objects.select_related("owner").get(pk=entry.candidate_id)
    same = FollowUp.objects.filter(candidate=candidate, reason=entry.reason)
    if entry.done_by_id is None or same.filter(state=State.OPEN).exists():
        return False
    entry.evidence = grounds.without_signals_that_are_gone(entry)
    if not grounds.stands(entry):
        return False
    if entry.handed_over_by_id is None and candidate.owner_id is not None:
        # They may have changed hands in between.
        entry.owner = who_acts(candidate)
    elif entry.owner is not None and not can_act(entry.owner):
        entry.owner = None
    entry.state, entry.outcome, entry.note = State.OPEN, "", ""
    entry.done_at, entry.done_by_id, entry.effects = None, None, {}
    entry.save(
        update_fields=[
            *("evidence", "owner", "state", "outcome", "note", "done_at", "done_by", "effects")
        ]
    )
    return True


def hours_of(day: date, zone: str) -> tuple[datetime, datetime]:
    """When what is for a day comes into sight in a time zone, and by when it is to be done."""
    place = ZoneInfo(zone)
    morning, evening = (
        datetime.combine(day, at, place).astimezone(UTC) for at in (effects.MORNING, END_OF_DAY)
    )
    return morning, evening
