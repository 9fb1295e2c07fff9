"""Takes a number out of use that is not, or no longer, that of a candidate, and gives it back."""

from datetime import datetime

from django.db import transaction

from warmbench.core import audit
from warmbench.core.events import publish
from warmbench.people import candidates
from warmbench.people.candidates import CandidatesChanged
from warmbench.people.models import Channel, ContactPoint

Standing = ContactPoint.Standing


@transaction.atomic
def take_out(candidate_id: int, *, by_id: int | None, now: datetime) -> ContactPoint | None:
    """Use the number no more that this person is called and texted at first, for this person
    alone: it may be somebody else's. Returns it as it was; None where no number was in use."""
    candidates.lock([candidate_id])
    numbers = ContactPoint.objects.filter(candidate=candidate_id, channel=Channel.SMS)
    first = numbers.exclude(standing=Standing.DEAD).order_by("position", "pk").first()
    if first is None:
        return None
    ContactPoint.objects.filter(pk=first.pk).update(standing=Standing.DEAD)
    _note("candidate.number_wrong", first, by_id=by_id, now=now)
    return first


@transaction.atomic
def give_back(contact_point_id: int, standing: str, *, by_id: int | None, now: datetime) -> bool:
    """Use a number again that was taken out, with the standing that it had. Returns False if it is
    gone, or in use by now."""
    found = ContactPoint.objects.filter(pk=contact_point_id).first()
    if found is None:
        return False
    candidates.lock([found.candidate_id])
    dead = ContactPoint.objects.filter(pk=contact_point_id, standing=Standing.DEAD)
    if not dead.update(standing=standing):
        return False
    _note("candidate.number_right", found, by_id=by_id, now=now)
    return True


def _note(action: str, point: ContactPoint, *, by_id: int | None, now: datetime) -> None:
    audit.record(by_id, action, f"candidate:{point.candidate_id}", now=now)
    publish(CandidatesChanged(candidate_ids=[point.candidate_id]))
