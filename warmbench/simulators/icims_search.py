"""Judges the filters of an iCIMS search, and errs as iCIMS errs."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

#: Reads one field of one record.
Get = Callable[[str], Any]
#: Says whether a record is found.
Test = Callable[[Get], bool]

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    "!==": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_MACRO = re.compile(r"\{DATE:(START|END|[+-]?\d+)\}")


class FilterError(ValueError):
    """The search cannot be read, or asks for nothing."""


@dataclass(frozen=True)
class Field:
    """One thing that can be filtered by: a date, a number, a text, or a node of a list."""

    kind: str
    nodes: frozenset[str] = frozenset()


def reading(search: Any, fields: Mapping[str, Field], *, now: datetime) -> Test:
    """A test of records; raises FilterError when there is no filter at all."""
    if not isinstance(search, dict) or not _has_filter(search):
        raise FilterError("At least one filter is required.")
    return _group(search, fields, now)


def _has_filter(group: dict[str, Any]) -> bool:
    children = group.get("children") or []
    return bool(group.get("filters")) or any(_has_filter(child) for child in children)


def _group(group: dict[str, Any], fields: Mapping[str, Field], now: datetime) -> Test:
    tests = [_filter(one, fields, now) for one in group.get("filters") or []]
    tests += [_group(child, fields, now) for child in group.get("children") or []]
    if group.get("operator", "&") == "|":
        return lambda get: any(test(get) for test in tests)
    return lambda get: all(test(get) for test in tests)


def _filter(given: dict[str, Any], fields: Mapping[str, Field], now: datetime) -> Test:
    name, sign = str(given.get("name", "")), str(given.get("operator") or "=")
    values = _listed(given.get("value"))
    if name not in fields:
        raise FilterError(f"Unknown filter: {name}")
    if sign not in _COMPARISONS or not values:
        raise FilterError(f"The filter {name} has no value or an unknown operator.")
    field = fields[name]
    if field.kind == "date":
        return _of_dates(name, sign, values[0], _listed(given.get("secondaryValue")), now)
    if field.kind == "number":
        return _of_numbers(name, sign, values)
    if field.kind == "list":
        return _of_nodes(name, sign, values, field.nodes)
    return _of_texts(name, sign, values)


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _everything(_get: Get) -> bool:
    return True


def _nothing(_get: Get) -> bool:
    return False


def _of_dates(name: str, sign: str, value: str, second: list[str], now: datetime) -> Test:
    """A date that cannot be read is no filter: it lets everything through."""
    start = _moment(value, now)
    end = _moment(second[0], now) if second else None
    if start is None or (second and end is None):
        return _everything
    if end is not None:
        return lambda get: get(name) is not None and start <= _minute(get(name)) <= end
    if sign in {"=", "=="} and len(value) == len("2026-11-21"):
        until = start + timedelta(days=1)
        return lambda get: get(name) is not None and start <= _minute(get(name)) < until
    holds = _COMPARISONS[sign]
    return lambda get: get(name) is not None and holds(_minute(get(name)), start)


def _minute(moment: datetime) -> datetime:
    """Dates are kept to the minute."""
    return moment.replace(second=0, microsecond=0)


def _moment(text: str, now: datetime) -> datetime | None:
    for form in ("%Y-%m-%d %I:%M %p", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    macro = _MACRO.fullmatch(text)
    if macro is None:
        return None
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = {"START": 0, "END": 1}.get(macro[1])
    return midnight + timedelta(days=int(macro[1]) if days is None else days)


def _of_numbers(name: str, sign: str, values: list[str]) -> Test:
    try:
        wanted = [int(value) for value in values]
    except ValueError as error:
        raise FilterError(f"The filter {name} wants a number.") from error
    holds = _COMPARISONS[sign]
    if sign in {"!=", "!=="}:
        return lambda get: get(name) not in wanted
    return lambda get: get(name) is not None and any(holds(get(name), one) for one in wanted)


def _of_nodes(name: str, sign: str, values: list[str], nodes: frozenset[str]) -> Test:
    """A node that the list does not have lets nothing through, whatever the operator."""
    if not set(values) <= nodes:
        return _nothing
    if sign in {"!=", "!=="}:
        return lambda get: get(name) not in values
    return lambda get: get(name) in values


def _of_texts(name: str, sign: str, values: list[str]) -> Test:
    """One ``=`` asks whether the text is in it, two whether it is exactly that."""
    wanted = [value.lower() for value in values]
    contains: Test = lambda get: any(one in _text(get(name)) for one in wanted)  # noqa: E731
    exactly: Test = lambda get: _text(get(name)) in wanted  # noqa: E731
    match sign:
        case "=":
            return contains
        case "!=":
            return lambda get: not contains(get)
        case "==":
            return exactly
        case "!==":
            return lambda get: not exactly(get)
        case _:
            holds = _COMPARISONS[sign]
            return lambda get: any(holds(_text(get(name)), one) for one in wanted)


def _text(value: Any) -> str:
    return str(value or "").lower()
