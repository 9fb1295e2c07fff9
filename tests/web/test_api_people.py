"""What programs read and change about people, over the API."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from tests import make
from tests.make import NOW
from tests.web.test_api import Program
from warmbench.accounts import api_keys
from warmbench.accounts.models import Role as Job
from warmbench.accounts.models import User
from warmbench.core.models import AuditEntry
from warmbench.messaging import gate
from warmbench.messaging.models import Decision
from warmbench.nurture import enrollment
from warmbench.nurture.models import Enrollment, PoolMember, Sequence, Step
from warmbench.people import candidates, consent, erasure, looks, merging
from warmbench.people.candidates import PauseReason
from warmbench.people.models import Candidate, CandidateTag, Consent, ContactPoint, Suppression, Tag
from warmbench.signals.models import FollowUp
from warmbench.web.api import exports

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _here() -> Any:
    make.organisation()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def program() -> Program:
    return Program(api_keys.make("ATS", "write", by_id=None, now=NOW)[1])


@pytest.fixture
def alice() -> User:
    return make.user()


@pytest.fixture
def go() -> Tag:
    return make.tag("Go")


def vias(subject: str) -> set[str | None]:
    entries = AuditEntry.objects.filter(subject=subject)
    return {entry.detail.get("via") for entry in entries}


class TestCandidates:
    def test_are_added_with_all_that_is_known(self, program: Program, alice: User, go: Tag) -> None:
        made = program.send(
            "post",
            "/candidates",
            {
                "first_name": "Ana",
                "last_name": "Silva",
                "job_title": "Engineer",
                "city": "Hamburg",
                "country": "DE",
                "stage_reached": "final",
                "owner_email": alice.email.upper(),
                "emails": ["Ana@Example.com", "ana@example.org"],
                "phones": ["+49 40 1234567"],
                "tags": ["go"],
                "external_id": "7",
            },
            201,
        )
        ana = Candidate.objects.get()
        assert (made["id"], made["name"], made["source"]) == (ana.pk, "Ana Silva", "ATS")
        assert (ana.external_id, ana.owner, ana.status) == ("7", alice, "passive")
        assert made["time_zone"] == "Europe/Berlin"
        assert [one["address"] for one in made["addresses"]] == [
            "ana@example.com",
            "ana@example.org",
            "+49401234567",
        ]
        assert made["tags"] == [
            {"name": "Go", "kind": "skill", "is_primary": False, "source": "by hand"}
        ]
        assert (made["warmth"], made["is_stopped"], made["is_paused"]) == (0, False, False)
        assert vias(f"candidate:{ana.pk}") == {"API key: ATS"}
        assert program.get(f"/candidates/{ana.pk}") == made
        assert not Consent.objects.exists()

    @pytest.mark.parametrize(
        ("body", "field", "sentence"),
        [
            ({}, "last_name", "Give a name, or an address."),
            ({"first_name": "A\0"}, "first_name", "Null characters are not allowed."),
            ({"first_name": "A", "country": "XX"}, "country", "Select a valid choice."),
            ({"first_name": "A", "tags": ["Gogo"]}, "tags", "There is no tag called “Gogo”."),
            ({"first_name": "A", "source": "\0"}, "source", "cannot be stored"),
            ({"first_name": "A", "owner_email": "x@example.com"}, "owner_email", "No recruiter"),
            ({"first_name": "A", "profile_url": "javascript:1"}, "profile_url", "valid URL"),
        ],
    )
    def test_are_not_added_with_what_is_wrong(
        self, program: Program, body: Any, field: str, sentence: str
    ) -> None:
        said = program.send("post", "/candidates", body, 422)
        told = {one["field"]: one["detail"] for one in said["errors"]}
        assert sentence in told[field]
        assert not Candidate.objects.exists()

    def test_are_not_added_with_an_address_that_is_none(self, program: Program) -> None:
        program.send("post", "/candidates", {"emails": ["at home"]}, 422)
        program.send("post", "/candidates", {"phones": ["12"]}, 422)
        assert not Candidate.objects.exists()

    def test_are_not_added_twice(self, program: Program) -> None:
        whole = {
            "emails": ["ana@example.com"],
            "phones": ["+49401234567"],
            "external_id": "7",
            "source": "CRM",
        }
        ana = program.send("post", "/candidates", whole, 201)["id"]
        for said, by in (
            ({"emails": ["new@example.com", "ANA@example.com"]}, "e-mail address"),
            ({"phones": ["+49 40 1234567"]}, "number"),
            ({"first_name": "A", "external_id": "7", "source": "CRM"}, "id"),
        ):
            answer = program.send("post", "/candidates", said, 409)
            assert answer["detail"] == f"Candidate {ana} has this {by} already."
        assert Candidate.objects.count() == 1

    def test_who_were_erased_are_not_brought_back(self, program: Program) -> None:
        body = {"emails": ["ana@example.com"], "external_id": "7"}
        ana = program.send("post", "/candidates", body, 201)["id"]
        erasure.erase([ana], reason=erasure.Reason.REQUEST, by_id=None, now=NOW)
        for said in ({"emails": ["ana@example.com"]}, {"first_name": "A", "external_id": "7"}):
            assert "erased" in program.send("post", "/candidates", said, 422)["detail"]
        assert not Candidate.objects.exists()

    def test_are_found_by_what_is_known(self, program: Program, alice: User, go: Tag) -> None:
        ana = make.candidate(go, owner=alice)
        ben = make.candidate(status=Candidate.Status.PLACED)
        pool = make.pool("status = passive")
        PoolMember.objects.create(pool=pool, candidate=ana, joined_at=NOW)
        Candidate.objects.filter(pk=ana.pk).update(
            source="CRM", external_id="7", changed_at=NOW + timedelta(days=1)
        )
        email = ContactPoint.objects.get(candidate=ana).address
        for query, found in (
            ("", [ana, ben]),
            ("?status=placed", [ben]),
            ("?tag=GO", [ana]),
            ("?tag=Gogo", []),
            (f"?pool_id={pool.pk}", [ana]),
            (f"?owner_email={alice.email}", [ana]),
            ("?source=CRM&external_id=7", [ana]),
            (f"?email={email.upper()}", [ana]),
            (f"?q={email}", [ana]),
            ("?changed_since=2026-03-04T00:00:00Z", [ana]),
        ):
            items = program.get(f"/candidates{query}")["items"]
            assert [one["id"] for one in items] == [one.pk for one in found], query
        program.send("get", "/candidates?changed_since=5", None, 422)
        program.send("get", "/candidates?changed_since=0366-11-26T03:30:47%2B23:01", None, 422)

    def test_come_page_by_page(self, program: Program) -> None:
        made = [make.candidate().pk for _ in range(5)]
        found: list[int] = []
        after: str | None = ""
        while after is not None:
            page = program.get(f"/candidates?limit=2&after={after}")
            found += [one["id"] for one in page["items"]]
            after = page["next"]
        assert found == made

    def test_can_see_that_a_program_looked(self, program: Program) -> None:
        ana = make.candidate()
        program.get(f"/candidates/{ana.pk}")
        program.get(f"/candidates/{ana.pk}")
        seen = AuditEntry.objects.get(action=looks.ACTION, subject=f"candidate:{ana.pk}")
        assert seen.detail == {"via": "API key: ATS"}

    def test_are_corrected_where_something_is_said(self, program: Program, alice: User) -> None:
        ana = make.candidate(owner=alice)
        Candidate.objects.update(city="Kiel")
        where = f"/candidates/{ana.pk}"
        changed = program.send("patch", where, {"employer": "Contoso", "city": None})
        assert (changed["employer"], changed["city"]) == ("Contoso", "")
        assert changed["owner_email"] == alice.email
        assert program.send("patch", where, {})["employer"] == "Contoso"
        freed = program.send("patch", where, {"owner_email": None})
        assert freed["owner_email"] == ""
        program.send("patch", where, {"time_zone": "Mars/Base"}, 422)
        program.send("patch", "/candidates/0", {"city": "Kiel"}, 404)

    def test_get_addresses_statuses_and_tags(self, program: Program, go: Tag) -> None:
        ana = make.candidate()
        where = f"/candidates/{ana.pk}"
        said: dict[str, Any] = {"channel": "email", "address": "ana@example.net", "is_first": True}
        assert program.send("post", f"{where}/addresses", said)["addresses"][0] == {
            "channel": "email",
            "address": "ana@example.net",
            "standing": "unverified",
        }
        said = {"status": "placed", "evidence": "Signed\0"}
        assert program.send("post", f"{where}/status", said)["status"] == "placed"
        program.send("post", f"{where}/tags", {"add": ["Go"]})
        assert CandidateTag.objects.get().tag == go
        assert program.send("post", f"{where}/tags", {"remove": ["go"]})["tags"] == []
        program.send("post", f"{where}/tags", {"add": ["Go"], "remove": ["Gogo"]}, 422)
        assert not CandidateTag.objects.exists()

    def test_are_paused_and_resumed(self, program: Program) -> None:
        ana = make.candidate()
        where = f"/candidates/{ana.pk}"
        paused = program.send("post", f"{where}/pause", {"until": "2026-03-10"})
        assert paused["is_paused"]
        assert paused["paused_until"].startswith("2026-03-10")
        assert program.send("post", f"{where}/pause", {})["paused_until"] is None
        assert not program.send("post", f"{where}/resume", {})["is_paused"]
        for day in ("2026-03-03", "2036-03-29"):
            program.send("post", f"{where}/pause", {"until": day}, 422)

    @pytest.mark.parametrize("reason", ["asked", "gone", "retention"])
    def test_stay_paused_for_what_no_program_decides(self, program: Program, reason: str) -> None:
        ana = make.candidate()
        candidates.pause([ana.pk], reason=PauseReason(reason), now=NOW)
        program.send("post", f"/candidates/{ana.pk}/resume", {}, 409)
        assert program.get(f"/candidates/{ana.pk}")["is_paused"]

    def test_are_stopped_for_good(self, program: Program) -> None:
        ana = make.candidate()
        where = f"/candidates/{ana.pk}/stop"
        texts = program.send("post", where, {"evidence": "By phone", "channel": "sms"})
        assert not texts["is_stopped"]
        assert program.send("post", where, {"evidence": "By phone\0"})["is_stopped"]
        assert program.send("post", where, {"evidence": "By phone"})["is_stopped"]
        stops = Suppression.objects.order_by("pk")
        assert [one.channel for one in stops] == ["sms", ""]
        assert stops[1].evidence == "ATS: By phone"
        assert stops[1].reason == Suppression.Reason.DO_NOT_CONTACT
        program.send("post", where, {}, 422)


class TestWhoseRecordWentUpInAnother:
    @pytest.fixture
    def both(self) -> tuple[Candidate, Candidate]:
        kept, gone = make.candidate(), make.candidate()
        Candidate.objects.filter(pk=gone.pk).update(source="CRM", external_id="7")
        make.signal(gone)
        merging.merge(kept.pk, gone.pk, by_id=None, now=NOW)
        return kept, gone

    def test_is_answered_under_the_number_of_now(
        self, program: Program, both: tuple[Candidate, Candidate]
    ) -> None:
        kept, gone = both
        assert program.get(f"/candidates/{gone.pk}")["id"] == kept.pk
        changed = program.send("patch", f"/candidates/{gone.pk}", {"city": "Hamburg"})
        assert (changed["id"], changed["city"]) == (kept.pk, "Hamburg")
        found = program.get(f"/signals?candidate_id={gone.pk}")["items"]
        assert [one["candidate_id"] for one in found] == [kept.pk]
        for path in ("enrollments", "follow-ups", "decisions"):
            assert program.get(f"/{path}?candidate_id={gone.pk}")["items"] == []
        assert program.ask("get", f"/exports/candidates/{gone.pk}").status_code == 200

    def test_is_stopped_by_the_number_of_before(
        self, program: Program, both: tuple[Candidate, Candidate]
    ) -> None:
        kept, gone = both
        answer = program.send("post", f"/candidates/{gone.pk}/stop", {"evidence": "By phone"})
        assert (answer["id"], answer["is_stopped"]) == (kept.pk, True)

    def test_is_found_by_what_its_source_called_it_and_not_added_again(
        self, program: Program, both: tuple[Candidate, Candidate]
    ) -> None:
        kept, _ = both
        found = program.get("/candidates?source=CRM&external_id=7")["items"]
        assert [one["id"] for one in found] == [kept.pk]
        again = {"last_name": "Moreau", "source": "CRM", "external_id": "7"}
        told = program.send("post", "/candidates", again, 409)["detail"]
        assert told == f"Candidate {kept.pk} has this id already."


class TestEnrollments:
    def test_begin_as_on_the_page(self, program: Program) -> None:
        sequence = make.sequence(Step.Kind.WAIT).sequence
        ana, ben = make.candidate(), make.candidate()
        consent.suppress(ben.pk, reason=Suppression.Reason.OBJECTED, now=NOW)
        body = {"sequence_id": sequence.pk, "candidate_ids": [ana.pk, ben.pk, 0x7FFF, ana.pk]}

        said = program.send("post", "/enrollments", body)["items"]

        assert said == [
            {"candidate_id": ana.pk, "verdict": "enrolled"},
            {"candidate_id": ben.pk, "verdict": "spoken_for"},
            {"candidate_id": 0x7FFF, "verdict": None},
        ]
        begun = AuditEntry.objects.get(action=enrollment.BEGUN)
        assert begun.detail == {"via": "API key: ATS", "people": 1, "restart": False}
        again = program.send("post", "/enrollments", body | {"restart": True})["items"]
        assert again[0]["verdict"] == "under_way"
        program.send("post", "/enrollments", body | {"sequence_id": 0x7FFF}, 404)
        program.send("post", "/enrollments", body | {"candidate_ids": []}, 422)

    def test_are_held_resumed_and_stopped(self, program: Program) -> None:
        made = make.enrollment(make.candidate(), make.sequence(Step.Kind.WAIT))
        where = f"/enrollments/{made.pk}"
        program.send("post", f"{where}/resume", None, 409)
        assert program.send("post", f"{where}/hold", None)["state"] == "held"
        program.send("post", f"{where}/hold", None, 409)
        assert program.send("post", f"{where}/resume", None)["state"] == "active"
        stopped = program.send("post", f"{where}/stop", None)
        assert (stopped["state"], stopped["exit_reason"]) == ("exited", "taken_off")
        assert stopped["next_step_at"] is None
        program.send("post", f"{where}/stop", None, 409)
        program.send("post", "/enrollments/0/stop", None, 404)
        assert vias(f"candidate:{made.candidate_id}") == {"API key: ATS"}
        assert not enrollment.leave(
            made.candidate_id, made.sequence_id, reason="x", by_id=None, now=NOW
        )

    def test_are_listed_with_their_sequences(self, program: Program) -> None:
        version = make.sequence(Step.Kind.WAIT)
        made = make.enrollment(make.candidate(), version)
        make.enrollment(make.candidate(), make.sequence(Step.Kind.WAIT))
        Sequence.objects.exclude(pk=version.sequence_id).update(state=Sequence.State.ARCHIVED)
        for query in (f"candidate_id={made.candidate_id}", f"sequence_id={made.sequence_id}"):
            (one,) = program.get(f"/enrollments?{query}&state=active")["items"]
            assert one["id"] == made.pk
        assert len(program.get("/enrollments")["items"]) == Enrollment.objects.count()
        (sequence,) = program.get("/enrollments/sequences")["items"]
        assert sequence["id"] == version.sequence_id


def test_pools_are_listed_with_their_members(program: Program, alice: User) -> None:
    sequence = make.sequence(Step.Kind.WAIT).sequence
    pool = make.pool("status = passive", sequence, owner=alice)
    make.pool("status = open", archived_at=NOW)
    ana, ben = make.candidate(), make.candidate()
    PoolMember.objects.create(pool=pool, candidate=ana, joined_at=NOW)
    PoolMember.objects.create(pool=pool, candidate=ben, joined_at=NOW, left_at=NOW)

    (one,) = program.get("/pools")["items"]
    assert (one["members"], one["owner_email"]) == (1, alice.email)
    assert one["sequence_ids"] == [sequence.pk]
    members = program.get(f"/pools/{pool.pk}/members")["items"]
    assert [member["candidate_id"] for member in members] == [ana.pk]
    assert len(program.get(f"/pools/{pool.pk}/members?was=true")["items"]) == 2
    program.send("get", "/pools/0/members", None, 404)


def test_signals_are_listed_by_candidate_kind_and_moment(program: Program) -> None:
    ana = make.candidate()
    old = make.signal(ana, at=NOW - timedelta(days=9))
    new = make.signal(make.candidate())
    for query, found in (
        ("", [old, new]),
        (f"?candidate_id={ana.pk}", [old]),
        ("?kind=replied", []),
        ("?since=2026-03-01T00:00:00%2B01:00", [new]),
    ):
        items = program.get(f"/signals{query}")["items"]
        assert [one["id"] for one in items] == [one.pk for one in found], query


def test_decisions_say_why_and_why_not(program: Program, alice: User) -> None:
    ana, ben = make.candidate(), make.candidate()
    message = make.message(ana, make.sender(alice))
    usual = {"touch": "s/a", "at": NOW, "policy": gate.POLICY}
    Decision.objects.all().delete()
    refused, allowed = (
        Decision.objects.create(candidate_id=ana.pk, **usual, **said)
        for said in (
            {"stage": "planning", "verdict": "refuse", "reason": "suppressed"},
            {"stage": "claim", "verdict": "allow", "message_id": message.pk},
        )
    )
    items = program.get(f"/decisions?candidate_id={ana.pk}")["items"]
    assert [one["id"] for one in items] == [allowed.pk, refused.pk]
    assert items[0]["because"] == ""
    assert items[1]["because"].endswith(".")
    page = program.get(f"/decisions?candidate_id={ana.pk}&limit=1")
    later = program.get(f"/decisions?candidate_id={ana.pk}&limit=1&after={page['next']}")
    assert [one["id"] for one in later["items"]] == [refused.pk]
    (one,) = program.get(f"/decisions?message_id={message.pk}&verdict=allow")["items"]
    assert one["id"] == allowed.pk
    program.send("get", "/decisions", None, 422)
    program.send("get", f"/decisions?message_id={message.pk}&candidate_id={ben.pk}", None, 422)
    program.send("get", "/decisions?candidate_id=99999", None, 404)
    program.send("get", "/decisions?message_id=99999", None, 404)


class TestFollowUps:
    @pytest.fixture
    def entry(self, alice: User) -> FollowUp:
        return make.follow_up(make.candidate(owner=alice))

    def test_are_listed(self, program: Program, alice: User, entry: FollowUp) -> None:
        query = f"state=open&reason=replied&candidate_id={entry.candidate_id}"
        (one,) = program.get(f"/follow-ups?{query}&owner_email={alice.email}")["items"]
        assert (one["id"], one["owner_email"]) == (entry.pk, alice.email)
        assert one["evidence"][0]["text"] == "Replied: Interested"
        assert program.get("/follow-ups?state=done")["items"] == []

    def test_are_done_by_whose_they_are(
        self, program: Program, alice: User, entry: FollowUp
    ) -> None:
        where, bob = f"/follow-ups/{entry.pk}/done", make.user("Bob")
        said = {"by_email": bob.email, "outcome": "not_interested"}
        assert program.send("post", where, said, 403)["detail"].startswith("This is not for")
        program.send("post", where, said | {"by_email": "x@example.com"}, 422)
        said["by_email"] = alice.email
        program.send("post", where, said | {"outcome": "withdrawn"}, 422)
        wrong = program.send("post", where, said | {"role_id": 99999}, 422)
        assert wrong["errors"][0]["field"] == "role_id"
        late = {"outcome": "not_now", "until": "2020-01-01"}
        program.send("post", where, said | late, 422)
        done = program.send("post", where, said | {"note": "Later"})
        assert (done["state"], done["outcome"], done["note"]) == ("done", "not_interested", "Later")
        assert program.send("post", where, said, 409)["detail"] == "It is closed already."
        entry.refresh_from_db()
        assert entry.done_by == alice

    def test_are_done_with_a_day_or_a_role(
        self, program: Program, alice: User, entry: FollowUp, go: Tag
    ) -> None:
        said = {"by_email": alice.email, "outcome": "not_now", "until": "2026-06-01"}
        assert program.send("post", f"/follow-ups/{entry.pk}/done", said)["state"] == "done"
        other = make.follow_up(make.candidate(go, owner=alice))
        role = make.role(go)
        role_said = {"by_email": alice.email, "outcome": "role_interest", "role_id": role.pk}
        done = program.send("post", f"/follow-ups/{other.pk}/done", role_said)
        assert done["outcome"] == "role_interest"

    def test_are_put_away(self, program: Program, alice: User, entry: FollowUp) -> None:
        where = f"/follow-ups/{entry.pk}/snooze"
        said = {"by_email": alice.email, "until": "2026-03-10"}
        put_away = program.send("post", where, said)
        assert put_away["snoozed_until"].startswith("2026-03-10")
        program.send("post", where, said | {"wakes_on": "reply"})
        entry.refresh_from_db()
        assert entry.wakes_on == "reply"
        for day in ("2026-03-03", "2037-01-01"):
            program.send("post", where, said | {"until": day}, 422)
        FollowUp.objects.update(state=FollowUp.State.DONE)
        program.send("post", where, said, 409)

    def test_are_offered_or_given(self, program: Program, alice: User, entry: FollowUp) -> None:
        where, bob = f"/follow-ups/{entry.pk}/assign", make.user("Bob")
        said = {"by_email": alice.email, "to_email": bob.email, "note": "Yours?"}
        offered = program.send("post", where, said)
        assert (offered["owner_email"], offered["offered_to_email"]) == (alice.email, bob.email)
        root = make.user("Root", Job.ADMIN)
        given = program.send("post", where, said | {"by_email": root.email})
        assert (given["owner_email"], given["offered_to_email"]) == (bob.email, "")
        program.send("post", where, said | {"by_email": root.email}, 422)
        FollowUp.objects.update(state=FollowUp.State.DONE, owner=alice)
        program.send("post", where, said, 409)


class TestExports:
    def lines(self, program: Program, query: str) -> str:
        answer: Any = program.ask("get", f"/exports/{query}")
        assert answer.status_code == 200
        return bytes(answer.getvalue()).decode()

    def test_of_one_person_are_all_that_is_held(self, program: Program) -> None:
        ana = make.candidate()
        held = program.get(f"/exports/candidates/{ana.pk}")
        assert {"candidate", "contact_point"} <= {one["name"] for one in held["sections"]}
        taken = AuditEntry.objects.get(action="candidate.exported")
        assert taken.detail == {"via": "API key: ATS"}
        program.send("get", "/exports/candidates/0", None, 404)

    @pytest.mark.parametrize("what", ["candidates", "messages", "signals"])
    def test_of_tables_are_lines(
        self, program: Program, alice: User, what: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(exports, "_AT_ONCE", 2)
        sender = make.sender(alice)
        for _ in range(3):
            ana = make.candidate(owner=alice)
            make.message(ana, sender)
            make.signal(ana)
        read = [json.loads(line) for line in self.lines(program, what).splitlines()]
        assert len(read) == 3
        table = list(csv.DictReader(io.StringIO(self.lines(program, f"{what}?format=csv"))))
        assert [row["id"] for row in table] == [str(row["id"]) for row in read]
        assert set(table[0]) == set(read[0])
        rest = self.lines(program, f"{what}?after={read[1]['id']}")
        assert [json.loads(line) for line in rest.splitlines()] == read[2:]
        assert self.lines(program, f"{what}?since=2126-01-01T00:00:00Z") == ""
        trail = AuditEntry.objects.filter(action="table.exported", subject=f"table:{what}")
        assert trail.count() == 4

    def test_run_nothing_in_a_spreadsheet(self, program: Program) -> None:
        make.candidate()
        Candidate.objects.update(first_name="=1+1")
        assert "'=1+1" in self.lines(program, "candidates?format=csv")

    def test_of_what_there_is_not_are_refused(self, program: Program) -> None:
        program.send("get", "/exports/users", None, 422)
        assert program.send("get", "/nothing", None, 404)["detail"].startswith("There is no such")
