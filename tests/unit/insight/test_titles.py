"""What people are by their title, were, want to be, and do not want to be."""

import pytest

from tests.unit.insight.reads import told
from warmbench.insight import titling
from warmbench.insight.extractors import titles
from warmbench.insight.kinds import SourceKind


def named(text: str, kind: SourceKind = SourceKind.NOTE) -> list[tuple[str, str]]:
    return [(sense, value["name"]) for sense, value in told(titles.extract, text, kind)]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Sr. Backend Eng", "Senior Backend Engineer"),
        ("fin controller", "Financial Controller"),
        ("Head of Treasury", "Head of Treasury"),
        ("VP Ops", "VP Operations"),
        ("RN", "Registered Nurse"),
        ("ICU charge nurse", "ICU charge nurse"),
        ("SOC Analyst Tier 2", "SOC Analyst Tier 2"),
        ("Manager, Data Engineering", "Manager, Data Engineering"),
        ("Einkaufsleiterin", "Einkaufsleiterin"),
        ("Leiter Controlling", "Leiter Controlling"),
        ("Werkstudent Logistik", "Werkstudent Logistik"),
        ("Gesundheits- und Krankenpfleger", "Gesundheits- und Krankenpfleger"),
        ("Ingénieure Qualité", "Ingénieure Qualité"),
        ("Responsable de production", "Responsable de production"),
        ("Jefe de compras", "Jefe de compras"),
        ("Enfermera de UCI", "Enfermera de UCI"),
        ("Wijkverpleegkundige", "Wijkverpleegkundige"),
        ("Hoofd Inkoop", "Hoofd Inkoop"),
    ],
)
def test_a_title_is_found_with_all_its_words(said: str, name: str) -> None:
    assert [one.name for one in titling.find(said)] == [name]


@pytest.mark.parametrize(
    "said",
    [
        "Lead a team of nine.",
        "He likes lead generation.",
        "a union rep",
        "Director Berlin",
        "",
        "to lead",
    ],
)
def test_what_only_looks_like_a_title_is_none(said: str) -> None:
    assert [one for one in titling.find(said) if not one.is_bare] == []


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("She is a payroll specialist at Tarnfield Homes.", "Payroll Specialist"),
        ("currently tax manager, very happy", "Tax Manager"),
        ("Ana Ruiz, demand planner, Lincoln.", "Demand Planner"),
        ("Ana Ruiz (theatre nurse), 6 yrs", "Theatre Nurse"),
        ("Just joined Kestrel Robotics as engineering manager.", "Engineering Manager"),
        ("Sie ist Bilanzbuchhalterin bei der Sonnbach Gruppe.", "Bilanzbuchhalterin"),
        ("Elle est acheteuse chez Orsel Distribution.", "acheteuse"),
        ("Trabaja como contable en Grupo Altamar.", "Contable"),
        ("Werkt als werkvoorbereider bij Dalmeer Bouw.", "Werkvoorbereider"),
    ],
)
def test_the_present_title_is_read(said: str, name: str) -> None:
    [(sense, value)] = told(titles.extract, said)
    assert (sense, value["name"].lower()) == ("had", name.lower())
    assert value["current"] is True


@pytest.mark.parametrize(
    ("said", "sense", "name"),
    [
        ("She was a claims analyst before.", "had", "Claims Analyst"),
        ("Formerly audit senior at Rowe & Partners.", "had", "Audit Senior"),
        ("Früher war sie Assistenzärztin.", "had", "Assistenzärztin"),
        ("Keep warm for Group Treasurer.", "wants", "Group Treasurer"),
        ("Wants to become a nurse manager.", "wants", "Nurse Manager"),
        ("Would listen re Head of Tax.", "wants", "Head of Tax"),
        ("Product owner would be her dream.", "wants", "Product Owner"),
        ("Möchte Leiterin Rechnungswesen werden.", "wants", "Leiterin Rechnungswesen"),
        ("Cherche un poste de contrôleur de gestion.", "wants", "Contrôleur de Gestion"),
        ("Busca un puesto de supervisora de enfermería.", "wants", "Supervisora de Enfermería"),
        ("Wil graag teamleider worden.", "wants", "Teamleider"),
        ("Not looking for a project manager role.", "refuses", "Project Manager"),
        ("Not another account manager job, please.", "refuses", "Account Manager"),
    ],
)
def test_the_sense_of_a_title_is_read(said: str, sense: str, name: str) -> None:
    assert [(one, value.lower()) for one, value in named(said)] == [(sense, name.lower())]


@pytest.mark.parametrize(
    "said",
    [
        "Her boss is a procurement director.",
        "The client is looking for a financial controller.",
        "Spoke to the hiring manager.",
        "Reports to the finance director.",
        "Her husband is a project manager at Nordbau.",
        "The controller role pays 80k.",
        "If she were a tax manager, she would stay.",
        "Ravi is a trader.",
        "Interviewer: Kate Moss, Head of Data",
        "Two years ago she wanted to be a product manager.",
        "Ihr Chef ist Steuerberater.",
        "Le client cherche un ingénieur qualité.",
        "Reporta al director financiero.",
    ],
)
def test_titles_of_others_and_of_roles_are_left(said: str) -> None:
    assert named(said) == []


def test_stations_of_a_resume_are_read_with_the_present_one_marked() -> None:
    text = (
        "Ana Ruiz\nLeeds\n\nExperience\n"
        "Tradewell Bank plc\nSenior Compliance Officer\nMarch 2019 - Present\n"
        "- Reduced alert backlog from 4,000 to 300\n\n"
        "2015 - 2019  Compliance Analyst, Norwood Asset Management\n\nEducation\nLLB, 2014\n"
    )
    found = [value for _, value in told(titles.extract, text, SourceKind.RESUME)]
    assert {"name": "Senior Compliance Officer", "current": True} in found
    assert {"name": "Compliance Analyst"} in found


def test_in_a_talk_she_answers_what_she_wants() -> None:
    text = "Tom: What role would you like next?\nAna Ruiz: Supply planner, I think."
    assert named(text, SourceKind.TRANSCRIPT) == [("wants", "Supply planner")]


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("At Corvane, category planner these days.", ("had", "Category Planner")),
        ("Shift superintendent is what's on the badge.", ("had", "Shift superintendent")),
        ("Function ...... Commissioning engineer", ("had", "Commissioning engineer")),
        ("Curr: Senior Accountant, Corvane Bank", ("had", "Senior Accountant")),
    ],
)
def test_titles_are_read_as_short_notes_tell_them(said: str, title: tuple[str, str]) -> None:
    assert title in named(said)


def test_a_licence_is_no_title() -> None:
    text = "EXPERIENCE\n\nUS Customs Broker License (2017)\n"
    assert named(text, SourceKind.RESUME) == []
