"""What is told about a message after it was sent, by a mail or by a provider: once each."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from warmbench.core import sql
from warmbench.core.events import publish
from warmbench.messaging import breaker, settling
from warmbench.messaging.models import BounceScore, Message, Return
from warmbench.messaging.settling import AddressDied
from warmbench.people import consent
from warmbench.people.models import Suppression

#: Mailman's model (rules.md D15): points for a day on which an address failed for a while,
#: points that are too many, and after how long without any they are forgotten.
POINTS = 0.5
TOO_MANY = 5.0
FORGOTTEN_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that was told. ``source`` and ``event_id`` make it this one."""

    kind: Return.Kind
    source: str
    event_id: str
    at: datetime
    text: str = ""
    verdict: Return.Verdict | None = None
    #: Whether whoever tried has given up.
    is_final: bool = True


@transaction.atomic
def record(message: Message, told: Told, *, now: datetime) -> bool:
    """Write down what was told of a message, and do what it asks for, in one commit.

    Returns whether it is new: told again, in whatever order, it changes nothing.
    """
    kept = sql.run(
        """
        INSERT INTO message_return (message_id, sender_id, kind, verdict, text, source, event_id,
                                    at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (source, event_id) DO NOTHING
        """,
        [message.pk, message.sender_id, str(told.kind), str(told.verdict or ""), told.text[:500],
         told.source[:40], told.event_id[:150], min(told.at, now)],
    )  # fmt: skip
    if not kept.rowcount:
        return False
    if message.state == Message.State.UNKNOWN:
        # Whoever tells of it has had it.
        evidence = f"{Return.Kind(told.kind).label}: told by {told.source}"
        settling.resolve(message.pk, has_arrived=True, by_id=None, evidence=evidence, now=now)
    if told.kind == Return.Kind.COMPLAINED:
        _complained(message, told, now=now)
    elif told.kind == Return.Kind.BOUNCED and told.is_final:
        _bounced(message, told, now=now)
    return True


def _complained(message: Message, told: Told, *, now: datetime) -> None:
    consent.suppress(
        message.candidate_id,
        reason=Suppression.Reason.COMPLAINED,
        evidence=f"{told.source}: {told.text}"[:300],
        address=message.address,
        now=now,
    )
    _judge_sender(message, [], now=now)


def _bounced(message: Message, told: Told, *, now: datetime) -> None:
    match told.verdict:
        case Return.Verdict.ADDRESS_DEAD:
            _bury(message.address, told.text, now=now)
            _judge_sender(message, [], now=now)
        case Return.Verdict.POLICY:
            # Our fault: it says nothing about the candidate (rules.md D16).
            _judge_sender(message, [told.text], now=now)
        case _:
            _count(message.address, told.text, now=now)


def _bury(address: str, said: str, *, now: datetime) -> None:
    concerned = consent.mark_address_dead(address, evidence=said[:300], now=now)
    if concerned:
        publish(AddressDied(candidate_ids=concerned))


def _count(address: str, said: str, *, now: datetime) -> None:
    """Score an address that failed for a while; too much of that, and it is dead."""
    today = now.date()
    score = BounceScore.objects.select_for_update(no_key=True).filter(pk=address).first()
    if score is None:
        score = BounceScore(address=address, score=0.0, last_on=today - FORGOTTEN_AFTER)
    if score.last_on == today:
        return
    kept = 0.0 if today - score.last_on >= FORGOTTEN_AFTER else score.score
    score.score, score.last_on = kept + POINTS, today
    BounceScore.objects.update_or_create(
        pk=address, defaults={"score": score.score, "last_on": score.last_on}
    )
    if score.score >= TOO_MANY:
        _bury(address, f"It failed day after day, at last: {said}", now=now)


def _judge_sender(message: Message, policy_texts: list[str], *, now: datetime) -> None:
    if message.sender_id is not None:
        breaker.check(message.sender_id, policy_texts, now=now)
