"""What candidates are told of a role, in words."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from warmbench.messaging import fields, templates
from warmbench.messaging.templates import Footer, Urls
from warmbench.messaging.verdict import Reason
from warmbench.people.models import Tag
from warmbench.sourcing import endings, wordings
from warmbench.sourcing.models import Role, RoleSkill
from warmbench.sourcing.wordings import Wording

BERLIN = {"words": "Berlin", "city": "Berlin", "region": "", "country": "DE"}
FRANCE = {"words": "anywhere in France", "city": "", "region": "", "country": "FR"}
ATLANTIS = {"words": "Atlantis", "city": "", "region": "", "country": ""}


def skill(number: int, name: str, *, is_required: bool = True) -> RoleSkill:
    tag = Tag(pk=number, name=name, kind=Tag.Kind.SKILL)
    return RoleSkill(tag=tag, is_required=is_required)


SKILLS = [skill(1, "Go"), skill(2, "AWS"), skill(3, "Chess", is_required=False)]


@pytest.mark.parametrize("name", list(Wording))
def test_every_wording_can_be_used_and_has_no_field_for_the_client(name: Wording) -> None:
    written = wordings._written()[name]
    compiled = templates.compile(
        subject=written.get("subject", ""),
        body=written["body"],
        look="text" if name == Wording.TEXT else "letter",
    )
    assert compiled.links
    assert set(compiled.required) <= {
        *("role_title", "matched_skills", "why_fits", "deadline", "recruiter_first_name"),
    }
    assert not any("compan" in field and field != "company_type" for field in fields.FIELDS)


@pytest.mark.parametrize("name", [one for one in Wording if one != Wording.TEXT])
def test_every_mail_leads_to_the_page_where_one_says_what_does_not_fit(name: Wording) -> None:
    written = wordings._written()[name]
    compiled = templates.compile(subject=written["subject"], body=written["body"], look="letter")
    urls = Urls("u", "p", "m", "https://a.example/not-for-me", ["c"] * len(compiled.links))
    words = templates.render(compiled, fields.SAMPLES, Footer("A", "B", "c.", "d"), urls)
    assert "https://a.example/not-for-me" in words.text


def test_without_an_apply_link_no_other_way_is_spoken_of() -> None:
    written = wordings._written()[Wording.STRONG]
    compiled = templates.compile(subject=written["subject"], body=written["body"], look="letter")
    urls = Urls("u", "p", "m", "n", ["c"] * len(compiled.links))
    known = {name: value for name, value in fields.SAMPLES.items() if name != "apply_link"}
    words = templates.render(compiled, known, Footer("A", "B", "c.", "d"), urls)
    assert "\nSimply answer this mail, or pick a time to talk" in words.text


def test_a_long_summary_ends_with_a_whole_word() -> None:
    role = Role(title="Engineer", summary="Bridges\nand tunnels. " * 100)
    summary = wordings.fields(role)["role_summary"]
    assert len(summary) <= 1500
    assert summary.startswith("Bridges and tunnels. Bridges")
    assert summary.removesuffix(" …").split()[-1] in {"Bridges", "and", "tunnels."}


def test_the_client_is_in_none_of_the_fields() -> None:
    role = Role(title="Engineer", company="Secret AG", company_type="a bank", apply_url="")
    assert wordings.fields(role) == {"role_title": "Engineer", "company_type": "a bank"}


@pytest.mark.parametrize(
    ("lowest", "highest", "said"),
    [
        (None, None, None),
        ("85000", None, "from €85,000 a year"),
        (None, "95000", "up to €95,000 a year"),
        ("85000", "95000", "€85,000 to €95,000 a year"),
        ("85000", "85000", "€85,000 a year"),
    ],
)
def test_pay_is_said_as_far_as_it_is_known(
    lowest: str | None, highest: str | None, said: str | None
) -> None:
    role = Role(
        title="Engineer",
        pay_min=Decimal(lowest) if lowest else None,
        pay_max=Decimal(highest) if highest else None,
        pay_currency="EUR",
        pay_period="year",
    )
    assert wordings.fields(role).get("role_pay") == said


@pytest.mark.parametrize(
    ("places", "remote", "said"),
    [
        ([], "", None),
        ([], "remote", "remote"),
        ([], "on_site", None),
        ([BERLIN], "", "Berlin"),
        ([BERLIN, FRANCE], "", "Berlin or France"),
        ([BERLIN], "hybrid", "Berlin, hybrid"),
        ([FRANCE], "remote", "remote, France"),
        ([ATLANTIS], "", "Atlantis"),
    ],
)
def test_places_are_said_as_one_would(
    places: list[dict[str, str]], remote: str, said: str | None
) -> None:
    role = Role(title="Engineer", places=places, remote=remote)
    assert wordings.fields(role).get("role_place") == said


@pytest.mark.parametrize(
    ("matched", "said"),
    [
        ([1, 2], "It asks for Go and AWS, which you know; nothing that it requires is missing."),
        ([2, 3], "It asks for AWS and Chess, which you know."),
        ([3], "It asks for Chess, which you know."),
    ],
)
def test_why_somebody_fits_is_said_plainly(matched: list[int], said: str) -> None:
    assert wordings.fields_for(matched, SKILLS)["why_fits"] == said


def test_without_a_skill_nothing_is_claimed() -> None:
    assert wordings.fields_for([], SKILLS) == {}


def test_a_deadline_is_a_day_where_she_lives_and_rather_the_earlier_one() -> None:
    role = Role(title="Engineer", deadline=datetime(2026, 3, 13, 4, tzinfo=UTC))
    assert wordings.deadline(role, "Europe/Berlin", "DE") == "Friday, 13 March"
    assert wordings.deadline(role, "America/Los_Angeles", "US") == "Thursday, 12 March"
    assert wordings.deadline(role, "", "US") == "Thursday, 12 March"
    assert wordings.deadline(role, "", "") == "Friday, 13 March"
    assert wordings.deadline(Role(title="Engineer"), "", "DE") == ""


def test_whatever_an_alert_ends_with_has_a_sentence() -> None:
    for reason in (*endings.MEANINGS, *Reason):
        assert endings.because(reason).endswith(".")
    assert endings.because("") == ""
