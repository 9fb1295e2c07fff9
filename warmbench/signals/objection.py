"""Obeys an objection: nothing more is sent, and no profile is made, from that moment on."""

from datetime import datetime

from django.db import transaction

from warmbench.people import consent, rights
from warmbench.people.models import RightsRequest, Suppression
from warmbench.signals import follow_ups, warmth
from warmbench.signals.models import FollowUp

#: Entries that only a profile leads to.
_FROM_PROFILES = (
    *(FollowUp.Reason.HIGH_INTEREST, FollowUp.Reason.CLICKED),
    *(FollowUp.Reason.ROLE_INTEREST, FollowUp.Reason.CALL),
)
_NOTE = "They objected to what we do with their data."
_ANSWER = "No message and no profile from that second on."


@transaction.atomic
def take_up(
    candidate_id: int,
    *,
    channel: str,
    words: str,
    evidence: str,
    now: datetime,
    by_id: int | None = None,
    address: str = "",
) -> bool:
    """Obey an objection, and put on record that it was made and answered. Returns whether it is
    new."""
    is_new = obey(candidate_id, evidence=evidence, address=address, by_id=by_id, now=now)
    if is_new:
        kind = RightsRequest.Kind.OBJECTION
        asked = rights.ask(candidate_id, kind, channel=channel, words=words, by_id=by_id, now=now)
        if asked is not None:
            rights.answer(asked.pk, how=_ANSWER, by_id=by_id, now=now)
    return is_new


@transaction.atomic
def obey(
    candidate_id: int, *, evidence: str, now: datetime, by_id: int | None = None, address: str = ""
) -> bool:
    """Stop all messages to this candidate and all profiling of her (GDPR Art. 21(2) and (3)).

    From the commit on no hand-over begins, she has no warmth, her clicks are recorded no more,
    and ``people.rights.objectors`` names her to whatever ranks or matches people. Nobody can
    take it back. Returns whether it is new.
    """
    is_new = consent.suppress(
        candidate_id,
        reason=Suppression.Reason.OBJECTED,
        evidence=evidence,
        address=address,
        by_id=by_id,
        now=now,
    )
    warmth.forget([candidate_id])
    follow_ups.call_off([candidate_id], _FROM_PROFILES, note=_NOTE, now=now)
    return is_new
