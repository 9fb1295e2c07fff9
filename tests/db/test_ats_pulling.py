"""Reading connected systems: whole first, then what changed, resumed where it broke off."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import make
from tests.make import NOW
from tests.paged_ats import VENDOR, PagedAts, begun
from warmbench.accounts.models import Notification
from warmbench.accounts.models import Role as Job
from warmbench.integrations.ats import connections, pulling, streams, vendors
from warmbench.integrations.ats.errors import (
    AuthError,
    CursorError,
    ThrottledError,
    UnreachableError,
)
from warmbench.integrations.ats.things import Fate
from warmbench.integrations.models import AtsConnection, AtsRejection, AtsStream
from warmbench.people import truth
from warmbench.people.models import (
    Candidate,
    CandidateRecord,
    ContactPoint,
    Suppression,
    TruthSource,
)

pytestmark = pytest.mark.django_db

Kind = AtsStream.Kind


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


def pull(ats: PagedAts, *, most: int = 50) -> int:
    """Read all that is due. Returns in how many turns."""
    turns = 0
    while pulling.pull_next(clock=ats.clock, opened=ats.opener()):
        turns += 1
        assert turns < most, list(AtsStream.objects.values("kind", "problem", "next_at"))
    return turns


def state(connection: AtsConnection) -> str:
    return AtsConnection.objects.get(pk=connection.pk).state


def stream(kind: str, **fields: object) -> AtsStream:
    return AtsStream.objects.get(kind=kind, is_reread=False, **fields)


def test_everything_is_read_in_order_and_then_it_is_relied_on(
    ats: PagedAts, connection: AtsConnection
) -> None:
    role = ats.role(description="You know Python and SQL.")
    people = [ats.add() for _ in range(8)]
    ats.apply(people[0], role)
    assert truth.stale(now=ats.now)
    pull(ats)
    assert state(connection) == AtsConnection.State.LIVE
    assert not truth.stale(now=ats.now)
    assert Candidate.objects.count() == 8
    assert set(CandidateRecord.objects.values_list("external_id", flat=True)) == set(people)
    applied = Candidate.objects.get(records__external_id=people[0])
    assert applied.status == Candidate.Status.APPLIED
    assert not AtsRejection.objects.exists() or list(
        AtsRejection.objects.values_list("kind", flat=True)
    ) == ["roles"]


def test_what_changed_comes_with_the_next_window(ats: PagedAts, connection: AtsConnection) -> None:
    ann = ats.add(job_title="Nurse")
    pull(ats)
    ats.edit(ann, job_title="Head nurse")
    assert pull(ats) == 0
    ats.tick(minutes=6)
    assert pull(ats) == 4
    assert Candidate.objects.get().job_title == "Head nurse"
    confirmed = TruthSource.objects.get().confirmed_at
    assert confirmed is not None
    assert ats.now - confirmed < timedelta(minutes=1)


def test_who_is_hired_is_placed_and_comes_free_again(
    ats: PagedAts, connection: AtsConnection
) -> None:
    ann = ats.add()
    hers = ats.apply(ann)
    pull(ats)
    assert Candidate.objects.get().status == "applied"
    for outcome, status in (("hired", "placed"), ("active", "applied"), ("rejected", "passive")):
        ats.move(hers, outcome=outcome)
        ats.tick(minutes=6)
        pull(ats)
        assert Candidate.objects.get().status == status
    assert Candidate.objects.get().stage_reached == "offer"


def test_who_opts_out_there_is_stopped_here_for_good(
    ats: PagedAts, connection: AtsConnection
) -> None:
    ann = ats.add()
    pull(ats)
    ats.edit(ann, opted_out=True)
    ats.tick(minutes=6)
    pull(ats)
    assert Suppression.objects.filter(candidate=Candidate.objects.get()).exists()
    ats.edit(ann, opted_out=False)
    ats.tick(minutes=6)
    pull(ats)
    assert Suppression.objects.filter(candidate=Candidate.objects.get(), releases=None).exists()


def test_a_permission_that_ends_stops_without_a_change(
    ats: PagedAts, connection: AtsConnection
) -> None:
    ats.add(permitted_until=NOW + timedelta(hours=1))
    pull(ats)
    assert not Suppression.objects.exists()
    ats.tick(hours=2)
    pull(ats)
    assert Suppression.objects.exists()


def test_a_turn_that_ends_early_goes_on_where_it_was(
    ats: PagedAts, connection: AtsConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "CHUNK", 3)
    for _ in range(20):
        ats.add()
    turns = 0
    while pulling.pull_next(clock=ats.clock, opened=ats.opener(), turn=0.0):
        turns += 1
    assert turns > 7
    assert Candidate.objects.count() == 20
    assert stream(Kind.CANDIDATES).done == 20


@pytest.mark.parametrize("at", [0, 2, 4])
def test_what_breaks_on_the_way_is_resumed(
    ats: PagedAts, connection: AtsConnection, at: int
) -> None:
    for _ in range(14):
        ats.add()
    broken = UnreachableError("It does not answer.")
    ats.on_page = lambda kind, place: (
        _raise(broken) if kind == "people" and place == at * 3 else None
    )
    pull(ats)
    held = stream(Kind.CANDIDATES)
    assert (held.problem, held.failures) == ("It does not answer.", 1)
    assert Candidate.objects.count() == at * 3
    ats.on_page = lambda _kind, _place: None
    assert pull(ats) == 0
    ats.tick(minutes=1)
    pull(ats)
    assert Candidate.objects.count() == 14
    assert stream(Kind.CANDIDATES).problem == ""
    assert state(connection) == AtsConnection.State.LIVE


def _raise(error: Exception) -> None:
    raise error


def test_it_is_left_alone_as_long_as_it_asks(ats: PagedAts, connection: AtsConnection) -> None:
    until = ats.now + timedelta(minutes=3)
    ats.errors["roles"] = [ThrottledError("Too much.", until=until)]
    pull(ats)
    assert stream(Kind.ROLES).next_at == until
    assert stream(Kind.ROLES).problem == ""


def test_administrators_are_told_that_keys_do_not_open_it(
    ats: PagedAts, connection: AtsConnection
) -> None:
    make.user(role=Job.ADMIN)
    ats.errors["roles"] = [AuthError("The key was revoked.")]
    pull(ats)
    assert stream(Kind.ROLES).problem == "The key was revoked."
    assert Notification.objects.get().body == "The key was revoked."
    connections.change_keys(connection.pk, {}, {}, by_id=None, now=ats.now)
    pull(ats)
    assert state(connection) == AtsConnection.State.LIVE


def test_a_cursor_that_is_not_known_any_more_begins_the_window_anew(
    ats: PagedAts, connection: AtsConnection
) -> None:
    for _ in range(7):
        ats.add()
    ats.errors["people"] = [CursorError("It does not know the place any more.")]
    pull(ats)
    assert stream(Kind.CANDIDATES).window_until is None
    ats.tick(minutes=1)
    pull(ats)
    assert Candidate.objects.count() == 7


def test_a_window_of_changes_that_holds_everything_is_not_taken(
    ats: PagedAts, connection: AtsConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.user(role=Job.ADMIN)
    ats.page = 100
    people = [ats.add() for _ in range(230)]
    pull(ats)
    for one in people:
        ats.persons[one] = replace(ats.persons[one], changed_at=NOW - timedelta(days=9))
    ats.is_heeding = False
    ats.edit(people[0], job_title="Nurse")
    ats.tick(hours=3)
    pull(ats)
    held = stream(Kind.CANDIDATES)
    assert "230 records" in held.problem
    assert held.next_at is None
    assert not Candidate.objects.filter(job_title="Nurse").exists()
    assert Notification.objects.exists()
    ats.is_heeding = True
    connections.resync(connection.pk, by_id=None, now=ats.now)
    pull(ats)
    assert Candidate.objects.filter(job_title="Nurse").exists()
    assert stream(Kind.CANDIDATES).problem == ""


def test_what_no_window_tells_of_is_found_by_reading_everything_once_more(
    ats: PagedAts, connection: AtsConnection
) -> None:
    ann, ben = ats.add(), ats.add()
    hers = ats.apply(ann)
    pull(ats)
    del ats.persons[ben], ats.apps[hers]
    ats.tick(hours=2)
    pull(ats)
    assert Candidate.objects.get(records__external_id=ann).status == "applied"
    ats.tick(days=7)
    pull(ats)
    assert Candidate.objects.get(records__external_id=ann).status == "passive"
    assert CandidateRecord.objects.get(external_id=ben).fate == "deleted"
    assert Candidate.objects.get(records__external_id=ben).paused_at is not None


def test_reading_everything_once_more_stops_nothing_that_is_current(
    ats: PagedAts, connection: AtsConnection
) -> None:
    ann = ats.add()
    hers = ats.apply(ann)
    pull(ats)
    connections.resync(connection.pk, by_id=None, now=ats.now)
    ats.errors["people"] = [ThrottledError("Later.", until=ats.now + timedelta(hours=3))]
    pull(ats)
    ats.move(hers, outcome="hired")
    ats.tick(minutes=6)
    pull(ats)
    assert Candidate.objects.get().status == "placed"
    assert not truth.stale(now=ats.now)


def test_who_applies_before_they_were_read_is_read_first(
    ats: PagedAts, connection: AtsConnection
) -> None:
    pull(ats)
    ats.tick(minutes=6)

    def come(kind: str, _at: int) -> None:
        if kind == "applications" and not ats.persons:
            ats.apply(ats.add(), ats.role())

    ats.on_page = come
    pull(ats)
    ats.tick(minutes=6)
    pull(ats)
    assert Candidate.objects.get().status == "applied"


def test_a_system_that_is_erasing_is_followed(ats: PagedAts, connection: AtsConnection) -> None:
    ann, ben, cid, dan = (ats.add() for _ in range(4))
    pull(ats)
    known = dict(CandidateRecord.objects.values_list("external_id", "candidate"))
    ats.take_out(ann, Fate.ERASED)
    ats.take_out(ben, Fate.DELETED)
    ats.take_out(cid, Fate.MERGED, dan)
    ats.tick(minutes=6)
    pull(ats)
    assert not Candidate.objects.filter(pk=known[ann]).exists()
    assert Candidate.objects.get(pk=known[ben]).pause_reason == "gone"
    assert not Candidate.objects.filter(pk=known[cid]).exists()
    assert set(CandidateRecord.objects.values_list("external_id", "fate", "candidate")) == {
        (ben, "deleted", known[ben]),
        (cid, "merged", known[dan]),
        (dan, "", known[dan]),
    }
    # Whoever was erased stays so, whatever the system says later.
    ats.lost.clear()
    ats.persons[ann] = ats.persons[dan].__class__(
        external_id=ann, changed_at=ats.clock(), first_name="Ann", emails=(f"{ann}@example.com",)
    )
    ats.tick(minutes=6)
    pull(ats)
    assert Candidate.objects.count() == 2
    assert not AtsRejection.objects.exists()


def test_while_it_is_paused_nothing_is_read_and_its_word_gets_old(
    ats: PagedAts, connection: AtsConnection
) -> None:
    ann = ats.add()
    pull(ats)
    connections.pause(connection.pk, by_id=None, now=ats.now)
    ats.edit(ann, job_title="Nurse")
    ats.tick(hours=25)
    assert pull(ats) == 0
    assert truth.stale(now=ats.now)
    connections.resume(connection.pk, by_id=None, now=ats.now)
    pull(ats)
    assert Candidate.objects.get().job_title == "Nurse"
    assert not truth.stale(now=ats.now)


def test_the_end_of_a_connection_lets_everybody_be_written_to(
    ats: PagedAts, connection: AtsConnection
) -> None:
    ats.add()
    connections.end(connection.pk, by_id=None, now=ats.now)
    assert not truth.stale(now=ats.now)
    assert pull(ats) == 0


def test_somebody_who_lost_the_lease_writes_nothing(
    ats: PagedAts, connection: AtsConnection
) -> None:
    ats.add()
    held = streams.claim(now=ats.clock())
    assert held is not None
    assert streams.claim(now=ats.clock()) is None
    ats.tick(minutes=11)
    other = streams.claim(now=ats.clock())
    assert other is not None
    with pytest.raises(streams.LostError):
        streams.keep(held, now=ats.clock())
    streams.keep(other, now=ats.clock())


def test_what_is_refused_is_shown_and_taken_in_once_it_can_be(
    ats: PagedAts, connection: AtsConnection
) -> None:
    other = make.candidate(email="ben@example.com")
    make.candidate(email="ben2@example.com")
    ann = ats.add(emails=("ben@example.com", "ben2@example.com"))
    hers = ats.apply(ann)
    pull(ats)
    assert set(AtsRejection.objects.values_list("kind", "external_id")) == {
        ("candidates", ann),
        ("applications", hers),
    }
    ContactPoint.objects.filter(address="ben2@example.com").delete()
    ats.tick(minutes=6)
    pull(ats)
    ats.tick(minutes=6)
    pull(ats)
    assert not AtsRejection.objects.exists()
    other.refresh_from_db()
    assert other.status == "applied"
