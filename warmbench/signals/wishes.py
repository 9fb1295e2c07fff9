"""What candidates tell us through our own pages, and what those pages may tell them: the way out,
and the keys to everything else."""

from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction
from django.db.models import F

from warmbench.accounts.models import Organisation
from warmbench.core import sql, tokens
from warmbench.core.deadlocks import gives_way
from warmbench.core.tokens import Purpose
from warmbench.messaging import letters
from warmbench.messaging.models import Message
from warmbench.people import consent, facts, merged
from warmbench.people.models import Candidate, CandidateFact, Channel, ContactPoint, Suppression
from warmbench.signals import follow_ups, reasons, record
from warmbench.signals.follow_ups import Evidence
from warmbench.signals.models import FollowUp, Signal
from warmbench.signals.record import SignalDraft

#: What candidates themselves asked for. Everything else is for us to know.
_OWN_WISHES = (
    Suppression.Reason.UNSUBSCRIBED,
    Suppression.Reason.COMPLAINED,
    Suppression.Reason.OBJECTED,
)


@dataclass(frozen=True, slots=True)
class Correspondent:
    """What a page may tell a candidate about the two of us."""

    candidate_id: int
    organisation: Organisation | None
    #: Who looks after the candidate, blank if nobody does.
    owner_name: str
    source: str
    known_since: datetime
    status: Candidate.Status
    #: The end of a pause that the candidate asked for.
    paused_until: datetime | None
    #: The channels that they stopped; a blank one is all of them.
    stopped: frozenset[str]
    has_phone: bool
    country: str
    #: An IANA name: the person's own, else the organisation's.
    time_zone: str
    #: One of ``core.languages``, if they told us which they read.
    language: str

    @property
    def has_stopped(self) -> bool:
        """Whether they want no message at all."""
        return "" in self.stopped or self.stopped >= set(Channel.values)


def correspondent(candidate_id: int, *, now: datetime) -> Correspondent | None:
    """What to tell a candidate about why they hear from us; None if we no longer know them."""
    person = Candidate.objects.filter(pk=candidate_id).select_related("owner").first()
    if person is None:
        return None
    stops = Suppression.objects.filter(
        candidate=person, reason__in=_OWN_WISHES, releases=None, released_by=None
    )
    organisation = Organisation.objects.first()
    language = facts.current(person.pk, [CandidateFact.Kind.LANGUAGE]).get(("language", ""))
    return Correspondent(
        candidate_id=person.pk,
        organisation=organisation,
        owner_name=person.owner.name if person.owner and person.owner.is_active else "",
        source=person.source,
        known_since=person.added_at,
        status=Candidate.Status(person.status),
        paused_until=person.asked_until if (person.asked_until or now) > now else None,
        stopped=frozenset(stops.values_list("channel", flat=True)),
        has_phone=ContactPoint.objects.filter(candidate=person, channel=Channel.SMS).exists(),
        country=person.country,
        time_zone=time_zone_of(person, organisation),
        language=str(language.value or "") if language else "",
    )


def time_zone_of(person: Candidate, organisation: Organisation | None) -> str:
    """By which clock a candidate reads our pages: an IANA name, her own or else ours."""
    return person.time_zone or (organisation.default_time_zone if organisation else "UTC")


@gives_way
@transaction.atomic
def stop(
    candidate_id: int, *, message_id: int, now: datetime, channel: Channel | None = None
) -> bool:
    """Never write to this candidate again, or not on this channel. Returns whether that is new.

    It holds from the commit of this transaction on, for the person, and for the address that
    the message went to. No job has to run for it. Saying it again changes nothing but how often
    it was said. Whoever else is at work on the same people does not make it fail.
    """
    # An old link may name a record that went up in another one, also in this very moment.
    known = merged.hold(candidate_id)
    if known is None:
        return False
    candidate_id = known
    values = {"candidate": candidate_id, "message": message_id, "only": str(channel or "")}
    found = sql.run(sql.load(__file__, "whom_to_stop"), values).fetchone()
    if found is None:
        return False
    # Its lock makes a hundred requests at once take turns: one is new, the others see it.
    is_new = consent.suppress(
        candidate_id,
        reason=Suppression.Reason.UNSUBSCRIBED,
        evidence=f"Unsubscribe link of message {message_id}",
        address=found[0],
        channel=channel,
        now=now,
    )
    key = f"unsubscribed:{message_id}" + (f":{channel}" if channel else "")
    said = Signal.objects.filter(candidate=candidate_id, key=key)
    if not said.update(times=F("times") + 1):
        draft = SignalDraft(
            candidate_id=candidate_id,
            kind=Signal.Kind.UNSUBSCRIBED,
            grade=Signal.Grade.CERTAIN,
            at=now,
            key=key,
            message_id=message_id or None,
            topic=f"only {channel.label}" if channel else "",
        )
        record.record([draft], now=now)
    return is_new


def ask_for_link(candidate_id: int, *, now: datetime) -> FollowUp | None:
    """Ask the recruiter to send a candidate a new link to their pages."""
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


def token(purpose: Purpose, candidate_id: int, message_id: int, *, now: datetime) -> str | None:
    """A token for another page that ends when the links in the message do; None when they have
    ended: an old unsubscribe link opens nothing but itself."""
    message = Message.objects.filter(pk=message_id, candidate=candidate_id).first()
    if message is None or message.handed_at is None:
        return None
    expires = message.handed_at + letters.LINKS_LAST
    if expires <= now:
        return None
    return tokens.sign(purpose, candidate_id, message_id, expires=expires)
