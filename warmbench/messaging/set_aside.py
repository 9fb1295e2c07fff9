"""Takes touches for sent of which nobody can know it: a restored database has forgotten."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from warmbench.core import sql
from warmbench.messaging import mime
from warmbench.messaging.models import Message
from warmbench.messaging.outbox import VALIDITY, Draft

#: Why such a message is of unknown fate.
WHY = "Restored from a backup: it may have been sent since then."
_WORKER = "restored"
_BATCH = 1_000


class _Waiting(NamedTuple):
    message_id: int
    candidate_id: int
    channel: str
    touch: str
    occurrence: int
    from_address: str
    address: str


@transaction.atomic
def enter(drafts: Sequence[Draft], *, now: datetime) -> None:
    """Write touches down that may have been sent already. One that is there stays as it is."""
    rows: list[dict[str, object]] = [
        {
            "candidate_id": draft.candidate_id,
            "channel": draft.channel,
            "purpose": draft.purpose,
            "touch": draft.touch,
            "occurrence": draft.occurrence,
            "sequence_id": draft.sequence_id,
            "sequence_version": draft.sequence_version,
            "sender_id": draft.sender_id,
            "template_id": None,
            "context": {},
            "refusal": "",
        }
        for draft in drafts
    ]
    values = {"drafts": sql.records(rows), "now": now, "valid_until": now + VALIDITY}
    sql.run(sql.load(__file__, "queue_messages"), values)


def all_queued(*, now: datetime) -> int:
    """Make every queued message one of unknown fate, for a person to look up. Returns how many.

    None of them is ever sent again by itself, and each counts as contact. One without a mailbox
    cannot have left, and is refused.
    """
    Message.objects.filter(state=Message.State.QUEUED, sender=None).update(
        state=Message.State.REFUSED, not_before=None, reason=WHY, state_at=now
    )
    count = 0
    while done := _batch(now=now):
        count += done
    return count


@transaction.atomic
def _batch(*, now: datetime) -> int:
    rows = sql.run(sql.load(__file__, "queued_with_address"), {"limit": _BATCH})
    waiting = [_Waiting(*row) for row in rows]
    if not waiting:
        return 0
    begun = sql.run(
        sql.load(__file__, "begin_attempts"),
        {
            "messages": [one.message_id for one in waiting],
            "addresses": [one.address for one in waiting],
            "headers": [_header(one) for one in waiting],
            "worker": _WORKER,
            "now": now,
            "lease_until": now,
        },
    )
    attempts = [attempt_id for _, attempt_id in begun]
    values = {"attempts": attempts, "why": WHY, "now": now}
    return sql.run(sql.load(__file__, "set_aside"), values).rowcount


def _header(one: _Waiting) -> str:
    # The same that its mail had, if it was sent: what to look for in the mail server's log.
    domain = one.from_address.rpartition("@")[2]
    return mime.message_id(
        one.message_id, one.candidate_id, one.touch, one.occurrence, one.channel, domain=domain
    )
