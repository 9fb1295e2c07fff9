"""Decides whether people are told of a role: its campaign begins, rests, goes on and ends."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Max

from warmbench.core import audit, sql
from warmbench.messaging import outbox, reasons
from warmbench.messaging.models import Message
from warmbench.messaging.verdict import Reason
from warmbench.people.models import Candidate
from warmbench.signals import follow_ups
from warmbench.signals.models import FollowUp
from warmbench.sourcing import matching
from warmbench.sourcing.models import HOT, Alert, AlertCampaign, Escalation, Role

State = AlertCampaign.State

#: Between two waves: what the first answers say should be known before more people hear.
BETWEEN_WAVES = timedelta(days=1)
#: Nothing else is written to somebody who is to hear of a role within so long.
PROMISED_FOR = timedelta(days=7)
#: What should have been written so long ago is held up by something else.
_OVERDUE = timedelta(days=3)
#: What settles with time alone. Whoever waits for anything else is promised nothing: nurture
#: would wait for a person to act.
TIMELY = frozenset(
    {
        *("", Reason.BUDGET, Reason.ALERT_GAP, Reason.WINDOW),
        *(Reason.QUIET_HOURS, Reason.RHYTHM, Reason.SENDER_CAP, Reason.OUTRANKED),
    }
)
#: The client's deadline was over before she could be told.
DEADLINE_OVER = "deadline_over"
#: She, or the role, changed before she could be told.
FITS_NO_MORE = "fits_no_more"
#: A system of record knows that she is, or was, in the process for it.
IN_PROCESS = "in_process"

#: What may be over by the time that somebody asks again, and is asked about by the gate anew.
_PASSING = frozenset({Reason.EXPIRED, Reason.OWNER_CHANGED, Reason.OWNER_INACTIVE})
#: What somebody lacks or is at one time, and not at another.
_MAY_CHANGE = frozenset(
    {
        *(Reason.NO_CONSENT, Reason.CONSENT_FIRST, Reason.CONSENT_EXPIRED),
        *(Reason.IMPLIED_EXPIRED, Reason.NOTICE_OVERDUE, Reason.NO_ADDRESS),
        *(Reason.PLACED, Reason.HIRED, Reason.APPLIED),
        *(Reason.OFF_LIMITS, Reason.CLIENT_CONFLICT),
    }
)
#: More changed people than this at once come in with an import: asking role by role is cheaper,
#: and once for all that come within so long.
_MANY = 200
_GATHERED_FOR = timedelta(minutes=15)


@transaction.atomic
def start(
    role_id: int,
    *,
    threshold: int,
    strong_from: int,
    wave_size: int,
    by_id: int | None,
    now: datetime,
) -> bool:
    """Begin to tell people of an open role, or go on with other numbers: the first wave is due
    at once. Returns False if the role is not open."""
    role = _locked(role_id)
    if role.state != Role.State.OPEN:
        return False
    numbers = {"threshold": threshold, "strong_from": strong_from, "wave_size": wave_size}
    begun = {**numbers, "state": State.RUNNING, "next_wave_at": now}
    known = AlertCampaign.objects.filter(role=role_id)
    if known.update(**begun):
        _let_go_on(role_id, now=now)
    else:
        AlertCampaign.objects.create(role=role, started_at=now, started_by_id=by_id, **begun)
    audit.record(by_id, "alerts.started", f"role:{role_id}", now=now, detail={**numbers})
    return True


@transaction.atomic
def pause(role_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Tell nobody of a role for now. Returns False if nobody was to be told.

    What is queued is taken back, and written anew when the campaign goes on. What a recruiter
    was to call about it is called off.
    """
    running = AlertCampaign.objects.filter(role=role_id, state=State.RUNNING)
    if not running.update(state=State.PAUSED, next_wave_at=None):
        return False
    _wait_for_those_at_work(role_id)
    _withdraw_messages(role_id, reason=Reason.ROLE_ON_HOLD, now=now)
    _call_off(role_id, note=reasons.because(Reason.ROLE_ON_HOLD), now=now)
    audit.record(by_id, "alerts.paused", f"role:{role_id}", now=now)
    return True


