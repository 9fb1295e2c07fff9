"""What one row of a file says about a candidate."""

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warmbench.people import dates
from warmbench.people.columns import Field
from warmbench.people.import_drafts import Draft, Options, Remark
from warmbench.people.import_report import DryRun, Finding, as_line
from warmbench.people.import_rows import Reading, UnusableRowError, tidy, unguarded
from warmbench.people.import_staging import line_of
from warmbench.people.models import Tag
from warmbench.people.spreadsheet import Mark, Row
from warmbench.people.vocabulary import KnownTag, Vocabulary

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
Kind = Tag.Kind
TREE = Vocabulary(
    [
        KnownTag(1, Kind.SPECIALTY, "Cloud & DevOps"),
        KnownTag(2, Kind.SKILL, "Python", 1),
        KnownTag(3, Kind.SKILL, "Terraform", 1),
        KnownTag(4, Kind.SENIORITY, "Manager"),
        KnownTag(5, Kind.GEOGRAPHY, "Germany", None, "DE"),
    ],
    [(1, "cloud devops"), (2, "python"), (3, "terraform"), (4, "manager"), (5, "germany")],
)


def reading(*fields: Field, **options: Any) -> Reading:
    mapping = dict(enumerate(fields))
    return Reading(
        mapping,
        source="Old ATS",
        options=Options(**options),
        vocabulary=TREE,
        owners={"alice@example.com": 7},
        orders=dict.fromkeys(mapping, dates.DAY_FIRST),
        now=NOW,
    )


def row(*cells: str) -> Row:
    return Row(2, list(cells), None, (), Mark(2, 100))


def read(values: dict[Field, str], **options: Any) -> Draft:
    values = {Field.EXTERNAL_ID: "1"} | values
    return reading(*values, **options).read(row(*values.values()))


# Names and addresses.


def test_the_whole_name_fills_what_its_parts_leave_open() -> None:
    draft = read({Field.FIRST_NAME: "Jane", Field.FULL_NAME: "Dr. Jane van den Berg"})
    assert (draft.first_name, draft.last_name) == ("Jane", "van den Berg")


def test_two_last_names_are_one() -> None:
    two = reading(Field.EXTERNAL_ID, Field.LAST_NAME, Field.LAST_NAME)
    assert two.read(row("1", "García", "Márquez")).last_name == "García Márquez"


def test_the_name_beside_an_address_is_better_than_none() -> None:
    draft = read({Field.EMAIL: "Jane Doe <jane@example.com>"})
    assert (draft.first_name, draft.last_name) == ("Jane", "Doe")
    named = read({Field.EMAIL: "Jane Doe <jane@example.com>", Field.FIRST_NAME: "Janet"})
    assert (named.first_name, named.last_name) == ("Janet", "")


def test_addresses_of_all_columns_are_kept_each_once() -> None:
    three = reading(Field.EMAIL, Field.EMAIL, Field.PHONE, Field.PHONE)
    draft = three.read(
        row("A@example.com; jobs@example.com", "a@Example.com", "+44 20 79460018", "")
    )
    assert draft.emails == ["a@example.com", "jobs@example.com"]
    assert draft.shared == ["jobs@example.com"]
    assert draft.phones == ["+442079460018"]


@pytest.mark.parametrize("cell", ["jane@", "jane@example.com\nBcc: all@example.com", "jane"])
def test_an_address_that_cannot_be_used_sends_the_row_back(cell: str) -> None:
    with pytest.raises(UnusableRowError, match="e-mail address cannot be used"):
        read({Field.EMAIL: cell})


def test_one_broken_address_beside_a_good_one_is_left_out() -> None:
    two = reading(Field.EMAIL, Field.EMAIL).read(row("a@example.com", "b@"))
    assert two.emails == ["a@example.com"]
    assert two.remarks == [(Remark.EMAIL, "b@")]


@pytest.mark.parametrize("cell", ["anna@localhost", "anna@localhost\nanna@intranet"])
def test_an_address_without_a_dot_is_left_out_and_the_rest_is_not(cell: str) -> None:
    draft = read({Field.EMAIL: cell, Field.FIRST_NAME: "Anna"})
    assert (draft.first_name, draft.external_id, draft.emails) == ("Anna", "1", [])
    assert {remark for remark, _ in draft.remarks} == {Remark.EMAIL}
    beside = read({Field.EMAIL: "anna@localhost\nanna@example.com"})
    assert beside.emails == ["anna@example.com"]


