"""Does to people what a mail or a text of theirs asks for, and takes back what a guess had done."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from warmbench.messaging import windows
from warmbench.messaging.models import InboundMail
from warmbench.people import candidates, consent, inquiry
from warmbench.people.candidates import PauseReason
from warmbench.people.models import Candidate, Channel, Suppression
from warmbench.people.places import plausible_zones
from warmbench.signals import record
from warmbench.signals.models import Signal
from warmbench.signals.record import SignalDraft

#: How long somebody stays away who does not say how long: working days.
ABSENT_DAYS = 5

Intent = InboundMail.Intent
#: Whoever says one of these wants to hear from us again: an inquiry, as the law calls it.
_ASKS_US = frozenset({Intent.INTERESTED, Intent.NOT_NOW, Intent.QUESTION})


def replied(
    mail: InboundMail, candidate_ids: Sequence[int], intent: InboundMail.Intent, *, now: datetime
) -> None:
    """Hold everything still for these people, and put what they want before their recruiter."""
    for candidate_id in candidate_ids:
        _record(mail, candidate_id, Signal.Kind.REPLIED, str(intent.label), now=now)


def take_back(
    mail: InboundMail, candidate_ids: Collection[int | None], *, by_id: int, now: datetime
) -> None:
    """Undo ``replied`` for people of whom this turned out to be no reply, as far as nothing else
    that they wrote asks for the same. A stop stays: it may have been theirs."""
    theirs = Signal.objects.filter(
        candidate__in=[each for each in candidate_ids if each], kind=Signal.Kind.REPLIED
    )
    wrong = list(theirs.filter(key=_key(Signal.Kind.REPLIED, mail)))
    record.withdraw(
        [signal.pk for signal in wrong], note="It was no reply of this person.", now=now
    )
    still = set(theirs.values_list("candidate_id", flat=True))
    held = [signal.candidate_id for signal in wrong if signal.candidate_id not in still]
    candidates.resume(held, only=PauseReason.REPLIED, by_id=by_id, now=now)


def note_inquiry(
    mail: InboundMail, candidate_id: int, intent: InboundMail.Intent, *, now: datetime
) -> None:
    """Keep it as a ground to write to them that somebody wrote to us. Never on a guess: anybody
    can write any address into a mail, and it would be our word that they wanted to hear more."""
    if intent in _ASKS_US:
        inquiry.note(
            candidate_id,
            evidence=f"Wrote to us: {intent.label}",
            inbound_id=mail.pk,
            at=mail.received_at,
            channel=Channel(mail.channel),
            now=now,
        )


def stop(mail: InboundMail, candidate_id: int, *, now: datetime) -> None:
    """Never write to this person again, nor to whoever else has the address."""
    is_text = mail.channel == Channel.SMS
    said = f"{consent.BY_TEXT} {mail.pk}" if is_text else f"Mail {mail.pk}"
    # On every channel. After a text on each by itself: another one may take back that for texts,
    # and nothing else.
    for channel in Channel if is_text else (None,):
        consent.suppress(
            candidate_id,
            reason=Suppression.Reason.UNSUBSCRIBED,
            evidence=f"{said}, {', '.join(mail.rules)}"[:300],
            address=mail.message.address if mail.message else mail.sender,
            channel=channel,
            now=now,
        )
    _record(mail, candidate_id, Signal.Kind.UNSUBSCRIBED, "", now=now)


def complained(mail: InboundMail, candidate_id: int, *, now: datetime) -> None:
    """Put before a recruiter that this person called a message spam."""
    _record(mail, candidate_id, Signal.Kind.COMPLAINED, "", now=now)


def hold(candidate_id: int, until: date | None, *, now: datetime) -> None:
    """Leave somebody in peace until a working day after their return (rules.md D21)."""
    who = Candidate.objects.get(pk=candidate_id)
    back, days = (until, 1) if until else (now.date(), ABSENT_DAYS)
    day = windows.working_days_after(back, days, who.country)
    zones = [who.time_zone] if who.time_zone else plausible_zones(who.country, who.region)
    # Where their day begins last, if it may be one of many: it is not to end the day before.
    begins = [datetime.combine(day, time(0), ZoneInfo(zone)).astimezone(UTC) for zone in zones]
    candidates.pause(
        [candidate_id],
        reason=PauseReason.ABSENT,
        until=max(begins, default=datetime.combine(day, time(0), UTC)),
        now=now,
    )


def note_a_change(
    mail: InboundMail, candidate_id: int, *, now: datetime, new_address: str = ""
) -> None:
    """Put before a recruiter that this person may have another job, or has another address."""
    topic = f"new address {new_address}" if new_address else mail.subject
    _record(mail, candidate_id, Signal.Kind.MOVED, topic, now=now)


def _record(
    mail: InboundMail, candidate_id: int, kind: Signal.Kind, topic: str, *, now: datetime
) -> None:
    draft = SignalDraft(
        candidate_id=candidate_id,
        kind=kind,
        grade=Signal.Grade.CERTAIN,
        at=mail.received_at,
        key=_key(kind, mail),
        message_id=mail.message_id,
        topic=topic,
    )
    record.record([draft], now=now)


def _key(kind: Signal.Kind, mail: InboundMail) -> str:
    return f"{kind}:mail:{mail.pk}"
