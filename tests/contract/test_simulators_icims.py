"""The simulated iCIMS: every trap of the real one that the contract names, over sockets."""

import base64
import gzip
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.contract.clocks import NOW, Clock
from tests.contract.receiver import receiving
from warmbench.simulators import Limits, Simulator, World, running

EVERYBODY = {"name": "person.id", "value": ["0"], "operator": ">"}


@pytest.fixture
def icims(clock: Clock) -> Iterator[Simulator]:
    world = World(candidates=60, roles=6, clock=clock)
    for person in world.people.values():
        person.is_private = False
    with running("icims", world) as simulator:
        yield simulator


@pytest.fixture
def api(icims: Simulator) -> Iterator[httpx.Client]:
    with signed_in(icims) as client:
        yield client


def token(simulator: Simulator, **other: str) -> httpx.Response:
    known = simulator.credentials
    form = {
        "grant_type": "client_credentials",
        "client_id": known["client_id"],
        "client_secret": known["client_secret"],
        "audience": simulator.addresses["audience"],
        **other,
    }
    return httpx.post(simulator.addresses["token"], data=form, verify=False)


def signed_in(simulator: Simulator) -> httpx.Client:
    word = token(simulator).json()["access_token"]
    customer = simulator.credentials["customer_id"]
    return httpx.Client(
        verify=False,
        base_url=f"{simulator.addresses['api']}/customers/{customer}",
        headers={"Authorization": f"Bearer {word}"},
    )


def found(
    api: httpx.Client,
    *filters: dict[str, Any],
    kind: str = "people",
    staleness: str = "0",
    **more: Any,
) -> list[int]:
    asked = {"staleness": staleness} if staleness else {}
    body = {"filters": list(filters), **more}
    answer = api.post(f"search/{kind}", params=asked, json=body)
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["searchResults"]]


def changed(since: str, until: str = "", operator: str = "=") -> dict[str, Any]:
    one: dict[str, Any] = {"name": "person.updateddate", "value": [since], "operator": operator}
    return {**one, "secondaryValue": [until]} if until else one


class TestTokens:
    def test_live_a_day(self, icims: Simulator, clock: Clock) -> None:
        with signed_in(icims) as api:
            clock.on(hours=23)
            first = api.get("people/10003")
            clock.on(hours=2)
            second = api.get("people/10003")

        assert token(icims).json()["expires_in"] == 86_400
        assert (first.status_code, second.status_code) == (200, 401)

    def test_want_a_form_with_client_and_audience(self, icims: Simulator) -> None:
        asked = {**icims.credentials, "grant_type": "client_credentials"}
        in_query = httpx.post(icims.addresses["token"], params=asked, verify=False)

        assert in_query.status_code == 400
        assert token(icims, client_secret="wrong").status_code == 401
        assert token(icims, audience="https://example.com/").status_code == 403

    def test_are_not_given_too_often(self, clock: Clock) -> None:
        limits = Limits(token_calls=2, token_seconds=600, token_life=60)
        with running("icims", World(candidates=2, roles=1, clock=clock), limits=limits) as one:
            statuses = [token(one).status_code for _ in range(3)]
            clock.on(minutes=11)
            statuses.append(token(one).status_code)

        assert statuses == [200, 200, 429, 200]


