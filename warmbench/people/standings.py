"""Lets the status of candidates follow what systems of record say of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from warmbench.core import sql
from warmbench.people import candidates
from warmbench.people.candidates import PauseReason
from warmbench.people.models import Candidate, CandidateRecord, TruthSource

Standing, Fate = CandidateRecord.Standing, CandidateRecord.Fate
Status = Candidate.Status

#: How strong the word of a record is, and the status that it leads to.
_STRENGTH = {Standing.NONE: 0, Standing.APPLIED: 1, Standing.PLACED: 2}
_LEADS_TO = {Standing.APPLIED: Status.APPLIED, Standing.PLACED: Status.PLACED}
_STAGES = tuple(Candidate.Stage.values)


def settle(
    candidate_ids: Collection[int],
    *,
    standings: Mapping[int, str],
    now: datetime,
    evidence: str,
) -> list[int]:
    """Put down what records say by now (``standings``, by the ids of their rows), and let the
    status of these candidates follow. Returns those whose status is another.

    In the caller's transaction: from its commit on the last gate knows. The strongest word counts:
    placed, then in a process, then nothing. What no record brought about, none takes back, and
    nothing leads back from "do not contact".
    """
    people = candidates.lock_statuses(candidate_ids)
    theirs: dict[int, list[CandidateRecord]] = defaultdict(list)
    found = CandidateRecord.objects.filter(candidate__in=people).defer("said", "url", "digest")
    for record in found.order_by("pk"):
        theirs[record.candidate_id].append(record)
    changes: dict[int, Candidate.Status] = {}
    touched: list[CandidateRecord] = []
    for candidate_id, status in people.items():
        verdict = _judge(Status(status), theirs[candidate_id], standings)
        touched += verdict.records
        if verdict.status is not None:
            changes[candidate_id] = verdict.status
    if touched:
        rows = [
            {"id": one.pk, "standing": one.standing, "status_before": one.status_before}
            for one in touched
        ]
        sql.run(sql.load(__file__, "standings_write"), {"rows": sql.records(rows)})
    return candidates.change_statuses(changes, now=now, evidence=evidence)


def raise_stages(reached: Mapping[int, str], *, now: datetime) -> None:
    """Note how far people came, unless they came further before. They are locked."""
    by_stage: dict[str, list[int]] = defaultdict(list)
    for candidate_id, stage in reached.items():
        by_stage[stage].append(candidate_id)
    for stage, ids in by_stage.items():
        below = _STAGES[: _STAGES.index(stage)]
        lower = Candidate.objects.filter(pk__in=ids, stage_reached__in=below)
        lower.update(stage_reached=stage, changed_at=now)


def lose(
    records: Iterable[CandidateRecord], *, fate: str, seen_at: datetime, now: datetime
) -> list[int]:
    """Note that a system has these records no more. Whoever it has no other record of is paused
    until a person looks: fail closed. Returns whom that concerns, who are still to be settled."""
    lost = [one for one in records if one.fate != fate and one.seen_at <= seen_at]
    theirs = CandidateRecord.objects.filter(pk__in=[one.pk for one in lost])
    theirs.update(fate=fate, seen_at=seen_at)
    people = {one.candidate_id for one in lost}
    # What a file once called somebody is no system that would tell us more of them.
    systems = TruthSource.objects.values("name")
    here = CandidateRecord.objects.filter(candidate__in=people, fate=Fate.HERE, source__in=systems)
    alone = people - set(here.values_list("candidate", flat=True))
    if fate == Fate.DELETED:
        candidates.pause(sorted(alone), reason=PauseReason.GONE, now=now)
    return sorted(people)


def find_again(candidate_ids: Collection[int], *, now: datetime) -> None:
    """End the pause of those who were gone from a system and are there again."""
    paused = Candidate.objects.filter(pk__in=candidate_ids, pause_reason=PauseReason.GONE)
    ids = list(paused.values_list("pk", flat=True))
    if ids:
        candidates.resume(ids, now=now, only=PauseReason.GONE)


@dataclass(slots=True)
class _Verdict:
    #: Null: it stays.
    status: Candidate.Status | None
    #: Those of which something is to be written down.
    records: list[CandidateRecord]


def _judge(
    status: Candidate.Status, records: list[CandidateRecord], standings: Mapping[int, str]
) -> _Verdict:
    if not records:
        return _Verdict(None, [])
    touched: dict[int, CandidateRecord] = {}
    led_to = _LEADS_TO.get(Standing(_strongest(records).standing))
    for one in records:
        standing = _standing_of(one, standings.get(one.pk, one.standing))
        if one.standing != standing:
            one.standing = standing
            touched[one.pk] = one
    keepers = [one for one in records if one.status_before]
    # Where another word was given since than theirs, they brought nothing about: their end would
    # else end it, and whom we placed ourselves would hear from us again.
    before = keepers[0].status_before if keepers and status == led_to else ""
    strongest = _strongest(records)
    wanted = _LEADS_TO.get(Standing(strongest.standing))
    after, kept = _follow(status, wanted, before)
    for one in keepers:
        if not kept or one is not keepers[0]:
            one.status_before = ""
            touched[one.pk] = one
    if kept and kept != before:
        keeper = keepers[0] if keepers else strongest
        keeper.status_before = kept
        touched[keeper.pk] = keeper
    return _Verdict(after if after != status else None, list(touched.values()))


def _standing_of(record: CandidateRecord, said: str) -> str:
    """What a record says for good. Whoever was placed when it was deleted is placed still: a person
    who only lets them go on would else have them written to. Where it was merged, the other one
    says so."""
    if record.fate == Fate.DELETED:
        return said if said == Standing.PLACED else Standing.NONE
    return Standing.NONE if record.fate else said


def _strongest(records: Iterable[CandidateRecord]) -> CandidateRecord:
    return max(records, key=lambda one: (_STRENGTH[Standing(one.standing)], -one.pk))


def _follow(
    status: Candidate.Status, wanted: Candidate.Status | None, before: str
) -> tuple[Candidate.Status, str]:
    """The status that follows, and the one that it replaced, if records brought it about."""
    if status == Status.DO_NOT_CONTACT:
        return status, before
    if wanted is None:
        by_record = before and status in _LEADS_TO.values()
        return (Status(before) if by_record else status), ""
    if status == wanted:
        # Who was in a process by our own word is in one by theirs now: its end ends it.
        adopted = Status.PASSIVE if wanted == Status.APPLIED else ""
        return status, before or adopted
    if status == Status.PLACED and not before:
        return status, ""
    return wanted, before or status
