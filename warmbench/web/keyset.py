"""Cuts long lists into pages by what stands at their edges, so that the last costs no more
than the first."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import BooleanField, F, Func, QuerySet, Value
from django.db.models.expressions import Combinable

from warmbench.people.models import Candidate

#: Which stretch an edge lies in, and the key and id of the person at it.
Edge = tuple[int, Any, int]


@dataclass(frozen=True)
class Stretch:
    """A part of a list that is in one order: by a key, and by id where the key is equal."""

    people: QuerySet[Candidate]
    key: Combinable
    #: Turns a key that came in an address back into what the database compares. Raises
    #: ValueError for what it never was.
    read: Callable[[Any], Any]
    descending: bool = False

    def beyond(self, edge: Edge | None) -> QuerySet[Candidate]:
        """The people after the edge, or all of them, in order."""
        people = self.people.annotate(sort_key=self.key)
        if edge:
            # One comparison of two rows: an index finds its place with it, however many
            # people have the same key.
            here = Func(F("sort_key"), F("pk"), function="ROW")
            there = Func(Value(edge[1]), Value(edge[2]), function="ROW")
            is_beyond = Func(
                here,
                there,
                template="%(expressions)s",
                arg_joiner=" < " if self.descending else " > ",
                output_field=BooleanField(),
            )
            # Said again of the key alone: where key and id stand in two tables, no index can
            # compare the row, and everybody in front of the edge would be read.
            bound = "lte" if self.descending else "gte"
            people = people.filter(is_beyond, **{f"sort_key__{bound}": edge[1]})
        sign = "-" if self.descending else ""
        return people.order_by(f"{sign}sort_key", f"{sign}pk")


@dataclass(frozen=True)
class Page:
    """Some people, and what to ask for to see those before and after; blank at the ends."""

    people: list[Candidate]
    before: str = ""
    after: str = ""


def turned(stretches: Sequence[Stretch]) -> list[Stretch]:
    """The same list from its end."""
    return [replace(one, descending=not one.descending) for one in reversed(stretches)]


def page(stretches: Sequence[Stretch], *, after: str = "", before: str = "", size: int) -> Page:
    """The people next to an edge that an earlier page named, or those at the beginning."""
    last = len(stretches) - 1
    if edge := _read(before, stretches):
        at, *rest = edge
        found = _collect(turned(stretches), (last - at, rest[0], rest[1]), size + 1)
        if len(found) <= size:
            return page(stretches, size=size)
        rows = [(last - at, one) for at, one in reversed(found[:size])]
        return Page([one for _, one in rows], before=_name(*rows[0]), after=_name(*rows[-1]))
    edge = _read(after, stretches)
    found = _collect(stretches, edge, size + 1)
    rows = found[:size]
    return Page(
        [one for _, one in rows],
        before=_name(*rows[0]) if edge and rows else "",
        after=_name(*rows[-1]) if len(found) > size else "",
    )


def text(key: Any) -> str:
    """The key of a stretch in order of words."""
    if not isinstance(key, str) or "\0" in key:
        raise ValueError(key)
    return key


def number(key: Any) -> float:
    """The key of a stretch in order of numbers."""
    if not isinstance(key, int | float):
        raise ValueError(key)  # noqa: TRY004 - what an address says wrongly is a wrong value
    return key


def day(key: Any) -> date:
    """The key of a stretch in order of dates."""
    return date.fromisoformat(text(key))


def _collect(
    stretches: Sequence[Stretch], edge: Edge | None, size: int
) -> list[tuple[int, Candidate]]:
    found: list[tuple[int, Candidate]] = []
    first = edge[0] if edge else 0
    for at, stretch in enumerate(stretches):
        if at >= first and len(found) < size:
            people = stretch.beyond(edge if at == first else None)
            found += [(at, one) for one in people[: size - len(found)]]
    return found


def _name(at: int, one: Candidate) -> str:
    key = one.sort_key  # type: ignore[attr-defined]
    edge = json.dumps([at, key, one.pk], default=str, ensure_ascii=False)
    return base64.urlsafe_b64encode(edge.encode()).decode().rstrip("=")


def _read(name: str, stretches: Sequence[Stretch]) -> Edge | None:
    """The edge that a page named; None for what no page ever said."""
    try:
        at, key, pk = json.loads(base64.urlsafe_b64decode(name + "=" * (-len(name) % 4)))
        return (at, stretches[at].read(key), int(number(pk)))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