class TestSearch:
    def test_answers_with_ids_in_rising_order(self, api: httpx.Client) -> None:
        ids = found(api, EVERYBODY)
        after = {"name": "person.id", "value": [str(ids[39])], "operator": ">"}

        assert ids == sorted(ids)
        assert len(ids) == 60
        assert found(api, after) == ids[40:]

    def test_answers_with_a_thousand_at_most(self, clock: Clock) -> None:
        world = World(candidates=1_100, roles=2, clock=clock)
        with running("icims", world) as simulator, signed_in(simulator) as api:
            first = found(api, EVERYBODY)
            after = {"name": "person.id", "value": [str(first[-1])], "operator": ">"}
            rest = found(api, after)

        assert (len(first), len(rest)) == (1_000, 100)

    def test_is_up_to_a_quarter_of_an_hour_old(
        self, icims: Simulator, api: httpx.Client, clock: Clock
    ) -> None:
        window = changed("2026-11-22 12:01 PM", "2026-11-23 12:00 AM")
        assert found(api, window) == []
        clock.on(minutes=5)
        icims.world.edit(3, employer="Invented Ltd")
        added = 10_000 + icims.world.add(first_name="Ana", last_name="Invented")
        clock.on(minutes=5)

        assert found(api, window, staleness="") == []
        assert added not in found(api, EVERYBODY, staleness="")
        assert found(api, window, staleness="10") == []
        assert found(api, window, staleness="9") == [10_003, added]
        assert found(api, window, staleness="") == [10_003, added]

    def test_is_fresh_after_a_quarter_of_an_hour_or_when_asked(
        self, icims: Simulator, api: httpx.Client, clock: Clock
    ) -> None:
        found(api, EVERYBODY)
        icims.world.edit(3, employer="Invented Ltd")
        clock.on(minutes=1)
        icims.world.edit(4, employer="Invented Ltd")

        assert found(api, changed("2026-11-22 12:01 PM", operator=">="), staleness="") == []
        assert found(api, changed("2026-11-22 12:01 PM", operator=">=")) == [10_004]
        clock.on(minutes=1)
        icims.world.edit(5, employer="Invented Ltd")
        clock.on(minutes=16)
        assert 10_005 in found(api, changed("2026-11-22 12:01 PM", operator=">"), staleness="")

    @pytest.mark.parametrize("wrong", ["2026-11-22T12:00:00Z", "22.11.2026", "1795305600000"])
    def test_lets_everything_through_for_a_date_it_cannot_read(
        self, api: httpx.Client, wrong: str
    ) -> None:
        assert len(found(api, changed(wrong, operator=">="))) == 60
        assert len(found(api, changed("2099-01-01", wrong))) == 60
        assert found(api, changed("2099-01-01", operator=">=")) == []

    def test_lets_nothing_through_for_a_node_that_is_none(self, api: httpx.Client) -> None:
        folder = {"name": "person.folder", "value": ["C99999"], "operator": "="}
        other = {"name": "person.folder", "value": ["D20001", "C20007"], "operator": "="}

        assert found(api, folder) == []
        assert found(api, {**folder, "operator": "!="}) == []
        assert len(found(api, other)) == 60

    def test_wants_a_filter(self, api: httpx.Client) -> None:
        answer = api.post("search/people", json={"filters": [], "operator": "&"})

        assert answer.status_code == 400
        assert answer.json()["errors"][0]["errorCode"] == 1
        assert answer.headers["X-Error"].startswith("1,")

    def test_knows_containing_from_being(self, icims: Simulator, api: httpx.Client) -> None:
        icims.world.edit(3, emails=["ana@example.com"])
        icims.world.edit(4, emails=["joana@example.com"])
        one = {"name": "person.email", "value": ["ana@example.com"]}

        assert found(api, {**one, "operator": "="}) == [10_003, 10_004]
        assert found(api, {**one, "operator": "=="}) == [10_003]
        assert len(found(api, {**one, "operator": "!=="})) == 59
        assert len(found(api, {**one, "operator": "!="})) == 58

    def test_puts_groups_together(self, api: httpx.Client) -> None:
        two = [
            {"name": "person.id", "value": [number], "operator": "="}
            for number in ("10003", "10004")
        ]
        either = {"filters": two, "operator": "|"}

        assert found(api, *two, operator="|") == [10_003, 10_004]
        assert found(api, *two) == []
        assert found(api, two[0], children=[either]) == [10_003]
        asked = {"searchJson": json.dumps({"filters": two[:1]}), "staleness": "0"}
        rows = api.get("search/people", params=asked).json()["searchResults"]
        assert rows == [{"self": f"{api.base_url}people/10003", "id": 10_003}]

    def test_understands_days_and_macros(
        self, icims: Simulator, api: httpx.Client, clock: Clock
    ) -> None:
        clock.on(minutes=1)
        icims.world.edit(3, employer="Invented Ltd")

        assert 10_003 in found(api, changed("2026-11-22"))
        assert 10_003 in found(api, changed("{DATE:START}", "{DATE:END}"))
        assert 10_003 not in found(api, changed("{DATE:-9}", "{DATE:START}"))

    def test_finds_applications_of_somebody_and_no_prospects(
        self, icims: Simulator, api: httpx.Client
    ) -> None:
        number = icims.world.add(first_name="Ana", last_name="Invented")
        person = {"name": "person.id", "value": [str(10_000 + number)], "operator": "="}
        nothing = found(api, person, kind="applicantworkflows")
        application = icims.world.apply(number, 1)

        assert nothing == []
        assert found(api, person, kind="applicantworkflows") == [300_000 + application]

    def test_can_answer_with_words_for_ids(self, icims: Simulator, api: httpx.Client) -> None:
        icims.vendor.options.has_ids_as_strings = True  # type: ignore[attr-defined]

        assert all(isinstance(one, str) for one in found(api, EVERYBODY))

    def test_refuses_what_there_is_not(self, api: httpx.Client) -> None:
        unknown = {"filters": [{"name": "person.shoesize", "value": ["43"]}]}

        assert api.post("search/people", json=unknown).status_code == 400
        assert api.post("search/horses", json={"filters": [EVERYBODY]}).status_code == 404
        assert api.post("search/people", content=b"{").status_code == 400


