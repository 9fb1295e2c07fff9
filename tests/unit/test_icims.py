"""No filter that iCIMS would overlook is written, and absent fields are blanks."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warmbench.integrations.ats import icims_search as search
from warmbench.integrations.ats import icims_shapes as shapes
from warmbench.integrations.ats.protocol import Choice, Reading
from warmbench.integrations.ats.things import Window

NOON = datetime(2026, 11, 22, 12, 30, 45, tzinfo=UTC)
FORM = re.compile(r"\d{4}-\d\d-\d\d (0[1-9]|1[0-2]):[0-5]\d [AP]M")


class TestDates:
    @given(
        st.integers(-(10**10), 10**10).map(lambda seconds: NOON + timedelta(seconds=seconds)),
        st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours))),
    )
    @settings(max_examples=50)
    def test_are_always_of_the_form_that_is_read(self, at: datetime, zone: timezone) -> None:
        said = search.written(at.astimezone(zone))
        assert FORM.fullmatch(said)
        read = search.moment(said)
        assert read is not None
        assert read == at.replace(second=0, microsecond=0)

    @pytest.mark.parametrize(
        ("hour", "said"), [(0, "12:05 AM"), (11, "11:05 AM"), (12, "12:05 PM"), (23, "11:05 PM")]
    )
    def test_know_noon_from_midnight(self, hour: int, said: str) -> None:
        assert search.written(datetime(2026, 1, 2, hour, 5, tzinfo=UTC)) == f"2026-01-02 {said}"

    def test_are_in_utc(self) -> None:
        there = datetime(2026, 1, 2, 1, 0, tzinfo=timezone(timedelta(hours=9)))
        assert search.written(there) == "2026-01-01 04:00 PM"

    @pytest.mark.parametrize(
        "said", [None, 5, "", "soon", "2026-13-01", "2026-02-30 01:00 AM", "2026-01-01 25:00", []]
    )
    def test_that_are_none_are_none(self, said: object) -> None:
        assert search.moment(said) is None

    def test_of_a_day_begin_at_midnight(self) -> None:
        assert search.moment("2026-01-02") == datetime(2026, 1, 2, tzinfo=UTC)
        assert search.moment("2026-01-02 13:05") == datetime(2026, 1, 2, 13, 5, tzinfo=UTC)


class TestQuestions:
    def test_cover_their_window_to_the_minute(self) -> None:
        [asked] = search.changed("person", Window(NOON - timedelta(hours=1), NOON))
        assert asked == {
            "name": "person.updateddate",
            "value": ["2026-11-22 11:30 AM"],
            "secondaryValue": ["2026-11-22 12:31 PM"],
            "operator": "=",
        }

    def test_have_a_filter(self) -> None:
        assert search.changed("person", Window(None, NOON)) == []
        with pytest.raises(ValueError, match="filter"):
            search.question([])

    @pytest.mark.parametrize("name", ["person", "Person.id", "person id", "person.", ""])
    def test_name_filters_only(self, name: str) -> None:
        with pytest.raises(ValueError, match="is no filter"):
            search.compared(name, "=", 1)
        with pytest.raises(ValueError, match="~"):
            search.compared("person.id", "~", 1)


class TestPeople:
    def test_have_blanks_for_what_is_absent(self) -> None:
        read = shapes.person("5", {}, Reading(opt_out_field="field1"), shapes.Called())
        assert read.external_id == "5"
        assert (read.first_name, read.emails, read.country, read.skills) == ("", (), "", ())
        assert read.opted_out is None

    def test_are_read_by_the_types_of_their_fields(self) -> None:
        row = {
            "firstname": "Ana",
            "email": "ana@example.com",
            "phones": [
                {"phonetype": {"id": "D1", "value": "Home"}, "phonenumber": "1"},
                {"phonetype": {"id": "D2", "value": "Mobile"}, "phonenumber": "2"},
            ],
            "addresses": [
                {
                    "addresscity": "Boston",
                    "addressstate": {"id": "D3", "abbrev": "MA", "value": "Massachusetts"},
                    "addresscountry": {"id": "D4", "abbrev": "US", "value": "United States"},
                }
            ],
            "workexperience": [{"entry": 1, "workemployer": "Quarry", "worktitle": "Miner"}],
            "field7": [{"entry": 3, "rcf8": {"id": "C1", "value": "Python"}}, {"rcf8": "Go, SQL"}],
            "updateddate": "2026-11-21 01:27 PM",
            "owner": {"profile": "x", "id": 31, "value": "Alice"},
        }
        read = shapes.person("5", row, Reading(skill_fields=("field7",)), shapes.Called())
        assert read.phones == ("2", "1")
        assert (read.city, read.region, read.country) == (
            "Boston",
            "Massachusetts",
            "United States",
        )
        assert (read.job_title, read.employer) == ("Miner", "Quarry")
        assert read.skills == ("Python", "Go", "SQL")
        assert read.owner_id == "31"
        assert read.changed_at == datetime(2026, 11, 21, 13, 27, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            *((True, True), ("Yes", True), ("Do not mail", True)),
            *((False, False), ("", False), ("No", False)),
            ({"id": "C1", "value": "Yes"}, True),
            ({"id": "C2", "value": "No"}, False),
            # Anything but a plain no, in whichever language.
            *(("Opted out", True), ("Ja", True), ({"id": "C3", "value": "Unsubscribed"}, True)),
            *(("Nein", False), ({"id": "C4", "value": "Opted in"}, False), (1, True), (0, False)),
        ],
    )
    def test_opted_out_by_the_field_that_was_chosen(self, said: object, expected: bool) -> None:
        reading = Reading(opt_out_field="field1")
        read = shapes.person("5", {"field1": said}, reading, shapes.Called())
        assert read.opted_out is expected

    def test_have_fields_of_the_account_that_it_calls_by_known_names(self) -> None:
        fields = [
            Choice("field1", "Current title"),
            Choice("field2", "EMPLOYER "),
            Choice("f", "X"),
        ]
        called = shapes.called(fields)
        assert called == shapes.Called(titles=("field1",), employers=("field2",))


@pytest.mark.parametrize(
    ("folder", "state"),
    [
        ("02. Approved", "open"),
        ("01. Pending approval", "draft"),
        ("On Hold", "on_hold"),
        ("Closed (Filled)", "filled"),
        ("Closed (Cancelled)", "closed"),
        ("Inactive", "closed"),
        ("", "draft"),
        ("Eigener Ordner", "draft"),
    ],
)
def test_jobs_are_open_only_where_it_says_so(folder: str, state: str) -> None:
    assert shapes.role("1", {"folder": {"id": "D1", "value": folder}}).state == state


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("US-MA-Winston-Salem", "Winston-Salem, MA, US"),
        ("GB-London", "London, GB"),
        ("FR-Île-de-France-Paris", "Paris, Île-de-France, FR"),
        ("Head office", "Head office"),
    ],
)
def test_places_of_jobs_are_taken_apart(said: str, place: str) -> None:
    assert shapes.role("1", {"joblocation": {"id": 9, "value": said}}).places == (place,)


def test_what_a_status_means_its_account_says() -> None:
    row = {
        "baseprofile": {"id": 9},
        "associatedprofile": {"id": "7"},
        "status": {"id": "C38356", "value": "Lottery:Placed"},
        "updateddate": "2026-11-21 01:27 PM",
    }
    unknown = shapes.application("3", row, Reading())
    assert (unknown.outcome, unknown.ended_at) == ("active", None)
    hired = shapes.application("3", row, Reading(outcomes={"C38356": "hired"}))
    assert (hired.outcome, hired.person_id, hired.role_id) == ("hired", "7", "9")
    assert hired.ended_at == hired.changed_at
