"""The simulated Greenhouse does what its contract says, and sets every trap that it names."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.contract.clocks import Clock
from tests.contract.receiver import PLAIN, receiving
from warmbench.simulators import Limits, Simulator, World, running
from warmbench.simulators.greenhouse import Greenhouse
from warmbench.simulators.greenhouse_ids import Base

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
# It keeps no connection: those would outlive their servers.
HTTP = httpx.Client(verify=PLAIN, limits=httpx.Limits(max_keepalive_connections=0))


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def world(clock: Clock) -> World:
    return World(candidates=230, roles=8, clock=clock)


@pytest.fixture
def greenhouse(world: World) -> Iterator[Simulator]:
    with running("greenhouse", world) as simulator:
        yield simulator


def token(simulator: Simulator, **more: str) -> httpx.Response:
    given = simulator.credentials
    form = {"grant_type": "client_credentials", "sub": given["acting_user_id"], **more}
    pair = (given["client_id"], given["client_secret"])
    return HTTP.post(f"{simulator.addresses['auth']}/token", auth=pair, data=form)


@pytest.fixture
def client(greenhouse: Simulator) -> Iterator[httpx.Client]:
    bearer = {"Authorization": f"Bearer {token(greenhouse).json()['access_token']}"}
    with httpx.Client(base_url=greenhouse.addresses["api"], headers=bearer, verify=PLAIN) as client:
        yield client


def candidate(person: int) -> int:
    return Base.CANDIDATE + person


def walk(client: httpx.Client, path: str, **params: Any) -> list[dict[str, Any]]:
    answer = client.get(path, params=params)
    rows: list[dict[str, Any]] = answer.json()
    while link := answer.headers["Link"]:
        answer = client.get(link.partition(">")[0].lstrip("<"))
        assert answer.status_code == 200, answer.text
        rows += answer.json()
    return rows


class TestTokens:
    def test_a_token_says_when_it_ends_not_how_long_it_lives(self, greenhouse: Simulator) -> None:
        answer = token(greenhouse).json()
        assert answer["token_type"] == "Bearer"
        assert answer["expires_at"] == "2026-11-22T10:00:00Z"
        assert "expires_in" not in answer

    def test_parameters_in_the_query_are_not_seen(self, greenhouse: Simulator) -> None:
        given = greenhouse.credentials
        answer = HTTP.post(
            f"{greenhouse.addresses['auth']}/token",
            params={"grant_type": "client_credentials"},
            auth=(given["client_id"], given["client_secret"]),
        )
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")

    def test_credentials_in_the_body_are_not_seen(self, greenhouse: Simulator) -> None:
        form = {**greenhouse.credentials, "grant_type": "client_credentials"}
        answer = HTTP.post(f"{greenhouse.addresses['auth']}/token", data=form)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")

    def test_it_has_a_limit_of_its_own(self, greenhouse: Simulator) -> None:
        assert token(greenhouse).headers["X-RateLimit-Limit"] == "60"
        greenhouse.limits.token_calls = 3
        assert [token(greenhouse).status_code for _ in range(3)] == [200, 200, 429]

    def test_nobody_acts_for_a_stranger(self, greenhouse: Simulator) -> None:
        answer = token(greenhouse, sub="12")
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")

    def test_lists_are_for_site_admins(self, greenhouse: Simulator) -> None:
        bearer = token(greenhouse, sub=str(Base.USER + 5)).json()["access_token"]
        answer = HTTP.get(
            f"{greenhouse.addresses['api']}/candidates",
            headers={"Authorization": f"Bearer {bearer}"},
        )
        assert answer.status_code == 403

    def test_a_token_ends(self, greenhouse: Simulator, client: httpx.Client, clock: Clock) -> None:
        assert client.get("/users").status_code == 200
        clock.on(hours=1)
        assert client.get("/users").status_code == 401

    def test_tokens_can_be_ended_at_once(self, greenhouse: Simulator, client: httpx.Client) -> None:
        greenhouse.faults.add("expire")
        assert client.get("/users").status_code == 401
        assert client.get("/users").status_code == 401

    def test_partners_come_by_a_code_and_refresh_once(self, greenhouse: Simulator) -> None:
        vendor = greenhouse.vendor
        assert isinstance(vendor, Greenhouse)
        auth = greenhouse.addresses["auth"]
        pair = (vendor.partner["client_id"], vendor.partner["client_secret"])
        asked = HTTP.get(
            f"{auth}/authorize",
            params={
                "response_type": "code",
                "client_id": pair[0],
                "redirect_uri": "http://127.0.0.1/back",
                "scope": "harvest:candidates:list",
                "state": "s",
            },
        )
        back = parse_qs(urlsplit(asked.headers["location"]).query)
        assert back["state"] == ["s"]
        form = {"grant_type": "authorization_code", "code": back["code"][0]}
        first = HTTP.post(f"{auth}/token", auth=pair, data=form).json()
        form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        second = HTTP.post(f"{auth}/token", auth=pair, data=form).json()
        assert second["refresh_token"] != first["refresh_token"]
        again = HTTP.post(f"{auth}/token", auth=pair, data=form)
        assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
        form = {"grant_type": "client_credentials"}
        refused = HTTP.post(f"{auth}/token", auth=pair, data=form)
        assert (refused.status_code, refused.json()["error"]) == (400, "unauthorized_client")

    def test_a_code_lives_for_a_minute(self, greenhouse: Simulator, clock: Clock) -> None:
        vendor = greenhouse.vendor
        assert isinstance(vendor, Greenhouse)
        pair = (vendor.partner["client_id"], vendor.partner["client_secret"])
        auth = greenhouse.addresses["auth"]
        query = {"response_type": "code", "client_id": pair[0], "redirect_uri": "http://x.test/"}
        where = HTTP.get(f"{auth}/authorize", params=query).headers["location"]
        clock.on(seconds=61)
        form = {"grant_type": "authorization_code", "code": where.split("code=")[1].split("&")[0]}
        assert HTTP.post(f"{auth}/token", auth=pair, data=form).status_code == 400


class TestLists:
    def test_a_walk_meets_everybody_once_the_highest_id_first(
        self, client: httpx.Client, world: World
    ) -> None:
        ids = [row["id"] for row in walk(client, "/candidates", per_page=50)]
        assert ids == sorted((candidate(number) for number in world.people), reverse=True)

    def test_the_last_page_has_a_link_without_a_value(self, client: httpx.Client) -> None:
        answer = client.get("/candidates", params={"per_page": 500})
        assert answer.headers["Link"] == ""

    def test_a_page_has_100_and_at_most_500(self, client: httpx.Client) -> None:
        assert len(client.get("/candidates").json()) == 100
        assert client.get("/candidates", params={"per_page": 501}).status_code == 422

    def test_a_cursor_goes_with_nothing_else(self, client: httpx.Client) -> None:
        link = client.get("/candidates").headers["Link"].partition(">")[0].lstrip("<")
        answer = client.get(f"{link}&per_page=100")
        assert answer.status_code == 422
        assert answer.json() == {
            "errors": ["When passing a cursor, do not include other query params."]
        }

    def test_a_cursor_is_encoded_base64_json(self, client: httpx.Client) -> None:
        link = client.get("/candidates").headers["Link"]
        assert link.endswith('>; rel="next"')
        cursor = parse_qs(urlsplit(link.partition(">")[0]).query)["cursor"][0]
        assert json.loads(base64.b64decode(cursor))

    def test_a_window_keeps_to_both_ends(
        self, client: httpx.Client, world: World, clock: Clock
    ) -> None:
        for number in (3, 7, 9):
            clock.on(minutes=1)
            world.edit(number, title=f"Title {number}")
        window = "gte|2026-11-22T09:02:00.000Z|lte|2026-11-22T09:03:00.000Z"
        found = client.get("/candidates", params={"updated_at": window}).json()
        assert [row["id"] for row in found] == [candidate(9), candidate(7)]
        found = client.get("/candidates", params={"updated_at": window.replace("gte", "gt")}).json()
        assert [row["id"] for row in found] == [candidate(9)]

    def test_a_walk_keeps_its_window(self, client: httpx.Client) -> None:
        window = "gte|2024-01-01T00:00:00.000Z"
        found = walk(client, "/candidates", updated_at=window, per_page=20)
        assert 20 < len(found) < 230
        assert all(row["updated_at"] >= "2024" for row in found)

    @pytest.mark.parametrize(
        "params",
        [
            {"updated_at": "2024-01-01T00:00:00Z"},
            {"updated_at": "gte|yesterday"},
            {"updated_at": "since|2024-01-01T00:00:00Z"},
            {"updated_at[gte]": "2024-01-01T00:00:00Z"},
            {"updated_since": "2024-01-01T00:00:00Z"},
            {"ids": ",".join(str(n) for n in range(51))},
            {"cursor": "nonsense"},
        ],
    )
    def test_what_is_misspelt_is_refused(
        self, client: httpx.Client, params: dict[str, str]
    ) -> None:
        assert client.get("/candidates", params=params).status_code == 422

    def test_one_is_read_by_ids(self, client: httpx.Client, world: World) -> None:
        found = client.get("/candidates", params={"ids": f"{candidate(4)},{candidate(2)}"}).json()
        assert [row["id"] for row in found] == [candidate(4), candidate(2)]
        assert client.get(f"/candidates/{candidate(4)}").status_code in {404, 405}
        world.delete(4)
        assert client.get("/candidates", params={"ids": candidate(4)}).json() == []

    def test_a_private_candidate_has_hardly_any_keys(
        self, client: httpx.Client, world: World
    ) -> None:
        world.edit(4, is_private=True)
        (row,) = client.get("/candidates", params={"ids": candidate(4)}).json()
        assert row["private"]
        assert row["message"]
        assert "email_addresses" not in row

    def test_columns_can_be_chosen(self, client: httpx.Client) -> None:
        rows = client.get("/candidates", params={"fields": "id,tags"}).json()
        assert set(rows[0]) == {"id", "tags"}

    def test_people_are_found_by_mail_and_tag(self, client: httpx.Client, world: World) -> None:
        number = world.add(first_name="Ana", emails=["ana@example.com"], tags=["rare"])
        for params in ({"email": "ANA@example.com"}, {"tag": "rare"}):
            assert [row["id"] for row in client.get("/candidates", params=params).json()] == [
                candidate(number)
            ]

    def test_custom_fields_have_name_type_and_value(self, client: httpx.Client) -> None:
        (row,) = client.get("/candidates", params={"ids": candidate(2)}).json()
        keys = {one["name_key"] for one in client.get("/custom_fields").json()}
        assert set(row["custom_fields"]) <= keys
        assert set(row["custom_fields"]["skills"]) == {"name", "type", "value"}

    def test_status_has_other_words_in_queries_than_in_answers(self, client: httpx.Client) -> None:
        rows = walk(client, "/applications", status="active", per_page=500)
        assert {row["status"] for row in rows} == {"in_process"}
        assert client.get("/applications", params={"status": "in_process"}).status_code == 422

    def test_applications_are_flat_and_prospects_have_no_job(
        self, client: httpx.Client, world: World
    ) -> None:
        rows = walk(client, "/applications", per_page=500)
        assert len(rows) == len(world.applications)
        assert all((row["job_id"] is None) is row["prospect"] for row in rows)
        of_one = client.get("/applications", params={"candidate_ids": rows[0]["candidate_id"]})
        assert {row["candidate_id"] for row in of_one.json()} == {rows[0]["candidate_id"]}

    def test_jobs_are_open_drafts_or_closed(self, client: httpx.Client, world: World) -> None:
        world.edit_role(1, state="on_hold")
        world.edit_role(2, state="filled")
        rows = {row["id"]: row["status"] for row in client.get("/jobs").json()}
        assert set(rows.values()) <= {"open", "draft", "closed"}
        assert (rows[Base.JOB + 1], rows[Base.JOB + 2]) == ("open", "closed")

    def test_job_posts_have_the_text(self, client: httpx.Client, world: World) -> None:
        (row,) = client.get("/job_posts", params={"job_ids": Base.JOB + 3}).json()
        assert row["content"] == world.roles[3].description

    @pytest.mark.parametrize(
        "path",
        [
            *("/users", "/departments", "/offices", "/sources", "/rejection_reasons"),
            *("/close_reasons", "/openings", "/custom_field_options", "/prospect_pools"),
        ],
    )
    def test_small_lists_are_there(self, client: httpx.Client, path: str) -> None:
        rows = client.get(path).json()
        assert rows
        assert all(row["id"] > 2**32 for row in rows)

    def test_what_belongs_to_applications_is_asked_for_by_them(
        self, client: httpx.Client, world: World
    ) -> None:
        prospect, applied = world.apply(2), world.apply(2, 1)
        world.move(applied, 2)
        world.reject(applied, "Withdrew")
        ids = {"application_ids": ",".join(str(Base.APPLICATION + n) for n in (prospect, applied))}
        (pool,) = client.get("/prospect_details", params=ids).json()
        assert pool["application_id"] == Base.APPLICATION + prospect
        (why,) = client.get("/rejection_details", params=ids).json()
        reasons = {row["id"]: row["name"] for row in client.get("/rejection_reasons").json()}
        assert reasons[why["rejection_reason_id"]] == "Withdrew"
        assert len(client.get("/application_stages", params=ids).json()) == 3
        many = {"application_ids": ",".join("1" * 51)}
        assert client.get("/prospect_details", params=many).status_code == 422


class TestLimits:
    def test_every_answer_says_what_is_left(self, client: httpx.Client) -> None:
        answer = client.get("/nowhere")
        assert answer.status_code == 404
        assert answer.headers["X-RateLimit-Limit"] == "150"
        assert answer.headers["X-RateLimit-Remaining"] == "149"
        reset = int(answer.headers["X-RateLimit-Reset"])
        assert 0 < reset - NOW.timestamp() <= 30

    def test_the_151st_call_of_a_window_waits_for_the_next(
        self, greenhouse: Simulator, client: httpx.Client, clock: Clock
    ) -> None:
        greenhouse.limits.calls = 3
        statuses = [client.get("/users").status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        answer = client.get("/users")
        assert 0 < int(answer.headers["Retry-After"]) <= 30
        assert answer.headers["X-RateLimit-Remaining"] == "0"
        clock.on(seconds=30)
        assert client.get("/users").status_code == 200

    def test_a_fault_can_leave_the_headers_out(
        self, greenhouse: Simulator, client: httpx.Client
    ) -> None:
        greenhouse.faults.add("throttled", wait=7)
        assert client.get("/users").headers["Retry-After"] == "7"
        greenhouse.faults.add("throttled_bare")
        bare = client.get("/users")
        assert bare.status_code == 429
        assert not [name for name in bare.headers if "rate" in name or "retry" in name]

    def test_without_limits_there_are_no_headers(self, world: World) -> None:
        with running("greenhouse", world, limits=Limits()) as simulator:
            assert "X-RateLimit-Limit" not in token(simulator).headers


class TestWrites:
    def test_only_what_is_sent_changes(self, client: httpx.Client, world: World) -> None:
        before = world.people[2].title
        answer = client.patch(f"/candidates/{candidate(2)}", json={"can_email": False})
        assert answer.json()["can_email"] is False
        assert world.people[2].opted_out
        assert world.people[2].title == before

    def test_tags_replace_the_whole_list(self, client: httpx.Client, world: World) -> None:
        world.edit(2, tags=["keep warm", "relocates"])
        client.patch(f"/candidates/{candidate(2)}", json={"tags": ["new one"]})
        assert world.people[2].tags == ["new one"]

    def test_one_tag_can_come_and_go_alone(self, client: httpx.Client, world: World) -> None:
        world.edit(2, tags=["keep warm"])
        tag = client.post("/candidate_tags", json={"name": "Warmbench"}).json()["id"]
        body = {"candidate_id": candidate(2), "candidate_tag_id": tag}
        applied = client.post("/applied_candidate_tags", json=body).json()
        assert world.people[2].tags == ["keep warm", "Warmbench"]
        rows = client.get("/applied_candidate_tags", params={"candidate_ids": candidate(2)}).json()
        assert applied in rows
        assert client.delete(f"/applied_candidate_tags/{applied['id']}").status_code == 204
        assert world.people[2].tags == ["keep warm"]
        assert client.post("/candidate_tags", json={"name": "warmbench"}).status_code == 422

    def test_custom_fields_that_are_left_out_are_emptied(
        self, client: httpx.Client, world: World
    ) -> None:
        world.edit(2, skills=["Triage"])
        body = {"custom_fields": [{"name_key": "last_touch", "value": "Opened a mail"}]}
        answer = client.patch(f"/candidates/{candidate(2)}", json=body).json()
        assert answer["custom_fields"]["last_touch"]["value"] == "Opened a mail"
        assert world.people[2].skills == []

    @pytest.mark.parametrize(
        "body",
        [
            {"private": True},
            {"tags": "one"},
            {"custom_fields": {"skills": []}},
            {"custom_fields": [{"name_key": "unknown", "value": 1}]},
            {"phone_numbers": [{"value": "+15550100", "type": "cell"}]},
            {"can_email": "no"},
        ],
    )
    def test_what_it_does_not_know_is_refused(
        self, client: httpx.Client, body: dict[str, Any]
    ) -> None:
        assert client.patch(f"/candidates/{candidate(2)}", json=body).status_code == 422

    def test_a_note_reads_otherwise_than_it_was_written(self, client: httpx.Client) -> None:
        body = {
            "candidate_id": candidate(2),
            "user_id": Base.USER + 1,
            "body": "Opened a mail.",
            "visibility": "private",
            "note_type": "ACTIVITY",
        }
        made = client.post("/notes", json=body)
        assert made.status_code == 201
        found = client.get("/notes", params={"candidate_ids": candidate(2)}).json()
        assert made.json() in found
        assert made.json()["visibility"] == "privately_visible"
        assert made.json()["type"] == "ACTIVITY"
        assert "note_type" not in made.json()
        wrong = {**body, "visibility": "privately_visible"}
        assert client.post("/notes", json=wrong).status_code == 422

    def test_a_note_stays_for_ever(self, client: httpx.Client, world: World) -> None:
        note = Base.NOTE + next(iter(world.notes))
        assert client.delete(f"/notes/{note}").status_code == 405
        assert client.patch(f"/notes/{note}", json={"body": "x"}).status_code == 405

    def test_an_application_goes_its_way(self, client: httpx.Client, world: World) -> None:
        number = world.apply(2, 1)
        at = f"/applications/{Base.APPLICATION + number}"
        moved = client.post(f"{at}/move", json={"to_stage_id": Base.STAGE + 3}).json()
        assert moved["stage_name"] == "Interview"
        assert client.post(f"{at}/reject").json()["status"] == "rejected"
        assert client.post(f"{at}/hire").status_code == 422
        assert client.post(f"{at}/unreject").json()["status"] == "in_process"
        assert client.post(f"{at}/hire").json()["status"] == "hired"
        assert world.applications[number].state == "hired"

    def test_a_prospect_becomes_an_application(self, client: httpx.Client, world: World) -> None:
        number = world.apply(2)
        at = f"/applications/{Base.APPLICATION + number}"
        made = client.post(f"{at}/convert_to_candidate", json={"job_id": Base.JOB + 1}).json()
        assert made["job_id"] == Base.JOB + 1
        rows = client.get("/applications", params={"ids": Base.APPLICATION + number}).json()
        assert rows[0]["status"] == "converted"

    def test_people_are_added_anonymised_and_deleted(
        self, client: httpx.Client, world: World
    ) -> None:
        body = {
            "first_name": "Ana",
            "last_name": "Lima",
            "email_addresses": [{"value": "ana@example.com", "type": "personal"}],
            "application": {"job_id": Base.JOB + 1},
        }
        made = client.post("/candidates", json=body).json()
        assert made["application"]["candidate_id"] == made["candidate"]["id"]
        at = f"/candidates/{made['candidate']['id']}"
        assert client.patch(f"{at}/anonymize").json()["email_addresses"] == []
        assert client.delete(at).status_code == 204
        assert client.delete(at).status_code == 404


class TestWebhooks:
    def test_a_ping_comes_first_and_switches_off_who_does_not_take_it(
        self, greenhouse: Simulator
    ) -> None:
        with receiving() as receiver:
            assert greenhouse.hook(receiver.address).is_on
            assert json.loads(receiver.bodies[0])["action"] == "ping"
            receiver.answers = [500]
            assert not greenhouse.hook(receiver.address).is_on

    def test_the_signature_covers_the_very_bytes_with_escapes_in_them(
        self, greenhouse: Simulator, world: World
    ) -> None:
        with receiving() as receiver:
            greenhouse.hook(receiver.address)
            world.edit(2, title="R&D <Lead> in Köln")
            greenhouse.deliver()
            body, headers = receiver.bodies[-1], receiver.headers[-1]
        assert rb"R\u0026D \u003cLead\u003e in K" in body
        assert "Köln".encode() in body
        secret = greenhouse.credentials["webhook_secret"].encode()
        digest = hmac.new(secret, body, hashlib.sha256).hexdigest()
        assert headers["Signature"] == f"sha256 {digest}"
        assert json.loads(body)["payload"]["candidate"]["title"] == "R&D <Lead> in Köln"

    def test_a_wrong_signature_is_wrong(self, greenhouse: Simulator, world: World) -> None:
        with receiving() as receiver:
            greenhouse.hook(receiver.address)
            world.edit(2, title="Baker")
            greenhouse.deliver(wrong_signature=True)
            secret = greenhouse.credentials["webhook_secret"].encode()
            digest = hmac.new(secret, receiver.bodies[-1], hashlib.sha256).hexdigest()
            assert digest not in receiver.headers[-1]["Signature"]

    def test_a_repetition_keeps_its_id(self, greenhouse: Simulator, world: World) -> None:
        with receiving() as receiver:
            greenhouse.hook(receiver.address)
            world.edit(2, title="Baker")
            world.edit(2, title="Butcher")
            greenhouse.deliver(twice=True)
            ids = [headers["Greenhouse-Event-ID"] for headers in receiver.headers[1:]]
        assert ids[0] == ids[1] != ids[2] == ids[3]

    def test_bodies_are_nested_and_have_a_third_vocabulary(
        self, greenhouse: Simulator, world: World
    ) -> None:
        with receiving() as receiver:
            greenhouse.hook(receiver.address)
            number = world.apply(2, 1)
            world.move(number, 3)
            world.hire(number)
            world.unhire(number)
            world.reject(number)
            greenhouse.deliver()
            bodies = [json.loads(body) for body in receiver.bodies[1:]]
        assert [body["action"] for body in bodies] == [
            "new_candidate_application",
            "candidate_stage_change",
            "hire_candidate",
            "unhire_candidate",
            "reject_candidate",
        ]
        applications = [body["payload"]["application"] for body in bodies]
        assert [one["status"] for one in applications][-2:] == ["active", "rejected"]
        assert applications[2]["status"] == "hired"
        assert {one["candidate"]["id"] for one in applications} == {candidate(2)}
        assert applications[0]["jobs"][0]["id"] == Base.JOB + 1

    def test_people_and_jobs_are_told_of(self, greenhouse: Simulator, world: World) -> None:
        with receiving() as receiver:
            greenhouse.hook(receiver.address)
            world.merge(2, 3)
            world.anonymise(4)
            world.delete(5)
            world.close_role(world.open_role(title="Baker"))
            assert [one.event for one in greenhouse.deliver()] == [
                "merge_candidate",
                "candidate_anonymized",
                "delete_candidate",
                "job_created",
                "job_updated",
            ]
            assert json.loads(receiver.bodies[3])["payload"]["candidate"]["id"] == candidate(5)