class TestProfiles:
    def test_leave_out_what_is_blank(self, icims: Simulator, api: httpx.Client) -> None:
        icims.world.edit(3, emails=[], employer="", first_name="Ana")
        row = api.get("people/10003").json()

        assert row["firstname"] == "Ana"
        assert not {"email", "field10001", "field10010"} & row.keys()
        fields = {"fields": "firstname,email,shoesize"}
        assert api.get("people/10003", params=fields).json() == {"firstname": "Ana"}

    def test_have_dates_to_the_minute(
        self, icims: Simulator, api: httpx.Client, clock: Clock
    ) -> None:
        clock.on(minutes=5, seconds=30)
        icims.world.edit(3, first_name="Ana", available_on=NOW.date())
        row = api.get("people/10003").json()

        assert row["updateddate"] == "2026-11-22 12:05 PM"
        assert row["field10004"] == "2026-11-22"

    def test_are_hidden_although_a_search_finds_them(
        self, icims: Simulator, api: httpx.Client
    ) -> None:
        icims.world.edit(3, is_private=True)
        hidden, gone = api.get("people/10003"), api.get("people/99999")

        assert 10_003 in found(api, EVERYBODY)
        assert (hidden.status_code, hidden.json()["errors"][0]["errorCode"]) == (404, 3)
        assert (gone.status_code, gone.json()["errors"][0]["errorCode"]) == (404, 2)

    def test_are_known_by_small_letters_only(self, api: httpx.Client) -> None:
        assert api.get("People/10003").status_code == 404

    def test_of_applications_point_to_others(self, icims: Simulator, api: httpx.Client) -> None:
        number = icims.world.apply(3, 1)
        icims.world.hire(number)
        row = api.get(f"applicantworkflows/{300_000 + number}").json()

        assert row["status"]["id"] == "C38356"
        assert row["status"].keys() == {"id", "value", "formattedvalue"}
        assert row["baseprofile"]["id"] == 1_501
        assert api.get(row["associatedprofile"]["profile"]).status_code == 200

    def test_of_roles_say_where_they_stand(self, icims: Simulator, api: httpx.Client) -> None:
        number = icims.world.open_role(title="Welder", salary_max=60_000, currency="EUR")
        row = api.get(f"jobs/{1_500 + number}").json()
        icims.world.close_role(number)

        assert row["folder"]["value"] == "Approved"
        assert row["maxsalary"] == {"amountstring": "60,000 EUR", "amount": 60_000} | {
            "currency": "EUR"
        }
        assert api.get(f"jobs/{1_500 + number}").json()["folder"]["value"] == "Closed"

    def test_are_described_by_a_schema(self, api: httpx.Client, icims: Simulator) -> None:
        here = api.get("profiledefinitions/v1/person/schema").json()["properties"]
        there = httpx.get(
            f"{icims.address}/profiledefinitions/v1/job/schema", headers=api.headers, verify=False
        ).json()

        assert here["field10011"]["title"] == "Activity log"
        assert here["updateddate"]["readOnly"] is True
        assert "jobtitle" in there["properties"]
        assert api.get("profiledefinitions/v1/horse/schema").status_code == 404

    def test_have_lists_in_pages(self, api: httpx.Client) -> None:
        first = api.get("v2/lists/applicantstatus", params={"pageSize": 5}).json()
        second = api.get(first["next"]).json()

        assert len(first["items"]) == 5
        assert first["items"][0] == {"id": "D10100", "value": "New Submission"}
        assert "next" not in second
        assert {"applicantstatus", "optout"} <= {
            one["id"] for one in api.get("v2/lists").json()["items"]
        }
        assert api.get("v2/lists/horses").status_code == 404


