"""Cuts every list of the API into pages in one manner: by the last of the page before."""

from collections.abc import Sequence
from typing import Annotated, TypeVar

from django.db.models import Model, QuerySet
from ninja import Query
from pydantic import AwareDatetime, Field

M = TypeVar("M", bound=Model)

#: No column holds a NUL, so that asking for one is a mistake.
STORABLE = r"^[^\x00]*$"
After = Annotated[
    str,
    Query(pattern=r"^[0-9]{0,18}$", description="What the page before gave as `next`.", example=""),
]
Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
Number = Annotated[int, Query(ge=1, le=2**62)]
Typed = Annotated[str, Query(pattern=STORABLE, max_length=200)]
#: A moment that names its zone: without one it would mean another to everybody.
Since = Annotated[AwareDatetime, Query(example="2026-01-31T09:00:00Z")]
Next = Annotated[
    str | None,
    Field(description="Ask with `after` set to it for what follows; null at the end."),
]


def cut(
    found: QuerySet[M], after: str, limit: int, *, newest_first: bool = False
) -> tuple[Sequence[M], str | None]:
    """Some rows in the order in which they were made, or the other way round, from behind the
    one that ``after`` names; and what to ask with for those that follow."""
    if after:
        found = found.filter(**{"pk__lt" if newest_first else "pk__gt": int(after)})
    rows = list(found.order_by("-pk" if newest_first else "pk")[: limit + 1])
    shown = rows[:limit]
    return shown, str(shown[-1].pk) if len(rows) > limit else None
