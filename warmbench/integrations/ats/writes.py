"""Keeps what an ATS is to be told: who writes what next, how that ended, and the proof of it."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from warmbench.accounts import notifications
from warmbench.accounts.models import Kind as Told_of
from warmbench.accounts.notifications import Told
from warmbench.core import audit
from warmbench.core.pauses import pause
from warmbench.integrations.ats import vendors
from warmbench.integrations.ats.things import Proof
from warmbench.integrations.models import AtsConnection, AtsWrite

logger = logging.getLogger(__name__)

State, Kind = AtsWrite.State, AtsWrite.Kind
OPEN = (State.WAITING, State.SENDING, State.UNCLEAR)

#: Longer than any client takes for one write. From then on its worker is taken for dead.
LEASE = timedelta(minutes=5)
#: A pause after a failure doubles with each.
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=6)
#: After that a person has to look.
GIVES_UP = timedelta(days=7)
#: How long everything that was written is kept: the proof of it.
KEPT = timedelta(days=3 * 365)
#: Of the calls of a day, those that nothing but opt-outs may use up.
RESERVE = 0.1
_SECRETS = ("credentials", "tokens")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A write that is this worker's alone until its lease is over."""

    write: AtsWrite
    #: Whether it was begun before, and nobody knows what became of it.
    is_unclear: bool


@transaction.atomic
def claim(*, now: datetime, connection_id: int | None = None) -> Claimed | None:
    """Take the next write that is due, opt-outs first. Committed before the ATS is called.

    Of one person one thing is written at a time: what is read before it is changed there would
    else be overwritten.
    """
    due = AtsWrite.objects.filter(next_at__lte=now, state__in=OPEN)
    theirs = due.filter(connection=OuterRef("pk")).order_by("rank")
    connections = (
        AtsConnection.objects.filter(
            Exists(theirs),
            Q(writes_rest_until=None) | Q(writes_rest_until__lte=now),
            state__in=AtsConnection.AT_WORK,
        )
        .annotate(first=Subquery(theirs.values("rank")[:1]))
        .order_by("first", "pk")
        .select_for_update(no_key=True, skip_locked=True, of=("self",))
        .defer(*_SECRETS)
    )
    if connection_id is not None:
        connections = connections.filter(pk=connection_id)
    for connection in connections:
        mine = due.filter(connection=connection)
        if not has_room(connection, now=now):
            mine = mine.filter(kind=Kind.OPT_OUT)
        if write := _first(mine, now=now):
            return _taken(write, now=now)
    return None


def _first(due: QuerySet[AtsWrite], *, now: datetime) -> AtsWrite | None:
    at_work = AtsWrite.objects.filter(
        connection=OuterRef("connection"),
        external_id=OuterRef("external_id"),
        state=State.SENDING,
        lease_until__gt=now,
    )
    free = due.filter(~Exists(at_work)).order_by("rank", "next_at", "pk")
    return free.select_for_update(no_key=True, skip_locked=True, of=("self",)).first()


def _taken(write: AtsWrite, *, now: datetime) -> Claimed:
    is_unclear = write.state != State.WAITING
    write.state, write.tries = State.SENDING, min(write.tries + 1, 30_000)
    write.lease_until = write.next_at = now + LEASE
    write.save(update_fields=["state", "tries", "lease_until", "next_at"])
    return Claimed(write, is_unclear)


def has_room(connection: AtsConnection, *, now: datetime) -> bool:
    """Whether a connection may be called for something that can wait: not with the last calls
    of the day, where the vendor counts them."""
    daily = vendors.of(connection.vendor).daily_calls
    if daily is None or connection.calls_on != now.date():
        return True
    return connection.calls < (connection.limit_said or daily) * (1 - RESERVE)


# How a write ended.


@transaction.atomic
def done(claimed: Claimed, proof: Proof, *, said: str = "", now: datetime) -> None:
    """Note that the ATS took it. ``said`` tells how, if not in the usual way."""
    write = _locked(claimed)
    if write is None:
        return
    values: dict[str, object] = {
        "done_at": now,
        "status_code": proof.status_code,
        "request_id": proof.request_id[:120],
        "their_id": proof.their_id[:120],
        "problem": said[:300],
    }
    if write.candidate_id is None:
        # The person is gone there and here: nothing has to be found by it any more.
        values["external_id"] = f"erased:{write.pk}"
    _end(claimed, write, State.DONE, values, now=now)
    if write.kind == Kind.OPT_OUT and write.candidate_id is not None:
        audit.record(
            None,
            "candidate.opt_out_written",
            f"candidate:{write.candidate_id}",
            detail={"write": write.pk, "request": proof.request_id},
            now=now,
        )


@transaction.atomic
def kept(claimed: Claimed, why: str, *, now: datetime) -> None:
    """Note that the ATS has no place for it, so that we alone keep it."""
    if write := _locked(claimed):
        _end(claimed, write, State.KEPT, {"problem": why[:300]}, now=now)


@transaction.atomic
def dropped(claimed: Claimed, why: str, *, now: datetime) -> None:
    """Note that there is nothing to write any more."""
    if write := _locked(claimed):
        _end(claimed, write, State.DROPPED, {"problem": why[:300]}, now=now)


@transaction.atomic
def refused(claimed: Claimed, why: str, *, now: datetime) -> None:
    """Note that the ATS does not take it: a person has to look, and is told."""
    if write := _locked(claimed):
        _stick(claimed, write, why, now=now)


