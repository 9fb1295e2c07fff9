"""Writes the questions of iCIMS's search, which overlooks what it cannot read of them."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from warmbench.integrations.ats.things import Window

#: So many ids come at once; fewer are the end (contracts.md 4).
MOST = 1_000
_NAME = re.compile(r"[a-z]+(\.[a-z0-9]+)+")
_SAID = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[ T](\d\d?):(\d\d)(?::\d\d)? ?([AaPp][Mm])?)?")
_Filter = dict[str, Any]


def ids_after(kind: str, last_id: int) -> _Filter:
    """Records of a kind with greater ids."""
    return compared(f"{kind}.id", ">", int(last_id))


def changed(kind: str, window: Window) -> list[_Filter]:
    """Records of a kind that changed in a window; none for a window that has no beginning.

    To the minute, for more cannot be said: a window is widened to whole minutes.
    """
    if window.start is None:
        return []
    end = window.end + timedelta(seconds=59)
    return [
        {
            "name": _named(f"{kind}.updateddate"),
            "value": [written(window.start)],
            "secondaryValue": [written(end)],
            "operator": "=",
        }
    ]


def compared(name: str, operator: str, value: str | int) -> _Filter:
    """A comparison. For texts ``==`` is exact; ``=`` would find whatever contains it."""
    if operator not in {"=", "!=", "<", ">", "<=", ">=", "==", "!=="}:
        raise ValueError(operator)
    return {"name": _named(name), "value": [str(value)], "operator": operator}


def question(filters: Sequence[_Filter]) -> dict[str, Any]:
    """A search for what fits all filters. One without any is refused."""
    if not filters:
        raise ValueError("A search needs a filter.")
    return {"filters": list(filters), "operator": "&"}


def written(at: datetime) -> str:
    """A moment as the search reads it, in UTC. A date in another form is overlooked, and
    everybody found: there is no other function that writes one."""
    utc = at.astimezone(UTC)
    # Not by %p: what that writes depends on the machine's language.
    half = "AM" if utc.hour < 12 else "PM"
    return f"{utc:%Y-%m-%d} {utc.hour % 12 or 12:02d}:{utc.minute:02d} {half}"


def moment(said: Any) -> datetime | None:
    """A date of iCIMS as a moment; None for none, or for what cannot be one."""
    found = _SAID.fullmatch(said.strip()) if isinstance(said, str) else None
    if found is None:
        return None
    year, month, day = (int(one) for one in found.group(1, 2, 3))
    hour, minute = int(found.group(4) or 0), int(found.group(5) or 0)
    if half := found.group(6):
        hour = hour % 12 + (12 if half.upper() == "PM" else 0)
    try:
        return datetime(year, month, day, hour, minute, tzinfo=UTC)
    except ValueError:
        return None


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no filter of iCIMS.")
    return name
