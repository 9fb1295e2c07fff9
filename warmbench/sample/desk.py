"""How the sample's recruiters work through their Today queues."""

import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from warmbench.accounts.models import User
from warmbench.nurture import personalisation
from warmbench.nurture.models import Personalisation
from warmbench.nurture.personalisation import TooLateError
from warmbench.people import candidates, consent, notices
from warmbench.people.candidates import PauseReason
from warmbench.people.consent import Proof
from warmbench.people.models import Candidate, Consent, Notice
from warmbench.signals import follow_ups, outcomes, queues
from warmbench.signals.models import FollowUp

Outcome = FollowUp.Outcome

#: What comes of a follow-up, and how often.
_OUTCOMES = (
    (Outcome.REACHED, 35),
    (Outcome.LEFT_MESSAGE, 20),
    (Outcome.INTERESTED, 15),
    (Outcome.NOT_NOW, 20),
    (Outcome.NOT_INTERESTED, 10),
)
#: What recruiters add to check-ins.
_OWN_NOTES = (
    "I am in the office all week, should you prefer a call to a mail.",
    "A colleague of yours asked after you the other day; I said that I would, too.",
    "By the way, we have moved around the corner: there is better coffee now.",
)
#: Of what recruiters get done, so much of their check-ins.
_LOOKED_AT = 0.25
_TALKED = {Outcome.REACHED, Outcome.INTERESTED, Outcome.NOT_NOW}
#: When they see to their queues, in their own hours: so wide that the clock's steps meet it
#: once a day.
_AT_WORK = range(8, 16)


def work(team: Sequence[User], *, now: datetime, share: float, source: random.Random) -> None:
    """Let each recruiter who is at work close this share of what is due, with an outcome."""
    for recruiter in team:
        if now.astimezone(ZoneInfo(recruiter.time_zone)).hour not in _AT_WORK:
            continue
        _look_at_letters(recruiter, share * _LOOKED_AT, now=now, source=source)
        due = queues.today(recruiter, now=now).filter(due_at__lte=now + timedelta(days=1))
        for entry in due:
            if source.random() < share:
                _close(entry, recruiter, now=now, source=source)


def _look_at_letters(
    recruiter: User, share: float, *, now: datetime, source: random.Random
) -> None:
    """So many check-ins are looked at before they go, the others go as they are. Of those, most
    get a word more or none, and now and then one does not go."""
    waiting = Personalisation.objects.filter(owner=recruiter, state=Personalisation.State.WAITING)
    for pk in waiting.order_by("pk").values_list("pk", flat=True):
        if source.random() >= share:
            continue
        with suppress(TooLateError):
            if source.random() < 0.1:
                personalisation.skip(pk, by_id=recruiter.pk, now=now)
            else:
                own = source.choice(_OWN_NOTES) if source.random() < 0.4 else ""
                personalisation.approve(pk, {"own_note": own}, by_id=recruiter.pk, now=now)


def _close(entry: FollowUp, recruiter: User, *, now: datetime, source: random.Random) -> None:
    if entry.reason == FollowUp.Reason.PERSONALISE:
        return
    possible = {means.outcome for means in outcomes.of(entry.reason)}
    drawn = [(one, weight) for one, weight in _OUTCOMES if one in possible]
    outcome = source.choices([one for one, _ in drawn], [weight for _, weight in drawn])[0]
    follow_ups.done(entry.pk, outcome=outcome, by_id=recruiter.pk, now=now)
    person = entry.candidate
    if outcome in _TALKED:
        candidates.record_conversation(
            person.pk,
            on=now.date(),
            topic=person.last_conversation_topic or "how things are going",
            note="",
            now=now,
            by_id=recruiter.pk,
        )
        _settle_by_law(entry, recruiter, now=now)
    if person.pause_reason == PauseReason.REPLIED:
        candidates.resume([person.pk], by_id=recruiter.pk, only=PauseReason.REPLIED, now=now)
    if outcome == Outcome.INTERESTED and source.random() < 0.3:
        status = source.choice([Candidate.Status.APPLIED, Candidate.Status.PLACED])
        candidates.change_status(person.pk, status, by_id=recruiter.pk, now=now)


def _settle_by_law(entry: FollowUp, recruiter: User, *, now: datetime) -> None:
    """What whoever was reached has to be told, or asked."""
    person = entry.candidate
    if entry.reason == FollowUp.Reason.NOTICE_DUE:
        notices.inform(
            [person.pk],
            kind=Notice.Kind.TOLD,
            evidence="Told on the phone, and sent the privacy notice",
            by_id=recruiter.pk,
            now=now,
        )
    if entry.reason == FollowUp.Reason.CONSENT_NEEDED:
        consent.record(
            person.pk,
            basis=Consent.Basis.CONSENT,
            evidence="Agreed on the phone to hear from us",
            proof=Proof(source=recruiter.name, how=Consent.How.CALL, by_id=recruiter.pk),
            now=now,
        )
