"""Stops that a person can engage at any moment, for everything or for one thing."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from warmbench.core import audit
from warmbench.core.events import Event, publish
from warmbench.messaging.models import Switch


@dataclass(frozen=True, kw_only=True)
class SendingStopped(Event):
    """Somebody, or we ourselves, stopped sending: all of it, or for one thing."""

    switch_id: int


@transaction.atomic
def engage(
    scope: Switch.Scope, key: int = 0, *, by_id: int | None, now: datetime, reason: str = ""
) -> bool:
    """Stop sending for the scope. Returns whether it was not stopped yet.

    It holds from the next claim on; no process has to be told or restarted.
    """
    switch, is_new = Switch.objects.get_or_create(
        scope=scope,
        key=key,
        released_at=None,
        defaults={"reason": reason, "engaged_at": now, "engaged_by_id": by_id},
    )
    if is_new:
        audit.record(by_id, "switch.engaged", f"{scope}:{key}", detail={}, now=now)
        publish(SendingStopped(switch_id=switch.pk))
    return is_new


@transaction.atomic
def release(scope: Switch.Scope, key: int = 0, *, by_id: int | None, now: datetime) -> bool:
    """Let sending go on. Returns whether it was stopped."""
    engaged = Switch.objects.filter(scope=scope, key=key, released_at=None)
    was_stopped = engaged.update(released_at=now, released_by_id=by_id) > 0
    if was_stopped:
        audit.record(by_id, "switch.released", f"{scope}:{key}", detail={}, now=now)
    return was_stopped
