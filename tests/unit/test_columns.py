"""Columns of exports as applicant tracking systems and people name them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warmbench.people.columns import MANY, Field, Guess, guess, is_column_name

#: One likely value for a column of each name, so that a header is never judged without any.
VALUES = {
    "email": ["ana@example.com", "ben@example.org", "chen@example.net"],
    "phone": ["+351 912 345 678", "(212) 555-0123", "030 1234567"],
    "date": ["2025-03-01", "2025-11-30", "2024-12-24"],
    "answer": ["yes", "no", "yes"],
    "country": ["Portugal", "Nigeria", "China"],
    "zone": ["Europe/Lisbon", "Africa/Lagos", "Asia/Shanghai"],
    "link": ["https://www.linkedin.com/in/ana", "linkedin.com/in/ben", "www.example.com/chen"],
    "number": ["1001", "1002", "1003"],
    "words": ["Ana", "Ben", "Chen"],
    "salutation": ["Ms", "Mr", "Dr."],
    "nothing": ["", "", ""],
}

GREENHOUSE = {
    "Candidate ID": ("number", "external_id"),
    "First Name": ("words", "first_name"),
    "Last Name": ("words", "last_name"),
    "Candidate Name": ("words", "ignore"),
    "Company": ("words", "employer"),
    "Title": ("words", "job_title"),
    "Email": ("email", "email"),
    "Phone": ("phone", "phone"),
    "Candidate Tags": ("words", "tags"),
    "Source": ("words", "source"),
    "Recruiter": ("words", "owner_email"),
    "Coordinator": ("words", "ignore"),
    "Current Stage": ("words", "stage_reached"),
    "Status": ("words", "status"),
    "Last Activity": ("date", "last_conversation_date"),
    "Hiring Manager": ("words", "ignore"),
    "Gender": ("words", "ignore"),
    "Disability Status": ("words", "ignore"),
}
LEVER = {
    "Opportunity ID": ("number", "external_id"),
    "Candidate Name": ("words", "full_name"),
    "Emails": ("email", "email"),
    "Phones": ("phone", "phone"),
    "Headline": ("words", "job_title"),
    "Location": ("words", "location"),
    "Links": ("link", "profile_url"),
    "Origin": ("words", "source"),
    "Owner": ("words", "owner_email"),
    "Tags": ("words", "tags"),
    "Stage": ("words", "stage_reached"),
    "Last Interaction At": ("date", "last_conversation_date"),
}
BULLHORN = {
    "id": ("number", "external_id"),
    "firstName": ("words", "first_name"),
    "lastName": ("words", "last_name"),
    "email": ("email", "email"),
    "email2": ("email", "email"),
    "mobile": ("phone", "phone"),
    "workPhone": ("phone", "phone"),
    "companyName": ("words", "employer"),
    "occupation": ("words", "job_title"),
    "address.city": ("words", "city"),
    "state": ("words", "region"),
    "countryID": ("number", "ignore"),
    "skillList": ("words", "skills"),
    "primarySkills": ("words", "skills"),
    "Mass Mail Opt Out": ("answer", "do_not_contact"),
    "dateOfBirth": ("date", "ignore"),
    "referredBy": ("words", "ignore"),
    "dateLastComment": ("date", "last_conversation_date"),
    "comments": ("words", "notes"),
}
ICIMS = {
    "Person : System ID": ("number", "external_id"),
    "Person : First Name": ("words", "first_name"),
    "Person : Last Name": ("words", "last_name"),
    "Person : Email": ("email", "email"),
    "Person : Mobile Phone": ("phone", "phone"),
    "Address : City": ("words", "city"),
    "Address : State": ("words", "region"),
    "Address : Country": ("country", "country"),
    "Source Name": ("words", "source"),
    "Recruiter : Email": ("email", "owner_email"),
}
GERMAN = {
    "Anrede": ("salutation", "ignore"),
    "Vorname": ("words", "first_name"),
    "Name": ("words", "last_name"),
    "E-Mail-Adresse": ("email", "email"),
    "E-Mail privat": ("email", "email"),
    "Handynummer": ("phone", "phone"),
    "Aktueller Arbeitgeber": ("words", "employer"),
    "Berufsbezeichnung": ("words", "job_title"),
    "Wohnort": ("words", "city"),
    "Bundesland": ("words", "region"),
    "Land": ("country", "country"),
    "Kenntnisse": ("words", "skills"),
    "Verfügbarkeit": ("words", "status"),
    "Letzter Kontakt": ("date", "last_conversation_date"),
    "Einwilligung am": ("date", "consent_date"),
    "Einwilligung": ("answer", "consent"),
    "Nicht kontaktieren": ("answer", "do_not_contact"),
    "Bemerkungen": ("words", "notes"),
    "Geburtsdatum": ("date", "ignore"),
}
FRENCH = {
    "Prénom": ("words", "first_name"),
    "Nom": ("words", "last_name"),
    "Adresse e-mail": ("email", "email"),
    "Téléphone portable": ("phone", "phone"),
    "Entreprise actuelle": ("words", "employer"),
    "Intitulé du poste": ("words", "job_title"),
    "Ville": ("words", "city"),
    "Pays": ("country", "country"),
    "Compétences clés": ("words", "skills"),
    "Dernier échange": ("date", "last_conversation_date"),
    "Consentement RGPD": ("answer", "consent"),
    "Ne pas contacter": ("answer", "do_not_contact"),
}
SPANISH = {
    "Nombre": ("words", "first_name"),
    "Primer apellido": ("words", "last_name"),
    "Segundo apellido": ("words", "last_name"),
    "Correo electrónico": ("email", "email"),
    "Teléfono móvil": ("phone", "phone"),
    "Empresa": ("words", "employer"),
    "Puesto": ("words", "job_title"),
    "Ciudad": ("words", "city"),
    "País": ("country", "country"),
    "Habilidades": ("words", "skills"),
    "Último contacto": ("date", "last_conversation_date"),
}
DUTCH = {
    "Voornaam": ("words", "first_name"),
    "Achternaam": ("words", "last_name"),
    "E-mailadres": ("email", "email"),
    "Mobiel nummer": ("phone", "phone"),
    "Huidige werkgever": ("words", "employer"),
    "Functie": ("words", "job_title"),
    "Woonplaats": ("words", "city"),
    "Vaardigheden": ("words", "skills"),
    "Beschikbaarheid": ("words", "status"),
    "Toestemming": ("answer", "consent"),
    "Opmerkingen": ("words", "notes"),
}
SHORT = {
    "Cand. ID": ("number", "external_id"),
    "Cand. Name": ("words", "full_name"),
    "Cand.Email": ("email", "email"),
    "cand_phone": ("phone", "phone"),
    "Cand. Owner": ("words", "owner_email"),
}
BY_HAND = {
    "Full name": ("words", "full_name"),
    "Fisrt Emial Adress": ("email", "email"),
    "Cell #": ("phone", "phone"),
    "LinkedIn Profile URL": ("link", "profile_url"),
    "Time zone": ("zone", "time_zone"),
    "Speciality": ("words", "specialty"),
    "Seniority Level": ("words", "seniority"),
    "Topic": ("words", "last_conversation_topic"),
    "Last call notes": ("words", "last_conversation_note"),
    "Date of last contact": ("date", "last_conversation_date"),
    "Unsubscribed?": ("answer", "do_not_contact"),
    "Do not call": ("answer", "do_not_contact"),
    "Shoe size": ("number", "ignore"),
}


def guessed(columns: dict[str, tuple[str, str]]) -> dict[str, str]:
    header = list(columns)
    sample = [[VALUES[kind][at] for kind, _ in columns.values()] for at in range(3)]
    return {header[at]: found.field.value for at, found in guess(header, sample).items()}


@pytest.mark.parametrize(
    "export",
    [GREENHOUSE, LEVER, BULLHORN, ICIMS, GERMAN, FRENCH, SPANISH, DUTCH, SHORT, BY_HAND],
    ids=["greenhouse", "lever", "bullhorn", "icims", "de", "fr", "es", "nl", "short", "by hand"],
)
def test_a_usual_export_is_understood_whole(export: dict[str, tuple[str, str]]) -> None:
    assert guessed(export) == {name: field for name, (_, field) in export.items()}


def one(name: str, kind: str) -> Guess:
    return guess([name], [[value] for value in VALUES[kind]])[0]


def test_a_known_name_with_fitting_values_is_nearly_certain() -> None:
    assert one("E-Mail", "email").confidence > 0.9
    assert one("E-Mail", "nothing").confidence > 0.9


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Email", "answer"),
        ("Email Status", "words"),
        ("Status of consent form", "answer"),
        ("Phone", "words"),
        ("Consent", "words"),
        ("City", "email"),
        ("Title", "salutation"),
        ("Last contact", "words"),
        ("", "words"),
        ("Column 4", "number"),
    ],
)
def test_a_name_is_not_believed_against_the_values(name: str, kind: str) -> None:
    found = one(name, kind)

    assert found.field == ("email" if kind == "email" else "ignore")
    assert found.why.endswith(".")


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("email", "email"),
        ("phone", "phone"),
        ("link", "profile_url"),
        ("zone", "time_zone"),
        ("country", "country"),
    ],
)
def test_values_speak_where_the_name_does_not(kind: str, field: str) -> None:
    found = one("Column 7", kind)

    assert found.field == field
    assert found.confidence < 0.7


@pytest.mark.parametrize(
    "name",
    [
        "Reference 1 Email",
        "Emergency Contact E-Mail",
        "Hiring manager email",
        "Company email",
        "Referrer's email",
        "Assistant e-mail",
    ],
)
def test_nobody_else_is_taken_for_the_candidate(name: str) -> None:
    assert one(name, "email").field is Field.IGNORE


def test_addresses_of_unknown_people_are_left_out_beside_the_candidates_own() -> None:
    header = ["Email", "Wombat"]
    sample = [["ana@example.com", "x@example.org"], ["ben@example.com", "y@example.org"]]

    assert [found.field for found in guess(header, sample).values()] == ["email", "ignore"]


@pytest.mark.parametrize(
    "name",
    [
        "Gender",
        "Date of birth",
        "Ethnicity (EEO)",
        "Geschlecht",
        "Nationalité",
        "Candidate age",
        "SSN",
    ],
)
def test_what_must_never_be_matched_on_is_not_even_read(name: str) -> None:
    assert one(name, "words") == Guess(Field.IGNORE, 1.0, "Protected or private: never imported.")


def test_of_two_columns_for_one_field_the_better_is_taken() -> None:
    found = guess(["Firm", "Current employer"], [["Acme", "Initech"]])

    assert found[0].field is Field.IGNORE
    assert "Current employer" in found[0].why
    assert found[1].field is Field.EMPLOYER


def test_what_a_person_decided_before_is_kept() -> None:
    found = guess(
        ["Email", "Wombat"], [["ana@example.com", "x"]], {"Wombat": "tags", "Email": "ignore"}
    )

    assert [one.field for one in found.values()] == [Field.IGNORE, Field.TAGS]


def test_column_names_are_told_from_values() -> None:
    assert is_column_name("E-Mail 2")
    assert is_column_name("Geburtsdatum")
    assert is_column_name("Cand. ID")
    assert not is_column_name("Ana Lima")
    assert not is_column_name("")


@given(
    st.lists(
        st.one_of(st.text(max_size=12), st.sampled_from(["Email", "Name", "Nom"])), max_size=8
    ),
    st.lists(st.lists(st.text(max_size=12), max_size=9), max_size=4),
)
@settings(deadline=None)
def test_every_column_gets_one_guess_and_no_field_is_taken_twice(
    header: list[str], sample: list[list[str]]
) -> None:
    found = guess(header, sample)

    assert list(found) == list(range(len(header)))
    assert all(0 <= one.confidence <= 1 for one in found.values())
    single = [one.field for one in found.values() if one.field not in MANY]
    assert len(single) == len(set(single))
