"""The outbox: the only way to write to a person."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from warmbench.core import sql, standstill
from warmbench.messaging import gate, inspection, standing, written
from warmbench.messaging.inspection import Asked
from warmbench.messaging.known import Standing, Touch
from warmbench.messaging.models import Decision, Message, Withdrawal
from warmbench.messaging.verdict import Allow, Later, Reason, Refuse, Verdict
from warmbench.people.models import Channel

#: A touch that could not go for this long is not flushed late but refused (rules.md R7).
VALIDITY = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Draft:
    """One touch as its author wants it. The first five fields make it this touch and no other."""

    candidate_id: int
    purpose: str
    touch: str
    occurrence: int
    sender_id: int | None
    template_id: int | None = None
    context: dict[str, str] = field(default_factory=dict)
    sequence_id: int | None = None
    sequence_version: int | None = None
    channel: str = Channel.EMAIL
    #: The message that it follows, as part of the same approach.
    follows_id: int | None = None
    #: Too late after this, if that is sooner than ``VALIDITY``.
    valid_until: datetime | None = None
    #: The client whose role it tells of, by the key of ``people.off_limits``.
    client: str = ""
    #: The mail or text that a person answers with it, and when that was written: ``written.last``.
    answers_id: int | None = None
    answers_at: datetime | None = None
    #: Of one that waits in the queue itself, and is not asked for again: not before this.
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Considered:
    """A draft and what the last gate says of it now."""

    draft: Draft
    verdict: Verdict
    #: What the message has to say of where her data come from; empty once she was told.
    notice: Mapping[str, str] = field(default_factory=dict)
    #: What the gate knew; None if it is not the gate's verdict.
    asked: Asked | None = None


class Ruled(NamedTuple):
    """A verdict that is to be written down."""

    candidate_id: int
    message_id: int | None
    touch: str
    verdict: Verdict
    asked: Asked | None = None


def consider(drafts: Sequence[Draft], *, now: datetime) -> list[Considered]:
    """Ask the last gate about many drafts at once, each knowing of the ones before it:
    two drafts to one person in one batch share her budget, and a sender's room shrinks."""
    standings = {
        (channel, permission): standing.of(
            {d.candidate_id for d in drafts if _asks(d) == (channel, permission)},
            now=now,
            channel=channel,
            purpose=permission,
            counting_queued=True,
        )
        for channel, permission in {_asks(d) for d in drafts}
    }
    followed = _handed_at({d.follows_id for d in drafts if d.follows_id})
    wrote_from = written.addresses([d.answers_id for d in drafts if d.answers_id])
    wanted = {d.sender_id for d in drafts if d.sender_id}
    senders = standing.sender_states(wanted, now=now, counting_queued=True)
    switches = standing.switches(now=now)
    room = {sender_id: sender.room for sender_id, sender in senders.items()}
    still_to_come = Counter(draft.candidate_id for draft in drafts)
    considered = []
    for draft in drafts:
        person = standings[_asks(draft)][draft.candidate_id]
        if draft.answers_id:
            person = written.at(wrote_from.get((draft.candidate_id, draft.answers_id)), person)
        sender = senders.get(draft.sender_id or 0)
        touch = Touch(
            draft.purpose,
            draft.channel,
            draft.sequence_id,
            draft.valid_until,
            permission=gate.permission_for(draft.purpose),
            follows_at=followed.get(draft.follows_id or 0),
            answers_at=draft.answers_at,
            client=draft.client,
        )
        verdict = gate.judge(touch, person, sender, switches, now=now)
        asked = Asked(touch, person, sender, switches)
        still_to_come[draft.candidate_id] -= 1
        if isinstance(verdict, Allow) and sender is not None:
            # Only where a later draft could see the difference: copies are half of the time.
            if still_to_come[draft.candidate_id]:
                _count_contact(draft, standings.values(), now=now)
            room[sender.sender_id] -= 1
            if not room[sender.sender_id]:
                senders[sender.sender_id] = replace(sender, room=0)
        notice = gate.notice(touch, person, now=now)
        considered.append(Considered(draft, verdict, notice, asked))
    return considered


def _asks(draft: Draft) -> tuple[str, str]:
    """On which channel, and with which permission."""
    return draft.channel, gate.permission_for(draft.purpose)


def _handed_at(message_ids: Collection[int]) -> dict[int, datetime]:
    if not message_ids:
        return {}
    handed = Message.objects.filter(pk__in=message_ids, handed_at__isnull=False)
    return {pk: at for pk, at in handed.values_list("pk", "handed_at") if at}


def _count_contact(
    draft: Draft, standings: Iterable[dict[int, Standing]], *, now: datetime
) -> None:
    """Let the drafts that follow know of one more touch, whatever they ask about."""
    for people in standings:
        if person := people.get(draft.candidate_id):
            people[draft.candidate_id] = gate.touched(person, draft.purpose, now=now)


