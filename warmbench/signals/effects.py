"""Does to a person what an outcome of a follow-up says, and takes it back.

Each effect keeps what it changed, and what was there before. It is taken back only where nothing
has changed it since: who would rather have it back than the later change is for a person to say.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from warmbench.accounts.models import User
from warmbench.core.events import Event, publish
from warmbench.people import candidates, reservations, wrong_numbers
from warmbench.people.candidates import Conversation, PauseReason
from warmbench.people.models import Candidate
from warmbench.signals import outcomes
from warmbench.signals.models import FollowUp

Outcome = FollowUp.Outcome
#: What an effect keeps of itself, in the row of the entry.
Kept = dict[str, Any]
#: When a day begins for whoever asked not to hear from us until then.
MORNING = time(8)


@dataclass(frozen=True, kw_only=True)
class RoleInterestVoiced(Event):
    """A candidate told a recruiter of an interest in a role."""

    candidate_id: int
    role_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class RoleInterestTakenBack(Event):
    """That a candidate told of an interest in a role was a slip of a recruiter's hand."""

    candidate_id: int
    role_id: int


@dataclass(frozen=True, slots=True)
class Doing:
    """What came of an entry, and who says so."""

    entry: FollowUp
    outcome: FollowUp.Outcome
    by: User
    now: datetime
    note: str = ""
    #: Until when they want to be left alone, if they say.
    until: date | None = None
    role_id: int | None = None

    @property
    def today(self) -> date:
        """The day where the recruiter is."""
        return self.now.astimezone(ZoneInfo(self.by.time_zone)).date()

    @property
    def whose_id(self) -> int:
        """Whose the person is from now on: also where somebody stands in for them."""
        return self.entry.owner_id or self.by.pk

    def morning_of(self, day: date) -> datetime:
        """Eight in the morning of a day, where the recruiter is."""
        place = ZoneInfo(self.by.time_zone)
        return datetime.combine(day, MORNING, place).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Effect:
    #: Does it. Returns what to keep, None where there was nothing to do.
    run: Callable[[Doing], Kept | None]
    #: Takes it back. Returns in a sentence what it could not.
    back: Callable[[Doing, Kept], str]


def run(doing: Doing) -> dict[str, Kept]:
    """Do what the outcome says to the person, who must be locked. Returns what to keep of it, by
    the name of the effect."""
    done = {name: _EFFECTS[name].run(doing) for name in _OF.get(doing.outcome, ())}
    return {name: kept for name, kept in done.items() if kept is not None}


def take_back(doing: Doing, kept: Mapping[str, Kept]) -> list[str]:
    """Undo it, the last first. Returns in a sentence each what has changed since and stays."""
    left = [_EFFECTS[name].back(doing, kept[name]) for name in reversed(_EFFECTS) if name in kept]
    return [sentence for sentence in left if sentence]


def remind_on(doing: Doing) -> tuple[date, str] | None:
    """The day on which the outcome asks to be reminded, and of what; None if it does not."""
    match doing.outcome:
        case Outcome.NOT_NOW:
            return _until(doing), doing.note or "Said “not now” until this day"
        case Outcome.MOVED:
            note = f"Has a new job: put right where they work. {doing.note}"
            return doing.today + timedelta(days=1), note.strip()
        case _:
            return None


def _talk(doing: Doing) -> Kept | None:
    person = Candidate.objects.get(pk=doing.entry.candidate_id)
    before, same_day = Conversation.of(person), person.last_conversation_on == doing.today
    # Of one day there is one conversation: what somebody put in an hour ago stays.
    talked = Conversation(
        doing.today,
        before.topic if same_day else "",
        "\n".join(filter(None, [before.note if same_day else "", doing.note])),
    )
    recorded = candidates.record_conversation(
        person.pk,
        on=doing.today,
        topic=talked.topic,
        note=talked.note,
        now=doing.now,
        by_id=doing.by.pk,
    )
    return {"before": _talk_to_json(before), "set": _talk_to_json(talked)} if recorded else None


def _talk_back(doing: Doing, kept: Kept) -> str:
    worked = candidates.take_back_conversation(
        doing.entry.candidate_id,
        _talk_from_json(kept["set"]),
        before=_talk_from_json(kept["before"]),
        now=doing.now,
        by_id=doing.by.pk,
    )
    return "" if worked else "The conversation has been written to since, and stays."


def _reserve(doing: Doing) -> Kept | None:
    person = Candidate.objects.get(pk=doing.entry.candidate_id)
    had = reservations.of(person, now=doing.now)
    if had is not None and had.user_id != doing.whose_id:
        return None
    hold = reservations.reserve(
        person.pk,
        doing.whose_id,
        days=outcomes.RESERVED_DAYS,
        why=f"{doing.outcome.label}, {doing.today.day} {doing.today:%B}",
        by_id=doing.by.pk,
        now=doing.now,
    )
    # Whoever had them reserved before keeps them when this is taken back.
    return {"user": hold.user_id, "until": hold.until.isoformat(), "had": had is not None}