@pytest.mark.parametrize("field", [Field.FIRST_NAME, Field.LAST_NAME, Field.FULL_NAME])
def test_no_name_hides_a_header(field: Field) -> None:
    with pytest.raises(UnusableRowError):
        read({field: "=?utf-8?q?Jane=0ABcc=3A?= Doe"})
    assert "\n" not in read({field: "Jane\r\nBcc: x Doe"}).first_name


def test_numbers_are_read_for_the_country_of_the_person() -> None:
    here: dict[Field, str] = {Field.PHONE: "020 7946 0018"}
    assert read(here | {Field.COUNTRY: "England"}).phones == ["+442079460018"]
    assert read(here, default_country="GB").phones == ["+442079460018"]
    assert read(here).remarks == [(Remark.PHONE, "020 7946 0018")]


def test_numbers_survive_the_apostrophe_of_a_spreadsheet() -> None:
    assert read({Field.PHONE: "'+44 20 7946 0018"}).phones == ["+442079460018"]


# Who it is.


def test_a_row_about_nobody_is_sent_back() -> None:
    with pytest.raises(UnusableRowError, match="who this is"):
        reading(Field.EMPLOYER, Field.EMAIL).read(row("Acme", "n/a"))


def test_only_a_name_means_the_same_person_again() -> None:
    two = reading(Field.FIRST_NAME, Field.EMPLOYER)
    ids = [
        two.read(row(*cells)).external_id
        for cells in [("Ana", "Acme"), ("ANA ", "acme"), ("Ana", "Beta")]
    ]
    assert ids[0] == ids[1] != ids[2]


def test_rounded_ids_tell_nobody() -> None:
    draft = read({Field.EXTERNAL_ID: "1.23457E+11", Field.EMAIL: "a@example.com"})
    assert draft.external_id == ""
    assert draft.remarks == [(Remark.EXTERNAL_ID, "1.23457E+11")]


def test_a_column_of_sources_says_where_somebody_is_from() -> None:
    assert read({Field.SOURCE: "Referral"}).source == "Referral"
    assert read({Field.SOURCE: " "}).source == "Old ATS"


# What it permits.


@pytest.mark.parametrize(
    ("values", "stop"),
    [
        ({Field.DO_NOT_CONTACT: "yes"}, True),
        ({Field.DO_NOT_CONTACT: "no"}, False),
        ({Field.DO_NOT_CONTACT: ""}, False),
        ({Field.STATUS: "Unsubscribed"}, True),
        ({Field.STATUS: "Passive"}, False),
    ],
)
def test_a_stop_is_heard(values: dict[Field, str], stop: bool) -> None:
    assert read(values).opted_out is stop


def test_one_stop_of_several_columns_is_enough() -> None:
    two = reading(Field.EMAIL, Field.DO_NOT_CONTACT, Field.DO_NOT_CONTACT)
    assert two.read(row("a@example.com", "yes", "no")).opted_out


def test_a_stop_that_is_not_understood_is_for_a_person() -> None:
    with pytest.raises(UnusableRowError, match="neither answered"):
        read({Field.DO_NOT_CONTACT: "perhaps"})


@pytest.mark.parametrize(
    ("cell", "said"), [("yes", "yes"), ("No", "no"), ("n/a", ""), ("ask her", "unclear")]
)
def test_consent_is_what_the_cell_says(cell: str, said: str) -> None:
    assert read({Field.CONSENT: cell}).consent == said


def test_a_day_of_consent_is_consent_unless_another_column_decides() -> None:
    day = {Field.CONSENT_DATE: "01/02/2026"}
    assert read(day).consent == "yes"
    assert read(day).consented_on == date(2026, 2, 1)
    assert read(day | {Field.CONSENT: ""}).consent == ""


# The rest.


def test_what_is_not_understood_is_left_out_and_named() -> None:
    draft = read(
        {
            Field.STATUS: "Wobbling",
            Field.STAGE_REACHED: "Wibbling",
            Field.OWNER_EMAIL: "bob@example.com",
            Field.LAST_CONVERSATION_DATE: "31/02/2026",
            Field.CITY: "Atlantis",
        }
    )
    assert {remark for remark, _ in draft.remarks} == {
        Remark.STATUS,
        Remark.STAGE,
        Remark.OWNER,
        Remark.DATE,
        Remark.PLACE,
    }
    assert draft.place.city == "Atlantis"
    assert (draft.status, draft.stage, draft.owner_id, draft.talked_on) == ("", "", None, None)


