"""The stations of a résumé tell for how long somebody did something, and words take claims back."""

from datetime import date
from decimal import Decimal

import pytest

from tests.unit.shortlists.knowns import TODAY, asks, fact, person, role
from warmbench.insight import reading
from warmbench.insight.kinds import SourceKind
from warmbench.shortlists import careers, choosing, wording
from warmbench.shortlists.careers import Use
from warmbench.shortlists.requirements import EvidenceRule

RESUME = """\
Senior Data Engineer

EXPERIENCE
Contoso Ltd, Data Engineer, 2021 - present
- Built pipelines in Python on AWS
- Worked beside the colleagues who did Terraform

Northwind Ltd, Analyst
2016 - 2019
- Reports in SQL and Python for six teams

SKILLS
Java, Docker
"""


def test_years_and_last_use_come_from_the_stations() -> None:
    read = reading.read(RESUME, kind=SourceKind.RESUME, said_on=date(2026, 3, 5))
    uses = careers.uses(read, ["Python", "SQL", "Terraform", "Java"])

    assert uses == {"Python": Use(8, 2026), "SQL": Use(3, 2019)}


@pytest.mark.parametrize(
    "sentence",
    [
        "Only a course: exposure to Terraform",
        "Terraform only from a course.",
        "Terraform (basics)",
        "Wants to learn Terraform.",
        "The company runs on Terraform.",
        "Has only played with Terraform.",
        "Worked beside the colleagues who did Terraform",
    ],
)
def test_what_somebody_knows_by_name_only_is_no_claim(sentence: str) -> None:
    assert wording.is_disclaimed("Terraform", sentence)
    assert not wording.is_claimed("Terraform", sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Rebuilt the platform with Terraform.",
        "Exposure to Ansible; ran Terraform for forty teams",
        "Terraform, not only for tests",
    ],
)
def test_other_words_take_nothing_back(sentence: str) -> None:
    assert wording.is_claimed("Terraform", sentence)


def test_what_was_long_ago_is_less() -> None:
    spec = role(asks("Python", rule=EvidenceRule(max_age=3), at_least=Decimal(2)))
    known = fact("skill", name="Python", years=6)
    fresh, rusty = (
        choosing.ranking(spec, [person("a", known, sentences=(said,))], today=TODAY)[0]
        for said in ("Wrote services in Python.", "Python is rusty, last used in 2018.")
    )

    assert fresh.evidence[0].share > 2 * rusty.evidence[0].share
    assert "last used 2018" in rusty.evidence[0].sentence