class TestWrites:
    def test_say_nothing_but_where(self, icims: Simulator, api: httpx.Client) -> None:
        answer = api.patch("people/10003", json={"field10011": "Wrote on Monday"})

        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Location"].endswith("/people/10003")
        assert api.get("people/10003").json()["field10011"] == "Wrote on Monday"
        assert icims.writes[-1].id == "10003"

    @pytest.mark.parametrize("nothing", [None, ""])
    def test_take_values_away(
        self, icims: Simulator, api: httpx.Client, nothing: str | None
    ) -> None:
        api.patch("people/10003", json={"field10011": "A line", "field10003": "Python, Go"})
        api.patch("people/10003", json={"field10011": nothing, "email": nothing})
        row = api.get("people/10003").json()

        assert "field10011" not in row
        assert row["field10003"] == "Python, Go"
        assert icims.world.people[3].emails == []

    def test_opt_people_out_in_a_field_of_the_tenant(
        self, icims: Simulator, api: httpx.Client
    ) -> None:
        api.patch("people/10003", json={"field10010": {"value": "Yes"}})
        out = icims.world.people[3].opted_out
        api.patch("people/10003", json={"field10010": {"id": "C90012"}})

        assert out
        assert not icims.world.people[3].opted_out
        assert api.get("people/10003").json()["field10010"]["value"] == "No"
        wrong = api.patch("people/10003", json={"field10010": {"id": "C1"}})
        assert wrong.status_code == 400

    def test_pass_over_fields_that_there_are_not(self, api: httpx.Client) -> None:
        answer = api.patch("people/10003", json={"shoesize": "43", "folder": {"id": "C20007"}})

        assert answer.status_code == 200
        assert answer.headers["X-Warning"].startswith("2,")
        assert api.get("people/10003").json()["folder"]["value"] == "Placed"

    def test_make_people_and_phones(self, icims: Simulator, api: httpx.Client) -> None:
        given = {"firstname": "Ana", "lastname": "Invented", "email": "ana@example.com"}
        salary = {"amount": 50_000, "currency": "EUR"}
        more = {"field10004": "2027-01-31", "field10005": salary, "folder": {"id": "C20007"}}
        made = api.post("people", json={**given, **more})
        place = made.headers["Location"]
        phone = {"phonetype": {"value": "Mobile"}, "phonenumber": "+15005550006"}
        added = api.post(f"{place}/fields/phones", json=phone)
        row = api.get(place).json()

        assert (made.status_code, made.content, added.status_code) == (201, b"", 201)
        assert row["phones"][0]["phonenumber"] == "+15005550006"
        assert api.get(f"{place}/fields/phones").json()["phones"] == row["phones"]
        assert row["field10005"]["amount"] == 50_000
        assert row["folder"]["value"] == "Placed"
        missing = api.post("people", json={"firstname": "Ana"})
        assert (missing.status_code, missing.json()["errors"][0]["errorCode"]) == (400, 1)
        assert api.patch(place, json={"field10004": "soon"}).status_code == 400

    def test_move_applications(self, icims: Simulator, api: httpx.Client) -> None:
        given = {"baseprofile": 1_501, "associatedprofile": 10_003, "status": {"id": "D10100"}}
        made = api.post("applicantworkflows", json=given)
        place = made.headers["Location"]
        number = int(place.rsplit("/", 1)[1]) - 300_000
        states = []
        for status in ("C14652", "C38356", "C14661", "C14650"):
            assert api.patch(place, json={"status": {"id": status}}).status_code == 200
            one = icims.world.applications[number]
            states.append((one.state, one.stage))

        assert states == [("active", 3), ("hired", 3), ("rejected", 3), ("active", 2)]
        assert api.patch(place, json={"status": {"id": "D1"}}).status_code == 400
        assert api.post("applicantworkflows", json={"baseprofile": 1_501}).status_code == 400

    def test_fill_pools(self, icims: Simulator, api: httpx.Client) -> None:
        pool = api.post("talentpools", json={"title": "Bench, warm", "externalid": "w-1"})
        number = int(pool.headers["Location"].rsplit("/", 1)[1])
        given = {"baseprofile": number, "associatedprofile": 10_003, "source": "Warmbench"}
        joined = api.post("sourceworkflows", json=given).headers["Location"]
        api.patch(joined, json={"status": {"value": "Keep Warm"}})
        row = api.get(joined).json()
        inside = {"name": "talentpool.id", "value": [str(number)], "operator": "="}

        assert api.get(pool.headers["Location"]).json()["externalid"] == "w-1"
        assert row["status"]["value"] == "Keep Warm"
        assert row["source"] == "Warmbench"
        assert len(found(api, inside, kind="sourceworkflows")) == 1
        assert "Bench, warm" in icims.world.people[3].tags
        icims.world.edit(3, tags=[])
        assert found(api, inside, kind="sourceworkflows") == []


