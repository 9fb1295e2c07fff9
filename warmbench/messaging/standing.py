"""Loads what the last gate asks about: people, senders, switches."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

from warmbench.core import sql
from warmbench.messaging import ramp
from warmbench.messaging.gate import BUDGET_SPAN, SenderState, Standing
from warmbench.messaging.models import Sender, Switch
from warmbench.people.models import Channel, Purpose


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
        "since": now - BUDGET_SPAN,
        "queued": counting_queued,
    }
    rows = sql.run(sql.load(__file__, "standings"), params)
    return {row[0]: Standing(*row) for row in rows}


def sender_state(sender: Sender, *, queued: int = 0, now: datetime) -> SenderState:
    """The state of one mailbox, with ``queued`` messages already spoken for today."""
    zone = _zone(sender)
    today = local_day(sender, now=now)
    tomorrow = datetime.combine(today + timedelta(days=1), time(0), zone).astimezone(UTC)
    return SenderState(
        sender_id=sender.pk,
        owner_id=sender.owner_id,
        owner_is_active=sender.owner is None or sender.owner.is_active,
        is_paused=sender.paused_at is not None or sender.activated_at is None,
        room=room_on(today, sender) - queued,
        next_day=tomorrow,
        is_registered_in_us=sender.is_registered_in_us,
    )


def local_day(sender: Sender, *, now: datetime) -> date:
    """The day it is for the mailbox's owner: the day that caps count by."""
    return now.astimezone(_zone(sender)).date()


def room_on(day: date, sender: Sender) -> int:
    """How many more messages the mailbox may send on this day of its owner."""
    cap = ramp.cap_on(
        day,
        ramp_started_on=sender.ramp_started_on,
        ramp_from=sender.ramp_from,
        ramp_days=sender.ramp_days,
        daily_cap=sender.daily_cap,
    )
    return cap - (sender.sent_on_day if sender.day == day else 0)


def _zone(sender: Sender) -> ZoneInfo:
    return ZoneInfo(sender.owner.time_zone if sender.owner else "UTC")


def stop_file() -> Path:
    """The file that stops all sending of its machine while it is there, also when nobody can
    sign in."""
    return Path(settings.INSTANCE_FOLDER) / "STOP"


def is_held_here() -> bool:
    """Whether nothing at all may leave this machine, mails to users included: its administrator
    says so, outside the database."""
    return bool(settings.SENDING_STOPPED) or stop_file().exists()


def switches() -> frozenset[tuple[str, int]]:
    """Every engaged stop as (scope, key), the one outside the database included."""
    engaged = set(
        Switch.objects.filter(released_at=None).values_list("scope", "key"),
    )
    if is_held_here():
        engaged.add((Switch.Scope.EVERYTHING, 0))
    return frozenset(engaged)
