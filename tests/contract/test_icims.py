"""iCIMS's client against a simulated iCIMS, over sockets: every trap of contracts.md 4."""

import base64
import gzip
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.contract.ats_keys import Kept, Meddling, all_in, keys_for, listening
from tests.contract.clocks import NOW, Clock
from warmbench.integrations import outgoing
from warmbench.integrations.ats.errors import (
    AuthError,
    NoPlaceError,
    NotTheirsError,
    RefusedError,
    ThrottledError,
    UnclearError,
    UnreachableError,
)
from warmbench.integrations.ats.icims import Icims
from warmbench.integrations.ats.icims_hooks import MOST, hear
from warmbench.integrations.ats.protocol import Call, Keys
from warmbench.integrations.ats.things import Gone, Note, Person, Window
from warmbench.simulators import Limits, Simulator, World, running

EVERYTHING = Window(None, NOW)
OPT_OUT, LOG, SKILLS = "field10010", "field10011", "field10003"
NOTE = Note("Mailed: Your next step [wb-7]", NOW, "[wb-7]")


class Account:
    """A simulated account, and clients for it that share what is stored."""

    def __init__(self, simulator: Simulator, clock: Clock) -> None:
        self.simulator, self.clock, self.kept = simulator, clock, Kept()
        self.calls: list[tuple[int, int | None, int | None]] = []
        self._open: list[Icims] = []

    @property
    def world(self) -> World:
        return self.simulator.world

    def keys(self, **mapping: Any) -> Keys:
        return keys_for(
            self.simulator.credentials,
            self.simulator.addresses,
            clock=self.clock,
            kept=self.kept,
            calls=self.calls,
            **mapping,
        )

    def client(
        self, transport: httpx.BaseTransport | None = None, *, tested: bool = True, **mapping: Any
    ) -> Icims:
        found = self.client(tested=False).find_out() if tested else None
        self._open.append(Icims(self.keys(found=found, **mapping), transport))
        return self._open[-1]

    def options(self, **options: Any) -> None:
        for name, value in options.items():
            setattr(self.simulator.vendor.options, name, value)  # type: ignore[attr-defined]

    def anybody(self) -> tuple[int, str]:
        """Somebody with an address of their own, and what the vendor calls them."""
        known = [email for one in self.world.people.values() for email in one.emails]
        number = next(
            one.number
            for one in self.world.people.values()
            if one.emails and known.count(one.emails[0]) == 1
        )
        email = self.world.people[number].emails[0]
        people = all_in(self.client(tested=False).people(EVERYTHING, {}))
        return number, next(one.external_id for one in people if email in one.emails)

    def close(self) -> None:
        for one in self._open:
            one.close()


@pytest.fixture
def account(clock: Clock) -> Iterator[Account]:
    world = World(candidates=12, roles=4, clock=clock)
    with running("icims", world) as simulator:
        made = Account(simulator, clock)
        yield made
        made.close()


def since(**ago: float) -> Window:
    return Window(NOW - timedelta(**ago), NOW + timedelta(days=1))


def person_of(client: Icims, one: str) -> Person:
    read = client.read_people([one])[0]
    assert isinstance(read, Person)
    return read


class TestSigningIn:
    def test_happens_once_for_all_processes_of_a_day(self, account: Account) -> None:
        for _ in range(3):
            account.client(tested=False).read_roles(["1"])
        assert account.simulator.calls["POST /oauth/token"] == 1
        account.clock.now += timedelta(hours=25)
        account.client(tested=False).read_roles(["1"])
        assert account.simulator.calls["POST /oauth/token"] == 2

    def test_is_repeated_once_when_a_token_has_ended(self, account: Account) -> None:
        client = account.client()
        account.simulator.faults.add("expire")
        assert all_in(client.roles(EVERYTHING, {}))
        assert account.simulator.calls["POST /oauth/token"] == 2

    @pytest.mark.parametrize("name", ["client_id", "client_secret"])
    def test_fails_with_a_sentence_when_something_is_wrong(
        self, account: Account, name: str
    ) -> None:
        wrong = {**account.simulator.credentials, name: "wrong-2b7f"}
        keys = keys_for(wrong, account.simulator.addresses, clock=account.clock)
        with closing(Icims(keys)) as client, pytest.raises(AuthError) as raised:
            client.find_out()
        assert "iCIMS" in str(raised.value)
        assert not [one for one in wrong.values() if len(one) > 5 and one in str(raised.value)]


