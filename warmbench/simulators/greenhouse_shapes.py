"""How Harvest v3 writes people, applications, jobs and notes."""

from typing import TYPE_CHECKING, Any

from warmbench.simulators.greenhouse_ids import Base, moment
from warmbench.simulators.records import Application, Note, Person, Recruiter, Role

if TYPE_CHECKING:
    from warmbench.simulators.greenhouse import Greenhouse

Json = dict[str, Any]

#: What v3 answers; its queries know other words (``QUERY_STATUS``), its webhooks a third set.
STATUS = {
    "active": "in_process",
    "rejected": "rejected",
    "hired": "hired",
    "converted": "converted",
}
#: Jobs are open, draft or closed, and nothing else.
JOB_STATUS = {
    "draft": "draft",
    "open": "open",
    "on_hold": "open",
    "filled": "closed",
    "closed": "closed",
}
#: Custom fields of candidates: name, type. What is not derived from a person is kept as written.
FIELDS = {
    "skills": ("Skills", "multi_select"),
    "desired_salary": ("Desired salary", "currency"),
    "available_from": ("Available from", "date"),
    "text_messages": ("May get text messages", "boolean"),
    "email_opt_out_reason": ("Reason of opt-out", "short_text"),
    "last_touch": ("Last touch", "long_text"),
}
VISIBILITY = {
    "admin_only": "admin_only_visible",
    "private": "privately_visible",
    "public": "publicly_visible",
}


def candidate(person: Person) -> Json:
    """A candidate of a list; a private one says so and has no other keys."""
    base: Json = {
        "id": Base.CANDIDATE + person.number,
        "created_at": moment(person.created_at),
        "updated_at": moment(person.updated_at),
        "private": person.is_private,
    }
    if person.is_private:
        return {**base, "message": "You do not have permission to view this private candidate."}
    place = ", ".join(part for part in (person.city, person.region, person.country) if part)
    return {
        **base,
        "first_name": None if person.is_anonymised else person.first_name,
        "last_name": None if person.is_anonymised else person.last_name,
        "preferred_name": None,
        "company": person.employer or None,
        "title": person.title or None,
        "time_zone": None,
        "last_activity_at": moment(person.last_activity_at),
        "can_email": not person.opted_out,
        "tags": person.tags,
        "linked_user_ids": [],
        "recruiter_id": Base.USER + person.owner if person.owner else None,
        "phone_numbers": [{"value": one, "type": "mobile"} for one in person.phones],
        "addresses": [{"value": place, "type": "home"}] if place else [],
        "email_addresses": [
            {"value": one, "type": "work" if at else "personal"}
            for at, one in enumerate(person.emails)
        ],
        "website_addresses": [
            {"value": one, "type": "other"} for one in person.links if "linkedin" not in one
        ],
        "social_media_addresses": [{"value": one} for one in person.links if "linkedin" in one],
        "custom_fields": custom_fields(person),
    }


def custom_fields(person: Person) -> Json:
    """The candidate's custom fields by their key, each with name, type and value."""
    salary = {"amount": str(person.salary), "unit": person.currency} if person.salary else None
    values: Json = {
        "skills": person.skills or None,
        "desired_salary": salary,
        "available_from": person.available_on.isoformat() if person.available_on else None,
        "text_messages": person.sms_ok,
        **{key: person.custom.get(key) for key in ("email_opt_out_reason", "last_touch")},
    }
    return {
        key: {"name": name, "type": kind, "value": values[key]}
        for key, (name, kind) in FIELDS.items()
    }


def application(vendor: "Greenhouse", one: Application) -> Json:
    """An application, flat."""
    stage = vendor.world.stages[one.stage - 1]
    person = vendor.world.people[one.person]
    role = vendor.world.roles.get(one.role or 0)
    has_stage = one.role is not None
    return {
        "id": Base.APPLICATION + one.number,
        "candidate_id": Base.CANDIDATE + one.person,
        "job_id": Base.JOB + one.role if one.role else None,
        "job_post_id": Base.JOB_POST + one.role if one.role else None,
        "recruiter_id": Base.USER + role.owner if role and role.owner else None,
        "coordinator_id": None,
        "referrer_id": None,
        "source_id": vendor.source_id(person.source),
        "stage_id": Base.STAGE + one.stage if has_stage else None,
        "stage_name": stage.name if has_stage else None,
        "job_interview_stage_id": Base.STAGE + one.stage if has_stage else None,
        "status": STATUS[one.state],
        "needs_decision": False,
        "prospect": one.role is None,
        "rejected_at": moment(one.rejected_at),
        "last_activity_at": moment(one.updated_at),
        "created_at": moment(one.created_at),
        "updated_at": moment(one.updated_at),
        "location_address": None,
        "answers": [],
        "prospective_job_ids": [],
        "custom_fields": {},
        "agency_note_id": None,
    }


def job(vendor: "Greenhouse", role: Role) -> Json:
    """A job, as recorded."""
    return {
        "id": Base.JOB + role.number,
        "name": role.title,
        "requisition_id": f"REQ-{role.number}" if role.number % 4 else None,
        "notes": f"<p>For {role.client}.</p>" if role.number % 3 else None,
        "confidential": role.is_confidential,
        "created_at": moment(role.created_at),
        "updated_at": moment(role.updated_at),
        "is_template": False,
        "copied_from_id": None,
        "opened_at": moment(role.opened_at),
        "closed_at": moment(role.closed_at),
        "status": JOB_STATUS[role.state],
        "office_ids": [vendor.office_id(role.city)],
        "department_id": vendor.department_id(role.department),
        "custom_fields": {
            "employment_type": {
                "name": "Employment type",
                "type": "single_select",
                "value": role.employment,
            }
        },
    }


def job_post(role: Role) -> Json:
    """What the public reads of a job."""
    place = ", ".join(part for part in (role.city, role.region, role.country) if part)
    return {
        "id": Base.JOB_POST + role.number,
        "job_id": Base.JOB + role.number,
        "title": role.title,
        "location": {"name": place},
        "internal": False,
        "external": True,
        "active": role.state == "open",
        "live": role.state == "open",
        "public_url": f"https://boards.example.com/jobs/{Base.JOB_POST + role.number}",
        "content": role.description,
        "created_at": moment(role.created_at),
        "updated_at": moment(role.updated_at),
    }


def note(one: Note) -> Json:
    """A note as it is read: other words than those it was written with."""
    return {
        "id": Base.NOTE + one.number,
        "candidate_id": Base.CANDIDATE + one.person,
        "application_id": Base.APPLICATION + one.application if one.application else None,
        "user_id": Base.USER + one.author if one.author else None,
        "body": one.body,
        "type": one.kind or "NOTE",
        "visibility": VISIBILITY[one.visibility or "public"],
        "created_at": moment(one.created_at),
        "updated_at": moment(one.updated_at),
    }


def user(one: Recruiter) -> Json:
    """Somebody who works with Greenhouse."""
    return {
        "id": Base.USER + one.number,
        "first_name": one.first_name,
        "last_name": one.last_name,
        "primary_email": one.email,
        "emails": [one.email],
        "site_admin": one.is_admin,
        "deactivated": not one.is_active,
        "service_account": False,
    }
