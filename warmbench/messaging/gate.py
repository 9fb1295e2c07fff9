"""The last gate: whether a touch may go now, later or never. Pure; every touch passes it
when it is planned and again in the moment of sending."""

from dataclasses import replace
from datetime import datetime, timedelta

from warmbench.messaging import budget, windows
from warmbench.messaging.known import SenderState, Standing, Touch
from warmbench.messaging.models import Message, Switch
from warmbench.messaging.verdict import ALLOW, Later, Reason, Refuse, Verdict
from warmbench.people import law, off_limits, phones
from warmbench.people.law import Terms
from warmbench.people.models import Candidate, Channel, Consent, Purpose, Suppression
from warmbench.people.places import plausible_zones

#: Stored with each decision. Rises whenever ``judge``, or people/data/law.yaml, could make it
#: answer differently; the version of that file is never higher.
POLICY = 10

#: For so long after they wrote to us, a person's own answer is what they asked for.
ANSWER_WITHIN = timedelta(days=30)

#: Fields of a message that tells its reader where we have her data from.
NOTICE_SOURCE, NOTICE_SINCE = "notice_source", "notice_since"

#: Beside the switches that are engaged: a system that knows who was placed was not heard from
#: for too long (``people.truth.stale``).
STALE_TRUTH = ("truth", 0)

#: When to ask again about what a person has to lift first.
_RETRY_STOPPED = timedelta(minutes=15)
_RETRY_UNPLACED = timedelta(days=1)
_RETRY_PAUSED = timedelta(days=7)


FINAL_STATUS: dict[str, Refuse] = {
    Candidate.Status.DO_NOT_CONTACT: Refuse(Reason.DO_NOT_CONTACT),
    Candidate.Status.PLACED: Refuse(Reason.PLACED),
    Candidate.Status.HIRED: Refuse(Reason.HIRED),
    Candidate.Status.APPLIED: Refuse(Reason.APPLIED),
}
_SUPPRESSED: dict[str, Refuse] = {
    Suppression.Reason.UNSUBSCRIBED: Refuse(Reason.UNSUBSCRIBED),
    Suppression.Reason.COMPLAINED: Refuse(Reason.COMPLAINED),
    Suppression.Reason.DO_NOT_CONTACT: Refuse(Reason.DO_NOT_CONTACT),
}
#: What a candidate's recruiter writes, nobody else can send.
_AS_THE_OWNER = frozenset({Message.Purpose.CHECK_IN, Message.Purpose.ALERT})
#: What moves only that which we send of our own accord.
_NOT_FOR_ANSWERS = (
    Reason.OFF_LIMITS,
    Reason.PAUSED,
    Reason.BUDGET,
    Reason.ALERT_GAP,
    Reason.RHYTHM,
)
#: The person's own decisions and the end of the search: nobody waits for these to change.
FINAL = frozenset(refusal.reason for refusal in (*FINAL_STATUS.values(), *_SUPPRESSED.values())) | {
    Reason.SUPPRESSED,
    Reason.CONSENT_WITHDRAWN,
}


def judge(
    touch: Touch,
    standing: Standing,
    sender: SenderState | None,
    switches: frozenset[tuple[str, int]],
    *,
    now: datetime,
) -> Verdict:
    """Whether the touch may go now.

    Refusals come first, in the order of rules.md C27: suppression, then what the law forbids
    whatever else is known, then status, then permission, then whose touch it is. What is left
    is a question of time: the verdict names the first moment at which nothing known today
    stands in the way, and the reason that moved it.

    What a person answers to somebody who wrote to us is held up by fewer checks: ``is_answer``.
    """
    terms = terms_of(touch, standing, now=now)
    barred = conflict(touch, standing, now=now)
    refusal = (
        suppression(standing)
        or prohibition(standing, terms, now=now)
        or finality(touch, standing, now=now)
        or (barred if isinstance(barred, Refuse) else None)
        or lack_of_ground(standing, terms, now=now)
        or unreachable(standing)
        or misfit(touch, standing, sender, now=now)
    )
    if refusal:
        return refusal
    if hold := pause(touch, standing, now=now) or ignorance(touch, switches, now=now):
        return hold
    if sender is None:
        return Later(now + _RETRY_UNPLACED, Reason.NO_SENDER)
    if hold := obstacle(touch, standing, sender, switches, now=now):
        return hold
    return _when(touch, standing, sender, terms, now=now)


