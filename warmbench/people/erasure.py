"""Erases people: everything that is about them, everywhere, but for a hash to leave them alone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import DatabaseError, transaction
from psycopg.errors import DeadlockDetected, ForeignKeyViolation, LockNotAvailable

from warmbench.core import audit, sql
from warmbench.core.events import Event, publish
from warmbench.people import consent, hashes, holdings, import_files, journal, merged
from warmbench.people.holdings import People
from warmbench.people.models import ContactPoint, RightsRequest, Suppression
from warmbench.people.traces import Traces

#: The answer to a request that ended with the person.
ANSWER = "Erased."
#: Longer than any chunk of an import takes.
_PATIENCE = "60s"
#: Shorter than after what the database takes two who wait for each other for dead: then it is
#: always we who give way, never somebody who has just handed over mails.
_BRIEFLY = "500ms"
_TRIES = 60
_HINDRANCES = (DeadlockDetected, ForeignKeyViolation, LockNotAvailable)


class Reason(StrEnum):
    """Why somebody is erased."""

    REQUEST = "request"
    RETENTION = "retention"


@dataclass(frozen=True, kw_only=True)
class CandidatesErased(Event):
    """People are not known any more; also by the numbers of records that went up in theirs."""

    candidate_ids: list[int]


class HinderedError(RuntimeError):
    """Others kept working on the same people. Nobody was erased; try again later."""


def erase(
    candidate_ids: Collection[int], *, reason: Reason, by_id: int | None, now: datetime
) -> list[int]:
    """Erase these people. Returns those who were there.

    What is left are keyed hashes of their addresses, numbers and foreign ids, with the date and
    the reason, so that nobody writes to them and no import brings them back; who did what to
    them and when, without a word; and that their requests were answered. From the commit on no
    hand-over to them begins. Others who have one of their addresses are stopped. Any number at
    once, in one transaction. Raises HinderedError.
    """
    # Outside of the transaction, because files know of none: what is taken out of them twice
    # or too early does no harm.
    import_files.take_out_of_files(Traces.of(candidate_ids))
    for _ in range(_TRIES):
        try:
            with transaction.atomic():
                return _erase(candidate_ids, reason=reason, by_id=by_id, now=now)
        except DatabaseError as error:
            # Somebody was at work on them, or began to be at the last moment.
            if not isinstance(error.__cause__, _HINDRANCES):
                raise
    raise HinderedError("Others are at work on the same people. Try again in a moment.")


def sharing(candidate_ids: Collection[int]) -> list[int]:
    """Who else has one of the addresses or numbers of these people: perhaps the same person."""
    ids = list(candidate_ids)
    theirs = ContactPoint.objects.filter(candidate__in=ids).values("address")
    others = ContactPoint.objects.filter(address__in=theirs).exclude(candidate__in=ids)
    return sorted(set(others.values_list("candidate", flat=True)))


def _erase(
    candidate_ids: Collection[int], *, reason: Reason, by_id: int | None, now: datetime
) -> list[int]:
    sql.run(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
    hashes.hold_alone()
    sql.run(f"SET LOCAL lock_timeout = '{_BRIEFLY}'")
    ids = _lock(candidate_ids)
    if not ids:
        return []
    digests = hashes.of_people(ids)
    former = {gone: kept for kept, those in merged.former(ids).items() for gone in those}
    hashes.put([one for found in digests.values() for one in found], hashes.Reason.ERASED, at=now)
    for other in sharing(ids):
        consent.suppress(
            other,
            reason=Suppression.Reason.ERASED,
            evidence="Somebody with the same address was erased",
            now=now,
        )
    _answer(ids, by_id=by_id, now=now)
    traces = Traces.of(ids)
    points = ContactPoint.objects.filter(candidate__in=ids)
    people = People(ids, sorted(set(points.values_list("address", flat=True))))
    sql.run("SELECT begin_erasure()")
    holdings.forget(people)
    import_files.take_out_of_rows(traces)
    audit.record_each(
        by_id,
        "candidate.erased",
        [f"candidate:{candidate_id}" for candidate_id in ids],
        detail={"reason": str(reason)},
        now=now,
    )
    # Last: what is written there stays, also if we have to give way before this is committed,
    # and a restore would erase whom nobody erased.
    known = digests | {gone: digests.get(kept, []) for gone, kept in former.items()}
    journal.note([*ids, *former], journal.Kind.ERASED, known=known, now=now)
    publish(CandidatesErased(candidate_ids=[*ids, *former]))
    return ids


def _lock(candidate_ids: Collection[int]) -> list[int]:
    """Lock these people, after all that others hold while they work on them. Returns those who
    are there."""
    holdings.lock(candidate_ids)
    locked = sql.run(
        "SELECT id FROM candidate WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR UPDATE",
        {"ids": list(candidate_ids)},
    )
    return [candidate_id for (candidate_id,) in locked]


def _answer(ids: Collection[int], *, by_id: int | None, now: datetime) -> None:
    waiting = RightsRequest.objects.filter(candidate__in=ids, state=RightsRequest.State.OPEN)
    waiting.update(state=RightsRequest.State.DONE, answer=ANSWER, done_at=now, done_by_id=by_id)
