"""Stops, or holds still for, whoever does not want to be contacted, as soon as it is read.

Only on the candidate's own words, or a note of ours that reports them. A stop that is read with
near certainty is one at once, and a person can lift it until it is confirmed; everything else is a
pause, and a recruiter is asked to look. Nothing here lifts anything by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from warmbench.core import audit
from warmbench.insight import slots
from warmbench.insight.kinds import Kind, Polarity, SourceKind, Speaker
from warmbench.insight.models import Insight, Source
from warmbench.people import candidates, consent
from warmbench.people.candidates import PauseReason
from warmbench.people.models import Candidate, Suppression
from warmbench.signals import promises

#: Below this a stop for good is taken for a pause.
SURE = 0.9
#: How long a pause lasts of which nobody said how long.
PAUSE = timedelta(days=90)
#: The last places on earth are twelve hours behind: a day earlier we would break our word there.
_BEGUN = time(12)
_REPORTED_IN = frozenset({SourceKind.NOTE, SourceKind.DEBRIEF})
_EVIDENCE = "Insight {}"


@dataclass(frozen=True, slots=True)
class Effect:
    """What a fact did to somebody's contact with us, as far as it lasts."""

    #: The stop, if there is one that can be lifted.
    suppression_id: int | None = None
    paused_until: datetime | None = None

    @property
    def is_there(self) -> bool:
        """Whether there is anything to be lifted."""
        return self.suppression_id is not None or self.paused_until is not None


def heed(source: Source, new: Iterable[Insight], *, now: datetime) -> None:
    """Do at once what these new facts ask for, in the transaction that records them."""
    for one in new:
        if counts(one, source.kind):
            _stop(one, now=now) if is_for_good(one) else _pause(one, now=now)


def counts(one: Insight, source_kind: str) -> bool:
    """Whether a fact is a wish to be left alone that acts before anybody looked: the candidate's
    own words, or what a recruiter notes of them."""
    if one.kind != Kind.STOP or one.polarity != Polarity.REFUSES:
        return False
    is_reported = one.speaker == Speaker.RECRUITER and source_kind in _REPORTED_IN
    return one.speaker == Speaker.CANDIDATE or is_reported


def is_for_good(one: Insight) -> bool:
    """Whether it says, surely enough, that they want to hear nothing any more."""
    return one.value.get("tier") == "hard" and one.confidence >= SURE


def until(one: Insight) -> datetime:
    """Until when a pause lasts that was asked for: the day that was said, or 90 days from then,
    once it has begun wherever they may be."""
    said = slots.day(one.value.get("until"))
    return datetime.combine(said or one.said_on + PAUSE, _BEGUN, UTC)


def effect(one: Insight, *, now: datetime) -> Effect:
    """What a fact did that still lasts and that a person may lift."""
    stop = Suppression.objects.filter(
        candidate=one.candidate_id,
        reason=Suppression.Reason.MANUAL,
        evidence__startswith=f"{_EVIDENCE.format(one.pk)}:",
        releases=None,
        released_by=None,
    ).first()
    person = Candidate.objects.filter(pk=one.candidate_id).first()
    lasts = (
        person is not None
        and one.kind == Kind.STOP
        and person.pause_reason == PauseReason.ASKED
        and person.asked_until == until(one)
        and candidates.is_paused(person, now=now)
    )
    return Effect(stop.pk if stop else None, until(one) if lasts else None)


@transaction.atomic
def lift(insight_id: int, *, by_id: int, now: datetime) -> bool:
    """Take back what a fact did that a person found to be none. Returns whether there was anything.

    What was asked for in any other way stays.
    """
    one = Insight.objects.filter(pk=insight_id, state=Insight.State.REJECTED).first()
    if one is None:
        return False
    did = effect(one, now=now)
    if did.suppression_id is not None:
        consent.release(did.suppression_id, by_id=by_id, now=now)
    if did.paused_until is not None:
        candidates.resume([one.candidate_id], only=PauseReason.ASKED, by_id=by_id, now=now)
        for other in _others(one):
            _hold(other, now=now)
    if did.is_there:
        audit.record(by_id, "insight.stop_lifted", f"insight:{one.pk}", now=now)
    return did.is_there


@transaction.atomic
def confirm(one: Insight, *, by_id: int, now: datetime) -> None:
    """Let a stop for good that a person confirmed be the candidate's own word, which nobody takes
    back; of a pause, see to it that it holds."""
    if one.kind != Kind.STOP or one.polarity != Polarity.REFUSES:
        return
    if one.value.get("tier") == "hard":
        consent.suppress(
            one.candidate_id,
            reason=Suppression.Reason.DO_NOT_CONTACT,
            evidence=_evidence(one),
            by_id=by_id,
            now=now,
        )
    else:
        _hold(one, now=now)


def _others(one: Insight) -> list[Insight]:
    """The other facts that ask for a pause of the same person, and that nobody rejected."""
    asked = Insight.objects.filter(candidate=one.candidate_id, kind=Kind.STOP, corrections=None)
    asked = asked.exclude(pk=one.pk).exclude(state=Insight.State.REJECTED).select_related("source")
    return [
        other
        for other in asked.defer("source__text").order_by("pk")
        if other.decided_at is not None or counts(other, other.source.kind)
        if other.polarity == Polarity.REFUSES and not is_for_good(other)
    ]


def _stop(one: Insight, *, now: datetime) -> None:
    stops = Suppression.objects.filter(
        candidate=one.candidate_id, channel="", releases=None, released_by=None
    )
    may_be_lifted = (Suppression.Reason.ADDRESS_DEAD, Suppression.Reason.MANUAL)
    if stops.exclude(reason__in=may_be_lifted).exists():
        # They said so before, in a way that nobody can lift by rejecting this.
        return
    consent.suppress(
        one.candidate_id, reason=Suppression.Reason.MANUAL, evidence=_evidence(one), now=now
    )
    _ask_to_look(one, "wants to hear nothing from us any more, and is not written to", now=now)


def _pause(one: Insight, *, now: datetime) -> None:
    if until(one) <= now:
        return
    _hold(one, now=now)
    _ask_to_look(one, f"is left alone until {until(one):%-d %B %Y}", now=now)


def _hold(one: Insight, *, now: datetime) -> None:
    standing = candidates.asked_until(one.candidate_id, now=now)
    if until(one) > (standing or now):
        candidates.pause([one.candidate_id], reason=PauseReason.ASKED, until=until(one), now=now)


def _ask_to_look(one: Insight, what: str, *, now: datetime) -> None:
    day: date = now.date()
    promises.promise(
        one.candidate_id,
        on=day,
        note=f"Confirm or reject that this person {what}: “{one.quote[:200]}”",
        about=f"insight:{one.pk}",
        now=now,
    )


def _evidence(one: Insight) -> str:
    said = f"{_EVIDENCE.format(one.pk)}: “{one.quote}”, {one.said_on:%-d %B %Y}"
    return said if len(said) <= 300 else f"{said[:297]}…"
