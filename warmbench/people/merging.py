"""Makes one record of two that are of one person, and two again of what was none.

Touches, facts and permission of both are the person's then, and the strictest word holds. Old
links and addresses go on working: ``people.merged`` says whom they mean.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import DatabaseError, connection, transaction
from django.db.models import F
from psycopg.errors import DeadlockDetected, ForeignKeyViolation, LockNotAvailable

from warmbench.core import audit, sql
from warmbench.core.events import Event, publish
from warmbench.people import (
    hashes,
    holdings,
    merged,
    merging_fields,
    merging_lists,
    merging_permission,
    merging_rows,
)
from warmbench.people.candidates import (
    CandidatesChanged,
    CandidatesHandedOver,
    CandidateStatusChanged,
)
from warmbench.people.consent import CandidateSuppressed, PermissionChanged
from warmbench.people.merging_rows import Ledger
from warmbench.people.models import (
    Candidate,
    CandidateMerge,
    CandidateRecord,
    DuplicatePair,
)

#: For so long a merge can be undone.
UNDO = timedelta(days=30)
#: As ``people.erasure``: it is always we who give way.
_BRIEFLY = "500ms"
_TRIES = 60
_HINDRANCES = (DeadlockDetected, ForeignKeyViolation, LockNotAvailable)
#: Columns of a record that come back together or not at all.
_TOGETHER = (
    ("status", "status_since"),
    ("paused_at", "paused_until", "pause_reason"),
    ("reserved_by_id", "reserved_until", "reserved_for"),
    ("last_conversation_on", "last_conversation_topic", "last_conversation_note"),
)

T = TypeVar("T")


class MergeError(ValueError):
    """These two cannot be merged, or parted: one sentence on why."""


class HinderedError(RuntimeError):
    """Others kept working on the same people. Nothing was changed; try again later."""


@dataclass(frozen=True, kw_only=True)
class CandidatesMerged(Event):
    """Two records of one person are one now."""

    kept_id: int
    gone_id: int


@dataclass(frozen=True, kw_only=True)
class CandidatesParted(Event):
    """What was taken for two records of one person is two people again."""

    kept_id: int
    returned_id: int


def merge(
    kept_id: int, gone_id: int, *, by_id: int | None, now: datetime, via: str = ""
) -> CandidateMerge:
    """Let one record of a person go up in another. Returns what is needed to undo it.

    From the commit on nobody writes to the person who may not by either record, nothing that one
    of them had comes again, and who comes by an old link is the one that is kept. Repeating it
    changes nothing. ``via`` says who knew it, if no user did. Raises MergeError for one and the
    same, or somebody we do not know, and HinderedError.
    """
    return _giving_way(lambda: _merge(kept_id, gone_id, by_id=by_id, now=now, via=via))


def undo(merge_id: int, *, by_id: int | None, now: datetime) -> int:
    """Make two records of one again. Returns the id of the one that is back.

    It has all its rows again; what came since stays with the one that was kept, and a stop or a
    withdrawal of either holds for both from now on, as do a stricter status and a longer pause of
    since. Raises MergeError after ``UNDO``, or if it is
    undone already, and HinderedError.
    """
    return _giving_way(lambda: _undo(merge_id, by_id=by_id, now=now))


def _giving_way(action: Callable[[], T]) -> T:
    for _ in range(_TRIES):
        try:
            with transaction.atomic():
                before = sql.run("SELECT current_setting('lock_timeout')").fetchall()[0][0]
                sql.run(f"SET LOCAL lock_timeout = '{_BRIEFLY}'")
                done = action()
                sql.run("SELECT set_config('lock_timeout', %s, true)", [before])
                return done
        except DatabaseError as error:
            if connection.needs_rollback or not isinstance(error.__cause__, _HINDRANCES):
                raise
    raise HinderedError("Others are at work on the same people. Try again in a moment.")


def _merge(
    kept_id: int, gone_id: int, *, by_id: int | None, now: datetime, via: str
) -> CandidateMerge:
    hashes.hold()
    known = CandidateMerge.objects.filter(gone_id=gone_id, undone_at=None).first()
    if known is not None and merged.now_is(kept_id) == known.kept_id:
        return known
    kept, gone = _locked(merged.now_is(kept_id), merged.now_is(gone_id))
    sql.run("SELECT begin_merging()")
    values = {"kept": kept.pk, "gone": gone.pk, "now": now}
    withdrawn = merging_permission.withdrawn([kept.pk, gone.pk])
    fields = {
        "gone": _as_json(gone.pk),
        "other": merging_fields.differing(kept, gone),
        "changed": _join(kept, gone, now=now),
    }
    ledger = merging_rows.move(values)
    fields["lists"] = merging_lists.take_along(values, ledger)
    _remember_id(kept, gone, ledger, now=now)
    sql.run("DELETE FROM candidate WHERE id = %(gone)s", values)
    merging_permission.keep_withdrawn(kept.pk, withdrawn, now=now)
    _refresh([kept.pk])
    made = CandidateMerge.objects.create(
        kept=kept,
        gone_id=gone.pk,
        fields=fields,
        rows=ledger.to_json(),
        at=now,
        by_id=by_id,
        via=via[:80],
    )
    detail: dict[str, object] = {"gone": gone.pk, "via": via}
    audit.record(by_id, "candidate.merged", f"candidate:{kept.pk}", detail=detail, now=now)
    publish(CandidatesMerged(kept_id=kept.pk, gone_id=gone.pk))
    _publish([kept.pk], is_other_status="status" in fields["changed"])
    if kept.owner_id is None and gone.owner_id is not None:
        publish(CandidatesHandedOver(candidate_ids=[kept.pk], to_id=gone.owner_id))
    return made


def _locked(kept_id: int, gone_id: int) -> tuple[Candidate, Candidate]:
    if kept_id == gone_id:
        raise MergeError("These are one and the same record.")
    holdings.lock([kept_id, gone_id])
    query = "SELECT FROM candidate WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR UPDATE"
    sql.run(query, {"ids": [kept_id, gone_id]})
    people = Candidate.objects.in_bulk([kept_id, gone_id])
    if len(people) < 2:
        raise MergeError("One of the two is not there any more.")
    # What was written before they were locked.
    holdings.lock([kept_id, gone_id])
    return people[kept_id], people[gone_id]


def _as_json(candidate_id: int) -> dict[str, Any]:
    query = "SELECT to_jsonb(c) FROM candidate c WHERE c.id = %s"
    return merging_rows.read(sql.run(query, [candidate_id]).fetchall()[0][0])


def _join(kept: Candidate, gone: Candidate, *, now: datetime) -> dict[str, list[Any]]:
    """Write down what changes about the kept record. Returns what it was and became, by column."""
    joined = merging_fields.joined(kept, gone, now=now)
    before = _as_json(kept.pk)
    Candidate.objects.filter(pk=kept.pk).update(
        **joined, changed_at=now, standing_version=F("standing_version") + 1
    )
    after = _as_json(kept.pk)
    return {name: [before[name], after[name]] for name in joined if before[name] != after[name]}


def _remember_id(kept: Candidate, gone: Candidate, ledger: Ledger, *, now: datetime) -> None:
    """What a source calls the record that goes means the kept one from now on: the next import
    would else make it anew."""
    if not gone.external_id or (gone.source, gone.external_id) == (kept.source, kept.external_id):
        return
    record, is_new = CandidateRecord.objects.get_or_create(
        source=gone.source,
        external_id=gone.external_id,
        defaults={"candidate": kept, "seen_at": now},
    )
    if is_new:
        ledger.made.setdefault("people.CandidateRecord", []).append(record.pk)


def _refresh(ids: list[int]) -> None:
    """What triggers keep follows rows that come and are changed, and not those that left."""
    sql.run("UPDATE candidate_tag SET tag_id = tag_id WHERE candidate_id = ANY(%s)", [ids])
    sql.run(
        """
        UPDATE candidate_facet f SET tag_ids = '{}'
         WHERE f.candidate_id = ANY(%(ids)s::bigint[]) AND f.tag_ids <> '{}'
           AND NOT EXISTS (SELECT FROM candidate_tag t WHERE t.candidate_id = f.candidate_id)
        """,
        {"ids": ids},
    )
    sql.run("SELECT refresh_candidate_words(%s::bigint[])", [ids])
    sql.run("SELECT learn_words(%s::bigint[])", [ids])


def _publish(ids: list[int], *, is_other_status: bool) -> None:
    publish(CandidatesChanged(candidate_ids=ids))
    publish(PermissionChanged(candidate_ids=ids))
    statuses = Candidate.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "status")
    for pk, status in statuses:
        # Whoever is spoken for by one record is taken out of what the other was in.
        if is_other_status or status in merging_fields.STRICTEST:
            publish(CandidateStatusChanged(candidate_ids=[pk], status=status))
        if held := merging_permission.stops(pk):
            publish(CandidateSuppressed(candidate_ids=[pk], reason=held[0].reason))


def _undo(merge_id: int, *, by_id: int | None, now: datetime) -> int:
    hashes.hold()
    done = CandidateMerge.objects.get(pk=merge_id)
    if done.undone_at is not None:
        raise MergeError("This was undone already.")
    if now >= done.at + UNDO:
        raise MergeError(f"After {UNDO.days} days a merge stays.")
    kept_id, gone_id = done.kept_id, done.gone_id
    holdings.lock([kept_id])
    sql.run("SELECT FROM candidate WHERE id = %s FOR UPDATE", [kept_id])
    undone = CandidateMerge.objects.filter(pk=merge_id, kept=kept_id, undone_at=None)
    fields, rows = done.fields, done.rows
    # What it holds of a person who is another one now goes.
    if not undone.update(undone_at=now, undone_by_id=by_id, fields={}, rows={}):
        raise MergeError("This was undone already.")
    sql.run("SELECT begin_merging()")
    values = {"kept": kept_id, "gone": gone_id, "now": now}
    held = merging_permission.stops(kept_id)
    withdrawn = merging_permission.withdrawn([kept_id])
    merging_rows.put_back(Candidate, fields["gone"])
    merging_rows.move_back(Ledger.from_json(rows), values)
    for columns in _grouped(fields["changed"]):
        merging_rows.change_back(Candidate, kept_id, columns)
    merging_lists.leave(fields["lists"], values)
    both = [kept_id, gone_id]
    people = Candidate.objects.in_bulk(both)
    since = merging_fields.held_since(people[kept_id], people[gone_id], at=done.at, now=now)
    Candidate.objects.filter(pk=gone_id).update(**since)
    Candidate.objects.filter(pk__in=both).update(
        changed_at=now, standing_version=F("standing_version") + 1
    )
    merging_permission.stop_all(both, held, now=now)
    for candidate_id in both:
        merging_permission.keep_withdrawn(candidate_id, withdrawn, now=now)
    _refresh(both)
    say_distinct(kept_id, gone_id, by_id=by_id, now=now)
    detail: dict[str, object] = {"returned": gone_id}
    audit.record(by_id, "candidate.parted", f"candidate:{kept_id}", detail=detail, now=now)
    publish(CandidatesParted(kept_id=kept_id, returned_id=gone_id))
    _publish(both, is_other_status="status" in fields["changed"])
    return gone_id


def forget(*, now: datetime) -> int:
    """Forget how merges are undone for which it is too late. Returns how many."""
    late = CandidateMerge.objects.filter(at__lte=now - UNDO).exclude(fields={}, rows={})
    return late.update(fields={}, rows={})


def say_distinct(first_id: int, second_id: int, *, by_id: int | None, now: datetime) -> None:
    """Remember that these two are not the same person: nobody is asked about them again."""
    low, high = sorted([first_id, second_id])
    said = {
        "verdict": DuplicatePair.Verdict.DISTINCT,
        "decided_at": now,
        "decided_by_id": by_id,
    }
    DuplicatePair.objects.update_or_create(
        low_id=low,
        high_id=high,
        defaults=said,
        create_defaults=said | {"grounds": [], "strength": 0, "found_at": now},
    )


def _grouped(changed: Mapping[str, list[Any]]) -> Iterable[dict[str, list[Any]]]:
    rest = dict(changed)
    for names in _TOGETHER:
        if group := {name: rest.pop(name) for name in names if name in rest}:
            yield group
    for name, values in rest.items():
        yield {name: values}