@transaction.atomic
def resume(role_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Let a paused campaign go on, with its next wave when it would have been due. Returns False
    if there is none, or the role is not open."""
    role = _locked(role_id)
    paused = AlertCampaign.objects.filter(role=role_id, state=State.PAUSED)
    due = _next_wave(role_id, now)
    if role.state != Role.State.OPEN or not paused.update(state=State.RUNNING, next_wave_at=due):
        return False
    _let_go_on(role_id, now=now)
    audit.record(by_id, "alerts.resumed", f"role:{role_id}", now=now)
    return True


@transaction.atomic
def stop(
    role_id: int, *, by_id: int | None, now: datetime, reason: Reason = Reason.ROLE_ENDED
) -> bool:
    """Tell nobody of a role any more: from the commit on no hand-over of an alert about it
    begins. Returns False if nobody was to be told.

    Escalations are dropped, and what a recruiter was to call about it is called off. What people
    who took an interest are owed stays.
    """
    # Each of these waits for whoever is at work on the same rows and then sees what they wrote:
    # a wave, those who write alerts, those who follow them up.
    known = AlertCampaign.objects.filter(role=role_id).exclude(state=State.ENDED)
    if not known.update(state=State.ENDED, next_wave_at=None):
        return False
    waiting = Alert.objects.filter(role=role_id, state=Alert.State.WAITING)
    waiting.update(state=Alert.State.WITHDRAWN, next_try_at=None, reason=str(reason), state_at=now)
    Escalation.objects.filter(alert__role=role_id, state=Escalation.State.WAITING).update(
        state=Escalation.State.DROPPED, due_at=None, reason=str(reason), state_at=now
    )
    _withdraw_messages(role_id, reason=reason, now=now)
    _call_off(role_id, note=reasons.because(reason), now=now)
    audit.record(by_id, "alerts.stopped", f"role:{role_id}", now=now)
    return True


@transaction.atomic
def spare(candidate_ids: Collection[int], *, reason: str, now: datetime) -> int:
    """Withdraw what these people were to hear of any role. Returns how many alerts that were."""
    waiting = Alert.objects.filter(candidate__in=candidate_ids, state=Alert.State.WAITING)
    spared = waiting.update(
        state=Alert.State.WITHDRAWN, next_try_at=None, reason=reason[:80], state_at=now
    )
    Escalation.objects.filter(candidate__in=candidate_ids, state=Escalation.State.WAITING).update(
        state=Escalation.State.DROPPED, due_at=None, reason=reason[:80], state_at=now
    )
    return spared


@transaction.atomic
def leave_out(role_id: int, candidate_ids: Collection[int], *, now: datetime) -> None:
    """Tell these people nothing of a role any more: they are in the process for it. What is queued
    about it is taken back, and who was to call them need not."""
    theirs = Alert.objects.filter(role=role_id, candidate__in=candidate_ids)
    theirs.filter(state=Alert.State.WAITING).update(
        state=Alert.State.WITHDRAWN, next_try_at=None, reason=IN_PROCESS, state_at=now
    )
    followed = Escalation.objects.filter(alert__in=theirs, state=Escalation.State.WAITING)
    followed.update(state=Escalation.State.DROPPED, due_at=None, reason=IN_PROCESS, state_at=now)
    struck = {"role": role_id, "candidates": list(candidate_ids), "reason": IN_PROCESS, "now": now}
    sql.run(sql.load(__file__, "alerts_strike"), struck)
    outbox.withdraw(_message_ids(role_id, candidate_ids), reason=Reason.APPLIED, now=now)
    follow_ups.call_off(
        sorted(candidate_ids),
        [FollowUp.Reason.CALL],
        note=reasons.because(Reason.APPLIED),
        now=now,
        about=f"role:{role_id}",
    )


def which_run(role_ids: Collection[int]) -> set[int]:
    """Of which of these roles people are told now. Asked once their alerts are locked: a campaign
    that paused since they were looked for does not touch them."""
    campaigns = AlertCampaign.objects.filter(
        role__in=role_ids, state=State.RUNNING, role__state=Role.State.OPEN
    )
    return set(campaigns.values_list("role_id", flat=True))


class Promise(NamedTuple):
    """That somebody is about to hear of a role: how well it fits now, from when on, and since
    when they wait for it."""

    candidate_id: int
    level: str
    at: datetime
    touch: str
    since: datetime


def promised(candidate_ids: Collection[int], *, now: datetime) -> dict[int, list[Promise]]:
    """Who of these people is about to hear of which roles, the soonest first: what matters less
    comes after it."""
    values = {
        "ids": list(candidate_ids),
        "now": now,
        "hot_until": now + HOT,
        "since": now - _OVERDUE,
        "until": now + PROMISED_FOR,
        "timely": sorted(TIMELY),
    }
    found: defaultdict[int, list[Promise]] = defaultdict(list)
    for row in sql.run(sql.load(__file__, "alerts_promised"), values):
        promise = Promise(*row)
        found[promise.candidate_id].append(promise)
    return dict(found)


@transaction.atomic
def late_comers(candidate_ids: Collection[int], *, now: datetime) -> None:
    """Let people who changed join the campaigns of the roles that they fit now: they come with
    the next wave, which is planned if none was. Whoever did not fit any more is looked at again."""
    if candidate_ids:
        _take_up({FITS_NO_MORE}, candidates=candidate_ids, now=now)
    resting = AlertCampaign.objects.filter(
        state=State.RUNNING, next_wave_at=None, role__state=Role.State.OPEN
    )
    idle = set(resting.values_list("role_id", flat=True))
    if not idle or not candidate_ids:
        return
    soonest = now + _GATHERED_FOR
    if len(candidate_ids) <= _MANY:
        soonest = now
        fitting = matching.roles_for(candidate_ids, now=now)
        idle &= {one.role_id for roles in fitting.values() for one in roles}
    for role_id in sorted(idle):
        resting.filter(role=role_id).update(next_wave_at=_next_wave(role_id, soonest))


@transaction.atomic
def ask_again(candidate_ids: Collection[int], *, now: datetime) -> int:
    """Try once more where people could not be told of a role that is still open: they lacked a
    permission, a notice or an address, were spoken for, or off limits. Returns how many alerts
    wait again."""
    bench = (Candidate.Status.PASSIVE, Candidate.Status.OPEN, Candidate.Status.SEARCHING)
    free = Candidate.objects.filter(pk__in=candidate_ids, status__in=bench)
    ids = list(free.values_list("pk", flat=True))
    return _take_up(_MAY_CHANGE, candidates=ids, now=now) if ids else 0


@transaction.atomic
def retry(*, now: datetime) -> int:
    """Let alerts wait again that were written and could not go in time: the role is still open.
    Returns how many (rules.md R7). So do those whose check-in did not go, whatever kept it."""
    merged = sql.run(sql.load(__file__, "alerts_unmerge"), {"now": now}).rowcount
    return merged + _take_up(_PASSING | {Reason.ROLE_ON_HOLD}, now=now)


@transaction.atomic
def follow(role_id: int, *, now: datetime) -> None:
    """Let a running campaign follow a role that was edited: others may fit it now, or again, and
    a later deadline lets people hear of it who could not."""
    running = AlertCampaign.objects.filter(role=role_id, state=State.RUNNING, next_wave_at=None)
    running.filter(role__state=Role.State.OPEN).update(next_wave_at=now)
    role = Role.objects.get(pk=role_id)
    if role.deadline is None or role.deadline > now:
        _take_up({DEADLINE_OVER, FITS_NO_MORE}, role=role_id, now=now)


def _locked(role_id: int) -> Role:
    return Role.objects.select_for_update(no_key=True).get(pk=role_id)


def _next_wave(role_id: int, soonest: datetime) -> datetime:
    """When people may be told next, and not sooner than this."""
    last = Alert.objects.filter(role=role_id).aggregate(at=Max("made_at"))["at"]
    return max(soonest, last + BETWEEN_WAVES) if last else soonest


def _let_go_on(role_id: int, *, now: datetime) -> None:
    outbox.release(_message_ids(role_id))
    again = {Reason.ROLE_ON_HOLD, Reason.ROLE_ENDED, DEADLINE_OVER, FITS_NO_MORE}
    _take_up(again, role=role_id, now=now)
    unsent = [Message.State.CANCELLED, Message.State.REFUSED]
    texts = Escalation.objects.filter(
        alert__role=role_id,
        state=Escalation.State.DONE,
        message__state__in=unsent,
        message__reason=Reason.ROLE_ON_HOLD,
    )
    texts.update(state=Escalation.State.WAITING, due_at=now, reason="", message=None, state_at=now)


def _wait_for_those_at_work(role_id: int) -> None:
    """Let those end who write alerts of a role, or follow them up: what they wrote is seen then."""
    waiting = Alert.objects.filter(role=role_id, state=Alert.State.WAITING)
    followed = Escalation.objects.filter(alert__role=role_id, state=Escalation.State.WAITING)
    list(waiting.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    list(followed.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk"))


def _take_up(
    reasons: Collection[str], *, now: datetime, role: int = 0, candidates: Collection[int] = ()
) -> int:
    """Let alerts of running campaigns wait again that did not go for one of these reasons."""
    values = {
        "reasons": sorted(str(reason) for reason in reasons),
        "role": role,
        "candidates": list(candidates),
        "now": now,
    }
    return sql.run(sql.load(__file__, "alerts_take_up"), values).rowcount


def _withdraw_messages(role_id: int, *, reason: Reason, now: datetime) -> None:
    # A check-in that waits goes without the role. One that is on its way cannot be changed any
    # more: it does not go.
    struck = {"role": role_id, "candidates": [], "reason": str(reason), "now": now}
    sql.run(sql.load(__file__, "alerts_strike"), struck)
    outbox.withdraw(_message_ids(role_id), reason=reason, now=now)


def _message_ids(role_id: int, candidate_ids: Collection[int] | None = None) -> list[int]:
    """The messages about a role that may not have gone yet, to anybody or to these people."""
    mails = Alert.objects.filter(role=role_id, message__isnull=False)
    texts = Escalation.objects.filter(alert__role=role_id, message__isnull=False)
    if candidate_ids is not None:
        mails = mails.filter(candidate__in=candidate_ids)
        texts = texts.filter(candidate__in=candidate_ids)
    known = {
        *mails.values_list("message_id", flat=True),
        *texts.values_list("message_id", flat=True),
    }
    alive = Message.objects.filter(
        pk__in=known, state__in=[Message.State.QUEUED, Message.State.SENDING]
    )
    return sorted(alive.values_list("pk", flat=True))


def _call_off(role_id: int, *, note: str, now: datetime) -> None:
    told = Escalation.objects.filter(alert__role=role_id).values_list("candidate_id", flat=True)
    follow_ups.call_off(
        sorted(set(told)), [FollowUp.Reason.CALL], note=note, now=now, about=f"role:{role_id}"
    )
