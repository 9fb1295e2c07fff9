"""Reads what vendors say of talks: moments, texts, and ids that may stand in an address."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from warmbench.integrations.ats.errors import UnreachableError

#: No id of theirs is longer.
LONGEST_ID = 300


def moment(said: Any) -> datetime | None:
    """A moment as ISO 8601 has it; UTC where it says no zone. None if it is none."""
    if not isinstance(said, str) or not said.strip():
        return None
    try:
        found = datetime.fromisoformat(said.strip())
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def needed(said: Any) -> datetime:
    """A moment without which there is no talk. Raises UnreachableError."""
    found = moment(said)
    if found is None:
        raise UnreachableError("A talk does not say when it is.")
    return found


def text(said: Any, longest: int = 200) -> str:
    """A text as PostgreSQL takes it; blank for anything else."""
    if not isinstance(said, str):
        return ""
    return said.replace("\0", "").encode(errors="replace").decode().strip()[:longest]


def inner(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object within an object; an empty one where there is none."""
    found = said.get(name)
    return found if isinstance(found, Mapping) else {}
