"""The client of Greenhouse against a simulated account, over real sockets."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.contract.ats_keys import Kept, keys_for
from tests.contract.clocks import NOW, Clock
from tests.contract.receiver import Receiver, receiving
from warmbench.integrations.ats.answers import Answer
from warmbench.integrations.ats.errors import (
    AuthError,
    CursorError,
    ForbiddenError,
    NotTheirsError,
    RefusedError,
    ThrottledError,
    UnclearError,
    UnreachableError,
)
from warmbench.integrations.ats.greenhouse import Greenhouse
from warmbench.integrations.ats.greenhouse_hooks import hear
from warmbench.integrations.ats.protocol import Call, Keys
from warmbench.integrations.ats.things import Fate, Gone, Note, Person, Told, Window
from warmbench.simulators import Limits, Simulator, World, running

EVERYTHING = Window(None, NOW + timedelta(hours=1))


@pytest.fixture
def world(clock: Clock) -> World:
    return World(candidates=60, roles=6, clock=clock)


@pytest.fixture
def simulator(world: World) -> Iterator[Simulator]:
    with running("greenhouse", world, limits=Limits()) as simulator:
        yield simulator


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def keys(simulator: Simulator, clock: Clock, kept: Kept) -> Keys:
    return keys_for(simulator.credentials, simulator.addresses, clock=clock, kept=kept)


@pytest.fixture
def client(keys: Keys) -> Iterator[Greenhouse]:
    client = Greenhouse(keys)
    yield client
    client.close()


def everybody(client: Greenhouse) -> dict[str, Person]:
    return {one.external_id: one for page in client.people(EVERYTHING, {}) for one in page.items}


def id_with(client: Greenhouse, email: str) -> str:
    [found] = [one for one in everybody(client).values() if email in one.emails]
    return found.external_id


def heard(keys: Keys, taken: Receiver) -> list[Told]:
    calls = zip(taken.headers, taken.bodies, strict=True)
    return [one for headers, body in calls for one in hear(keys, Call(headers, body, NOW))]


def somebody(world: World) -> int:
    return world.add(first_name="Ana", last_name="Lopez", emails=["ana@example.com"], title="Nurse")


class TestReading:
    def test_everybody_comes_once_with_what_is_known_of_them(
        self, client: Greenhouse, world: World
    ) -> None:
        somebody(world)
        found = everybody(client)
        assert len(found) == len(world.people)
        ana = found[id_with(client, "ana@example.com")]
        assert (ana.first_name, ana.last_name, ana.job_title) == ("Ana", "Lopez", "Nurse")
        assert ana.opted_out is False
        assert ana.changed_at == NOW
        assert int(ana.external_id) > 2**32

    def test_pages_follow_cursors_as_they_are_given_until_the_empty_one(
        self, client: Greenhouse, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("warmbench.integrations.ats.greenhouse_reading._PER_PAGE", 7)
        pages = list(client.people(EVERYTHING, {}))
        assert len(pages) == -(-len(world.people) // 7)
        assert pages[-1].cursor is None
        numbers = [one.external_id for page in pages for one in page.items]
        assert len(numbers) == len(set(numbers)) == len(world.people)

        # Another process goes on from the cursor of the second page.
        cursor = json.loads(json.dumps(pages[1].cursor))
        rest = [one.external_id for page in client.people(EVERYTHING, cursor) for one in page.items]
        assert rest == numbers[14:]

    def test_a_page_that_is_not_known_any_more_begins_the_window_anew(
        self, client: Greenhouse, simulator: Simulator
    ) -> None:
        cursor = {"next": f"{simulator.addresses['api']}/candidates?cursor=bm9wZQ%3D%3D&x=1"}
        with pytest.raises(CursorError):
            list(client.people(EVERYTHING, cursor))

    def test_nobody_is_led_to_another_machine_with_our_token(self, client: Greenhouse) -> None:
        cursor = {"next": "http://127.0.0.2:9/v3/candidates?cursor=x"}
        # From its start, the window would lead there again, for ever and untold.
        with pytest.raises(RefusedError):
            list(client.people(EVERYTHING, cursor))

    def test_a_window_holds_what_changed_in_it(
        self, client: Greenhouse, world: World, clock: Clock
    ) -> None:
        number = somebody(world)
        clock.now += timedelta(days=2)
        world.edit(number, title="Head nurse")
        window = Window(clock.now - timedelta(hours=2), clock.now)
        [found] = [one for page in client.people(window, {}) for one in page.items]
        assert found.job_title == "Head nurse"

    def test_applications_are_read_in_whichever_words_they_come(
        self, client: Greenhouse, world: World
    ) -> None:
        number = somebody(world)
        roles = [world.open_role(title=f"Role {one}") for one in range(3)]
        active, rejected, hired = (world.apply(number, role) for role in roles)
        world.reject(rejected)
        world.hire(hired)
        person_id = id_with(client, "ana@example.com")
        theirs = [one for one in client.applications_of(person_id) if one.role_id]
        assert sorted(one.outcome for one in theirs) == ["active", "hired", "rejected"]
        [ended] = [one for one in theirs if one.outcome == "rejected"]
        assert ended.ended_at == NOW
        assert not any(one.is_prospect for one in theirs)
        assert all(one.person_id == person_id and one.stage for one in theirs)
        assert active

        pages = client.applications(EVERYTHING, {})
        found = {one.external_id for page in pages for one in page.items}
        assert {one.external_id for one in theirs} <= found
        assert client.read_applications([theirs[0].external_id]) == [theirs[0]]

    def test_a_prospect_is_told_from_an_applicant(self, client: Greenhouse) -> None:
        found = [one for page in client.applications(EVERYTHING, {}) for one in page.items]
        assert {one.is_prospect for one in found} == {True, False}

    def test_roles_come_with_what_is_public_of_them(self, client: Greenhouse, world: World) -> None:
        world.open_role(title="Keeper of bees", description="<p>We look for <b>you</b>.</p>")
        found = [one for page in client.roles(EVERYTHING, {}) for one in page.items]
        [role] = [one for one in found if one.title == "Keeper of bees"]
        assert role.state == "open"
        assert "We look for" in role.description
        assert client.read_roles([role.external_id]) == [role]
        assert len({one.external_id for one in found}) == len(world.roles)

    def test_a_confidential_job_is_known_by_its_number_only(
        self, client: Greenhouse, world: World
    ) -> None:
        world.open_role(title="Secret successor", is_confidential=True)
        found = [one for page in client.roles(EVERYTHING, {}) for one in page.items]
        assert "Secret successor" not in {one.title for one in found}
        assert [one.state for one in found if one.title.startswith("Confidential")] == ["draft"]

    def test_more_than_fifty_people_are_read_in_portions(
        self, client: Greenhouse, world: World
    ) -> None:
        ids = list(everybody(client))
        gone = ids[0]
        read = client.read_people([*ids, "6409476999999"])
        assert len(read) == len(world.people) + 1
        assert read[-1] == Gone(external_id="6409476999999", fate=Fate.DELETED)
        assert isinstance(read[0], Person)
        assert read[0].external_id == gone

    def test_what_it_does_not_tell_is_empty(self, client: Greenhouse) -> None:
        assert list(client.gone(EVERYTHING, {})) == list(client.events({})) == []


class TestKeys:
    def test_a_token_is_asked_for_once(
        self, client: Greenhouse, simulator: Simulator, kept: Kept
    ) -> None:
        everybody(client)
        everybody(client)
        assert len(kept.history) == 1
        assert simulator.calls["POST /auth/token"] in {0, 1}
        assert kept.tokens["access"]

    def test_a_token_whose_hour_is_over_is_renewed(
        self, client: Greenhouse, clock: Clock, kept: Kept
    ) -> None:
        everybody(client)
        clock.now += timedelta(minutes=61)
        everybody(client)
        assert len(kept.history) == 2

    def test_a_token_that_died_early_is_renewed_once(
        self, client: Greenhouse, simulator: Simulator, kept: Kept
    ) -> None:
        everybody(client)
        simulator.faults.add("expire")
        assert everybody(client)
        assert len(kept.history) == 2

    def test_another_process_renewed_it_meanwhile(
        self, keys: Keys, simulator: Simulator, kept: Kept
    ) -> None:
        one, other = Greenhouse(keys), Greenhouse(keys)
        everybody(one)
        everybody(other)
        simulator.faults.add("expire")
        everybody(one)
        everybody(other)
        assert len({said["access"] for said in kept.history}) == 2
        one.close()
        other.close()

    def test_wrong_keys_are_for_a_person(self, simulator: Simulator, clock: Clock) -> None:
        pasted = {**simulator.credentials, "client_secret": "wrong"}
        client = Greenhouse(keys_for(pasted, simulator.addresses, clock=clock))
        with pytest.raises(AuthError) as raised:
            everybody(client)
        assert "wrong" not in str(raised.value)
        client.close()

    def test_who_is_no_site_admin_is_told_what_is_missing(
        self, simulator: Simulator, clock: Clock, world: World
    ) -> None:
        plain = _plain_user(simulator, clock)
        pasted = {**simulator.credentials, "acting_user_id": plain}
        client = Greenhouse(keys_for(pasted, simulator.addresses, clock=clock))
        found = client.find_out()
        assert any("Site Admin" in one for one in found.warnings)
        with pytest.raises(AuthError, match="403"):
            everybody(client)
        client.close()

    def test_roles_come_without_a_description_where_posts_may_not_be_read(
        self, client: Greenhouse, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        get = client.session.get

        def guarded(path: str, *args: Any) -> Any:
            if "job_posts" in path:
                raise ForbiddenError("no")
            return get(path, *args)

        monkeypatch.setattr(client.session, "get", guarded)
        roles = [one for page in client.roles(EVERYTHING, {}) for one in page.items]
        assert roles
        assert not any(one.description for one in roles)

    def test_a_list_that_leads_in_a_circle_is_left(
        self, client: Greenhouse, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        there = {"Link": f'<{client.keys.addresses["api"]}/notes?cursor=a>; rel="next"'}
        again = Answer(200, httpx.Headers(there), b"[]")
        monkeypatch.setattr(client.session, "get", lambda *_: again)
        with pytest.raises(UnreachableError, match="circle"):
            list(client.rows("/notes", {}))

    def test_a_test_of_the_keys_finds_what_a_mapping_chooses_from(
        self, client: Greenhouse, world: World
    ) -> None:
        found = client.find_out()
        assert found.warnings == ()
        assert found.stages
        assert all(one.id == one.name for one in found.stages)
        assert {one.detail for one in found.users} >= {
            one.email for one in world.recruiters.values()
        }


def _plain_user(simulator: Simulator, clock: Clock) -> str:
    client = Greenhouse(keys_for(simulator.credentials, simulator.addresses, clock=clock))
    users = {one.detail: one.id for one in client.find_out().users}
    client.close()
    recruiters = simulator.world.recruiters.values()
    plain = next(one for one in recruiters if not one.is_admin and one.is_active)
    return users[plain.email]


class TestTroubles:
    def test_where_it_says_how_long_to_wait_that_is_waited(
        self, client: Greenhouse, simulator: Simulator
    ) -> None:
        everybody(client)
        simulator.faults.add("throttled", wait=17)
        with pytest.raises(ThrottledError) as raised:
            everybody(client)
        assert raised.value.until == NOW + timedelta(seconds=17)
        # And nothing is asked before.
        before = sum(simulator.calls.values())
        with pytest.raises(ThrottledError):
            everybody(client)
        assert sum(simulator.calls.values()) == before

    def test_where_it_does_not_say_we_guess(self, client: Greenhouse, simulator: Simulator) -> None:
        everybody(client)
        simulator.faults.add("throttled_bare", times=5)
        with pytest.raises(ThrottledError) as raised:
            everybody(client)
        assert raised.value.until > NOW

    def test_readers_leave_a_fifth_of_the_limit_to_writers(
        self, client: Greenhouse, simulator: Simulator, world: World
    ) -> None:
        person_id = next(iter(everybody(client)))
        simulator.limits.calls, simulator.limits.seconds = 20, 30
        for _ in range(16):
            client.read_people([person_id])
        with pytest.raises(ThrottledError) as raised:
            client.read_people([person_id])
        assert NOW < raised.value.until <= NOW + timedelta(seconds=31)
        client.session.write("PATCH", f"/candidates/{person_id}", {"can_email": False})

    @pytest.mark.parametrize("kind", ["broken", "unavailable", "truncated", "redirected"])
    def test_an_answer_that_is_none_is_tried_again_later(
        self, client: Greenhouse, simulator: Simulator, kind: Any
    ) -> None:
        everybody(client)
        simulator.faults.add(kind, path="candidates", times=2)
        with pytest.raises(UnreachableError):
            everybody(client)

    def test_a_slow_answer_is_given_up(
        self, keys: Keys, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("warmbench.integrations.ats.session.PATIENCE", 0.5)
        client = Greenhouse(keys)
        simulator.faults.add("slow", path="candidates", wait=0.02)
        began = time.monotonic()
        with pytest.raises(UnreachableError, match="did not answer"):
            everybody(client)
        assert time.monotonic() - began < 3
        client.close()

    def test_a_write_whose_answer_is_lost_is_unclear_and_found_again(
        self, client: Greenhouse, simulator: Simulator, world: World
    ) -> None:
        number = somebody(world)
        person_id = id_with(client, "ana@example.com")
        note = Note("Touch [wb-1]", NOW, "[wb-1]")
        simulator.faults.add("dropped", path="POST /v3/notes")
        with pytest.raises(UnclearError):
            client.note(person_id, note)
        proof = client.note(person_id, note)
        assert proof.their_id
        assert len(world.notes_of(number)) == 1


class TestWriting:
    def test_an_opt_out_takes_the_permission_away_and_reads_it_back(
        self, client: Greenhouse, simulator: Simulator, world: World
    ) -> None:
        number = somebody(world)
        person_id = id_with(client, "ana@example.com")
        assert client.opt_out(person_id).status_code == 200
        assert client.opt_out(person_id).status_code == 200
        assert world.people[number].opted_out
        [read] = client.read_people([person_id])
        assert isinstance(read, Person)
        assert read.opted_out is True
        assert read.emails == ("ana@example.com",)

    def test_tags_of_theirs_stay_beside_ours(self, client: Greenhouse, world: World) -> None:
        number = somebody(world)
        world.edit(number, tags=["night shifts"])
        person_id = id_with(client, "ana@example.com")
        client.tag(person_id, ["Silver medal", "Warmbench: in touch"], [])
        client.tag(person_id, ["Silver medal"], [])
        assert set(world.people[number].tags) == {
            "night shifts", "Silver medal", "Warmbench: in touch"
        }  # fmt: skip
        [read] = client.read_people([person_id])
        assert isinstance(read, Person)
        assert set(read.tags) == {"night shifts", "Silver medal"}

        client.tag(person_id, [], ["silver medal", "never given"])
        assert set(world.people[number].tags) == {"night shifts", "Warmbench: in touch"}

    def test_a_status_is_a_tag_that_takes_the_place_of_the_last_one(
        self, client: Greenhouse, world: World
    ) -> None:
        number = somebody(world)
        person_id = id_with(client, "ana@example.com")
        client.set_status(person_id, "open")
        client.tag(person_id, ["Warmbench: Nurses"], [])
        client.set_status(person_id, "do_not_contact")
        assert set(world.people[number].tags) == {
            "Warmbench status: do not contact", "Warmbench: Nurses"
        }  # fmt: skip

    def test_a_note_is_written_once(self, client: Greenhouse, world: World) -> None:
        number = somebody(world)
        person_id = id_with(client, "ana@example.com")
        first = client.note(person_id, Note("Wrote to her [wb-7]", NOW, "[wb-7]"))
        again = client.note(person_id, Note("Wrote to her [wb-7]", NOW, "[wb-7]"))
        other = client.note(person_id, Note("She answered [wb-8]", NOW, "[wb-8]"))
        assert first.their_id == again.their_id != other.their_id
        assert [one.body for one in world.notes_of(number)] == [
            "Wrote to her [wb-7]", "She answered [wb-8]"
        ]  # fmt: skip

    def test_erasing_anonymises_over_there(self, client: Greenhouse, world: World) -> None:
        number = somebody(world)
        person_id = id_with(client, "ana@example.com")
        client.erase(person_id)
        assert world.people[number].is_anonymised
        # The empty record stays in their lists: read again, it says what became of it.
        assert client.read_people([person_id]) == [Gone(external_id=person_id, fate=Fate.ERASED)]
        assert client.erase("6409476999999").status_code == 404

    def test_an_id_of_something_else_goes_into_no_address(self, client: Greenhouse) -> None:
        with pytest.raises(RefusedError):
            client.opt_out("1/anonymize")

    def test_a_refusal_repeats_nothing_that_we_sent(self, client: Greenhouse) -> None:
        with pytest.raises(RefusedError) as raised:
            client.session.write("POST", "/notes", {"body": "About Ana Lopez"})
        assert "Ana" not in str(raised.value)


class TestHearing:
    def test_every_call_is_verified_on_the_bytes_and_says_whom_to_read(
        self, client: Greenhouse, keys: Keys, simulator: Simulator, world: World
    ) -> None:
        number = somebody(world)
        person_id = id_with(client, "ana@example.com")
        with receiving() as taken:
            simulator.hook(taken.address)
            world.edit(number, title="<Head & nurse>")
            application = world.apply(number, next(iter(world.roles)))
            world.hire(application)
            simulator.deliver(twice=True)
        told = heard(keys, taken)
        assert {"update_candidate", "hire_candidate"} <= {one.kind for one in told}
        for one in told:
            assert one.kind == "ping" or person_id in one.person_ids
        counts = {one.event_id: 0 for one in told}
        assert len(counts) < len(told)
        [hired] = {one.application_ids for one in told if one.kind == "hire_candidate"}
        assert client.read_applications(hired)[0].outcome == "hired"

    def test_ends_of_records_are_told_apart(
        self, client: Greenhouse, keys: Keys, simulator: Simulator, world: World
    ) -> None:
        kept_number, other = somebody(world), world.add(emails=["twin@example.com"])
        third, fourth = world.add(emails=["c@example.com"]), world.add(emails=["d@example.com"])
        ids = {name: id_with(client, f"{name}@example.com") for name in ("ana", "twin", "c", "d")}
        with receiving() as taken:
            simulator.hook(taken.address)
            world.merge(kept_number, other)
            world.delete(third)
            world.anonymise(fourth)
            simulator.deliver()
        told = heard(keys, taken)
        gone = {one.external_id: one for each in told for one in each.gone}
        assert gone[ids["c"]].fate is Fate.DELETED
        assert gone[ids["d"]].fate is Fate.ERASED
        [merge] = [one for one in told if one.kind == "merge_candidate"]
        assert ids["ana"] in merge.person_ids
        if merge.gone:
            assert merge.gone == (
                Gone(external_id=ids["twin"], fate=Fate.MERGED, into_id=ids["ana"]),
            )

    def test_a_call_with_a_wrong_signature_is_not_looked_at(
        self, keys: Keys, simulator: Simulator, world: World
    ) -> None:
        number = somebody(world)
        with receiving() as taken:
            simulator.hook(taken.address)
            taken.bodies.clear()
            taken.headers.clear()
            world.edit(number, title="Matron")
            simulator.deliver(wrong_signature=True)
        assert taken.bodies
        with pytest.raises(NotTheirsError):
            heard(keys, taken)

    @pytest.mark.parametrize("signature", ["", "sha256", "sha256 ", "md5 {}", "{}", "sha256 ü"])
    def test_nothing_else_passes_for_a_signature(self, keys: Keys, signature: str) -> None:
        body = b'{"action":"ping","payload":{}}'
        digest = hmac.new(
            keys.credentials["webhook_secret"].encode(), body, hashlib.sha256
        ).hexdigest()
        with pytest.raises(NotTheirsError):
            hear(keys, Call({"Signature": signature.format(digest)}, body, NOW))

    def test_without_a_secret_nothing_is_believed(self, clock: Clock) -> None:
        keys = keys_for({}, {}, clock=clock)
        digest = hmac.new(b"", b"{}", hashlib.sha256).hexdigest()
        with pytest.raises(NotTheirsError):
            hear(keys, Call({"Signature": f"sha256 {digest}"}, b"{}", NOW))

    def test_two_secrets_hold_while_one_takes_the_place_of_the_other(self, clock: Clock) -> None:
        keys = keys_for({"webhook_secret": "old new"}, {}, clock=clock)
        body = b'{"action":"ping","payload":{}}'
        for secret in (b"old", b"new"):
            digest = hmac.new(secret, body, hashlib.sha256).hexdigest()
            headers = {"signature": f"sha256 {digest}", "greenhouse-event-id": "e1"}
            [told] = hear(keys, Call(headers, body, datetime.now(UTC)))
            assert (told.event_id, told.kind, told.person_ids) == ("e1", "ping", ())
