"""The simulated Calendly: what the contract says of the real one, over sockets."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.contract.clocks import NOW, Clock
from tests.contract.receiver import Receiver, receiving
from warmbench.simulators import Limits, Simulator, World, running
from warmbench.simulators.calendly import Calendly
from warmbench.simulators.calendly_bookings import LinkError

KEY = "a signing key of ours"


@pytest.fixture
def calendly(clock: Clock) -> Iterator[Simulator]:
    with running("calendly", World(candidates=2, roles=1, clock=clock)) as simulator:
        yield simulator


@pytest.fixture
def api(calendly: Simulator) -> Iterator[httpx.Client]:
    with opened(calendly, calendly.credentials["token"]) as client:
        yield client


def opened(simulator: Simulator, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(verify=False, base_url=simulator.addresses["api"], headers=headers)


def people(simulator: Simulator) -> Calendly:
    """What people do there."""
    assert isinstance(simulator.vendor, Calendly)
    return simulator.vendor


def me(api: httpx.Client) -> dict[str, Any]:
    resource: dict[str, Any] = api.get("/users/me").json()["resource"]
    return resource


def link(api: httpx.Client) -> str:
    kinds = api.get("/event_types", params={"user": me(api)["uri"]}).json()["collection"]
    asked = {"max_event_count": 1, "owner": kinds[0]["uri"], "owner_type": "EventType"}
    answer = api.post("/scheduling_links", json=asked)
    assert answer.status_code == 201
    url: str = answer.json()["resource"]["booking_url"]
    return url


def meetings(api: httpx.Client, **asked: Any) -> Any:
    answer = api.get(
        "/scheduled_events", params={"organization": me(api)["current_organization"], **asked}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


class TestBooking:
    def test_happens_once_with_one_link(self, calendly: Simulator, api: httpx.Client) -> None:
        url = f"{link(api)}?utm_content=t-17&email=ana%40example.com&name=Ana+Invented"
        invitee = people(calendly).book(url)
        row = api.get(invitee).json()["resource"]

        assert (row["email"], row["name"]) == ("ana@example.com", "Ana Invented")
        assert row["tracking"]["utm_content"] == "t-17"
        assert row["status"] == "active"
        with pytest.raises(LinkError):
            people(calendly).book(url)
        with pytest.raises(LinkError):
            people(calendly).book(f"{calendly.address}/nobody/nothing")

    def test_writes_moments_to_the_microsecond_and_ids_as_addresses(
        self, calendly: Simulator, api: httpx.Client
    ) -> None:
        people(calendly).book(link(api), email="ana@example.com", starts_at=NOW)
        [row] = meetings(api)["collection"]

        assert row["start_time"] == "2026-11-22T12:00:00.000000Z"
        assert row["uri"].startswith(calendly.addresses["api"])
        invitees = api.get(f"{row['uri']}/invitees").json()["collection"]
        assert [one["event"] for one in invitees] == [row["uri"]]
        assert api.get(row["uri"]).json()["resource"] == row

    def test_is_found_by_guest_time_and_status(
        self, calendly: Simulator, api: httpx.Client, clock: Clock
    ) -> None:
        first = people(calendly).book(link(api), email="ana@example.com", starts_at=NOW)
        later = NOW + timedelta(days=3)
        people(calendly).book(link(api), email="ben@example.com", starts_at=later)
        people(calendly).cancel(first, reason="Ill")

        [ana] = meetings(api, invitee_email="Ana@example.com")["collection"]
        assert ana["cancellation"]["reason"] == "Ill"
        assert len(meetings(api, status="active")["collection"]) == 1
        after = {"min_start_time": "2026-11-23T00:00:00.000000Z"}
        assert len(meetings(api, **after)["collection"]) == 1
        before = {"max_start_time": "2026-11-23T00:00:00Z", "sort": "start_time:desc"}
        assert meetings(api, **before)["collection"] == [ana]

    def test_comes_in_pages(self, calendly: Simulator, api: httpx.Client) -> None:
        page = f"{me(api)['scheduling_url']}/interview"
        made = [people(calendly).book(page, email=f"p{at}@example.com") for at in range(5)]
        first = meetings(api, count=2)
        second = meetings(api, count=2, page_token=first["pagination"]["next_page_token"])
        third = api.get(second["pagination"]["next_page"]).json()

        rows = [row["uri"] for one in (first, second, third) for row in one["collection"]]
        assert len(set(rows)) == len(made)
        assert first["pagination"].keys() == {
            "count",
            "next_page",
            "next_page_token",
            "previous_page",
            "previous_page_token",
        }
        assert third["pagination"]["next_page_token"] is None
        assert second["pagination"]["previous_page_token"] is not None

    def test_refuses_what_is_wrong(self, calendly: Simulator, api: httpx.Client) -> None:
        wrong = {"max_event_count": 2, "owner": "?", "owner_type": "EventType"}
        answer = api.post("/scheduling_links", json=wrong)
        statuses = [
            api.get("/scheduled_events").status_code,
            api.get("/scheduled_events", params={"user": "somebody"}).status_code,
            api.get("/event_types", params={"user": me(api)["uri"], "count": 101}).status_code,
            api.get("/scheduled_events/nothing").status_code,
            api.get("/nowhere").status_code,
        ]

        assert answer.json().keys() == {"title", "message", "details"}
        assert statuses == [400, 403, 400, 404, 404]


class TestTokens:
    def test_are_wanted(self, calendly: Simulator, api: httpx.Client) -> None:
        answer = httpx.get(f"{calendly.address}/users/me", verify=False)
        calendly.faults.add("expire")

        assert answer.status_code == 401
        assert answer.json()["title"] == "Unauthenticated"
        assert api.get("/users/me").status_code == 401

    def test_of_applications_are_renewed_once(self, calendly: Simulator, clock: Clock) -> None:
        there = "https://warmbench.example.com/back"
        asked = {"response_type": "code", "redirect_uri": there, "state": "s"}
        client, secret = people(calendly).application
        sent = httpx.get(
            f"{calendly.addresses['auth']}/oauth/authorize",
            params={**asked, "client_id": client},
            verify=False,
        )
        words = parse_qs(urlsplit(sent.headers["Location"]).query)
        url = f"{calendly.addresses['auth']}/oauth/token"
        form = {"grant_type": "authorization_code", "code": words["code"][0]}
        first = httpx.post(
            url, data={**form, "redirect_uri": there}, auth=(client, secret), verify=False
        ).json()
        clock.on(hours=3)
        again = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        second = httpx.post(
            url, data={**again, "client_id": client, "client_secret": secret}, verify=False
        )
        third = httpx.post(url, data=again, auth=(client, secret), verify=False)

        assert words["state"] == ["s"]
        assert third.status_code == 400
        with opened(calendly, first["access_token"]) as api:
            assert api.get("/users/me").status_code == 401
        with opened(calendly, second.json()["access_token"]) as api:
            assert me(api)["uri"] == second.json()["owner"]

    def test_are_not_given_too_often(self, calendly: Simulator) -> None:
        url = f"{calendly.addresses['auth']}/oauth/token"
        statuses = [
            httpx.post(url, data={"grant_type": "?"}, verify=False).status_code for _ in range(9)
        ]

        assert statuses == [401] * 8 + [429]


class TestLimits:
    def test_always_end_in_a_minute(self, calendly: Simulator, clock: Clock) -> None:
        calendly.limits.calls = 2
        with opened(calendly, calendly.credentials["token"]) as api:
            answers = [api.get("/users/me")]
            clock.on(seconds=30)
            answers += [api.get("/users/me") for _ in range(2)]
            clock.on(seconds=31)
            answers.append(api.get("/users/me"))

        assert [one.status_code for one in answers] == [200, 200, 429, 200]
        assert [one.headers["X-RateLimit-Remaining"] for one in answers] == ["1", "0", "0", "1"]
        assert {one.headers["X-RateLimit-Reset"] for one in answers} == {"60"}

    def test_can_be_none(self, clock: Clock) -> None:
        world = World(candidates=1, roles=1, clock=clock)
        with running("calendly", world, limits=Limits()) as simulator:
            with opened(simulator, simulator.credentials["token"]) as api:
                answer = api.get("/users/me")
            simulator.faults.add("throttled_bare")
            bare = httpx.get(f"{simulator.address}/users/me", verify=False)

        assert "X-RateLimit-Limit" not in answer.headers
        assert "X-RateLimit-Limit" not in bare.headers


class TestWebhooks:
    EVENTS = ["invitee.created", "invitee.canceled", "invitee_no_show.created"]

    def subscribe(self, api: httpx.Client, url: str, **other: Any) -> httpx.Response:
        who = me(api)
        asked = {
            "url": url,
            "events": self.EVENTS,
            "organization": who["current_organization"],
            "user": who["uri"],
            "scope": "user",
            "signing_key": KEY,
        }
        return api.post("/webhook_subscriptions", json={**asked, **other})

    def bodies(self, ours: Receiver) -> list[Any]:
        return [json.loads(body) for body in ours.bodies]

    def test_are_signed_over_time_and_bytes(self, calendly: Simulator, api: httpx.Client) -> None:
        with receiving() as ours:
            made = self.subscribe(api, ours.address)
            people(calendly).book(f"{link(api)}?utm_content=t-17", email="ana@example.com")
            calendly.deliver()

        headers, body = ours.headers[0], ours.bodies[0]
        at, signature = (
            part.partition("=")[2] for part in headers["Calendly-Webhook-Signature"].split(",")
        )
        wanted = hmac.new(KEY.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        assert made.status_code == 201
        assert (signature, at) == (wanted, str(int(NOW.timestamp())))
        [said] = self.bodies(ours)
        assert said.keys() == {"event", "created_at", "created_by", "payload"}
        assert said["payload"]["tracking"]["utm_content"] == "t-17"

    def test_of_a_moved_meeting_are_two(self, calendly: Simulator, api: httpx.Client) -> None:
        with receiving() as ours:
            calendly.hook(ours.address, secret=KEY)
            old = people(calendly).book(link(api), email="ana@example.com")
            new = people(calendly).reschedule(old, NOW + timedelta(days=9))
            people(calendly).no_show(new)
            people(calendly).no_show(new, undo=True)
            calendly.deliver()

        said = [(one["event"], one["payload"]) for one in self.bodies(ours)]
        assert [event for event, _ in said] == [
            "invitee.created",
            "invitee.canceled",
            "invitee.created",
            "invitee_no_show.created",
            "invitee_no_show.deleted",
        ]
        assert said[1][1]["rescheduled"] is True
        assert said[1][1]["new_invitee"] == new
        assert said[2][1]["old_invitee"] == old
        assert said[3][1]["no_show"]["uri"]
        assert said[4][1]["no_show"] is None

    def test_come_only_of_what_was_asked_for_and_can_be_spoilt(
        self, calendly: Simulator, api: httpx.Client
    ) -> None:
        with receiving() as ours:
            calendly.hook(ours.address, secret=KEY, events=frozenset({"invitee.canceled"}))
            who = people(calendly).book(link(api), email="ana@example.com")
            people(calendly).cancel(who, by="host")
            calendly.deliver(twice=True, wrong_signature=True)

        headers, body = ours.headers[0], ours.bodies[0]
        at = str(int(NOW.timestamp()))
        right = hmac.new(KEY.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        assert [one["event"] for one in self.bodies(ours)] == ["invitee.canceled"] * 2
        assert not headers["Calendly-Webhook-Signature"].endswith(right)

    def test_are_listed_and_dropped(self, calendly: Simulator, api: httpx.Client) -> None:
        made = self.subscribe(api, "https://warmbench.example.com/hook").json()["resource"]
        again = self.subscribe(api, "https://warmbench.example.com/hook")
        asked = {"organization": made["organization"], "scope": "user"}
        listed = api.get("/webhook_subscriptions", params=asked).json()["collection"]

        assert again.status_code == 409
        assert listed == [made]
        assert api.get(made["uri"]).json()["resource"] == made
        assert api.delete(made["uri"]).status_code == 204
        assert api.get(made["uri"]).status_code == 404
        assert api.get("/webhook_subscriptions").status_code == 400

    def test_want_a_paid_plan_and_right_words(self, calendly: Simulator, api: httpx.Client) -> None:
        url = "https://warmbench.example.com/hook"
        statuses = [
            self.subscribe(api, url, **wrong).status_code
            for wrong in (
                {"events": ["sun.rise"]},
                {"scope": "world"},
                {"organization": "?"},
                {"user": "?"},
            )
        ]
        people(calendly).is_paid = False

        assert statuses == [400] * 4
        assert self.subscribe(api, url).status_code == 403
