"""Asks recruiters to call somebody about a role, and tells them whom, when and what about."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
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

#: Who waits for one of these is not called instead: they are away, or asked for a rest; or it was
#: agreed that they are not approached, or another recruiter alone does.
LEFT_IN_PEACE = frozenset(
    {Reason.PAUSED, Reason.OFF_LIMITS, Reason.CLIENT_CONFLICT, Reason.RESERVED}
)
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
    return briefs([candidate_id], now=now).get(candidate_id)


def briefs(candidate_ids: Collection[int], *, now: datetime) -> dict[int, Brief]:
    """What to have at hand for the calls that are asked for, by candidate; who is not to be
    called is not in the answer. A few questions for all of them."""
    entries = FollowUp.objects.filter(
        candidate__in=candidate_ids, state=FollowUp.State.OPEN, reason=FollowUp.Reason.CALL
    ).select_related("candidate", "owner")
    to_call = {entry.candidate_id: entry for entry in entries}
    if not to_call:
        return {}
    about = {pk: _about(entry) for pk, entry in to_call.items()}
    roles = _open_roles({role_id for wanted in about.values() for role_id in wanted})
    numbers = _numbers(to_call)
    people = [entry.candidate for entry in to_call.values()]
    best = best_times(people, now=now)
    alerts = {
        (one.candidate_id, one.role_id): one
        for one in Alert.objects.filter(candidate__in=to_call, role__in=roles)
    }
    tags = {tag_id for alert in alerts.values() for tag_id in alert.matched}
    names = dict(Tag.objects.filter(pk__in=tags).values_list("pk", "name"))
    made = {}
    for pk, entry in to_call.items():
        theirs = tuple(role for role in roles.values() if role.pk in about[pk])
        lines = [
            line
            for role in theirs
            for line in _script(entry, role, alerts.get((pk, role.pk)), names)
        ]
        made[pk] = Brief(theirs, numbers.get(pk, ()), tuple(lines), best[pk])
    return made


def best_time(candidate: Candidate, *, now: datetime) -> BestTime | None:
    """The next moment at which somebody is likely to answer: on a working day, in the hour in
    which they clicked or answered most often within half a year, else in the late morning."""
    return best_times([candidate], now=now)[candidate.pk]


def best_times(people: Collection[Candidate], *, now: datetime) -> dict[int, BestTime | None]:
    """``best_time`` of each of these people, by their id: one question for all of them."""
    heard: defaultdict[int, list[datetime]] = defaultdict(list)
    signals = Signal.objects.filter(
        candidate__in=[one.pk for one in people],
        kind__in=[Signal.Kind.CLICKED, Signal.Kind.REPLIED],
        at__gt=now - _HABIT,
        at__lte=now,
    )
    for candidate_id, at in signals.values_list("candidate", "at"):
        heard[candidate_id].append(at)
    return {one.pk: _best_time(one, heard[one.pk], now=now) for one in people}


def zones_of(candidate: Candidate) -> tuple[str, ...]:
    """The time zones that somebody may live in: the one that is known, else the plausible ones."""
    if candidate.time_zone:
        return (candidate.time_zone,)
    return plausible_zones(candidate.country, candidate.region)


def _best_time(
    candidate: Candidate, heard: Sequence[datetime], *, now: datetime
) -> BestTime | None:
    zones = zones_of(candidate)
    if not zones:
        return None
    hour = _hour_of(heard, zones[0])
    if hour is None:
        window, why = _USUALLY, "Nothing is known of their habits: late morning, where they live."
    else:
        window = Window(time(hour), time(hour + 1))
        why = f"They were most active between {hour}:00 and {hour + 1}:00, where they live."
    at = windows.next_open(now, zones, candidate.country, window)
    return BestTime(at, zones[0], why) if at else None


def _about(entry: FollowUp) -> set[int]:
    """The roles that a call is about."""
    about = [item.get("about", "").removeprefix("role:") for item in entry.evidence]
    return {int(one) for one in about if one.isdecimal()}


def _open_roles(wanted: Collection[int]) -> dict[int, Role]:
    found = Role.objects.filter(pk__in=wanted, state=Role.State.OPEN).order_by("deadline", "pk")
    return {role.pk: role for role in found}


def _numbers(candidate_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    points = ContactPoint.objects.filter(candidate__in=candidate_ids, channel=Channel.SMS)
    alive = points.exclude(standing=ContactPoint.Standing.DEAD).order_by("position", "pk")
    found: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
    for candidate_id, address in alive.values_list("candidate", "address"):
        found[candidate_id] += (address,)
    return found


def _hour_of(moments: Sequence[datetime], zone: str) -> int | None:
    place = ZoneInfo(zone)
    hours = Counter(at.astimezone(place).hour for at in moments)
    usual = [(times, hour) for hour, times in hours.items() if hour in _DAY and times >= _OFTEN]
    return max(usual, key=lambda one: (one[0], -one[1]))[1] if usual else None


def _script(
    entry: FollowUp, role: Role, alert: Alert | None, names: Mapping[int, str]
) -> list[str]:
    """What to say about one role, in the words of the alert: the client's name is not in it."""
    candidate = entry.candidate
    caller = f"this is {entry.owner.name}. " if entry.owner else ""
    fields = wordings.fields(role)
    was_mailed = alert is not None and alert.state in {Alert.State.WRITTEN, Alert.State.MERGED}
    matched = alert.matched if alert else []
    known = sorted(names[tag_id] for tag_id in matched if tag_id in names)
    what = [fields["role_title"]]
    what += [f"for {fields['company_type']}"] if "company_type" in fields else []
    what += [f"({fields['role_place']})"] if "role_place" in fields else []
    occasion = "I mailed you about a role" if was_mailed else "I am calling about a role"
    greeting = f"Hello {candidate.first_name}".rstrip()
    lines = [f"{greeting}, {caller}{occasion}: {' '.join(what)}. Is this a good moment?"]
    if skills := wordings.listed(known):
        lines.append(f"I thought of you because of {skills}.")
    if "role_pay" in fields:
        lines.append(f"It pays {fields['role_pay']}.")
    by = wordings.deadline(role, candidate.time_zone, candidate.country, candidate.region)
    lines.append(f"The client wants names by {by}. May I name you?" if by else "May I name you?")
    return lines
