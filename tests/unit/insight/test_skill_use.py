"""How well skills are known, and when they were used last, as it is noted and said."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.insight.reads import TODAY, told
from warmbench.insight import resume_lines, values
from warmbench.insight.extractors import skills
from warmbench.insight.kinds import Kind, SourceKind
from warmbench.insight.skill_use import Use


def used(text: str, kind: SourceKind = SourceKind.NOTE) -> dict[str, dict[str, Any]]:
    """By the name of each skill that somebody has, what is said beside it."""
    found = {}
    for sense, value in told(skills.extract, text, kind):
        if sense == "had":
            values.check(Kind.SKILL, value)
            found[value.pop("name")] = value
    return found


NOW = TODAY.isoformat()


@pytest.mark.parametrize(
    ("said", "strengths"),
    [
        ("Solid Python, a bit of Go.", {"Python": "strong", "Go": "basic"}),
        ("Her Excel is excellent.", {"Excel": "strong"}),
        (
            "Expert in Kubernetes and Terraform; bits of Ansible",
            {"Kubernetes": "strong", "Terraform": "strong", "Ansible": "basic"},
        ),
        ("Java is a bit rusty.", {"Java": "basic"}),
        ("Python (expert), SQL (basic)", {"Python": "strong", "SQL": "basic"}),
        ("Working knowledge of Power BI", {"Power BI": "working"}),
        ("SQL 3/5, Python 5/5", {"SQL": "working", "Python": "strong"}),
        ("Terraform \u2605\u2605\u2605\u2605\u2606", {"Terraform": "strong"}),
        ("Strong: Python, Airflow", {"Python": "strong", "Airflow": "strong"}),
        ("Kubernetes - still learning", {"Kubernetes": "basic"}),
        ("Comfortable with Docker, only dabbled in Helm", {"Docker": "working", "Helm": "basic"}),
        ("Python, strong SQL", {"Python": None, "SQL": "strong"}),
        ("Has used Python but is not an expert", {"Python": None}),
        ("A good bit of PostgreSQL", {"PostgreSQL": "working"}),
        ("German C1, Spanish A2", {"German": "strong", "Spanish": "basic"}),
        ("Python for eight years", {"Python": "strong"}),
        ("Python for three years", {"Python": "working"}),
        ("Python, 1 year", {"Python": "basic"}),
        ("Basic Python, six years of it", {"Python": "basic"}),
        (
            "Sehr gute Kenntnisse in SAP, Grundkenntnisse in Python",
            {"SAP": "strong", "Python": "basic"},
        ),
        ("Bonne ma\u00eetrise d'Excel, notions de SQL", {"Excel": "strong", "SQL": "basic"}),
        ("Nivel avanzado de Excel y nociones de SQL", {"Excel": "strong", "SQL": "basic"}),
        ("Goede kennis van Excel, beetje SQL", {"Excel": "working", "SQL": "basic"}),
    ],
)
def test_how_well_a_skill_is_known(said: str, strengths: dict[str, str | None]) -> None:
    found = used(said)
    assert {name: found[name].get("strength") for name in strengths} == strengths


@pytest.mark.parametrize(
    ("said", "name", "last"),
    [
        ("Uses SAP daily.", "SAP", NOW),
        ("HubSpot now, at a bakery.", "HubSpot", NOW),
        ("Last used Oracle in 2019.", "Oracle", "2019"),
        ("Worked with COBOL until 2016.", "COBOL", "2016"),
        ("Used Scala back in 2018.", "Scala", "2018"),
        ("She did Java three years ago.", "Java", "2023"),
        ("Java 2015-2019, then management", "Java", "2019"),
        ("dbt 2021 - present", "dbt", NOW),
        ("On Snowflake since 2022.", "Snowflake", NOW),
        ("Learned Python in 2015.", "Python", None),
        ("Started with Python three years ago.", "Python", None),
        ("Certified in AWS in 2019.", "AWS", None),
        ("SQL every now and then.", "SQL", None),
        ("Terraform daily, Go on the side", "Go", None),
        ("Uses Python until 2031.", "Python", None),
        ("Java zuletzt 2019 genutzt", "Java", "2019"),
        ("Arbeitet t\u00e4glich mit DATEV", "DATEV", NOW),
        ("Vor drei Jahren mit Oracle gearbeitet", "Oracle", "2023"),
        ("A utilis\u00e9 Java jusqu'en 2020", "Java", "2020"),
        ("Utilise SAP au quotidien", "SAP", NOW),
        ("Trabaj\u00f3 con Oracle hasta 2018", "Oracle", "2018"),
        ("Gebruikt SAP dagelijks", "SAP", NOW),
        ("Werkte met Java tot 2017", "Java", "2017"),
    ],
)
def test_when_a_skill_was_used_last(said: str, name: str, last: str | None) -> None:
    assert used(said)[name].get("last_used") == last


RESUME = """Ana Ruiz
Data Engineer

Experience
Data Engineer, Pellworth GmbH, 03/2019 - present
- Built pipelines in Airflow and Spark
Developer, Orlight AG, Jan 2014 - Feb 2019
- Wrote services in Java and Oracle
- Moved data with Spark
Trainee, Nobels Ltd (2012-13)
- Reports in SSRS

Education
2008-2012 BSc, with MATLAB

Skills
Java, Python (expert), Kotlin - basic
"""


def test_a_skill_in_a_resume_was_used_until_the_job_ended_that_it_stands_under() -> None:
    found = used(RESUME, SourceKind.RESUME)
    last = {name: value.get("last_used") for name, value in found.items()}
    assert last["Airflow"] == last["Spark"] == NOW
    assert last["Java"] == last["Oracle"] == "2019-02-28"
    assert last["SSRS"] == "2013"
    assert last["Python"] is None
    assert last["MATLAB"] is None
    assert (found["Python"]["strength"], found["Kotlin"]["strength"]) == ("strong", "basic")


@pytest.mark.parametrize(
    ("line", "ended"),
    [
        ("Nurse, St Brannoc's (2012-2016)", "2016"),
        ("Nurse | 05/2015 - 11/2018", "2018-11-30"),
        ("Pflegerin, seit M\u00e4rz 2020", NOW),
        ("Buyer, 1994 - 98", "1998"),
        ("Buyer, 2019 - 2031", NOW),
        ("Buyer, Jan 2026 - Mar 2026", NOW),
        ("2014 Trainee", "2014"),
        ("Buyer at Orlight", None),
    ],
)
def test_the_time_of_a_station_ends(line: str, ended: str | None) -> None:
    assert resume_lines.ended(line, TODAY) == ended


USES = st.builds(
    Use,
    st.sampled_from(["", *values.STRENGTHS]),
    st.sampled_from(["", "2019", "2024", "2024-03-31", NOW])
    | st.dates(date(1990, 1, 1), TODAY).map(str),
)


@given(USES, USES)
def test_the_latest_use_counts_in_whatever_order_it_is_told(one: Use, other: Use) -> None:
    both = one.with_more(other)
    assert both.last_used == other.with_more(one).last_used
    assert both.last_used[:4] == max(one.last_used[:4], other.last_used[:4])
    assert both.strength == (one.strength or other.strength)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_words_around_a_skill_are_a_value_of_it(before: str, behind: str) -> None:
    used(f"{before} Python {behind}")