def is_answer(touch: Touch, *, now: datetime) -> bool:
    """Whether a person answers what this candidate wrote to us within 30 days.

    It is what they asked for: that they are hired elsewhere or in a process, a pause, the budget
    and their rhythm are about what we send of our own accord. Stops, the law and trouble with the
    mailbox hold it up like everything. The hours are longer: 07:00 to 21:00 on any day.
    """
    if touch.purpose != Message.Purpose.PERSONAL or touch.answers_at is None:
        return False
    return touch.answers_at > now - ANSWER_WITHIN


def permission_for(purpose: str) -> Purpose:
    """What a message of this purpose needs permission for. A blank one covers both."""
    return Purpose.ALERT if purpose == Message.Purpose.ALERT else Purpose.NURTURE


def touched(person: Standing, purpose: str, *, now: datetime) -> Standing:
    """The same person after one more touch."""
    alerted_at = now if purpose == Message.Purpose.ALERT else person.alerted_at
    return replace(person, recent=(now, *person.recent), alerted_at=alerted_at)


def terms_of(touch: Touch, standing: Standing, *, now: datetime) -> Terms:
    """What the law asks for where she lives."""
    return law.terms_for(
        standing.country, standing.region, touch.channel, touch.permission, now.date()
    )


def permission(touch: Touch, standing: Standing, *, now: datetime) -> Refuse | None:
    """What her own word, or the law, has against the touch; None if neither has anything."""
    terms = terms_of(touch, standing, now=now)
    return (
        prohibition(standing, terms, now=now)
        or lack_of_ground(standing, terms, now=now)
        or unreachable(standing)
    )


def notice(touch: Touch, standing: Standing, *, now: datetime) -> dict[str, str]:
    """What a first message has to say (GDPR Art. 14): from whom we have her data, and since
    which month. Nothing where she knows, where no law asks, or where we do not know ourselves.
    """
    if standing.obtained_at is None or not standing.source:
        return {}
    if terms_of(touch, standing, now=now).notice is None:
        return {}
    return {NOTICE_SOURCE: standing.source, NOTICE_SINCE: f"{standing.obtained_at:%Y-%m}"}


# Each of the checks that ``judge`` makes, for whoever shows them one by one.


def suppression(standing: Standing) -> Refuse | None:
    """What stops every message to her."""
    if not standing.suppressed:
        return None
    return _SUPPRESSED.get(standing.suppressed, Refuse(Reason.SUPPRESSED))


def prohibition(standing: Standing, terms: Terms, *, now: datetime) -> Refuse | None:
    """An objection, and use of data of which nobody told her (GDPR Art. 21 and 14)."""
    if standing.basis == Consent.Basis.WITHDRAWN:
        return Refuse(Reason.CONSENT_WITHDRAWN)
    if standing.obtained_at is None or terms.notice is None:
        return None
    is_late = law.stops_at(terms.notice, standing.obtained_at) <= now
    return Refuse(Reason.NOTICE_OVERDUE, terms.notice_by) if is_late else None


def lack_of_ground(standing: Standing, terms: Terms, *, now: datetime) -> Refuse | None:
    """What is missing, or over, of the ground on which we may write to her."""
    if not standing.basis:
        return Refuse(Reason.NO_CONSENT)
    if standing.basis not in terms.grounds:
        return Refuse(Reason.CONSENT_FIRST, terms.grounds_by)
    if standing.basis_expires_at is not None and standing.basis_expires_at <= now:
        return Refuse(Reason.CONSENT_EXPIRED)
    if standing.basis_since is not None:
        ends = terms.ends(standing.basis, standing.basis_since)
        if ends is not None and ends <= now:
            return Refuse(Reason.IMPLIED_EXPIRED, terms.grounds_by)
    return None


