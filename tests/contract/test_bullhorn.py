"""Bullhorn's client against a simulated Bullhorn, over sockets: every trap of contracts.md 3."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.contract.ats_keys import Kept, Meddling, all_in, keys_for
from tests.contract.clocks import NOW, Clock
from warmbench.integrations import outgoing
from warmbench.integrations.ats.bullhorn import VENDOR, Bullhorn
from warmbench.integrations.ats.bullhorn_writing import READ_ONLY_FLAG
from warmbench.integrations.ats.errors import (
    AuthError,
    CursorError,
    GoneError,
    RefusedError,
    ThrottledError,
    UnclearError,
    UnreachableError,
)
from warmbench.integrations.ats.things import Application, Fate, Gone, Note, Person, Window
from warmbench.simulators import Limits, Simulator, World, running

EVERYTHING = Window(None, NOW)
NOTE = Note("Mailed: Your next step [wb-7]", NOW, "[wb-7]")


class Account:
    """A simulated account, and clients for it that share what is stored."""

    def __init__(self, simulator: Simulator, clock: Clock) -> None:
        self.simulator, self.clock, self.kept = simulator, clock, Kept()
        self._open: list[Bullhorn] = []

    @property
    def world(self) -> World:
        return self.simulator.world

    def client(
        self, transport: httpx.BaseTransport | None = None, *, tested: bool = True, **mapping: Any
    ) -> Bullhorn:
        found = self.client(tested=False).find_out() if tested else None
        keys = keys_for(
            self.simulator.credentials,
            self.simulator.addresses,
            clock=self.clock,
            kept=self.kept,
            found=found,
            **mapping,
        )
        self._open.append(Bullhorn(keys, transport))
        return self._open[-1]

    def options(self, **options: Any) -> None:
        for name, value in options.items():
            setattr(self.simulator.vendor.options, name, value)  # type: ignore[attr-defined]

    def id_of(self, number: int) -> str:
        """What the vendor calls a person of the world."""
        email = self.world.people[number].emails[0]
        people = all_in(self.client(tested=False).people(EVERYTHING, {}))
        return str(next(one.external_id for one in people if email in one.emails))

    def anybody(self) -> tuple[int, str]:
        """Somebody with an address of their own, and what the vendor calls them."""
        known = [email for one in self.world.people.values() for email in one.emails]
        number = next(
            one.number
            for one in self.world.people.values()
            if one.emails and known.count(one.emails[0]) == 1
        )
        return number, self.id_of(number)

    def sheets_of(self, one: str) -> list[str]:
        """The tearsheets of ours that somebody is on."""
        rows = self.client(tested=False).associated(one, "tearsheets", "id,name")
        return sorted(row["name"] for row in rows if "warmbench" in row["name"].lower())

    def close(self) -> None:
        for one in self._open:
            one.close()


@pytest.fixture
def account(clock: Clock) -> Iterator[Account]:
    with running("bullhorn", World(candidates=60, roles=6, clock=clock)) as simulator:
        made = Account(simulator, clock)
        yield made
        made.close()


def _crowd(clock: Clock) -> World:
    """More than fit two pages; each has few skills, for longer lists are a call each."""
    world = World(candidates=1_200, roles=6, clock=clock)
    for person in world.people.values():
        del person.skills[3:]
        del person.tags[3:]
    return world


def since(**ago: float) -> Window:
    return Window(NOW - timedelta(**ago), NOW + timedelta(days=1))


class TestSigningIn:
    def test_goes_by_way_of_the_right_data_centre(self, account: Account) -> None:
        found = account.client(tested=False).find_out()
        assert found.candidates == 60
        assert found.warnings == ()
        assert account.kept.tokens.keys() >= {"session", "base", "refresh"}

    def test_happens_once_for_all_processes(self, account: Account) -> None:
        for _ in range(3):
            account.client(tested=False).read_people(["1"])
        assert account.simulator.calls["GET /rest-services/loginInfo"] == 1

    def test_is_repeated_once_with_the_refresh_token_when_a_session_has_ended(
        self, account: Account
    ) -> None:
        client = account.client()
        first = account.kept.tokens
        account.simulator.faults.add("expire")
        assert len(all_in(client.people(EVERYTHING, {}))) == 60
        assert account.kept.tokens["session"] != first["session"]
        assert account.kept.tokens["refresh"] != first["refresh"]
        assert account.simulator.calls["GET /rest-services/loginInfo"] == 1

    def test_stores_a_refresh_token_before_it_uses_what_came_with_it(
        self, account: Account
    ) -> None:
        client = account.client()
        first = account.kept.tokens
        account.simulator.faults.add("expire")
        account.simulator.faults.add("broken", path="/login?")
        with pytest.raises(UnreachableError):
            all_in(client.people(EVERYTHING, {}))
        assert account.kept.tokens["refresh"] != first["refresh"]
        assert len(all_in(account.client(tested=False).people(EVERYTHING, {}))) == 60
        assert account.simulator.calls["GET /rest-services/loginInfo"] == 1

    def test_begins_anew_when_the_refresh_token_was_used_up(self, account: Account) -> None:
        client = account.client()
        account.kept.tokens |= {"session": "ended", "refresh": "used up"}
        assert len(all_in(client.people(EVERYTHING, {}))) == 60
        assert account.simulator.calls["GET /rest-services/loginInfo"] == 2

    @pytest.mark.parametrize("name", ["password", "client_id", "client_secret", "username"])
    def test_fails_with_a_sentence_when_something_is_wrong(
        self, account: Account, name: str
    ) -> None:
        wrong = {**account.simulator.credentials, name: "wrong-2b7f"}
        keys = keys_for(wrong, account.simulator.addresses, clock=account.clock)
        with closing(Bullhorn(keys)) as client, pytest.raises((AuthError, RefusedError)) as raised:
            client.find_out()
        said = str(raised.value)
        assert "Bullhorn" in said
        assert not [one for one in wrong.values() if one in said]

    @pytest.mark.parametrize(
        "address",
        ["https://bullhornstaffing.com.example.com/x", "http://rest.bullhornstaffing.com/x", ""],
    )
    def test_tells_a_password_to_nobody_else(self, account: Account, address: str) -> None:
        wire = httpx.MockTransport(
            lambda request: (
                httpx.Response(307, headers={"Location": address})
                if request.url.path.endswith("loginInfo") and "example" not in request.url.host
                else pytest.fail(f"It was told {request.url.host}.")
            )
        )
        real = {"login": VENDOR.addresses["login"]}
        keys = keys_for(account.simulator.credentials, real, clock=account.clock)
        with pytest.raises((RefusedError, UnreachableError)):
            Bullhorn(keys, wire).find_out()


class TestReading:
    def test_brings_everybody_once_over_pages(self, clock: Clock) -> None:
        with running("bullhorn", _crowd(clock)) as simulator:
            simulator.limits.calls = None
            account = Account(simulator, clock)
            client = account.client()
            pages = list(client.people(EVERYTHING, {}))
            ids = [one.external_id for page in pages for one in page.items]
            assert len(ids) == len(set(ids)) == 1_200
            assert pages[0].total == 1_200
            assert [page.cursor is None for page in pages] == [False, False, True]
            # A killed reader goes on after what was taken in.
            rest = all_in(client.people(EVERYTHING, pages[0].cursor or {}))
            assert [one.external_id for one in rest] == ids[500:]
            account.close()

    def test_reads_people_as_they_are_written(self, account: Account) -> None:
        number, one = account.anybody()
        person = account.world.people[number]
        read = account.client().read_people([one])[0]
        assert isinstance(read, Person)
        assert (read.first_name, read.last_name) == (person.first_name, person.last_name)
        assert read.emails[0] == person.emails[0]
        assert (read.job_title, read.employer, read.city) == (
            person.title,
            person.employer,
            person.city,
        )

    def test_reads_lists_whole_that_are_shown_cut(self, account: Account) -> None:
        number, one = account.anybody()
        skills = [f"Skill {letter}" for letter in "abcdefghijkl"]
        account.world.edit(number, skills=skills)
        read = account.client().read_people([one])[0]
        assert isinstance(read, Person)
        assert set(skills) <= set(read.skills)

    def test_brings_what_changed_and_nothing_else(self, account: Account) -> None:
        number, one = account.anybody()
        account.clock.now += timedelta(hours=2)
        account.world.edit(number, title="Head of testing")
        people = all_in(account.client().people(since(hours=-1), {}))
        assert [(each.external_id, each.job_title) for each in people] == [(one, "Head of testing")]

    def test_leaves_out_what_only_the_widened_date_brings(self, account: Account) -> None:
        number, one = account.anybody()
        account.world.edit(number, title="Changed at noon")
        client = account.client()
        assert one in {each.external_id for each in all_in(client.people(since(hours=1), {}))}
        after = Window(NOW + timedelta(minutes=5), NOW + timedelta(hours=1))
        assert all_in(client.people(after, {})) == []

    def test_tells_who_was_deleted_and_who_was_anonymised(self, account: Account) -> None:
        number, one = account.anybody()
        other = next(n for n, p in account.world.people.items() if p.emails and n != number)
        other_id = account.id_of(other)
        account.world.delete(number)
        account.world.anonymise(other)
        client = account.client()
        gone = {each.external_id: each.fate for each in all_in(client.gone(since(hours=1), {}))}
        assert gone[one] == Fate.DELETED
        assert gone[other_id] == Fate.ERASED
        there = {each.external_id for each in all_in(client.people(EVERYTHING, {}))}
        assert not there & {one, other_id}
        read = client.read_people([one, other_id, "999999999"])
        assert [(type(each), each.external_id) for each in read] == [
            (Gone, one),
            (Gone, other_id),
            (Gone, "999999999"),
        ]

    def test_takes_a_placement_for_a_hire(self, account: Account) -> None:
        number, one = account.anybody()
        role = next(iter(account.world.roles))
        account.world.place(account.world.apply(number, role))
        client = account.client()
        theirs = client.applications_of(one)
        placed = [each for each in theirs if each.outcome == "hired"]
        assert [each.external_id.startswith("placement-") for each in placed] == [True]
        assert client.read_applications([placed[0].external_id]) == placed
        assert client.read_applications(["placement-999999999"]) == []
        everybody: list[Application] = all_in(client.applications(EVERYTHING, {}))
        assert placed[0] in everybody

    def test_does_not_where_somebody_said_that_the_status_means_cancelled(
        self, account: Account
    ) -> None:
        number, one = account.anybody()
        account.world.place(account.world.apply(number, next(iter(account.world.roles))))
        status = next(
            each for each in account.client().applications_of(one) if each.outcome == "hired"
        ).stage_id
        client = account.client(outcomes={status: "withdrawn"})
        assert not [each for each in client.applications_of(one) if each.outcome == "hired"]

    def test_follows_roles(self, account: Account) -> None:
        client = account.client()
        roles = {each.title: each for each in all_in(client.roles(EVERYTHING, {}))}
        number, role = next((n, r) for n, r in account.world.roles.items() if r.state == "open")
        assert roles[role.title].state == "open"
        account.world.close_role(number)
        one = roles[role.title].external_id
        assert client.read_roles([one])[0].state in {"closed", "filled"}
        assert one in {each.external_id for each in all_in(client.roles(since(hours=1), {}))}

    def test_refuses_everybody_when_the_date_was_overlooked(self, account: Account) -> None:
        """A missing colon finds every record, and says nothing (contracts.md 3)."""
        client = account.client(Meddling(r"(dateLastModified|dateAdded):\[", r"\1 ["))
        with pytest.raises(RefusedError, match="ignores the date"):
            list(client.people(since(hours=1), {}))
        with pytest.raises(RefusedError, match="ignores the date"):
            list(client.roles(since(hours=1), {}))

    def test_refuses_all_submissions_when_seconds_matched_everything(
        self, account: Account
    ) -> None:
        client = account.client(Meddling(r"(dateLastModified >= \d{10})\d{3}", r"\1"))
        with pytest.raises(RefusedError, match="ignores the date"):
            list(client.applications(since(hours=1), {}))

    def test_does_without_dates_where_the_account_has_none(self, account: Account) -> None:
        account.options(has_date_last_modified=False)
        found = account.client(tested=False).find_out()
        assert "Candidate.dateLastModified" in found.lacking
        assert [each for each in found.warnings if "queue of events" in each]
        number, _ = account.anybody()
        account.world.edit(number, title="Unseen by a search")
        added = account.world.add(first_name="Ana", last_name="New", emails=["ana@example.com"])
        people = all_in(account.client().people(since(hours=1), {}))
        assert [each.last_name for each in people] == [account.world.people[added].last_name]

    def test_waits_when_it_is_told_to(self, account: Account) -> None:
        client = account.client()
        account.simulator.faults.add("throttled_bare")
        assert len(all_in(client.people(EVERYTHING, {}))) == 60
        account.simulator.faults.add("throttled", times=9)
        with pytest.raises(ThrottledError) as raised:
            all_in(client.people(EVERYTHING, {}))
        assert account.clock.now < raised.value.until <= account.clock.now + timedelta(minutes=5)

    @pytest.mark.parametrize("fault", ["broken", "unavailable", "truncated", "redirected"])
    def test_says_so_when_there_is_no_answer(self, account: Account, fault: Any) -> None:
        client = account.client()
        account.simulator.faults.add(fault, times=2, path="/search/")
        with pytest.raises(UnreachableError):
            all_in(client.people(EVERYTHING, {}))

    def test_gives_a_slow_answer_up(self, account: Account) -> None:
        client = account.client(outgoing.GuardedTransport(patience=0.6, most=10**7))
        client.read_people(["1"])
        account.simulator.faults.add("slow", path="/search/", wait=0.05)
        with pytest.raises(UnreachableError):
            all_in(client.people(EVERYTHING, {}))

    def test_keeps_within_the_calls_of_a_minute(self, clock: Clock) -> None:
        with running(
            "bullhorn",
            World(candidates=20, roles=3, clock=clock),
            limits=Limits(calls=5, seconds=60),
        ) as simulator:
            account = Account(simulator, clock)
            with pytest.raises(ThrottledError):
                account.client(tested=False).find_out()
            account.close()


class TestEvents:
    def told(self, client: Bullhorn, cursor: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        pages = list(client.events(cursor))
        last = pages[-1].cursor
        assert last is not None
        return [one for page in pages for one in page.items], last

    def test_tell_what_changed(self, account: Account) -> None:
        client = account.client()
        _, cursor = self.told(client, {})
        number, one = account.anybody()
        role = next(iter(account.world.roles))
        account.world.edit(number, title="Told")
        account.world.place(account.world.apply(number, role))
        account.world.edit_role(role, title="Told as well")
        told, cursor = self.told(client, cursor)
        assert one in {each for event in told for each in event.person_ids}
        applications = {each for event in told for each in event.application_ids}
        assert {each.partition("-")[0] for each in applications} == {"submission", "placement"}
        assert len(client.read_applications(sorted(applications))) == len(applications)
        assert [each for event in told for each in event.role_ids]
        assert self.told(client, cursor)[0] == []

    def test_are_read_again_when_the_reader_was_killed(self, account: Account) -> None:
        client = account.client()
        _, cursor = self.told(client, {})
        number, one = account.anybody()
        account.world.edit(number, title="Told")
        # It dies with the first page in its hands.
        lost = next(client.events(cursor)).items
        again, cursor = self.told(account.client(), cursor)
        assert again == lost
        assert one in again[0].person_ids
        assert self.told(account.client(), cursor)[0] == []

    def test_are_read_again_when_the_answer_was_lost(self, account: Account) -> None:
        client = account.client()
        _, cursor = self.told(client, {})
        number, one = account.anybody()
        account.world.edit(number, title="Told")
        account.simulator.faults.add("truncated", path="maxEvents")
        with pytest.raises(UnreachableError):
            list(client.events(cursor))
        again, _ = self.told(client, cursor)
        assert one in {each for event in again for each in event.person_ids}

    def test_are_read_again_when_the_connection_broke(self, account: Account) -> None:
        client = account.client()
        _, cursor = self.told(client, {})
        number, one = account.anybody()
        account.world.edit(number, title="Told")
        # It hands out what it has, and the answer never comes: asked again, it has nothing.
        account.simulator.faults.add("dropped", path="maxEvents")
        with pytest.raises(UnreachableError):
            list(client.events(cursor))
        again, cursor = self.told(client, cursor)
        assert one in {each for event in again for each in event.person_ids}
        assert self.told(client, cursor)[0] == []

    def test_are_one_call_where_there_is_nothing(self, account: Account) -> None:
        client = account.client()
        _, cursor = self.told(client, {})
        _, cursor = self.told(client, cursor)
        before = sum(account.simulator.calls.values())
        assert self.told(client, cursor)[0] == []
        assert sum(account.simulator.calls.values()) == before + 1

    @pytest.mark.parametrize("form", ["empty", "braces", "no_content"])
    def test_are_missing_in_any_form(self, account: Account, form: str) -> None:
        if form != "empty":
            account.options(empty_queue=form)
        client = account.client()
        _, cursor = self.told(client, {})
        assert self.told(client, cursor)[0] == []

    def test_say_so_when_the_queue_had_vanished(self, account: Account) -> None:
        client = account.client()
        _, cursor = self.told(client, {})
        account.clock.now += timedelta(days=40)
        with pytest.raises(CursorError, match="by searching"):
            list(client.events(cursor))
        number, one = account.anybody()
        account.world.edit(number, title="Told by the other queue")
        told, _ = self.told(client, cursor)
        assert one in {each for event in told for each in event.person_ids}


class TestWriting:
    def test_opts_out_by_the_flag(self, account: Account) -> None:
        number, one = account.anybody()
        client = account.client()
        proof = client.opt_out(one)
        assert proof.status_code == 200
        assert account.world.people[number].opted_out
        client.opt_out(one)
        read = client.read_people([one])[0]
        assert isinstance(read, Person)
        assert read.opted_out

    def test_opts_out_by_a_field_where_the_flag_is_read_only(self, account: Account) -> None:
        account.options(opt_out_is_read_only=True)
        number, one = account.anybody()
        client = account.client(opt_out_field="customText3")
        assert READ_ONLY_FLAG in account.client(tested=False).find_out().lacking
        client.opt_out(one)
        assert not account.world.people[number].opted_out
        read = client.read_people([one])[0]
        assert isinstance(read, Person)
        assert read.opted_out

    def test_opts_out_by_a_tearsheet_where_the_flag_is_passed_over(self, account: Account) -> None:
        number, one = account.anybody()
        # It takes the call, and leaves the flag as it is.
        wire = Meddling('"massMailOptOut": ?true', '"massMailOptOut":false')
        client = account.client(wire)
        client.opt_out(one)
        assert not account.world.people[number].opted_out
        assert account.sheets_of(one) == ["Do not mail (Warmbench)"]

    def test_opts_out_by_a_tearsheet_where_there_is_no_field(self, account: Account) -> None:
        account.options(opt_out_is_read_only=True)
        _, one = account.anybody()
        client = account.client()
        client.opt_out(one)
        client.opt_out(one)
        read = client.read_people([one])[0]
        assert isinstance(read, Person)
        assert read.opted_out
        assert account.sheets_of(one) == ["Do not mail (Warmbench)"]

    def test_gives_and_takes_tearsheets(self, account: Account) -> None:
        _, one = account.anybody()
        client = account.client()
        name = 'Nurses\' bench: "north" AND 1=1 --'
        client.tag(one, [name], [])
        client.tag(one, [name], [])
        read = client.read_people([one])[0]
        assert isinstance(read, Person)
        assert name in read.tags
        client.tag(one, [], [name])
        client.tag(one, [], [name, "There is none of this name"])
        read = client.read_people([one])[0]
        assert isinstance(read, Person)
        assert name not in read.tags

    def test_puts_nobody_on_another_tearsheet(self, account: Account) -> None:
        _, one = account.anybody()
        account.client().tag(one, ["First (Warmbench)"], [])
        # The name in the question is overlooked, and all tearsheets come.
        wire = Meddling("name = '[^']*'", "id > 0")
        account.client(wire).tag(one, ["Second (Warmbench)"], [])
        assert account.sheets_of(one) == ["First (Warmbench)", "Second (Warmbench)"]

    def test_writes_where_somebody_stands(self, account: Account) -> None:
        _, one = account.anybody()
        client = account.client()
        client.set_status(one, "searching")
        client.set_status(one, "open")
        client.set_status(one, "placed")
        assert account.sheets_of(one) == ["Warmbench status: placed"]

    def test_writes_a_note_once(self, account: Account) -> None:
        number, one = account.anybody()
        client = account.client()
        first = client.note(one, NOTE)
        second = client.note(one, NOTE)
        assert first.their_id == second.their_id
        notes = [each for each in account.world.notes_of(number) if "[wb-7]" in each.body]
        assert len(notes) == 1

    def test_finds_a_note_whose_answer_was_lost(self, account: Account) -> None:
        number, one = account.anybody()
        client = account.client()
        account.simulator.faults.add("dropped", path="PUT")
        with pytest.raises(UnclearError):
            client.note(one, NOTE)
        client.note(one, NOTE)
        notes = [each for each in account.world.notes_of(number) if "[wb-7]" in each.body]
        assert len(notes) == 1

    def test_deletes(self, account: Account) -> None:
        _, one = account.anybody()
        client = account.client()
        client.erase(one)
        client.erase(one)
        assert isinstance(client.read_people([one])[0], Gone)
        assert client.erase("999999999").status_code == 404
        with pytest.raises(GoneError):
            client.opt_out("999999999")

    def test_finds_out_what_a_mapping_chooses_from(self, account: Account) -> None:
        found = account.client(tested=False).find_out()
        assert found.stages
        assert found.note_kinds
        assert {each.id for each in found.fields} >= {"customText1", "skillSet"}
        assert all("@" in each.detail for each in found.users)
        assert replace(found, candidates=0) != found


def test_what_is_said_of_a_moment_is_in_utc(account: Account) -> None:
    people: list[Person] = all_in(account.client().people(EVERYTHING, {}))
    moments = [one.changed_at for one in people if one.changed_at]
    assert moments
    assert all(one.tzinfo is not None and one <= NOW for one in moments)
    assert isinstance(moments[0], datetime)
