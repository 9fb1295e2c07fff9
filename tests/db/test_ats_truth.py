"""Whose word counts between an ATS and us, field by field, and that it ends alike however told."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection as database
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from tests.make import NOW
from tests.paged_ats import VENDOR, PagedAts, begun, pull
from warmbench.core import sql
from warmbench.integrations.ats import conflicts, connections, rereading, vendors
from warmbench.integrations.ats.protocol import Reading
from warmbench.integrations.ats.things import Fate, Gone
from warmbench.integrations.models import AtsConnection, AtsRejection
from warmbench.people import candidates, corrections, editing, tag_tree
from warmbench.people.corrections import Told
from warmbench.people.import_drafts import Options
from warmbench.people.models import (
    Candidate,
    CandidateRecord,
    Conflict,
    Consent,
    ContactPoint,
    Suppression,
)
from warmbench.sourcing.models import Alert, Application, Role

pytestmark = pytest.mark.django_db

Opener = Callable[..., Any]


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    make.organisation()
    monkeypatch.setattr(vendors, "of", lambda _key: VENDOR)


@pytest.fixture
def ats() -> PagedAts:
    return PagedAts()


@pytest.fixture
def connection(ats: PagedAts) -> AtsConnection:
    return begun(ats)


def tell(ats: PagedAts, connection: AtsConnection, **said: Sequence[Any]) -> None:
    """It tells by itself of what it has."""
    rereading.take_in(connection, **said, now=ats.clock(), opened=ats.opener())


def of(person_id: str) -> Candidate:
    return Candidate.objects.get(records__external_id=person_id)


def emails(person: Candidate) -> list[str]:
    points = ContactPoint.objects.filter(candidate=person, channel="email")
    return list(points.order_by("position", "pk").values_list("address", flat=True))


def test_a_blank_never_erases(ats: PagedAts, connection: AtsConnection) -> None:
    ann = ats.add(job_title="Nurse", employer="Acme", city="Berlin", country="DE")
    pull(ats)
    ats.edit(ann, job_title="", employer="", city="", country="", emails=(), first_name="")
    pull(ats)
    person = of(ann)
    assert (person.first_name, person.job_title, person.employer) == ("Ann", "Nurse", "Acme")
    assert (person.city, person.country) == ("Berlin", "DE")
    assert emails(person) == [f"{ann}@example.com"]


def test_what_they_did_not_change_is_left_to_us(ats: PagedAts, connection: AtsConnection) -> None:
    ann = ats.add(job_title="Nurse", employer="Acme")
    pull(ats)
    editing.correct(of(ann).pk, {"job_title": "Midwife"}, by_id=None, now=ats.now)
    ats.edit(ann, employer="Globex")
    pull(ats)
    assert (of(ann).job_title, of(ann).employer) == ("Midwife", "Globex")
    assert not Conflict.objects.exists()


def test_what_both_changed_is_theirs_until_a_person_puts_ours_back(
    ats: PagedAts, connection: AtsConnection
) -> None:
    by = make.user()
    ann = ats.add(job_title="Nurse")
    pull(ats)
    editing.correct(of(ann).pk, {"job_title": "Midwife"}, by_id=None, now=ats.now)
    ats.edit(ann, job_title="Head nurse")
    pull(ats)
    assert of(ann).job_title == "Head nurse"
    one = Conflict.objects.get()
    assert (one.field, one.ours, one.theirs) == ("job_title", "Midwife", "Head nurse")
    assert conflicts.put_ours_back(one.pk, by_id=by.pk, now=ats.now)
    assert not conflicts.leave_theirs(one.pk, by_id=by.pk, now=ats.now)
    ats.edit(ann, employer="Globex")
    pull(ats)
    assert of(ann).job_title == "Midwife"
    ats.edit(ann, job_title="Director of nursing")
    pull(ats)
    assert of(ann).job_title == "Director of nursing"
    assert Conflict.objects.filter(state="open").count() == 1


def test_a_place_is_put_back_as_a_whole(ats: PagedAts, connection: AtsConnection) -> None:
    by = make.user()
    ann = ats.add(city="Berlin", country="DE")
    pull(ats)
    editing.correct(of(ann).pk, {"city": "Paris", "country": "FR"}, by_id=None, now=ats.now)
    ats.edit(ann, city="Madrid", country="ES")
    pull(ats)
    assert (of(ann).city, of(ann).country) == ("Madrid", "ES")
    one = Conflict.objects.filter(field="city").get()
    conflicts.put_ours_back(one.pk, by_id=by.pk, now=ats.now)
    assert (of(ann).city, of(ann).country) == ("Paris", "FR")
    assert not Conflict.objects.filter(state="open").exists()


def test_what_they_corrected_themselves_stays_theirs(
    ats: PagedAts, connection: AtsConnection
) -> None:
    ann = ats.add(first_name="Ann", last_name="Smith")
    pull(ats)
    person = of(ann)
    told = Told(first_name="Anne", last_name="Smith", city=person.city, country=person.country)
    corrections.correct(person.pk, told, message_id=0, now=ats.now)
    ats.edit(ann, first_name="Anna")
    pull(ats)
    assert of(ann).first_name == "Anne"
    assert not Conflict.objects.exists()


def test_an_address_that_they_dropped_stays_behind_theirs(
    ats: PagedAts, connection: AtsConnection
) -> None:
    ann = ats.add(emails=("old@example.com", "both@example.com"))
    pull(ats)
    ats.edit(ann, emails=("both@example.com", "new@example.com"))
    pull(ats)
    assert emails(of(ann)) == ["both@example.com", "new@example.com", "old@example.com"]


def test_an_owner_follows_only_when_they_change_it(
    ats: PagedAts, connection: AtsConnection
) -> None:
    ann, ben = make.user(), make.user("Ben Fox")
    reading = Reading(owners={"u1": ann.pk, "u2": ben.pk})
    connections.set_mapping(connection.pk, reading, Options(), by_id=None, now=ats.now)
    who = ats.add(owner_id="u1")
    pull(ats)
    assert of(who).owner == ann
    candidates.hand_over([of(who).pk], to_id=ben.pk, now=ats.now, by_id=None)
    ats.edit(who, job_title="Nurse")
    pull(ats)
    assert of(who).owner == ben
    ats.edit(who, owner_id="u2")
    pull(ats)
    ats.edit(who, owner_id="u1")
    pull(ats)
    assert of(who).owner == ann


def test_people_come_with_the_ground_that_holds_for_the_connection(
    ats: PagedAts, connection: AtsConnection
) -> None:
    options = Options(basis="relationship", evidence="They applied with us")
    connections.set_mapping(connection.pk, Reading(), options, by_id=None, now=ats.now)
    ann = ats.add()
    ats.add(opted_out=True)
    pull(ats)
    assert list(Consent.objects.values_list("candidate", "basis")) == [(of(ann).pk, "relationship")]


def test_a_known_record_decides_before_any_address(
    ats: PagedAts, connection: AtsConnection
) -> None:
    ann = ats.add(emails=("ann@example.com",))
    pull(ats)
    person = of(ann)
    ContactPoint.objects.filter(candidate=person).delete()
    ats.edit(ann, emails=("other@example.com",), first_name="Anna")
    pull(ats)
    assert Candidate.objects.get().first_name == "Anna"


def test_who_is_known_by_an_address_is_the_same_person(
    ats: PagedAts, connection: AtsConnection
) -> None:
    known = make.candidate(email="ann@example.com")
    ann = ats.add(emails=("ANN@example.com",), job_title="Nurse")
    twin = ats.add(emails=("ann@example.com",))
    pull(ats)
    assert of(ann) == of(twin) == known
    assert Candidate.objects.count() == 1


def test_an_opt_out_counts_though_the_rest_cannot_be_taken_in(
    ats: PagedAts, connection: AtsConnection
) -> None:
    make.candidate(email="ben@example.com")
    ann = ats.add(emails=("ann@example.com",))
    pull(ats)
    ats.edit(ann, emails=("ben@example.com",), opted_out=True, job_title="Nurse")
    pull(ats)
    assert of(ann).job_title == ""
    assert AtsRejection.objects.get().external_id == ann
    assert Suppression.objects.filter(candidate=of(ann)).exists()


def test_do_not_contact_is_never_lifted(ats: PagedAts, connection: AtsConnection) -> None:
    ann = ats.add()
    hers = ats.apply(ann)
    pull(ats)
    status = Candidate.Status.DO_NOT_CONTACT
    candidates.change_status(of(ann).pk, status, now=ats.now)
    for outcome in ("hired", "active", "rejected"):
        ats.move(hers, outcome=outcome)
        pull(ats)
        assert of(ann).status == status


def test_a_placement_by_our_own_word_is_not_taken_back(
    ats: PagedAts, connection: AtsConnection
) -> None:
    ann = ats.add()
    pull(ats)
    candidates.change_status(of(ann).pk, Candidate.Status.PLACED, now=ats.now)
    hers = ats.apply(ann)
    pull(ats)
    assert of(ann).status == "placed"
    ats.move(hers, outcome="rejected")
    pull(ats)
    assert of(ann).status == "placed"


def test_a_prospect_is_in_no_process(ats: PagedAts, connection: AtsConnection) -> None:
    ann = ats.add()
    ats.apply(ann, is_prospect=True)
    pull(ats)
    assert of(ann).status == "passive"


def test_a_status_of_the_person_places_them(ats: PagedAts, connection: AtsConnection) -> None:
    ann = ats.add(is_placed=True)
    pull(ats)
    assert of(ann).status == "placed"
    ats.edit(ann, is_placed=False)
    pull(ats)
    assert of(ann).status == "passive"


def test_a_role_follows_and_what_it_lacks_there_stays(
    ats: PagedAts, connection: AtsConnection
) -> None:
    tag_tree.load_default(now=NOW)
    job = ats.role(title="Data engineer", description="<p>You know Python and SQL well.</p>")
    pull(ats)
    role = Role.objects.get(external_id=job)
    assert (role.state, role.source) == ("open", "Ours")
    assert role.skills.filter(tag__name="Python").exists()
    Role.objects.filter(pk=role.pk).update(summary="Told to candidates", urgency="high")
    ats.jobs[job] = replace(
        ats.jobs[job], title="Senior data engineer", state="filled", changed_at=ats.clock()
    )
    pull(ats)
    role.refresh_from_db()
    assert (role.title, role.state) == ("Senior data engineer", "filled")
    assert (role.summary, role.urgency) == ("Told to candidates", "high")


def test_a_role_that_nobody_could_be_matched_with_stays_a_draft_and_says_why(
    ats: PagedAts, connection: AtsConnection
) -> None:
    job = ats.role(pay_min="a lot", pay_currency="EUR")
    pull(ats)
    assert Role.objects.get(external_id=job).state == "draft"
    assert "no skill" in AtsRejection.objects.get().reason


def test_who_applied_is_told_nothing_of_that_role(ats: PagedAts, connection: AtsConnection) -> None:
    tag_tree.load_default(now=NOW)
    job = ats.role(description="You know Python and SQL well.")
    ann, ben = ats.add(), ats.add()
    pull(ats)
    role = Role.objects.get()
    make.campaign(role)
    for who in (ann, ben):
        Alert.objects.create(
            role=role, candidate=of(who), level="normal", wave=1, matched=[], score=1.0, policy=1,
            threshold=1, next_try_at=NOW, made_at=NOW, state_at=NOW,
        )  # fmt: skip
    ats.apply(ann, job, outcome="rejected")
    pull(ats)
    states = dict(Alert.objects.values_list("candidate", "state"))
    assert states == {of(ann).pk: "withdrawn", of(ben).pk: "waiting"}


def test_a_role_that_comes_late_is_linked(ats: PagedAts, connection: AtsConnection) -> None:
    ann = ats.add()
    ats.apply(ann, "r99")
    pull(ats)
    assert Application.objects.get().role is None
    ats.jobs["r99"] = replace(ats.jobs[ats.role()], external_id="r99", changed_at=ats.clock())
    pull(ats)
    linked = Application.objects.get().role
    assert linked is not None
    assert linked.external_id == "r99"


def test_a_preview_shows_who_would_come_and_writes_nothing(ats: PagedAts) -> None:
    known = make.candidate(email="ann@example.com")
    made = connections.make("greenhouse", "Ours", {}, {}, by_id=None, now=ats.now)
    ats.add(emails=("ann@example.com",), job_title="Nurse")
    ats.add(emails=("no address",), job_title="Midwife")
    ats.add()
    rows = connections.preview(made.pk, clock=ats.clock, opened=ats.opener())
    assert [row.known for row in rows] == [known, None, None]
    assert [bool(row.arrival.reason) for row in rows] == [False, True, False]
    assert rows[0].arrival.draft is not None
    assert rows[0].arrival.draft.job_title == "Nurse"
    assert Candidate.objects.count() == 1
    assert not CandidateRecord.objects.exists()


def test_what_is_told_is_read_again(ats: PagedAts, connection: AtsConnection) -> None:
    ann = ats.add()
    pull(ats)
    hers = ats.apply(ann, outcome="hired")
    tell(ats, connection, application_ids=[hers])
    assert of(ann).status == "placed"
    # Told, but it is not so.
    tell(ats, connection, gone=[Gone(external_id=ann, fate=Fate.ERASED)])
    assert of(ann).status == "placed"


#: What happens there, by whom it concerns (0 to 2), and what is told of it.
happenings = st.lists(
    st.tuples(
        st.sampled_from(
            ["title", "opt_out", "apply", "hire", "reject", "delete", "erase",
             "merge", "tell", "tell_all", "window"]
        ),
        st.integers(0, 2),
    ),
    min_size=2,
    max_size=14,
)  # fmt: skip


def happen(ats: PagedAts, what: str, who: int) -> None:
    """Something happens there; nothing if it cannot."""
    name, another = f"p{who + 1}", f"p{(who + 1) % 3 + 1}"
    there = name in ats.persons
    ats.tick(seconds=7)
    if there and what == "title":
        said = f"Title {len(ats.persons[name].tags)}"
        tags = (*ats.persons[name].tags, "warmbench")
        ats.edit(name, job_title=said, tags=tags)
    elif there and what == "opt_out":
        ats.edit(name, opted_out=True)
    elif there and what == "apply":
        ats.apply(name)
    elif there and what in {"delete", "erase"}:
        ats.take_out(name, Fate.DELETED if what == "delete" else Fate.ERASED)
    elif there and what == "merge" and another in ats.persons:
        ats.take_out(name, Fate.MERGED, another)
    elif what in {"hire", "reject"}:
        outcome = {"hire": "hired", "reject": "rejected"}[what]
        for one in [one for one in ats.apps.values() if one.person_id == name]:
            ats.move(one.external_id, outcome=outcome)


def picture() -> dict[str, Any]:
    """How everything stands here, but for ids and times."""
    people = {}
    for person in Candidate.objects.order_by("pk"):
        records = person.records.order_by("external_id").values_list(
            "external_id", "fate", "standing"
        )
        stops = Suppression.objects.filter(candidate=person).values_list("reason", flat=True)
        # What changed just before a record was deleted or merged is known only to whom it was told.
        is_whole = not any(fate for _, fate, _ in records)
        people[records[0][0]] = (
            person.first_name, person.last_name, person.job_title if is_whole else "",
            person.status, person.pause_reason, tuple(records), sorted(set(emails(person))),
            sorted(set(stops)) if is_whole else [],
        )  # fmt: skip
    found = Application.objects.order_by("external_id")
    return {"people": people, "applications": list(found.values_list("external_id", "outcome"))}


@given(happenings=happenings)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@pytest.mark.django_db
def test_however_it_is_told_it_ends_alike(happenings: list[tuple[str, int]]) -> None:
    (told, heard), (whole, seen) = (_played(happenings, is_told=way) for way in (True, False))
    assert told == whole
    # Whoever is told of more has heard of every stop that was there to be read.
    assert heard >= seen


@pytest.mark.parametrize("end", ["delete", "merge"])
@pytest.mark.django_db
def test_an_opt_out_that_was_told_stays_though_the_record_goes(end: str) -> None:
    happenings = [("opt_out", 0), ("tell", 0), (end, 0)]
    (told, heard), (whole, seen) = (_played(happenings, is_told=way) for way in (True, False))
    assert told == whole
    assert (len(heard), len(seen)) == (1, 0)


Stops = set[tuple[str, str]]


def _stops() -> Stops:
    """Who is left alone, and why, by the first of their records."""
    return {
        (min(one.candidate.records.values_list("external_id", flat=True)), one.reason)
        for one in Suppression.objects.filter(candidate__records__isnull=False).distinct()
        if one.candidate is not None
    }


def _played(happenings: list[tuple[str, int]], *, is_told: bool) -> tuple[dict[str, Any], Stops]:
    """What it comes to: told as it happens, twice and out of order, or read by windows alone."""
    ats = PagedAts()
    sid = _savepoint()
    connection = begun(ats)
    for _ in range(3):
        ats.add()
    pull(ats)
    connection.refresh_from_db()
    for what, who in happenings:
        happen(ats, what, who)
        if what == "window":
            pull(ats)
        elif is_told and what == "tell":
            gone = [one for _, one in ats.lost if one.external_id == f"p{who + 1}"]
            tell(ats, connection, people_ids=[f"p{who + 1}"], gone=gone)
        elif is_told and what == "tell_all":
            ids = list(reversed(ats.apps))
            tell(ats, connection, application_ids=ids, people_ids=list(ats.persons) * 2)
    pull(ats)
    found = picture(), _stops()
    _back_to(sid)
    return found


def _savepoint() -> str:
    sql.run("SAVEPOINT played")
    return "played"


def _back_to(name: str) -> None:
    assert database.in_atomic_block
    sql.run(f"ROLLBACK TO SAVEPOINT {name}")


def test_what_is_older_than_what_is_known_changes_nothing(
    ats: PagedAts, connection: AtsConnection
) -> None:
    ann = ats.add(job_title="Nurse")
    pull(ats)
    before = ats.persons[ann]
    ats.edit(ann, job_title="Midwife")
    tell(ats, connection, people_ids=[ann])
    # A page that was asked for before comes after it.
    ats.persons[ann] = before
    tell(ats, connection, people_ids=[ann])
    assert of(ann).job_title == "Midwife"
