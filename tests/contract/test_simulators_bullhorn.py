"""The simulated Bullhorn: every trap of the real one that the contract names, over sockets."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.contract.clocks import NOW, Clock
from warmbench.simulators import Limits, Simulator, World, running

ALL = "isDeleted:0"


@pytest.fixture
def bullhorn(clock: Clock) -> Iterator[Simulator]:
    with running("bullhorn", World(candidates=60, roles=6, clock=clock)) as simulator:
        yield simulator


@pytest.fixture
def api(bullhorn: Simulator) -> Iterator[httpx.Client]:
    with signed_in(bullhorn) as client:
        yield client


def tokens_of(simulator: Simulator, web: httpx.Client) -> tuple[dict[str, Any], dict[str, Any]]:
    """Where to go, and the first tokens."""
    known = simulator.credentials
    asked = {"username": known["username"]}
    info = web.get(
        f"{simulator.addresses['login']}/loginInfo", params=asked, follow_redirects=True
    ).json()
    sent = web.get(
        f"{info['oauthUrl']}/authorize",
        params={
            "client_id": known["client_id"],
            "response_type": "code",
            "action": "Login",
            "username": known["username"],
            "password": known["password"],
        },
    )
    assert sent.status_code == 302
    code = parse_qs(urlsplit(sent.headers["Location"]).query)["code"][0]
    tokens = trade(simulator, web, info, grant_type="authorization_code", code=code)
    assert tokens.status_code == 200
    return info, tokens.json()


def trade(
    simulator: Simulator, web: httpx.Client, info: dict[str, Any], **words: str
) -> httpx.Response:
    known = simulator.credentials
    who = {"client_id": known["client_id"], "client_secret": known["client_secret"]}
    return web.post(f"{info['oauthUrl']}/token", params={**words, **who})


def signed_in(simulator: Simulator) -> httpx.Client:
    with httpx.Client(verify=False) as web:
        info, tokens = tokens_of(simulator, web)
        login = web.post(
            f"{info['restUrl']}login",
            params={"version": "*", "access_token": tokens["access_token"], "ttl": "2880"},
        ).json()
    assert not login["restUrl"].startswith(info["restUrl"])
    return httpx.Client(
        verify=False, base_url=login["restUrl"], headers={"BhRestToken": login["BhRestToken"]}
    )


def found(api: httpx.Client, query: str, entity: str = "Candidate", **more: Any) -> Any:
    asked = {"query": query, "fields": "id", "count": 500, **more}
    answer = api.get(f"search/{entity}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def queried(api: httpx.Client, where: str, entity: str = "JobSubmission", **more: Any) -> Any:
    asked = {"where": where, "fields": "id", "count": 500, **more}
    return api.get(f"query/{entity}", params=asked)


def milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


class TestLogin:
    def test_sends_on_to_the_right_data_centre(self, bullhorn: Simulator) -> None:
        answer = httpx.get(
            f"{bullhorn.addresses['login']}/loginInfo?username=warmbench.api", verify=False
        )

        assert answer.status_code == 307
        assert answer.headers["Location"] != str(answer.url)

    def test_shows_its_page_again_when_the_password_is_wrong(self, bullhorn: Simulator) -> None:
        asked = {"username": "warmbench.api", "password": "wrong", "client_id": "?"}
        answer = httpx.get(f"{bullhorn.address}/west/oauth/authorize", params=asked, verify=False)

        assert answer.status_code == 200
        assert "Location" not in answer.headers

    def test_gives_tokens_for_ten_minutes(self, bullhorn: Simulator) -> None:
        with httpx.Client(verify=False) as web:
            _, tokens = tokens_of(bullhorn, web)

        assert tokens["expires_in"] == 600

    def test_takes_a_code_and_a_refresh_token_once(self, bullhorn: Simulator) -> None:
        with httpx.Client(verify=False) as web:
            info, tokens = tokens_of(bullhorn, web)
            words = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
            first = trade(bullhorn, web, info, **words)
            second = trade(bullhorn, web, info, **words)

        assert first.json()["refresh_token"] != tokens["refresh_token"]
        assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")

    def test_takes_no_access_token_after_its_time(self, bullhorn: Simulator, clock: Clock) -> None:
        with httpx.Client(verify=False) as web:
            info, tokens = tokens_of(bullhorn, web)
            clock.on(minutes=11)
            asked = {"version": "*", "access_token": tokens["access_token"]}
            answer = web.post(f"{info['restUrl']}login", params=asked)

        assert answer.status_code == 401

    def test_tells_no_token_from_a_dead_one(self, bullhorn: Simulator, api: httpx.Client) -> None:
        ends = api.get("ping").json()["sessionExpires"]
        without = httpx.get(f"{api.base_url}ping", verify=False)
        bullhorn.faults.add("expire")
        dead = api.get("ping")

        assert ends == milliseconds(NOW + timedelta(minutes=2880))
        assert (without.status_code, dead.status_code) == (412, 401)
        assert dead.json().keys() == {"errorMessage", "errorMessageKey", "errorCode"}

    def test_ends_sessions(self, api: httpx.Client) -> None:
        api.get("logout")

        assert api.get("ping").status_code == 401

    def test_says_no_time_when_there_were_too_many_calls(self, clock: Clock) -> None:
        limits = Limits(calls=2, seconds=60, token_life=600)
        world = World(candidates=5, roles=2, clock=clock)
        with running("bullhorn", world, limits=limits) as simulator, signed_in(simulator) as api:
            answers = [api.get("ping") for _ in range(3)]
            clock.on(seconds=61)
            answers.append(api.get("ping"))

        assert [one.status_code for one in answers] == [200, 200, 429, 200]
        assert "Retry-After" not in answers[2].headers


class TestSearch:
    def test_says_how_many_there_are_and_gives_pages(self, api: httpx.Client) -> None:
        page = found(api, ALL, sort="id", count=25, start=50)

        assert (page["total"], page["start"], page["count"]) == (60, 50, 10)
        assert all("_score" in row for row in page["data"])

    def test_gives_500_rows_at_most(self, clock: Clock) -> None:
        world = World(candidates=600, roles=1, clock=clock)
        with running("bullhorn", world) as simulator, signed_in(simulator) as api:
            page = found(api, "id:*", count=9999)

        assert (page["total"], page["count"]) == (600, 500)

    def test_sorts_both_ways(self, api: httpx.Client) -> None:
        up = [row["id"] for row in found(api, ALL, sort="id")["data"]]
        down = [row["id"] for row in found(api, ALL, sort="-id")["data"]]

        assert up == sorted(up) == down[::-1]

    def test_finds_what_changed_since(
        self, bullhorn: Simulator, api: httpx.Client, clock: Clock
    ) -> None:
        clock.on(hours=1)
        bullhorn.world.edit(3, employer="Invented Ltd")
        # The literal is not in UTC: 13:00 there is 06:00 in this tenant's words.
        query = f"{ALL} AND dateLastModified:[20261122060000 TO *]"

        rows = found(api, query, fields="id,dateLastModified")["data"]
        assert [row["dateLastModified"] for row in rows] == [milliseconds(clock.now)]
        assert found(api, f"{ALL} AND dateLastModified:[20261122070000 TO *]")["total"] == 0
        assert found(api, f"{ALL} AND dateLastModified:[20261122 TO 20261123]")["total"] == 1

    def test_finds_everything_when_a_colon_is_missing(
        self, bullhorn: Simulator, api: httpx.Client
    ) -> None:
        bullhorn.world.delete(1)

        assert found(api, f"{ALL} AND dateLastModified[20991122060000 TO *]")["total"] == 60
        assert found(api, "nobody")["total"] == 60
        assert found(api, ALL)["total"] == 59

    def test_finds_everything_with_milliseconds_in_the_brackets(self, api: httpx.Client) -> None:
        total = found(api, "dateLastModified:[4070908800000 TO *]")["total"]
        with_date = found(api, "dateLastModified:[19700101000000 TO *]")["total"]

        assert total == 0  # A four is behind every year that begins with a two,
        assert found(api, "dateLastModified:[1795305600000 TO *]")["total"] == with_date > 0

    def test_finds_nobody_by_words_without_quotes(
        self, bullhorn: Simulator, api: httpx.Client
    ) -> None:
        bullhorn.world.edit(3, employer="Invented Widgets Ltd")

        assert found(api, "companyName:Invented Widgets")["total"] == 0
        assert found(api, 'companyName:"invented widgets"')["total"] == 1
        assert found(api, "companyName:inven*")["total"] == 1

    def test_finds_nobody_behind_an_unknown_path(self, api: httpx.Client) -> None:
        assert found(api, "owner.id:[1 TO *]")["total"] > 0
        assert found(api, "owner.shoeSize:[1 TO *]")["total"] == 0
        assert found(api, "notes.isDeleted:0")["total"] == 0

    def test_understands_or_not_and_brackets(self, api: httpx.Client) -> None:
        ids = [row["id"] for row in found(api, ALL, sort="id")["data"]]
        some = f"(id:{ids[0]} OR id:{ids[1]})"

        assert found(api, some)["total"] == found(api, f"id:({ids[0]} {ids[1]})")["total"] == 2
        assert found(api, f"{ALL} AND NOT {some}")["total"] == 58
        assert api.get("search/Candidate", params={"query": "(id:1"}).status_code == 400

    def test_finds_people_by_their_notes_but_on_some_tenants_no_notes(
        self, bullhorn: Simulator, api: httpx.Client
    ) -> None:
        bullhorn.world.note(3, "Called", kind="Outbound Call")

        assert found(api, 'notes.action:"Outbound Call"')["total"] == 1
        assert found(api, 'action:"Outbound Call"', "Note")["total"] == 1
        bullhorn.vendor.options.finds_notes = False  # type: ignore[attr-defined]
        assert found(api, 'action:"Outbound Call"', "Note")["total"] == 0

    def test_takes_long_queries_in_the_body(self, api: httpx.Client) -> None:
        query = " OR ".join(f"id:{number}" for number in range(100_001, 101_500))
        asked = {"fields": "id", "count": "500"}

        assert (
            api.post("search/Candidate", params=asked, json={"query": query}).json()["total"] == 60
        )

    def test_does_not_search_what_it_does_not_index(self, api: httpx.Client) -> None:
        answer = api.get("search/JobSubmission", params={"query": ALL})

        assert answer.json()["errorMessageKey"] == "errors.searchUnknownEntity"

    def test_refuses_all_fields(self, api: httpx.Client) -> None:
        answer = api.get("search/Candidate", params={"query": ALL, "fields": "*"})

        assert answer.status_code == 400
        assert answer.json()["errorMessageKey"] == "errors.allFieldsNotAllowed"


class TestQuery:
    def test_says_no_total(self, api: httpx.Client) -> None:
        page = queried(api, "isDeleted=false", count=3, orderBy="id").json()

        assert page.keys() == {"start", "count", "data"}
        assert page["count"] == 3

    def test_wants_milliseconds(self, bullhorn: Simulator, api: httpx.Client, clock: Clock) -> None:
        everything = len(queried(api, "dateLastModified >= 0").json()["data"])
        clock.on(hours=1)
        number = next(one.number for one in bullhorn.world.applications.values() if one.role)
        bullhorn.world.move(number, 3)
        since = milliseconds(clock.now)

        assert queried(api, f"dateLastModified >= {since}").json()["count"] == 1
        assert queried(api, f"dateLastModified >= {since // 1000}").json()["count"] >= everything
        assert queried(api, f"dateLastModified >= '{since}'").status_code == 400

    @pytest.mark.parametrize("entity", ["Candidate", "Note"])
    def test_does_not_take_what_is_indexed(self, api: httpx.Client, entity: str) -> None:
        answer = queried(api, "id > 0", entity)

        assert answer.status_code == 400
        assert answer.json()["errorMessageKey"] == "errors.queryIndexedEntity"

    def test_understands_lists_likeness_and_brackets(self, api: httpx.Client) -> None:
        users = queried(api, "id > 0", "CorporateUser", fields="id,email").json()["data"]
        ids = ",".join(str(row["id"]) for row in users[:2])

        assert queried(api, f"id IN ({ids})", "CorporateUser").json()["count"] == 2
        assert queried(api, f"NOT id IN ({ids})", "CorporateUser").json()["count"] == len(users) - 2
        assert queried(api, "email LIKE '%@%'", "CorporateUser").json()["count"] == len(users)
        none = "email IS NULL OR (id < 0 AND enabled = true)"
        assert queried(api, none, "CorporateUser").json()["count"] == 0
        assert queried(api, "shoeSize = 3", "CorporateUser").status_code == 400
        assert queried(api, "id = 3 3", "CorporateUser").status_code == 400

    def test_knows_who_a_note_is_about_by_the_wrong_name(
        self, bullhorn: Simulator, api: httpx.Client
    ) -> None:
        bullhorn.world.note(3, "Called", kind="Outbound Call")
        asked = {"fields": "id,targetEntityName,note(id,action)"}

        [row] = queried(api, "targetEntityID=100003", "NoteEntity", **asked).json()["data"][-1:]
        assert row["targetEntityName"] == "User"
        assert row["note"]["action"] == "Outbound Call"


class TestRecords:
    def test_read_one_or_several(self, api: httpx.Client) -> None:
        one = api.get("entity/Candidate/100003", params={"fields": "id,name,owner(id)"}).json()
        two = api.get("entity/Candidate/100003,100004,999999", params={"fields": "id"}).json()

        assert one["data"]["id"] == 100_003
        assert [row["id"] for row in two["data"]] == [100_003, 100_004]
        assert api.get("entity/Candidate/999999", params={"fields": "id"}).status_code == 404

    def test_have_odd_values(self, bullhorn: Simulator, api: httpx.Client) -> None:
        bullhorn.world.edit(7, source="A fair", is_private=True, emails=["a@example.com"])
        fields = "id,source,email,customText8,dateLastModified,dateAdded"
        rows = found(api, ALL, fields=fields)["data"]
        by_id = {row["id"] - 100_000: row for row in rows}

        assert by_id[7]["source"] == ["A fair"]
        assert by_id[7]["email"] == "**CONFIDENTIAL**"
        assert isinstance(by_id[5]["customText8"], list)
        assert by_id[11]["dateLastModified"] is None
        assert isinstance(by_id[11]["dateAdded"], int)

    def test_say_of_roles_whether_they_are_public_in_three_ways(
        self, bullhorn: Simulator, api: httpx.Client
    ) -> None:
        for _ in range(10):
            bullhorn.world.open_role(title="Welder")
        bullhorn.world.open_role(title="Secret", is_confidential=True)
        rows = found(api, ALL, "JobOrder", fields="isPublic")["data"]

        assert {row["isPublic"] for row in rows} == {-1, 0, 1}

    def test_cut_lists_short(self, bullhorn: Simulator, api: httpx.Client) -> None:
        for number in range(8):
            bullhorn.world.note(3, f"Call {number}", kind="Outbound Call")
        inside = api.get("entity/Candidate/100003", params={"fields": "notes(id,action)"}).json()
        asked: dict[str, str | int] = {"fields": "id,comments", "count": 500}
        outside = api.get("entity/Candidate/100003/notes", params=asked).json()

        assert inside["data"]["notes"]["total"] == len(outside["data"]) >= 8
        assert len(inside["data"]["notes"]["data"]) == 5

    def test_are_described_only_when_asked(self, bullhorn: Simulator, api: httpx.Client) -> None:
        bullhorn.vendor.options.opt_out_is_read_only = True  # type: ignore[attr-defined]
        bullhorn.vendor.options.has_date_last_modified = False  # type: ignore[attr-defined]
        full = api.get("meta/Candidate", params={"fields": "*", "meta": "full"}).json()["fields"]
        basic = api.get("meta/Candidate", params={"fields": "*", "meta": "basic"}).json()
        by_name = {one["name"]: one for one in full}

        assert "fields" not in api.get("meta/Candidate", params={"fields": "*"}).json()
        assert "readOnly" not in basic["fields"][0]
        assert by_name["massMailOptOut"]["readOnly"] is True
        assert "dateLastModified" not in by_name
        roles = api.get("meta/JobOrder", params={"fields": "*", "meta": "full"}).json()["fields"]
        assert "dateLastModified" in {one["name"] for one in roles}
        for entity in ("Candidate", "JobOrder", "Placement"):
            query = "dateLastModified:[20000101000000 TO *]"
            assert found(api, query, entity)["total"] == 0
        answer = api.post("entity/Candidate/100003", json={"massMailOptOut": True})
        assert answer.status_code == 400

    def test_come_with_the_tenants_lists(self, api: httpx.Client) -> None:
        lists = api.get("settings/commentActionList,jobResponseStatusList").json()

        assert "New Lead" in lists["jobResponseStatusList"]
        assert lists["commentActionList"]


class TestWrites:
    def test_make_and_change_people(self, bullhorn: Simulator, api: httpx.Client) -> None:
        given = {"firstName": "Ana", "lastName": "Invented", "email": "ana@example.com"}
        made = api.put("entity/Candidate", json={**given, "smsOptIn": True}).json()
        place = f"entity/Candidate/{made['changedEntityId']}"
        changed = api.post(place, json={"massMailOptOut": True, "customText1": "warm"}).json()
        fields = {"fields": "name,massMailOptOut,customText1,smsOptIn"}
        row = api.get(place, params=fields).json()["data"]

        assert (made["changeType"], changed["changeType"]) == ("INSERT", "UPDATE")
        assert row.items() >= {"massMailOptOut": True, "customText1": "warm"}.items()
        assert api.post(place, json={"smsOptIn": False}).status_code == 400
        assert [write.kind.split("/")[-2:] for write in bullhorn.writes][1] == ["Candidate", "{id}"]
        assert bullhorn.writes[1].id == str(made["changedEntityId"])

    def test_leave_the_name_unless_it_is_written_too(self, api: httpx.Client) -> None:
        place, asked = "entity/Candidate/100003", {"fields": "name,lastName"}
        before = api.get(place, params=asked).json()["data"]["name"]
        api.post(place, json={"lastName": "Married"})
        halfway = api.get(place, params=asked).json()["data"]
        api.post(place, json={"lastName": "Married", "name": "Ana Married"})

        assert (halfway["lastName"], halfway["name"]) == ("Married", before)
        assert api.get(place, params=asked).json()["data"]["name"] == "Ana Married"

    def test_delete_softly(self, bullhorn: Simulator, api: httpx.Client) -> None:
        api.post("entity/Candidate/100003", json={"isDeleted": True})
        row = api.get("entity/Candidate/100003", params={"fields": "isDeleted"}).json()["data"]

        assert row["isDeleted"] is True
        assert found(api, ALL)["total"] == 59
        assert found(api, "isDeleted:1")["total"] == 1

    def test_submit_and_place(self, bullhorn: Simulator, api: httpx.Client) -> None:
        role, person = {"id": 2_001}, {"id": 100_003}
        given = {"candidate": person, "jobOrder": role, "status": "New Lead"}
        submission = api.put("entity/JobSubmission", json=given).json()["changedEntityId"]
        place = f"entity/JobSubmission/{submission}"
        api.post(place, json={"status": "Something Of Ours"})
        word = api.get(place, params={"fields": "status"}).json()["data"]["status"]
        begins = milliseconds(NOW + timedelta(days=7))
        api.put(
            "entity/Placement",
            json={"candidate": person, "jobOrder": role, "status": "Approved", "dateBegin": begins},
        )
        [row] = [
            one
            for one in found(api, "status:Approved", "Placement", fields="id,candidate")["data"]
            if one["candidate"]["id"] == 100_003
        ]

        assert word == "Something Of Ours"
        assert bullhorn.world.applications[row["id"] - 700_000].state == "hired"
        api.post(place, json={"isDeleted": True})
        assert api.get(place, params={"fields": "id"}).status_code == 404

    def test_log_notes_in_the_tenants_words(self, bullhorn: Simulator, api: httpx.Client) -> None:
        note = {"action": "Email", "comments": "We wrote", "personReference": {"id": 100_003}}
        tied = api.put("entity/Note", json={**note, "commentingPerson": {"id": 31}}).json()
        loose = api.put("entity/Note", json=note).json()
        unknown = api.put("entity/Note", json={**note, "action": "Telepathy"})
        rows = api.get("entity/Candidate/100003/notes", params={"fields": "id", "count": 99}).json()
        ids = {row["id"] for row in rows["data"]}

        assert tied["changedEntityId"] in ids
        assert loose["changedEntityId"] not in ids
        assert unknown.status_code == 400

    def test_keep_lists_of_people(self, bullhorn: Simulator, api: httpx.Client) -> None:
        made = api.put("entity/Tearsheet", json={"name": "Bench, warm"}).json()["changedEntityId"]
        api.put(f"entity/Tearsheet/{made}/candidates/100003,100004")
        api.delete(f"entity/Tearsheet/{made}/candidates/100004")
        fields = {"fields": "tearsheets(id,name)"}
        sheets = api.get("entity/Candidate/100003", params=fields).json()["data"]["tearsheets"]

        assert {"id": made, "name": "Bench, warm"} in sheets["data"]
        assert "Bench, warm" in bullhorn.world.people[3].tags
        assert "Bench, warm" not in bullhorn.world.people[4].tags

    def test_change_many_at_once(self, bullhorn: Simulator, api: httpx.Client) -> None:
        given = {"ids": [100_003, 100_004], "massMailOptOut": True}

        assert api.post("massUpdate/Candidate", json=given).json() == {"count": 2}
        assert bullhorn.world.people[4].opted_out

    def test_refuse_what_they_cannot_read(self, api: httpx.Client) -> None:
        wrong = {"shoeSize": 43}

        assert api.post("entity/Candidate/100003", json=wrong).status_code == 400
        assert api.post("entity/Candidate/100003", content=b"{").status_code == 400
        assert api.post("entity/Candidate/999999", json={"name": "A"}).status_code == 404

    def test_happen_although_the_connection_breaks(
        self, bullhorn: Simulator, api: httpx.Client
    ) -> None:
        bullhorn.faults.add("dropped", path="entity/Candidate")
        with pytest.raises(httpx.RemoteProtocolError):
            api.post("entity/Candidate/100003", json={"massMailOptOut": True})

        assert bullhorn.world.people[3].opted_out


class TestEvents:
    PLACE = "event/subscription/ours"
    ASKED = {"type": "entity", "names": "Candidate,JobSubmission,Placement,JobOrder"}

    def test_are_read_once_and_again_by_their_number(
        self, bullhorn: Simulator, api: httpx.Client
    ) -> None:
        api.put(self.PLACE, params=self.ASKED)
        number = next(one.number for one in bullhorn.world.applications.values() if one.role)
        bullhorn.world.opt_out(3)
        bullhorn.world.hire(number)
        first = api.get(self.PLACE, params={"maxEvents": 100}).json()
        empty = api.get(self.PLACE, params={"maxEvents": 100})
        again = api.get(self.PLACE, params={"requestId": first["requestId"]}).json()

        kinds = [(one["entityName"], one["entityEventType"]) for one in first["events"]]
        assert kinds == [
            ("Candidate", "UPDATED"),
            ("JobSubmission", "UPDATED"),
            ("Placement", "INSERTED"),
        ]
        assert first["events"][0]["updatedProperties"] == ["massMailOptOut"]
        assert first["events"][0]["entityId"] == 100_003
        assert (empty.status_code, empty.content) == (200, b"")
        assert again == first
        assert api.get(f"{self.PLACE}/lastRequestId").json() == {"result": first["requestId"]}

    @pytest.mark.parametrize(
        ("form", "status", "body"), [("braces", 200, b"{}"), ("no_content", 204, b"")]
    )
    def test_are_missing_in_several_ways(
        self, bullhorn: Simulator, api: httpx.Client, form: str, status: int, body: bytes
    ) -> None:
        bullhorn.vendor.options.empty_queue = form  # type: ignore[attr-defined]
        api.put(self.PLACE, params=self.ASKED)
        answer = api.get(self.PLACE, params={"maxEvents": 100})

        assert (answer.status_code, answer.content) == (status, body)

    def test_come_in_batches_of_the_kinds_that_were_asked_for(
        self, bullhorn: Simulator, api: httpx.Client
    ) -> None:
        asked = {"type": "entity", "names": "Candidate", "eventTypes": "DELETED"}
        api.put(self.PLACE, params=asked)
        bullhorn.world.opt_out(3)
        bullhorn.world.delete(4)
        bullhorn.world.merge(5, 6)
        batches = [api.get(self.PLACE, params={"maxEvents": 1}).json() for _ in range(2)]

        assert [one["events"][0]["entityId"] for one in batches] == [100_004, 100_006]

    def test_are_gone_with_a_queue_that_idles(
        self, bullhorn: Simulator, api: httpx.Client, clock: Clock
    ) -> None:
        api.put(self.PLACE, params=self.ASKED)
        clock.on(days=8)
        with signed_in(bullhorn) as later:
            assert later.get(self.PLACE, params={"maxEvents": 100}).status_code == 404

    def test_are_gone_with_a_queue_that_was_dropped(self, api: httpx.Client) -> None:
        api.put(self.PLACE, params=self.ASKED)

        assert api.delete(self.PLACE).json() == {"result": True}
        assert api.get(self.PLACE, params={"maxEvents": 1}).status_code == 404
