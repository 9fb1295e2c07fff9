"""Puts a record right on the candidate's own word: at once where it is theirs to know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from warmbench.people import editing, facts, rights, tagging
from warmbench.people.facts import Kind, Saying, Word
from warmbench.people.models import Candidate, Channel, RightsRequest
from warmbench.people.places import locate
from warmbench.people.tag_words import BY_CANDIDATE, CERTAIN, Found
from warmbench.people.tagging import Drafts
from warmbench.people.vocabulary import Vocabulary

#: Where such a word stands, for whoever looks it up.
THEIR_PAGE = "their own page"


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """How a record should read. What is the same already changes nothing."""

    first_name: str
    last_name: str
    city: str
    #: ISO 3166-1 alpha-2, blank when it is to stay unknown.
    country: str
    #: Blank: none is told.
    phone: str = ""
    #: What else is wrong, for a person to put right.
    words: str = ""


@dataclass(slots=True)
class Outcome:
    """What became of a correction."""

    #: name, place, phone: what was put right at once.
    applied: list[str] = field(default_factory=list)
    #: The request that a person answers, if there is something for them to do.
    request: RightsRequest | None = None


def present(candidate_id: int) -> Told | None:
    """How the record reads now; None if we do not know the person."""
    columns = ("first_name", "last_name", "city", "country")
    found = Candidate.objects.filter(pk=candidate_id).values(*columns).first()
    return Told(**found) if found else None


@transaction.atomic
def correct(candidate_id: int, told: Told, *, message_id: int, now: datetime) -> Outcome:
    """Put name, place and number right at once, and let a person see to the rest.

    No import undoes it (GDPR Art. 16). Somebody who is unknown is corrected by nobody. Raises
    NotAnAddressError for a number that is none; then nothing has changed.
    """
    outcome = Outcome()
    person = Candidate.objects.select_for_update(no_key=True).filter(pk=candidate_id).first()
    if person is None:
        return outcome
    evidence = f"Corrected on {THEIR_PAGE}, message {message_id}"
    word = Word(BY_CANDIDATE, evidence, message_id or None)
    for about, right in _parts(person, told).items():
        changed = editing.correct(candidate_id, right, by_id=None, now=now)
        if changed:
            _keep(candidate_id, about, right, word, outcome, now=now)
    if "place" in outcome.applied:
        _tag(candidate_id, told.country, now=now)
    if told.phone and _add_phone(candidate_id, told.phone, now=now):
        _keep(candidate_id, "phone", {"phone": told.phone}, word, outcome, now=now)
    if told.words:
        outcome.request = rights.ask(
            candidate_id,
            RightsRequest.Kind.CORRECTION,
            channel=THEIR_PAGE,
            words=told.words,
            now=now,
        )
    return outcome


def _parts(person: Candidate, told: Told) -> dict[str, dict[str, str]]:
    parts = {"name": {"first_name": told.first_name, "last_name": told.last_name}}
    if (person.city, person.country) != (told.city, told.country):
        place = locate(city=told.city, country=told.country)
        parts["place"] = {
            "city": told.city,
            "region": place.region,
            "country": told.country,
            # Blank: it follows from the place.
            "time_zone": "",
        }
    return parts


def _keep(
    candidate_id: int,
    about: str,
    right: Mapping[str, str],
    word: Word,
    outcome: Outcome,
    *,
    now: datetime,
) -> None:
    said = {name: text for name, text in right.items() if name != "time_zone"}
    facts.say(candidate_id, [Saying(Kind.CORRECTED, said, topic=about)], word, now=now)
    outcome.applied.append(about)


def _add_phone(candidate_id: int, phone: str, *, now: datetime) -> bool:
    return editing.add_address(
        candidate_id,
        phone,
        channel=Channel.SMS,
        by_id=None,
        source=BY_CANDIDATE,
        is_first=True,
        now=now,
    )


def _tag(candidate_id: int, country: str, *, now: datetime) -> None:
    """Pools and content follow the tag of the place."""
    place = Vocabulary.load().country(country) if country else None
    if place is not None:
        drafts = Drafts()
        drafts.add(candidate_id, [Found(place, BY_CANDIDATE, CERTAIN)], source=BY_CANDIDATE)
        tagging.apply(drafts, now=now)