def unreachable(standing: Standing) -> Refuse | None:
    """Why there is nowhere to write to."""
    if not standing.address:
        return Refuse(Reason.NO_ADDRESS)
    return Refuse(Reason.SAME_READER) if standing.is_read_by_another else None


def misfit(
    touch: Touch, standing: Standing, sender: SenderState | None, *, now: datetime
) -> Refuse | None:
    """Why this touch is not the one to go, whoever she is."""
    if touch.withdrawn:
        return Refuse(Reason(touch.withdrawn))
    if touch.valid_until is not None and touch.valid_until <= now:
        return Refuse(Reason.EXPIRED)
    if sender is None or sender.owner_id is None:
        return None
    if not sender.owner_is_active:
        return Refuse(Reason.OWNER_INACTIVE)
    speaks_as_owner = touch.purpose in _AS_THE_OWNER
    if speaks_as_owner and standing.owner_id not in (None, sender.owner_id):
        return Refuse(Reason.OWNER_CHANGED)
    return None


def finality(touch: Touch, standing: Standing, *, now: datetime) -> Refuse | None:
    """What their status has against it. Somebody who must not be contacted is not answered, nor is
    anybody with what a person wrote before they had that status: they may not have known."""
    refusal = FINAL_STATUS.get(standing.status)
    if standing.status == Candidate.Status.DO_NOT_CONTACT or not is_answer(touch, now=now):
        return refusal
    written_at, since = touch.written_at, standing.status_since
    return refusal if written_at and since and since >= written_at else None


def conflict(touch: Touch, standing: Standing, *, now: datetime) -> Refuse | Later | None:
    """What was agreed about her employer: that its people are not approached, or do not hear of
    this client's roles; for good, or until a day. Nobody hears of a role of who employs them: that
    would tell them what their employer plans, and it that they look around.

    What a person answers to somebody who wrote to us approaches nobody.
    """
    if is_answer(touch, now=now):
        return None
    if standing.off_limits:
        barred = _barred(Reason.OFF_LIMITS, standing.off_limits_until, now=now)
        if barred is not None:
            return barred
    if not touch.client:
        return None
    if standing.employer and off_limits.key(standing.employer) == touch.client:
        return Refuse(Reason.CLIENT_CONFLICT)
    over = standing.conflicts.get(touch.client)
    if over is None:
        return None
    until = datetime.fromisoformat(over) if over else None
    return _barred(Reason.CLIENT_CONFLICT, until, now=now)


def _barred(reason: Reason, until: datetime | None, *, now: datetime) -> Refuse | Later | None:
    if until is None:
        return Refuse(reason)
    return Later(until, reason) if until > now else None


def reserved_until(touch: Touch, standing: Standing, sender: SenderState) -> datetime | None:
    """Until when another recruiter alone approaches her; None if none does. A mailbox of the whole
    team speaks for nobody, unless the touch is one that her own recruiter writes."""
    if standing.reserved_by is None:
        return None
    speaker = sender.owner_id
    if speaker is None and touch.purpose in _AS_THE_OWNER:
        speaker = standing.owner_id
    return None if speaker in (None, standing.reserved_by) else standing.reserved_until


def pause(touch: Touch, standing: Standing, *, now: datetime) -> Later | None:
    """A pause without an end; one with an end moves the time."""
    if is_answer(touch, now=now):
        return None
    if standing.is_paused and standing.paused_until is None:
        return Later(now + _RETRY_PAUSED, Reason.PAUSED)
    return None


def ignorance(touch: Touch, switches: frozenset[tuple[str, int]], *, now: datetime) -> Later | None:
    """That we do not know whether she was placed meanwhile. Whom a person answers wrote to us."""
    if STALE_TRUTH not in switches or is_answer(touch, now=now):
        return None
    return Later(now + _RETRY_STOPPED, Reason.STALE_TRUTH)


