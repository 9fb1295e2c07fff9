"""Lets evidence join an open entry, and leave it again so that the entry is as if it had never
come.

Each piece keeps what it asked for and what it changed. It takes back what nobody has changed
since; what came after it asks again.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from warmbench.signals.models import FollowUp

Item = dict[str, Any]
#: What a piece of evidence may change. The last is what says that the entry is put away.
_VALUE, _DUE, _AWAY = "value", "due_at", "away"
_State = dict[str, Any]
#: Of so many pieces, the latest, it is kept what they did: whoever is heard from for years must not
#: have a row that no longer fits on a page. Machines are found out within hours.
REMEMBERED = 50


def begin(items: Sequence[Item], *, value: int, due_at: datetime) -> list[Item]:
    """The evidence with which an entry begins."""
    return [item | {"asks": _asks(value, due_at, None)} for item in items]


def join(
    entry: FollowUp,
    items: Sequence[Item],
    *,
    due_at: datetime,
    value: int = 0,
    until: datetime | None = None,
) -> None:
    """Add evidence to an open entry: it is worth the most that any of it is, due by the earliest
    date, and in sight, or put away until the earliest moment. The caller saves it."""
    state = _read(entry)
    for item in items:
        asks = _asks(value, due_at, until)
        item |= {"asks": asks, "was": {}, "made": {}}
        _apply(state, item, entry)
        entry.evidence = [*entry.evidence, item]
    older = len(entry.evidence) - REMEMBERED
    if older > 0:
        entry.evidence = [*alone(entry.evidence[:older]), *entry.evidence[older:]]
    _write(entry, state)


def part(entry: FollowUp, is_gone: Callable[[Item], bool]) -> bool:
    """Take evidence out of an entry, with what it changed. The caller saves it. Returns whether
    there was any."""
    left = [item for item in entry.evidence if not is_gone(item)]
    if len(left) == len(entry.evidence):
        return False
    asked = [item for item in entry.evidence if "asks" in item]
    state, touched = _read(entry), set[str]()
    #: What is left, and which keys somebody has changed since it came.
    again: list[tuple[Item, frozenset[str]]] = []
    for item in reversed(asked):
        _take_back(state, item, touched, entry)
        if not is_gone(item):
            again.append((item, frozenset(touched)))
    again.reverse()
    if again and is_gone(asked[0]) and "was" not in asked[0]:
        _begin_with(again[0][0], asked[0], state, touched)
    for item, but in again:
        _apply(state, item, entry, but=but)
    entry.evidence = left
    _write(entry, state)
    return True


def alone(items: Sequence[Item]) -> list[Item]:
    """Evidence without what it did to the entry that it was in."""
    kept = {"asks", "was", "made", "owner"}
    return [{key: item[key] for key in item if key not in kept} for item in items]


def _asks(value: int, due_at: datetime, until: datetime | None) -> _State:
    return {_VALUE: value, _DUE: _iso(due_at), _AWAY: until and _iso(until)}


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _begin_with(first: Item, before: Item, state: _State, touched: set[str]) -> None:
    """Let an entry begin with another piece than that with which it did."""
    for key in {_VALUE, _DUE} - touched:
        if state[key] == before["asks"][key]:
            state[key] = first["asks"][key]
    for kept in ("was", "made", "owner"):
        first.pop(kept, None)


def _apply(
    state: _State, item: Item, entry: FollowUp, *, but: frozenset[str] = frozenset()
) -> None:
    """Do to the state what a piece asks for, and keep with the piece what that changed."""
    if "was" not in item:
        return
    asks = item["asks"]
    new = {
        _VALUE: max(state[_VALUE], asks[_VALUE]),
        _DUE: min(state[_DUE], asks[_DUE], key=datetime.fromisoformat),
        _AWAY: _sooner(state[_AWAY], asks[_AWAY]),
    }
    was = {key: state[key] for key in new if new[key] != state[key]}
    for kept, values in (("was", was), ("made", new)):
        # What was frozen by somebody's hand stays as it was kept then.
        item[kept] = {key: item[kept][key] for key in but if key in item[kept]} | {
            key: values[key] for key in values if key not in but
        }
    item["owner"] = entry.owner_id
    state |= {key: new[key] for key in new if key not in but}


def _take_back(state: _State, item: Item, touched: set[str], entry: FollowUp) -> None:
    for key, made in item.get("made", {}).items():
        # Whoever has got it since has it in sight.
        is_passed_on = key == _AWAY and item["owner"] != entry.owner_id
        if state[key] != made or is_passed_on:
            touched.add(key)
        if key not in touched and key in item["was"]:
            state[key] = item["was"][key]


def _sooner(away: _State | None, until: str | None) -> _State | None:
    if away is None or until is None:
        return None
    return away | {"until": min(away["until"], until, key=datetime.fromisoformat)}


def _read(entry: FollowUp) -> _State:
    away = entry.snoozed_until and {
        "until": _iso(entry.snoozed_until),
        "wakes_on": str(entry.wakes_on),
        "effects": entry.effects,
    }
    return {_VALUE: entry.value, _DUE: _iso(entry.due_at), _AWAY: away}


def _write(entry: FollowUp, state: _State) -> None:
    away = state[_AWAY] or {"until": None, "wakes_on": "", "effects": {}}
    entry.value, entry.due_at = state[_VALUE], datetime.fromisoformat(state[_DUE])
    entry.snoozed_until = away["until"] and datetime.fromisoformat(away["until"])
    entry.wakes_on, entry.effects = away["wakes_on"], away["effects"]
