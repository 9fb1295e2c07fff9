"""What all simulators share: an invented agency, a server, faults, limits, webhooks."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import yaml

from tests.contract.clocks import Clock
from tests.contract.receiver import PLAIN, receiving
from warmbench.simulators import Limits, Simulator, World, people, running, sample
from warmbench.simulators.greenhouse_ids import Base
from warmbench.simulators.pace import Pace
from warmbench.simulators.records import Change, Person

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def world(clock: Clock) -> World:
    return World(candidates=60, roles=5, clock=clock)


@pytest.fixture
def lever(world: World) -> Iterator[Simulator]:
    with running("lever", world, limits=Limits()) as simulator:
        yield simulator


@pytest.fixture
def client(lever: Simulator) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=lever.addresses["api"], auth=(lever.credentials["api_key"], ""), verify=PLAIN
    ) as client:
        yield client


class TestWorld:
    def test_the_same_seed_makes_the_same_people(self, clock: Clock) -> None:
        one, same, other = (World(50, 5, seed=seed, clock=clock) for seed in (1, 1, 2))
        assert one.people == same.people
        assert one.applications == same.applications
        assert one.people != other.people

    def test_everybody_has_an_application_or_is_a_prospect(self, world: World) -> None:
        assert all(world.applications_of(number) for number in world.people)
        assert {one.role is None for one in world.applications.values()} == {True, False}

    def test_mails_go_to_names_that_nobody_owns(self) -> None:
        world = World(500, 0, clock=Clock())
        mails = [mail for one in world.people.values() for mail in one.emails if "@" in mail]
        ends = (".example.com", "@example.com", "@example.org", "@example.net")
        assert all(mail.strip().lower().endswith(ends) for mail in mails)

    def test_what_is_odd_about_real_people_is_there(self) -> None:
        everybody = World(1000, 5, clock=Clock()).people.values()
        assert any(not one.emails for one in everybody)
        assert any(not one.first_name for one in everybody)
        assert any(not one.title for one in everybody)
        assert any(one.consent is False for one in everybody)
        assert any(one.consent_until and one.consent_until < NOW for one in everybody)
        assert any(one.is_private for one in everybody)
        assert any(one.opted_out for one in everybody)
        first = [one.emails[0] for one in everybody if one.emails]
        assert len(set(first)) < len(first), "nobody is there twice"

    def test_titles_and_skills_are_those_of_the_tag_tree(self, world: World) -> None:
        tree = yaml.safe_load(people._TREE.read_text(encoding="utf-8"))
        skills = {
            skill["name"]
            for category in tree["categories"]
            for specialty in category["specialties"]
            for skill in specialty["skills"]
        }
        assert all(set(one.skills) <= skills for one in world.people.values())

    def test_nobody_changed_in_the_last_day_before_the_start(self, world: World) -> None:
        assert all(one.updated_at <= NOW - timedelta(days=1) for one in world.people.values())

    def test_a_change_is_stamped_and_told(self, world: World, clock: Clock) -> None:
        heard: list[Change] = []
        world.listen(heard.append)
        clock.on(minutes=5)
        world.edit(1, title="Plumber", city=world.people[1].city)
        assert world.people[1].updated_at == clock.now
        assert [(one.what, one.id, one.fields) for one in heard] == [
            ("person.updated", 1, ("title",))
        ]

    def test_what_is_the_same_changes_nothing(self, world: World) -> None:
        world.edit(1, title=world.people[1].title)
        assert not world.changes

    def test_hired_and_back(self, world: World, clock: Clock) -> None:
        number = world.apply(1, 2)
        world.move(number, 4)
        world.hire(number)
        one = world.applications[number]
        assert (one.state, one.hired_at, one.stage) == ("hired", clock.now, 4)
        world.unhire(number)
        assert (one.state, one.hired_at) == ("active", None)
        world.reject(number, "Withdrew")
        assert (one.state, one.reason) == ("rejected", "Withdrew")
        world.unreject(number)
        assert [change.what for change in world.changes] == [
            "application.created",
            "application.moved",
            "application.hired",
            "application.unhired",
            "application.rejected",
            "application.unrejected",
        ]

    def test_a_merge_leaves_one_with_everything(self, world: World) -> None:
        kept = world.add(first_name="Ana", emails=["ana@example.com"])
        gone = world.add(first_name="Ana", emails=["ana@example.org"], opted_out=True)
        applied = {one.number for number in (kept, gone) for one in world.applications_of(number)}
        world.note(gone, "Called.")
        world.merge(kept, gone)
        assert gone not in world.people
        assert world.people[kept].emails == ["ana@example.com", "ana@example.org"]
        assert world.people[kept].opted_out
        assert {one.number for one in world.applications_of(kept)} == applied
        assert [one.body for one in world.notes_of(kept)] == ["Called."]
        assert [one.number for one in world.with_email("ANA@example.org")] == [kept]

    def test_who_is_deleted_is_gone_with_everything(self, world: World) -> None:
        number = world.add(first_name="Ben", emails=["ben@example.com"])
        world.note(number, "Called.")
        world.delete(number)
        assert number not in world.people
        assert not world.applications_of(number)
        assert not world.notes_of(number)
        assert not world.with_email("ben@example.com")

    def test_who_is_anonymised_stays_without_a_name(self, world: World) -> None:
        world.anonymise(1)
        one = world.people[1]
        assert one.is_anonymised
        assert all(not getattr(one, name) for name in people.PERSONAL)

    def test_numbers_are_never_given_twice(self, world: World) -> None:
        last = world.add(first_name="Chen")
        world.delete(last)
        assert world.add(first_name="Chen") == last + 1

    def test_many_threads_change_it_at_once(self, world: World) -> None:
        with ThreadPoolExecutor(8) as pool:
            added = list(pool.map(lambda at: world.add(first_name=str(at)), range(200)))
        assert len(set(added)) == 200
        assert len(world.changes) == 400
        assert [one.number for one in world.changes] == list(range(1, 401))

    def test_a_role_ends(self, world: World, clock: Clock) -> None:
        role = world.open_role(title="Nurse", skills=["Triage"])
        world.close_role(role, "filled")
        assert (world.roles[role].state, world.roles[role].closed_at) == ("filled", clock.now)
        world.edit_role(role, state="open")
        assert world.roles[role].closed_at is None

    def test_a_large_world_is_made_quickly(self) -> None:
        began = time.process_time()
        world = World(10_000, 400, clock=Clock())
        assert time.process_time() - began < 4
        assert 13_000 < len(world.applications) < 15_000


class TestServer:
    def test_calls_are_counted_by_template(self, lever: Simulator, client: httpx.Client) -> None:
        client.get("/users", params={"limit": 5})
        client.get("/opportunities/unknown")
        assert lever.calls["GET /v1/users"] == 1
        assert lever.calls["GET /v1/opportunities/{id}"] == 1
        assert [(one.path, one.status) for one in lever.calls.last] == [
            ("/v1/users", 200),
            ("/v1/opportunities/unknown", 404),
        ]

    def test_only_what_succeeded_is_a_write(self, lever: Simulator, client: httpx.Client) -> None:
        found = client.get("/opportunities", params={"limit": 1}).json()["data"][0]["id"]
        client.post(f"/opportunities/{found}/addTags", json={"tags": ["warm"]})
        client.post(f"/opportunities/{found}/addTags", json={"tags": "warm"})
        assert [(one.kind, one.id, one.body) for one in lever.writes] == [
            ("POST /v1/opportunities/{id}/addTags", found, {"tags": ["warm"]})
        ]

    def test_one_connection_serves_many_calls(self, lever: Simulator, client: httpx.Client) -> None:
        answers = [client.get("/users") for _ in range(20)]
        assert {one.extensions["network_stream"] for one in answers} == {
            answers[0].extensions["network_stream"]
        }

    def test_a_closed_one_answers_nobody(self, world: World) -> None:
        with running("lever", world) as simulator, httpx.Client() as client:
            url = f"{simulator.addresses['api']}/users"
            assert client.get(url).status_code == 401
        with pytest.raises(httpx.TransportError), httpx.Client() as client:
            client.get(url)

    def test_kept_connections_end_with_it(self, world: World) -> None:
        with httpx.Client() as client:
            with running("lever", world) as simulator:
                url = f"{simulator.addresses['api']}/users"
                client.get(url)
            with pytest.raises(httpx.TransportError):
                client.get(url)

    def test_a_body_that_is_no_json_is_refused(self, client: httpx.Client) -> None:
        found = client.get("/opportunities", params={"limit": 1}).json()["data"][0]["id"]
        answer = client.post(f"/opportunities/{found}/addTags", content=b"{")
        assert answer.status_code == 400


class TestFaults:
    @pytest.mark.parametrize(
        ("kind", "status"),
        [
            ("throttled", 429),
            ("throttled_bare", 429),
            ("broken", 500),
            ("unavailable", 503),
            ("redirected", 302),
        ],
    )
    def test_a_fault_hits_so_many_calls(
        self, lever: Simulator, client: httpx.Client, kind: str, status: int
    ) -> None:
        lever.faults.add(kind, times=2)  # type: ignore[arg-type]
        assert [client.get("/users").status_code for _ in range(3)] == [status, status, 200]

    def test_a_redirection_leads_elsewhere(self, lever: Simulator, client: httpx.Client) -> None:
        lever.faults.add("redirected")
        assert httpx.URL(client.get("/users").headers["location"]).host != "127.0.0.1"

    def test_a_fault_waits_for_its_path(self, lever: Simulator, client: httpx.Client) -> None:
        lever.faults.add("broken", path="GET /v1/stages")
        assert client.get("/users").status_code == 200
        assert client.get("/stages").status_code == 500

    def test_a_truncated_answer_is_no_json(self, lever: Simulator, client: httpx.Client) -> None:
        lever.faults.add("truncated")
        answer = client.get("/users")
        assert "content-length" not in answer.headers
        with pytest.raises(ValueError, match="line 1"):
            answer.json()
        assert client.get("/users").json()["data"]

    def test_a_slow_answer_comes_in_the_end(self, lever: Simulator, client: httpx.Client) -> None:
        lever.faults.add("slow", wait=0.0005)
        assert client.get("/stages").json()["data"]

    def test_a_dropped_write_has_happened(
        self, lever: Simulator, client: httpx.Client, world: World
    ) -> None:
        found = client.get("/opportunities", params={"limit": 1}).json()["data"][0]["id"]
        lever.faults.add("dropped", path="addTags")
        with pytest.raises(httpx.RemoteProtocolError):
            client.post(f"/opportunities/{found}/addTags", json={"tags": ["kept"]})
        assert client.get(f"/opportunities/{found}").json()["data"]["tags"][-1] == "kept"
        assert len(lever.writes) == 1

    def test_an_unknown_fault_is_refused(self, lever: Simulator) -> None:
        with pytest.raises(ValueError, match="no fault"):
            lever.faults.add("explode")  # type: ignore[arg-type]

    def test_faults_can_be_forgotten(self, lever: Simulator, client: httpx.Client) -> None:
        lever.faults.add("broken", times=9)
        lever.faults.clear()
        assert client.get("/users").status_code == 200


class TestPace:
    def test_a_window_begins_anew(self, clock: Clock) -> None:
        pace = Pace(clock)
        assert [pace.window("key", 2, 30).allowed for _ in range(3)] == [True, True, False]
        assert pace.window("another", 2, 30).allowed
        clock.on(seconds=30)
        assert pace.window("key", 2, 30).left == 1

    def test_a_bucket_fills_again(self, clock: Clock) -> None:
        pace = Pace(clock)
        assert sum(pace.bucket("key", 10, 20) for _ in range(40)) in range(20, 23)
        clock.on(seconds=1)
        assert sum(pace.bucket("key", 10, 20) for _ in range(40)) in range(10, 13)

    def test_a_frozen_clock_does_not_stop_it(self, clock: Clock) -> None:
        pace = Pace(clock)
        assert pace.window("key", 1, 0.02).allowed
        assert not pace.window("key", 1, 0.02).allowed
        time.sleep(0.03)
        assert pace.window("key", 1, 0.02).allowed

    def test_a_day_ends_at_midnight(self, clock: Clock) -> None:
        pace = Pace(clock)
        assert pace.day("key", 1) == (True, 0, 15 * 3600)
        assert not pace.day("key", 1).allowed
        clock.on(hours=15)
        assert pace.day("key", 1).allowed


class TestWebhooks:
    def test_they_wait_until_they_are_asked_for(self, lever: Simulator, world: World) -> None:
        with receiving() as receiver:
            lever.hook(receiver.address)
            world.hire(world.apply(1, 1))
            assert not receiver.bodies
            assert [one.event for one in lever.deliver()] == [
                "applicationCreated",
                "candidateHired",
                "candidateArchiveChange",
            ]
            assert len(receiver.bodies) == 3
            assert not lever.deliver()

    def test_they_come_twice_or_the_other_way_round(self, lever: Simulator, world: World) -> None:
        with receiving() as receiver:
            lever.hook(receiver.address)
            world.move(world.apply(1, 1), 2)
            lever.deliver(twice=True, out_of_order=True)
            first, again, second, _ = receiver.bodies
            assert first == again
            assert b"candidateStageChange" in first
            assert b"applicationCreated" in second

    def test_what_fails_is_tried_again(self, lever: Simulator, world: World) -> None:
        with receiving() as receiver:
            lever.hook(receiver.address)
            world.edit(1, title="Baker")
            receiver.answers = [500, 302]
            assert [len(lever.deliver()) for _ in range(4)] == [1, 1, 1, 0]
            assert len(set(receiver.bodies)) == 1

    def test_nobody_is_tried_for_ever(self, lever: Simulator, world: World) -> None:
        with receiving() as receiver:
            lever.hook(receiver.address)
            world.edit(1, title="Baker")
            receiver.answers = [500] * 20
            assert sum(len(lever.deliver()) for _ in range(20)) == 6

    def test_they_go_at_once_if_wanted(self, world: World) -> None:
        with receiving() as receiver:
            with running("lever", world, webhook_url=receiver.address) as simulator:
                world.edit(1, title="Baker")
                simulator.deliver()
            assert len(receiver.bodies) == 1


def test_the_samples_offer_opens_it(clock: Clock, settings: object) -> None:
    with running(
        sample.VENDOR, World(sample.CANDIDATES, sample.ROLES, seed=sample.SEED, clock=clock)
    ) as simulator:
        port = int(simulator.address.rpartition(":")[2])
        settings.SAMPLE_ATS = sample.offer(port, clock=clock)  # type: ignore[attr-defined]
        offer = sample.offered()
        assert offer is not None
        assert offer.addresses == simulator.addresses
        assert offer.credentials == simulator.credentials


def test_outside_the_demo_nothing_is_offered(settings: object) -> None:
    settings.SAMPLE_ATS = None  # type: ignore[attr-defined]
    assert sample.offered() is None


def test_small_calls_are_fast(lever: Simulator) -> None:
    """Some thousands a second on a quiet machine: what is measured is never the simulator."""
    import http.client

    host, port = lever.address.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port))
    began = time.process_time()
    for _ in range(300):
        connection.request("GET", "/v1/users")
        connection.getresponse().read()
    connection.close()
    # Both sides of the talk are in this process.
    assert time.process_time() - began < 300 / 600


def test_ids_do_not_fit_into_32_bits() -> None:
    assert all(base > 2**32 for base in Base)


def test_a_person_without_anything_can_be_added(world: World) -> None:
    assert isinstance(world.people[world.add()], Person)
