"""Greenhouse's webhooks: nested bodies in the style of v1, with words of their own, and signed."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

from warmbench.simulators import greenhouse_shapes as shapes
from warmbench.simulators.greenhouse_ids import Base, second
from warmbench.simulators.records import Application, Change, Person, Role
from warmbench.simulators.sending import Delivery, Hook

if TYPE_CHECKING:
    from warmbench.simulators.greenhouse import Greenhouse

Json = dict[str, Any]

_EVENTS = {
    "application.updated": "application_updated",
    "application.deleted": "delete_application",
    "application.moved": "candidate_stage_change",
    "application.hired": "hire_candidate",
    "application.unhired": "unhire_candidate",
    "application.rejected": "reject_candidate",
    "application.unrejected": "unreject_candidate",
    "person.updated": "update_candidate",
    "person.merged": "merge_candidate",
    "person.deleted": "delete_candidate",
    "person.anonymised": "candidate_anonymized",
    "role.created": "job_created",
    "role.updated": "job_updated",
    "role.deleted": "job_deleted",
}


def deliveries(vendor: "Greenhouse", change: Change) -> Iterator[Delivery]:
    """What each hook is told of a change."""
    if change.what == "application.created":
        is_prospect = vendor.world.applications[change.id].role is None
        event = "new_prospect_application" if is_prospect else "new_candidate_application"
    elif change.what in _EVENTS:
        event = _EVENTS[change.what]
    else:
        return
    payload = None
    for hook in vendor.hooks:
        if not hook.is_on or (hook.events and event not in hook.events):
            continue
        payload = payload or _payload(vendor, change)
        body = {"action": event, "payload": payload}
        yield Delivery(hook=hook, event=event, data=body, id=_id(hook, change.number))


def ping(vendor: "Greenhouse", hook: Hook) -> Delivery:
    """What is sent when a hook is saved."""
    payload = {"web_hook_id": Base.HOOK + hook.number, "name": "Warmbench"}
    body = {"action": "ping", "payload": payload}
    return Delivery(hook=hook, event="ping", data=body, id=_id(hook, -len(vendor.hooks)))


def signed(delivery: Delivery, *, wrong: bool) -> tuple[bytes, dict[str, str]]:
    """The bytes, and the headers that prove them."""
    text = json.dumps(delivery.data, separators=(",", ":"), ensure_ascii=False)
    # As Rails does it. In JSON these letters stand in strings only.
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    body = text.encode()
    key = f"{delivery.hook.secret}{'?' if wrong else ''}".encode()
    return body, {
        "Content-Type": "application/json",
        "Greenhouse-Event-ID": delivery.id,
        "Signature": f"sha256 {hmac.new(key, body, hashlib.sha256).hexdigest()}",
    }


def _id(hook: Hook, number: int) -> str:
    digest = hashlib.sha256(f"{hook.number}:{number}:{hook.secret}".encode()).digest()
    return str(UUID(bytes=digest[:16], version=4))


def _payload(vendor: "Greenhouse", change: Change) -> Json:
    world = vendor.world
    noun, _, verb = change.what.partition(".")
    if noun == "role":
        return {"job": _job(vendor, world.roles[change.id])}
    if noun == "person":
        if verb == "deleted":
            return {"candidate": {"id": Base.CANDIDATE + change.id}}
        payload: Json = {"candidate": _candidate(vendor, world.people[change.id])}
        if verb == "merged":
            payload["merged_candidate"] = {"id": Base.CANDIDATE + change.person}
        return payload
    if verb == "deleted":
        return {"application": {"id": Base.APPLICATION + change.id}}
    return {"application": _application(vendor, world.applications[change.id])}


def _application(vendor: "Greenhouse", one: Application) -> Json:
    stage = vendor.world.stages[one.stage - 1]
    person = vendor.world.people[one.person]
    role = vendor.world.roles.get(one.role or 0)
    return {
        "id": Base.APPLICATION + one.number,
        # Neither the words of v3's answers nor all of those of its queries.
        "status": "hired" if one.state == "converted" else one.state,
        "prospect": one.role is None,
        "applied_at": second(one.created_at),
        "rejected_at": second(one.rejected_at),
        "last_activity_at": second(one.updated_at),
        "source": {"id": vendor.source_id(person.source), "public_name": person.source},
        "current_stage": {"id": Base.STAGE + one.stage, "name": stage.name} if role else None,
        "rejection_reason": {"name": one.reason} if one.reason else None,
        "candidate": _candidate(vendor, person),
        "jobs": [_job(vendor, role)] if role else [],
    }


def _candidate(vendor: "Greenhouse", person: Person) -> Json:
    made = shapes.candidate(person)
    owner = vendor.world.recruiters.get(person.owner or 0)
    recruiter = {"id": Base.USER + owner.number, "email": owner.email} if owner else None
    for name in ("can_email", "linked_user_ids", "recruiter_id", "message", "time_zone", "private"):
        made.pop(name, None)
    return {
        **made,
        "created_at": second(person.created_at),
        "updated_at": second(person.updated_at),
        "last_activity_at": second(person.last_activity_at),
        "external_id": None,
        "photo_url": None,
        "attachments": [],
        "recruiter": recruiter,
        "coordinator": None,
    }


def _job(vendor: "Greenhouse", role: Role) -> Json:
    made = shapes.job(vendor, role)
    return {
        "id": made["id"],
        "name": role.title,
        "requisition_id": made["requisition_id"],
        "notes": made["notes"],
        "job_post_id": Base.JOB_POST + role.number,
        "status": made["status"],
        "created_at": second(role.created_at),
        "opened_at": second(role.opened_at),
        "closed_at": second(role.closed_at),
        "departments": [{"id": made["department_id"], "name": role.department}],
        "offices": [{"id": made["office_ids"][0], "name": role.city}],
        "custom_fields": made["custom_fields"],
    }
