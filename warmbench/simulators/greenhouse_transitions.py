"""What Harvest v3 lets a client do with an application: move, reject, unreject, hire, convert."""

from typing import TYPE_CHECKING, Any

from warmbench.simulators import greenhouse_shapes as shapes
from warmbench.simulators.greenhouse_ids import Base, number
from warmbench.simulators.greenhouse_paging import refuse
from warmbench.simulators.records import Application
from warmbench.simulators.vendor import Answer, Request, Routes

if TYPE_CHECKING:
    from warmbench.simulators.greenhouse import Greenhouse

routes = Routes()


def _begin(vendor: "Greenhouse", request: Request, *states: str) -> tuple[Application, Any]:
    one = vendor.world.applications.get(number(request.params["id"], Base.APPLICATION))
    if one is None:
        raise refuse("Resource not found.", 404)
    if one.state not in states:
        raise refuse(f"The application is {shapes.STATUS[one.state]}.")
    body = request.json()
    return one, body if isinstance(body, dict) else {}


def _end(vendor: "Greenhouse", one: Application) -> Answer:
    return Answer(200, shapes.application(vendor, one))


@routes.on("POST", "/v3/applications/{id}/move")
def move(vendor: "Greenhouse", request: Request) -> Answer:
    """To another stage."""
    one, body = _begin(vendor, request, "active")
    asked = body.get("to_stage_id") or body.get("job_interview_stage_id") or body.get("stage_id")
    stage = number(asked, Base.STAGE)
    if stage not in {known.number for known in vendor.world.stages} or one.role is None:
        raise refuse("The stage is unknown.")
    vendor.world.move(one.number, stage)
    return _end(vendor, one)


@routes.on("POST", "/v3/applications/{id}/reject")
def reject(vendor: "Greenhouse", request: Request) -> Answer:
    """No."""
    one, body = _begin(vendor, request, "active")
    at = number(body.get("rejection_reason_id"), Base.REASON)
    known = dict(enumerate(vendor.reasons, 1))
    vendor.world.reject(one.number, known.get(at, vendor.reasons[0]))
    return _end(vendor, one)


@routes.on("POST", "/v3/applications/{id}/unreject")
def unreject(vendor: "Greenhouse", request: Request) -> Answer:
    """Not no, after all."""
    one, _ = _begin(vendor, request, "rejected")
    vendor.world.unreject(one.number)
    return _end(vendor, one)


@routes.on("POST", "/v3/applications/{id}/hire")
def hire(vendor: "Greenhouse", request: Request) -> Answer:
    """Yes."""
    one, _ = _begin(vendor, request, "active")
    if one.role is None:
        raise refuse("A prospect cannot be hired.")
    vendor.world.hire(one.number)
    return _end(vendor, one)


@routes.on("POST", "/v3/applications/{id}/convert_to_candidate")
def convert(vendor: "Greenhouse", request: Request) -> Answer:
    """A prospect becomes an application for a job."""
    one, body = _begin(vendor, request, "active")
    role = number(body.get("job_id"), Base.JOB)
    if role not in vendor.world.roles or one.role is not None:
        raise refuse("job_id is unknown, or this is no prospect.")
    made = vendor.world.convert(one.number, role)
    return _end(vendor, vendor.world.applications[made])
