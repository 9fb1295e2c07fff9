"""Who was placed, hired, deleted or opted out there is not taken for free by any detour."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests import make
from tests.make import NOW
from tests.paged_ats import VENDOR, PagedAts, begun, pull
from warmbench.integrations.ats import acting, connections, pulling, rereading, streams, vendors
from warmbench.integrations.ats.errors import ForbiddenError
from warmbench.integrations.ats.things import Fate, Gone
from warmbench.integrations.models import AtsConnection, AtsEvent, AtsRejection, AtsStream
from warmbench.people import candidates
from warmbench.people.models import (
    Candidate,
    CandidateRecord,
    ContactPoint,
    Suppression,
    TruthSource,
)
from warmbench.sourcing.models import Application

pytestmark = pytest.mark.django_db


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
    connection.refresh_from_db()
    rereading.take_in(connection, **said, now=ats.clock(), opened=ats.opener())


def of(person_id: str) -> Candidate:
    return Candidate.objects.get(records__external_id=person_id)


def test_who_was_hired_and_is_deleted_there_stays_placed(
    ats: PagedAts, connection: AtsConnection
) -> None:
    ann = ats.add()
    hers = ats.apply(ann, outcome="hired")
    pull(ats)
    gone = ats.take_out(ann, Fate.DELETED)
    del ats.apps[hers]
    tell(ats, connection, application_ids=[hers], gone=[gone])
    candidates.resume([of(ann).pk], now=ats.now)
    pull(ats)
    assert of(ann).status == "placed"
    assert Application.objects.get().outcome == "hired"


def test_who_was_hired_under_another_record_stays_placed_while_they_are_merged(
    ats: PagedAts, connection: AtsConnection
) -> None:
    ann, too = ats.add(), ats.add()
    pull(ats)
    ats.edit(ann, is_placed=True)
    pull(ats)
    # The other record is placed from now on, but no window has told of it.
    gone = ats.take_out(ann, Fate.MERGED, too)
    ats.persons[too] = replace(ats.persons[too], is_placed=True)
    tell(ats, connection, gone=[gone])
    assert of(too).status == "placed"


def test_records_that_were_merged_into_each_other_end(
    ats: PagedAts, connection: AtsConnection
) -> None:
    ann, too = ats.add(is_placed=True), ats.add(is_placed=True)
    pull(ats)
    one, other = ats.take_out(ann, Fate.MERGED, too), ats.take_out(too, Fate.MERGED, ann)
    tell(ats, connection, gone=[one, other])
    assert not Candidate.objects.exclude(status="placed").exists()


def test_an_application_that_was_deleted_frees_whom_it_had_hired(
    ats: PagedAts, connection: AtsConnection
) -> None:
    ann = ats.add()
    hers = ats.apply(ann, outcome="hired")
    pull(ats)
    del ats.apps[hers]
    tell(ats, connection, application_ids=[hers])
    assert of(ann).status == "passive"


def test_whoever_may_be_somebody_who_was_hired_waits_for_a_person(
    ats: PagedAts, connection: AtsConnection
) -> None:
    ben = make.candidate(email="ben@example.com")
    make.candidate(email="ben2@example.com")
    ann = ats.add(emails=("ben@example.com", "ben2@example.com"))
    ats.apply(ann)
    pull(ats)
    assert not Candidate.objects.exclude(paused_at=None).exists()
    ats.apply(ann, outcome="hired")
    pull(ats)
    assert set(Candidate.objects.values_list("pause_reason", flat=True)) == {"unclear"}
    candidates.resume([ben.pk], now=ats.now)
    pull(ats)
    pull(ats)
    ben.refresh_from_db()
    assert ben.paused_at is None


def test_whoever_may_be_somebody_of_a_placed_status_waits_for_a_person(
    ats: PagedAts, connection: AtsConnection
) -> None:
    make.candidate(email="ben@example.com")
    make.candidate(email="ben2@example.com")
    ats.add(emails=("ben@example.com", "ben2@example.com"), is_placed=True)
    pull(ats)
    assert set(Candidate.objects.values_list("pause_reason", flat=True)) == {"unclear"}


def test_an_opt_out_counts_though_the_record_cannot_even_be_read(
    ats: PagedAts, connection: AtsConnection
) -> None:
    ben = make.candidate(email="ben@example.com")
    ats.add(first_name="=?utf-8?q?x?=", emails=("ben@example.com",), opted_out=True)
    pull(ats)
    assert AtsRejection.objects.exists()
    assert Suppression.objects.filter(candidate=ben).exists()


def test_who_can_be_taken_in_at_last_comes_with_what_they_were_hired_for(
    ats: PagedAts, connection: AtsConnection
) -> None:
    make.candidate(email="ben@example.com")
    make.candidate(email="ben2@example.com")
    ann = ats.add(emails=("ben@example.com", "ben2@example.com"))
    ats.apply(ann, outcome="hired")
    pull(ats)
    ContactPoint.objects.filter(address="ben2@example.com").delete()
    tell(ats, connection, people_ids=[ann])
    assert of(ann).status == "placed"


def test_who_is_there_again_comes_with_what_they_were_hired_for(
    ats: PagedAts, connection: AtsConnection
) -> None:
    ann = ats.add()
    pull(ats)
    person = ats.persons[ann]
    ats.take_out(ann, Fate.DELETED)
    pull(ats)
    ats.lost.clear()
    ats.apply(ann, outcome="hired", changed_at=NOW - timedelta(days=9))
    ats.persons[ann] = replace(person, changed_at=ats.clock())
    tell(ats, connection, people_ids=[ann])
    assert (of(ann).status, of(ann).paused_at) == ("placed", None)


def test_nobody_is_written_to_for_long_while_deletions_cannot_be_read(
    ats: PagedAts, connection: AtsConnection
) -> None:
    pull(ats)
    before = TruthSource.objects.get().confirmed_at
    ats.errors["gone"] = [ForbiddenError("No.")]
    pull(ats)
    after = TruthSource.objects.get().confirmed_at
    assert before is not None
    assert after is not None
    assert after - before < timedelta(seconds=1)


def test_what_was_merged_or_erased_is_not_taken_for_deleted(
    ats: PagedAts, connection: AtsConnection
) -> None:
    told: list[Gone] = []
    for number, fate in enumerate([Fate.ERASED, Fate.DELETED]):
        gone = {"external_id": "p1", "fate": fate, "into_id": ""}
        AtsEvent.objects.create(
            connection=connection, event_id=str(number), kind="gone", body=b"",
            told={"gone": [gone]}, received_at=NOW, next_at=NOW,
        )  # fmt: skip

    def take_in(connection: AtsConnection, *, gone: Sequence[Gone], **rest: Any) -> None:
        told.extend(gone)

    assert acting.act_next(take_in, clock=lambda: NOW)
    assert [one.fate for one in told] == [Fate.ERASED]


def test_whoever_reads_by_an_old_mapping_takes_nothing_in_after_the_new_one(
    ats: PagedAts, connection: AtsConnection
) -> None:
    pull(ats)
    ats.tick(minutes=6)
    held = streams.claim(now=ats.clock())
    assert held is not None
    connections.resync(connection.pk, by_id=None, now=ats.now)
    with pytest.raises(streams.LostError):
        streams.keep(held, now=ats.clock())


@pytest.mark.parametrize("span", [timedelta(days=30), None])
def test_everything_is_read_once_more_as_often_as_the_vendor_can_bear(
    ats: PagedAts,
    connection: AtsConnection,
    monkeypatch: pytest.MonkeyPatch,
    span: timedelta | None,
) -> None:
    monkeypatch.setattr(vendors, "of", lambda _key: replace(VENDOR, reread_every=span))
    pull(ats)
    for _ in range(2):
        at = AtsStream.objects.get(kind="candidates", is_reread=True).next_at
        assert (at is None) == (span is None)
        if at is not None and span is not None:
            assert timedelta(0) <= ats.now + span - at < timedelta(minutes=1)
        connections.resync(connection.pk, by_id=None, now=ats.now)
        pull(ats)


def test_what_is_unseen_is_asked_for_under_a_lease_that_lasts(
    ats: PagedAts, connection: AtsConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "_AT_ONCE", 1)
    people = [ats.add() for _ in range(3)]
    pull(ats)
    for one in people:
        del ats.persons[one]
    connections.resync(connection.pk, by_id=None, now=ats.now)
    read = ats.read_people

    def slowly(ids: Sequence[str]) -> Any:
        ats.tick(minutes=6)
        return read(ids)

    monkeypatch.setattr(ats, "read_people", slowly)
    AtsStream.objects.filter(is_reread=False).update(next_at=None)
    ats.add()
    pull(ats)
    assert set(
        CandidateRecord.objects.filter(external_id__in=people).values_list("fate", flat=True)
    ) == {"deleted"}
    assert AtsStream.objects.get(kind="candidates", is_reread=True).window_until is None
