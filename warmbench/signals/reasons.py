"""When what was heard asks a recruiter to act: how soon it should be, and what it is worth."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, Subquery

from warmbench.accounts.models import Organisation
from warmbench.messaging import standing
from warmbench.messaging.models import Message
from warmbench.messaging.windows import is_holiday
from warmbench.people.models import Candidate
from warmbench.signals import changes, follow_ups, policies, preferences, scoring, warmth
from warmbench.signals.follow_ups import Evidence
from warmbench.signals.models import FollowUp, Signal
from warmbench.signals.scoring import Policy

Reason = FollowUp.Reason

#: What acting is worth, before warmth adds up to 25: an answer that is waited for, then a
#: change of mind, then interest, then housekeeping.
VALUES: dict[str, int] = {
    Reason.REPLIED: 75,
    # Before the interest cools, and before the client's deadline.
    Reason.ROLE_INTEREST: 72,
    Reason.CALL: 65,
    Reason.PREFERENCES: 55,
    Reason.HIGH_INTEREST: 45,
    Reason.CLICKED: 35,
    # Planned for everybody on a sequence: whoever showed interest by herself comes first.
    Reason.STEP: 30,
    Reason.ADDRESS_DEAD: 15,
    Reason.MOVED: 20,
    Reason.COMPLAINED: 40,
    Reason.UNSUBSCRIBED: 10,
    # What the law sets a date for stands above what we would like to do; housekeeping below all.
    Reason.RIGHTS: 70,
    Reason.RETENTION: 5,
    Reason.NOTICE_DUE: 60,
    Reason.CONSENT_NEEDED: 12,
    # It waits for nobody: at its deadline the step says what happens.
    Reason.PERSONALISE: 32,
    Reason.COOLING: 18,
    # Somebody promised it for that day.
    Reason.REMINDER: 50,
    # They wanted to talk, and it did not come to that.
    Reason.TALK: 60,
}
#: By the end of which working day after this one.
WORKING_DAYS: dict[str, int] = {
    Reason.REPLIED: 0,
    Reason.PREFERENCES: 1,
    Reason.HIGH_INTEREST: 1,
    Reason.CLICKED: 2,
    Reason.STEP: 3,
    Reason.ADDRESS_DEAD: 5,
    Reason.MOVED: 5,
    Reason.COMPLAINED: 1,
    Reason.UNSUBSCRIBED: 5,
    Reason.CONSENT_NEEDED: 10,
    Reason.CALL: 0,
    Reason.COOLING: 5,
    Reason.REMINDER: 0,
    Reason.TALK: 1,
}
#: By when to act within the hour that somebody took an interest in a role (product.md §2).
WITHIN_THE_HOUR = timedelta(hours=1)
END_OF_DAY = time(17)
#: What comes later than this in the day is not asked for the same day.
LATE_IN_THE_DAY = time(15)

#: Where it is we who approach somebody: not those who are not to be contacted.
APPROACHES = frozenset(
    {
        *(Reason.HIGH_INTEREST, Reason.CLICKED, Reason.ROLE_INTEREST, Reason.CALL),
        *(Reason.STEP, Reason.COOLING),
    }
)
#: What somebody did that a recruiter is to answer.
ANSWERED_BY_A_RECRUITER = (APPROACHES - {Reason.STEP, Reason.COOLING}) | {
    *(Reason.REPLIED, Reason.PREFERENCES),
}
#: No sign of life for so long makes one click worth a word.
LONG_SILENCE = timedelta(days=90)
#: Somebody as warm as this who leaves is worth knowing about.
WARM_ENOUGH_TO_MISS = 20


def value(reason: Reason, warm: int) -> int:
    """How high an entry stands in the queue, 0 to 100: its reason, plus a quarter of the warmth."""
    return VALUES[reason] + warm // 4


def due(reason: Reason, *, zone: str, country: str, now: datetime) -> datetime:
    """By when to act: the end of a working day, at 17:00, where the recruiter is; on interest in
    a role within the hour, whatever the hour is."""
    if reason == Reason.ROLE_INTEREST:
        return now + WITHIN_THE_HOUR
    place = ZoneInfo(zone)
    here = now.astimezone(place)
    day, left = here.date(), WORKING_DAYS[reason]
    if not left and (here.time() >= LATE_IN_THE_DAY or not _is_working_day(day, country)):
        left = 1
    while left:
        day += timedelta(days=1)
        left -= _is_working_day(day, country)
    return datetime.combine(day, END_OF_DAY, place).astimezone(UTC)


def due_for(candidate: Candidate, reason: Reason, *, now: datetime) -> datetime:
    """By when the recruiter of a candidate should act."""
    organisation = Organisation.objects.first()
    zone = organisation.default_time_zone if organisation else "UTC"
    country = organisation.default_country if organisation else ""
    if candidate.owner:
        zone = candidate.owner.time_zone
    return due(reason, zone=zone, country=country, now=now)


def ask_about_replies(signal_ids: Collection[int], *, now: datetime) -> None:
    """Put everybody who replied before their recruiter, by the end of the day."""
    _ask(Reason.REPLIED, _heard(signal_ids, Signal.Kind.REPLIED), now=now)


def ask_about_preferences(signal_ids: Collection[int], *, now: datetime) -> None:
    """Put before their recruiter who says to be open or searching now, or who wants another pay,
    place, way of working or field than before: which roles fit them is another question now.

    Whoever is still passive and changed nothing of that, or asks for a pause, asks to be left
    alone.
    """
    heard = _heard(signal_ids, Signal.Kind.PREFERENCES_UPDATED)
    eager = (Candidate.Status.OPEN.label, Candidate.Status.SEARCHING.label)
    asked = [
        one
        for one in heard
        if one.topic.startswith(eager)
        or (preferences.CHANGED in one.topic and preferences.PAUSED not in one.topic)
    ]
    _ask(Reason.PREFERENCES, asked, now=now)


def ask_about_high_interest(candidate_ids: Collection[int], *, now: datetime) -> None:
    """Put before their recruiter who took an interest often enough lately.

    Signals that a recruiter has dealt with do not count again: it takes as many new ones.
    """
    ask_about_interest_by(policies.in_force(), candidate_ids, now=now)


def ask_about_interest_by(
    policy: Policy, candidate_ids: Collection[int], *, now: datetime, whose: str = ""
) -> None:
    """The same by the rule of this policy; ``whose`` it is stands beside the evidence."""
    recent = Signal.objects.filter(
        candidate_id__in=candidate_ids, at__gt=now - policy.interest_span, at__lte=now
    )
    entries = FollowUp.objects.filter(
        candidate_id__in=candidate_ids, reason=Reason.HIGH_INTEREST, asked_at__lte=now
    )
    asked: set[int] = set()
    dealt_with: set[int] = set()
    for entry in entries:
        if entry.state == FollowUp.State.OPEN:
            asked.add(entry.candidate_id)
        else:
            dealt_with.update(item["signal"] for item in entry.evidence if item["signal"])
    heard: defaultdict[int, list[Signal]] = defaultdict(list)
    for signal in recent.exclude(pk__in=dealt_with).order_by("at"):
        if policy.counts(signal.kind):
            heard[signal.candidate_id].append(signal)
    interested = [
        signal
        for candidate_id, signals in heard.items()
        if candidate_id in asked or scoring.is_high_interest(signals, policy, now=now)
        for signal in signals
    ]
    _ask(Reason.HIGH_INTEREST, interested, about=policy.scope, whose=whose, now=now)


def ask_about_returns(signal_ids: Collection[int], *, now: datetime) -> None:
    """Put before their recruiter who clicked after a long silence.

    Silence began with the last sign of life: an earlier signal, a conversation, or, when
    there was none, the day we came to know the person. Who clicked in a role alert is put before
    them for that role.
    """
    heard = _heard(signal_ids, Signal.Kind.CLICKED)
    alerts = Message.objects.filter(
        pk__in=[s.message_id for s in heard], purpose=Message.Purpose.ALERT
    )
    about_roles = set(alerts.values_list("pk", flat=True))
    lately = _signs_before(heard)
    returned = [
        s for s in heard if s.message_id not in about_roles and s.at - lately[s.pk] >= LONG_SILENCE
    ]
    _ask(Reason.CLICKED, returned, now=now)


def ask_about_dead_addresses(signal_ids: Collection[int], *, now: datetime) -> None:
    """Put before their recruiter whose address no longer works: they may have a new job."""
    _ask(Reason.ADDRESS_DEAD, _heard(signal_ids, Signal.Kind.ADDRESS_DEAD), now=now)


def ask_about_moves(signal_ids: Collection[int], *, now: datetime) -> None:
    """Put before their recruiter who seems to have another job, for somebody to find out."""
    _ask(Reason.MOVED, _heard(signal_ids, Signal.Kind.MOVED), now=now)


def ask_about_silence(signal_ids: Collection[int], *, now: datetime) -> None:
    """Put before their recruiter who went quiet after being warm: a word of a person may bring
    them back."""
    _ask(Reason.COOLING, _heard(signal_ids, Signal.Kind.WENT_QUIET), now=now)


def ask_about_talks(signal_ids: Collection[int], *, now: datetime) -> None:
    """Put before their recruiter whose talk was called off, or who did not come: another time
    is found by a person."""
    kinds = (Signal.Kind.CALLED_OFF, Signal.Kind.NOT_THERE)
    _ask(Reason.TALK, [s for kind in kinds for s in _heard(signal_ids, kind)], now=now)


def tell_of_complaints(signal_ids: Collection[int], *, now: datetime) -> None:
    """Tell the recruiter of whoever called a message spam. There is nothing to send."""
    _ask(Reason.COMPLAINED, _heard(signal_ids, Signal.Kind.COMPLAINED), now=now)


def ask_about_lost(signal_ids: Collection[int], *, now: datetime) -> None:
    """Tell the recruiter of somebody warm that they unsubscribed. There is nothing to send."""
    heard = _heard(signal_ids, Signal.Kind.UNSUBSCRIBED)
    warm = warmth.of({s.candidate_id for s in heard}, now=now)
    missed = [s for s in heard if warm[s.candidate_id] >= WARM_ENOUGH_TO_MISS]
    _ask(Reason.UNSUBSCRIBED, missed, now=now)


def _ask(
    reason: Reason, heard: Iterable[Signal], *, now: datetime, about: str = "", whose: str = ""
) -> None:
    evidence: defaultdict[int, list[Evidence]] = defaultdict(list)
    for signal in heard:
        said = Evidence.of(signal)
        text = f"{said.text} ({whose})" if whose else said.text
        evidence[signal.candidate_id].append(replace(said, text=text, about=about))
    if not evidence:
        return
    warm = warmth.of(evidence.keys(), now=now)
    for candidate in worth_calling(evidence.keys(), reason, now=now):
        follow_ups.ask_for(
            candidate.pk,
            reason,
            evidence=evidence[candidate.pk],
            value=value(reason, warm[candidate.pk]),
            due_at=due_for(candidate, reason, now=now),
            now=now,
        )


def worth_calling(
    candidate_ids: Collection[int], reason: Reason, *, now: datetime
) -> list[Candidate]:
    """Those whom a recruiter may approach for this reason, with their recruiters. Who wrote to us
    is heard in any case."""
    people = Candidate.objects.filter(pk__in=candidate_ids).select_related("owner").order_by("pk")
    if reason not in APPROACHES:
        return list(people)
    standings = standing.of(candidate_ids, now=now, counting_queued=False)
    stopped = {pk for pk, who in standings.items() if who.suppressed}
    return list(people.exclude(Q(pk__in=stopped) | Q(status=Candidate.Status.DO_NOT_CONTACT)))


def _heard(signal_ids: Collection[int], kind: Signal.Kind) -> list[Signal]:
    found = Signal.objects.filter(pk__in=signal_ids, kind=kind).select_related("candidate")
    return list(found.order_by("at"))


def _signs_before(clicks: Iterable[Signal]) -> dict[int, datetime]:
    """By click, when there was the last sign of life before it."""
    earlier = Signal.objects.filter(candidate=OuterRef("candidate"), at__lt=OuterRef("at"))
    # A machine that answers for them is no sign of life.
    quiet = (Signal.Kind.ABSENT, Signal.Kind.WENT_QUIET, *changes.OF_PROFILES)
    earlier = earlier.exclude(kind__in=quiet)
    last = Subquery(earlier.order_by("-at").values("at")[:1])
    asked = Signal.objects.filter(pk__in=[click.pk for click in clicks]).annotate(last_at=last)
    heard_at = dict(asked.values_list("pk", "last_at"))
    return {click.pk: _last_sign(click.candidate, heard_at[click.pk]) for click in clicks}


def _last_sign(person: Candidate, heard_at: datetime | None) -> datetime:
    talked = person.last_conversation_on
    signs = [heard_at, datetime.combine(talked, time(0), UTC) if talked else None]
    return max((at for at in signs if at), default=person.added_at)


def _is_working_day(day: date, country: str) -> bool:
    return day.weekday() < 5 and not is_holiday(day, country)
