"""Writes down who did what, in rows that cannot be changed afterwards."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from warmbench.core.logs import redacted
from warmbench.core.models import AuditEntry

#: Longer values are content, and content does not belong in the trail.
MAX_VALUE_LENGTH = 120
_via: ContextVar[str] = ContextVar("via", default="")


@contextmanager
def acting(via: str) -> Iterator[None]:
    """Within the block each entry says by what it was done, under ``via``: a program has no user
    whose name could stand there."""
    token = _via.set(via)
    try:
        yield
    finally:
        _via.reset(token)


def record(
    actor_id: int | None,
    action: str,
    subject: str,
    *,
    now: datetime,
    detail: dict[str, object] | None = None,
) -> AuditEntry:
    """Add one entry, in the caller's transaction. ``subject`` is "noun:id".

    The trail outlives an erased candidate, so ``detail`` holds ids and short plain values:
    text is cut, and addresses, phone numbers and tokens in it are masked.
    """
    return AuditEntry.objects.create(
        at=now, actor_id=actor_id, action=action, subject=subject, detail=_plainly(detail)
    )


def record_each(
    actor_id: int | None,
    action: str,
    subjects: Iterable[str],
    *,
    now: datetime,
    detail: dict[str, object] | None = None,
) -> None:
    """Add the same entry for many subjects at once."""
    plain = _plainly(detail)
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(at=now, actor_id=actor_id, action=action, subject=one, detail=plain)
            for one in subjects
        ],
        batch_size=1000,
    )


def _plainly(detail: dict[str, object] | None) -> dict[str, Any]:
    plain = {key: _plain(value) for key, value in (detail or {}).items()}
    return {"via": _plain(_via.get()), **plain} if _via.get() else plain


def _plain(value: object) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return redacted(value)[:MAX_VALUE_LENGTH]
        case list() | tuple() | set() | frozenset():
            return [_plain(item) for item in value]
        case datetime():
            return value.isoformat()
        case _:
            raise TypeError(f"{type(value).__name__} does not belong in the audit trail.")
