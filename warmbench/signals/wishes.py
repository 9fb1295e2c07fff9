"""What candidates tell us through our own pages: to stop, to pause, how things stand."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import F

from warmbench.accounts.models import Organisation
from warmbench.core import audit, tokens
from warmbench.core.tokens import Purpose
from warmbench.messaging import letters
from warmbench.messaging.models import Message
from warmbench.people import candidates, consent
from warmbench.people.candidates import PauseReason
from warmbench.people.models import Candidate, Channel, ContactPoint, Suppression
from warmbench.signals import follow_ups, reasons, record
from warmbench.signals.follow_ups import Evidence
from warmbench.signals.models import FollowUp, Signal
from warmbench.signals.record import SignalDraft

#: Not a day shorter than promised, whatever months they are.
MONTH = timedelta(days=31)
#: What candidates may say of themselves. The rest is for us to know.
ANSWERS = (Candidate.Status.PASSIVE, Candidate.Status.OPEN, Candidate.Status.SEARCHING)


@dataclass(frozen=True, slots=True)
class Correspondent:
    """What a page may tell a candidate about the two of us."""

    organisation: Organisation | None
    #: Who looks after the candidate, blank if nobody does.
    owner_name: str
    source: str
    known_since: datetime
    status: Candidate.Status
    #: The end of a pause that the candidate asked for.
    paused_until: datetime | None
    has_stopped: bool


def correspondent(candidate_id: int, *, now: datetime) -> Correspondent | None:
    """What to tell a candidate about why they hear from us; None if we no longer know them."""
    person = Candidate.objects.filter(pk=candidate_id).select_related("owner").first()
    if person is None:
        return None
    asked_to_pause = person.pause_reason == PauseReason.ASKED
    return Correspondent(
        organisation=Organisation.objects.first(),
        owner_name=person.owner.name if person.owner and person.owner.is_active else "",
        source=person.source,
        known_since=person.added_at,
        status=Candidate.Status(person.status),
        paused_until=person.paused_until
        if asked_to_pause and candidates.is_paused(person, now=now)
        else None,
        has_stopped=Suppression.objects.filter(
            candidate=person, reason=Suppression.Reason.UNSUBSCRIBED
        ).exists(),
    )


@transaction.atomic
def stop(candidate_id: int, *, message_id: int, now: datetime) -> bool:
    """Never write to this candidate again. Returns whether that is new.

    It holds from the commit of this transaction on, for the person on every channel, and
    for the address that the message went to. No job has to run for it. Saying it again
    changes nothing but how often it was said.
    """
    # The lock makes a hundred requests at once take turns: one is new, the others see it.
    person = Candidate.objects.select_for_update(no_key=True).filter(pk=candidate_id).first()
    if person is None:
        return False
    is_new = consent.suppress(
        candidate_id,
        reason=Suppression.Reason.UNSUBSCRIBED,
        evidence=f"Unsubscribe link of message {message_id}",
        address=_address(candidate_id, message_id),
        now=now,
    )
    key = f"unsubscribed:{message_id}"
    said = Signal.objects.filter(candidate=person, key=key)
    if not said.update(times=F("times") + 1):
        draft = SignalDraft(
            candidate_id=candidate_id,
            kind=Signal.Kind.UNSUBSCRIBED,
            grade=Signal.Grade.CERTAIN,
            at=now,
            key=key,
            message_id=message_id or None,
        )
        record.record([draft], now=now)
    if is_new:
        audit.record(
            None,
            "candidate.unsubscribed",
            f"candidate:{candidate_id}",
            now=now,
            detail={"message": message_id},
        )
    return is_new


@transaction.atomic
def update(
    candidate_id: int,
    *,
    message_id: int,
    status: Candidate.Status,
    pause_months: int | None,
    now: datetime,
) -> None:
    """Note how a candidate says things stand, and whether they want a pause from us.

    No months end the pause they asked for, None leaves it as it is. A status that we gave
    for a reason of our own (applied, placed, …) stays; what the candidate said is a signal
    in any case. The last answer of a day replaces earlier ones.
    """
    person = Candidate.objects.select_for_update(no_key=True).filter(pk=candidate_id).first()
    if person is None:
        return
    evidence = f"Preferences page of message {message_id}"
    if person.status in ANSWERS:
        candidates.change_status(candidate_id, status, evidence=evidence, now=now)
    topic = str(status.label)
    if pause_months:
        until = now + pause_months * MONTH
        candidates.pause([candidate_id], reason=PauseReason.ASKED, until=until, now=now)
        topic += f", no messages until {until:%-d %B %Y}"
    elif pause_months is not None:
        candidates.resume([candidate_id], only=PauseReason.ASKED, now=now)
    day = f"preferences:{now:%Y-%m-%d}:"
    key = f"{day}{status}/{pause_months}"
    answers = Signal.objects.filter(
        candidate=person, kind=Signal.Kind.PREFERENCES_UPDATED, key__startswith=day
    )
    record.withdraw(
        list(answers.exclude(key=key).values_list("pk", flat=True)),
        note="They answered differently later that day.",
        now=now,
    )
    draft = SignalDraft(
        candidate_id=candidate_id,
        kind=Signal.Kind.PREFERENCES_UPDATED,
        grade=Signal.Grade.CERTAIN,
        at=now,
        key=key,
        message_id=message_id or None,
        topic=topic,
    )
    record.record([draft], now=now)


def ask_for_link(candidate_id: int, *, now: datetime) -> FollowUp | None:
    """Ask the recruiter to send a candidate a new link to their preferences."""
    person = Candidate.objects.filter(pk=candidate_id).select_related("owner").first()
    if person is None:
        return None
    today = datetime.combine(now.date(), time(0), now.tzinfo)
    return follow_ups.ask_for(
        candidate_id,
        FollowUp.Reason.PREFERENCES,
        evidence=[Evidence(today, "Asked for a new link to their preferences")],
        value=reasons.value(FollowUp.Reason.PREFERENCES, 0),
        due_at=reasons.due_for(person, FollowUp.Reason.PREFERENCES, now=now),
        now=now,
    )


def preferences_token(candidate_id: int, message_id: int, *, now: datetime) -> str | None:
    """A token for the preferences page that ends when the one in the message does; None when
    that has ended: an old unsubscribe link opens nothing but itself."""
    message = Message.objects.filter(pk=message_id, candidate=candidate_id).first()
    if message is None or message.handed_at is None:
        return None
    expires = message.handed_at + letters.PREFERENCES_LAST
    if expires <= now:
        return None
    return tokens.sign(Purpose.PREFERENCE, candidate_id, message_id, expires=expires)


def _address(candidate_id: int, message_id: int) -> str:
    """Where the message went, or else where the next one would have gone."""
    sent_to = Message.objects.filter(pk=message_id, candidate=candidate_id).values_list(
        "address", flat=True
    )
    points = ContactPoint.objects.filter(candidate=candidate_id, channel=Channel.EMAIL)
    first = points.order_by("position", "pk").values_list("address", flat=True)
    return sent_to.first() or first.first() or ""
