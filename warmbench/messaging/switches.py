"""Stops that a person can engage at any moment, for everything or for one thing."""

from datetime import datetime

from django.db import transaction

from warmbench.core import audit
from warmbench.messaging.models import Switch


@transaction.atomic
def engage(
    scope: Switch.Scope, key: int = 0, *, by_id: int | None, now: datetime, reason: str = ""
) -> bool:
    """Stop sending for the scope. Returns whether it was not stopped yet.

    It holds from the next claim on; no process has to be told or restarted.
    """
    _, is_new = Switch.objects.get_or_create(
        scope=scope,
        key=key,
        released_at=None,
        defaults={"reason": reason, "engaged_at": now, "engaged_by_id": by_id},
    )
    if is_new:
        audit.record(by_id, "switch.engaged", f"{scope}:{key}", detail={}, now=now)
    return is_new


@transaction.atomic
def release(scope: Switch.Scope, key: int = 0, *, by_id: int | None, now: datetime) -> bool:
    """Let sending go on. Returns whether it was stopped."""
    engaged = Switch.objects.filter(scope=scope, key=key, released_at=None)
    was_stopped = engaged.update(released_at=now, released_by_id=by_id) > 0
    if was_stopped:
        audit.record(by_id, "switch.released", f"{scope}:{key}", detail={}, now=now)
    return was_stopped
