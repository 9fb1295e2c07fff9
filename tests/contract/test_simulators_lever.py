"""The simulated Lever does what its contract says, and sets every trap that it names."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest

from tests.contract.clocks import Clock
from tests.contract.receiver import PLAIN, receiving
from warmbench.simulators import Limits, Simulator, World, running
from warmbench.simulators.lever import Lever
from warmbench.simulators.lever_hooks import EVENTS
from warmbench.simulators.lever_ids import ms, number, uuid

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
# It keeps no connection: those would outlive their servers.
HTTP = httpx.Client(verify=PLAIN, limits=httpx.Limits(max_keepalive_connections=0))
BLANK = {"name": "", "headline": "", "phones": [], "emails": [], "links": []}


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def world(clock: Clock) -> World:
    return World(candidates=230, roles=12, clock=clock)


@pytest.fixture
def lever(world: World) -> Iterator[Simulator]:
    with running("lever", world, limits=Limits(token_life=3600)) as simulator:
        yield simulator


@pytest.fixture
def vendor(lever: Simulator) -> Lever:
    assert isinstance(lever.vendor, Lever)
    return lever.vendor


@pytest.fixture
def client(lever: Simulator) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=lever.addresses["api"], auth=(lever.credentials["api_key"], ""), verify=PLAIN
    ) as client:
        yield client


@pytest.fixture
def opening(world: World) -> str:
    """The opportunity of somebody with everything that a mutation hides."""
    person = world.add(
        first_name="Ana",
        last_name="Lima",
        title="Nurse",
        employer="Clinic",
        emails=["ana@example.com"],
        phones=["+442079460123"],
        links=["https://www.linkedin.com/in/ana"],
        tags=["keep warm"],
        role=1,
    )
    return uuid("opportunity", world.applications_of(person)[0].number)


def walk(client: httpx.Client, path: str, **params: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    while True:
        answer = client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        rows += body["data"]
        if not body["hasNext"]:
            assert "next" not in body
            return rows
        params["offset"] = body["next"]


class TestLettingIn:
    def test_the_key_is_the_user_name_and_there_is_no_password(self, lever: Simulator) -> None:
        url, key = f"{lever.addresses['api']}/users", lever.credentials["api_key"]
        answers = [HTTP.get(url, auth=pair) for pair in ((key, ""), (key, key), ("", key))]
        assert [one.status_code for one in answers] == [200, 401, 401]
        assert answers[0].headers["x-lever-region"] == "global"
        assert set(answers[1].json()) == {"code", "message"}

    def test_partners_come_by_a_code_and_refresh_once(
        self, lever: Simulator, vendor: Lever, clock: Clock
    ) -> None:
        auth, back = lever.addresses["auth"], "http://127.0.0.1/back"
        asked = HTTP.get(
            f"{auth}/authorize",
            params={
                "client_id": vendor.partner["client_id"],
                "redirect_uri": back,
                "response_type": "code",
                "state": "s",
                "scope": "offline_access opportunities:read:admin",
                "audience": "https://api.lever.co/v1/",
            },
        )
        query = parse_qs(urlsplit(asked.headers["location"]).query)
        assert query["state"] == ["s"]
        form = {
            **vendor.partner,
            "grant_type": "authorization_code",
            "code": query["code"][0],
            "redirect_uri": back,
        }
        first = HTTP.post(f"{auth}/oauth/token", data=form).json()
        assert (first["expires_in"], first["token_type"]) == (3600, "Bearer")
        bearer = {"Authorization": f"Bearer {first['access_token']}"}
        users = f"{lever.addresses['api']}/users"
        assert HTTP.get(users, headers=bearer).status_code == 200
        form = {
            **vendor.partner,
            "grant_type": "refresh_token",
            "refresh_token": first["refresh_token"],
        }
        second = HTTP.post(f"{auth}/oauth/token", data=form).json()
        assert second["refresh_token"] != first["refresh_token"]
        assert HTTP.post(f"{auth}/oauth/token", data=form).json()["error"] == "invalid_grant"
        clock.on(hours=1)
        assert HTTP.get(users, headers=bearer).status_code == 401

    def test_another_audience_is_refused(self, lever: Simulator, vendor: Lever) -> None:
        query = {"client_id": vendor.partner["client_id"], "redirect_uri": "http://x.test/"}
        answer = HTTP.get(f"{lever.addresses['auth']}/authorize", params=query)
        assert answer.status_code == 400

    def test_20_at_once_and_10_a_second_without_a_word_on_when(
        self, world: World, clock: Clock
    ) -> None:
        with running("lever", world) as simulator:
            pair = (simulator.credentials["api_key"], "")
            with httpx.Client(
                base_url=simulator.addresses["api"], auth=pair, verify=PLAIN
            ) as client:
                answers = [client.get("/users") for _ in range(40)]
                assert [one.status_code for one in answers[:20]] == [200] * 20
                full = next(one for one in answers if one.status_code == 429)
                names = set(full.headers)
                assert not [name for name in names if "retry" in name or "limit" in name]
                clock.on(seconds=1)
                assert client.get("/users").status_code == 200


class TestLists:
    def test_a_walk_meets_every_opportunity_once(self, client: httpx.Client, world: World) -> None:
        rows = walk(client, "/opportunities", confidentiality="all")
        ids = [row["id"] for row in rows]
        assert len(ids) == len(set(ids))
        assert {number("opportunity", id_) for id_ in ids} == set(world.applications)

    def test_offsets_look_encoded_and_are_encoded_again(
        self, lever: Simulator, client: httpx.Client
    ) -> None:
        token = client.get("/opportunities", params={"limit": 5}).json()["next"]
        assert token.startswith("%5B")
        assert client.get("/opportunities", params={"offset": token}).status_code == 200
        assert f"offset={quote(token)}" in lever.calls.last[-1].raw_query
        # Put into the address as it is, it is decoded once too often.
        refused = client.get(f"/opportunities?offset={token}")
        assert refused.status_code == 400
        assert "Invalid offset token" in refused.json()["message"]

    def test_a_stale_offset_says_so(
        self, client: httpx.Client, vendor: Lever, clock: Clock
    ) -> None:
        token = client.get("/opportunities", params={"limit": 5}).json()["next"]
        vendor.forget_offsets()
        answers = [client.get("/opportunities", params={"offset": token})]
        token = client.get("/opportunities", params={"limit": 5}).json()["next"]
        clock.on(hours=2)
        answers.append(client.get("/opportunities", params={"offset": token}))
        for answer in answers:
            assert answer.status_code == 400
            assert "Invalid offset token" in answer.json()["message"]

    def test_a_page_has_at_most_100(self, client: httpx.Client) -> None:
        assert len(client.get("/opportunities").json()["data"]) == 100
        assert client.get("/opportunities", params={"limit": 101}).status_code == 400

    @pytest.mark.parametrize("path", ["/webhooks", "/requisition_fields"])
    def test_some_lists_do_not_say_whether_there_is_more(
        self, client: httpx.Client, path: str
    ) -> None:
        assert set(client.get(path).json()) == {"data"}

    def test_most_old_rows_do_not_say_when_they_changed(self, client: httpx.Client) -> None:
        rows = walk(client, "/opportunities")
        without = [row for row in rows if row["updatedAt"] is None]
        assert 0.9 < len(without) / len(rows) < 1

    def test_what_does_not_say_so_is_in_no_window(
        self, client: httpx.Client, world: World, clock: Clock
    ) -> None:
        assert len(walk(client, "/opportunities", updated_at_start=0)) < 30
        clock.on(minutes=1)
        world.edit(2, title="Baker")
        found = walk(client, "/opportunities", updated_at_start=ms(clock.now))
        assert {row["contact"] for row in found} == {uuid("contact", 2)}
        assert {row["updatedAt"] for row in found} == {ms(clock.now)}

    def test_windows_have_both_their_ends_in_them(
        self, client: httpx.Client, world: World, clock: Clock
    ) -> None:
        world.edit(2, title="Baker")
        at = ms(clock.now)
        rows = walk(client, "/opportunities", updated_at_start=at, updated_at_end=at)
        assert {row["contact"] for row in rows} == {uuid("contact", 2)}

    @pytest.mark.parametrize(
        "params",
        [
            {"updated_at_start": "2026-11-22"},
            {"updated_since": 5},
            {"limit": "all"},
        ],
    )
    def test_what_is_misspelt_is_refused(
        self, client: httpx.Client, params: dict[str, Any]
    ) -> None:
        assert client.get("/opportunities", params=params).status_code == 400

    def test_a_parameter_that_is_repeated_is_a_union(
        self, client: httpx.Client, world: World
    ) -> None:
        wanted = [uuid("contact", 2), uuid("contact", 4)]
        rows = client.get("/opportunities", params={"contact_id": wanted}).json()["data"]
        assert {row["contact"] for row in rows} == set(wanted)
        rows = client.get("/opportunities", params={"tag": ["relocates", "keep warm"]}).json()
        assert all({"relocates", "keep warm"} & set(row["tags"]) for row in rows["data"])

    def test_confidential_records_are_hidden_unless_asked_for(
        self, client: httpx.Client, world: World, opening: str
    ) -> None:
        one = world.applications[number("opportunity", opening)]
        world.edit(one.person, is_private=True)
        params = {"contact_id": uuid("contact", one.person)}
        assert client.get("/opportunities", params=params).json()["data"] == []
        assert client.get(f"/opportunities/{opening}").status_code == 404
        (row,) = client.get("/opportunities", params={**params, "confidentiality": "all"}).json()[
            "data"
        ]
        assert row["confidentiality"] == "confidential"

    def test_ids_become_objects_when_expanded(self, client: httpx.Client, opening: str) -> None:
        expand = {"expand": "contact,stage,owner,applications"}
        row = client.get(f"/opportunities/{opening}", params=expand).json()["data"]
        assert row["contact"]["location"] == {"name": ""}
        assert row["stage"] == {"id": "applicant-new", "text": "Application review"}
        assert row["applications"][0]["posting"] == uuid("posting", 1)
        # Who applied has no name there.
        assert row["applications"][0]["name"] == ""

    def test_only_what_is_included_comes(self, client: httpx.Client) -> None:
        rows = client.get("/opportunities", params={"include": ["id", "tags"]}).json()["data"]
        assert set(rows[0]) == {"id", "tags"}

    def test_some_rows_lack_a_key(self, client: httpx.Client) -> None:
        rows = walk(client, "/opportunities")
        assert {"opportunityLocation" in row for row in rows} == {True, False}

    def test_consent_may_be_nothing_or_a_part(self, client: httpx.Client, world: World) -> None:
        world.edit(2, consent=False)
        world.edit(3, consent=True, consent_until=NOW - timedelta(days=1))
        shown = {
            person: client.get(f"/contacts/{uuid('contact', person)}").json()["data"]
            for person in (2, 3, 4, 7)
        }
        assert shown[2]["dataProtection"]["contact"] == {"allowed": False, "expiresAt": None}
        assert "store" not in shown[3]["dataProtection"]
        assert shown[3]["dataProtection"]["contact"]["expiresAt"] < ms(NOW)
        assert shown[4]["dataProtection"] is None
        assert set(shown[7]["dataProtection"]) == {"interviewIntelligence"}

    def test_what_was_deleted_is_listed(
        self, client: httpx.Client, world: World, clock: Clock, opening: str
    ) -> None:
        clock.on(minutes=1)
        world.delete(world.applications[number("opportunity", opening)].person)
        params = {"deleted_at_start": ms(clock.now)}
        (row,) = client.get("/opportunities/deleted", params=params).json()["data"]
        assert (row["id"], row["deletedAt"]) == (opening, ms(clock.now))
        assert client.get(f"/opportunities/{opening}").json()["code"] == "ResourceNotFound"

    def test_who_is_merged_has_one_contact_left(
        self, client: httpx.Client, world: World, opening: str
    ) -> None:
        gone = world.applications[number("opportunity", opening)].person
        world.merge(2, gone)
        assert client.get(f"/contacts/{uuid('contact', gone)}").status_code == 404
        row = client.get(f"/opportunities/{opening}").json()["data"]
        assert row["contact"] == uuid("contact", 2)

    def test_there_is_no_list_of_contacts(self, client: httpx.Client) -> None:
        assert client.get("/contacts").status_code == 404


class TestChanges:
    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("POST", "addTags", {"tags": ["Warmbench"]}),
            ("POST", "removeTags", {"tags": ["keep warm"]}),
            ("POST", "addSources", {"sources": ["Referral"]}),
            ("PUT", "stage", {"stage": "offer"}),
            ("PUT", "archived", {"reason": uuid("reason", 2)}),
        ],
    )
    def test_a_change_answers_with_an_empty_person(
        self, client: httpx.Client, opening: str, method: str, path: str, body: dict[str, Any]
    ) -> None:
        answer = client.request(method, f"/opportunities/{opening}/{path}", json=body)
        assert answer.status_code == 200
        changed = answer.json()["data"]
        assert {name: changed[name] for name in BLANK} == BLANK
        assert changed["id"] == opening
        read = client.get(f"/opportunities/{opening}").json()["data"]
        assert (read["name"], read["emails"]) == ("Ana Lima", ["ana@example.com"])

    def test_links_answer_with_all_of_the_person(self, client: httpx.Client, opening: str) -> None:
        body = {"links": ["https://example.com/ana"]}
        row = client.post(f"/opportunities/{opening}/addLinks", json=body).json()["data"]
        assert row["name"] == "Ana Lima"
        assert len(row["links"]) == 2

    def test_tags_belong_to_one_opportunity(
        self, client: httpx.Client, world: World, opening: str
    ) -> None:
        one = world.applications[number("opportunity", opening)]
        other = uuid("opportunity", world.apply(one.person, 2))
        client.post(f"/opportunities/{opening}/addTags", json={"tags": ["Warmbench"]})
        rows = {
            id_: client.get(f"/opportunities/{id_}").json()["data"]["tags"]
            for id_ in (opening, other)
        }
        assert rows == {opening: ["keep warm", "Warmbench"], other: ["keep warm"]}
        assert "Warmbench" in [row["text"] for row in client.get("/tags").json()["data"]]

    def test_hired_is_a_reason_to_archive_of_a_type_of_its_own(
        self, client: httpx.Client, world: World, opening: str
    ) -> None:
        reasons = client.get("/archive_reasons").json()["data"]
        assert {row["type"] for row in reasons} == {"hired", "non-hired", None}
        (hired,) = client.get("/archive_reasons", params={"type": "hired"}).json()["data"]
        at = f"/opportunities/{opening}"
        client.put(f"{at}/archived", json={"reason": hired["id"]})
        assert world.applications[number("opportunity", opening)].state == "hired"
        archived = client.get(at).json()["data"]["archived"]
        assert archived == {"reason": hired["id"], "archivedAt": ms(NOW)}
        client.put(f"{at}/archived", json={"reason": None})
        assert client.get(at).json()["data"]["archived"] is None
        wrong = client.put(f"{at}/archived", json={"reason": "nonsense"})
        assert wrong.status_code == 400

    def test_leads_have_stages_of_their_own(
        self, client: httpx.Client, world: World, opening: str
    ) -> None:
        ids = [row["id"] for row in client.get("/stages").json()["data"]]
        assert {"lead-new", "lead-reached-out", "applicant-new", "offer"} < set(ids)
        at = f"/opportunities/{opening}"
        client.put(f"{at}/stage", json={"stage": "lead-reached-out"})
        assert client.get(at).json()["data"]["stage"] == "lead-reached-out"
        world.move(number("opportunity", opening), 5)
        assert client.get(at).json()["data"]["stage"] == "offer"

    def test_a_contact_is_replaced_whole(
        self, client: httpx.Client, world: World, opening: str
    ) -> None:
        person = world.applications[number("opportunity", opening)].person
        at = f"/contacts/{uuid('contact', person)}"
        body = {"name": "Ana Lima", "location": "Lyon, FR", "emails": ["ana@example.org"]}
        shown = client.put(at, json=body).json()["data"]
        assert shown["location"] == {"name": "Lyon, FR"}
        assert (shown["phones"], shown["headline"]) == ([], "")
        assert client.put(at, json={"location": {"name": "Lyon"}}).status_code == 400

    def test_a_new_opportunity_finds_its_contact_by_mail(
        self, client: httpx.Client, opening: str
    ) -> None:
        body = {"name": "A. Lima", "emails": ["ANA@example.com"], "postings": [uuid("posting", 2)]}
        assert client.post("/opportunities", json=body).status_code == 400
        acting = {"perform_as": uuid("user", 1)}
        made = client.post("/opportunities", params=acting, json=body)
        assert made.status_code == 201
        assert made.json()["deduped"] is True
        contact = client.get(f"/opportunities/{opening}").json()["data"]["contact"]
        assert made.json()["data"]["contact"] == contact
        new = {"name": "Ben Roe", "emails": ["ben@example.com"]}
        fresh = client.post("/opportunities", params=acting, json=new)
        assert "deduped" not in fresh.json()

    def test_a_note_is_a_form_and_can_be_deleted(self, client: httpx.Client, opening: str) -> None:
        at = f"/opportunities/{opening}/notes"
        made = client.post(at, json={"value": "Opened a mail.", "createdAt": ms(NOW)})
        assert made.status_code == 201
        note = made.json()["data"]
        assert note["fields"][0]["value"] == "Opened a mail."
        assert note["createdAt"] == ms(NOW)
        assert client.get(at).json()["data"] == [note]
        gone = client.delete(f"{at}/{note['id']}")
        assert (gone.status_code, gone.content) == (204, b"")
        assert client.get(at).json()["data"] == []

    @pytest.mark.parametrize(
        ("text", "mentioned"),
        [
            ("Ask @marguerite.holloway", ["marguerite.holloway"]),
            ("Wrote to ana@example.com", []),
            (r"Wrote to \@channel", []),
            ("(@team)", ["team"]),
        ],
    )
    def test_an_at_sign_writes_to_people(
        self, client: httpx.Client, vendor: Lever, opening: str, text: str, mentioned: list[str]
    ) -> None:
        client.post(f"/opportunities/{opening}/notes", json={"value": text})
        assert [word for _, word in vendor.mentions] == mentioned


class TestJobs:
    @pytest.mark.parametrize("more", [{"state": "published"}, {"include": "id"}, {"team": "Sales"}])
    def test_a_window_of_postings_goes_with_nothing_else(
        self, client: httpx.Client, more: dict[str, str]
    ) -> None:
        window = {"updated_at_start": 0}
        assert client.get("/postings", params={**window, **more}).status_code == 400
        assert client.get("/postings", params=more).status_code == 200
        assert client.get("/postings", params={**window, "confidentiality": "all"}).json()["data"]

    def test_published_is_what_the_public_sees(self, client: httpx.Client, world: World) -> None:
        for role in world.roles:
            world.edit_role(role, state="open")
        rows = client.get("/postings", params={"state": "published"}).json()["data"]
        assert all("public" in row["distributionChannels"] for row in rows)
        both = {"state": "published", "distributionChannel": ["public", "internal"]}
        assert len(client.get("/postings", params=both).json()["data"]) > len(rows)

    def test_requisitions_have_no_window_of_changes(self, client: httpx.Client) -> None:
        assert client.get("/requisitions", params={"updated_at_start": 0}).status_code == 400
        rows = client.get("/requisitions").json()["data"]
        assert {"unlimited"} < {row["headcountTotal"] for row in rows}
        assert all(row["updatedAt"] for row in rows)

    def test_a_role_ends(self, client: httpx.Client, world: World) -> None:
        world.edit_role(1, state="on_hold", is_confidential=False)
        at = f"/requisitions/{uuid('requisition', 1)}"
        assert client.get(at).json()["data"]["status"] == "onHold"
        world.close_role(1)
        assert client.get(at).json()["data"]["status"] == "closed"
        posting = client.get(f"/postings/{uuid('posting', 1)}").json()["data"]
        assert (posting["state"], posting["distributionChannels"]) == ("closed", None)

    def test_who_left_is_shown_if_asked_for(self, client: httpx.Client) -> None:
        some = client.get("/users").json()["data"]
        everybody = client.get("/users", params={"includeDeactivated": "true"}).json()["data"]
        assert len(everybody) == len(some) + 1
        assert client.get("/sources").json()["data"]


class TestWebhooks:
    def test_they_are_made_by_the_api_and_show_their_token_once(
        self, lever: Simulator, client: httpx.Client, world: World
    ) -> None:
        with receiving() as receiver:
            body = {"url": receiver.address, "event": "candidateHired"}
            made = client.post("/webhooks", json=body)
            assert made.status_code == 201
            token = made.json()["data"]["configuration"]["signatureToken"]
            assert len(token) == 48
            assert "signatureToken" not in client.get("/webhooks").text
            world.hire(world.apply(2, 1))
            lever.deliver()
            (sent,) = map(json.loads, receiver.bodies)
            assert receiver.headers[0]["User-Agent"] == "Lever-Webhooks"
        message = f"{sent['token']}{sent['triggeredAt']}".encode()
        digest = hmac.new(token.encode(), message, hashlib.sha256).hexdigest()
        assert sent["signature"] == digest
        assert len(sent["token"]) == 48
        at = f"/webhooks/{made.json()['data']['id']}"
        assert client.delete(at).status_code == 204
        assert client.delete(at).status_code == 404

    def test_the_signature_says_nothing_of_the_data(
        self, lever: Simulator, vendor: Lever, world: World
    ) -> None:
        with receiving() as receiver:
            hook = lever.hook(receiver.address)
            world.hire(world.apply(2, 1))
            lever.deliver()
            for sent in map(json.loads, receiver.bodies):
                message = f"{sent['token']}{sent['triggeredAt']}".encode()
                digest = hmac.new(hook.secret.encode(), message, hashlib.sha256).hexdigest()
                assert sent["signature"] == digest

    def test_events_say_what_became_of_an_opportunity(
        self, lever: Simulator, world: World, opening: str
    ) -> None:
        with receiving() as receiver:
            lever.hook(receiver.address)
            at = number("opportunity", opening)
            world.move(at, 5)
            world.hire(at)
            world.unhire(at)
            world.edit(world.applications[at].person, title="Baker")
            world.delete(world.applications[at].person)
            lever.deliver()
            sent = [json.loads(body) for body in receiver.bodies]
        assert [one["event"] for one in sent] == [
            "candidateStageChange",
            "candidateHired",
            "candidateArchiveChange",
            "candidateArchiveChange",
            "contactUpdated",
            "candidateDeleted",
        ]
        assert sent[0]["data"]["toStageId"] == "offer"
        assert sent[0]["data"]["fromStageId"] == "applicant-new"
        assert sent[2]["data"]["toArchived"]["archivedAt"] == ms(NOW)
        assert sent[3]["data"]["toArchived"] is None
        assert {one["event"] for one in sent} <= EVENTS
        about = [one["data"] for one in sent if "opportunityId" in one["data"]]
        assert {one["opportunityId"] for one in about} == {opening}

    def test_some_want_certain_origins_only(
        self, lever: Simulator, client: httpx.Client, world: World
    ) -> None:
        with receiving() as receiver:
            body = {
                "url": receiver.address,
                "event": "applicationCreated",
                "configuration": {"conditions": {"origins": ["referred"]}},
            }
            client.post("/webhooks", json=body)
            world.edit(2, source="Referral")
            world.edit(3, source="Agency")
            world.apply(2, 1)
            world.apply(3, 1)
            lever.deliver()
            (sent,) = map(json.loads, receiver.bodies)
        assert sent["data"]["contactId"] == uuid("contact", 2)

    @pytest.mark.parametrize(
        "body",
        [
            {"url": "http://example.com/hook", "event": "candidateHired"},
            {"url": "https://example.com/hook", "event": "candidateFired"},
            {
                "url": "https://example.com/hook",
                "event": "contactUpdated",
                "configuration": {"conditions": {"origins": ["agency"]}},
            },
        ],
    )
    def test_wrong_ones_are_refused(self, client: httpx.Client, body: dict[str, Any]) -> None:
        assert client.post("/webhooks", json=body).status_code == 400
        assert client.get("/webhooks").json()["data"] == []

    def test_several_are_changed_together(self, client: httpx.Client) -> None:
        body = {"url": "https://example.com/hook", "event": "candidateHired"}
        made = client.post("/webhooks", json=body).json()["data"]
        change = {"data": [{"id": made["id"], "event": "candidateDeleted"}]}
        assert client.put("/webhooks", json=change).json()["data"][0]["event"] == (
            "candidateDeleted"
        )
