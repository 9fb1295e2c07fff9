"""Follows alerts up: a text or a call where one brought nothing, the recruiter where one did."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from warmbench.core import sql
from warmbench.messaging import gate, outbox, standing, voices
from warmbench.messaging import reasons as why_not
from warmbench.messaging.known import Touch
from warmbench.messaging.models import Message
from warmbench.messaging.outbox import Considered, Draft
from warmbench.messaging.verdict import Allow, Later, Reason, Refuse
from warmbench.people import off_limits
from warmbench.people.models import Channel, ContactPoint, Purpose
from warmbench.people.places import plausible_zones
from warmbench.signals.models import Hit, Signal
from warmbench.sourcing import alerts, calls, wordings
from warmbench.sourcing.models import Escalation, Role
from warmbench.sourcing.wordings import Wording
from warmbench.sourcing.writing import CALL_AFTER, TEXT_AFTER

Kind, State = Escalation.Kind, Escalation.State

#: Why an escalation came to nothing, or to something else, besides the reasons of the last gate.
ENGAGED = "engaged"
NOT_FOR_ME = "not_for_me"
NOT_SENT = "not_sent"
TOO_LATE = "too_late"
TEXTED = "texted"
CALL_ASKED = calls.ASKED

#: Escalations per transaction.
BATCH = 100
_AFTER = {Kind.TEXT.value: TEXT_AFTER, Kind.CALL.value: CALL_AFTER}
#: How soon to look again at a mail that waits in the outbox, and at a click that is being judged.
_NOT_GONE_YET = timedelta(hours=1)
_BEING_JUDGED = timedelta(minutes=5)
#: What a text is waited for, if it is over by tomorrow.
_BRIEF = frozenset({Reason.WINDOW, Reason.QUIET_HOURS, Reason.SENDER_CAP})
#: What she said to an alert: she took an interest, or it is nothing for her.
_ANSWERS = (Signal.Kind.CLICKED, Signal.Kind.REPLIED, Signal.Kind.NOT_FOR_ME)


@dataclass(frozen=True, slots=True)
class _Due:
    escalation_id: int
    alert_id: int
    candidate_id: int
    role_id: int
    kind: str
    #: The alert's message: None if it was withdrawn or erased.
    message_id: int | None
    message_state: str
    handed_at: datetime | None
    zone: str
    country: str
    region: str
    #: How often a text was written already, and could not go.
    occurrence: int

    @property
    def due_at(self) -> datetime | None:
        """When it is due by what happened: so long after the hand-over."""
        return self.handed_at + _AFTER[self.kind] if self.handed_at else None


@transaction.atomic
def run_due(*, now: datetime) -> int:
    """Do what is due of what follows alerts. Each row asks for the state of the world: who has
    answered, or got no mail, is left alone. Returns how many rows that were. Any number of
    workers may do so at once.
    """
    rows = sql.run(sql.load(__file__, "escalations_due"), {"now": now, "limit": BATCH})
    due = [_Due(*row) for row in rows]
    running = alerts.which_run({one.role_id for one in due})
    due = [one for one in due if one.role_id in running]
    texts: list[_Due] = []
    for one in due:
        if (again := _not_yet(one, now=now)) is not None:
            _wait(one, again)
        elif reason := _needless(one, now=now):
            _end(one, State.DROPPED, reason, now=now)
        elif one.kind == Kind.TEXT:
            texts.append(one)
        else:
            _call(one, _silence(one), now=now)
    if texts:
        _text(texts, now=now)
    return len(due)


def _not_yet(due: _Due, *, now: datetime) -> datetime | None:
    """When to look again, if it is too early to say that the alert brought nothing."""
    if due.message_state in {Message.State.QUEUED, Message.State.SENDING}:
        return now + _NOT_GONE_YET
    if due.due_at is not None and due.due_at > now:
        return due.due_at
    waiting = Hit.objects.filter(message_id=due.message_id or 0, verdict=Hit.Verdict.WAITING)
    return now + _BEING_JUDGED if waiting.exists() else None


def _needless(due: _Due, *, now: datetime) -> str:
    """Why nothing has to follow; blank if something has."""
    if due.message_state not in {Message.State.SENT, Message.State.UNKNOWN}:
        return NOT_SENT
    about_it = Q(message_id=due.message_id, kind__in=_ANSWERS)
    # An answer that names no message of ours is one to whatever came last.
    any_reply = Q(kind=Signal.Kind.REPLIED, at__gte=due.handed_at)
    heard = Signal.objects.filter(about_it | any_reply, candidate=due.candidate_id)
    kinds = set(heard.values_list("kind", flat=True))
    if kinds:
        return NOT_FOR_ME if Signal.Kind.NOT_FOR_ME in kinds else ENGAGED
    if _is_over(due, now=now):
        return TOO_LATE
    return _left_alone(due, now=now)


def _is_over(due: _Due, *, now: datetime) -> bool:
    deadline = Role.objects.values_list("deadline", flat=True).get(pk=due.role_id)
    return deadline is not None and deadline <= now


def _left_alone(due: _Due, *, now: datetime) -> str:
    """Why somebody is not to be approached in any way now; blank if they may be."""
    people = standing.of([due.candidate_id], now=now, purpose=Purpose.ALERT, counting_queued=True)
    who = people[due.candidate_id]
    company = Role.objects.values_list("company", flat=True).get(pk=due.role_id)
    client = off_limits.key(company)
    touch = Touch(Message.Purpose.ALERT, permission=Purpose.ALERT, client=client)
    if barred := gate.conflict(touch, who, now=now):
        return str(barred.reason)
    verdict = gate.judge(touch, who, None, frozenset(), now=now)
    if isinstance(verdict, Refuse) and verdict.reason in gate.FINAL:
        return str(verdict.reason)
    is_away = who.is_paused and (who.paused_until is None or who.paused_until > now)
    return str(Reason.PAUSED) if is_away else ""


def _text(due: Sequence[_Due], *, now: datetime) -> None:
    """Text them if they may be texted by tomorrow, or else ask their recruiter to call."""
    everybody = voices.recipients({one.candidate_id for one in due})
    all_voices = voices.voices()
    roles = Role.objects.in_bulk({one.role_id for one in due})
    template = wordings.templates([Wording.TEXT], now=now)[Wording.TEXT]
    drafts = [
        Draft(
            candidate_id=one.candidate_id,
            purpose=Message.Purpose.ALERT,
            touch=f"role:{one.role_id}/text",
            occurrence=one.occurrence,
            sender_id=all_voices.sender_for(everybody[one.candidate_id], Channel.SMS),
            template_id=template.pk,
            channel=Channel.SMS,
            follows_id=one.message_id,
            valid_until=roles[one.role_id].deadline,
            client=off_limits.key(roles[one.role_id].company),
        )
        for one in due
    ]
    said: list[Considered] = []
    queued: list[tuple[_Due, int]] = []
    for one, considered in zip(due, outbox.consider(drafts, now=now), strict=True):
        draft = considered.draft
        match considered.verdict:
            case Allow():
                person = everybody[one.candidate_id]
                context = {
                    # The gate allowed a draft only if it has a sender.
                    **all_voices.context(person, draft.sender_id or 0, now=now),
                    **wordings.fields(roles[one.role_id]),
                }
                queued.append((one, len(said)))
                said.append(replace(considered, draft=replace(draft, context=context)))
            case Refuse(reason) if reason in gate.FINAL:
                _end(one, State.DROPPED, str(reason), now=now)
            case Later(until, reason) if reason in _BRIEF and _is_by_tomorrow(until, one):
                _wait(one, until, str(reason))
            case Later(_, reason) | Refuse(reason):
                # Written down as what it is: why she did not get a text.
                later = Later(now, reason)
                said.append(replace(considered, verdict=later))
                _call(one, f"{_silence(one)} {_no_text(one.candidate_id, reason)}", now=now)
    messages = outbox.queue(said, now=now)
    for one, at in queued:
        _end(one, State.DONE, TEXTED, message_id=messages.get(at), now=now)


def _is_by_tomorrow(until: datetime, due: _Due) -> bool:
    """Whether a moment is on the day on which the text was due, or on the next, where she is."""
    zones = (due.zone,) if due.zone else plausible_zones(due.country, due.region) or ("UTC",)
    place = ZoneInfo(zones[0])
    since = due.due_at or until
    last = since.astimezone(place).date() + timedelta(days=1)
    return until < datetime.combine(last + timedelta(days=1), time(0), place)


def _no_text(candidate_id: int, reason: str) -> str:
    numbers = ContactPoint.objects.filter(candidate=candidate_id, channel=Channel.SMS)
    if not numbers.exclude(standing=ContactPoint.Standing.DEAD).exists():
        return "We have no number of theirs for a text."
    if reason in {Reason.NO_CONSENT, Reason.CONSENT_FIRST}:
        return "They have not agreed to get texts."
    return f"No text could go. {why_not.because(reason)}"


def _silence(due: _Due) -> str:
    role = Role.objects.get(pk=due.role_id)
    what = "A hot role" if due.kind == Kind.CALL else "A strong match"
    day = f"{due.handed_at:%-d %B}" if due.handed_at else "then"
    return f"{what}, “{role.title}”: no click and no answer to our mail of {day}."


def _call(due: _Due, because: str, *, now: datetime) -> None:
    calls.ask(due.candidate_id, Role.objects.get(pk=due.role_id), because, now=now)
    _end(due, State.DONE, CALL_ASKED, now=now)


def _wait(due: _Due, until: datetime, reason: str = "") -> None:
    Escalation.objects.filter(pk=due.escalation_id).update(due_at=until, reason=reason)


def _end(
    due: _Due,
    state: Escalation.State,
    reason: str,
    *,
    message_id: int | None = None,
    now: datetime,
) -> None:
    Escalation.objects.filter(pk=due.escalation_id).update(
        state=state, due_at=None, reason=reason, message=message_id, state_at=now
    )
