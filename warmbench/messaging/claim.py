"""Claims queued messages for hand-over: under lock, past the last gate, within the cap."""

import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from warmbench.core import sql
from warmbench.core.standstill import still
from warmbench.messaging import gate, mime, outbox, standing, texts, written
from warmbench.messaging.inspection import Asked
from warmbench.messaging.known import SenderState, Standing, Touch
from warmbench.messaging.models import Decision, Sender
from warmbench.messaging.outbox import Ruled
from warmbench.messaging.verdict import Allow, Later, Refuse, Verdict

#: Messages claimed in one commit. A crash leaves at most so many unknown.
BATCH = 48
#: Longer than the ten minutes a mail server may take to answer (RFC 5321 §4.5.3.2.6).
LEASE = timedelta(minutes=15)
_NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker, and nobody else, may hand over until the lease ends."""

    message_id: int
    attempt_id: int
    candidate_id: int
    standing_version: int
    purpose: str
    touch: str
    sequence_id: int | None
    template_id: int
    context: dict[str, str]
    address: str
    message_id_header: str
    tries: int
    sender: Sender


@dataclass(frozen=True, slots=True)
class _Picked:
    sender_id: int
    message_id: int
    candidate_id: int
    purpose: str
    channel: str
    touch: str
    occurrence: int
    sequence_id: int | None
    template_id: int
    context: str
    valid_until: datetime
    tries: int
    follows_at: datetime | None
    withdrawn: str
    answers_id: int | None
    client: str
    queued_at: datetime

    @property
    def permission(self) -> str:
        return gate.permission_for(self.purpose)

    def for_gate(self, wrote_at: Mapping[int, datetime]) -> Touch:
        return Touch(
            self.purpose,
            self.channel,
            self.sequence_id,
            self.valid_until,
            self.permission,
            self.follows_at,
            self.withdrawn,
            wrote_at.get(self.candidate_id) if self.answers_id else None,
            self.client,
            self.queued_at if self.answers_id else None,
        )


def claim(
    *, worker: str, now: datetime, batch: int = BATCH, lease: timedelta = LEASE
) -> list[Claimed]:
    """Claim the next messages of the mailbox that waited longest; empty if nothing can go.

    When this returns, each claimed message is ``sending`` and its attempt is committed, so a
    death from here on leaves an unknown, never a second copy. What the gate stops now is put
    off or refused, with its decision.
    """
    return turn(worker=worker, now=now, batch=batch, lease=lease) or []


@transaction.atomic
def turn(
    *,
    worker: str,
    now: datetime,
    until: datetime | None = None,
    mailboxes: int = 1,
    batch: int = BATCH,
    lease: timedelta = LEASE,
) -> list[Claimed] | None:
    """As ``claim``, of so many mailboxes together, and None if none has anything to send now:
    those that have, and whose messages may not go yet, make an empty list.

    ``batch`` is of each. On a clock that moves in steps, ``until`` is the next one: of a mailbox
    that keeps a distance, as many are claimed as fit before it.
    """
    values = {"now": now, "limit": mailboxes}
    locked = [row[0] for row in sql.run(sql.load(__file__, "lock_senders"), values)]
    if not locked:
        return None
    # Asked anew after the lock: what the locking statement saw of other tables is older.
    states = standing.sender_states(locked, now=now, counting_queued=False)
    _rest([state for state in states.values() if state.room <= 0], now=now)
    senders = {pk: _sender(pk) for pk in locked if states[pk].room > 0}
    limits = {
        pk: min(batch, states[pk].room, _fitting(sender, batch, now, until))
        for pk, sender in senders.items()
    }
    picked = _pick(limits, now=now)
    verdicts, standings = _judge(picked, states, now=now)
    _hold_back(picked, verdicts, now=now)
    allowed = [p for p, verdict in zip(picked, verdicts, strict=True) if isinstance(verdict, Allow)]
    claimed = _begin(allowed, standings, senders, worker=worker, now=now, lease=lease)
    _spend(senders, Counter(one.sender.pk for one in claimed), now=now, until=until)
    return _introduce(claimed, now=now)


@still
def _sender(sender_id: int) -> Sender:
    return Sender.objects.select_related("owner").get(pk=sender_id)


def _fitting(sender: Sender, batch: int, now: datetime, until: datetime | None) -> int:
    """How many messages may go at once, as far as the mailbox's distance goes."""
    if not sender.spacing_max:
        return batch
    return 1 if until is None else max(1, int((until - now) / _distance(sender)))


def _distance(sender: Sender) -> timedelta:
    return timedelta(seconds=(sender.spacing_min + sender.spacing_max) / 2)


def _pick(limits: Mapping[int, int], *, now: datetime) -> list[_Picked]:
    if not limits:
        return []
    values = {"senders": list(limits), "limits": list(limits.values()), "now": now}
    return [_Picked(*row) for row in sql.run(sql.load(__file__, "pick_messages"), values)]


