"""Skills are read in the sense in which they are said, and nothing else is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.insight import lexicon, reading
from warmbench.insight.extractors import skills
from warmbench.insight.found import Found
from warmbench.insight.kinds import Kind, SourceKind
from warmbench.people.vocabulary import KnownTag, Vocabulary

TODAY = date(2026, 3, 2)


def read(text: str, *, kind: SourceKind = SourceKind.NOTE, language: str = "en") -> list[Found]:
    of = reading.read(text, kind=kind, said_on=TODAY, people=["Ray Bauer"], language=language)
    return list(skills.extract(of))


def told(text: str, *, language: str = "en") -> set[str]:
    return {f"{one.polarity} {one.value['name']}" for one in read(text, language=language)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Knows Terraform and k8s inside out.", {"had Terraform", "had Kubernetes"}),
        (
            "Day to day: Java, Spring Boot, Postgres",
            {"had Java", "had Spring Boot", "had PostgreSQL"},
        ),
        ("sql yes, tableau no", {"had SQL", "lacks Tableau"}),
        ("No Kubernetes, but plenty of Docker.", {"lacks Kubernetes", "had Docker"}),
        ("She has never worked with SAP.", {"lacks SAP"}),
        ("Coupa: never used it.", {"lacks Coupa"}),
        ("Anaplan would be new to him.", {"lacks Anaplan"}),
        ("wants to learn Rust", {"wants Rust"}),
        ("Does not want to do payroll any more", {"refuses payroll"}),
        ("Passed ACCA in 2019 and CISA last year.", {"had ACCA", "had CISA"}),
        ("Speaks fluent Polish and some German", {"had Polish", "had German"}),
        ("Languages: Italian (native), English C1", {"had Italian", "had English"}),
        ("He builds the models in R", {"had R"}),
        ("C, C++ and a bit of Go", {"had C", "had C++", "had Go"}),
        ("TIG and MIG, certified to ISO 9606", {"had TIG", "had MIG", "had ISO 9606"}),
        ("Python, SQL, Vorlexa Pro", {"had Python", "had SQL", "had Vorlexa Pro"}),
        ("Welder, certified to ISO 3834 and EN 1090", {"had ISO 3834", "had EN 1090"}),
        ("Coupa never, SQL taught herself", {"lacks Coupa", "had SQL"}),
        ("No JAX yet, but would love to learn it.", {"lacks JAX", "wants JAX"}),
        ("Kafka: fed up with it", {"refuses Kafka"}),
        ("No more Jira, she says", {"refuses Jira"}),
        ("Wants out of SAP", {"refuses SAP"}),
        ("would do PHP only if she had to", {"refuses PHP"}),
        ("Payroll? Never again.", {"refuses payroll"}),
        ("SQL ........ 1/5", {"lacks SQL"}),
        ("SQL 4/5, Python 5/5", {"had SQL", "had Python"}),
        ("Struggled badly with Python.", {"lacks Python"}),
        ("her French isn't good enough for clients", {"lacks French"}),
        ("CIPD not finished", {"lacks CIPD"}),
    ],
)
def test_skills_are_read_in_their_sense(text: str, expected: set[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "Kennt DATEV und SAP FI, kein Oracle.", {"had DATEV", "had SAP FI", "lacks Oracle"}),
        ("de", "Mit Revit hat sie nie gearbeitet.", {"lacks Revit"}),
        ("fr", "Il maîtrise Java et connaît Docker. Pas de Kubernetes.",
         {"had Java", "had Docker", "lacks Kubernetes"}),
        ("es", "Maneja Power BI y SQL; no conoce Tableau.",
         {"had Power BI", "had SQL", "lacks Tableau"}),
        ("nl", "Ervaring met AFAS en Exact Online, nooit met SAP gewerkt.",
         {"had AFAS", "had Exact Online", "lacks SAP"}),
    ],
)  # fmt: skip
def test_other_languages_are_read(language: str, text: str, expected: set[str]) -> None:
    assert told(text, language=language) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Let's go over the spark of the idea again.",
        "I would rather excel at one thing than access everything.",
        "The German market is tough.",
        "Their stack is Kafka and Scala.",
        "We use Kubernetes here, I told her.",
        "The client needs someone with Snowflake.",
        "Sent the JD for the analytics role (dbt, Looker).",
        "Role: Java Engineer (Spring)",
        "She works at Salesforce.",
        "Lives in Phoenix, from Leeds.",
        "Ray is happy to talk.",
        "If they ever taught her Rust, she would stay.",
        "Great energy, a real team player, good communicator.",
        "She sits on the works council.",
        "Das Team sucht eine Python-Entwicklerin.",
    ],
)
def test_what_is_no_skill_of_theirs_is_left_alone(text: str) -> None:
    assert told(text) == set()


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("Python, five years", 5),
        ("Python (6 yrs)", 6),
        ("eight years of Python", 8),
        ("more than 10 years with Python", 10),
        ("Python 2.5 years", 2.5),
        ("Python since 2019", None),
    ],
)
def test_the_years_of_a_skill_are_read(text: str, years: float | None) -> None:
    [one] = read(text)
    assert one.value.get("years") == years


def test_in_a_talk_only_their_own_words_count() -> None:
    text = "Recruiter: We run everything on Kafka.\nRay Bauer: I have used Kafka for 3 years.\n"
    [one] = read(text, kind=SourceKind.TRANSCRIPT)
    assert "Kafka" in text[one.start : one.end]
    assert one.start > text.index("Ray")


def test_the_quote_is_the_clause_as_it_stands() -> None:
    text = "Nice chat; strong on k8s."
    [one] = read(text)
    assert (text[one.start : one.end], one.value, one.kind) == (
        "strong on k8s.",
        {"name": "Kubernetes", "strength": "strong"},
        Kind.SKILL,
    )


def test_a_team_may_bring_names_of_its_own() -> None:
    of = reading.read("blorptool daily", kind=SourceKind.NOTE, said_on=TODAY)
    assert not [one for one in skills.extract(of) if one.value["name"] == "blorptool"]
    [one] = skills.extract_with(["blorptool"])(of)
    assert one.value["name"] == "blorptool"


@given(st.sampled_from(["Terraform", "PostgreSQL", "SolidWorks", "DATEV", "Kubernetes", "Procore"]),
       st.integers(1, 40))  # fmt: skip
def test_what_is_written_is_read_back(name: str, years: int) -> None:
    [one] = read(f"{years} years of {name}")
    assert (one.value["name"], one.value["years"]) == (name, years)


@pytest.mark.parametrize("text", ["Python, " * 20_000, "(" * 200_000, "a/b-c." * 40_000])
def test_hostile_texts_are_read_in_time(text: str) -> None:
    assert len(read(text[:200_000])) <= 1


def test_a_name_that_the_tag_tree_knows_finds_its_tag() -> None:
    vocabulary = Vocabulary([KnownTag(1, "skill", "Kubernetes")], [(1, "kubernetes"), (1, "k8s")])
    [one] = read("k8s daily")
    assert vocabulary.skill(one.value["name"]) == 1


def test_a_list_has_more_than_two_thousand_names() -> None:
    assert len(lexicon.skills()._names) > 2_000
