"""What no record of an ATS brought about, none takes back."""

import pytest

from tests import make
from tests.make import NOW
from warmbench.people import candidates, merging, standings
from warmbench.people.models import Candidate, CandidateRecord, TruthSource

pytestmark = pytest.mark.django_db


def _in_a_process() -> tuple[Candidate, CandidateRecord]:
    who = make.candidate()
    record = CandidateRecord.objects.create(
        source="Greenhouse", external_id="1", candidate=who, seen_at=NOW
    )
    _say(who, record, "applied")
    assert _status(who) == "applied"
    return who, record


def _say(who: Candidate, record: CandidateRecord, standing: str) -> None:
    standings.settle([who.pk], standings={record.pk: standing}, now=NOW, evidence="Greenhouse")


def _status(who: Candidate) -> str:
    return Candidate.objects.get(pk=who.pk).status


@pytest.mark.parametrize("is_merged", [True, False])
def test_whom_we_placed_ourselves_stays_placed_when_an_application_ends(*, is_merged: bool) -> None:
    who, record = _in_a_process()
    placed = make.candidate() if is_merged else who
    candidates.change_status(placed.pk, Candidate.Status.PLACED, now=NOW)
    if is_merged:
        merging.merge(who.pk, placed.pk, by_id=None, now=NOW)
    _say(who, record, "applied")
    assert _status(who) == "placed"
    _say(who, record, "")
    assert _status(who) == "placed"


def test_a_placement_that_a_record_brought_about_ends_with_it() -> None:
    who, record = _in_a_process()
    _say(who, record, "placed")
    assert _status(who) == "placed"
    _say(who, record, "")
    assert _status(who) == "passive"


@pytest.mark.parametrize(("other", "is_alone"), [("People.csv", True), ("Lever", False)])
def test_whom_a_system_deleted_is_held_unless_another_system_knows_them(
    other: str, *, is_alone: bool
) -> None:
    for name in ("Greenhouse", "Lever"):
        TruthSource.objects.create(name=name)
    who, record = _in_a_process()
    gone = make.candidate()
    Candidate.objects.filter(pk=gone.pk).update(source=other, external_id="7")
    merging.merge(who.pk, gone.pk, by_id=None, now=NOW)
    standings.lose([record], fate=CandidateRecord.Fate.DELETED, seen_at=NOW, now=NOW)
    reason = Candidate.objects.get(pk=who.pk).pause_reason
    assert reason == ("gone" if is_alone else "")