def _judge(
    picked: Sequence[_Picked], senders: Mapping[int, SenderState], *, now: datetime
) -> tuple[list[Verdict], dict[int, Standing]]:
    by_asked = {
        (channel, permission): standing.of(
            {p.candidate_id for p in picked if (p.channel, p.permission) == (channel, permission)},
            now=now,
            channel=channel,
            purpose=permission,
            counting_queued=False,
        )
        for channel, permission in {(p.channel, p.permission) for p in picked}
    }
    switches = standing.switches(now=now) if picked else frozenset[tuple[str, int]]()
    wrote_at = written.last([p.candidate_id for p in picked if p.answers_id])
    wrote_from = written.addresses([p.answers_id for p in picked if p.answers_id])
    #: Of each message, for what comes after the verdict.
    standings: dict[int, Standing] = {}
    verdicts: list[Verdict] = []
    ruled: list[Ruled] = []
    for one in picked:
        person = by_asked[one.channel, one.permission][one.candidate_id]
        if one.answers_id:
            person = written.at(wrote_from.get((one.candidate_id, one.answers_id)), person)
        asked = Asked(one.for_gate(wrote_at), person, senders[one.sender_id], switches)
        verdict = gate.judge(*asked, now=now)
        ruled.append(Ruled(one.candidate_id, one.message_id, one.touch, verdict, asked))
        if isinstance(verdict, Allow):
            for people in by_asked.values():
                if who := people.get(one.candidate_id):
                    people[one.candidate_id] = gate.touched(who, one.purpose, now=now)
        verdicts.append(verdict)
        standings[one.message_id] = person
    if ruled:
        outbox.record_decisions(ruled, stage=Decision.Stage.CLAIM, now=now)
    return verdicts, standings


def _hold_back(picked: Sequence[_Picked], verdicts: Sequence[Verdict], *, now: datetime) -> None:
    held = [
        (p.message_id, v) for p, v in zip(picked, verdicts, strict=True) if not isinstance(v, Allow)
    ]
    if held:
        sql.run(
            sql.load(__file__, "hold_back"),
            {
                "messages": [message_id for message_id, _ in held],
                "untils": [v.until if isinstance(v, Later) else None for _, v in held],
                "refusals": [str(v.reason) if isinstance(v, Refuse) else "" for _, v in held],
                "now": now,
            },
        )


def _begin(
    allowed: Sequence[_Picked],
    standings: Mapping[int, Standing],
    senders: Mapping[int, Sender],
    *,
    worker: str,
    now: datetime,
    lease: timedelta,
) -> list[Claimed]:
    if not allowed:
        return []
    headers = _headers(allowed, senders)
    begun = sql.run(
        sql.load(__file__, "begin_attempts"),
        {
            "messages": [p.message_id for p in allowed],
            "addresses": [standings[p.message_id].address for p in allowed],
            "headers": [headers[p.message_id] for p in allowed],
            "worker": worker,
            "now": now,
            "lease_until": now + lease,
        },
    )
    attempts: dict[int, int] = dict(begun.fetchall())
    return [
        Claimed(
            message_id=p.message_id,
            attempt_id=attempts[p.message_id],
            candidate_id=p.candidate_id,
            standing_version=standings[p.message_id].version,
            purpose=p.purpose,
            touch=p.touch,
            sequence_id=p.sequence_id,
            template_id=p.template_id,
            context=json.loads(p.context),
            address=standings[p.message_id].address,
            message_id_header=headers[p.message_id],
            tries=p.tries + 1,
            sender=senders[p.sender_id],
        )
        for p in allowed
    ]


def _headers(allowed: Sequence[_Picked], senders: Mapping[int, Sender]) -> dict[int, str]:
    return {
        p.message_id: mime.message_id(
            p.message_id,
            p.candidate_id,
            p.touch,
            p.occurrence,
            p.channel,
            domain=senders[p.sender_id].domain,
        )
        for p in allowed
    }


def _introduce(claimed: Sequence[Claimed], *, now: datetime) -> list[Claimed]:
    """Let texts say whom they are from and how to stop, where they have to."""
    said: dict[int, dict[str, str]] = {}
    for brand in {one.sender.brand for one in claimed if one.sender.is_text}:
        of_brand = [one for one in claimed if one.sender.is_text and one.sender.brand == brand]
        words = texts.introductions([one.candidate_id for one in of_brand], brand, now=now)
        said |= {one.message_id: words[one.candidate_id] for one in of_brand}
    texts.keep(said)
    return [
        replace(one, context={**one.context, **said[one.message_id]})
        if one.message_id in said
        else one
        for one in claimed
    ]


def _spend(
    senders: Mapping[int, Sender], counts: Counter[int], *, now: datetime, until: datetime | None
) -> None:
    """Count what was claimed. Room spent on a message that fails is not given back: a
    mailbox that sends too little is safer than one that sends too much."""
    rows = [
        {
            "id": pk,
            "count": counts[pk],
            "day": standing.local_day(sender, now=now).isoformat(),
            "next_send_at": now + (_pause(sender, counts[pk], until) if counts[pk] else _NONE),
        }
        for pk, sender in senders.items()
    ]
    if rows:
        values = {"rows": sql.records(rows), "now": now}
        sql.run(sql.load(__file__, "spend_room"), values)


def _pause(sender: Sender, count: int, until: datetime | None) -> timedelta:
    if until is not None:
        # No chance where days are foreseen: the same question has the same answer.
        return count * _distance(sender)
    seconds = random.uniform(sender.spacing_min, sender.spacing_max)  # noqa: S311 - no secret
    return timedelta(seconds=seconds)


def _rest(full: Sequence[SenderState], *, now: datetime) -> None:
    for state in full:
        row = Sender.objects.filter(pk=state.sender_id)
        row.update(next_send_at=state.next_day, last_claim_at=now)
