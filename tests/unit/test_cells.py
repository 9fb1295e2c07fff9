"""What single cells of an import say."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmbench.people import cells, dates
from warmbench.people.dates import DAY_FIRST, MONTH_FIRST, Unreadable, order_of, read
from warmbench.people.models import Candidate
from warmbench.people.words import is_nothing, plain, words


@pytest.mark.parametrize("text", ["yes", "Ja", "OUI", "Sí", "x", "1", "TRUE", "✓"])
def test_yes_is_yes_in_five_languages(text: str) -> None:
    assert cells.yes_or_no(text) is True


@pytest.mark.parametrize("text", ["no", "Nein", "non", "Nee", "0", "False"])
def test_no_is_no_in_five_languages(text: str) -> None:
    assert cells.yes_or_no(text) is False


@pytest.mark.parametrize("text", ["", "n/a", "perhaps", "31.12.2025"])
def test_anything_else_is_neither(text: str) -> None:
    assert cells.yes_or_no(text) is None


@pytest.mark.parametrize("text", ["yes", "Opted in", "31.12.2025", "erteilt", "subscribed"])
def test_consent_is_what_somebody_gave(text: str) -> None:
    assert cells.consented(text) is True


@pytest.mark.parametrize(
    ("text", "given"), [("no", False), ("Withdrawn", False), ("", None), ("ask", None)]
)
def test_consent_is_not_assumed(text: str, given: bool | None) -> None:
    assert cells.consented(text) is given


@pytest.mark.parametrize(
    "text", ["yes", "unsubscribed", "2025-01-02", "03/04/2025", "STOP", "Abgemeldet", "hard bounce"]
)
def test_a_stop_is_understood_however_it_is_written(text: str) -> None:
    assert cells.opted_out(text) is True


@pytest.mark.parametrize(
    ("text", "stop"), [("no", False), ("", False), ("subscribed", False), ("maybe later", None)]
)
def test_a_stop_that_is_not_understood_is_not_a_no(text: str, stop: bool | None) -> None:
    assert cells.opted_out(text) is stop


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Not actively looking", "passive"),
        ("Open to work", "open"),
        ("arbeitssuchend", "searching"),
        ("À l'écoute du marché", "open"),
        ("In process", "applied"),
        ("Vermittelt", "placed"),
        ("Hired", "hired"),
        ("DO NOT CONTACT", "do_not_contact"),
        ("", ""),
        ("Active", None),
    ],
)
def test_a_status_is_ours_or_a_persons_to_decide(text: str, status: str | None) -> None:
    assert cells.status(text) == status


def test_statuses_and_stages_are_those_of_the_candidate() -> None:
    assert set(words().statuses.values()) == set(Candidate.Status.values)
    assert set(words().stages.values()) == set(Candidate.Stage.values) - {""}


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Phone Screen", "screened"),
        ("2nd interview", "interviewed"),
        ("Final round", "final"),
        ("Offer", "offer"),
        ("-", ""),
        ("Quux", None),
    ],
)
def test_a_stage_is_one_of_ours_or_not_known(text: str, stage: str | None) -> None:
    assert cells.stage(text) == stage


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("Java; Python, SQL | Go", ["Java", "Python", "SQL", "Go"]),
        ("Java/Kotlin, C/C++, CI/CD, UI / UX", ["Java", "Kotlin", "C/C++", "CI/CD", "UI / UX"]),
        ("C/C++/C#", ["C", "C++", "C#"]),
        ("AWS (EC2, S3), .NET Core, ASP.NET.", ["AWS", ".NET Core", "ASP.NET", "EC2", "S3"]),
        ("Python (5 years), SQL (expert), German - fluent", ["Python", "SQL", "German", "fluent"]),
        ("Amazon Web Services (AWS)", ["Amazon Web Services", "AWS"]),
        ('["Java", "SQL"]', ["Java", "SQL"]),
        ("1. Java\n2. SQL\n• Go\n- Rust", ["Java", "SQL", "Go", "Rust"]),
        ("java, Java, JAVA", ["java"]),
        ("R&D, S/4HANA", ["R&D", "S/4HANA"]),
        ("n/a", []),
        ("", []),
        ("x" * 200, []),
        ("(((", []),
    ],
)  # fmt: skip
def test_a_list_of_skills_is_taken_apart_where_people_would(text: str, skills: list[str]) -> None:
    assert [skill.strip("(") for skill in cells.skills(text) if skill.strip("(")] == skills


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("SAP FI/CO", ["SAP FI/CO"]),
        ("sap fi / co; Stress testing (banking)", ["sap fi / co", "Stress testing (banking)"]),
        ("1. Ear, nose & throat\n2. 510(k) (5 years)", ["Ear, nose & throat", "510(k)"]),
        ("ERP (SAP FI/CO, 510(k)) - B2B - Sales", ["ERP", "B2B - Sales", "SAP FI/CO", "510(k)"]),
        ("Senior SAP FI/CO consultant", ["Senior SAP FI/CO consultant"]),
        ("SAP FI/COBOL, nose, C/C++/C#", ["SAP FI", "COBOL", "nose", "C", "C++", "C#"]),
    ],
)  # fmt: skip
def test_what_a_tag_is_called_is_not_taken_apart(text: str, skills: list[str]) -> None:
    names = ["SAP FI/CO", "Stress testing (banking)", "ear, nose & throat", "510(k)", "B2B - Sales"]
    assert cells.skills(text, cells.Whole(names)) == skills


@given(st.text())
def test_skills_come_once_and_never_empty(text: str) -> None:
    found = cells.skills(text)

    assert all(skill == skill.strip() and skill for skill in found)
    assert len({skill.casefold() for skill in found}) == len(found)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Jane Doe", "Jane", "Doe"),
        ("Doe, Jane", "Jane", "Doe"),
        ("Dr. Jane van den Berg, PhD", "Jane", "van den Berg"),
        ("Berg, Jane van den", "Jane", "van den Berg"),
        ("Ms Jane Mary Doe MBA", "Jane Mary", "Doe"),
        ("Jane Doe (she/her)", "Jane", "Doe"),
        ("Yo-Yo Ma", "Yo-Yo", "Ma"),
        ("Prof. Dr. Max Roe Jr.", "Max", "Roe"),
        ("Cher", "Cher", ""),
        ("  ", "", ""),
        (", ,", "", ""),
    ],
)
def test_a_name_in_one_cell_becomes_two(text: str, first: str, last: str) -> None:
    assert cells.person_name(text) == (first, last)


@given(st.text())
def test_no_name_breaks_the_reader(text: str) -> None:
    assert all(part == part.strip() for part in cells.person_name(text))


LAST_DAY = date(2025, 12, 31)


@pytest.mark.parametrize(
    "text",
    [
        "2025-12-31",
        "2025-12-31T10:00:00Z",
        "2025-12-31 10:00",
        "2025/12/31",
        "20251231",
        "31.12.2025",
        "31.12.25",
        "31/12/2025",
        "12/31/2025",
        "12/31/2025 10:22 AM",
        "31 Dec 25",
        "Dec 31, 2025",
        "Wednesday, December 31, 2025",
        "31. Dezember 2025",
        "31 décembre 2025",
        "31 de diciembre de 2025",
        "31-dic-25",
        "31 december 2025",
        "46022",
        "46022.5",
    ],
)
def test_one_day_is_written_in_many_ways(text: str) -> None:
    assert read(text, order_of([text])) == LAST_DAY


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("soon", Unreadable.NOT_A_DATE),
        ("March 2025", Unreadable.NOT_A_DATE),
        ("Dec 31", Unreadable.NOT_A_DATE),
        ("42", Unreadable.NOT_A_DATE),
        ("31.02.2025", Unreadable.NO_SUCH_DAY),
        ("2025-13-01", Unreadable.NO_SUCH_DAY),
        ("03/04/2025", Unreadable.DAY_OR_MONTH),
    ],
)
def test_what_is_no_certain_day_says_why(text: str, why: Unreadable) -> None:
    assert read(text, order_of([text])) is why


def test_an_empty_cell_has_no_day() -> None:
    assert read("", DAY_FIRST) is None
    assert read("n/a", DAY_FIRST) is None


def test_one_cell_decides_for_the_whole_column() -> None:
    column = ["03/04/2025", "01/02/2025", "31/12/2025"]
    assert order_of(column) == dates.Order(day_first=True, days_first=1)
    assert read("03/04/2025", order_of(column)) == date(2025, 4, 3)

    column = ["03/04/2025", "12/31/2025"]
    assert read("03/04/2025", order_of(column)) == date(2025, 3, 4)


def test_a_column_that_never_goes_past_the_twelfth_is_for_a_person_to_decide() -> None:
    assert order_of(["03/04/2025", "05/05/2025"]).ambiguous
    assert order_of(["31/12/2025", "12/31/2025"]).ambiguous
    assert not order_of(["03.04.2025", "05.06.2025"]).ambiguous
    assert not order_of(["05/05/2025"]).ambiguous
    assert not order_of([]).ambiguous


@pytest.mark.parametrize(("order", "day"), [(DAY_FIRST, 3), (MONTH_FIRST, 4)])
def test_a_person_decides_which_comes_first(order: dates.Order, day: int) -> None:
    found = read("03/04/2025", order)

    assert isinstance(found, date)
    assert found.day == day


@given(st.dates(date(1970, 1, 1), date(2069, 12, 31)))
def test_every_day_survives_being_written(day: date) -> None:
    assert read(day.isoformat(), DAY_FIRST) == day
    assert read(f"{day:%d/%m/%Y}", DAY_FIRST) == day
    assert read(f"{day:%m/%d/%Y}", MONTH_FIRST) == day or day.day > 12
    assert read(f"{day:%d.%m.%y}", DAY_FIRST) == day


@given(st.text())
def test_no_cell_breaks_the_readers(text: str) -> None:
    read(text, order_of([text]))
    cells.opted_out(text)
    cells.consented(text)
    cells.status(text)
    assert plain(plain(text)) == plain(text)
    assert is_nothing("  ") or not text


def test_a_hostile_cell_is_read_at_once() -> None:
    began = time.process_time()
    for text in ("(" * 200_000 + ")" * 200_000, " " * 500_000 + "x", "1" * 500_000, "a/" * 100_000):
        cells.skills(text)
        cells.person_name(text)
        cells.opted_out(text)
        read(text, order_of([text]))
    assert time.process_time() - began < 30
