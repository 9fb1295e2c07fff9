"""Cuts every list of the API into pages in one manner: by the last of the page before."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, TypeVar

from django.db.models import Model, QuerySet
from ninja import Query
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

M = TypeVar("M", bound=Model)

_DATE = re.compile(r"\d{4}-\d\d-\d\d($|[Tt ])")
#: No column holds a NUL, so that asking for one is a mistake.
STORABLE = r"^[^\x00]*$"
After = Annotated[
    str,
    Query(pattern=r"^[0-9]{0,18}$", description="What the page before gave as `next`.", example=""),
]
Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
Number = Annotated[int, Query(ge=1, le=2**62)]
Typed = Annotated[str, Query(pattern=STORABLE, max_length=200)]


def _written_out(said: Any) -> Any:
    # A bare number would be read as seconds since 1970.
    if not isinstance(said, str) or not _DATE.match(said):
        raise ValueError("Say it as ISO 8601 does: 2026-01-31, or 2026-01-31T09:00:00Z.")
    return said


def _of_our_time(moment: datetime) -> datetime:
    # The database knows neither years nor zones as odd as ISO 8601 allows.
    if not 1900 < moment.year < 2200:
        raise ValueError("Choose a moment between 1900 and 2200.")
    return moment.astimezone(UTC)


#: A moment that names its zone: without one it would mean another to everybody.
Moment = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_of_our_time)]
Day = Annotated[date, BeforeValidator(_written_out)]
Since = Annotated[Moment, Query(example="2026-01-31T09:00:00Z")]
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