class TestLimits:
    def test_are_told_in_seconds_that_are_left(self, icims: Simulator, api: httpx.Client) -> None:
        headers = api.get("people/10003").headers

        assert headers["x-ratelimit-limit"] == "10000"
        assert headers["x-ratelimit-remaining"] == "9999"
        assert headers["x-ratelimit-reset"] == str(12 * 3600)
        assert headers["x-transaction"]

    @pytest.mark.parametrize("status", [429, 403])
    def test_end_with_the_day(
        self, icims: Simulator, api: httpx.Client, clock: Clock, status: int
    ) -> None:
        icims.limits.daily = 2
        icims.vendor.options.over_limit_status = status  # type: ignore[attr-defined]
        answers = [api.get("people/10003").status_code for _ in range(3)]
        clock.on(hours=12)

        assert answers == [200, 200, status]
        assert api.get("people/10003").status_code == 200

    def test_can_be_reached_on_demand(self, icims: Simulator, api: httpx.Client) -> None:
        icims.faults.add("throttled", wait=7)
        icims.faults.add("throttled_bare")
        told, bare = api.get("people/10003"), api.get("people/10003")

        assert (told.status_code, told.headers["x-ratelimit-reset"]) == (429, "7")
        assert "x-ratelimit-reset" not in bare.headers


class TestEvents:
    def test_come_packed_with_a_password_and_ids_as_words(self, icims: Simulator) -> None:
        with receiving() as ours:
            icims.hook(ours.address)
            number = icims.world.apply(3, 1)
            icims.world.move(number, 3)
            icims.world.hire(number)
            icims.world.opt_out(3)
            icims.deliver()

        headers = ours.headers[0]
        bodies = [json.loads(gzip.decompress(body)) for body in ours.bodies]
        pair = base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode()
        known = icims.credentials
        assert pair == f"{known['webhook_user']}:{known['webhook_password']}"
        assert headers["Content-Encoding"] == "gzip"
        assert [one["eventType"] for one in bodies] == [
            "ApplicationCompleteEvent",
            "WorkFlowStatusChangeEvent",
            "WorkFlowStatusChangeEvent",
        ]
        assert (bodies[1]["oldStatus"], bodies[1]["newStatus"]) == ("D10100", "C14652")
        assert bodies[2]["newStatus"] == "C38356"
        ids = {bodies[0][name] for name in ("systemId", "personId", "jobId")}
        assert ids == {str(300_000 + number), "10003", "1501"}

    def test_tell_of_roles_and_can_come_with_a_wrong_password(self, icims: Simulator) -> None:
        with receiving() as ours:
            icims.hook(ours.address, events=frozenset({"JobPostingEvent", "JobUnpostingEvent"}))
            number = icims.world.open_role(title="Welder")
            icims.world.edit_role(number, title="Senior welder")
            icims.world.close_role(number)
            icims.deliver(wrong_signature=True)

        kinds = [json.loads(gzip.decompress(body))["eventType"] for body in ours.bodies]
        word = ours.headers[0]["Authorization"].removeprefix("Basic ")
        assert kinds == ["JobPostingEvent", "JobUnpostingEvent"]
        assert base64.b64decode(word).decode().endswith(":wrong")
