"""Takes in what an ATS tells by itself: verified, kept before it is answered, each thing once."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from warmbench.core import audit, limits
from warmbench.core.vault import Secret
from warmbench.integrations.ats import opening, vendors
from warmbench.integrations.ats.errors import NotTheirsError
from warmbench.integrations.ats.protocol import Call, Keys
from warmbench.integrations.ats.things import Fate, Gone, Told
from warmbench.integrations.models import AtsConnection, AtsEvent

#: Many times what any of them sends, by the minute; what is more comes again by itself.
MOST, SPAN = 1_200, timedelta(minutes=1)
#: How long a secret that was replaced still counts: they change it over there when they can.
ROTATION = timedelta(days=7)
#: What a vendor signs its calls with, or says them with, among what a person pastes.
SECRETS = frozenset({"webhook_secret", "webhook_token", "webhook_user", "webhook_password"})
_BEFORE = "before"
#: How long events are kept that were acted on: so long that nobody tells the same again.
KEPT = timedelta(days=30)
_STATES = (
    # A vendor tries the address when it is entered there, and switches it off if nobody answers.
    AtsConnection.State.DRAFT,
    *AtsConnection.AT_WORK,
    AtsConnection.State.PAUSED,
)


def connection_of(hook_key: str) -> AtsConnection | None:
    """The connection that is called at this address, as long as it listens."""
    found = AtsConnection.objects.select_related("truth")
    return found.filter(hook_key=hook_key, state__in=_STATES).first()


def may_call(connection: AtsConnection, *, now: datetime) -> bool:
    """Whether it may call once more. Counts the call."""
    return limits.allows(f"ats-hook:{connection.pk}", most=MOST, span=SPAN, now=now)


def hear(connection: AtsConnection, call: Call, *, clock: Callable[[], datetime]) -> int:
    """Verify a call and keep what it tells. Returns how much of that is new.

    When this has returned, it is kept for good. Raises NotTheirsError for a call that is not
    signed as this account does, or while there is nothing to know it by.
    """
    vendor = vendors.of(connection.vendor)
    if vendor.hear is None:
        raise NotTheirsError(f"{vendor.label} does not call.")
    told = _verified(vendor.hear, connection, call, clock=clock)
    if connection.state == AtsConnection.State.DRAFT:
        # Everything is read when it is started.
        return 0
    return keep(connection, told, body=call.body, now=call.at)


def _verified(
    verify: Callable[[Keys, Call], list[Told]],
    connection: AtsConnection,
    call: Call,
    *,
    clock: Callable[[], datetime],
) -> list[Told]:
    keys = opening.keys_of(connection, clock=clock)
    try:
        return verify(keys, call)
    except NotTheirsError:
        before = _secrets_before(connection, now=call.at)
        if not before:
            raise
        return verify(replace(keys, credentials={**keys.credentials, **before}), call)


def keep(connection: AtsConnection, told: Iterable[Told], *, body: bytes, now: datetime) -> int:
    """Store what was told for the loop to act on. Told again, it is the same. Returns how much was
    not known. When this has returned, whoever told it may forget it."""
    rows = [
        AtsEvent(
            connection=connection,
            event_id=_fitting(one.event_id, 160),
            kind=_fitting(one.kind, 60),
            body=body,
            told=_to_json(one),
            received_at=now,
            next_at=now,
        )
        for one in told
    ]
    names = {row.event_id for row in rows}
    known = AtsEvent.objects.filter(connection=connection, event_id__in=names).count()
    AtsEvent.objects.bulk_create(rows, ignore_conflicts=True)
    return max(len(names) - known, 0)


def _fitting(text: str, longest: int) -> str:
    """Text as PostgreSQL takes it: no NUL, no half characters, and no more than fits."""
    return text.replace("\0", "").encode(errors="replace").decode()[:longest]


def _to_json(told: Told) -> dict[str, Any]:
    names = ("person_ids", "application_ids", "role_ids")
    ids = {name: [_fitting(one, 120) for one in getattr(told, name)] for name in names}
    return {**ids, "gone": [asdict(one) for one in told.gone]}


def told_of(event: AtsEvent) -> Told:
    """What an event says has changed."""
    kept = event.told
    return Told(
        event_id=event.event_id,
        kind=event.kind,
        person_ids=tuple(kept.get("person_ids", ())),
        application_ids=tuple(kept.get("application_ids", ())),
        role_ids=tuple(kept.get("role_ids", ())),
        gone=tuple(
            Gone(external_id=one["external_id"], fate=Fate(one["fate"]), into_id=one["into_id"])
            for one in kept.get("gone", ())
        ),
    )


# Secrets that are replaced.


@dataclass(frozen=True, slots=True)
class _Before:
    secrets: Mapping[str, str]
    until: datetime


def replaced(old: Mapping[str, str], new: Mapping[str, str], *, now: datetime) -> dict[str, str]:
    """What is pasted now, with the secrets of calls that it replaces: they count on for a week,
    so that nothing is lost while they are changed over there. To be stored as credentials."""
    gone = {name: old[name] for name in SECRETS & old.keys() if old[name] != new.get(name, "")}
    gone = {name: value for name, value in gone.items() if value}
    if not gone:
        kept = {_BEFORE: old[_BEFORE]} if _BEFORE in old else {}
        return {**new, **kept}
    # All of them as they were: a user's name goes with their own password.
    secrets = {name: old[name] for name in SECRETS & old.keys()}
    until = (now + ROTATION).isoformat()
    return {**new, _BEFORE: json.dumps({"secrets": secrets, "until": until})}


def _secrets_before(connection: AtsConnection, *, now: datetime) -> dict[str, Secret]:
    pasted: dict[str, str] = json.loads(connection.credentials or "{}")
    if _BEFORE not in pasted:
        return {}
    kept = json.loads(pasted[_BEFORE])
    before = _Before(kept["secrets"], datetime.fromisoformat(kept["until"]))
    if before.until <= now:
        return {}
    return {name: Secret(value) for name, value in before.secrets.items()}


def has_old_secrets(connection: AtsConnection, *, now: datetime) -> bool:
    """Whether calls that are signed with a replaced secret count still."""
    return bool(_secrets_before(connection, now=now))


@transaction.atomic
def drop_old_secrets(connection_id: int, *, by_id: int | None, now: datetime) -> bool:
    """Let a replaced secret of calls count no more at once. Returns whether there was one."""
    connection = AtsConnection.objects.select_for_update(no_key=True).get(pk=connection_id)
    pasted: dict[str, str] = json.loads(connection.credentials or "{}")
    if pasted.pop(_BEFORE, None) is None:
        return False
    connection.credentials = json.dumps(pasted)
    connection.save(update_fields=["credentials"])
    audit.record(by_id, "ats_connection.hook_secret", f"ats_connection:{connection_id}", now=now)
    return True


def forget(*, now: datetime) -> int:
    """Delete events that were acted on long ago. Returns how many."""
    old = AtsEvent.objects.filter(received_at__lt=now - KEPT)
    return old.exclude(processed_at=None).delete()[0]
