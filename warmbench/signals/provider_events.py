"""Acts on what mail providers told us of our mails: once each, in whatever order it came."""

import json
import logging
from datetime import datetime

from django.db import transaction
from django.db.models import F

from warmbench.accounts.models import Organisation
from warmbench.core import tokens
from warmbench.core.deadlocks import gives_way
from warmbench.core.fence import attempt
from warmbench.core.tokens import Purpose
from warmbench.messaging import provider_events, returns, unseen
from warmbench.messaging.inbound import matching
from warmbench.messaging.models import Message, ProviderEvent, Return
from warmbench.messaging.returns import Told
from warmbench.people import consent
from warmbench.people.models import Suppression
from warmbench.signals import record, wishes
from warmbench.signals.models import Hit, Signal
from warmbench.signals.record import SignalDraft

logger = logging.getLogger(__name__)

#: What fails so often is not tried for ever.
MAX_TRIES = 3
#: Events that are acted on before somebody else may have a turn.
BATCH = 200

Kind, State = ProviderEvent.Kind, ProviderEvent.State


def process(*, now: datetime) -> int:
    """Act on what waits, in the order in which it came. Returns how many that were."""
    waiting = ProviderEvent.objects.filter(state=State.WAITING).order_by("pk")
    ids = list(waiting.values_list("pk", flat=True)[:BATCH])
    for event_id in ids:
        outcome = attempt(take, event_id, now=now)
        if isinstance(outcome, Exception):
            logger.error(
                "provider event failed", exc_info=outcome, extra={"provider_event": event_id}
            )
            mine = ProviderEvent.objects.filter(pk=event_id, state=State.WAITING)
            mine.update(tries=F("tries") + 1)
            mine.filter(tries__gte=MAX_TRIES).update(state=State.FAILED)
    return len(ids)


@gives_way
@transaction.atomic
def take(event_id: int, *, now: datetime) -> None:
    """Act on one event, unless somebody did or is about to, all in one commit."""
    locked = ProviderEvent.objects.select_for_update(no_key=True, skip_locked=True)
    event = locked.filter(pk=event_id, state=State.WAITING).first()
    if event is None:
        return
    message = _message(event, now=now)
    match event.kind:
        case Kind.COMPLAINED:
            _complained(event, message, now=now)
        case Kind.UNSUBSCRIBED:
            for candidate_id, _ in _concerned(event, message):
                wishes.stop(candidate_id, message_id=message.pk if message else 0, now=now)
        case Kind.BOT_CLICKED | Kind.BOT_OPENED:
            _visited(event, message, now=now)
        case _ if message:
            returns.record(message, _told(event), now=now)
        case _:
            # Whoever has an account there may send other mail from it: that is not our business.
            logger.info("not of our mails", extra={"provider_event": event_id})
    ProviderEvent.objects.filter(pk=event_id).update(
        state=State.DONE, recipient="", said="", label="", message_id_header=""
    )


def _message(event: ProviderEvent, *, now: datetime) -> Message | None:
    """The message that an event is about: by our own name for the mail, else by its header."""
    if ids := tokens.read_address(Purpose.BOUNCE, event.label, now=now):
        return Message.objects.filter(pk=ids[0]).first()
    return matching.of_message_id(event.message_id_header)


def _concerned(event: ProviderEvent, message: Message | None) -> list[tuple[int, str]]:
    """Who wants no more mail. A stop too many does no harm, so an address will do."""
    if message:
        return [(message.candidate_id, message.address)]
    return matching.of_addresses([event.recipient])


def _complained(event: ProviderEvent, message: Message | None, *, now: datetime) -> None:
    if message:
        returns.record(message, _told(event), now=now)
    for candidate_id, address in _concerned(event, message):
        if not message:
            consent.suppress(
                candidate_id,
                reason=Suppression.Reason.COMPLAINED,
                evidence=f"Complaint, told by {event.source}",
                address=address,
                now=now,
            )
        draft = SignalDraft(
            candidate_id=candidate_id,
            kind=Signal.Kind.COMPLAINED,
            grade=Signal.Grade.CERTAIN,
            at=event.at,
            key=f"complained:event:{event.pk}",
            message_id=message.pk if message else None,
        )
        record.record([draft], now=now)


def _visited(event: ProviderEvent, message: Message | None, *, now: datetime) -> None:
    """Keep a machine's visit that a provider tells of, as if it had come to us."""
    told = json.loads(event.said or "{}")
    link = tokens.read(Purpose.CLICK, told.get("token", ""), now=now)
    is_open = event.kind == Kind.BOT_OPENED
    if message is None or (not is_open and (link is None or link[0] != message.pk)):
        return
    organisation = Organisation.objects.first()
    if is_open and not (
        organisation and unseen.may_have_picture(organisation, message.candidate_id, now=now)
    ):
        return
    Hit.objects.create(
        candidate_id=message.candidate_id,
        message_id=message.pk,
        kind=Hit.Kind.OPEN if is_open else Hit.Kind.CLICK,
        link=0 if is_open or link is None else link[1],
        method="GET",
        at=event.at,
        agent=told.get("agent", ""),
        network=told.get("network", ""),
        system=told.get("system", ""),
        flags=["provider_bot"],
    )


def _told(event: ProviderEvent) -> Told:
    kind = {
        Kind.DELIVERED: Return.Kind.DELIVERED,
        Kind.COMPLAINED: Return.Kind.COMPLAINED,
    }.get(Kind(event.kind), Return.Kind.BOUNCED)
    verdict = None
    if kind == Return.Kind.BOUNCED:
        verdict = Return.Verdict(provider_events.verdict_of(event).value)
    return Told(
        kind,
        source=event.source,
        event_id=event.event_id,
        at=event.at,
        text=event.said,
        verdict=verdict,
        # A provider that only waits tells of it too, and tries again by itself.
        is_final=event.kind != Kind.DEFERRED,
    )
