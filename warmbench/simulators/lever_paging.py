"""How Lever lists things: opaque offsets that look encoded already, filters that are unions."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from warmbench.simulators.lever_ids import ms
from warmbench.simulators.vendor import Answer, RefusedError, Request

if TYPE_CHECKING:
    from warmbench.simulators.lever import Lever

LARGEST_PAGE = 100
#: So long may somebody wait before asking for the next page, in milliseconds.
OFFSET_LIFE = 3_600_000
#: What every list understands.
ALWAYS = {"limit", "offset", "include", "expand", "confidentiality", "perform_as"}
Test = Callable[[Any], bool]
Of = Callable[[Any], datetime | None]


def refuse(words: str, status: int = 400, code: str = "BadRequest") -> RefusedError:
    """An error in Lever's manner, to be raised."""
    return RefusedError(Answer(status, {"code": code, "message": words}))


def missing(what: str) -> RefusedError:
    """404 in Lever's manner, to be raised."""
    return refuse(f"{what} was not found.", 404, "ResourceNotFound")


def known_only(request: Request, names: Iterable[str]) -> None:
    """Refuse parameters that are none: what is misspelt must not let everything through."""
    if odd := set(request.query) - ALWAYS - set(names):
        raise refuse(f"Invalid query parameter: {', '.join(sorted(odd))}")


def windows(request: Request, dates: Mapping[str, Of]) -> list[Test]:
    """Tests for ``<name>_start`` and ``<name>_end``: epoch milliseconds, both inclusive."""
    tests: list[Test] = []
    for name, of in dates.items():
        start, end = (_moment(request, f"{name}_{side}") for side in ("start", "end"))
        if start is not None or end is not None:
            tests.append(_between(of, start, end))
    return tests


def one_of(request: Request, name: str, of: Callable[[Any], Iterable[str]]) -> list[Test]:
    """A test for a parameter that may be repeated: any of its values is enough."""
    wanted = set(request.query.get(name, ()))
    return [lambda row: not wanted.isdisjoint(of(row))] if wanted else []


def page(
    vendor: "Lever",
    request: Request,
    numbers: Sequence[int],
    row: Callable[[int], Any],
    tests: list[Test],
) -> tuple[list[Any], dict[str, Any]]:
    """The rows of one page, and what the body says about the next.

    ``numbers`` are those of all rows, the highest first; ``row`` answers None for one that is gone.
    """
    size = _size(request)
    offset = request.get("offset")
    below = _read(vendor, offset) if offset else None
    if below is not None:
        is_range = isinstance(numbers, range)
        numbers = (
            range(below - 1, 0, -1)
            if is_range
            else [number for number in numbers if number < below]
        )
    found: list[Any] = []
    last = 0
    for at in numbers:
        one = row(at)
        if one is None or not all(test(one) for test in tests):
            continue
        if len(found) == size:
            return found, {"hasNext": True, "next": _written(vendor, last)}
        found.append(one)
        last = at
    return found, {"hasNext": False}


def included(request: Request, shaped: dict[str, Any]) -> dict[str, Any]:
    """Only the fields that ``include`` names, if it is there."""
    names = {name for value in request.query.get("include", ()) for name in value.split(",")}
    return {name: value for name, value in shaped.items() if name in names} if names else shaped


def shows_all(request: Request) -> bool:
    """Whether confidential records were asked for."""
    return request.get("confidentiality") == "all"


def _moment(request: Request, name: str) -> int | None:
    text = request.get(name)
    if not text:
        return None
    if not text.isdigit():
        raise refuse(f"{name} must be epoch milliseconds.")
    return int(text)


def _between(of: Of, start: int | None, end: int | None) -> Test:
    def is_between(row: Any) -> bool:
        at = ms(of(row))
        if at is None:
            return False
        return (start is None or at >= start) and (end is None or at <= end)

    return is_between


def _size(request: Request) -> int:
    text = request.get("limit", str(LARGEST_PAGE))
    if not text.isdigit() or not 1 <= int(text) <= LARGEST_PAGE:
        raise refuse(f"limit must be between 1 and {LARGEST_PAGE}.")
    return int(text)


def _written(vendor: "Lever", last: int) -> str:
    parts = [vendor.offsets, ms(vendor.world.clock()), last]
    # It is one value that happens to have percent signs: on the wire they are encoded again.
    return quote(json.dumps(parts, separators=(",", ":")), safe="")


def _read(vendor: "Lever", offset: str) -> int:
    try:
        if offset.startswith("["):
            raise ValueError(offset)  # noqa: TRY301 - it was decoded once too often
        generation, written, last = map(int, json.loads(unquote(offset)))
    except (ValueError, TypeError):
        raise refuse("Invalid offset token") from None
    now = ms(vendor.world.clock()) or 0
    if generation != vendor.offsets or now - written > OFFSET_LIFE:
        raise refuse("Invalid offset token: it is too old")
    return last
