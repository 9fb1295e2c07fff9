"""Takes people in whom a system of record tells of, by the machinery that imports files."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from warmbench.core import sql
from warmbench.people import hashes, import_identity, import_staging
from warmbench.people.columns import MANY, Field
from warmbench.people.differences import Difference, Known, settle
from warmbench.people.entries import Entry, Outcome, Source, age
from warmbench.people.import_drafts import Draft
from warmbench.people.import_load import Loader, Terms
from warmbench.people.import_rows import Reading, UnusableRowError
from warmbench.people.import_staging import LOCK_OF_ALL, PASSING
from warmbench.people.models import CandidateRecord
from warmbench.people.records import Mark, Row

#: So long it waits for a lock of others.
_PATIENCE = "20s"


class BusyError(RuntimeError):
    """A file is being imported: people are created by one at a time. Try again."""


@dataclass(slots=True)
class _Batch:
    """Entries that were read, on their way into the database."""

    source: Source
    read: list[tuple[Entry, Draft]]
    reading: Reading
    outcome: Outcome
    known: Mapping[str, CandidateRecord]
    now: datetime
    differences: list[Difference] = field(default_factory=list)


def take_in(
    source: Source, entries: Iterable[Entry], *, read_at: datetime, now: datetime
) -> Outcome:
    """Take in what a system says of people, as it was when it was read at ``read_at``.

    In the caller's transaction, which begins with this. What says the same as before, or is older
    than what is known, changes nothing. Raises BusyError, and TagGoneError when the vocabulary is
    not the latest one.
    """
    outcome = Outcome()
    batch = _prepare(source, entries, outcome, read_at=read_at, now=now)
    if batch.read:
        loader = _stage(batch)
        last = len(batch.read)
        outcome.loaded = loader.add(0, last)
        loader.complete(outcome.loaded, 0, last)
        _link(batch, read_at=read_at)
        _order_addresses(batch)
        import_staging.drop(PASSING)
    return outcome


@dataclass(frozen=True, slots=True)
class Arrival:
    """What taking one person in would come to."""

    entry: Entry
    #: Null: it could not even be read.
    draft: Draft | None
    #: Whom it is about; null: somebody new, or nobody.
    candidate_id: int | None = None
    #: Why it would be refused; blank if not.
    reason: str = ""


def look_ahead(
    source: Source, entries: Sequence[Entry], *, read_at: datetime, now: datetime
) -> list[Arrival]:
    """What taking these people in would come to. The caller rolls the transaction back."""
    outcome = Outcome()
    batch = _prepare(source, entries, outcome, read_at=read_at, now=now, is_anew=True)
    drafts = {entry.external_id: draft for entry, draft in batch.read}
    if batch.read:
        _stage(batch, settling=False)
        found = sql.run(
            import_staging.named(sql.load(__file__, "intake_whom"), PASSING), {}
        ).fetchall()
        for external_id, candidate_id, is_known, problem in found:
            if problem:
                outcome.refused[external_id] = problem
            elif is_known:
                outcome.candidates[external_id] = candidate_id
    forgotten = "Somebody with this id or address was erased, and stays so."
    return [
        Arrival(
            one,
            drafts.get(one.external_id),
            outcome.candidates.get(one.external_id),
            forgotten
            if one.external_id in outcome.forgotten
            else outcome.refused.get(one.external_id, ""),
        )
        for one in entries
    ]


def _prepare(
    source: Source,
    entries: Iterable[Entry],
    outcome: Outcome,
    *,
    read_at: datetime,
    now: datetime,
    is_anew: bool = False,
) -> _Batch:
    latest: dict[str, Entry] = {}
    for one in entries:
        before = latest.get(one.external_id)
        if before is None or one.age >= before.age:
            latest[one.external_id] = one
    sql.run(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
    _be_the_only_one()
    # Whoever is being erased is waited for: then the list says so.
    hashes.hold()
    known = _known(source.name, latest)
    fresh = [
        one
        for one in sorted(latest.values(), key=lambda entry: entry.age)
        if is_anew or not _is_known(one, known.get(one.external_id), outcome, read_at=read_at)
    ]
    _note_seen(source.name, latest.keys() - {one.external_id for one in fresh}, read_at)
    reading, columns = _reading_of(source, fresh, now=now)
    batch = _Batch(source, [], reading, outcome, known, now)
    for one in fresh:
        if draft := _read(one, columns, batch):
            batch.read.append((one, draft))
    return batch


def _be_the_only_one() -> None:
    asked = sql.run("SELECT pg_try_advisory_xact_lock(%s::int, 0)", [LOCK_OF_ALL])
    if not asked.fetchall()[0][0]:
        raise BusyError


def _known(source: str, ids: Collection[str]) -> dict[str, CandidateRecord]:
    found = CandidateRecord.objects.filter(source=source, external_id__in=list(ids))
    # In one order, whoever asks: two that overlap then wait instead of deadlocking.
    locked = found.select_for_update(no_key=True).order_by("external_id")
    return {one.external_id: one for one in locked}


def _is_known(
    entry: Entry, record: CandidateRecord | None, outcome: Outcome, *, read_at: datetime
) -> bool:
    """Whether there is nothing new in it."""
    if record is None:
        return False
    changed, before = entry.changed_at, record.changed_there_at
    if changed and before and changed != before and not record.fate:
        is_older = changed < before
    else:
        is_older = read_at < record.seen_at
    is_older |= record.digest == entry.digest and not record.fate
    if is_older:
        outcome.candidates[entry.external_id] = record.candidate_id
    return is_older


def _note_seen(source: str, ids: Collection[str], read_at: datetime) -> None:
    seen = CandidateRecord.objects.filter(source=source, external_id__in=list(ids))
    seen.filter(seen_at__lt=read_at).update(seen_at=read_at)


def _reading_of(
    source: Source, entries: Sequence[Entry], *, now: datetime
) -> tuple[Reading, list[tuple[Field, int]]]:
    """A reader of rows with as many columns of each field as these entries need."""
    most: dict[Field, int] = {}
    for one in entries:
        for name, texts in one.cells.items():
            most[name] = max(most.get(name, 0), len(texts) if name in MANY else 1)
    columns = [(name, place) for name, count in most.items() for place in range(count)]
    reading = Reading(
        {index: name for index, (name, _) in enumerate(columns)},
        source=source.name,
        options=source.options,
        vocabulary=source.vocabulary,
        owners={},
        orders={},
        now=now,
        stops=hashes.Stops.load(),
    )
    return reading, columns


def _read(entry: Entry, columns: Sequence[tuple[Field, int]], batch: _Batch) -> Draft | None:
    cells = []
    for name, place in columns:
        texts = entry.cells.get(name, ())
        cells.append(texts[place] if place < len(texts) else "")
    try:
        draft = batch.reading.read(Row(0, cells, None, (), Mark(0, 0)))
    except UnusableRowError as error:
        batch.outcome.refused[entry.external_id] = str(error)
        return None
    # Not as a cell: what looks like a rounded number in a file is an id here.
    draft.external_id = entry.external_id
    if stopped := batch.reading.stopped(draft):
        if stopped == hashes.Reason.ERASED:
            batch.outcome.forgotten.add(entry.external_id)
            return None
        draft.opted_out = True
    draft.opted_out |= entry.is_opted_out
    # An owner whom they did not change may have handed the person over here.
    known = batch.known.get(entry.external_id)
    if known is None or known.said.get("owner") != entry.owner:
        draft.owner_id = entry.owner_id
    return draft


def _stage(batch: _Batch, *, settling: bool = True) -> Loader:
    import_staging.begin_passing()
    import_staging.copy_in(
        PASSING,
        (
            import_staging.line_of_draft(number, draft)
            for number, (_, draft) in enumerate(batch.read, 1)
        ),
    )
    import_identity.resolve(PASSING)
    if settling:
        _settle_differences(batch)
    source = batch.source
    terms = Terms(
        PASSING, source.name, source.this, source.options, sorted(batch.reading.tags_named)
    )
    return Loader(terms, now=batch.now)


def _settle_differences(batch: _Batch) -> None:
    """Leave to us what they did not change, and note what both changed."""
    query = import_staging.named(sql.load(__file__, "intake_known"), PASSING)
    rows: list[dict[str, Any]] = []
    found = sql.run(query, {"source": batch.source.name}).fetchall()
    people = [Known._make([*row[:-1], json.loads(row[-1])]) for row in found]
    newest = _newest_of(people, batch)
    for known in people:
        entry, draft = batch.read[known.n - 1]
        is_newest = newest[known.candidate_id] == entry.external_id
        settled = settle(draft, batch.known.get(entry.external_id), known, is_newest=is_newest)
        batch.differences += [Difference(entry.external_id, *one) for one in settled.conflicts]
        rows.append({"n": known.n, **settled.taken})
    if rows:
        query = import_staging.named(sql.load(__file__, "intake_leave"), PASSING)
        sql.run(query, {"rows": sql.records(rows)})


def _newest_of(people: Sequence[Known], batch: _Batch) -> dict[int, str]:
    """The record of each person that has the say, among those that came and those that are here."""
    ages: dict[int, dict[str, tuple[bool, float, str]]] = {}
    for known in people:
        theirs = ages.setdefault(known.candidate_id, {})
        for at, external_id in known.others():
            theirs.setdefault(external_id, age(at, external_id))
    for known in people:
        entry = batch.read[known.n - 1][0]
        ages[known.candidate_id][entry.external_id] = entry.age
    return {pk: max(theirs, key=theirs.__getitem__) for pk, theirs in ages.items()}


def _link(batch: _Batch, *, read_at: datetime) -> None:
    """Keep what each record says, and whom it is about."""
    outcome, entries = batch.outcome, {one.external_id: (one, draft) for one, draft in batch.read}
    rows = []
    query = import_staging.named(sql.load(__file__, "intake_whom"), PASSING)
    for external_id, candidate_id, _, problem in sql.run(query, {}).fetchall():
        if problem:
            outcome.refused[external_id] = problem
            continue
        entry, draft = entries[external_id]
        outcome.candidates[external_id] = candidate_id
        outcome.changed.add(external_id)
        rows.append(
            {
                "external_id": external_id,
                "candidate_id": candidate_id,
                "url": entry.url[:300],
                "said": _said(entry, draft, batch.known.get(external_id)),
                "digest": entry.digest,
                "is_opted_out": entry.is_opted_out,
                "changed_there_at": entry.changed_at,
            }
        )
    values = {"rows": sql.records(rows), "source": batch.source.name, "seen_at": read_at}
    ids: dict[str, int] = dict(sql.run(sql.load(__file__, "intake_link"), values).fetchall())
    conflicts = [
        {"record_id": ids[one.external_id], "field": one.field, "ours": one.ours,
         "theirs": one.theirs}
        for one in batch.differences
        if one.external_id in ids
    ]  # fmt: skip
    if conflicts:
        noted = {"rows": sql.records(conflicts), "now": batch.now}
        import_staging.run(sql.load(__file__, "intake_conflicts"), PASSING, noted)


def _said(entry: Entry, draft: Draft, before: CandidateRecord | None) -> dict[str, Any]:
    """What they say now; what they say nothing of stays as they said it last."""
    place = draft.place
    texts = {
        Field.FIRST_NAME: draft.first_name,
        Field.LAST_NAME: draft.last_name,
        Field.EMPLOYER: draft.employer,
        Field.JOB_TITLE: draft.job_title,
        Field.PROFILE_URL: draft.profile_url,
    }
    said: dict[str, Any] = dict(before.said) if before else {}
    said |= {str(name): text for name, text in texts.items() if text}
    if place.city or place.country_code or place.region:
        said |= {"city": place.city, "region": place.region, "country": place.country_code}
    said |= {"email": draft.emails, "phone": draft.phones, "owner": entry.owner}
    return said | {"status": "placed" if entry.is_placed else ""} | dict(entry.more)


def _order_addresses(batch: _Batch) -> None:
    """An address that they dropped stays, but behind theirs."""
    rows = []
    for entry, draft in batch.read:
        record = batch.known.get(entry.external_id)
        candidate_id = batch.outcome.candidates.get(entry.external_id)
        if candidate_id is None or candidate_id in batch.outcome.loaded.added:
            continue
        said = record.said if record else {}
        for channel, name, addresses in (
            ("email", "email", draft.emails),
            ("sms", "phone", draft.phones),
        ):
            if addresses and said.get(name) != addresses:
                rows.append(
                    {"candidate_id": candidate_id, "channel": channel, "addresses": addresses}
                )
    if rows:
        sql.run(sql.load(__file__, "intake_order"), {"rows": sql.records(rows)})
