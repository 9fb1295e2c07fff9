"""Hands claimed messages over, each at most once, and writes down how that ended."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from warmbench.accounts.models import Organisation
from warmbench.core import sql
from warmbench.core.fence import attempt
from warmbench.messaging import claim, letters
from warmbench.messaging.claim import Claimed
from warmbench.messaging.handover import (
    Accepted,
    Channel,
    Deferred,
    Kind,
    Rejected,
    Scope,
    Uncertain,
)
from warmbench.messaging.headers import HeaderError
from warmbench.messaging.letters import Letter
from warmbench.messaging.models import Sender
from warmbench.messaging.settling import Ending, NotStarted, Poisoned, settle
from warmbench.messaging.templates import UnrenderableError

logger = logging.getLogger(__name__)

#: How long a mail server may take to answer (RFC 5321 §4.5.3.2.6).
LONGEST_ANSWER = timedelta(minutes=10)
#: More than anybody has.
ALL_MAILBOXES = 1_000_000


def deliver(
    open_channel: Callable[[Sender], Channel],
    *,
    worker: str,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
    batch: int = claim.BATCH,
    lease: timedelta = claim.LEASE,
) -> int:
    """Claim a batch, hand it over and settle it. Returns how many messages that were; 0 when
    nothing can go now.

    A message whose candidate's standing changed after the claim is given back untouched: the
    last question before the first byte is asked of the database, not of the batch.
    """
    claimed = claim.claim(worker=worker, now=clock(), batch=batch, lease=lease)
    if not claimed:
        return 0
    mails = _write_all(claimed, now=clock())
    channel = open_channel(claimed[0].sender)
    last_start = clock() + lease - min(LONGEST_ANSWER, lease / 2)
    endings: list[Ending] = []
    for message, letter in zip(claimed, mails, strict=True):
        if stopping():
            endings.append(NotStarted.STOPPING)
        elif clock() > last_start:
            endings.append(NotStarted.LATE)
        elif any(map(_is_senders_trouble, endings)):
            endings.append(NotStarted.SENDER_DEFERRED)
        else:
            endings.append(_hand_over(message, letter, channel))
    settle(claimed, endings, now=clock())
    return len(claimed)


def pretend(*, now: datetime, until: datetime, batch: int) -> list[Claimed] | None:
    """Claim what every mailbox may send and settle it as if the mail servers had taken all of it:
    nothing is written and nothing leaves. For forecasts, in their scratch; ``until`` is the next
    moment of their clock. None when no mailbox has anything to send now.
    """
    claimed = claim.turn(
        worker="forecast", now=now, until=until, mailboxes=ALL_MAILBOXES, batch=batch
    )
    if claimed:
        settle(claimed, [Accepted(0, "")] * len(claimed), now=now)
    return claimed


#: The version of a person's standing, as ``standings.sql`` reckons it; nothing while a stop holds
#: that covers the message, or when the message was withdrawn.
_STANDING_VERSION = sql.Question(
    """
    SELECT standing_version + (SELECT count(*) + count(ended_at) FROM off_limits) FROM candidate
     WHERE id = $1
       AND NOT EXISTS (
               SELECT FROM switch
                WHERE released_at IS NULL
                  AND (scope, key) IN (('everything', 0), ('sender', $2), ('recruiter', $3),
                                       ('sequence', $4))
           )
       AND NOT EXISTS (SELECT FROM withdrawal WHERE message_id = $5)
    """
)


def _write_all(claimed: Sequence[Claimed], *, now: datetime) -> list[Letter | Ending]:
    """The mails, or why there is none. All before the first hand-over: in one go, and with
    nothing left to do between the last question and the first byte."""
    organisation = Organisation.objects.get()
    written: list[Letter | Ending] = []
    for message in claimed:
        letter = attempt(letters.write, message, organisation, now=now)
        if isinstance(letter, UnrenderableError | HeaderError):
            written.append(Rejected(0, str(letter), Kind.OTHER))
        elif isinstance(letter, Exception):
            logger.error("message cannot be written", exc_info=letter, extra=_ids(message))
            written.append(Poisoned(type(letter).__name__))
        else:
            written.append(letter)
    return written


def _hand_over(message: Claimed, letter: Letter | Ending, channel: Channel) -> Ending:
    if not isinstance(letter, Letter):
        return letter
    if not _still_stands(message):
        return NotStarted.STANDING_CHANGED
    ending = attempt(channel.hand_over, letter.mail_from, message.address, letter.data)
    if isinstance(ending, Exception):
        logger.error("channel failed", exc_info=ending, extra=_ids(message))
        return Uncertain(f"The channel failed: {type(ending).__name__}.")
    return ending


def _ids(message: Claimed) -> dict[str, int]:
    # "message" is a log record's own text: whoever takes that name fails.
    return {"message_id": message.message_id, "sender": message.sender.pk}


def _is_senders_trouble(ending: Ending) -> bool:
    return isinstance(ending, Deferred) and ending.scope is Scope.SENDER


def _still_stands(message: Claimed) -> bool:
    version = _STANDING_VERSION.ask(
        message.candidate_id,
        message.sender.pk,
        message.sender.owner_id or 0,
        message.sequence_id or 0,
        message.message_id,
    )
    return version == str(message.standing_version)