@transaction.atomic
def failed(
    claimed: Claimed,
    why: str,
    *,
    is_unclear: bool,
    now: datetime,
    rest_until: datetime | None = None,
) -> None:
    """Note that it has to be tried again; ``is_unclear``: looked up first. ``rest_until``: nothing
    is written to this ATS before that."""
    write = _locked(claimed)
    if rest_until is not None:
        resting = AtsConnection.objects.filter(pk=claimed.write.connection_id)
        resting.update(writes_rest_until=rest_until)
    if write is None or write.lease_until != claimed.write.lease_until:
        return
    if now - write.made_at >= GIVES_UP:
        _stick(claimed, write, why, now=now)
        return
    span = pause(SHORTEST_PAUSE, write.tries - 1, longest=LONGEST_PAUSE)
    write.state = State.UNCLEAR if is_unclear else State.WAITING
    write.next_at = max(now + span, rest_until or now)
    write.lease_until, write.problem = None, why[:300]
    write.save(update_fields=["state", "next_at", "lease_until", "problem"])


def _locked(claimed: Claimed) -> AtsWrite | None:
    """The row, if it still is under way: also for a worker that was taken for dead, and was not."""
    rows = AtsWrite.objects.select_for_update(no_key=True)
    return rows.filter(pk=claimed.write.pk, state__in=OPEN).first()


def _end(
    claimed: Claimed, write: AtsWrite, state: str, values: dict[str, object], *, now: datetime
) -> None:
    next_at = None
    if write.made_at != claimed.write.made_at:
        # It was wanted once more while it was written, perhaps the other way round.
        state, next_at = State.WAITING, now
    rows = AtsWrite.objects.filter(pk=write.pk)
    rows.update(**values, state=state, next_at=next_at, lease_until=None)


def _stick(claimed: Claimed, write: AtsWrite, why: str, *, now: datetime) -> None:
    _end(claimed, write, State.STUCK, {"problem": why[:300]}, now=now)
    logger.warning("ats write stuck", extra={"write": write.pk, "write_kind": write.kind})
    name = AtsConnection.objects.values_list("truth__name", flat=True).get(pk=write.connection_id)
    what = "that somebody must not be mailed" if write.kind == Kind.OPT_OUT else "something"
    notifications.tell(
        notifications.administrators(),
        kind=Told_of.TROUBLE,
        title=f"{name} could not be told {what}",
        body=why,
        path=f"/connections/{write.connection_id}/",
        key=f"ats_stuck:{write.connection_id}/{write.kind}/{now:%Y-%m-%d}",
        now=now,
    )


@notifications.still_so_by("ats_stuck")
def _are_stuck(told: Collection[Told]) -> set[Told]:
    stuck = set(
        AtsWrite.objects.filter(state=State.STUCK).values_list("connection_id", "kind").distinct()
    )
    return {one for one in told if _about(one) in stuck}


def _about(told: Told) -> tuple[int, str]:
    connection, kind, _ = told.key.partition(":")[2].split("/")
    return int(connection), kind


# For people.


@dataclass(frozen=True, slots=True)
class Shown:
    """How a write stands, for a person."""

    sentence: str
    #: When the ATS took it; None while it has not.
    at: datetime | None
    status_code: int | None
    request_id: str
    their_id: str


def proof_of(write: AtsWrite) -> Shown:
    """What shows that a write was taken, or why it was not."""
    said = write.problem
    match write.state:
        case State.DONE if write.done_at is not None:
            sentence = f"Written on {write.done_at:%-d %B %Y, %H:%M:%S} UTC, status"
            sentence += f" {write.status_code}"
            sentence += f", request {write.request_id}" if write.request_id else ""
            sentence += f". {said}" if said else "."
        case State.KEPT | State.DROPPED | State.STUCK:
            sentence = f"{write.get_state_display()}. {said}".strip()
        case _ if write.tries and write.next_at is not None:
            again = f"{write.next_at:%-d %B %Y, %H:%M} UTC"
            sentence = f"Tried {write.tries} times, again on {again}. {said}".strip()
        case _:
            sentence = f"{write.get_state_display()}."
    return Shown(sentence, write.done_at, write.status_code, write.request_id, write.their_id)


@transaction.atomic
def again(write_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Write what is stuck, or was kept here, once more. Returns whether it was."""
    rows = AtsWrite.objects.filter(pk=write_id, state__in=[State.STUCK, State.KEPT])
    if not _begin_anew(rows, now=now):
        return False
    audit.record(by_id, "ats_write.again", f"ats_write:{write_id}", now=now)
    return True


@transaction.atomic
def all_again(connection_id: int, *, by_id: int | None, now: datetime) -> int:
    """Write everything once more that is stuck, and do not wait with what failed. Returns how much
    that is."""
    rows = AtsWrite.objects.filter(connection=connection_id)
    count = _begin_anew(rows.filter(state=State.STUCK), now=now)
    count += rows.filter(state__in=[State.WAITING, State.UNCLEAR], next_at__gt=now).update(
        next_at=now
    )
    AtsConnection.objects.filter(pk=connection_id).update(writes_rest_until=None)
    audit.record(by_id, "ats_write.all_again", f"ats_connection:{connection_id}", now=now)
    return count


def _begin_anew(rows: QuerySet[AtsWrite], *, now: datetime) -> int:
    # Whether it was taken after all is looked up first.
    return rows.update(state=State.UNCLEAR, next_at=now, made_at=now, tries=0, problem="")


def forget(*, now: datetime) -> int:
    """Delete what ended years ago. Returns how much."""
    old = AtsWrite.objects.filter(made_at__lt=now - KEPT, next_at=None)
    return old.exclude(state=State.STUCK).delete()[0]