class TestReading:
    def test_brings_everybody_that_may_be_seen(self, account: Account) -> None:
        people = all_in(account.client().people(EVERYTHING, {}))
        assert len({one.external_id for one in people}) == len(people)
        assert len(people) in {11, 12}

    def test_goes_on_after_a_thousand_and_after_what_was_taken_in(self, clock: Clock) -> None:
        with running("icims", World(candidates=1_030, roles=2, clock=clock)) as simulator:
            simulator.limits.daily = None
            account = Account(simulator, clock)
            client = account.client(tested=False)
            pages = list(client.people(EVERYTHING, {}))
            ids = [one.external_id for page in pages for one in page.items]
            assert ids == sorted(set(ids), key=int)
            assert len(ids) > 1_000
            assert account.simulator.calls["POST /customers/4711/search/{kind}"] == 2
            cursor = pages[-4].cursor
            assert cursor is not None
            rest = [one.external_id for one in all_in(client.people(EVERYTHING, cursor))]
            assert rest == [one.external_id for page in pages[-3:] for one in page.items]
            account.close()

    def test_reads_people_as_they_are_written(self, account: Account) -> None:
        number, one = account.anybody()
        person = account.world.people[number]
        read = person_of(account.client(skill_fields=(SKILLS,)), one)
        assert (read.first_name, read.last_name) == (person.first_name, person.last_name)
        assert (read.job_title, read.employer) == (person.title, person.employer)
        assert read.emails[0] == person.emails[0]
        assert set(person.skills) <= set(read.skills)
        assert read.city == person.city

    def test_asks_for_no_more_than_it_needs(self, account: Account) -> None:
        account.anybody()
        calls = [one for one in account.simulator.calls.last if "/people/" in one.path]
        assert calls
        assert all("fields=" in one.raw_query for one in calls)

    def test_brings_what_changed_and_nothing_else(self, account: Account) -> None:
        number, one = account.anybody()
        client = account.client()
        account.clock.now += timedelta(hours=2)
        account.world.edit(number, title="Head of testing")
        people = all_in(client.people(since(hours=-1), {}))
        assert [(each.external_id, each.job_title) for each in people] == [(one, "Head of testing")]

    def test_never_believes_an_old_index(self, account: Account) -> None:
        """Without staleness=0 an answer is up to a quarter of an hour old (contracts.md 4)."""
        number, one = account.anybody()
        client = account.client()
        window = since(hours=1)
        before = all_in(client.people(window, {}))
        account.clock.now += timedelta(minutes=1)
        account.world.edit(number, title="Seen at once")
        assert one in {each.external_id for each in all_in(client.people(window, {}))}
        assert one not in {each.external_id for each in before}

    def test_refuses_everybody_when_the_date_was_overlooked(self, account: Account) -> None:
        """A malformed date lets everything through, and says nothing (contracts.md 4)."""
        client = account.client(Meddling(r"(\d{4})-(\d\d)-(\d\d) \d\d:\d\d [AP]M", r"\1.\2.\3"))
        reads = len(account.calls)
        with pytest.raises(RefusedError, match="ignores the date"):
            list(client.people(since(hours=1), {}))
        assert len(account.calls) - reads <= 3
        with pytest.raises(RefusedError, match="ignores the date"):
            list(client.applications(since(hours=1), {}))

    def test_takes_ids_as_words_or_numbers(self, account: Account) -> None:
        numbers = all_in(account.client().roles(EVERYTHING, {}))
        account.options(has_ids_as_strings=True)
        assert all_in(account.client().roles(EVERYTHING, {})) == numbers

    def test_reads_applications_by_the_words_of_the_account(self, account: Account) -> None:
        number, one = account.anybody()
        application = account.world.apply(number, next(iter(account.world.roles)))
        plain = account.client()
        assert [each for each in plain.applications_of(one) if each.outcome == "active"]
        account.world.hire(application)
        hired = {each.name: each.id for each in plain.find_out().stages}["Hired - Placed"]
        client = account.client(outcomes={hired: "hired"})
        placed = [each for each in client.applications_of(one) if each.outcome == "hired"]
        assert [(each.person_id, each.stage) for each in placed] == [(one, "Hired - Placed")]
        assert client.read_applications([placed[0].external_id, "999999999"]) == placed
        assert placed[0] in all_in(client.applications(since(hours=1), {}))

    def test_warns_of_statuses_that_nobody_explained(self, account: Account) -> None:
        found = account.client(tested=False).find_out()
        assert [one for one in found.warnings if "in a process" in one]
        means = {one.id: "screened" for one in found.stages}
        told = account.client(tested=False, stages=means).find_out()
        assert not [one for one in told.warnings if "in a process" in one]

    def test_follows_roles(self, account: Account) -> None:
        number, role = next((n, r) for n, r in account.world.roles.items() if r.state == "open")
        client = account.client()
        one = next(
            each for each in all_in(client.roles(EVERYTHING, {})) if each.title == role.title
        )
        assert one.state == "open"
        account.world.close_role(number)
        assert client.read_roles([one.external_id])[0].state in {"closed", "filled"}
        changed = all_in(client.roles(since(hours=1), {}))
        assert one.external_id in {each.external_id for each in changed}

    def test_tells_who_is_gone_from_who_may_not_be_seen(self, account: Account) -> None:
        number, one = account.anybody()
        client = account.client()
        account.world.delete(number)
        assert client.read_people([one, "999999999"]) == [
            Gone(external_id=one, fate=client.read_people([one])[0].fate),  # type: ignore[union-attr]
            Gone(external_id="999999999", fate=client.read_people([one])[0].fate),  # type: ignore[union-attr]
        ]

    def test_takes_nobody_for_gone_who_is_hidden(self, account: Account) -> None:
        """Both are a 404 (contracts.md 4)."""
        hidden = httpx.MockTransport(
            lambda request: (
                httpx.Response(200, json={"access_token": "t", "expires_in": 86400})
                if request.url.path.endswith("token")
                else httpx.Response(
                    404,
                    headers={"X-Error": "3,People"},
                    json={"errors": [{"errorMessage": "RESOURCEACCESSDENIED", "errorCode": 3}]},
                )
            )
        )
        assert account.client(hidden, tested=False).read_people(["5"]) == []

    @pytest.mark.parametrize("fault", ["broken", "unavailable", "truncated", "redirected"])
    def test_says_so_when_there_is_no_answer(self, account: Account, fault: Any) -> None:
        client = account.client()
        account.simulator.faults.add(fault, times=2, path="/people")
        with pytest.raises(UnreachableError):
            all_in(client.people(EVERYTHING, {}))

    def test_hands_on_what_it_read_before_it_was_cut_off(self, account: Account) -> None:
        client = account.client()
        pages = client.people(EVERYTHING, {})
        everybody = all_in(client.people(EVERYTHING, {}))
        account.simulator.faults.add("broken", path=f"/people/{everybody[4].external_id}?")
        read = next(pages)
        assert [one.external_id for one in read.items] == [one.external_id for one in everybody[:4]]
        with pytest.raises(UnreachableError):
            next(pages)
        assert read.cursor is not None
        rest = all_in(account.client().people(EVERYTHING, read.cursor))
        assert [*read.items, *rest] == everybody

    def test_gives_a_slow_answer_up(self, account: Account) -> None:
        client = account.client(outgoing.GuardedTransport(patience=0.6, most=10**7))
        client.read_roles(["1"])
        account.simulator.faults.add("slow", path="/search/", wait=0.05)
        with pytest.raises(UnreachableError):
            all_in(client.people(EVERYTHING, {}))


