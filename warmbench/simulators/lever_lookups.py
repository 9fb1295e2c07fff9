"""Lever's small lists: stages, archive reasons, tags, sources, users."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from warmbench.simulators import lever_shapes as shapes
from warmbench.simulators.lever_ids import LEADS, stage_id, uuid
from warmbench.simulators.lever_opportunities import stage_text
from warmbench.simulators.lever_paging import known_only, page
from warmbench.simulators.vendor import Answer, Request, Routes

if TYPE_CHECKING:
    from warmbench.simulators.lever import Lever

routes = Routes()
Json = dict[str, Any]


def _all(vendor: "Lever", request: Request, rows: list[Json]) -> Answer:
    # The first row has the highest number, so that the order stays.
    by_number = dict(zip(range(len(rows), 0, -1), rows, strict=True))
    found, rest = page(vendor, request, list(by_number), by_number.get, [])
    return Answer(200, {"data": found, **rest})


@routes.on("GET", "/v1/stages")
def stages(vendor: "Lever", request: Request) -> Answer:
    """Lever's own stages have slugs, an agency's have UUIDs."""
    ids = [*LEADS, *(stage_id(one.number, is_lead=False) for one in vendor.world.stages)]
    return _all(vendor, request, [{"id": id_, "text": stage_text(vendor, id_)} for id_ in ids])


@routes.on("GET", "/v1/archive_reasons")
def archive_reasons(vendor: "Lever", request: Request) -> Answer:
    """Why opportunities end. Hired is one of a type of its own; one has no type."""
    known_only(request, ("type",))
    wanted = request.get("type")
    rows = [
        {"id": uuid("reason", at), "text": text, "status": "active", "type": kind}
        for at, (text, kind) in enumerate(vendor.reasons.items(), 1)
        if not wanted or kind == wanted
    ]
    return _all(vendor, request, rows)


@routes.on("GET", "/v1/tags")
def tags(vendor: "Lever", request: Request) -> Answer:
    """All tags, with how often each is used."""
    applications = vendor.world.applications.values()
    counts = Counter(tag for one in applications for tag in vendor.tags_of(one))
    return _all(vendor, request, [{"text": tag, "count": n} for tag, n in sorted(counts.items())])


@routes.on("GET", "/v1/sources")
def sources(vendor: "Lever", request: Request) -> Answer:
    """All sources, with how often each is used."""
    counts = Counter(one.source for one in vendor.world.people.values() if one.source)
    rows = [{"text": source, "count": count} for source, count in sorted(counts.items())]
    return _all(vendor, request, rows)


@routes.on("GET", "/v1/users")
def users(vendor: "Lever", request: Request) -> Answer:
    """Who works with Lever; who left only if asked for."""
    known_only(request, ("includeDeactivated", "email", "accessRole"))
    wanted = request.get("includeDeactivated") == "true"
    email = request.get("email")
    people = [
        one
        for one in vendor.world.recruiters.values()
        if (one.is_active or wanted) and (not email or one.email == email)
    ]
    return _all(vendor, request, [shapes.user(vendor, one) for one in people])


@routes.on("GET", "/v1/requisition_fields")
def requisition_fields(vendor: "Lever", request: Request) -> Answer:  # noqa: ARG001
    """One of the lists that do not say whether there is more."""
    return Answer(200, {"data": [{"id": "client", "text": "Client", "type": "text"}]})
