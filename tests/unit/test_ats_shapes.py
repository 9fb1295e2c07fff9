"""What Greenhouse and Lever answer, odd as it may be: parsers that never guess and never fail."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warmbench.integrations.ats import answers, our_tags
from warmbench.integrations.ats import greenhouse_shapes as greenhouse
from warmbench.integrations.ats import lever_shapes as lever
from warmbench.integrations.ats.answers import Answer
from warmbench.integrations.ats.protocol import Reading
from warmbench.integrations.ats.things import Person

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PLAIN = Reading()
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda some: (
        st.lists(some, max_size=3) | st.dictionaries(st.text(max_size=6), some, max_size=3)
    ),
    max_leaves=8,
)


def _of(names: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names.split(), _JSON))


class TestGreenhouse:
    def test_a_candidate_is_read_whole(self) -> None:
        person = greenhouse.person_of(
            {
                "id": 6409476002, "first_name": " Ana ", "last_name": "Lopez", "title": "Nurse",
                "company": "Clinic", "can_email": False, "updated_at": "2026-05-11T14:53:44.120Z",
                "email_addresses": [
                    {"value": "a@work.example.com", "type": "work"},
                    {"value": " ", "type": "personal"}, {"value": None}, None,
                    {"value": "ana@example.com", "type": "personal"},
                    {"value": "ana@example.com", "type": "other"},
                ],
                "phone_numbers": [
                    {"value": "ana.skype", "type": "skype"},
                    {"value": "+12025550100", "type": "work"},
                    {"value": "+12025550101", "type": "mobile"},
                ],
                "addresses": [{"value": "12 High St\nLima", "type": "home"}],
                "social_media_addresses": [{"value": "https://www.linkedin.com/in/ana"}],
                "website_addresses": [{"value": "https://ana.example.com", "type": "blog"}],
                "tags": ["nights", "", None, "Warmbench: Nurses", "Do not text (Warmbench)"],
                "custom_fields": {
                    "skills": {"name": "Skills", "type": "multi_select", "value": ["ICU", "ER"]},
                    "more": {"name": "More", "type": "long_text", "value": "Python, SQL"},
                    "salary": {"name": "Pay", "type": "currency", "value": {"amount": 1}},
                },
            },
            Reading(skill_fields=("skills", "more", "salary", "missing")),
        )  # fmt: skip
        assert person == Person(
            external_id="6409476002", first_name="Ana", last_name="Lopez", job_title="Nurse",
            employer="Clinic", emails=("ana@example.com", "a@work.example.com"),
            phones=("+12025550101", "+12025550100"), location="12 High St Lima",
            profile_url="https://www.linkedin.com/in/ana", tags=("nights",),
            skills=("ICU", "ER", "Python", "SQL"), opted_out=True,
            changed_at=datetime(2026, 5, 11, 14, 53, 44, 120_000, UTC),
            url="https://app.greenhouse.io/people/6409476002",
        )  # fmt: skip

    def test_a_candidate_whom_we_may_not_see_erases_nothing(self) -> None:
        person = greenhouse.person_of({"id": 1, "message": "This candidate is private."}, PLAIN)
        assert person == Person(
            external_id="1", url="https://app.greenhouse.io/people/1", opted_out=None
        )

    @pytest.mark.parametrize(
        ("said", "opted_out"),
        [(True, False), (False, True), (None, None), ("false", None), (0, None)],
    )
    def test_only_a_plain_no_is_an_opt_out(self, said: object, opted_out: bool | None) -> None:
        assert greenhouse.person_of({"id": 1, "can_email": said}, PLAIN).opted_out is opted_out

    def test_our_tag_is_an_opt_out_where_the_flag_was_refused(self) -> None:
        for tag in ("Do not mail (Warmbench)", "do not mail (warmbench)"):
            said = {"id": 1, "can_email": True, "tags": [tag]}
            person = greenhouse.person_of(said, PLAIN)
            assert (person.opted_out, person.tags) == (True, ())

    @pytest.mark.parametrize(
        ("said", "is_so"),
        [
            ({}, True), ({"last_name": ""}, True), ({"message": "private"}, False),
            ({"last_name": "Lee"}, False), ({"phone_numbers": [{"value": "1"}]}, False),
            ({"email_addresses": [{"value": "ana@example.com"}]}, False),
        ],
    )  # fmt: skip
    def test_who_is_anonymised_has_the_fields_and_nothing_in_them(
        self, said: dict[str, Any], is_so: bool
    ) -> None:
        blank: dict[str, object] = {
            "first_name": None,
            "last_name": None,
            "email_addresses": [],
            "phone_numbers": [],
        }
        assert greenhouse.is_anonymised({**blank, **said}) is is_so
        # Of one whom our keys may not see, the fields are not there at all.
        assert not greenhouse.is_anonymised({"id": 1, "first_name": None, **said})

    @pytest.mark.parametrize("said", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"])
    def test_a_moment_beyond_all_calendars_is_none(self, said: str) -> None:
        assert greenhouse.moment(said) is None

    @pytest.mark.parametrize(
        ("status", "outcome"),
        [
            ("in_process", "active"), ("active", "active"), ("rejected", "rejected"),
            ("hired", "hired"), ("converted", "withdrawn"), (None, "active"),
        ],
    )  # fmt: skip
    def test_three_vocabularies_of_status_mean_the_same(
        self, status: str | None, outcome: str
    ) -> None:
        assert greenhouse.application_of({"id": 1, "status": status}).outcome == outcome

    def test_what_is_only_for_colleagues_describes_no_role(self) -> None:
        job = {"id": 7, "name": "Nurse", "status": "open", "notes": "<p>Budget 90k</p>"}
        live = {"id": 2, "live": True, "content": "<p>Come</p>", "public_url": "https://x.test/2"}
        old = {"id": 1, "live": False, "content": "<p>Old</p>", "public_url": "https://x.test/1"}
        role = greenhouse.role_of(job, [old, live], {})
        assert (role.description, role.apply_url) == ("<p>Come</p>", "https://x.test/2")
        assert greenhouse.role_of(job, [old], {}).apply_url == ""
        assert "90k" not in repr(greenhouse.role_of(job, [], {}))

    @pytest.mark.parametrize(
        ("link", "address"),
        [
            ('<https://x.test/v3/jobs?cursor=eyJ%3D>; rel="next"', "https://x.test/v3/jobs?cursor=eyJ%3D"),
            ('<https://x.test/a>; rel="prev", <https://x.test/b>; rel=next', "https://x.test/b"),
            ('<https://x.test/a>; title="x"; rel="next"', "https://x.test/a"),
            ('<https://x.test/a>; rel="prev"', ""), ("", ""), ("nonsense", ""),
        ],
    )  # fmt: skip
    def test_the_last_page_has_an_empty_link(self, link: str, address: str) -> None:
        assert greenhouse.next_page(Answer(200, httpx.Headers({"Link": link}), b"")) == address

    def test_moments_are_written_as_filters_take_them(self) -> None:
        at = datetime(2026, 1, 2, 3, 4, 5, 678_901, UTC)
        assert greenhouse.written(at) == "2026-01-02T03:04:05.678Z"
        assert greenhouse.moment("2026-05-11T14:53:44+0000") == datetime(
            2026, 5, 11, 14, 53, 44, tzinfo=UTC
        )
        assert greenhouse.moment("2026-05-11T16:53:44+02:00") == datetime(
            2026, 5, 11, 14, 53, 44, tzinfo=UTC
        )
        assert greenhouse.moment("2026-05-11T14:53:44") == datetime(
            2026, 5, 11, 14, 53, 44, tzinfo=UTC
        )

    @settings(max_examples=50, deadline=None)
    @given(
        _of("id first_name email_addresses phone_numbers addresses tags can_email updated_at "
            "custom_fields social_media_addresses website_addresses"),
        _of("id candidate_id job_id status stage_name prospect rejected_at recruiter_id"),
        _of("id name status confidential office_ids updated_at"),
        _of("id live content public_url title"),
    )  # fmt: skip
    def test_nothing_that_is_json_breaks_it(
        self, person: Any, application: Any, job: Any, post: Any
    ) -> None:
        assert isinstance(greenhouse.person_of(person, Reading(skill_fields=("a",))), Person)
        greenhouse.application_of(application)
        greenhouse.role_of(job, [post], {})


class TestLever:
    def test_a_person_is_their_contact_and_all_their_opportunities(self) -> None:
        contact = {
            "id": "c1", "name": "Ana de la Cruz", "headline": "Nurse at Clinic, formerly elsewhere",
            "emails": ["ana@example.com"], "location": {"name": "Lima"},
            "phones": [{"value": "+1 1"}, {"type": "mobile", "value": "+1 2"}],
        }  # fmt: skip
        old = {
            "id": "o1", "contact": contact, "name": "", "emails": ["old@example.com"],
            "tags": ["x"],
            "createdAt": 1, "updatedAt": None, "archived": {"reason": "r"}, "owner": "u1",
            "sources": ["Fair"],
        }  # fmt: skip
        new = {
            "id": "o2", "contact": contact, "tags": ["y", "x"], "createdAt": 2,
            "updatedAt": 86_400_000,
            "owner": {"id": "u2", "name": "Bob"}, "links": ["https://linkedin.com/in/ana"],
            "urls": {"show": "https://hire.example.com/o2"}, "origin": "sourced",
        }  # fmt: skip
        person = lever.person_of(contact, [old, new], PLAIN, NOW)
        assert person == Person(
            external_id="c1", first_name="Ana", last_name="de la Cruz", job_title="Nurse",
            employer="Clinic", location="Lima", emails=("ana@example.com", "old@example.com"),
            phones=("+1 2", "+1 1"), tags=("y", "x"), owner_id="u2", origin="Fair",
            profile_url="https://linkedin.com/in/ana", url="https://hire.example.com/o2",
            changed_at=datetime(1970, 1, 2, tzinfo=UTC), opted_out=None,
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("protection", "opted_out"),
        [
            (None, None), ({}, None), ({"contact": None}, None),
            # Whoever may not even be kept is not written to.
            ({"store": {"allowed": False}}, True), ({"store": {"expiresAt": 1_000}}, True),
            ({"store": {"allowed": True}}, None), ({"store": None, "contact": []}, None),
            ({"store": {"allowed": False}, "contact": {"allowed": True}}, True),
            ({"interviewIntelligence": {"allowed": False, "expiresAt": None}}, None),
            ({"contact": {"allowed": True, "expiresAt": None}}, False),
            ({"contact": {"allowed": False, "expiresAt": None}}, True),
            ({"contact": {"allowed": True, "expiresAt": 1_000}}, True),
            ({"contact": {"expiresAt": 1_000}}, True),
        ],
    )  # fmt: skip
    def test_consent_counts_where_it_is_refused_or_over(
        self, protection: object, opted_out: bool | None
    ) -> None:
        asked = {"id": "o1", "dataProtection": protection}
        person = lever.person_of({"id": "c1"}, [{"id": "o0"}, asked], PLAIN, NOW)
        assert person.opted_out is opted_out

    def test_the_tag_that_stands_for_an_opt_out_is_known_however_it_is_written(self) -> None:
        said = [{"id": "o1", "tags": ["nights"]}, {"id": "o2", "tags": ["DO NOT MAIL (warmbench)"]}]
        person = lever.person_of({"id": "c1"}, said, PLAIN, NOW)
        assert (person.opted_out, person.tags) == (True, ("nights",))

    def test_the_first_permission_to_end_counts(self) -> None:
        ends = [NOW + timedelta(days=days) for days in (9, 3)]
        rows = [
            {"dataProtection": {"contact": {"allowed": True, "expiresAt": lever.milliseconds(end)}}}
            for end in ends
        ]
        assert lever.person_of({"id": "c"}, rows, PLAIN, NOW).permitted_until == ends[1]

    @pytest.mark.parametrize(
        ("archived", "outcome"),
        [
            (None, "active"), ({"reason": None}, "active"), ({"reason": "hired-1"}, "hired"),
            ({"reason": "no-1"}, "rejected"), ({"reason": "withdrew-1"}, "withdrawn"),
            ({"reason": "of a deleted kind"}, "rejected"),
        ],
    )  # fmt: skip
    def test_only_a_reason_of_that_type_means_hired(self, archived: object, outcome: str) -> None:
        reading = Reading(outcomes={"withdrew-1": "withdrawn", "hired-1": "rejected"})
        said = {"id": "o", "contact": "c", "archived": archived}
        found = lever.application_of(said, {}, {"hired-1"}, reading)
        assert (found.outcome, found.person_id, found.is_prospect) == (outcome, "c", True)

    @pytest.mark.parametrize(
        ("headline", "title", "employer"),
        [
            ("Nurse at Clinic", "Nurse", "Clinic"), ("Clinic, Hospital, School", "", "Clinic"),
            ("Senior nurse", "Senior nurse", ""), ("", "", ""),
            ("Pflegerin bei Klinik", "Pflegerin", "Klinik"),
        ],
    )  # fmt: skip
    def test_a_headline_is_a_title_an_employer_or_both(
        self, headline: str, title: str, employer: str
    ) -> None:
        person = lever.person_of({"id": "c", "headline": headline}, [], PLAIN, NOW)
        assert (person.job_title, person.employer) == (title, employer)

    @pytest.mark.parametrize(
        ("state", "requisitions", "ours"),
        [
            ("published", [], "open"), ("internal", [], "open"), ("pending", [], "draft"),
            ("published", ["onHold"], "on_hold"), ("published", ["onHold", "open"], "open"),
            ("closed", ["closed"], "closed"), ("rejected", ["onHold"], "draft"),
        ],
    )  # fmt: skip
    def test_a_posting_is_held_with_all_its_requisitions(
        self, state: str, requisitions: list[str], ours: str
    ) -> None:
        behind = [{"status": one, "headcountTotal": "unlimited"} for one in requisitions]
        assert lever.role_of({"id": "p", "state": state}, behind).state == ours

    def test_a_closed_posting_whose_seats_are_taken_is_filled(self) -> None:
        seats = [{"status": "closed", "headcountTotal": 2, "headcountHired": 2}]
        assert lever.role_of({"id": "p", "state": "closed"}, seats).state == "filled"
        seats[0]["headcountHired"] = 1
        assert lever.role_of({"id": "p", "state": "closed"}, seats).state == "closed"

    def test_an_internal_posting_is_offered_to_nobody(self) -> None:
        urls = {"show": "https://jobs.example.com/p", "apply": "https://jobs.example.com/p/apply"}
        public = lever.role_of({"id": "p", "state": "published", "urls": urls}, [])
        internal = lever.role_of({"id": "p", "state": "internal", "urls": urls}, [])
        assert (public.apply_url, internal.apply_url) == (urls["apply"], "")

    def test_moments_are_milliseconds_and_sometimes_text(self) -> None:
        assert lever.moment(lever.milliseconds(NOW)) == NOW
        assert lever.moment(str(lever.milliseconds(NOW))) == NOW
        assert [lever.moment(one) for one in (None, True, -1, 10**20, "x", 1.5)] == [None] * 6

    @settings(max_examples=50, deadline=None)
    @given(
        _of("id name headline emails phones location updatedAt dataProtection links"),
        _of("id contact tags sources origin owner urls archived createdAt updatedAt applications "
            "stage dataProtection"),
        _of("id text state categories content urls workplaceType salaryRange confidentiality "
            "owner"),
        _of("id status headcountTotal headcountHired compensationBand"),
    )  # fmt: skip
    def test_nothing_that_is_json_breaks_it(
        self, contact: Any, row: Any, posting: Any, requisition: Any
    ) -> None:
        assert isinstance(lever.person_of(contact, [row], PLAIN, NOW), Person)
        lever.application_of(row, {}, set(), PLAIN)
        lever.role_of(posting, [requisition])


class TestAnswers:
    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ({"errors": ["No such cursor."]}, "No such cursor."),
            ({"errors": [{"message": "A"}, {"errorMessage": "B"}]}, "A B"),
            ({"error": "invalid_client", "error_description": "Who?"}, "Who?"),
            ({"code": "X", "message": "Y"}, "Y"), ({"title": "T", "details": 1}, "T"),
            ("plain", "plain"), (None, ""), (3, ""), ({"errors": []}, ""),
        ],
    )  # fmt: skip
    def test_a_vendors_words_are_found_wherever_they_stand(self, said: Any, words: str) -> None:
        assert answers.words(said) == words

    @given(st.text(max_size=40), st.lists(st.text(min_size=4, max_size=12), max_size=4))
    @settings(max_examples=50, deadline=None)
    def test_what_is_shown_is_short_and_printable(self, said: str, sent: list[str]) -> None:
        shown = answers.without_personal_data(said * 9, sent)
        assert len(shown) <= 160
        assert shown.isprintable()

    def test_keys_addresses_and_numbers_are_not_shown(self) -> None:
        said = "Key sk_live_4f9a8b7c6d5e4f3a2b1c of ana@example.com (+49 170 1234567) is invalid"
        shown = answers.without_personal_data(said, [])
        assert shown == "Key … of … (…) is invalid"

    def test_all_texts_of_some_json_are_found(self) -> None:
        said = json.loads('{"a": ["x", {"b": "y"}], "c": 1, "d": null}')
        assert answers.texts_in(said) == ["x", "y"]


def test_our_tags_are_told_from_theirs() -> None:
    tags = [
        "nights",
        "Warmbench: Nurses",
        "warmbench status: open",
        "Do not text (Warmbench)",
        "nights",
    ]
    assert our_tags.theirs(tags) == ("nights",)
    assert our_tags.is_status(our_tags.status_tag("do_not_contact"))
    assert not our_tags.is_status("Warmbench: in touch")
