"""How Lever writes opportunities, contacts, postings, requisitions and notes."""

from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

from warmbench.simulators.lever_ids import ms, stage_id, uuid
from warmbench.simulators.records import Application, Note, Person, Recruiter, Role

if TYPE_CHECKING:
    from warmbench.simulators.lever import Lever

Json = dict[str, Any]

_ORIGINS = {
    "Referral": "referred",
    "Company website": "applied",
    "Job board": "applied",
    "Agency": "agency",
    "University": "university",
}
#: Of the old rows, one in so many has a date of its last change; the field came later than they.
DATED = 25
#: What comes back empty when an opportunity was changed, whatever it really is.
BLANK_AFTER_CHANGE: Json = {"name": "", "headline": "", "phones": [], "emails": [], "links": []}


def name(person: Person) -> str:
    """First and last name, or whichever there is."""
    return " ".join(part for part in (person.first_name, person.last_name) if part)


def origin(person: Person) -> str:
    """How Lever calls the way that somebody came."""
    return _ORIGINS.get(person.source, "sourced")


def headline(person: Person) -> str:
    """Title and employer in one line."""
    return " at ".join(part for part in (person.title, person.employer) if part)


def place(one: Person | Role) -> str:
    """A place in words."""
    return ", ".join(part for part in (one.city, one.region, one.country) if part)


def updated_at(vendor: "Lever", one: Application, person: Person) -> datetime | None:
    """When it last changed; None for most of what is older than the field."""
    at = max(one.updated_at, person.updated_at)
    return at if at >= vendor.world.started_at or one.number % DATED == 0 else None


def opportunity(vendor: "Lever", one: Application) -> Json:
    """An opportunity; its ``contact`` is who it is about."""
    person = vendor.world.people[one.person]
    id_ = uuid("opportunity", one.number)
    made = {
        "id": id_,
        "name": name(person),
        "contact": uuid("contact", person.number),
        "headline": headline(person),
        "stage": vendor.stage_of(one),
        "confidentiality": "confidential" if person.is_private else "non-confidential",
        "location": place(person),
        "phones": [{"type": "mobile", "value": phone} for phone in person.phones],
        "emails": person.emails,
        "links": person.links,
        "archived": archived(vendor, one),
        "tags": vendor.tags_of(one),
        "sources": [person.source] if person.source else [],
        "stageChanges": [
            {
                "toStageId": stage_id(stage, is_lead=one.role is None),
                "toStageIndex": stage - 1,
                "updatedAt": ms(at),
                "userId": uuid("user", 1),
            }
            for stage, at in one.history
        ],
        "origin": origin(person),
        "sourcedBy": None,
        "owner": uuid("user", person.owner) if person.owner else None,
        "followers": [uuid("user", person.owner)] if person.owner else [],
        "applications": [uuid("application", one.number)] if one.role else [],
        "createdAt": ms(one.created_at),
        "updatedAt": ms(updated_at(vendor, one, person)),
        "lastInteractionAt": ms(person.last_activity_at),
        "lastAdvancedAt": ms(one.history[-1][1]) if one.history else None,
        "snoozedUntil": None,
        "urls": {
            "list": "https://hire.example.com/candidates",
            "show": f"https://hire.example.com/candidates/{id_}",
        },
        "isAnonymized": person.is_anonymised,
        "dataProtection": data_protection(person),
    }
    if one.number % 30:
        made["opportunityLocation"] = place(person)
    return made


def archived(vendor: "Lever", one: Application) -> Json | None:
    """Why and when it ended; hired is such an end, too."""
    if one.state == "hired":
        return {"reason": vendor.reason_id("Hired"), "archivedAt": ms(one.hired_at)}
    if one.state == "rejected":
        return {"reason": vendor.reason_id(one.reason), "archivedAt": ms(one.rejected_at)}
    return None


def data_protection(person: Person) -> Json | None:
    """What may be done with the data. Each part may be missing."""
    if person.consent is None:
        return None
    contact = {"allowed": person.consent, "expiresAt": ms(person.consent_until)}
    if person.number % 2:
        return {"contact": contact}
    return {"store": {"allowed": True, "expiresAt": None}, "contact": contact}


def contact(person: Person) -> Json:
    """The human being behind opportunities. The place is an object, but written as text."""
    protection = data_protection(person)
    if protection is None and person.number % 7 == 0:
        protection = {"interviewIntelligence": {"allowed": False, "expiresAt": None}}
    return {
        "id": uuid("contact", person.number),
        "name": name(person),
        "headline": headline(person),
        "isAnonymized": person.is_anonymised,
        "location": {"name": place(person)},
        "emails": person.emails,
        "phones": [{"type": "mobile", "value": phone} for phone in person.phones],
        "dataProtection": protection,
    }


