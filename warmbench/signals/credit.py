"""Makes the signals of messages what the verdicts on their visits say: no more, no less."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from warmbench.accounts.models import Organisation
from warmbench.core import sql
from warmbench.messaging import letters, unseen
from warmbench.messaging.models import Message
from warmbench.messaging.templates import UnrenderableError
from warmbench.signals import record as recording
from warmbench.signals.models import Hit, Signal
from warmbench.signals.record import SignalDraft

_SIGNAL_OF = {Hit.Kind.CLICK: Signal.Kind.CLICKED, Hit.Kind.OPEN: Signal.Kind.OPENED}


@dataclass(frozen=True, slots=True)
class _Visit:
    hit_id: int
    message_id: int
    candidate_id: int
    kind: str
    link: int
    at: datetime
    waits: bool

    @property
    def key(self) -> str:
        """What makes it one signal: whoever comes back tomorrow did it again."""
        if self.kind == Hit.Kind.OPEN:
            return f"open:{self.message_id}:{self.at:%Y-%m-%d}"
        return f"click:{self.message_id}/{self.link}:{self.at:%Y-%m-%d}"


def settle(message_ids: Collection[int], *, now: datetime) -> None:
    """Give people the signals that their visits to these messages have earned, and take back
    what machines did, with all that it led to. Safe to repeat."""
    rows = sql.run(
        sql.load(__file__, "earned_by_messages"),
        {"messages": list(message_ids), "trap": unseen.HIDDEN_LINK},
    )
    visits = [_Visit(*row) for row in rows]
    earned = {(v.candidate_id, v.key): v for v in visits if not v.waits}
    undecided = {(v.candidate_id, v.key, v.at) for v in visits if v.waits}
    known = Signal.objects.filter(
        candidate_id__in=Hit.objects.filter(message_id__in=message_ids).values("candidate_id"),
        message_id__in=message_ids,
        kind__in=_SIGNAL_OF.values(),
    )
    kept, gone = set(), []
    for signal in known:
        who = (signal.candidate_id, signal.key)
        deserved = earned.get(who)
        if (*who, signal.at) in undecided or (deserved and deserved.at == signal.at):
            kept.add(who)
        else:
            gone.append(signal)
    _take(gone, now=now)
    _give([visit for who, visit in earned.items() if who not in kept], now=now)


def _take(signals: Collection[Signal], *, now: datetime) -> None:
    if not signals:
        return
    recording.withdraw(
        [signal.pk for signal in signals],
        note="It was a machine that clicked, not the person.",
        now=now,
    )
    sql.run(
        sql.load(__file__, "mark_taken_back"),
        {
            "messages": [signal.message_id for signal in signals],
            "ats": [signal.at for signal in signals],
            "now": now,
        },
    )


def _give(visits: Collection[_Visit], *, now: datetime) -> None:
    if not visits:
        return
    topics = _subjects({visit.message_id for visit in visits})
    recording.record(
        [
            SignalDraft(
                candidate_id=visit.candidate_id,
                kind=_SIGNAL_OF[Hit.Kind(visit.kind)],
                grade=Signal.Grade.LIKELY,
                at=visit.at,
                key=visit.key,
                message_id=visit.message_id,
                topic=topics[visit.message_id],
            )
            for visit in visits
        ],
        now=now,
    )
    Hit.objects.filter(pk__in=[v.hit_id for v in visits], taken_back_at__isnull=False).update(
        taken_back_at=None
    )


def _subjects(message_ids: Iterable[int]) -> dict[int, str]:
    """What each of these messages was called when the candidate read it."""
    organisation = Organisation.objects.first()
    subjects = {}
    for message in Message.objects.filter(pk__in=message_ids):
        subjects[message.pk] = message.get_purpose_display()
        if organisation is None or message.template_id is None:
            continue
        try:
            words = letters.words(
                letters.compiled(message.template_id),
                message.context,
                organisation=organisation,
                candidate_id=message.candidate_id,
                message_id=message.pk,
            )
        except UnrenderableError:
            continue
        subjects[message.pk] = words.subject
    return subjects
