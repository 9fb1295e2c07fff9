"""Writes to an ATS what it is to be told: one thing at a time, opt-outs first, none twice.

That something is written is committed before the ATS is called. When the answer is lost, it is
looked up before it is tried again, so a worker may die at any moment. An ATS that refuses to take
an opt-out changes nothing about ours.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from warmbench.accounts import notifications
from warmbench.accounts.models import Kind as Told_of
from warmbench.core.fence import attempt
from warmbench.core.vault import UnsealError
from warmbench.integrations.ats import abilities, opening, wanted, wording, writes
from warmbench.integrations.ats.abilities import Abilities
from warmbench.integrations.ats.errors import (
    AtsError,
    AuthError,
    ForbiddenError,
    GoneError,
    NoPlaceError,
    RefusedError,
    ThrottledError,
    UnclearError,
    UnreachableError,
)
from warmbench.integrations.ats.protocol import Ats
from warmbench.integrations.ats.things import Gone, Proof
from warmbench.integrations.ats.writes import Claimed
from warmbench.integrations.models import AtsConnection, AtsWrite
from warmbench.messaging import standing
from warmbench.nurture.models import Pool, PoolMember
from warmbench.people.models import Candidate, CandidateRecord

logger = logging.getLogger(__name__)

Kind = AtsWrite.Kind

TOUCHED_TAG = "Warmbench: in touch"
NO_TEXTS_TAG = "Do not text (Warmbench)"
_POOL_TAG = "Warmbench: {}"
#: How long an ATS is left alone that did not answer, and one that does not let us in.
_REST, _LONG_REST = timedelta(seconds=30), timedelta(minutes=5)
#: What is written with one client before another connection has its turn.
_AT_ONCE = 25
_LOOKED_UP = Proof(200)


class _NotSoError(Exception):
    """There is nothing to write any more. The sentence says why."""


@dataclass(frozen=True, slots=True)
class _Taken:
    proof: Proof
    #: How, if not in the usual way.
    said: str = ""


def write_next(*, clock: Callable[[], datetime]) -> bool:
    """Write what is due to one ATS, opt-outs first. Returns whether anything was due."""
    if standing.is_held_here():
        return False
    claimed = writes.claim(now=clock())
    if claimed is None:
        return False
    try:
        connection = AtsConnection.objects.select_related("truth").get(
            pk=claimed.write.connection_id
        )
        with opening.opened(connection, clock=clock) as client:
            _write_on(client, connection, claimed, clock=clock)
    except (AuthError, UnsealError) as error:
        # Before anything was written: what is sealed cannot be opened, or there is no way in.
        _failed(claimed, _as_auth(error), now=clock())
    except AtsError as error:
        _failed(claimed, error, now=clock())
    return True


def _write_on(
    client: Ats, connection: AtsConnection, first: Claimed, *, clock: Callable[[], datetime]
) -> None:
    can = abilities.of(connection)
    claimed: Claimed | None = first
    for _ in range(_AT_ONCE):
        if claimed is None:
            return
        outcome = attempt(_write, client, connection, can, claimed)
        if not _settled(claimed, outcome, now=clock()):
            return
        claimed = writes.claim(now=clock(), connection_id=connection.pk)


def _settled(claimed: Claimed, outcome: _Taken | Exception, *, now: datetime) -> bool:
    """Write down how it ended. Returns whether the ATS may be asked for the next thing."""
    match outcome:
        case _Taken(proof, said):
            writes.done(claimed, proof, said=said, now=now)
        case _NotSoError():
            writes.dropped(claimed, str(outcome), now=now)
        case NoPlaceError():
            writes.kept(claimed, str(outcome), now=now)
        case GoneError() if claimed.write.kind == Kind.ERASURE:
            writes.done(claimed, _LOOKED_UP, said="It was gone already.", now=now)
        case GoneError():
            writes.dropped(claimed, str(outcome), now=now)
        case RefusedError():
            writes.refused(claimed, str(outcome), now=now)
        case AtsError():
            return _failed(claimed, outcome, now=now)
        case _:
            # Ours: it may have happened after the ATS took it.
            logger.error("ats write failed", exc_info=outcome, extra={"write": claimed.write.pk})
            why = "Something went wrong here: the log of the worker says what."
            writes.failed(claimed, why, is_unclear=True, now=now)
    return True


def _failed(claimed: Claimed, error: AtsError, *, now: datetime) -> bool:
    rest_until = None
    match error:
        case ThrottledError(until=until):
            rest_until = until
        case ForbiddenError():
            # Of this one thing: others may be allowed, opt-outs above all.
            _tell_of_keys(claimed.write.connection_id, str(error), now=now)
        case AuthError():
            rest_until = now + _LONG_REST
            _tell_of_keys(claimed.write.connection_id, str(error), now=now)
        case UnreachableError() | UnclearError():
            rest_until = now + _REST
        case _:
            pass  # Of this one thing.
    is_unclear = isinstance(error, UnclearError) or claimed.is_unclear
    writes.failed(claimed, str(error), is_unclear=is_unclear, rest_until=rest_until, now=now)
    return rest_until is None


def _as_auth(error: Exception) -> AuthError:
    return error if isinstance(error, AuthError) else AuthError(str(error))


def _tell_of_keys(connection_id: int, why: str, *, now: datetime) -> None:
    name = AtsConnection.objects.values_list("truth__name", flat=True).get(pk=connection_id)
    notifications.tell(
        notifications.administrators(),
        kind=Told_of.TROUBLE,
        title=f"{name} does not let us write",
        body=why,
        path=f"/connections/{connection_id}/",
        key=f"ats_keys:{connection_id}/{now:%Y-%m-%d}",
        now=now,
    )


# One write.


def _write(client: Ats, connection: AtsConnection, can: Abilities, claimed: Claimed) -> _Taken:
    """Write one thing. Raises AtsError, or one of ours that says why nothing is written."""
    write = claimed.write
    if write.record is not None and write.record.fate:
        raise _NotSoError("The record is not there any more.")
    match Kind(write.kind):
        case Kind.OPT_OUT if write.key == wanted.TEXT_OPT_OUT:
            return _text_opt_out(client, can, write)
        case Kind.OPT_OUT:
            return _opt_out(client, connection, can, claimed)
        case Kind.STATUS:
            return _status(client, can, write)
        case Kind.TAGS:
            return _tags(client, can, write)
        case Kind.ACTIVITY:
            return _note(client, connection, can, write)
        case Kind.ERASURE:
            return _erase(client, can, claimed)
        case Kind.MERGE:
            raise _merge(can, connection, write)


def _opt_out(client: Ats, connection: AtsConnection, can: Abilities, claimed: Claimed) -> _Taken:
    write = claimed.write
    if write.candidate_id is not None and not wanted.is_stopped(write.candidate_id):
        raise _NotSoError("They may be mailed again.")
    mapping = opening.reading_of(connection)
    if claimed.is_unclear and _says_opted_out(client, write.external_id):
        return _Taken(_LOOKED_UP, "It was looked up, and stands there.")
    if can.opt_out.is_possible or mapping.opt_out_field:
        try:
            return _Taken(client.opt_out(write.external_id))
        except (ForbiddenError, RefusedError) as error:
            if not can.tags.is_possible:
                raise
            why = f"As a tag, because the flag was refused: {error}"
    elif can.tags.is_possible:
        why = f"As a tag. {can.opt_out.note}"
    else:
        raise NoPlaceError(can.opt_out.note)
    return _Taken(client.tag(write.external_id, [mapping.opt_out_tag], []), why)


def _says_opted_out(client: Ats, external_id: str) -> bool:
    for one in client.read_people([external_id]):
        if isinstance(one, Gone):
            raise GoneError("The record is not there any more.")
        return one.opted_out is True
    return False


def _text_opt_out(client: Ats, can: Abilities, write: AtsWrite) -> _Taken:
    if not can.text_opt_out.is_possible or not can.tags.is_possible:
        raise NoPlaceError(can.text_opt_out.note or can.tags.note)
    is_stopped = wanted.is_stopped_for_texts(write.candidate_id or 0)
    return _give_or_take(client, write.external_id, NO_TEXTS_TAG, is_given=is_stopped)


def _status(client: Ats, can: Abilities, write: AtsWrite) -> _Taken:
    if not can.status.is_possible:
        raise NoPlaceError(can.status.note)
    candidate = Candidate.objects.only("status").get(pk=write.candidate_id or 0)
    standing_there = write.record.standing if write.record else ""
    is_ours = wanted.ours([candidate.pk])
    if not is_ours or wanted.is_echo(candidate.status, standing_there):
        raise _NotSoError("It says so itself.")
    return _Taken(client.set_status(write.external_id, candidate.status))


def _tags(client: Ats, can: Abilities, write: AtsWrite) -> _Taken:
    if not can.tags.is_possible:
        raise NoPlaceError(can.tags.note)
    pool_id = wanted.pool_of(write)
    if pool_id is None:
        return _give_or_take(client, write.external_id, TOUCHED_TAG, is_given=True)
    name = Pool.objects.values_list("name", flat=True).get(pk=pool_id)
    is_member = PoolMember.objects.filter(
        pool=pool_id, candidate=write.candidate_id or 0, left_at=None
    ).exists()
    return _give_or_take(client, write.external_id, _POOL_TAG.format(name), is_given=is_member)


def _give_or_take(client: Ats, external_id: str, tag: str, *, is_given: bool) -> _Taken:
    if is_given:
        return _Taken(client.tag(external_id, [tag], []))
    return _Taken(client.tag(external_id, [], [tag]), "Taken away.")


def _note(client: Ats, connection: AtsConnection, can: Abilities, write: AtsWrite) -> _Taken:
    if not can.activity.is_possible:
        raise NoPlaceError(can.activity.note)
    note = wording.note_of(write, connection)
    if note is None:
        raise _NotSoError("It was not so.")
    return _Taken(client.note(write.external_id, note))


def _erase(client: Ats, can: Abilities, claimed: Claimed) -> _Taken:
    external_id = claimed.write.external_id
    if not can.erasures.is_possible:
        raise NoPlaceError(can.erasures.note)
    if claimed.is_unclear and all(
        isinstance(one, Gone) for one in client.read_people([external_id])
    ):
        return _Taken(_LOOKED_UP, "It was looked up, and is gone.")
    return _Taken(client.erase(external_id))


def _merge(can: Abilities, connection: AtsConnection, write: AtsWrite) -> Exception:
    """Why it is not written: no vendor's API merges people."""
    other = write.detail.get("other", "")
    there = CandidateRecord.objects.filter(source=connection.truth.name, external_id=other)
    if not there.filter(fate="", candidate=write.candidate_id).exists():
        return _NotSoError("They are one there, too.")
    by_hand = f"Merge the records {other} and {write.external_id} there by hand."
    return NoPlaceError(f"{can.merges.note} {by_hand}".strip())