class TestLimits:
    def read_until_the_end(self, client: Icims) -> tuple[list[Any], ThrottledError]:
        read: list[Any] = []
        pages = client.people(EVERYTHING, {})
        try:
            for page in pages:
                read += page.items
        except ThrottledError as error:
            return read, error
        pytest.fail("There was no end.")

    @pytest.mark.parametrize("status", [429, 403])
    def test_end_with_the_day(self, clock: Clock, status: int) -> None:
        world = World(candidates=12, roles=2, clock=clock)
        with running("icims", world, limits=Limits(daily=12)) as simulator:
            account = Account(simulator, clock)
            account.options(over_limit_status=status)
            client = account.client(tested=False)
            read, ended = self.read_until_the_end(client)
            assert 8 <= len(read) <= 12
            midnight = datetime(2026, 11, 23, tzinfo=UTC)
            assert abs(ended.until - midnight) < timedelta(minutes=1)
            account.close()

    def test_leave_some_calls_to_opt_outs(self, clock: Clock) -> None:
        world = World(candidates=60, roles=2, clock=clock)
        with running("icims", world, limits=Limits(daily=60)) as simulator:
            account = Account(simulator, clock)
            client = account.client(opt_out_field=OPT_OUT)
            read, _ = self.read_until_the_end(client)
            assert account.calls[-1][2] == 3
            client.opt_out(read[0].external_id)
            account.close()


