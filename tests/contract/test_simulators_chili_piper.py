"""The simulated Chili Piper: what the contract says of the real one, over sockets."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.contract.clocks import NOW, Clock
from tests.contract.receiver import receiving
from warmbench.simulators import Limits, Simulator, World, running
from warmbench.simulators.chili_piper import NEW, UPDATED, ChiliPiper

WEEK = {"start": "2026-11-22T00:00:00Z", "end": "2026-11-29T00:00:00Z"}


@pytest.fixture
def chili(clock: Clock) -> Iterator[Simulator]:
    with running("chili_piper", World(candidates=2, roles=1, clock=clock)) as simulator:
        yield simulator


@pytest.fixture
def api(chili: Simulator) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {chili.credentials['api_key']}"}
    with httpx.Client(verify=False, base_url=chili.addresses["api"], headers=headers) as client:
        yield client


def people(simulator: Simulator) -> ChiliPiper:
    """What people do there."""
    assert isinstance(simulator.vendor, ChiliPiper)
    return simulator.vendor


def link(api: httpx.Client, kind: str = "round-robin") -> str:
    answer = api.post(f"v1/org/schedulingLinks/list-{kind}", json={"page": 0, "pageSize": 10})
    body = answer.json()
    assert body.keys() == {"results", "total", "page", "pageSize"}
    url: str = body["results"][0]["url"]
    return url


def meetings(api: httpx.Client, **asked: Any) -> httpx.Response:
    return api.put("v2/org/meetings/meetings", json={**WEEK, **asked})


class TestKey:
    def test_is_good_with_the_word_before_it_only(
        self, chili: Simulator, api: httpx.Client
    ) -> None:
        url = f"{chili.addresses['api']}/v1/org/health/ping"
        bare = httpx.get(url, headers={"Authorization": chili.credentials["api_key"]}, verify=False)

        assert api.get("v1/org/health/ping").status_code == 200
        assert (bare.status_code, bare.headers["Content-Type"][:10]) == (401, "text/plain")
        chili.faults.add("expire")
        assert api.get("v1/org/health/ping").status_code == 401


class TestMeetings:
    def test_say_in_a_word_whether_there_are_more(
        self, chili: Simulator, api: httpx.Client
    ) -> None:
        for at in range(3):
            people(chili).book(link(api), email=f"p{at}@example.com")
        first, second = (meetings(api, page=page, pageSize=2).json() for page in (0, 1))

        assert (first["hasMore"], second["hasMore"]) == ("Yes", "No")
        ids = {row["id"] for one in (first, second) for row in one["data"]}
        assert len(ids) == 3

    def test_are_listed_for_a_week_at_most(self, chili: Simulator, api: httpx.Client) -> None:
        long = meetings(api, end="2026-11-30T00:00:00Z")
        without = api.put("v2/org/meetings/meetings", json={"start": WEEK["start"]})
        wrong = meetings(api, page="first")

        assert (long.status_code, without.status_code, wrong.status_code) == (400, 400, 400)
        assert long.json().keys() == {"errorCode", "errorMessage", "arguments"}
        assert without.headers["Content-Type"].startswith("text/plain")
        assert meetings(api, status="Lost").status_code == 400

    def test_stand_somewhere(self, chili: Simulator, api: httpx.Client, clock: Clock) -> None:
        url = f"{link(api)}?utm_content=t-17&email=ana@example.com"
        keys = [people(chili).book(url) for _ in range(4)]
        people(chili).cancel(keys[0])
        people(chili).no_show(keys[1])
        people(chili).reschedule(keys[2], NOW + timedelta(days=4))
        clock.on(days=3)

        states = [api.get(f"v1/org/meetings/get/{key}").json()["status"] for key in keys]
        assert states == ["Canceled", "NoShow", "Active", "Completed"]
        assert len(meetings(api, status="NoShow").json()["data"]) == 1
        assert meetings(api, workspaceIds=["another"]).json()["data"] == []
        row = api.get(f"v1/org/meetings/get/{keys[3]}").json()
        assert row["primaryGuestDataFields"]["utm_content"] == "t-17"

    def test_that_there_are_not_are_missing_in_plain_words(self, api: httpx.Client) -> None:
        answers = [
            api.get("v1/org/meetings/get/nothing"),
            api.post("v1/org/schedulingLinks/list-horses", json={}),
            api.get("v1/nowhere"),
        ]

        assert [one.status_code for one in answers] == [404] * 3
        assert {one.headers["Content-Type"][:10] for one in answers} == {"text/plain"}

    @pytest.mark.parametrize("kind", ["round-robin", "admin-one-on-one", "group", "ownership"])
    def test_are_booked_with_links_of_each_kind(
        self, chili: Simulator, api: httpx.Client, kind: str
    ) -> None:
        assert people(chili).book(link(api, kind), email="ana@example.com")


class TestWebhooks:
    def test_are_flat_and_unsigned(self, chili: Simulator, api: httpx.Client) -> None:
        with receiving() as ours:
            chili.hook(f"{ours.address}/new", events=frozenset({NEW}))
            chili.hook(f"{ours.address}/update", events=frozenset({UPDATED}))
            key = people(chili).book(f"{link(api)}?utm_content=t-17", email="ana@example.com")
            people(chili).reschedule(key, NOW + timedelta(days=4))
            people(chili).cancel(key)
            chili.deliver()

        bodies = [json.loads(body) for body in ours.bodies]
        assert [one["meetingStartTime"] for one in bodies] == [
            "2026-11-24T12:00:00Z",
            "2026-11-26T12:00:00Z",
        ]
        assert {one["meetingIdChili"] for one in bodies} == {key}
        assert bodies[0]["primaryGuestEmail"] == "ana@example.com"
        assert not [name for name in ours.headers[0] if "signature" in name.lower()]

    def test_are_not_sent_again(self, chili: Simulator, api: httpx.Client) -> None:
        with receiving() as ours:
            ours.answers += [500, 500]
            chili.hook(ours.address)
            people(chili).book(link(api), email="ana@example.com")
            chili.deliver()
            chili.deliver()

        assert len(ours.bodies) == 1


def test_limits_are_ours_to_set(clock: Clock) -> None:
    world = World(candidates=1, roles=1, clock=clock)
    with running("chili_piper", world, limits=Limits(calls=1, seconds=60)) as simulator:
        headers = {"Authorization": f"Bearer {simulator.credentials['api_key']}"}
        url = f"{simulator.addresses['api']}/v1/org/health/ping"
        statuses = [httpx.get(url, headers=headers, verify=False).status_code for _ in range(2)]

    assert statuses == [200, 429]
