"""Names are one where they mean one thing, and are kept apart where they do not."""

import pytest

from warmbench.shortlists import naming, titles, wording


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("PostgreSQL", "Postgres"),
        ("Kubernetes", "k8s"),
        ("Power BI", "powerbi"),
        ("Go", "golang"),
        ("SAP FICO", "SAP FI/CO"),
    ],
)
def test_one_skill_has_many_spellings(asked: str, said: str) -> None:
    assert naming.skill([asked], said) == 1.0


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Java", "JavaScript"),
        ("C", "C++"),
        ("ISO 27001", "ISO 27005"),
        ("Angular", "AngularJS"),
        ("Python", "Django-like things"),
        ("SQL", "NoSQL"),
    ],
)
def test_other_skills_stay_others(asked: str, said: str) -> None:
    assert naming.skill([asked], said) == 0.0


def test_who_knows_the_special_knows_the_general() -> None:
    assert 0 < naming.skill(["Python"], "Django") < 1
    assert 0 < naming.skill(["JavaScript"], "Next.js") < 1
    assert naming.skill(["Django"], "Python") == 0.0


def test_slips_of_the_pen_are_forgiven_in_long_names() -> None:
    assert naming.skill(["Underwater archaeology"], "Underwater archeology") >= 0.9
    assert naming.other(["Contoso"], "Contoso Bank") >= 0.9
    assert naming.other(["Contoso"], "Contessa") == 0.0


def test_titles_are_compared_by_the_work() -> None:
    assert titles.likeness("Data Engineer", "Sr. Data Engineer (m/w/d)") == 1.0
    assert titles.likeness("Software Engineer", "Softwareentwickler") < 1
    assert titles.likeness("Data Engineer", "Registered Nurse") < 0.3
    assert titles.likeness("Data Engineer", "Data Engineer, Payments") >= 0.9


def test_a_name_in_a_sentence_is_found_as_it_is_and_not_denied() -> None:
    assert wording.is_named("Java", "Wrote services in Java.")
    assert not wording.is_named("Java", "Wrote pages in JavaScript.")
    assert not wording.is_named("Java", "No experience with Java.")
    assert not wording.is_named("Go", "We go there.")


def test_rare_words_say_more() -> None:
    asked = wording.words_of("reconciled intercompany accounts")
    assert wording.shared(asked, wording.words_of("intercompany reconciliations")) > wording.shared(
        asked, wording.words_of("accounts of customers")
    )
