"""Keeps what mail providers tell us of our mails, until somebody acts on it, each thing once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from warmbench.messaging.inbound import verdicts
from warmbench.messaging.inbound.verdicts import Verdict
from warmbench.messaging.models import ProviderEvent

#: Long after the last time that any provider tells the same thing again.
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One thing that a provider told of one mail. ``source`` and ``event_id`` make it this one."""

    kind: ProviderEvent.Kind
    source: str
    event_id: str
    at: datetime
    label: str = ""
    message_id_header: str = ""
    recipient: str = ""
    said: str = ""
    opinion: Verdict | None = None


def keep(heard: Sequence[Heard], *, now: datetime) -> int:
    """Store things for the loop ``inbound`` to act on. Returns how many were sent to be stored:
    what is stored already stays as it is.

    When this has returned, whoever told them may forget them.
    """
    rows = [
        ProviderEvent(
            kind=one.kind,
            source=one.source,
            event_id=_fitting(one.event_id, 150),
            label=_fitting(one.label, 100),
            message_id_header=_fitting(one.message_id_header, 250),
            recipient=_fitting(one.recipient.lower(), 254),
            said=_fitting(one.said, 500),
            opinion=one.opinion or "",
            at=min(one.at, now),
            received_at=now,
        )
        for one in heard
    ]
    return len(ProviderEvent.objects.bulk_create(rows, ignore_conflicts=True))


def _fitting(text: str, longest: int) -> str:
    """Text as PostgreSQL takes it: no NUL, no half characters, and no more than fits."""
    return text.replace("\0", "").encode(errors="replace").decode()[:longest]


def verdict_of(event: ProviderEvent) -> Verdict:
    """What a failure means: by the words of the receiving server, and where they say nothing, by
    the opinion of the provider."""
    codes = verdicts.codes_in(event.said)
    judged = verdicts.judge((event.said,), codes)
    if event.opinion and judged.rule.startswith(("only ", "no reason")):
        return Verdict(event.opinion)
    return judged.verdict


def forget(*, now: datetime) -> int:
    """Drop what was done long ago. Returns how much."""
    old = ProviderEvent.objects.filter(received_at__lt=now - KEPT)
    return old.exclude(state=ProviderEvent.State.WAITING).delete()[0]
