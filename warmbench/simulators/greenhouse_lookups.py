"""Harvest v3's small lists: users, custom fields, sources, departments, reasons, stages."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from warmbench.simulators import greenhouse_shapes as shapes
from warmbench.simulators.greenhouse_ids import Base, moment
from warmbench.simulators.greenhouse_paging import MOST_IDS, Listing, page, refuse
from warmbench.simulators.vendor import Answer, Request, Routes

if TYPE_CHECKING:
    from warmbench.simulators.greenhouse import Greenhouse

routes = Routes()
Json = dict[str, Any]


def _named(names: list[str], base: Base) -> list[Json]:
    return [{"id": base + at, "name": name} for at, name in enumerate(names, 1)]


def _users(vendor: "Greenhouse") -> list[Json]:
    return [shapes.user(one) for one in vendor.world.recruiters.values()]


def _fields(_: "Greenhouse") -> list[Json]:
    rows = [("candidate", key, *about) for key, about in shapes.FIELDS.items()]
    rows.append(("job", "employment_type", "Employment type", "single_select"))
    return [
        {
            "id": Base.FIELD + at,
            "field_type": of,
            "name": name,
            "name_key": key,
            "value_type": kind,
            "active": True,
            "private": False,
            "required": False,
        }
        for at, (of, key, name, kind) in enumerate(rows, 1)
    ]


def _options(_: "Greenhouse") -> list[Json]:
    field = Base.FIELD + len(shapes.FIELDS) + 1
    return [
        {"id": Base.OPTION + at, "name": name, "custom_field_id": field, "priority": at}
        for at, name in enumerate(("Full-time", "Part-time", "Contract"), 1)
    ]


def _stages(vendor: "Greenhouse") -> list[Json]:
    return [
        {"id": Base.STAGE + one.number, "name": one.name, "priority": one.number}
        for one in vendor.world.stages
    ]


def _openings(vendor: "Greenhouse") -> list[Json]:
    return [
        {
            "id": Base.OPENING + role.number * 10 + seat,
            "job_id": Base.JOB + role.number,
            "status": "closed" if role.state in {"filled", "closed"} else "open",
            "opened_at": moment(role.opened_at),
            "closed_at": moment(role.closed_at),
            "close_reason_id": {
                "filled": Base.CLOSE_REASON + 1,
                "closed": Base.CLOSE_REASON + 2,
            }.get(role.state),
        }
        for role in vendor.world.roles.values()
        for seat in range(1, role.headcount + 1)
    ]


_LOOKUPS: dict[str, tuple[Base, Callable[["Greenhouse"], list[Json]]]] = {
    "users": (Base.USER, _users),
    "custom_fields": (Base.FIELD, _fields),
    "custom_field_options": (Base.OPTION, _options),
    "job_interview_stages": (Base.STAGE, _stages),
    "openings": (Base.OPENING, _openings),
    "departments": (
        Base.DEPARTMENT,
        lambda vendor: _named(vendor.departments, Base.DEPARTMENT),
    ),
    "offices": (Base.OFFICE, lambda vendor: _named(vendor.offices, Base.OFFICE)),
    "sources": (Base.SOURCE, lambda vendor: _named(vendor.sources, Base.SOURCE)),
    "rejection_reasons": (Base.REASON, lambda vendor: _named(vendor.reasons, Base.REASON)),
    "close_reasons": (
        Base.CLOSE_REASON,
        lambda _: _named(["Hire", "Not filling"], Base.CLOSE_REASON),
    ),
    "prospect_pools": (Base.POOL, lambda _: _named(["Talent pool"], Base.POOL)),
    "prospect_pool_stages": (
        Base.POOL_STAGE,
        lambda _: [
            {**row, "prospect_pool_id": Base.POOL + 1}
            for row in _named(["Not contacted", "In touch"], Base.POOL_STAGE)
        ],
    ),
}


def _serve(name: str, base: Base, rows: Callable[["Greenhouse"], list[Json]]) -> None:
    def by_number(vendor: "Greenhouse") -> dict[int, Json]:
        return {row["id"] - base: row for row in rows(vendor)}

    listing = Listing(
        path=f"/v3/{name}",
        base=base,
        numbers=lambda vendor: sorted(by_number(vendor), reverse=True),
        row=lambda vendor, at: by_number(vendor).get(at),
        shape=lambda _, row: row,
        dates={},
        filters={
            # Nobody is one here: all of them come, whatever is asked.
            "show_service_accounts": lambda _, __: lambda ___: True,
            "field_type": lambda _, value: lambda row: row.get("field_type") == value,
        },
        parents={
            "job_ids": lambda vendor, text: [
                at for at, row in by_number(vendor).items() if str(row.get("job_id")) == text
            ]
        },
    )

    @routes.on("GET", listing.path)
    def handler(vendor: "Greenhouse", request: Request) -> Answer:
        return page(vendor, request, listing)


for _name, (_base, _rows) in _LOOKUPS.items():
    _serve(_name, _base, _rows)


def _of_applications(vendor: "Greenhouse", request: Request) -> list[Any]:
    if len(request.get("application_ids").split(",")) > MOST_IDS:
        raise refuse(f"application_ids may have at most {MOST_IDS} values.")
    asked = [text for text in request.get("application_ids").split(",") if text.isdigit()]
    numbers = [int(text) - Base.APPLICATION for text in asked]
    return [vendor.world.applications[at] for at in numbers if at in vendor.world.applications]


@routes.on("GET", "/v3/application_stages")
def application_stages(vendor: "Greenhouse", request: Request) -> Answer:
    """The stages that applications came through."""
    rows = [
        {
            "application_id": Base.APPLICATION + one.number,
            "job_interview_stage_id": Base.STAGE + stage,
            "entered_on": moment(at),
        }
        for one in _of_applications(vendor, request)
        for stage, at in one.history
    ]
    return Answer(200, rows, {"Link": ""})


@routes.on("GET", "/v3/rejection_details")
def rejection_details(vendor: "Greenhouse", request: Request) -> Answer:
    """Why applications were rejected."""
    rows = [
        {
            "application_id": Base.APPLICATION + one.number,
            "rejection_reason_id": vendor.reason_id(one.reason),
            "rejected_at": moment(one.rejected_at),
        }
        for one in _of_applications(vendor, request)
        if one.state == "rejected"
    ]
    return Answer(200, rows, {"Link": ""})


@routes.on("GET", "/v3/prospect_details")
def prospect_details(vendor: "Greenhouse", request: Request) -> Answer:
    """Which pool a prospect is in: all are in one."""
    rows = [
        {
            "application_id": Base.APPLICATION + one.number,
            "prospect_pool_id": Base.POOL + 1,
            "prospect_pool_stage_id": Base.POOL_STAGE + one.stage,
        }
        for one in _of_applications(vendor, request)
        if one.role is None
    ]
    return Answer(200, rows, {"Link": ""})
