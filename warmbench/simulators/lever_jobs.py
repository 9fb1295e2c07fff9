"""Lever's postings and requisitions, with what their filters cannot do."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from warmbench.simulators import lever_shapes as shapes
from warmbench.simulators.lever_ids import number
from warmbench.simulators.lever_paging import (
    Test,
    included,
    known_only,
    missing,
    one_of,
    page,
    refuse,
    shows_all,
    windows,
)
from warmbench.simulators.records import Role
from warmbench.simulators.vendor import Answer, Request, Routes

if TYPE_CHECKING:
    from warmbench.simulators.lever import Lever

routes = Routes()

_CATEGORIES = ("team", "department", "location", "commitment", "level")
_UPDATED = {"updated_at_start", "updated_at_end"}


@routes.on("GET", "/v1/postings")
def postings(vendor: "Lever", request: Request) -> Answer:
    """What is advertised. A window of ``updated_at`` goes together with nothing else."""
    known_only(request, (*_CATEGORIES, *_UPDATED, "state", "distributionChannel", "group"))
    alone = {"limit", "offset", "confidentiality", *_UPDATED}
    if _UPDATED & set(request.query) and set(request.query) - alone:
        raise refuse("updated_at can be combined with confidentiality only.")
    tests: list[Test] = windows(request, {"updated_at": lambda role: role.updated_at})
    tests += _visible(request)
    tests += one_of(request, "state", lambda role: [shapes.posting(role)["state"]])
    channels = set(request.query.get("distributionChannel", ()))
    if not channels and "published" in request.query.get("state", ()):
        channels = {"public"}
    if channels:
        tests.append(lambda role: not channels.isdisjoint(shapes.channels(role) or ()))
    for name in _CATEGORIES:
        tests += one_of(request, name, _category(name))
    rows, rest = page(vendor, request, _numbers(vendor), vendor.world.roles.get, tests)
    data = [included(request, shapes.posting(role)) for role in rows]
    return Answer(200, {"data": data, **rest})


@routes.on("GET", "/v1/postings/{id}")
def posting(vendor: "Lever", request: Request) -> Answer:
    """One posting."""
    role = vendor.world.roles.get(number("posting", request.params["id"]))
    if role is None:
        raise missing("Posting")
    return Answer(200, {"data": shapes.posting(role)})


@routes.on("GET", "/v1/requisitions")
def requisitions(vendor: "Lever", request: Request) -> Answer:
    """What may be hired. There is no window of changes: read all of them and compare."""
    known_only(request, ("status", "created_at_start", "created_at_end", "requisition_code"))
    tests: list[Test] = windows(request, {"created_at": lambda role: role.created_at})
    tests += _visible(request)
    tests += one_of(request, "status", lambda role: [shapes.requisition_status(role)])
    tests += one_of(request, "requisition_code", lambda role: [f"R-{role.number}"])
    rows, rest = page(vendor, request, _numbers(vendor), vendor.world.roles.get, tests)
    hired = _hired(vendor)
    data = [included(request, shapes.requisition(role, hired=hired[role.number])) for role in rows]
    return Answer(200, {"data": data, **rest})


@routes.on("GET", "/v1/requisitions/{id}")
def requisition(vendor: "Lever", request: Request) -> Answer:
    """One requisition."""
    role = vendor.world.roles.get(number("requisition", request.params["id"]))
    if role is None:
        raise missing("Requisition")
    return Answer(200, {"data": shapes.requisition(role, hired=_hired(vendor)[role.number])})


def _hired(vendor: "Lever") -> Counter[int]:
    applications = vendor.world.applications.values()
    return Counter(one.role for one in applications if one.role and one.state == "hired")


def _numbers(vendor: "Lever") -> range:
    return range(max(vendor.world.roles, default=0), 0, -1)


def _visible(request: Request) -> list[Test]:
    return [] if shows_all(request) else [lambda role: not role.is_confidential]


def _category(name: str) -> Any:
    def of(role: Role) -> list[str]:
        return [shapes.posting(role)["categories"][name] or ""]

    return of