@transaction.atomic
def queue(considered: Sequence[Considered], *, now: datetime) -> dict[int, int]:
    """Write the allowed drafts as queued messages and the refused ones as refusals, each
    verdict as a decision. Returns the new message ids by position in ``considered``.

    A touch that exists already is left as it is. A draft that is to wait leaves a decision
    and nothing else: whoever asked asks again. Only what has a ``not_before`` waits in the queue.
    """
    written = [(at, item) for at, item in enumerate(considered) if _is_written(item)]
    ids = _insert([item for _, item in written], now=now)
    by_position = {
        at: ids[key]
        for at, item in written
        if (key := (item.draft.candidate_id, item.draft.touch, item.draft.occurrence)) in ids
    }
    record_decisions(
        [
            Ruled(
                item.draft.candidate_id,
                by_position.get(at),
                item.draft.touch,
                item.verdict,
                # What the gate knew of a message that goes is kept when it is claimed.
                None if isinstance(item.verdict, Allow) else item.asked,
            )
            for at, item in enumerate(considered)
        ],
        stage=Decision.Stage.PLANNING,
        now=now,
    )
    return by_position


def record_decisions(rulings: Sequence[Ruled], *, stage: Decision.Stage, now: datetime) -> None:
    """Write down verdicts, with what the gate knew. In a forecast only those that let nothing go,
    which it counts: the others would be most of what it writes."""
    if standstill.is_on():
        stopped = (one for one in rulings if not isinstance(one.verdict, Allow))
        rulings = [one._replace(asked=None) for one in stopped]
    if not rulings:
        return
    rows = [
        {
            "candidate_id": one.candidate_id,
            "message_id": one.message_id,
            "touch": one.touch,
            "inputs": inspection.to_json(one.asked) if one.asked else None,
            **_words(one.verdict),
        }
        for one in rulings
    ]
    sql.run(
        sql.load(__file__, "record_decisions"),
        {"verdicts": sql.records(rows), "stage": str(stage), "now": now, "policy": gate.POLICY},
    )


@transaction.atomic
def cancel(candidate_id: int, *, reason: str, now: datetime) -> int:
    """Take back what is queued for a person. Returns how many messages that were."""
    queued = Message.objects.filter(candidate_id=candidate_id, state=Message.State.QUEUED)
    return queued.update(
        state=Message.State.CANCELLED, not_before=None, reason=reason, state_at=now
    )


@transaction.atomic
def withdraw(message_ids: Collection[int], *, reason: Reason, now: datetime) -> int:
    """Take these messages back: what is queued is cancelled, and of what a worker has claimed,
    nothing is handed over any more once this has committed. Returns how many were queued."""
    ids = list(message_ids)
    values = {"messages": ids, "reason": str(reason), "now": now}
    # First: a claim that is being committed makes a queued message one that is being sent.
    sql.run(sql.load(__file__, "withdraw_messages"), values)
    queued = Message.objects.filter(pk__in=ids, state=Message.State.QUEUED)
    return queued.update(
        state=Message.State.CANCELLED, not_before=None, reason=str(reason), state_at=now
    )


def release(message_ids: Collection[int]) -> None:
    """Let messages go that were withdrawn, as far as they were not cancelled yet."""
    Withdrawal.objects.filter(pk__in=message_ids).delete()


@transaction.atomic
def take_back(message_id: int, *, reason: Reason, now: datetime) -> bool:
    """Cancel one message. Returns False if it has left the queue already."""
    queued = Message.objects.filter(pk=message_id, state=Message.State.QUEUED)
    taken = queued.update(
        state=Message.State.CANCELLED, not_before=None, reason=str(reason), state_at=now
    )
    return bool(taken)


def _is_written(item: Considered) -> bool:
    return not isinstance(item.verdict, Later) or item.draft.not_before is not None


def _not_before(item: Considered) -> datetime | None:
    """When it may go first; None for at once."""
    wanted = item.draft.not_before
    if isinstance(item.verdict, Later) and wanted is not None:
        return max(wanted, item.verdict.until)
    return wanted


def _insert(items: Sequence[Considered], *, now: datetime) -> dict[tuple[int, str, int], int]:
    if not items:
        return {}
    drafts = [
        {
            "candidate_id": item.draft.candidate_id,
            "channel": item.draft.channel,
            "purpose": item.draft.purpose,
            "touch": item.draft.touch,
            "occurrence": item.draft.occurrence,
            "sequence_id": item.draft.sequence_id,
            "sequence_version": item.draft.sequence_version,
            "sender_id": item.draft.sender_id,
            "template_id": item.draft.template_id,
            "context": {**item.draft.context, **item.notice},
            "refusal": item.verdict.reason if isinstance(item.verdict, Refuse) else "",
            "follows_id": item.draft.follows_id,
            "valid_until": item.draft.valid_until,
            "answers_id": item.draft.answers_id,
            "client": item.draft.client,
            "not_before": _not_before(item),
        }
        for item in items
    ]
    rows = sql.run(
        sql.load(__file__, "queue_messages"),
        {"drafts": sql.records(drafts), "now": now, "valid_until": now + VALIDITY},
    )
    return {(candidate, touch, occurrence): pk for pk, candidate, touch, occurrence in rows}


def _words(verdict: Verdict) -> dict[str, object]:
    words: dict[str, object] = {"reason": "", "rule": "", "behind": "", "until": None}
    match verdict:
        case Allow():
            return words | {"verdict": Decision.Verdict.ALLOW}
        case Later(until, reason, rule, behind):
            later = {"reason": reason, "rule": rule, "behind": behind, "until": until}
            return words | {"verdict": Decision.Verdict.LATER} | later
        case Refuse(reason, rule):
            return words | {"verdict": Decision.Verdict.REFUSE, "reason": reason, "rule": rule}
