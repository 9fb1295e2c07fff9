"""For whom people work, worked, and never would."""

import pytest

from tests.unit.insight.reads import told
from warmbench.insight.extractors import employers
from warmbench.insight.kinds import SourceKind


def named(text: str, kind: SourceKind = SourceKind.NOTE) -> list[tuple[str, str]]:
    return [(sense, value["name"]) for sense, value in told(employers.extract, text, kind)]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Tax manager @ Tarnfield Homes, Leeds", "Tarnfield Homes"),
        ("She works for Calderwood Retail.", "Calderwood Retail"),
        ("still with Pennick & Rowe", "Pennick & Rowe"),
        ("Ana Ruiz, tax manager, Halden Diagnostics (since 2020)", "Halden Diagnostics"),
        ("works for a fintech called Bluefin Ledger", "Bluefin Ledger"),
        ("Current company: Sandhya Infosystems", "Sandhya Infosystems"),
        ("she is a credit analyst at pellbury insurance in hull", "Pellbury Insurance"),
        ("Arbeitet seit 2018 bei der Sonnbach Gruppe in Mainz.", "Sonnbach Gruppe"),
        ("Comptable chez Orsel Distribution, Lyon.", "Orsel Distribution"),
        ("Enfermera en el Hospital Santa Brígida.", "Hospital Santa Brígida"),
        ("Monteur bij Van Houten Techniek.", "Van Houten Techniek"),
    ],
)
def test_the_present_place_of_work_is_read(said: str, name: str) -> None:
    assert told(employers.extract, said) == [("had", {"name": name, "current": True})]


@pytest.mark.parametrize(
    ("said", "sense", "name"),
    [
        ("Left Oakhurst Media in 2019.", "had", "Oakhurst Media"),
        ("Ex-Marlowe, now freelance.", "had", "Marlowe"),
        ("Früher war sie bei Kehrmann & Söhne.", "had", "Kehrmann & Söhne"),
        ("Would never work for Kestrel Group again.", "refuses", "Kestrel Group"),
        ("Never Brightmoor again, she says.", "refuses", "Brightmoor"),
        ("Her dream employer is Lumora Health.", "wants", "Lumora Health"),
    ],
)
def test_the_sense_of_a_place_of_work_is_read(said: str, sense: str, name: str) -> None:
    assert named(said) == [(sense, name)]


@pytest.mark.parametrize(
    "said",
    [
        "Interviewing at Halden Diagnostics too.",
        "Told her about the role at Hallmann Logistik.",
        "MSc at Leeds University.",
        "Her husband works for Nordbau Group.",
        "She works with Salesforce every day.",
        "Best reached at Christmas.",
        "She is at 80k in Berlin.",
        "Bei Interesse melden.",
        "Left Kent 2019.",
        "Left voicemail.",
        "Trabaja con Selene.",
        "Si trabajara en Banco Altamar, cobraría más.",
        "Our client is Hallmann Logistik.",
    ],
)
def test_schools_tools_places_clients_and_others_are_left(said: str) -> None:
    assert named(said) == []


def test_a_short_form_of_a_name_is_not_told_twice() -> None:
    text = "She works for Corvane Energy. Ten years at Corvane now."
    assert named(text) == [("had", "Corvane Energy")]


def test_stations_of_a_resume_name_organisations_and_no_departments() -> None:
    text = (
        "Ana Ruiz\n\nExperience\n"
        "Staff Nurse, Telemetry, Wadeford Hospital, Leeds (2019 - present)\n"
        "- Epic, CPR\n\n"
        "08/2015 - 03/2019  Krankenpflegerin, Chirurgie\nSt.-Agathe-Klinikum, Hagen\n\n"
        "Education\nBSN, Marion College, 2014\n"
    )
    found = named(text, SourceKind.RESUME)
    assert found == [("had", "Wadeford Hospital"), ("had", "St.-Agathe-Klinikum")]


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("Corvane Bank, 4 yrs.", {"Corvane Bank"}),
        ("Pellworth -> Corvane Bank 2021", {"Pellworth", "Corvane Bank"}),
        ("TUPE'd to Corvane Services in 2024.", {"Corvane Services"}),
        ("With a firm of surveyors in Hull (Corvane & Lyle).", {"Corvane & Lyle"}),
        ("In her current shop, Corvane Telemetry, she runs payroll.", {"Corvane Telemetry"}),
        ("Data Science, 4 yrs.", set()),
        ("London -> Berlin 2022", set()),
        ("Excel -> Python 2021", set()),
    ],
)
def test_employers_are_read_as_short_notes_tell_them(said: str, names: set[str]) -> None:
    assert {value["name"] for _, value in told(employers.extract, said)} == names


def test_an_employer_of_a_resume_is_noted_once() -> None:
    text = (
        "EXPERIENCE\n\n2021 - present  Corvane Bank\nSenior Accountant\n\n"
        "2018 - 2021  Corvane Bank\nAccountant\n"
    )
    found = [value for _, value in told(employers.extract, text, SourceKind.RESUME)]
    assert found == [{"name": "Corvane Bank", "current": True}]
