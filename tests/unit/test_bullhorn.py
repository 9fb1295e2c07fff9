"""No value changes what Bullhorn is asked, and odd values are read for what they are."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warmbench.integrations.ats import bullhorn_queries as q
from warmbench.integrations.ats import bullhorn_shapes as shapes
from warmbench.integrations.ats.bullhorn_events import told
from warmbench.integrations.ats.protocol import Reading

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
texts = st.text(max_size=40)
moments = st.integers(-(10**9), 4 * 10**9).map(lambda seconds: NOON + timedelta(seconds=seconds))


class TestQuestions:
    @given(texts)
    @settings(max_examples=50)
    def test_in_lucene_have_their_colon_and_end_with_their_value(self, value: str) -> None:
        asked = q.is_("name", value)
        assert asked.startswith('name:"')
        assert asked.endswith('"')
        inside = asked[len('name:"') : -1].replace("\\\\", "").replace('\\"', "")
        assert '"' not in inside
        assert "\\" not in inside

    @given(texts)
    @settings(max_examples=50)
    def test_in_jpql_end_with_their_value(self, value: str) -> None:
        asked = q.where("name", "=", value)
        assert asked.startswith("name = '")
        assert "'" not in asked[len("name = '") : -1].replace("''", "")
        assert "\\" not in asked

    @given(moments)
    @settings(max_examples=50)
    def test_about_dates_have_fourteen_digits_of_a_day_before(self, at: datetime) -> None:
        asked = q.since("dateLastModified", at)
        digits = asked.removeprefix("dateLastModified:[").removesuffix(" TO *]")
        assert len(digits) == 14
        said = datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        assert at - timedelta(hours=24, seconds=1) < said <= at - timedelta(hours=24)

    def test_in_jpql_about_dates_are_in_milliseconds_without_quotes(self) -> None:
        there = NOON.astimezone(timezone(timedelta(hours=9)))
        asked = q.where("dateLastModified", ">=", there)
        assert asked == "dateLastModified >= 1795348800000"

    @pytest.mark.parametrize("field", ["", "a b", "name:", "isDeleted:0 OR id", "1a", "a.", "é"])
    def test_name_fields_only(self, field: str) -> None:
        with pytest.raises(ValueError, match="is no field"):
            q.is_(field, 1)
        with pytest.raises(ValueError, match="is no field"):
            q.since(field, NOON)

    def test_compare_as_jpql_compares(self) -> None:
        with pytest.raises(ValueError, match="LIKE"):
            q.where("name", "LIKE", "%")


class TestMoments:
    @given(st.integers(min_value=1, max_value=4 * 10**12))
    @settings(max_examples=50)
    def test_are_read_as_they_are_written(self, said: int) -> None:
        at = q.moment(said)
        assert at is not None
        assert q.milliseconds(at) == said

    @pytest.mark.parametrize("said", [None, True, "1795305600000", 1.5, -1, 0, 10**20])
    def test_are_none_where_nothing_is_said(self, said: object) -> None:
        assert q.moment(said) is None


def no_country(_number: int) -> str:
    return ""


class TestPeople:
    ROW = {
        "id": 7,
        "firstName": "Ana",
        "lastName": "**CONFIDENTIAL**",
        "email": "**CONFIDENTIAL**",
        "email2": " ana@example.com ",
        "email3": None,
        "mobile": "",
        "phone": "+44 20 7946 0018",
        "source": ["Job board", "Referral"],
        "customText8": ["Python", "Go"],
        "address": {"city": "Leeds", "state": None, "countryID": 2359},
        "owner": {"id": 31, "firstName": "Alice"},
        "primarySkills": {"total": 2, "data": [{"id": 1, "name": "Rust"}, {"id": 2, "name": "Go"}]},
        "skillSet": "Go, SQL;  Kafka\nRust",
        "dateLastModified": None,
        "tearsheets": {"total": 0, "data": []},
    }

    def test_have_blanks_for_what_is_hidden_and_all_parts_of_arrays(self) -> None:
        read = shapes.person(self.ROW, Reading(skill_fields=("customText8",)), lambda _: "GB")
        assert (read.first_name, read.last_name) == ("Ana", "")
        assert read.emails == ("ana@example.com",)
        assert read.phones == ("+44 20 7946 0018",)
        assert read.origin == "Job board, Referral"
        assert read.skills == ("Rust", "Go", "SQL", "Kafka", "Python")
        assert (read.city, read.region, read.country) == ("Leeds", "", "GB")
        assert read.owner_id == "31"
        assert read.changed_at is None
        assert read.opted_out is None

    @pytest.mark.parametrize(
        ("more", "expected"),
        [
            ({"massMailOptOut": True}, True),
            ({"massMailOptOut": False}, False),
            ({"massMailOptOut": 1}, True),
            ({"massMailOptOut": False, "customText3": "Do not mail"}, True),
            ({"massMailOptOut": False, "customText3": ["Yes"]}, True),
            ({"massMailOptOut": False, "customText3": "no"}, False),
            ({"massMailOptOut": False, "customText3": "Opted out 3 May"}, True),
            ({"massMailOptOut": False, "customText3": ["Ja"]}, True),
            ({"massMailOptOut": False, "customText3": "**CONFIDENTIAL**"}, False),
            ({"massMailOptOut": [True]}, True),
            ({"massMailOptOut": "Yes"}, True),
            ({"massMailOptOut": "No"}, False),
            ({"massMailOptOut": "**CONFIDENTIAL**"}, None),
            ({"massMailOptOut": []}, None),
            ({"massMailOptOut": "**CONFIDENTIAL**", "customText3": True}, True),
            ({"tearsheets": {"data": [{"name": "do not mail  (WARMBENCH)"}]}}, True),
            (
                {
                    "massMailOptOut": None,
                    "tearsheets": {"total": 1, "data": [{"name": "Do not mail (Warmbench)"}]},
                },
                True,
            ),
        ],
    )
    def test_opted_out_by_any_of_the_signs(
        self, more: dict[str, object], expected: bool | None
    ) -> None:
        reading = Reading(opt_out_field="customText3")
        assert shapes.person({**self.ROW, **more}, reading, no_country).opted_out is expected

    @pytest.mark.parametrize(
        ("status", "expected"),
        [
            *(("Placed", True), ("PLACED", True), ("Placed - temp", True), ("Not placed", False)),
            *(
                ("Available", False),
                ("Placement pending", False),
                (None, False),
                (["Placed"], True),
            ),
        ],
    )
    def test_are_placed_by_the_beginning_of_their_status(
        self, status: object, expected: bool
    ) -> None:
        read = shapes.person({**self.ROW, "status": status}, Reading(), no_country)
        assert read.is_placed is expected

    @given(st.dictionaries(st.sampled_from(sorted(ROW)), st.none() | st.booleans() | texts))
    @settings(max_examples=50)
    def test_are_read_whatever_stands_there(self, odd: dict[str, object]) -> None:
        assert shapes.person({**self.ROW, **odd, "id": 7}, Reading(), no_country).external_id == "7"


@pytest.mark.parametrize(
    ("row", "state"),
    [
        ({"isOpen": True, "status": "Accepting Candidates"}, "open"),
        ({"isOpen": 1, "status": "On Hold"}, "on_hold"),
        ({"isOpen": False, "status": "Filled"}, "filled"),
        ({"isOpen": False, "status": "Lost"}, "closed"),
        ({"isOpen": True, "isDeleted": True}, "closed"),
        ({"isOpen": None}, "closed"),
    ],
)
def test_orders_are_open_only_where_it_says_so(row: dict[str, object], state: str) -> None:
    assert shapes.role({"id": 1, **row}, no_country).state == state


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("New Lead", "active"),
        ("Client Rejected", "rejected"),
        ("Candidate Withdrew", "withdrawn"),
        ("Candidate Not Interested", "withdrawn"),
        ("Eigener Status", "active"),
    ],
)
def test_submissions_end_by_bullhorns_names_or_the_mapping(status: str, outcome: str) -> None:
    row = {"id": 3, "status": status, "candidate": {"id": 7}, "jobOrder": {"id": 9}}
    assert shapes.submission(row, Reading()).outcome == outcome
    assert shapes.submission(row, Reading(outcomes={status: "hired"})).outcome == "hired"
    ended = shapes.submission({**row, "isDeleted": True}, Reading()).outcome
    assert ended == (outcome if outcome != "active" else "withdrawn")


def test_events_of_what_is_not_ours_tell_nothing() -> None:
    assert told({"eventId": "1", "entityName": "Note", "entityId": 5}) is None
    assert told({"eventId": "1", "entityName": "Candidate", "entityId": None}) is None
    assert told({"entityName": "Candidate", "entityId": 5}) is None
    known = told({"eventId": "ID:1", "entityName": "Placement", "entityId": 5})
    assert known is not None
    assert known.application_ids == ("placement-5",)