def obstacle(
    touch: Touch,
    standing: Standing,
    sender: SenderState,
    switches: frozenset[tuple[str, int]],
    *,
    now: datetime,
) -> Later | None:
    """What a person has to lift first: a stop, or a mailbox that cannot send."""
    if switches and _is_stopped(touch, sender, switches):
        return Later(now + _RETRY_STOPPED, Reason.STOPPED)
    if (unable := _unable(touch, standing, sender)) is not None:
        return Later(now + _RETRY_STOPPED, unable)
    return None


def _is_stopped(touch: Touch, sender: SenderState, switches: frozenset[tuple[str, int]]) -> bool:
    return (
        (Switch.Scope.EVERYTHING, 0) in switches
        or (Switch.Scope.SENDER, sender.sender_id) in switches
        or (Switch.Scope.RECRUITER, sender.owner_id or 0) in switches
        or (Switch.Scope.SEQUENCE, touch.sequence_id or 0) in switches
    )


def _unable(touch: Touch, standing: Standing, sender: SenderState) -> Reason | None:
    """Why this sender cannot send the touch, whatever the time is."""
    if sender.is_paused:
        return Reason.SENDER_PAUSED
    if touch.channel != Channel.SMS or sender.is_registered_in_us:
        return None
    # American networks take texts of registered brands and campaigns only (10DLC).
    return Reason.NOT_REGISTERED if phones.may_be_american(standing.address) else None


def moves(
    touch: Touch, standing: Standing, sender: SenderState, *, now: datetime
) -> tuple[tuple[Reason, datetime | None], ...]:
    """The moments before which it must not go, and why; None where nothing says so. Of equal
    ones, the first is named."""
    full_until = sender.next_day if sender.room <= 0 else None
    taken_until = reserved_until(touch, standing, sender)
    if is_answer(touch, now=now):
        skipped = ((one, None) for one in _NOT_FOR_ANSWERS)
        return ((Reason.RESERVED, taken_until), *skipped, (Reason.SENDER_CAP, full_until))
    barred = conflict(touch, standing, now=now)
    until = barred.until if isinstance(barred, Later) else None
    return (
        (barred.reason if barred else Reason.OFF_LIMITS, until),
        (Reason.RESERVED, taken_until),
        (Reason.PAUSED, standing.paused_until if standing.is_paused else None),
        (Reason.BUDGET, budget.free_at(budget.counted(touch, standing))),
        (Reason.ALERT_GAP, budget.rested_at(touch, standing)),
        (Reason.RHYTHM, standing.quiet_until),
        (Reason.SENDER_CAP, full_until),
    )


def opening(
    earliest: datetime, touch: Touch, standing: Standing, terms: Terms, *, now: datetime
) -> Verdict:
    """Whether ``earliest`` lies in the hours in which she may be written to, or when they begin."""
    zones, window = _zones(standing), _window(touch, now=now)
    opens = windows.next_open(earliest, zones, standing.country, window, terms.hours)
    if opens is None:
        return Later(now + _RETRY_UNPLACED, Reason.ZONE_UNKNOWN)
    if opens <= now:
        return ALLOW
    if terms.hours is not None and earliest == now:
        ours = windows.next_open(now, zones, standing.country, window)
        if ours == now:
            return Later(opens, Reason.QUIET_HOURS, terms.hours_by)
    return Later(opens, Reason.WINDOW)


def _when(
    touch: Touch, standing: Standing, sender: SenderState, terms: Terms, *, now: datetime
) -> Verdict:
    earliest, reason = now, Reason.WINDOW
    for moved_by, free in moves(touch, standing, sender, now=now):
        if free is not None and free > earliest:
            earliest, reason = free, moved_by
    opens = opening(earliest, touch, standing, terms, now=now)
    if isinstance(opens, Later) and opens.reason == Reason.WINDOW:
        return replace(opens, reason=reason)
    return opens


def _window(touch: Touch, *, now: datetime) -> windows.Window:
    if is_answer(touch, now=now):
        return windows.ANSWER
    return windows.SMS if touch.channel == Channel.SMS else windows.EMAIL


def _zones(standing: Standing) -> tuple[str, ...]:
    """Every zone the person may live in."""
    if standing.time_zone:
        return (standing.time_zone,)
    return plausible_zones(standing.country, standing.region)
