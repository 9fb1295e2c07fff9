"""Follows what became of records that an ATS has no more: deleted, erased, merged."""

from collections.abc import Callable, Collection
from datetime import datetime

from django.db import transaction

from warmbench.integrations.ats.intake import Intake, accept, reject
from warmbench.integrations.ats.things import Fate, Gone
from warmbench.integrations.models import AtsStream
from warmbench.people import erasure, merging, standings
from warmbench.people.models import CandidateRecord
from warmbench.sourcing import applications

Kind = AtsStream.Kind
_MERGED = CandidateRecord.Fate.MERGED


def follow(
    intake: Intake,
    gone: Collection[Gone],
    *,
    read_at: datetime,
    now: datetime,
    bring: Callable[[Collection[str]], object],
) -> None:
    """Let what became of each record become of it here, each in a transaction of its own. Doing
    it again changes nothing. Raises HinderedError of erasure or merging: try again.

    ``bring`` takes in the people with these ids there, as they are now.
    """
    for one in gone:
        problem = _follow(intake, one, read_at=read_at, now=now, bring=bring)
        with transaction.atomic():
            if problem:
                reject(intake.connection, Kind.GONE, {one.external_id: problem}, now=now)
            else:
                accept(intake.connection, Kind.GONE, [one.external_id])
                # What is there no more cannot be taken in.
                accept(intake.connection, Kind.CANDIDATES, [one.external_id])


def _follow(
    intake: Intake,
    one: Gone,
    *,
    read_at: datetime,
    now: datetime,
    bring: Callable[[Collection[str]], object],
) -> str:
    """Returns why it could not be done, in a sentence."""
    records = CandidateRecord.objects.filter(source=intake.name, external_id=one.external_id)
    record = records.first()
    if record is None:
        return ""
    if one.fate == Fate.ERASED:
        erasure.erase([record.candidate_id], reason=erasure.Reason.REQUEST, by_id=None, now=now)
        return ""
    if record.fate == _MERGED:
        # What was merged there is deleted, too.
        return ""
    if one.fate == Fate.MERGED and one.into_id:
        return _merge(intake, record, one.into_id, read_at=read_at, now=now, bring=bring)
    _lose(intake, record, CandidateRecord.Fate.DELETED, read_at=read_at, now=now)
    return ""


def _merge(
    intake: Intake,
    record: CandidateRecord,
    into_id: str,
    *,
    read_at: datetime,
    now: datetime,
    bring: Callable[[Collection[str]], object],
) -> str:
    kept = intake.known([into_id]).get(into_id)
    if kept is None or record.standing == CandidateRecord.Standing.PLACED:
        # What made them placed has gone over to the other one: its word must be there first.
        bring([into_id])
        kept = intake.known([into_id]).get(into_id)
        left = CandidateRecord.objects.filter(pk=record.pk).exclude(fate=_MERGED).first()
        if left is None:
            # What was read of the other one settled this one, too.
            return ""
        record = left
    if kept is None:
        _lose(intake, record, CandidateRecord.Fate.DELETED, read_at=read_at, now=now)
        return "It was merged there into a record that could not be taken in."
    if kept != record.candidate_id:
        try:
            merging.merge(kept, record.candidate_id, by_id=None, now=now, via=intake.name)
        except merging.MergeError as error:
            return str(error)
    others = CandidateRecord.objects.filter(source=intake.name, candidate=kept)
    others = others.exclude(pk=record.pk).exclude(fate=_MERGED)
    # Where each is said to have gone up in the other, there is none.
    fate = _MERGED if others.exists() else CandidateRecord.Fate.DELETED
    _lose(intake, record, fate, read_at=read_at, now=now)
    if others.filter(fate="").exists():
        standings.find_again([kept], now=now)
    return ""


@transaction.atomic
def _lose(
    intake: Intake, record: CandidateRecord, fate: str, *, read_at: datetime, now: datetime
) -> None:
    here = CandidateRecord.objects.select_for_update(no_key=True).filter(pk=record.pk)
    people = standings.lose(list(here), fate=fate, seen_at=read_at, now=now)
    applications.settle(intake.name, people, now=now)
