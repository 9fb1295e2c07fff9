"""How Harvest v3 lists things: cursors in a Link header, windows of dates, comma lists."""

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from warmbench.simulators.greenhouse_ids import Base, number
from warmbench.simulators.vendor import Answer, RefusedError, Request

if TYPE_CHECKING:
    from warmbench.simulators.greenhouse import Greenhouse

USUAL_PAGE = 100
LARGEST_PAGE = 500
#: The most ids in one comma list.
MOST_IDS = 50
_OPERATORS = {
    "gte": datetime.__ge__,
    "lte": datetime.__le__,
    "gt": datetime.__gt__,
    "lt": datetime.__lt__,
}
Test = Callable[[Any], bool]


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One list: what it is made of, and which parameters it understands."""

    path: str
    base: Base
    #: All numbers, the highest first.
    numbers: Callable[["Greenhouse"], Iterable[int]]
    #: The row of a number; None if it is gone.
    row: Callable[["Greenhouse", int], Any]
    shape: Callable[["Greenhouse", Any], dict[str, Any]]
    #: Parameters with windows of dates, and what they look at.
    dates: Mapping[str, Callable[[Any], datetime | None]]
    #: Other filters: parameter → (vendor, value) → test of a row; raises ValueError.
    filters: Mapping[str, Callable[["Greenhouse", str], Test]]
    #: Comma lists of parents: parameter → numbers of rows under one id of a parent.
    parents: Mapping[str, Callable[["Greenhouse", str], Iterable[int]]]


def refuse(words: str, status: int = 422) -> RefusedError:
    """An error in Greenhouse's manner, to be raised."""
    return RefusedError(Answer(status, {"errors": [words]}))


def page(vendor: "Greenhouse", request: Request, listing: Listing) -> Answer:
    """One page, with the Link to the next: on the last page its value is empty."""
    asked = {name: values[-1] for name, values in request.query.items()}
    below = None
    if "cursor" in asked:
        if len(asked) > 1:
            raise refuse("When passing a cursor, do not include other query params.")
        below, asked = _read(asked["cursor"])
    size = _size(asked)
    rows, last, is_more = _rows(vendor, listing, asked, below, size)
    columns = [name for name in asked.get("fields", "").split(",") if name]
    shaped = [listing.shape(vendor, row) for row in rows]
    if columns:
        shaped = [{name: one[name] for name in columns if name in one} for one in shaped]
    link = ""
    if is_more:
        cursor = quote(_written(last, asked), safe="")
        link = f'<{vendor.address}{listing.path}?cursor={cursor}>; rel="next"'
    return Answer(200, shaped, {"Link": link})


def _rows(
    vendor: "Greenhouse", listing: Listing, asked: dict[str, str], below: int | None, size: int
) -> tuple[list[Any], int, bool]:
    tests, numbers = _wanted(vendor, listing, asked)
    if below is not None:
        # Most lists are ranges: to go on in one costs nothing.
        is_range = isinstance(numbers, range)
        numbers = range(below - 1, 0, -1) if is_range else (at for at in numbers if at < below)
    found: list[Any] = []
    last = 0
    for at in numbers:
        row = listing.row(vendor, at)
        if row is None or not all(test(row) for test in tests):
            continue
        if len(found) == size:
            return found, last, True
        found.append(row)
        last = at
    return found, last, False


def _wanted(
    vendor: "Greenhouse", listing: Listing, asked: dict[str, str]
) -> tuple[list[Test], Iterable[int]]:
    tests: list[Test] = []
    narrowed: set[int] | None = None
    for name, value in asked.items():
        if name in {"per_page", "fields"}:
            continue
        if name == "ids":
            among = {number(one, listing.base) for one in _listed(name, value)}
        elif name in listing.parents:
            under = listing.parents[name]
            among = {at for one in _listed(name, value) for at in under(vendor, one)}
        elif name in listing.dates:
            tests.append(_window(name, value, listing.dates[name]))
            continue
        elif name in listing.filters:
            try:
                tests.append(listing.filters[name](vendor, value))
            except ValueError:
                raise refuse(f"{name} is not valid.") from None
            continue
        else:
            raise refuse(f"{name} is not a permitted parameter.")
        narrowed = among if narrowed is None else narrowed & among
    if narrowed is not None:
        return tests, sorted(narrowed, reverse=True)
    return tests, listing.numbers(vendor)


def _listed(name: str, value: str) -> list[str]:
    ids = [one for one in value.split(",") if one]
    if len(ids) > MOST_IDS:
        raise refuse(f"{name} may have at most {MOST_IDS} values.")
    if not all(one.isdigit() for one in ids):
        raise refuse(f"{name} must be integers.")
    return ids


def _window(name: str, value: str, of: Callable[[Any], datetime | None]) -> Test:
    """``gte|2024-01-01T00:00:00.000Z|lte|…``: pairs of an operator and a moment."""
    parts = value.split("|")
    bounds: list[tuple[Callable[[datetime, datetime], bool], datetime]] = []
    try:
        for operator, text in zip(parts[::2], parts[1::2], strict=True):
            bounds.append((_OPERATORS[operator], datetime.fromisoformat(text)))
    except (KeyError, ValueError):
        bounds = []
    if not bounds or any(moment.tzinfo is None for _, moment in bounds):
        raise refuse(f"{name} must look like gte|2024-01-01T00:00:00.000Z.")

    def is_in(row: Any) -> bool:
        at = of(row)
        if at is None:
            return False
        # What is shown has milliseconds, and windows are compared with what is shown.
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
        return all(holds(at, moment) for holds, moment in bounds)

    return is_in


def _size(asked: dict[str, str]) -> int:
    text = asked.get("per_page", str(USUAL_PAGE))
    if not text.isdigit() or not 1 <= int(text) <= LARGEST_PAGE:
        raise refuse(f"per_page must be between 1 and {LARGEST_PAGE}.")
    return int(text)


def _written(last: int, asked: dict[str, str]) -> str:
    text = json.dumps({"below": last, "asked": asked}, separators=(",", ":"))
    return base64.b64encode(text.encode()).decode()


def _read(cursor: str) -> tuple[int, dict[str, str]]:
    try:
        kept = json.loads(base64.b64decode(cursor, validate=True))
        return int(kept["below"]), dict(kept["asked"])
    except (ValueError, KeyError, TypeError):
        raise refuse("The cursor is invalid.") from None
