"""What a candidate puts right herself: at once, for good, and the rest before a person."""

import io

import pytest

from tests import make
from tests.make import NOW
from warmbench.core.models import AuditEntry
from warmbench.people import corrections, facts, imports
from warmbench.people.corrections import Told
from warmbench.people.editing import NotAnAddressError
from warmbench.people.imports import Options
from warmbench.people.models import (
    Candidate,
    CandidateFact,
    CandidateTag,
    ContactPoint,
    RightsRequest,
    Tag,
)

HEADER = "ID,First name,Last name,E-mail,City,Country\n"
FILE = HEADER + "7,Ana,Morau,ana@example.com,Berlin,Germany\n"
RIGHT = Told(first_name="Ana", last_name="Moreau", city="Lyon", country="FR")


def load(text: str) -> None:
    of = imports.upload(io.BytesIO(text.encode()), "people.csv", "Old ATS", by_id=None, now=NOW)
    imports.save_mapping(of.pk, of.mapping, Options(), now=NOW)
    imports.run(of.pk, clock=lambda: NOW)


@pytest.fixture
def ana(db: None) -> Candidate:
    make.organisation()
    for code, name in (("DE", "Germany"), ("FR", "France")):
        tag = make.tag(name, Tag.Kind.GEOGRAPHY)
        Tag.objects.filter(pk=tag.pk).update(code=code)
    load(FILE)
    return Candidate.objects.get()


def correct(ana: Candidate, told: Told) -> corrections.Outcome:
    return corrections.correct(ana.pk, told, message_id=12, now=NOW)


def test_name_and_place_are_put_right_at_once(ana: Candidate) -> None:
    outcome = correct(ana, RIGHT)

    ana.refresh_from_db()
    assert (ana.last_name, ana.city, ana.country) == ("Moreau", "Lyon", "FR")
    assert ana.time_zone == "Europe/Paris"
    assert (outcome.applied, outcome.request) == (["name", "place"], None)
    assert {tag.tag.name: tag.source for tag in CandidateTag.objects.select_related("tag")} == {
        "France": "candidate"
    }
    fact = CandidateFact.objects.get(topic="name")
    assert fact.evidence == "Corrected on their own page, message 12"
    assert "Moreau" not in str(AuditEntry.objects.values_list("detail", flat=True))


def test_no_import_undoes_it(ana: Candidate) -> None:
    correct(ana, RIGHT)

    load(FILE)
    load(FILE.replace("Berlin", "Hamburg").replace("Morau", "Morow"))

    ana.refresh_from_db()
    assert (ana.last_name, ana.city, ana.country) == ("Moreau", "Lyon", "FR")
    assert ana.time_zone == "Europe/Paris"
    assert [tag.tag.name for tag in CandidateTag.objects.select_related("tag")] == ["France"]


def test_what_she_did_not_correct_still_follows_the_file(ana: Candidate) -> None:
    correct(ana, Told(first_name="Ana", last_name="Moreau", city="Berlin", country="DE"))

    load(FILE.replace("Berlin,Germany", "Lyon,France"))

    ana.refresh_from_db()
    assert (ana.last_name, ana.city, ana.country) == ("Moreau", "Lyon", "FR")


def test_the_same_again_changes_nothing(ana: Candidate) -> None:
    correct(ana, RIGHT)
    before = (CandidateFact.objects.count(), AuditEntry.objects.count())

    assert correct(ana, RIGHT).applied == []

    assert (CandidateFact.objects.count(), AuditEntry.objects.count()) == before


def test_a_number_comes_first_and_is_hers(ana: Candidate) -> None:
    told = Told(
        first_name="Ana", last_name="Morau", city="Berlin", country="DE", phone="0151 12345678"
    )
    assert correct(ana, told).applied == ["phone"]
    point = ContactPoint.objects.get(channel="sms")
    assert (point.address, point.source, point.position) == ("+4915112345678", "candidate", 0)


def test_what_is_no_number_changes_nothing_at_all(ana: Candidate) -> None:
    with pytest.raises(NotAnAddressError):
        correct(ana, Told(first_name="X", last_name="Y", city="", country="", phone="call me"))
    ana.refresh_from_db()
    assert ana.last_name == "Morau"


def test_the_rest_is_for_a_person_within_a_month(ana: Candidate) -> None:
    told = Told(
        first_name="Ana",
        last_name="Morau",
        city="Berlin",
        country="DE",
        words="My employer is another.",
    )
    outcome = correct(ana, told)

    request = RightsRequest.objects.get()
    assert outcome.request == request
    assert (request.kind, request.words) == ("correction", "My employer is another.")
    assert request.channel == "their own page"
    assert (request.deadline - NOW).days == 31


def test_somebody_unknown_is_corrected_by_nobody(db: None) -> None:
    outcome = corrections.correct(4711, RIGHT, message_id=0, now=NOW)
    assert (outcome.applied, outcome.request) == ([], None)
    assert corrections.present(4711) is None


def test_a_country_without_a_tag_is_fine(ana: Candidate) -> None:
    told = Told(first_name="Ana", last_name="Morau", city="Oslo", country="NO")
    assert correct(ana, told).applied == ["place"]
    place = facts.current(ana.pk)["corrected", "place"].value
    assert place == {"city": "Oslo", "region": "", "country": "NO"}
