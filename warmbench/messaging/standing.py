"""Loads what the last gate asks about: people, senders, switches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

from warmbench.core import sql, standstill
from warmbench.core.standstill import still
from warmbench.messaging import ramp
from warmbench.messaging.budget import SPAN
from warmbench.messaging.gate import STALE_TRUTH
from warmbench.messaging.known import SenderState, Standing
from warmbench.messaging.models import Sender, Switch
from warmbench.people import off_limits, truth
from warmbench.people.models import Channel, Purpose
from warmbench.people.off_limits import Bar


def of(
    candidate_ids: Iterable[int],
    *,
    now: datetime,
    channel: str = Channel.EMAIL,
    purpose: str = Purpose.NURTURE,
    counting_queued: bool,
) -> dict[int, Standing]:
    """The standing of each person, by id. ``counting_queued``: whether touches that still
    wait in the outbox use up the contact budget (they do while planning more)."""
    params = {
        "ids": list(candidate_ids),
        "channel": str(channel),
        "purpose": str(purpose),
        "since": now - SPAN,
        "queued": counting_queued,
    }
    rows = sql.run(sql.load(__file__, "standings"), params).fetchall()
    people = {row[0]: Standing(*row) for row in rows}
    # After what tells the version: a list that is newer than it is asked about once more, and one
    # that is older would not be.
    for pk, bars in off_limits.of(
        {pk: who.employer for pk, who in people.items()}, now=now
    ).items():
        people[pk] = _barred(people[pk], bars)
    return people


def _barred(person: Standing, bars: Sequence[Bar]) -> Standing:
    """The same person with what her employer is off limits for, the longest of each first."""
    whole = next((bar for bar in bars if not bar.client), None)
    conflicts: dict[str, str] = {}
    for bar in bars:
        if bar.client:
            conflicts.setdefault(bar.client, bar.until.isoformat() if bar.until else "")
    return replace(
        person,
        off_limits=whole.employer if whole else "",
        off_limits_until=whole.until if whole else None,
        conflicts=conflicts,
    )


@dataclass(frozen=True, slots=True)
class _Mailbox:
    """What stands on a sender's row about how much it may send, and for whom."""

    sender_id: int
    owner_id: int | None
    owner_is_active: bool
    time_zone: str
    is_paused: bool
    is_registered_in_us: bool
    ramp_started_on: date
    ramp_from: int
    ramp_days: int
    daily_cap: int
    day: date | None
    sent_on_day: int
    queued: int = 0


def sender_states(
    sender_ids: Iterable[int], *, now: datetime, counting_queued: bool
) -> dict[int, SenderState]:
    """The states of mailboxes by id. ``counting_queued``: whether messages that wait for them
    have taken their room already (they have while planning more)."""
    values = {"ids": list(sender_ids), "queued": counting_queued}
    rows = sql.run(sql.load(__file__, "sender_states"), values)
    return {row[0]: _state(_Mailbox(*row), now=now) for row in rows}


def sender_state(sender: Sender, *, now: datetime) -> SenderState:
    """The state of one mailbox, from its row as it was read."""
    return _state(_mailbox(sender), now=now)


def local_day(sender: Sender, *, now: datetime) -> date:
    """The day it is for the mailbox's owner: the day that caps count by."""
    return now.astimezone(ZoneInfo(_zone(sender))).date()


def room_on(day: date, sender: Sender) -> int:
    """How many more messages the mailbox may send on this day of its owner."""
    return _room_on(day, _mailbox(sender))


def _state(of: _Mailbox, *, now: datetime) -> SenderState:
    zone = ZoneInfo(of.time_zone)
    today = now.astimezone(zone).date()
    return SenderState(
        sender_id=of.sender_id,
        owner_id=of.owner_id,
        owner_is_active=of.owner_is_active,
        is_paused=of.is_paused,
        room=_room_on(today, of) - of.queued,
        next_day=datetime.combine(today + timedelta(days=1), time(0), zone).astimezone(UTC),
        is_registered_in_us=of.is_registered_in_us,
    )


def _room_on(day: date, of: _Mailbox) -> int:
    cap = ramp.cap_on(
        day,
        ramp_started_on=of.ramp_started_on,
        ramp_from=of.ramp_from,
        ramp_days=of.ramp_days,
        daily_cap=of.daily_cap,
    )
    return cap - (of.sent_on_day if of.day == day else 0)


def _mailbox(sender: Sender) -> _Mailbox:
    return _Mailbox(
        sender_id=sender.pk,
        owner_id=sender.owner_id,
        owner_is_active=sender.owner is None or sender.owner.is_active,
        time_zone=_zone(sender),
        is_paused=sender.paused_at is not None or sender.activated_at is None,
        is_registered_in_us=sender.is_registered_in_us,
        ramp_started_on=sender.ramp_started_on,
        ramp_from=sender.ramp_from,
        ramp_days=sender.ramp_days,
        daily_cap=sender.daily_cap,
        day=sender.day,
        sent_on_day=sender.sent_on_day,
    )


def _zone(sender: Sender) -> str:
    return sender.owner.time_zone if sender.owner else "UTC"


def stop_file() -> Path:
    """The file that stops all sending of its machine while it is there, also when nobody can
    sign in."""
    return Path(settings.INSTANCE_FOLDER) / "STOP"


def is_held_here() -> bool:
    """Whether nothing at all may leave this machine, mails to users included: its administrator
    says so, outside the database."""
    return bool(settings.SENDING_STOPPED) or stop_file().exists()


def switches(*, now: datetime) -> frozenset[tuple[str, int]]:
    """Every engaged stop, and ``gate.STALE_TRUTH``, if we rely on a system that was not heard
    from for too long.

    A forecast takes such systems to be heard from again.
    """
    engaged = stops()
    if standstill.is_on() or not truth.stale(now=now):
        return engaged
    return engaged | {STALE_TRUTH}


def is_all_stopped() -> bool:
    """Whether a stop of everything is engaged."""
    return (Switch.Scope.EVERYTHING, 0) in stops()


@still
def stops() -> frozenset[tuple[str, int]]:
    """Every engaged stop as (scope, key), the one outside the database included."""
    engaged = set(
        Switch.objects.filter(released_at=None).values_list("scope", "key"),
    )
    if is_held_here():
        engaged.add((Switch.Scope.EVERYTHING, 0))
    return frozenset(engaged)
