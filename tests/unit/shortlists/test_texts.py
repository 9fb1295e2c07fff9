"""Roles and people are read from files as they come, and nobody's name is among what is kept."""

import json
from datetime import date
from decimal import Decimal

import pytest

from tests.unit.shortlists.knowns import TODAY
from warmbench.core.documents import UnreadableError
from warmbench.insight.kinds import SourceKind
from warmbench.shortlists import requirements, texts
from warmbench.shortlists.requirements import Aspect, Requirement, Spec, SpecError, Strength, Tier

ADVERT = """\
Senior Data Engineer
Northwind Analytics GmbH, Berlin, Germany (hybrid)

Your tasks
- You build pipelines for our warehouse

Requirements
- At least five years of Python
- Strong SQL, used within the last 3 years
- Experience with rebuilding a billing system while it runs
- Leading a team of 6 people
- Glass blowing

Nice to have
- Kubernetes

Preferred:
- Currently Data Engineer or in a similar position
- Terraform

Start: by 1 September 2026
Salary: 80,000 - 95,000 EUR a year
"""
RESUME = """\
Ana Ruiz Delgado
Senior Data Engineer
ana.ruiz@example.com | +34 600 000 000
Pronouns: she/her

EXPERIENCE
Senior Data Engineer, Contoso Bank, 2020 - present
- Built pipelines in Python and Airflow that load two terabytes a day
- Presented as Ana Ruiz at a meeting about rebuilding the ledger while it runs

EDUCATION
2010 - 2014 Computer Science

SKILLS
Python, SQL, Airflow
"""


def spec() -> Spec:
    return texts.role("role.txt", ADVERT.encode(), today=TODAY)


def named(name: str) -> Requirement:
    return next(one for one in spec().requirements if one.name.lower() == name.lower())


def test_a_description_becomes_a_profile() -> None:
    read = spec()

    assert read.title == "Senior Data Engineer"
    assert read.company == "Northwind Analytics GmbH"
    assert [place.city for place in read.places] == ["Berlin"]
    assert read.remote == "hybrid"
    assert read.pay is not None
    assert (read.pay.lowest, read.pay.highest) == (Decimal(80_000), Decimal(95_000))
    assert read.start_until == date(2026, 9, 1)
    assert read.lowest_level == read.highest_level == "manager"  # It leads people.
    assert requirements.from_json(requirements.to_json(read)) == read


def test_sections_and_words_tell_how_much_depends_on_it() -> None:
    python, sql = named("Python"), named("SQL")

    assert (python.tier, python.at_least) == (Tier.MUST, Decimal(5))
    assert (sql.tier, sql.rule.strength, sql.rule.max_age) == (Tier.MUST, Strength.STRONG, 3)
    assert named("Kubernetes").tier == Tier.NICE
    assert named("Terraform").tier == Tier.SHOULD
    assert named("Data Engineer").aspect == Aspect.TITLE
    assert named("a team of 6 or more").at_least == 6


def test_what_no_list_knows_is_asked_for_in_its_own_words() -> None:
    assert named("Glass blowing").aspect == Aspect.SKILL
    told = [one for one in spec().requirements if one.aspect == Aspect.EXPERIENCE]
    assert [one.name for one in told] == ["rebuilding a billing system while it runs"]
    assert all(one.quote in ADVERT for one in spec().requirements)


def test_prose_says_musts_and_people_who_are_not_wanted() -> None:
    text = (
        "Hi, we need a Nurse at Umbra Care Ltd. Please send nobody without Java. Ideally Redis."
        " One thing: nobody from Yarrow Group GmbH please."
    )
    read = texts.role("mail.txt", text.encode(), today=TODAY)
    tiers = {one.name: one.tier for one in read.requirements}

    assert read.title == "Nurse"
    assert tiers["Java"] == Tier.MUST
    assert tiers["Redis"] == Tier.SHOULD
    assert tiers["Yarrow Group GmbH"] == Tier.DEALBREAKER


def test_a_resume_becomes_a_dossier_without_a_name() -> None:
    read = texts.of_text(RESUME, kind=SourceKind.RESUME, key="c1", said_on=TODAY)
    told = " ".join(read.sentences)

    assert {"Python", "Airflow"} <= {
        str(one.value["name"]) for one in read.facts if one.kind == "skill"
    }
    assert all(word not in told for word in ("Ana", "Ruiz", "Delgado", "@", "she/her", "600"))
    assert "at a meeting about rebuilding the ledger while it runs" in told
    assert all(one in RESUME for one in read.sentences)


def test_a_note_tells_place_pay_and_start() -> None:
    note = (
        "Call on 5 March. Wants 105k EUR. Notice 3 months. Lives in Hamburg. No SAP. "
        "Would go to Berlin, hybrid."
    )
    read = texts.of_text(note, kind=SourceKind.NOTE, key="c1", said_on=date(2026, 3, 5))

    assert (read.city, read.country) == ("Hamburg", "DE")
    assert [place.city for place in read.wanted] == ["Berlin"]
    assert read.floor is not None
    assert read.floor.amount == 105_000
    assert read.free_from == date(2026, 6, 3)


def test_facts_and_a_record_can_be_sent() -> None:
    sent = {
        "facts": [{"kind": "skill", "value": {"name": "Python", "years": 6}, "quote": "6y Python"}],
        "sentences": ["Built a payments platform."],
        "record": {
            "city": "Berlin",
            "country": "DE",
            "wanted": ["Munich"],
            "remote": "hybrid",
            "floor": {"amount": 70000, "currency": "EUR"},
            "free_from": "2026-07-01",
        },
    }
    read = texts.person("a.json", json.dumps(sent).encode(), key="a", today=TODAY)

    assert read.facts[0].value["years"] == 6
    assert read.sentences == ("Built a payments platform.",)
    assert (read.city, read.remote, read.free_from) == ("Berlin", "hybrid", date(2026, 7, 1))
    assert read.floor is not None
    assert [place.city for place in read.wanted] == ["Munich"]


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a.txt", b""),
        ("a.txt", b"\x00\x01\x02\x03"),
        ("a.json", b"{"),
        ("a.json", b'{"facts": [{"value": {}}]}'),
        ("a.json", b'{"record": {"floor": {"amount": "much"}}}'),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(name: str, raw: bytes) -> None:
    with pytest.raises(UnreadableError) as told:
        texts.person(name, raw, key="a", today=TODAY)
    assert str(told.value).endswith((".", "'kind'", "]"))


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"title": ""}', b'{"requirements": 5}'])
def test_a_profile_that_cannot_be_is_told_in_a_sentence(raw: bytes) -> None:
    with pytest.raises((SpecError, UnreadableError)):
        texts.role("role.json", raw, today=TODAY)


def test_an_odd_encoding_is_read() -> None:
    read = texts.person("a.txt", "Réseau, 5 ans de Python".encode("cp1252"), key="a", today=TODAY)

    assert any(one.value.get("name") == "Python" for one in read.facts)


@pytest.mark.parametrize(
    ("line", "name", "years"),
    [
        ("At least eight years of Ward rounds.", "Ward rounds", 8),
        ("Essential for this post: experience with cutting cloud costs.", "cutting cloud costs", 0),
    ],
)
def test_what_stands_before_a_requirement_is_no_part_of_it(
    line: str, name: str, years: int
) -> None:
    spec = texts.role("role.txt", f"Matron\n\nYou bring: {line}\n".encode(), today=TODAY)
    [asked] = [one for one in spec.requirements if name.lower() in one.name.lower()]
    assert asked.name.lower() == name.lower()
    assert asked.at_least == (years or None)
