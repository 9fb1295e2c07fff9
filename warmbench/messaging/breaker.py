"""Stops a mailbox that does harm to its own reputation; only a person starts it again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from warmbench.core import sql
from warmbench.messaging import senders
from warmbench.messaging.models import Sender

#: rules.md R9.
_MAX_POLICY_REJECTIONS = 10
_WINDOWS = (timedelta(hours=1), timedelta(days=1), timedelta(days=7))
_MAX_DEAD_SHARE = 0.05
_MIN_SENT_FOR_SHARE = 100
_MAX_DEAD_OF_FEW = 5
_MAX_COMPLAINT_SHARE = 0.003
_MAX_COMPLAINTS_OF_FEW = 3
#: Microsoft's answer to a sender that lacks SPF, DKIM or DMARC: every further mail would fail.
_AUTHENTICATION_REQUIRED = "5.7.515"


@dataclass(frozen=True, slots=True)
class Count:
    """What became of one window's attempts."""

    sent: int
    dead: int
    complaints: int = 0


def check(sender_id: int, policy_texts: list[str], *, now: datetime) -> None:
    """Count what servers said against a mailbox, and stop it when that is too much."""
    row = Sender.objects.filter(pk=sender_id)
    row.update(policy_rejections=F("policy_rejections") + len(policy_texts))
    if reason := trips(row.get(), policy_texts, now=now):
        senders.pause(sender_id, reason=reason, by_id=None, now=now)


def trips(sender: Sender, policy_texts: list[str], *, now: datetime) -> str:
    """Why the mailbox must stop now; blank if it may go on."""
    if any(_AUTHENTICATION_REQUIRED in text for text in policy_texts):
        return "The receiving server asks for SPF, DKIM and DMARC (5.7.515)."
    if sender.policy_rejections >= _MAX_POLICY_REJECTIONS:
        return f"{sender.policy_rejections} messages in a row were rejected for policy."
    if policy_texts and _came_back_in_a_row(sender.pk, now=now) >= _MAX_POLICY_REJECTIONS:
        return f"{_MAX_POLICY_REJECTIONS} messages in a row came back for policy."
    rows = sql.run(
        sql.load(__file__, "count_harm"),
        {"sender": sender.pk, "since": [now - window for window in _WINDOWS]},
    )
    return judge([Count(*row) for row in rows])


def _came_back_in_a_row(sender_id: int, *, now: datetime) -> int:
    """A server that takes all mails before it hands them on is never heard to refuse one: what it
    cannot deliver comes back between others that it took."""
    values = {
        "sender": sender_id,
        "since": now - max(_WINDOWS),
        "most": _MAX_POLICY_REJECTIONS,
    }
    row = sql.run(sql.load(__file__, "refused_in_a_row"), values).fetchone()
    return int(row[0]) if row else 0


def judge(counts: list[Count]) -> str:
    """Why these counts, one for each window, are too bad to go on; blank if they are not."""
    for count in counts:
        enough = count.sent >= _MIN_SENT_FOR_SHARE
        if enough and count.dead / count.sent >= _MAX_DEAD_SHARE:
            return f"{count.dead} of {count.sent} addresses were dead."
        if enough and count.complaints / count.sent >= _MAX_COMPLAINT_SHARE:
            return f"{count.complaints} of {count.sent} messages were called spam."
    _, day, _ = counts
    if day.sent < _MIN_SENT_FOR_SHARE and day.complaints >= _MAX_COMPLAINTS_OF_FEW:
        return f"{day.complaints} of {day.sent} messages were called spam within a day."
    if day.sent < _MIN_SENT_FOR_SHARE and day.dead >= _MAX_DEAD_OF_FEW:
        return f"{day.dead} of {day.sent} addresses were dead within a day."
    return ""