def _reserve_back(doing: Doing, kept: Kept) -> str:
    hold = reservations.of(Candidate.objects.get(pk=doing.entry.candidate_id), now=doing.now)
    if kept["had"] or hold is None:
        return ""
    if (hold.user_id, hold.until.isoformat()) != (kept["user"], kept["until"]):
        return "They have been reserved anew since, and stay so."
    reservations.release(doing.entry.candidate_id, by_id=doing.by.pk, now=doing.now)
    return ""


def _until(doing: Doing) -> date:
    return doing.until or doing.today + outcomes.NOT_NOW


def _pause_until_their_day(doing: Doing) -> Kept:
    return _pause(doing, doing.morning_of(_until(doing)))


def _pause_long(doing: Doing) -> Kept:
    return _pause(doing, doing.morning_of(doing.today + outcomes.NOT_INTERESTED))


def _pause(doing: Doing, until: datetime) -> Kept:
    person = Candidate.objects.get(pk=doing.entry.candidate_id)
    before = {
        "paused": candidates.is_paused(person, now=doing.now),
        "reason": person.pause_reason,
        "until": person.paused_until and person.paused_until.isoformat(),
        "asked": person.asked_until and person.asked_until.isoformat(),
    }
    reason = PauseReason.ASKED
    candidates.pause([person.pk], reason=reason, until=until, by_id=doing.by.pk, now=doing.now)
    return {"before": before, "until": until.isoformat()}


def _pause_back(doing: Doing, kept: Kept) -> str:
    person = Candidate.objects.get(pk=doing.entry.candidate_id)
    if person.asked_until != datetime.fromisoformat(kept["until"]):
        return "The pause has been changed since, and stays."
    before, by_id, now = kept["before"], doing.by.pk, doing.now
    candidates.resume([person.pk], only=PauseReason.ASKED, by_id=by_id, now=now)
    asked = before["asked"] and datetime.fromisoformat(before["asked"])
    if asked and asked > now:
        reason = PauseReason.ASKED
        candidates.pause([person.pk], reason=reason, until=asked, by_id=by_id, now=now)
    until = before["until"] and datetime.fromisoformat(before["until"])
    if before["paused"] and before["reason"] != PauseReason.ASKED and (not until or until > now):
        reason = PauseReason(before["reason"])
        candidates.pause([person.pk], reason=reason, until=until, by_id=by_id, now=now)
    return ""


def _number(doing: Doing) -> Kept | None:
    point = wrong_numbers.take_out(doing.entry.candidate_id, by_id=doing.by.pk, now=doing.now)
    return {"id": point.pk, "standing": point.standing} if point else None


def _number_back(doing: Doing, kept: Kept) -> str:
    worked = wrong_numbers.give_back(kept["id"], kept["standing"], by_id=doing.by.pk, now=doing.now)
    return "" if worked else "The number has been changed since, and stays as it is."


def _role(doing: Doing) -> Kept | None:
    if doing.role_id is None:
        return None
    candidate_id = doing.entry.candidate_id
    publish(RoleInterestVoiced(candidate_id=candidate_id, role_id=doing.role_id, by_id=doing.by.pk))
    return {"id": doing.role_id}


def _role_back(doing: Doing, kept: Kept) -> str:
    candidate_id = doing.entry.candidate_id
    publish(RoleInterestTakenBack(candidate_id=candidate_id, role_id=kept["id"]))
    return ""


def _talk_to_json(talk: Conversation) -> Kept:
    return {"on": talk.on and talk.on.isoformat(), "topic": talk.topic, "note": talk.note}


def _talk_from_json(kept: Kept) -> Conversation:
    on = date.fromisoformat(kept["on"]) if kept["on"] else None
    return Conversation(on, kept["topic"], kept["note"])


#: In the order in which they are done.
_EFFECTS: dict[str, _Effect] = {
    "talk": _Effect(_talk, _talk_back),
    "reserved": _Effect(_reserve, _reserve_back),
    "pause": _Effect(_pause_until_their_day, _pause_back),
    "long pause": _Effect(_pause_long, _pause_back),
    "number": _Effect(_number, _number_back),
    "role": _Effect(_role, _role_back),
}
_OF: Mapping[FollowUp.Outcome, tuple[str, ...]] = {
    Outcome.REACHED: ("talk", "reserved"),
    Outcome.INTERESTED: ("talk", "reserved"),
    Outcome.ROLE_INTEREST: ("talk", "reserved", "role"),
    Outcome.NOT_NOW: ("talk", "pause"),
    Outcome.NOT_INTERESTED: ("talk", "long pause"),
    Outcome.REFERRED: ("talk",),
    Outcome.WRONG_NUMBER: ("number",),
}
