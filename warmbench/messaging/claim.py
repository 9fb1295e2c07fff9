"""Claims queued messages for hand-over: under lock, past the last gate, within the cap."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from warmbench.core import sql
from warmbench.messaging import gate, mime, outbox, standing, texts
from warmbench.messaging.gate import Allow, Later, Refuse, Standing, Touch, Verdict
from warmbench.messaging.inspection import Asked
from warmbench.messaging.models import Decision, Sender
from warmbench.messaging.outbox import Ruled

#: Messages claimed in one commit. A crash leaves at most so many unknown.
BATCH = 48
#: Longer than the ten minutes a mail server may take to answer (RFC 5321 §4.5.3.2.6).
LEASE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker, and nobody else, may hand over until the lease ends."""

    message_id: int
    attempt_id: int
    candidate_id: int
    standing_version: int
    purpose: str
    sequence_id: int | None
    template_id: int
    context: dict[str, str]
    address: str
    message_id_header: str
    tries: int
    sender: Sender


@dataclass(frozen=True, slots=True)
class _Picked:
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

    @property
    def permission(self) -> str:
        return gate.permission_for(self.purpose)

    def for_gate(self) -> Touch:
        return Touch(
            self.purpose,
            self.channel,
            self.sequence_id,
            self.valid_until,
            self.permission,
            self.follows_at,
            self.withdrawn,
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
    batch: int = BATCH,
    lease: timedelta = LEASE,
) -> list[Claimed] | None:
    """As ``claim``, but None if no mailbox has anything to send now: one that has, and whose
    messages may not go yet, makes an empty list.

    On a clock that moves in steps, ``until`` is the next one: of a mailbox that keeps a distance,
    as many are claimed as fit before it.
    """
    row = sql.run(sql.load(__file__, "lock_senders"), {"now": now, "limit": 1}).fetchone()
    if row is None:
        return None
    # Asked anew after the lock: what the locking statement saw of other tables is older.
    sender = Sender.objects.select_related("owner").get(pk=row[0])
    state = standing.sender_state(sender, now=now)
    if state.room <= 0:
        _rest(sender, until=state.next_day, now=now)
        return []
    picked = _pick(
        sender, limit=min(batch, state.room, _fitting(sender, batch, now, until)), now=now
    )
    verdicts, standings = _judge(picked, state, sender.channel, now=now)
    _hold_back(picked, verdicts, now=now)
    allowed = [p for p, verdict in zip(picked, verdicts, strict=True) if isinstance(verdict, Allow)]
    claimed = _begin(allowed, standings, sender, worker=worker, now=now, lease=lease)
    if sender.is_text:
        claimed = _introduce(claimed, sender.brand, now=now)
    _spend(sender, len(claimed), now=now, until=until)
    return claimed


def _fitting(sender: Sender, batch: int, now: datetime, until: datetime | None) -> int:
    """How many messages may go at once, as far as the mailbox's distance goes."""
    if not sender.spacing_max:
        return batch
    return 1 if until is None else max(1, int((until - now) / _distance(sender)))


def _distance(sender: Sender) -> timedelta:
    return timedelta(seconds=(sender.spacing_min + sender.spacing_max) / 2)


def _pick(sender: Sender, *, limit: int, now: datetime) -> list[_Picked]:
    rows = sql.run(
        sql.load(__file__, "pick_messages"), {"sender": sender.pk, "limit": limit, "now": now}
    )
    return [_Picked(*row) for row in rows]


def _judge(
    picked: Sequence[_Picked], sender: gate.SenderState, channel: str, *, now: datetime
) -> tuple[list[Verdict], dict[int, Standing]]:
    by_permission = {
        permission: standing.of(
            {p.candidate_id for p in picked if p.permission == permission},
            now=now,
            channel=channel,
            purpose=permission,
            counting_queued=False,
        )
        for permission in {p.permission for p in picked}
    }
    switches = standing.switches()
    verdicts: list[Verdict] = []
    ruled: list[Ruled] = []
    for one in picked:
        person = by_permission[one.permission][one.candidate_id]
        touch = one.for_gate()
        verdict = gate.judge(touch, person, sender, switches, now=now)
        asked = Asked(touch, person, sender, switches)
        ruled.append(Ruled(one.candidate_id, one.message_id, one.touch, verdict, asked))
        if isinstance(verdict, Allow):
            for people in by_permission.values():
                if who := people.get(one.candidate_id):
                    people[one.candidate_id] = gate.touched(who, one.purpose, now=now)
        verdicts.append(verdict)
    outbox.record_decisions(ruled, stage=Decision.Stage.CLAIM, now=now)
    return verdicts, {pk: who for people in by_permission.values() for pk, who in people.items()}


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
    standings: dict[int, Standing],
    sender: Sender,
    *,
    worker: str,
    now: datetime,
    lease: timedelta,
) -> list[Claimed]:
    if not allowed:
        return []
    domain = sender.from_address.rpartition("@")[2]
    headers = {
        p.message_id: mime.message_id(
            p.message_id, p.candidate_id, p.touch, p.occurrence, p.channel, domain=domain
        )
        for p in allowed
    }
    begun = sql.run(
        sql.load(__file__, "begin_attempts"),
        {
            "messages": [p.message_id for p in allowed],
            "addresses": [standings[p.candidate_id].address for p in allowed],
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
            standing_version=standings[p.candidate_id].version,
            purpose=p.purpose,
            sequence_id=p.sequence_id,
            template_id=p.template_id,
            context=json.loads(p.context),
            address=standings[p.candidate_id].address,
            message_id_header=headers[p.message_id],
            tries=p.tries + 1,
            sender=sender,
        )
        for p in allowed
    ]


def _introduce(claimed: Sequence[Claimed], brand: str, *, now: datetime) -> list[Claimed]:
    """Let texts say whom they are from and how to stop, where they have to."""
    said = texts.introductions([one.candidate_id for one in claimed], brand, now=now)
    texts.keep({one.message_id: said[one.candidate_id] for one in claimed})
    return [replace(one, context={**one.context, **said[one.candidate_id]}) for one in claimed]


def _spend(sender: Sender, count: int, *, now: datetime, until: datetime | None) -> None:
    """Count what was claimed. Room spent on a message that fails is not given back: a
    mailbox that sends too little is safer than one that sends too much."""
    today = standing.local_day(sender, now=now)
    if until is None:
        seconds = random.uniform(sender.spacing_min, sender.spacing_max)  # noqa: S311 - no secret
        spacing = timedelta(seconds=seconds)
    else:
        # No chance where days are foreseen: the same question has the same answer.
        spacing = count * _distance(sender)
    Sender.objects.filter(pk=sender.pk).update(
        day=today,
        sent_on_day=(sender.sent_on_day if sender.day == today else 0) + count,
        next_send_at=now + (spacing if count else timedelta(0)),
        last_claim_at=now,
    )


def _rest(sender: Sender, *, until: datetime, now: datetime) -> None:
    Sender.objects.filter(pk=sender.pk).update(next_send_at=until, last_claim_at=now)