def test_what_is_understood_has_our_words() -> None:
    draft = read(
        {
            Field.STATUS: "Offen für Angebote",
            Field.STAGE_REACHED: "Phone screen",
            Field.OWNER_EMAIL: "Alice@Example.com",
            Field.LAST_CONVERSATION_DATE: "01/02/2026",
            Field.LOCATION: "Berlin, Germany",
        }
    )
    assert (draft.status, draft.stage, draft.owner_id) == ("open", "screened", 7)
    assert draft.talked_on == date(2026, 2, 1)
    assert (draft.place.country_code, draft.place.time_zone) == ("DE", "Europe/Berlin")
    assert not draft.remarks


def test_no_conversation_was_tomorrow() -> None:
    draft = read({Field.LAST_CONVERSATION_DATE: "04/03/2026"})
    assert draft.talked_on is None
    assert draft.remarks == [(Remark.DATE, "04/03/2026")]


def test_a_country_of_many_hours_is_named() -> None:
    assert read({Field.COUNTRY: "USA"}).remarks == [(Remark.ZONE, "US")]


def test_words_become_tags_and_unknown_words_stay() -> None:
    draft = read(
        {
            Field.SKILLS: "Python; Foozling",
            Field.TAGS: "Terraform; Cloud & DevOps; Barzing",
            Field.SENIORITY: "Manager",
            Field.COUNTRY: "DE",
        }
    )
    assert [found.tag_id for found in draft.tags] == [1, 2, 3, 4, 5]
    assert [found.tag_id for found in draft.tags if found.is_primary] == [1]
    assert draft.unmatched == ("Foozling", "Barzing")


def test_notes_keep_their_lines() -> None:
    draft = read({Field.NOTES: " first\r\nsecond\x07 \n", Field.LAST_CONVERSATION_TOPIC: "a\nb"})
    assert draft.note == "first\nsecond"
    assert draft.topic == "a b"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  Acme\n GmbH\t", "Acme GmbH"),
        ("n/a", ""),
        ("\\N", ""),
        ("'=Acme", "=Acme"),
        ("'s-Hertogenbosch", "'s-Hertogenbosch"),
        ("a\x00b\x1fc", "a b c"),
        ("x" * 99, "x" * 40),
    ],
)
def test_cells_are_tidied(text: str, kept: str) -> None:
    assert tidy(text, 40) == kept


@pytest.mark.parametrize(
    "options",
    [
        {"basis": "hope", "evidence": "x"},
        {"basis": "withdrawn", "evidence": "x"},
        {"basis": "consent", "evidence": " "},
        {"first_in_dates": "year"},
        {"default_country": "Germany"},
    ],
)
def test_answers_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Options(**options)


def test_options_forget_what_they_do_not_know() -> None:
    assert Options.from_json({"owner_id": "7", "colour": "red"}) == Options(owner_id=7)


# Whatever is in the file.

FIELDS = [one for one in Field if one is not Field.IGNORE]


@settings(deadline=None)
@given(st.lists(st.text(), min_size=len(FIELDS), max_size=len(FIELDS)))
def test_no_row_breaks_the_reading(cells: list[str]) -> None:
    line = line_of(1, 0, row(*(cell.replace("\0", "") for cell in cells)), reading(*FIELDS))
    assert line.count("\n") == 1
    assert line.endswith("\n")
    assert line.count("\t") == 33
    assert "\r" not in line


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_no_cell_of_a_rejected_row_is_run(cells: list[str]) -> None:
    back = next(csv.reader(io.StringIO(as_line(cells), newline=""), strict=True))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in back)
    assert [unguarded(cell) for cell in back] == [unguarded(cell) for cell in cells]


def test_a_report_survives_being_stored() -> None:
    found = DryRun(rows=3, new=1, reasons=[Finding("why", 2, (4, 5))], missing={"seniority": 1})
    stored = found.as_json()
    stored["reasons"][0]["lines"] = [4, 5]
    assert DryRun.from_json(stored) == found
