"""Shows records as Bullhorn does: only the fields that were asked for, long lists cut short."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

#: A list inside a record shows so many of its entries.
SHOWN = 5
_TOKEN = re.compile(r"\s*([A-Za-z_*][\w]*|\[\d+\]|[(),])")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an entity: how it is called, what it holds and how it is read."""

    kind: str
    read: Callable[[Any], Any]
    #: SCALAR, COMPOSITE, TO_ONE or TO_MANY.
    shape: str = "SCALAR"
    #: What can be asked of the thing behind it, and its types.
    inner: Mapping[str, str] = field(default_factory=dict)
    label: str = ""
    is_read_only: bool = False


class FieldsError(ValueError):
    """The list of fields cannot be read."""


#: Names, each with what is wanted of the thing behind it (None: the usual).
Wanted = dict[str, "Wanted | None"]


def wanted(text: str) -> Wanted:
    """What a list like ``id,owner(id,name),tearsheets[5](id)`` asks for; raises FieldsError."""
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s", "", text):
        raise FieldsError(text)
    found, rest = _list(tokens)
    if rest:
        raise FieldsError(text)
    return found


def _list(tokens: list[str]) -> tuple[Wanted, list[str]]:
    found: Wanted = {}
    while tokens and tokens[0] != ")":
        name, tokens = tokens[0], tokens[1:]
        if name in {"(", ","}:
            raise FieldsError(name)
        found[name] = None
        if tokens and tokens[0].startswith("["):
            tokens = tokens[1:]
        if tokens and tokens[0] == "(":
            found[name], tokens = _list(tokens[1:])
            if not tokens:
                raise FieldsError(name)
            tokens = tokens[1:]
        if tokens and tokens[0] == ",":
            tokens = tokens[1:]
    return found, tokens


def shown(record: Any, fields: Mapping[str, Field], asked: Wanted) -> dict[str, Any]:
    """One record with its id and the fields that were asked for; what it has not is left out."""
    row: dict[str, Any] = {"id": fields["id"].read(record)}
    for name, inner in asked.items():
        if name not in fields or name == "id":
            continue
        row[name] = _value(fields[name], record, inner)
    return row


def _value(one: Field, record: Any, inner: Wanted | None) -> Any:
    value = one.read(record)
    if one.shape == "TO_MANY":
        cut = [_part(each, inner or {"id": None}) for each in value[:SHOWN]]
        return {"total": len(value), "data": cut}
    if one.shape in {"TO_ONE", "COMPOSITE"} and value is not None and inner:
        return _part(value, inner if one.shape == "COMPOSITE" else {"id": None, **inner})
    return value


def _part(value: Mapping[str, Any], inner: Iterable[str]) -> dict[str, Any]:
    return {name: value[name] for name in inner if name in value}


def reader(record: Any, fields: Mapping[str, Field]) -> Callable[[str], Any]:
    """Reads fields of a record for a condition, also through a path such as ``owner.id``."""

    def get(path: str) -> Any:
        name, _, rest = path.partition(".")
        value = fields[name].read(record)
        if not rest or value is None:
            return value
        if isinstance(value, list):
            return [each.get(rest) for each in value]
        return value.get(rest)

    return get


def kind_of(fields: Mapping[str, Field]) -> Callable[[str], str | None]:
    """Says what type a field or path has; None for what the index does not know."""

    def kind(path: str) -> str | None:
        name, _, rest = path.partition(".")
        one = fields.get(name)
        if one is None:
            return None
        if rest:
            return one.inner.get(rest)
        return one.kind if one.shape == "SCALAR" else None

    return kind


def described(name: str, one: Field, *, is_full: bool) -> dict[str, Any]:
    """What /meta says about a field; only the full answer says what is required or read-only."""
    said: dict[str, Any] = {"name": name, "type": one.shape, "label": one.label or name}
    if one.shape == "SCALAR":
        said["dataType"] = one.kind
    if one.shape in {"TO_ONE", "TO_MANY"}:
        said["associatedEntity"] = {"entity": one.kind, "label": one.kind}
    if is_full:
        said["required"] = False
        said["readOnly"] = one.is_read_only or name == "id"
        said["inputType"] = {"Boolean": "CHECKBOX", "Timestamp": "DATE"}.get(one.kind, "TEXT")
    return said