class TestWriting:
    def test_opts_out_in_the_field_that_was_chosen(self, account: Account) -> None:
        number, one = account.anybody()
        client = account.client(opt_out_field=OPT_OUT)
        before = len(account.calls)
        assert client.opt_out(one).status_code in {200, 204}
        assert len(account.calls) == before + 1
        assert account.world.people[number].opted_out
        assert person_of(client, one).opted_out

    def test_keeps_what_has_no_place(self, account: Account) -> None:
        client = account.client()
        with pytest.raises(NoPlaceError, match="opt-outs"):
            client.opt_out("1")
        with pytest.raises(NoPlaceError, match="notes"):
            client.note("1", NOTE)
        with pytest.raises(NoPlaceError, match="status"):
            client.set_status("1", "placed")
        with pytest.raises(NoPlaceError, match="deletes nobody"):
            client.erase("1")
        with pytest.raises(NoPlaceError, match="talent pool"):
            client.tag("1", ["There is no such pool"], [])
        with pytest.raises(NoPlaceError, match="takes nobody out"):
            client.tag("1", [], ["Anything"])

    def test_says_so_when_a_field_was_passed_over(self, account: Account) -> None:
        """It answers 200, and writes nothing."""
        _, one = account.anybody()
        with pytest.raises(RefusedError, match="did not write"):
            account.client(opt_out_field="field99999").opt_out(one)

    def test_writes_a_line_once(self, account: Account) -> None:
        _, one = account.anybody()
        client = account.client(activity_field=LOG)
        account.simulator.faults.add("dropped", path="PATCH")
        with pytest.raises(UnclearError):
            client.note(one, NOTE)
        client.note(one, NOTE)
        client.note(one, Note("Answered: yes [wb-8]", NOW, "[wb-8]"))
        said = client.row("people", one, [LOG])[LOG]
        assert said.splitlines() == ["Answered: yes [wb-8]", "Mailed: Your next step [wb-7]"]

    def test_takes_away_the_oldest_of_its_own_lines_only(self, account: Account) -> None:
        _, one = account.anybody()
        client = account.client(activity_field=LOG)
        theirs = "Called on 3 May: knows the team. " + "x" * 2_500
        ours = [f"Warmbench: mail {'y' * 500} sent [wb-{number}]" for number in range(4)]
        client._patch(one, {LOG: "\n".join([*ours[:3], theirs, ours[3]])})
        client.note(one, NOTE)
        said = client.row("people", one, [LOG])[LOG].splitlines()
        assert said == [NOTE.text, *ours[:2], theirs]

    def test_puts_people_into_pools(self, account: Account) -> None:
        _, one = account.anybody()
        client = account.client()
        ids = client.found(
            "talentpools", [{"name": "talentpool.id", "value": ["0"], "operator": ">"}]
        )
        title = client.row("talentpools", str(ids[0]), ["title"])["title"]
        first = client.tag(one, [title], [])
        second = client.tag(one, [title], [])
        assert first.their_id == second.their_id != ""

    def test_puts_nobody_into_another_pool(self, account: Account) -> None:
        _, one = account.anybody()
        asked = r'"talentpool\.title\.text","value":\["[^"]*"\],"operator":"=="'
        wire = Meddling(asked, '"talentpool.id","value":["0"],"operator":">"')
        with pytest.raises(NoPlaceError):
            account.client(wire).tag(one, ["A pool that there is not"], [])


