"""Asks recruiters to call somebody about a role, and tells them whom, when and what about."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from warmbench.messaging import reasons as why_not
from warmbench.messaging import windows
from warmbench.messaging.verdict import Reason
from warmbench.messaging.windows import Window
from warmbench.people.models import Candidate, Channel, ContactPoint, Tag
from warmbench.people.places import plausible_zones
from warmbench.signals import follow_ups, reasons, warmth
from warmbench.signals.follow_ups import Evidence
from warmbench.signals.models import FollowUp, Signal
from warmbench.sourcing import wordings
from warmbench.sourcing.models import Alert, Escalation, Role

#: Who waits for one of these is not called instead: they are away, or asked for a rest.
LEFT_IN_PEACE = frozenset({Reason.PAUSED})
#: What an escalation ends with that became a call.
ASKED = "call_asked"
#: What a call about a hot role is worth more than about another one.
_HOT_IS_WORTH = 10

#: How far back somebody's habits are looked at, and how often an hour must have been theirs.
_HABIT = timedelta(days=180)
_OFTEN = 2
#: When people can be reached at all, and when most can, if nothing is known of them.
_DAY = range(9, 18)
_USUALLY = Window(time(10), time(12))


@dataclass(frozen=True, slots=True)
class BestTime:
    """When to call: the next such moment, and why then."""

    at: datetime
    zone: str
    why: str


@dataclass(frozen=True, slots=True)
class Brief:
    """What a recruiter wants to have before them while they call."""

    roles: tuple[Role, ...]
    #: As they are dialled, the first one first.
    numbers: tuple[str, ...]
    #: What to say, paragraph by paragraph.
    script: tuple[str, ...]
    #: None where nobody knows what time it is where they live.
    best: BestTime | None


def ask(candidate_id: int, role: Role, because: str, *, now: datetime) -> None:
    """See to it that a recruiter calls somebody about a role: today, or before the deadline."""
    candidate = Candidate.objects.select_related("owner").get(pk=candidate_id)
    warm = warmth.of([candidate_id], now=now)[candidate_id]
    is_hot = role.is_hot(now=now)
    due = reasons.due_for(candidate, FollowUp.Reason.CALL, now=now)
    if is_hot and role.deadline is not None:
        due = min(due, role.deadline)
    follow_ups.ask_for(
        candidate_id,
        FollowUp.Reason.CALL,
        evidence=[Evidence(now, because, about=f"role:{role.pk}")],
        value=reasons.value(FollowUp.Reason.CALL, warm) + _HOT_IS_WORTH * is_hot,
        due_at=due,
        now=now,
        otherwise_id=role.owner_id,
    )


def instead(alert_id: int, candidate_id: int, *, now: datetime) -> Escalation:
    """The row, not stored yet, that says that a call was asked for in place of a mail."""
    return Escalation(
        alert_id=alert_id,
        candidate_id=candidate_id,
        kind=Escalation.Kind.CALL,
        state=Escalation.State.DONE,
        reason=ASKED,
        state_at=now,
    )


def cannot_go(role: Role, reason: str) -> str:
    """Why there is a call and no mail, in a sentence."""
    return (
        f"“{role.title}” is hot, and no mail can reach them before the client's deadline."
        f" {why_not.because(reason)}"
    )


def brief(candidate_id: int, *, now: datetime) -> Brief | None:
    """What to have at hand for the call that is asked for; None if none is."""
    entries = FollowUp.objects.filter(candidate=candidate_id, state=FollowUp.State.OPEN)
    calls = entries.filter(reason=FollowUp.Reason.CALL).select_related("candidate", "owner")
    entry = calls.first()
    if entry is None:
        return None
    candidate = entry.candidate
    caller = f"this is {entry.owner.name}. " if entry.owner else ""
    about = [item.get("about", "").removeprefix("role:") for item in entry.evidence]
    wanted = {int(one) for one in about if one.isdecimal()}
    roles = tuple(Role.objects.filter(pk__in=wanted, state=Role.State.OPEN).order_by("deadline"))
    points = ContactPoint.objects.filter(candidate=candidate_id, channel=Channel.SMS)
    alive = points.exclude(standing=ContactPoint.Standing.DEAD).order_by("position", "pk")
    return Brief(
        roles=roles,
        numbers=tuple(alive.values_list("address", flat=True)),
        script=tuple(line for role in roles for line in _script(candidate, caller, role)),
        best=best_time(candidate, now=now),
    )


def best_time(candidate: Candidate, *, now: datetime) -> BestTime | None:
    """The next moment at which somebody is likely to answer: on a working day, in the hour in
    which they clicked or answered most often within half a year, else in the late morning."""
    zones = plausible_zones(candidate.country, candidate.region)
    if candidate.time_zone:
        zones = (candidate.time_zone,)
    if not zones:
        return None
    since = now - _HABIT
    heard = Signal.objects.filter(
        candidate=candidate,
        kind__in=[Signal.Kind.CLICKED, Signal.Kind.REPLIED],
        at__gt=since,
        at__lte=now,
    )
    hour = _hour_of(list(heard.values_list("at", flat=True)), zones[0])
    if hour is None:
        window, why = _USUALLY, "Nothing is known of their habits: late morning, where they live."
    else:
        window = Window(time(hour), time(hour + 1))
        why = f"They were most active between {hour}:00 and {hour + 1}:00, where they live."
    at = windows.next_open(now, zones, candidate.country, window)
    return BestTime(at, zones[0], why) if at else None


def _hour_of(moments: Sequence[datetime], zone: str) -> int | None:
    place = ZoneInfo(zone)
    hours = Counter(at.astimezone(place).hour for at in moments)
    usual = [(times, hour) for hour, times in hours.items() if hour in _DAY and times >= _OFTEN]
    return max(usual, key=lambda one: (one[0], -one[1]))[1] if usual else None


def _script(candidate: Candidate, caller: str, role: Role) -> list[str]:
    """What to say about one role, in the words of the alert: the client's name is not in it."""
    fields = wordings.fields(role)
    alert = Alert.objects.filter(role=role, candidate=candidate).first()
    was_mailed = alert is not None and alert.state in {Alert.State.WRITTEN, Alert.State.MERGED}
    known = Tag.objects.filter(pk__in=alert.matched if alert else []).order_by("name")
    what = [fields["role_title"]]
    what += [f"for {fields['company_type']}"] if "company_type" in fields else []
    what += [f"({fields['role_place']})"] if "role_place" in fields else []
    occasion = "I mailed you about a role" if was_mailed else "I am calling about a role"
    greeting = f"Hello {candidate.first_name}".rstrip()
    lines = [f"{greeting}, {caller}{occasion}: {' '.join(what)}. Is this a good moment?"]
    if skills := wordings.listed([tag.name for tag in known]):
        lines.append(f"I thought of you because of {skills}.")
    if "role_pay" in fields:
        lines.append(f"It pays {fields['role_pay']}.")
    by = wordings.deadline(role, candidate.time_zone, candidate.country, candidate.region)
    lines.append(f"The client wants names by {by}. May I name you?" if by else "May I name you?")
    return lines