def application(vendor: "Lever", one: Application) -> Json:
    """The one application of an opportunity; who applied has no name here."""
    role = vendor.world.roles[one.role or 0]
    person = vendor.world.people[one.person]
    owner = uuid("user", role.owner) if role.owner else None
    return {
        "id": uuid("application", one.number),
        "opportunityId": uuid("opportunity", one.number),
        "candidateId": uuid("opportunity", one.number),
        "createdAt": ms(one.created_at),
        "type": "posting" if origin(person) == "applied" else "user",
        "posting": uuid("posting", role.number),
        "postingOwner": owner,
        "postingHiringManager": owner,
        "user": uuid("user", person.owner) if person.owner else None,
        "name": "",
        "email": person.emails[0] if person.emails else "",
        "phone": None,
        "comments": "",
        "customQuestions": [],
        "archived": archived(vendor, one),
        "requisitionForHire": (
            {"id": uuid("requisition", role.number)} if one.state == "hired" else None
        ),
    }


def posting(role: Role) -> Json:
    """What is advertised."""
    states = {"draft": "draft", "open": "published", "on_hold": "published"}
    id_ = uuid("posting", role.number)
    owner = uuid("user", role.owner) if role.owner else None
    made: Json = {
        "id": id_,
        "text": role.title,
        "state": states.get(role.state, "closed"),
        "distributionChannels": channels(role),
        "categories": {
            "team": role.department,
            "department": role.department,
            "location": role.city,
            "allLocations": [role.city],
            "commitment": role.employment,
            "level": None,
        },
        "content": _content(role),
        "country": role.country or None,
        "requisitionCodes": [f"R-{role.number}"],
        "reqCode": f"R-{role.number}",
        "urls": {
            "list": "https://jobs.example.com",
            "show": f"https://jobs.example.com/{id_}",
            "apply": f"https://jobs.example.com/{id_}/apply",
        },
        "workplaceType": role.workplace,
        "createdAt": ms(role.created_at),
        "updatedAt": ms(role.updated_at),
        "owner": owner,
        "hiringManager": owner,
        "confidentiality": "confidential" if role.is_confidential else "non-confidential",
        "tags": [],
    }
    if role.salary_min:
        made["salaryDescription"] = ""
        made["salaryRange"] = {
            "min": role.salary_min,
            "max": role.salary_max,
            "currency": role.currency,
            "interval": "per-year-salary",
        }
    return made


def _content(role: Role) -> Json:
    return {
        "description": "",
        "descriptionHtml": role.description,
        "lists": [
            {
                "text": "What you bring",
                "content": "".join(f"<li>{escape(skill)}</li>" for skill in role.skills),
            }
        ],
        "closing": "",
        "closingHtml": "",
    }


def channels(role: Role) -> list[str] | None:
    """Where it is advertised; some on the internal site only."""
    if role.state not in {"open", "on_hold"}:
        return None
    return ["internal"] if role.number % 5 == 0 else ["public", "internal"]


def requisition_status(role: Role) -> str:
    """The word for the state of a requisition."""
    return {"draft": "draft", "open": "open", "on_hold": "onHold"}.get(role.state, "closed")


def requisition(role: Role, *, hired: int) -> Json:
    """What may be hired, and how many were. Some have room for any number."""
    is_endless = role.number % 11 == 0
    band = {
        "min": role.salary_min,
        "max": role.salary_max,
        "currency": role.currency,
        "interval": "per-year-salary",
    }
    return {
        "id": uuid("requisition", role.number),
        "requisitionCode": f"R-{role.number}",
        "name": role.title,
        "status": requisition_status(role),
        "headcountTotal": "unlimited" if is_endless else role.headcount,
        "headcountHired": hired,
        "headcountInfinite": is_endless,
        "compensationBand": band if role.salary_min else None,
        "employmentStatus": role.employment,
        "location": role.city,
        "team": role.department,
        "department": role.department,
        "postings": [uuid("posting", role.number)],
        "offerIds": [],
        "customFields": {"client": role.client} if role.number % 2 else {},
        "confidentiality": "confidential" if role.is_confidential else "non-confidential",
        "createdAt": ms(role.created_at),
        "updatedAt": ms(role.updated_at),
        "closedAt": ms(role.closed_at),
        "timeToFillStartAt": ms(role.opened_at),
        "timeToFillEndAt": ms(role.closed_at),
    }


def note(one: Note, stage: str) -> Json:
    """A note, as a form with one field."""
    author = uuid("user", one.author) if one.author else None
    at = ms(one.created_at)
    return {
        "id": uuid("note", one.number),
        "text": "Note",
        "fields": [
            {
                "type": "note",
                "text": "Comment",
                "value": one.body,
                "user": author,
                "stage": stage,
                "score": None,
                "createdAt": at,
            }
        ],
        "user": author,
        "secret": one.visibility == "secret",
        "completedAt": at,
        "createdAt": at,
        "deletedAt": None,
        "noteId": None,
    }


def user(vendor: "Lever", one: Recruiter) -> Json:
    """Somebody who works with Lever."""
    started = vendor.world.started_at
    return {
        "id": uuid("user", one.number),
        "name": f"{one.first_name} {one.last_name}",
        "username": one.email.split("@", maxsplit=1)[0],
        "email": one.email,
        "accessRole": "super admin" if one.is_admin else "team member",
        "photo": None,
        "createdAt": ms(started),
        "deactivatedAt": None if one.is_active else ms(started),
        "externalDirectoryId": None,
        "linkedContactIds": [],
    }
