"""Lets an ATS call us without anybody's copying addresses and secrets, where its API can do it."""

import json
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from warmbench.core import audit
from warmbench.integrations.ats import hearing, opening, vendors
from warmbench.integrations.ats.errors import RefusedError
from warmbench.integrations.ats.rereading import Opened
from warmbench.integrations.models import AtsConnection


def is_possible(connection: AtsConnection) -> bool:
    """Whether the vendor's API makes webhooks."""
    return vendors.of(connection.vendor).register is not None


def register(
    connection_id: int,
    address: str,
    *,
    by_id: int | None,
    clock: Callable[[], datetime],
    opened: Opened = opening.opened,
) -> None:
    """Let the ATS call this address of ours, and keep, sealed, what its calls are known by. Done
    again, it replaces what was there. Raises AtsError."""
    connection = AtsConnection.objects.select_related("truth").get(pk=connection_id)
    make = vendors.of(connection.vendor).register
    if make is None:
        raise RefusedError("Webhooks are made over there by hand.")
    with opened(connection, clock=clock) as client:
        secrets = make(client, address)
    now = clock()
    with transaction.atomic():
        locked = AtsConnection.objects.select_for_update(no_key=True).get(pk=connection_id)
        old: dict[str, str] = json.loads(locked.credentials or "{}")
        locked.credentials = json.dumps(hearing.replaced(old, old | dict(secrets), now=now))
        locked.save(update_fields=["credentials"])
        subject = f"ats_connection:{connection_id}"
        audit.record(by_id, "ats_connection.webhooks_made", subject, now=now)
