"""How Greenhouse numbers and dates things: integers beyond 32 bits, ISO dates with milliseconds."""

from datetime import UTC, datetime
from enum import IntEnum


class Base(IntEnum):
    """Where the numbers of each kind begin. None fits into 32 bits."""

    USER = 4_412_000_000
    CANDIDATE = 6_409_000_000
    APPLICATION = 7_118_000_000
    JOB = 5_306_000_000
    JOB_POST = 5_407_000_000
    NOTE = 8_201_000_000
    STAGE = 5_508_000_000
    TAG = 4_609_000_000
    APPLIED_TAG = 9_000_000_000
    SOURCE = 4_710_000_000
    REASON = 4_811_000_000
    DEPARTMENT = 4_313_000_000
    OFFICE = 4_314_000_000
    OPENING = 5_615_000_000
    CLOSE_REASON = 4_816_000_000
    FIELD = 4_917_000_000
    OPTION = 4_918_000_000
    POOL = 4_719_000_000
    POOL_STAGE = 4_721_000_000
    HOOK = 4_320_000_000


def moment(at: datetime | None) -> str | None:
    """As v3 writes moments: ``2026-05-11T14:53:44.000Z``."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def second(at: datetime | None) -> str | None:
    """As tokens and webhooks write moments: without milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="seconds")[:19] + "Z" if at else None


def number(text: object, base: Base) -> int:
    """The world's number of an id; 0 for what is none."""
    try:
        return int(str(text)) - base
    except ValueError:
        return 0
