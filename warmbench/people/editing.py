"""Corrects what is known about a person, by a recruiter's hand."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F

from warmbench.core import audit
from warmbench.core.events import publish
from warmbench.people import addresses, consent, hashes, phones
from warmbench.people.addresses import Problem
from warmbench.people.candidates import CandidatesChanged
from warmbench.people.models import Candidate, Channel, ContactPoint, Suppression
from warmbench.people.places import locate
from warmbench.people.tag_words import BY_HAND

#: What a recruiter may correct. Status, owner and permission have their own ways.
FACTS = (
    "first_name",
    "last_name",
    "job_title",
    "employer",
    "profile_url",
    "city",
    "region",
    "country",
    "time_zone",
    "stage_reached",
)


class NotAnAddressError(ValueError):
    """What was given is no address of the channel: one sentence on why."""


@transaction.atomic
def correct(
    candidate_id: int, facts: Mapping[str, str], *, by_id: int | None, now: datetime
) -> list[str]:
    """Put facts right. Returns the names of those that were different.

    A time zone that is left blank follows from the place, where the place tells it.
    """
    unknown = facts.keys() - set(FACTS)
    if unknown:
        raise ValueError(f"Not a fact to correct: {', '.join(sorted(unknown))}")
    candidate = Candidate.objects.select_for_update(no_key=True).get(pk=candidate_id)
    right = dict(facts)
    if right.get("time_zone") == "":
        right["time_zone"] = _zone_of({**{f: getattr(candidate, f) for f in FACTS}, **right})
    changed = {name: value for name, value in right.items() if getattr(candidate, name) != value}
    if not changed:
        return []
    Candidate.objects.filter(pk=candidate_id).update(**changed, changed_at=now)
    # Which facts, not what they say: the trail outlives the person's data.
    audit.record(
        by_id,
        "candidate.corrected",
        f"candidate:{candidate_id}",
        now=now,
        detail={"facts": sorted(changed)},
    )
    publish(CandidatesChanged(candidate_ids=[candidate_id]))
    return sorted(changed)


@transaction.atomic
def add_address(
    candidate_id: int,
    text: str,
    *,
    channel: Channel,
    by_id: int | None,
    now: datetime,
    is_first: bool = False,
    source: str = BY_HAND,
) -> bool:
    """Note another address or number. Returns False if it was known.

    With ``is_first`` it is tried before the others, also if it was known. Raises
    NotAnAddressError, also for an address of somebody who was erased.
    """
    hashes.hold()
    candidate = Candidate.objects.select_for_update(no_key=True).get(pk=candidate_id)
    address = _normalised(text, channel, candidate.country)
    points = ContactPoint.objects.filter(candidate=candidate, channel=channel)
    known = points.filter(address=address).first()
    if known is None:
        _obey_the_list(candidate_id, address, channel, by_id=by_id, now=now)
    if is_first:
        points.exclude(address=address).update(position=F("position") + 1)
    if known is not None:
        if is_first:
            points.filter(pk=known.pk).update(position=0)
        return False
    ContactPoint.objects.create(
        candidate=candidate,
        channel=channel,
        address=address,
        position=0 if is_first else points.count(),
        source=source,
        added_at=now,
    )
    Candidate.objects.filter(pk=candidate_id).update(changed_at=now)
    audit.record(
        by_id,
        "candidate.address_added",
        f"candidate:{candidate_id}",
        now=now,
        detail={"channel": str(channel)},
    )
    publish(CandidatesChanged(candidate_ids=[candidate_id]))
    return True


def _obey_the_list(
    candidate_id: int, address: str, channel: Channel, *, by_id: int | None, now: datetime
) -> None:
    """Whoever was erased is not brought back; whoever said stop before a backup was restored
    has said it still."""
    listed = hashes.reason_against(address, channel)
    if listed is None:
        return
    when = f"{listed.at:%-d %B %Y}"
    if listed.reason == hashes.Reason.ERASED:
        raise NotAnAddressError(f"Somebody with this address was erased on {when} and stays so.")
    consent.suppress(
        candidate_id,
        reason=Suppression.Reason.DO_NOT_CONTACT,
        evidence=f"Said for this address on {when}",
        address=address,
        by_id=by_id,
        now=now,
    )


def _normalised(text: str, channel: Channel, country: str) -> str:
    if channel == Channel.EMAIL:
        address = addresses.email(text)
        if isinstance(address, Problem):
            raise NotAnAddressError(address.fault.sentence)
        return address.key
    number = phones.phone(text, country)
    if isinstance(number, Problem):
        raise NotAnAddressError(number.fault.sentence)
    return number.e164


def _zone_of(facts: Mapping[str, str]) -> str:
    return locate(facts["city"], facts["region"], facts["country"]).time_zone
