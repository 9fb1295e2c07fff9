"""Notices who took an interest in a role that they were told of, and tells their recruiter."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction

from warmbench.accounts import notifications
from warmbench.accounts.models import Kind, User
from warmbench.accounts.notifications import WHO
from warmbench.messaging import letters
from warmbench.messaging.models import Message
from warmbench.people.models import Channel
from warmbench.signals import follow_ups, reasons, warmth
from warmbench.signals.follow_ups import Evidence
from warmbench.signals.models import FollowUp, Signal
from warmbench.sourcing.escalations import ENGAGED, NOT_FOR_ME
from warmbench.sourcing.models import Alert, AlertCampaign, Escalation, Role

State = Escalation.State

_INTEREST = (Signal.Kind.CLICKED, Signal.Kind.REPLIED)
#: Where a link leads that belongs to one of the roles in a check-in.
_ROLE_LINK = re.compile(r"\{\{-?\s*role_(\d)_link\b")


@transaction.atomic
def engaged(signal_ids: Collection[int], *, now: datetime) -> None:
    """Take note of whoever clicked in an alert, or in the text after it, or answered one.

    What was to follow is dropped, and a call that was asked for is called off. A click puts her
    before her recruiter within the hour; an answer does that by itself. Whoever says that a role
    is nothing for them has answered, too, and is no longer asked. Of roles within a check-in only
    a click on the role's own link tells which one it is. Safe to call twice.
    """
    heard = list(
        Signal.objects.filter(
            pk__in=signal_ids,
            kind__in=[*_INTEREST, Signal.Kind.NOT_FOR_ME],
            message_id__isnull=False,
        ).order_by("at", "pk")
    )
    alerts = _alerts_of({signal.message_id for signal in heard if signal.message_id})
    clicks: defaultdict[int, list[Signal]] = defaultdict(list)
    for signal in heard:
        alert = _about_which(signal, alerts.get(signal.message_id or 0, ()))
        if alert is None:
            continue
        if signal.kind in _INTEREST:
            Alert.objects.filter(pk=alert.pk, engaged_at=None).update(engaged_at=signal.at)
        _drop(alert, ENGAGED if signal.kind in _INTEREST else NOT_FOR_ME, now=now)
        if signal.kind == Signal.Kind.CLICKED:
            clicks[alert.pk].append(signal)
    for told in {one.pk: one for found in alerts.values() for one in found}.values():
        if told.pk in clicks:
            _put_before_a_recruiter(told, clicks[told.pk], now=now)


@transaction.atomic
def voiced(candidate_id: int, role_id: int, *, by_id: int, now: datetime) -> None:
    """Take note of whoever told a recruiter of an interest in a role: what was to follow the alert
    is dropped, and the recruiter of the role hears of it, if that is another one. Nothing, if the
    recruiter took it back meanwhile. Safe to call twice."""
    said_at = _voiced_at(candidate_id, role_id)
    role = Role.objects.filter(pk=role_id).first()
    if said_at is None or role is None:
        return
    alerts = Alert.objects.select_for_update(no_key=True, of=("self",)).select_related("role")
    for alert in alerts.filter(candidate=candidate_id, role=role):
        Alert.objects.filter(pk=alert.pk, engaged_at=None).update(engaged_at=said_at)
        _drop(alert, ENGAGED, now=now)
    if role.owner_id is not None and role.owner_id != by_id:
        name = User.objects.get(pk=by_id).name
        notifications.tell(
            [role.owner_id],
            kind=Kind.ROLE_INTEREST,
            title=f"{WHO} told {name} of an interest in “{role.title}”"[:200],
            path=f"/candidates/{candidate_id}/",
            about=candidate_id,
            key=f"voiced:{role_id}:{candidate_id}",
            now=now,
        )


@transaction.atomic
def forget(candidate_ids: Collection[int], *, now: datetime) -> None:
    """Take back that these people took an interest, where what spoke for it was no person's:
    what was dropped for it is due again."""
    marked = Alert.objects.select_for_update(no_key=True).filter(
        candidate__in=candidate_ids, engaged_at__isnull=False
    )
    for alert in marked.order_by("pk"):
        ours = {alert.message_id, *_texts(alert)}
        left = Signal.objects.filter(
            candidate=alert.candidate_id, message_id__in=ours - {None}, kind__in=_INTEREST
        ).order_by("at")
        heard = next((one.at for one in left if _about_which(one, [alert])), None)
        voiced_at = _voiced_at(alert.candidate_id, alert.role_id)
        first = min(filter(None, [heard, voiced_at]), default=None)
        Alert.objects.filter(pk=alert.pk).update(engaged_at=first)
        is_running = AlertCampaign.objects.filter(
            role=alert.role_id, state=AlertCampaign.State.RUNNING
        ).exists()
        if first is None and is_running:
            dropped = alert.escalations.filter(state=State.DROPPED, reason=ENGAGED)
            dropped.update(state=State.WAITING, due_at=now, reason="", state_at=now)


def _voiced_at(candidate_id: int, role_id: int) -> datetime | None:
    """When somebody told a recruiter of an interest in a role, as it was written down."""
    said = FollowUp.objects.filter(
        candidate=candidate_id, state=FollowUp.State.DONE, effects__role__id=role_id
    )
    return said.order_by("done_at").values_list("done_at", flat=True).first()


def _about_which(signal: Signal, alerts: Iterable[Alert]) -> Alert | None:
    """Which of the alerts in a message a signal of it is about; None if nobody can tell."""
    hers = [one for one in alerts if one.candidate_id == signal.candidate_id]
    if not any(one.place for one in hers):
        return next(iter(hers), None)
    place = _place(signal)
    return next((one for one in hers if one.place == place), None) if place else None


def _place(signal: Signal) -> int:
    """Which of the roles in a check-in the followed link belongs to; 0 for none of them."""
    message = Message.objects.filter(pk=signal.message_id or 0)
    template_id, link = message.values_list("template_id", flat=True).first(), signal.link
    if template_id is None or link is None:
        return 0
    targets = letters.compiled(template_id).links
    named = _ROLE_LINK.search(targets[link]) if link < len(targets) else None
    return int(named[1]) if named else 0


def _alerts_of(message_ids: Collection[int]) -> dict[int, list[Alert]]:
    """The alerts by the messages that tell of them, mails and texts. Locked."""
    mails = Alert.objects.filter(message__in=message_ids).values_list("pk", flat=True)
    texts = Escalation.objects.filter(message__in=message_ids).values_list("alert_id", flat=True)
    found = Alert.objects.select_for_update(no_key=True, of=("self",)).select_related("role")
    by_message: defaultdict[int, list[Alert]] = defaultdict(list)
    for alert in found.filter(pk__in={*mails, *texts}).order_by("pk"):
        for message_id in (alert.message_id, *_texts(alert)):
            if message_id is not None:
                by_message[message_id].append(alert)
    return dict(by_message)


def _texts(alert: Alert) -> list[int]:
    sent = alert.escalations.filter(message__isnull=False)
    return list(sent.values_list("message_id", flat=True))


def _drop(alert: Alert, reason: str, *, now: datetime) -> None:
    waiting = alert.escalations.filter(state=State.WAITING)
    waiting.update(state=State.DROPPED, due_at=None, reason=reason, state_at=now)
    follow_ups.call_off(
        [alert.candidate_id],
        [FollowUp.Reason.CALL],
        note="They have answered since.",
        about=f"role:{alert.role_id}",
        now=now,
    )


def _put_before_a_recruiter(alert: Alert, clicks: list[Signal], *, now: datetime) -> None:
    role, reason = alert.role, FollowUp.Reason.ROLE_INTEREST
    candidate = next(iter(reasons.worth_calling([alert.candidate_id], reason, now=now)), None)
    if candidate is None:
        return  # Opted out since, or erased.
    warm = warmth.of([candidate.pk], now=now)[candidate.pk]
    follow_ups.ask_for(
        candidate.pk,
        reason,
        evidence=[
            Evidence(
                click.at, f"Clicked in {_what(click)} about “{role.title}”", click.pk, _about(role)
            )
            for click in clicks
        ],
        value=reasons.value(reason, warm),
        due_at=reasons.due_for(candidate, reason, now=now),
        now=now,
        otherwise_id=role.owner_id,
    )


def _about(role: Role) -> str:
    return f"role:{role.pk}"


def _what(click: Signal) -> str:
    is_text = Message.objects.filter(pk=click.message_id or 0, channel=Channel.SMS).exists()
    return "the text" if is_text else "the mail"
