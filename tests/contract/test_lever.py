"""The client of Lever against a simulated account, over real sockets."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.contract.ats_keys import Kept, keys_for
from tests.contract.clocks import NOW, Clock
from tests.contract.receiver import receiving
from warmbench.integrations.ats.errors import (
    AuthError,
    CursorError,
    GoneError,
    NotTheirsError,
    RefusedError,
    ThrottledError,
    UnclearError,
    UnreachableError,
)
from warmbench.integrations.ats.lever import Lever
from warmbench.integrations.ats.lever_hooks import hear
from warmbench.integrations.ats.protocol import Call, Keys
from warmbench.integrations.ats.things import Application, Fate, Gone, Note, Person, Window
from warmbench.simulators import Limits, Simulator, World, running

EVERYTHING = Window(None, NOW + timedelta(hours=1))
_TAG = "Do not mail (Warmbench)"


@pytest.fixture
def world(clock: Clock) -> World:
    return World(candidates=60, roles=6, clock=clock)


@pytest.fixture
def simulator(world: World) -> Iterator[Simulator]:
    with running("lever", world, limits=Limits()) as simulator:
        yield simulator


@pytest.fixture
def keys(simulator: Simulator, clock: Clock) -> Keys:
    return keys_for(simulator.credentials, simulator.addresses, clock=clock)


@pytest.fixture
def client(keys: Keys) -> Iterator[Lever]:
    # Nobody here minds a hundred calls in a second.
    client = Lever(keys, sleep=lambda _: None)
    yield client
    client.close()


def applications(client: Lever, window: Window = EVERYTHING) -> list[Application]:
    return [one for page in client.applications(window, {}) for one in page.items]


def person_with(client: Lever, email: str) -> Person:
    people = {
        one.person.external_id: one.person
        for one in applications(client)
        if one.person and email in one.person.emails
    }
    [found] = people.values()
    return found


def somebody(world: World, **more: Any) -> int:
    fields = {"first_name": "Ana", "last_name": "Lopez", "emails": ["ana@example.com"]}
    return world.add(**{**fields, **more})


class TestReading:
    def test_every_opportunity_brings_its_person(self, client: Lever, world: World) -> None:
        somebody(world, title="Nurse", employer="Clinic", city="Lima")
        found = applications(client)
        # Confidential ones are hidden from keys that do not ask for them.
        shown = {one.number for one in world.people.values() if not one.is_private}
        assert len({one.person_id for one in found}) == len(shown)
        theirs = [one for one in world.applications.values() if one.person in shown]
        assert len({one.external_id for one in found}) == len(found) == len(theirs)
        assert all(one.person and one.person.external_id == one.person_id for one in found)
        ana = person_with(client, "ana@example.com")
        assert (ana.first_name, ana.last_name) == ("Ana", "Lopez")
        assert (ana.job_title, ana.employer) == ("Nurse", "Clinic")
        assert "Lima" in ana.location
        assert [page.cursor for page in client.people(EVERYTHING, {})] == [None]

    def test_who_has_no_date_of_change_comes_with_the_first_load(self, client: Lever) -> None:
        found = applications(client)
        assert None in {one.changed_at for one in found}
        later = Window(NOW - timedelta(minutes=30), NOW)
        assert len(applications(client, later)) < len(found)

    def test_a_window_holds_what_changed_in_it(
        self, client: Lever, world: World, clock: Clock
    ) -> None:
        number = somebody(world)
        clock.now += timedelta(days=2)
        world.edit(number, title="Head nurse")
        [found] = applications(client, Window(clock.now - timedelta(hours=1), clock.now))
        assert found.person
        assert found.person.job_title == "Head nurse"

    def test_reading_goes_on_from_an_opaque_token(
        self, client: Lever, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("warmbench.integrations.ats.lever_reading._LIMIT", 9)
        pages = list(client.applications(EVERYTHING, {}))
        assert len(pages) == -(-len(world.applications) // 9)
        cursor = json.loads(json.dumps(pages[1].cursor))
        # It looks encoded already; whoever decodes it, or passes it on raw, gets another one.
        assert "%" in cursor["offset"]
        rest = [one for page in client.applications(EVERYTHING, cursor) for one in page.items]
        assert rest == [one for page in pages[2:] for one in page.items]

    def test_a_token_that_is_not_known_any_more_begins_the_window_anew(self, client: Lever) -> None:
        with pytest.raises(CursorError):
            list(client.applications(EVERYTHING, {"offset": "0.1414895548650.nonsense"}))

    def test_a_person_is_read_over_all_their_opportunities(
        self, client: Lever, world: World
    ) -> None:
        number = somebody(world)
        roles = [world.open_role(title=f"Role {one}") for one in range(3)]
        for role in roles:
            world.apply(number, role)
        person_id = person_with(client, "ana@example.com").external_id
        theirs = client.applications_of(person_id)
        assert len(theirs) == len(world.applications_of(number))
        assert {one.person_id for one in theirs} == {person_id}
        newest = client.read_applications([theirs[-1].external_id])
        assert newest == [theirs[-1]]

        # Something that one opportunity says holds for the person, whichever comes along.
        path = f"/opportunities/{theirs[1].external_id}/addTags"
        client.session.write("POST", path, {"tags": [_TAG, "nights"]})
        for one in client.applications_of(person_id):
            assert one.person
            assert one.person.opted_out is True
            assert one.person.tags == ("nights",)

    def test_ends_are_read_from_the_reason_of_archiving(self, client: Lever, world: World) -> None:
        number = somebody(world)
        roles = [world.open_role(title=f"Role {one}") for one in range(3)]
        active, rejected, hired = (world.apply(number, role) for role in roles)
        world.reject(rejected)
        world.hire(hired)
        person_id = person_with(client, "ana@example.com").external_id
        theirs = [one for one in client.applications_of(person_id) if one.role_id]
        assert sorted(one.outcome for one in theirs) == ["active", "hired", "rejected"]
        assert {one.outcome: one.ended_at for one in theirs}["rejected"] == NOW
        assert all(one.stage for one in theirs)
        assert active

    def test_who_stands_in_no_process_is_a_prospect(self, client: Lever) -> None:
        assert {one.is_prospect for one in applications(client)} == {True, False}

    def test_consent_that_was_refused_or_is_over_forbids_mail(
        self, client: Lever, world: World
    ) -> None:
        day = timedelta(days=1)
        for name, consent, until in [
            ("no", False, None), ("over", True, NOW - day), ("yes", True, NOW + day),
            ("silent", None, None),
        ]:  # fmt: skip
            somebody(world, emails=[f"{name}@example.com"], consent=consent, consent_until=until)
        found = {
            name: person_with(client, f"{name}@example.com")
            for name in ("no", "over", "yes", "silent")
        }
        assert [one.opted_out for one in found.values()] == [True, True, False, None]
        assert found["yes"].permitted_until == NOW + day

    def test_a_deletion_names_the_opportunity(
        self, client: Lever, world: World, clock: Clock
    ) -> None:
        number = somebody(world)
        person = person_with(client, "ana@example.com")
        [application] = client.applications_of(person.external_id)
        clock.now += timedelta(days=1)
        world.delete(number)
        window = Window(clock.now - timedelta(hours=1), clock.now)
        gone = [one for page in client.gone(window, {}) for one in page.items]
        assert [one.application_id for one in gone] == [application.external_id]
        assert client.read_applications([application.external_id]) == []
        assert client.read_people([person.external_id]) == [
            Gone(external_id=person.external_id, fate=Fate.DELETED)
        ]
        assert list(client.gone(EVERYTHING, {})) == []

    def test_who_is_anonymised_is_gone_for_good(
        self, client: Lever, world: World, clock: Clock
    ) -> None:
        number = somebody(world)
        person_id = person_with(client, "ana@example.com").external_id
        clock.now += timedelta(days=1)
        world.anonymise(number)
        window = Window(clock.now - timedelta(hours=1), clock.now)
        gone = [one for page in client.gone(window, {}) for one in page.items]
        erased = Gone(external_id=person_id, fate=Fate.ERASED)
        assert gone == [erased]
        assert client.read_people([person_id]) == [erased]
        assert person_id not in {one.person_id for one in applications(client)}

    def test_a_contact_with_another_opportunity_is_not_gone(self, clock: Clock) -> None:
        theirs = {"id": "c1", "name": "Ana Lopez"}
        live = {"id": "o1", "contact": theirs, "updatedAt": 1, "isAnonymized": False}
        blank = {"id": "o2", "contact": theirs, "updatedAt": 1, "isAnonymized": True}
        alone = {"id": "o3", "contact": {"id": "c2"}, "updatedAt": 1, "isAnonymized": True}
        known = {"c1": [live, blank], "c2": [alone]}

        def answer(request: httpx.Request) -> httpx.Response:
            asked = request.url.params.get_list("contact_id")
            rows: list[Any] = [row for one in asked for row in known.get(one, [])]
            if request.url.path.endswith("/deleted"):
                rows = [{"id": "o9", "contact": "c1", "deletedAt": 1}]
            elif not asked:
                rows = [blank, alone]
            return httpx.Response(200, json={"data": rows, "hasNext": False})

        keys = keys_for({"api_key": "k"}, {"api": "https://api.lever.co/v1"}, clock=clock)
        client = Lever(keys, transport=httpx.MockTransport(answer), sleep=lambda _: None)
        window = Window(NOW - timedelta(hours=1), NOW)
        gone = [one for page in client.gone(window, {}) for one in page.items]
        erased = Gone(external_id="c2", fate=Fate.ERASED)
        assert gone == [Gone(external_id="", fate=Fate.DELETED, application_id="o9"), erased]
        # The contact itself need not say that it was anonymised.
        person, lost = client.read_people(["c1", "c2"])
        assert isinstance(person, Person)
        assert (person.first_name, lost) == ("Ana", erased)
        client.close()

    def test_roles_are_postings_with_what_requisitions_say(
        self, client: Lever, world: World, clock: Clock
    ) -> None:
        number = world.open_role(
            title="Keeper of bees", workplace="hybrid", city="Lima", description="<p>Bees.</p>",
            salary_min=50_000, salary_max=60_000, currency="EUR",
        )  # fmt: skip
        found = [one for page in client.roles(EVERYTHING, {}) for one in page.items]
        assert len({one.external_id for one in found}) == len(found) == len(world.roles)
        [role] = [one for one in found if one.title == "Keeper of bees"]
        assert (role.state, role.remote, role.places) == ("open", "hybrid", ("Lima",))
        assert (role.pay_min, role.pay_max, role.pay_currency) == ("50000", "60000", "EUR")
        assert role.pay_period == "year"
        assert "Bees." in role.description
        assert client.read_roles([role.external_id, "gone"]) == [role]

        # What changes at the requisition only is found by comparing.
        clock.now += timedelta(days=1)
        world.edit_role(number, state="on_hold")
        window = Window(clock.now - timedelta(hours=1), clock.now)
        afterwards = Lever(client.keys, sleep=lambda _: None)
        pages = list(afterwards.roles(window, {}))
        afterwards.close()
        [later] = {one.external_id: one for page in pages for one in page.items}.values()
        assert (later.external_id, later.state) == (role.external_id, "on_hold")

    def test_a_load_of_roles_goes_on_where_it_stopped(
        self, client: Lever, world: World, clock: Clock
    ) -> None:
        window = Window(NOW - timedelta(days=3650), NOW + timedelta(hours=1))
        pages = list(client.roles(window, {}))
        assert pages[-1].cursor is None
        for done, page in enumerate(pages[:-1], 1):
            assert page.cursor is not None
            rest = list(client.roles(window, page.cursor))
            assert [one.items for one in rest] == [one.items for one in pages[done:]]


class TestTroubles:
    def test_a_wrong_key_is_for_a_person(self, simulator: Simulator, clock: Clock) -> None:
        client = Lever(keys_for({"api_key": "wrong-key"}, simulator.addresses, clock=clock))
        with pytest.raises(AuthError) as raised:
            applications(client)
        assert "wrong-key" not in str(raised.value)
        client.close()

    def test_without_key_or_tokens_somebody_has_to_sign_in(
        self, simulator: Simulator, clock: Clock
    ) -> None:
        client = Lever(keys_for({}, simulator.addresses, clock=clock))
        with pytest.raises(AuthError, match="signed in"):
            applications(client)
        client.close()

    def test_a_limit_without_a_word_is_waited_out_or_left(
        self, keys: Keys, simulator: Simulator
    ) -> None:
        slept: list[float] = []
        client = Lever(keys, sleep=slept.append)
        simulator.faults.add("throttled_bare")
        assert applications(client)
        assert max(slept) == 1

        simulator.faults.add("throttled_bare", times=9)
        with pytest.raises(ThrottledError) as raised:
            applications(client)
        assert raised.value.until > NOW
        client.close()

    def test_we_stay_below_ten_a_second(self, simulator: Simulator, clock: Clock) -> None:
        simulator.limits.calls, simulator.limits.seconds, simulator.limits.burst = 10, 1, 20
        client = Lever(keys_for(simulator.credentials, simulator.addresses, clock=clock))
        for _ in range(28):
            client.session.get("/stages")
        client.close()

    @pytest.mark.parametrize("kind", ["broken", "unavailable", "truncated", "redirected"])
    def test_an_answer_that_is_none_is_tried_again_later(
        self, client: Lever, simulator: Simulator, kind: Any
    ) -> None:
        simulator.faults.add(kind, path="opportunities", times=2)
        with pytest.raises(UnreachableError):
            applications(client)

    def test_a_read_whose_connection_breaks_is_made_again(
        self, client: Lever, simulator: Simulator
    ) -> None:
        simulator.faults.add("dropped", path="GET /v1/opportunities")
        assert applications(client)

    def test_a_note_whose_answer_was_lost_is_found_again(
        self, client: Lever, simulator: Simulator, world: World
    ) -> None:
        number = somebody(world)
        person_id = person_with(client, "ana@example.com").external_id
        note = Note("Wrote to her. [wb-1]", NOW, "[wb-1]")
        simulator.faults.add("dropped", path="POST")
        with pytest.raises(UnclearError):
            client.note(person_id, note)
        assert client.note(person_id, note).their_id
        assert len(world.notes_of(number)) == 1


class TestWriting:
    def test_an_opt_out_is_a_tag_on_every_opportunity(self, client: Lever, world: World) -> None:
        number = somebody(world)
        for one in range(2):
            world.apply(number, world.open_role(title=f"Role {one}"))
        person = person_with(client, "ana@example.com")
        assert person.opted_out is None
        client.opt_out(person.external_id)
        client.opt_out(person.external_id)
        rows = client.opportunities_of([person.external_id])
        assert [row["tags"].count(_TAG) for row in rows] == [1] * len(rows)
        [read] = client.read_people([person.external_id])
        assert isinstance(read, Person)
        assert read.opted_out is True
        assert read.tags == ()
        # The answers of these writes hold blank names, and none of it was believed.
        assert read.emails == ("ana@example.com",)
        assert read.first_name == "Ana"

    def test_tags_are_given_and_taken(self, client: Lever, world: World) -> None:
        number = somebody(world)
        world.edit(number, tags=["nights"])
        person_id = person_with(client, "ana@example.com").external_id
        client.tag(person_id, ["Silver medal"], [])
        client.tag(person_id, ["Silver medal"], ["nights"])
        [read] = client.read_people([person_id])
        assert isinstance(read, Person)
        assert read.tags == ("Silver medal",)

    def test_a_status_is_a_tag_that_takes_the_place_of_the_last_one(
        self, client: Lever, world: World
    ) -> None:
        somebody(world)
        person_id = person_with(client, "ana@example.com").external_id
        client.set_status(person_id, "open")
        client.set_status(person_id, "placed")
        tags = [tag for row in client.opportunities_of([person_id]) for tag in row["tags"]]
        assert tags == ["Warmbench status: placed"]

    def test_a_note_mentions_nobody_and_is_written_once(self, client: Lever, world: World) -> None:
        number = somebody(world)
        person_id = person_with(client, "ana@example.com").external_id
        note = Note("Told @bob of it. [wb-2]", NOW, "[wb-2]")
        first, again = client.note(person_id, note), client.note(person_id, note)
        assert first.their_id == again.their_id
        [written] = world.notes_of(number)
        assert "@" not in written.body
        assert "bob" in written.body

    def test_who_is_gone_is_told_nothing(self, client: Lever) -> None:
        with pytest.raises(GoneError):
            client.opt_out("00000000-0000-0000-0000-000000000000")

    def test_erasing_is_for_a_person_over_there(self, client: Lever) -> None:
        with pytest.raises(RefusedError, match="do it there"):
            client.erase("x")

    def test_a_test_of_the_key_finds_what_a_mapping_chooses_from(
        self, client: Lever, world: World
    ) -> None:
        found = client.find_out()
        assert found.warnings == ()
        assert "lead-new" in {one.id for one in found.stages}
        assert found.outcomes
        assert "hired" not in {one.detail for one in found.outcomes}
        emails = {one.email for one in world.recruiters.values()}
        assert {one.detail for one in found.users} >= emails


class TestSigningIn:
    def test_a_refresh_token_is_stored_before_the_new_token_is_used(
        self, simulator: Simulator, clock: Clock
    ) -> None:
        secrets = {"client_id": "c", "client_secret": "s"}
        kept = Kept({"access": "old", "until": NOW.isoformat(), "refresh": "r1"})
        given = iter(["r2", "r3"])

        def answer(request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("/oauth/token"):
                form = dict(pair.split("=") for pair in request.content.decode().split("&"))
                assert form["refresh_token"] == kept.tokens["refresh"]
                return httpx.Response(200, json={
                    "access_token": "for-" + form["refresh_token"], "expires_in": 3600,
                    "refresh_token": next(given),
                })  # fmt: skip
            assert request.headers["Authorization"] == f"Bearer {kept.tokens['access']}"
            return httpx.Response(200, json={"data": [], "hasNext": False})

        keys = keys_for(secrets, simulator.addresses, clock=clock, kept=kept)
        client = Lever(keys, transport=httpx.MockTransport(answer))
        assert applications(client) == []
        clock.now += timedelta(hours=2)
        assert applications(client) == []
        assert [one["refresh"] for one in kept.history] == ["r2", "r3"]


def _call(
    at: int, *, token: str = "t", nonce: str = "n", signature: str = "", **data: str
) -> bytes:
    digest = hmac.new(token.encode(), f"{nonce}{at}".encode(), hashlib.sha256).hexdigest()
    said = {
        "event": "candidateHired", "triggeredAt": at, "token": nonce,
        "signature": signature or digest, "data": data,
    }  # fmt: skip
    return json.dumps(said).encode()


class TestHearing:
    def test_a_call_names_whom_to_read_again(
        self, client: Lever, simulator: Simulator, world: World, clock: Clock
    ) -> None:
        number = somebody(world)
        person_id = person_with(client, "ana@example.com").external_id
        with receiving() as taken:
            hook = simulator.hook(taken.address)
            world.hire(world.apply(number, next(iter(world.roles))))
            simulator.deliver(twice=True)
        keys = keys_for({"webhook_token": f"other {hook.secret}"}, {}, clock=clock)
        told = [one for body in taken.bodies for one in hear(keys, Call({}, body, NOW))]
        assert "candidateHired" in {one.kind for one in told}
        assert len({one.event_id for one in told}) * 2 == len(told)
        [hired] = {one.application_ids for one in told if one.kind == "candidateHired"}
        [read] = client.read_applications(hired)
        assert (read.person_id, read.outcome) == (person_id, "hired")

    def test_the_data_are_not_signed_and_believed_in_nothing(self, clock: Clock) -> None:
        at = round(NOW.timestamp() * 1000)
        body = _call(at, opportunityId="o1", contactId="c1", toArchived="hired")
        keys = keys_for({"webhook_token": "t"}, {}, clock=clock)
        [told] = hear(keys, Call({}, body, NOW))
        assert (told.application_ids, told.person_ids, told.gone) == (("o1",), ("c1",), ())
        [empty] = hear(keys, Call({}, _call(at), NOW))
        assert (empty.application_ids, empty.person_ids) == ((), ())

    @pytest.mark.parametrize("hours", [-25, -2, 1])
    def test_an_old_call_is_refused(self, clock: Clock, hours: int) -> None:
        at = round((NOW + timedelta(hours=hours)).timestamp() * 1000)
        keys = keys_for({"webhook_token": "t"}, {}, clock=clock)
        with pytest.raises(NotTheirsError, match="long ago"):
            hear(keys, Call({}, _call(at), NOW))

    @pytest.mark.parametrize(
        "body",
        [
            b"", b"[]", b"{}", b"\xff",
            b'{"event":"x","triggeredAt":"1","token":"","signature":""}',
            _call(1, token="other"), _call(1, signature="ü"), _call(1, nonce=""),
        ],
    )  # fmt: skip
    def test_what_nobody_signed_is_refused(self, clock: Clock, body: bytes) -> None:
        keys = keys_for({"webhook_token": "t"}, {}, clock=clock)
        with pytest.raises(NotTheirsError):
            hear(keys, Call({}, body, NOW))

    def test_a_wrong_signature_is_refused(
        self, simulator: Simulator, world: World, clock: Clock
    ) -> None:
        number = somebody(world)
        with receiving() as taken:
            hook = simulator.hook(taken.address)
            world.edit(number, title="Matron")
            simulator.deliver(wrong_signature=True)
        keys = keys_for({"webhook_token": hook.secret}, {}, clock=clock)
        assert taken.bodies
        for body in taken.bodies:
            with pytest.raises(NotTheirsError):
                hear(keys, Call({}, body, NOW))