class TestEvents:
    EVENT = {
        "systemId": "300001",
        "customerId": "4711",
        "eventType": "WorkFlowStatusChangeEvent",
        "personId": "10001",
        "jobId": "1506",
        "userId": "31",
        "newStatus": "C38356",
        "oldStatus": "D10100",
        "links": [
            {"rel": "person", "title": "Person", "url": "https://api.icims.com/x/people/7?y"}
        ],
    }

    def call(
        self, body: Any = None, *, said: str = "icims:s3cret", packed: bytes | None = None
    ) -> Call:
        raw = (
            packed if packed is not None else gzip.compress(json.dumps(body or self.EVENT).encode())
        )
        given = base64.b64encode(said.encode()).decode()
        return Call({"authorization": f"Basic {given}", "Content-Encoding": "gzip"}, raw, NOW)

    def keys(self, **credentials: str) -> Keys:
        known = {"customer_id": "4711", "webhook_user": "icims", "webhook_password": "s3cret"}
        return keys_for({**known, **credentials}, {}, clock=Clock())

    def test_are_signs_to_read_again(self) -> None:
        [told] = hear(self.keys(), self.call())
        assert told.kind == "WorkFlowStatusChangeEvent"
        assert told.person_ids == ("10001", "7")
        assert told.role_ids == ("1506",)
        assert told.application_ids == ("300001",)

    def test_told_twice_are_the_same(self) -> None:
        first, second = (hear(self.keys(), self.call())[0] for _ in range(2))
        other = hear(self.keys(), self.call({**self.EVENT, "newStatus": "D10100"}))[0]
        assert first.event_id == second.event_id != other.event_id

    @pytest.mark.parametrize(
        "said", ["icims:wrong", "other:s3cret", "icims", "", ":", "icims:s3cret "]
    )
    def test_need_the_password(self, said: str) -> None:
        with pytest.raises(NotTheirsError):
            hear(self.keys(), self.call(said=said))

    def test_are_not_believed_without_one(self) -> None:
        with pytest.raises(NotTheirsError):
            hear(self.keys(webhook_user="", webhook_password=""), self.call(said=":"))

    def test_of_others_are_not_ours(self) -> None:
        with pytest.raises(NotTheirsError):
            hear(self.keys(), self.call({**self.EVENT, "customerId": "4712"}))

    @pytest.mark.parametrize(
        "packed",
        [
            gzip.compress(b"0" * (MOST + 1)),
            gzip.compress(b'"' * 50_000_000, 9),
            gzip.compress(b"{}")[:-9],
            b"\x1f\x8bnonsense",
            gzip.compress(b"[1, 2]"),
            gzip.compress(b"{"),
            gzip.compress(b"[" * 100_000),
            b"0" * 400_000,
        ],
        ids=["long", "bomb", "cut", "nonsense", "list", "half", "deep", "unpacked"],
    )
    def test_that_cannot_be_read_do_no_harm(self, packed: bytes) -> None:
        with pytest.raises(NotTheirsError):
            hear(self.keys(), self.call(packed=packed))

    def test_that_name_nothing_tell_nothing(self) -> None:
        odd = {"customerId": "4711", "eventType": 7, "personId": {"a": 1}, "jobId": "٣", "links": 3}
        assert hear(self.keys(), self.call(odd)) == []

    def test_come_from_the_simulator_as_they_are_understood(self, account: Account) -> None:
        number, one = account.anybody()
        heard: list[Call] = []
        with listening(heard) as address:
            account.simulator.hook(address)
            account.world.move(account.world.apply(number, next(iter(account.world.roles))), 3)
            account.simulator.deliver(twice=True, out_of_order=True)
            account.simulator.deliver()
        assert heard
        told = [each for call in heard for each in hear(account.keys(), call)]
        assert one in {each for event in told for each in event.person_ids}
        ids = sorted({each for event in told for each in event.application_ids})
        assert account.client().read_applications(ids)
