"""Reads what became of the alerts about a role: each in words, and each wave in numbers."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet

from warmbench.messaging.models import Message
from warmbench.people import fact_words
from warmbench.people.models import CandidateFact, Tag
from warmbench.sourcing import endings
from warmbench.sourcing.models import Alert, Escalation, Role

State = Alert.State
Sent = Message.State

#: Ids, or a question for them.
_Ids = Collection[int] | QuerySet[Alert, Any]

#: The alerts that are under way: not written yet, or in the outbox.
WAITING = Q(state=State.WAITING) | Q(message__state__in=[Sent.QUEUED, Sent.SENDING])
#: What a list of alerts can be narrowed to, each with its name.
KINDS: dict[str, tuple[str, Q]] = {
    "waiting": ("On their way", WAITING),
    "sent": ("Sent", Q(message__state=Sent.SENT)),
    "engaged": ("Engaged", Q(engaged_at__isnull=False)),
    "unsent": (
        "Not sent",
        Q(state__in=[State.REFUSED, State.WITHDRAWN])
        | Q(message__state__in=[Sent.REFUSED, Sent.CANCELLED, Sent.FAILED, Sent.UNKNOWN]),
    ),
}


@dataclass(frozen=True)
class Follows:
    """What follows an alert, or followed it: a text or a call."""

    what: str
    #: waiting, done or dropped, as ``Escalation.State`` has it.
    state: str
    at: datetime
    because: str
    message_id: int | None


@dataclass(frozen=True)
class Fate:
    """One alert, and what came of it."""

    alert: Alert
    #: A word for a badge, and the colour it has.
    label: str
    badge: str
    #: Why it waits or was not sent.
    because: str
    #: Not before this moment, while it waits; when it was sent, afterwards.
    at: datetime | None
    skills: list[str]
    #: Whether that moment is still to come.
    is_ahead: bool
    follows: list[Follows] = field(default_factory=list)
    #: What does not fit, in the person's own words.
    not_for_me: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Wave:
    """People who were chosen together, and what came of it."""

    number: int
    at: datetime
    people: int
    sent: int
    engaged: int
    unsent: int


def of(alerts: Sequence[Alert]) -> list[Fate]:
    """What became of these alerts, in their order."""
    names = dict(
        Tag.objects.filter(pk__in={pk for alert in alerts for pk in alert.matched}).values_list(
            "pk", "name"
        )
    )
    follows = _follows([alert.pk for alert in alerts])
    told = {one.message_id: one.candidate_id for one in alerts if one.message_id}
    wrong = _not_for_me(set(told.values()), set(told))
    fates = []
    for alert in alerts:
        label, badge, because, at = _standing(alert)
        fates.append(
            Fate(
                alert,
                label,
                badge,
                because,
                at,
                skills=sorted(names[pk] for pk in alert.matched if pk in names),
                is_ahead=alert.next_try_at is not None or _is_queued(alert),
                follows=follows.get(alert.pk, []),
                not_for_me=wrong.get(alert.message_id or 0, []),
            )
        )
    return fates


def waves(role: Role) -> list[Wave]:
    """The waves of a role's alerts, the newest first."""
    rows = (
        Alert.objects.filter(role=role)
        .values("wave")
        .annotate(
            at=Min("made_at"),
            people=Count("pk"),
            sent=Count("pk", filter=KINDS["sent"][1]),
            engaged=Count("pk", filter=KINDS["engaged"][1]),
            unsent=Count("pk", filter=KINDS["unsent"][1]),
        )
        .order_by("-wave")
    )
    return [
        Wave(row["wave"], row["at"], row["people"], row["sent"], row["engaged"], row["unsent"])
        for row in rows
    ]


def counts(role: Role) -> dict[str, int]:
    """How many alerts of a role there are of each kind."""
    asked = {name: Count("pk", filter=which) for name, (_, which) in KINDS.items()}
    return Alert.objects.filter(role=role).aggregate(**asked, all=Count("pk"))


def in_order(alerts: QuerySet[Alert]) -> QuerySet[Alert]:
    """Whoever clicked or answered first, then the newest wave; the best match first."""
    with_all = alerts.select_related("candidate", "message")
    return with_all.order_by(F("engaged_at").desc(nulls_last=True), "-wave", "-score", "pk")


def _is_queued(alert: Alert) -> bool:
    return alert.message is not None and alert.message.state == Sent.QUEUED


def _standing(alert: Alert) -> tuple[str, str, str, datetime | None]:
    """A word for how an alert stands, its colour, why, and the moment that belongs to it."""
    message = alert.message
    if message is None:
        because = endings.because(alert.reason)
        label = str(alert.get_state_display())
        return label, alert.state, because, alert.next_try_at or alert.state_at
    because = endings.because(message.reason)
    at = message.not_before or message.handed_at or message.state_at
    within = " in a check-in" if alert.state == State.MERGED else ""
    if message.state == Sent.QUEUED:
        return f"In the outbox{within}", message.state, because, at
    return f"{message.state.capitalize()}{within}", message.state, because, at


def _follows(alert_ids: Collection[int]) -> dict[int, list[Follows]]:
    found: defaultdict[int, list[Follows]] = defaultdict(list)
    rows = Escalation.objects.filter(alert__in=alert_ids).order_by("alert_id", "state_at", "pk")
    for row in rows:
        found[row.alert_id].append(
            Follows(
                str(row.get_kind_display()),
                row.state,
                row.due_at or row.state_at,
                endings.because(row.reason),
                row.message_id,
            )
        )
    return found


def said_no(role: Role) -> int:
    """How many people said of this role that it is not for them."""
    told = Alert.objects.filter(role=role, message__isnull=False)
    # Asked by the database: of a hundred thousand alerts few were answered so.
    return len(_not_for_me(told.values("candidate"), told.values("message_id")))


def _not_for_me(people: _Ids, messages: _Ids) -> dict[int, list[str]]:
    """What these people said does not fit about these messages to them, as it holds now."""
    kind = CandidateFact.Kind.NOT_FOR_ME
    said = CandidateFact.objects.filter(candidate__in=people, kind=kind, message_id__in=messages)
    latest = said.order_by("candidate", "topic", "-at", "-id").distinct("candidate", "topic")
    found: defaultdict[int, list[str]] = defaultdict(list)
    for fact in latest:
        if fact.value is not None and fact.message_id is not None:
            found[fact.message_id].append(fact_words.of(kind, fact.value))
    return dict(found)
