"""Writes down how attempts ended: in one commit a batch, with what must follow at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import TypeAlias

from django.db import transaction

from warmbench.core import audit, sql
from warmbench.core.events import Event, publish
from warmbench.messaging import breaker, first_notice
from warmbench.messaging.claim import Claimed
from warmbench.messaging.handover import (
    Accepted,
    Deferred,
    HandOver,
    Kind,
    Rejected,
    Scope,
    Uncertain,
)
from warmbench.messaging.models import Attempt, Message, Sender
from warmbench.people import consent
from warmbench.people.models import Channel, Suppression

#: Waits before the next try; after the last one the message has failed.
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 180, 360, 720))
#: A mail that cannot be written for a reason nobody foresaw is parked after so many tries.
MAX_POISONED = 3
#: How long a mailbox rests whose server cannot be reached.
_REST = timedelta(minutes=5)


class NotStarted(Enum):
    """Why a claimed message was given back without a byte of it having left."""

    STANDING_CHANGED = "After the claim: standing changed, a stop engaged, or it was withdrawn."
    STOPPING = "The worker was asked to stop."
    LATE = "The lease was about to end."
    SENDER_DEFERRED = "The mail server did not take the message before it."


@dataclass(frozen=True, slots=True)
class Poisoned:
    """Writing the mail failed in a way nobody foresaw."""

    error: str


Ending: TypeAlias = HandOver | NotStarted | Poisoned


@dataclass(frozen=True, kw_only=True)
class AddressDied(Event):
    """A mail server said that nobody reads an address of these candidates any more."""

    candidate_ids: list[int]


@dataclass(frozen=True, slots=True)
class _Settled:
    attempt_id: int
    outcome: str
    state: str
    code: int | None
    text: str
    not_before: datetime | None = None

    @property
    def reason(self) -> str:
        """Why the message ended as it did; blank while it has not ended, or went well."""
        if self.state not in {Message.State.FAILED, Message.State.UNKNOWN}:
            return ""
        if self.text.strip():
            return self.text
        # Some servers refuse without a word, and nothing may fail without a reason.
        how = "put it off too often" if self.outcome == Attempt.Outcome.DEFERRED else "rejected it"
        code = f" with code {self.code}" if self.code else ""
        return f"The mail server {how}{code} and gave no reason."


@transaction.atomic
def settle(claimed: Sequence[Claimed], endings: Sequence[Ending], *, now: datetime) -> None:
    """Write down how each claimed message ended.

    What a rejection says of an address or of the sender takes effect in the same commit.
    """
    rows = [_settled(m, ending, now=now) for m, ending in zip(claimed, endings, strict=True)]
    sql.run(
        sql.load(__file__, "settle_attempts"),
        {
            "attempts": [row.attempt_id for row in rows],
            "outcomes": [row.outcome for row in rows],
            "states": [row.state for row in rows],
            "codes": [row.code for row in rows],
            "texts": [row.text.replace("\0", "")[:300] for row in rows],
            "reasons": [row.reason[:200] for row in rows],
            "not_befores": [row.not_before for row in rows],
            "now": now,
        },
    )
    first_notice.note(
        (
            message.message_id
            for message, ending in zip(claimed, endings, strict=True)
            if isinstance(ending, Accepted)
            and first_notice.is_given_by(message.template_id, message.context)
        ),
        now=now,
    )
    _bury(zip(claimed, endings, strict=True), now=now)
    _obey(zip(claimed, endings, strict=True), now=now)
    for sender in {one.sender.pk: one.sender for one in claimed}.values():
        theirs = [e for m, e in zip(claimed, endings, strict=True) if m.sender.pk == sender.pk]
        _judge_sender(sender, theirs, now=now)


@transaction.atomic
def sweep(*, now: datetime) -> int:
    """Take workers whose lease ran out for dead. Returns how many messages became unknown."""
    return sql.run(sql.load(__file__, "sweep_attempts"), {"now": now}).rowcount


@transaction.atomic
def resolve(
    message_id: int, *, has_arrived: bool, by_id: int | None, evidence: str, now: datetime
) -> bool:
    """Say what became of a message of which that was unknown. Returns whether it still was.

    One that did not arrive has failed; it is not sent again by itself.
    """
    state = Message.State.SENT if has_arrived else Message.State.FAILED
    unknown = Message.objects.filter(pk=message_id, state=Message.State.UNKNOWN)
    if not unknown.update(state=state, reason=evidence[:200], state_at=now):
        return False
    if has_arrived:
        message = Message.objects.get(pk=message_id)
        if first_notice.is_given_by(message.template_id, message.context):
            first_notice.note([message_id], now=now)
    detail: dict[str, object] = {"has_arrived": has_arrived}
    audit.record(by_id, "message.resolved", f"message:{message_id}", detail=detail, now=now)
    return True


def _settled(  # noqa: PLR0911 - one return for each ending
    message: Claimed, ending: Ending, *, now: datetime
) -> _Settled:
    outcome, state = Attempt.Outcome, Message.State
    at = message.attempt_id
    match ending:
        case Accepted(code, text):
            return _Settled(at, outcome.ACCEPTED, state.SENT, code, text)
        case Deferred(code, text) if message.tries <= len(BACKOFF):
            again = now + BACKOFF[message.tries - 1]
            return _Settled(at, outcome.DEFERRED, state.QUEUED, code, text, again)
        case Deferred(code, text):
            return _Settled(at, outcome.DEFERRED, state.FAILED, code, text)
        case Rejected(code, text, kind):
            return _Settled(at, _OUTCOME[kind], state.FAILED, code, text)
        case Uncertain(text):
            return _Settled(at, outcome.UNKNOWN, state.UNKNOWN, None, text)
        case NotStarted():
            return _Settled(at, outcome.NOT_STARTED, state.QUEUED, None, ending.value, now)
        case Poisoned(error) if message.tries < MAX_POISONED:
            again = now + timedelta(minutes=1)
            return _Settled(at, outcome.DEFERRED, state.QUEUED, None, error, again)
        case Poisoned(error):
            text = f"The mail could not be written ({error})."
            return _Settled(at, outcome.REJECTED, state.FAILED, None, text)


_OUTCOME = {
    Kind.ADDRESS_DEAD: Attempt.Outcome.ADDRESS_DEAD,
    Kind.POLICY: Attempt.Outcome.POLICY,
    Kind.OPTED_OUT: Attempt.Outcome.REJECTED,
    Kind.OTHER: Attempt.Outcome.REJECTED,
}


def _bury(ended: Iterable[tuple[Claimed, Ending]], *, now: datetime) -> None:
    dead = {
        message.message_id: (message.address, ending.text)
        for message, ending in ended
        if isinstance(ending, Rejected) and ending.kind is Kind.ADDRESS_DEAD
    }
    concerned: list[int] = []
    # Whoever was erased while it was on its way leaves no address behind.
    for message_id in Message.objects.filter(pk__in=dead).values_list("pk", flat=True):
        address, said = dead[message_id]
        concerned += consent.mark_address_dead(address, evidence=said[:300], now=now)
    if concerned:
        publish(AddressDied(candidate_ids=concerned))


def _obey(ended: Iterable[tuple[Claimed, Ending]], *, now: datetime) -> None:
    """Keep as their own word what a provider knows of people who opted out of texts with it."""
    for message, ending in ended:
        if isinstance(ending, Rejected) and ending.kind is Kind.OPTED_OUT:
            told_of_opt_out(message.candidate_id, message.address, ending.text, now=now)


def told_of_opt_out(candidate_id: int, number: str, said: str, *, now: datetime) -> None:
    """Send no more texts to somebody of whom a provider tells that she opted out with it."""
    consent.suppress(
        candidate_id,
        reason=Suppression.Reason.UNSUBSCRIBED,
        evidence=f"{consent.BY_TEXT} the provider says {said}"[:300],
        address=number,
        channel=Channel.SMS,
        now=now,
    )


def _judge_sender(sender: Sender, endings: Sequence[Ending], *, now: datetime) -> None:
    """Count what the endings say about the mailbox, and stop it when it does harm."""
    row = Sender.objects.filter(pk=sender.pk)
    if any(isinstance(e, Deferred) and e.scope is Scope.SENDER for e in endings):
        row.update(next_send_at=now + _REST)
    harmful = {Kind.ADDRESS_DEAD, Kind.POLICY}
    rejections = [e for e in endings if isinstance(e, Rejected) and e.kind in harmful]
    if not rejections:
        if sender.policy_rejections and any(isinstance(e, Accepted) for e in endings):
            row.update(policy_rejections=0)
        return
    breaker.check(sender.pk, [e.text for e in rejections if e.kind is Kind.POLICY], now=now)
