"""What Harvest v3 lets a client change: candidates, their tags, and notes, which stay for ever."""

from typing import TYPE_CHECKING, Any

from warmbench.simulators import greenhouse_shapes as shapes
from warmbench.simulators.greenhouse_ids import Base, number
from warmbench.simulators.greenhouse_lists import TAGS_EACH, applied_tag
from warmbench.simulators.greenhouse_paging import refuse
from warmbench.simulators.records import Person
from warmbench.simulators.vendor import Answer, Request, Routes

if TYPE_CHECKING:
    from warmbench.simulators.greenhouse import Greenhouse

routes = Routes()
Json = dict[str, Any]

_TEXTS = {"first_name": "first_name", "last_name": "last_name", "company": "employer",
          "title": "title"}  # fmt: skip
#: Lists are replaced as a whole, and each value says what kind it is.
_LISTS = {
    "phone_numbers": ("phones", {"home", "work", "mobile", "skype", "other"}),
    "email_addresses": ("emails", {"personal", "work", "other"}),
    "website_addresses": ("links", {"personal", "company", "portfolio", "blog", "other"}),
}
#: Understood, and kept nowhere.
_IGNORED = {"preferred_name", "time_zone", "addresses", "social_media_addresses", "recruiter_id"}


def _person(vendor: "Greenhouse", request: Request) -> Person:
    person = vendor.world.people.get(number(request.params["id"], Base.CANDIDATE))
    if person is None:
        raise refuse("Resource not found.", 404)
    return person


def _object(request: Request) -> Json:
    body = request.json()
    if not isinstance(body, dict):
        raise refuse("The body must be an object.")
    return body


@routes.on("PATCH", "/v3/candidates/{id}")
def change_candidate(vendor: "Greenhouse", request: Request) -> Answer:
    """Change what is sent and nothing else; lists are replaced whole."""
    person = _person(vendor, request)
    vendor.world.edit(person.number, **_changes(vendor, person, _object(request)))
    return Answer(200, shapes.candidate(person))


@routes.on("POST", "/v3/candidates")
def add_candidate(vendor: "Greenhouse", request: Request) -> Answer:
    """A new candidate, with an application for a job or as a prospect."""
    body = _object(request)
    job = (body.pop("application", None) or {}).get("job_id")
    role = number(job, Base.JOB) if job else None
    if role is not None and role not in vendor.world.roles:
        raise refuse("job_id is unknown.")
    if not body.get("first_name") or not body.get("last_name"):
        raise refuse("first_name and last_name are required.")
    fields = _changes(vendor, Person(0), body)
    added = vendor.world.add(role=role, **fields)
    application = vendor.world.applications_of(added)[0]
    made = {
        "candidate": shapes.candidate(vendor.world.people[added]),
        "application": shapes.application(vendor, application),
    }
    return Answer(201, made)


def _changes(vendor: "Greenhouse", person: Person, body: Json) -> Json:
    changes: Json = {}
    for key, value in body.items():
        if key in _TEXTS:
            changes[_TEXTS[key]] = value or ""
        elif key in _LISTS:
            name, kinds = _LISTS[key]
            changes[name] = _values(key, value, kinds)
        elif key == "can_email":
            changes["opted_out"] = not _flag(key, value)
        elif key == "is_private":
            changes["is_private"] = _flag(key, value)
        elif key == "tags":
            changes["tags"] = _tags(vendor, value)
        elif key == "custom_fields":
            changes |= _custom(person, value)
        elif key not in _IGNORED:
            raise refuse(f"{key} is not a permitted parameter.")
    if "links" in changes:
        changes["links"] += [one for one in person.links if "linkedin" in one]
    return changes


def _values(key: str, value: Any, kinds: set[str]) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise refuse(f"{key} must be a list of objects.")
    if not all(one.get("value") and one.get("type") in kinds for one in value):
        raise refuse(f"{key} need a value and a type among {', '.join(sorted(kinds))}.")
    return [str(one["value"]) for one in value]


def _flag(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise refuse(f"{key} must be true or false.")
    return value


def _tags(vendor: "Greenhouse", value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise refuse("tags must be a list of names.")
    for name in value:
        if name not in vendor.tags.values():
            vendor.tags[max(vendor.tags, default=0) + 1] = name
    return list(dict.fromkeys(value))


def _custom(person: Person, value: Any) -> Json:
    """Whatever is left out is emptied: the worst that the contract leaves open."""
    if not isinstance(value, list):
        raise refuse("custom_fields must be a list of name_key and value.")
    given = {}
    for one in value:
        if not isinstance(one, dict) or one.get("name_key") not in shapes.FIELDS:
            raise refuse("custom_fields have an unknown name_key.")
        given[one["name_key"]] = one.get("value")
    known = {key: about["value"] for key, about in shapes.custom_fields(person).items()}
    salary = given.get("desired_salary") or {}
    changes: Json = {
        "skills": list(given.get("skills") or []),
        "salary": int(float(salary["amount"])) if salary else None,
        "currency": salary.get("unit", "") if salary else "",
        "sms_ok": given.get("text_messages"),
        "custom": {
            key: given[key] for key in ("email_opt_out_reason", "last_touch") if key in given
        },
    }
    if given.get("available_from") != known["available_from"]:
        changes["available_on"] = None
    return changes


@routes.on("POST", "/v3/candidate_tags")
def add_tag(vendor: "Greenhouse", request: Request) -> Answer:
    """A new tag. One of this name must not be there yet."""
    name = str(_object(request).get("name") or "").strip()
    if not name:
        raise refuse("name is required.")
    if name.lower() in {one.lower() for one in vendor.tags.values()}:
        raise refuse("name has already been taken.")
    at = max(vendor.tags, default=0) + 1
    vendor.tags[at] = name
    return Answer(201, {"id": Base.TAG + at, "name": name})


@routes.on("POST", "/v3/applied_candidate_tags")
def apply_tag(vendor: "Greenhouse", request: Request) -> Answer:
    """Give somebody one tag, and leave the others alone."""
    body = _object(request)
    person = vendor.world.people.get(number(body.get("candidate_id"), Base.CANDIDATE))
    tag = number(body.get("candidate_tag_id"), Base.TAG)
    if person is None or tag not in vendor.tags:
        raise refuse("candidate_id or candidate_tag_id is unknown.")
    name = vendor.tags[tag]
    if name in person.tags:
        raise refuse("The candidate has this tag already.")
    vendor.world.edit(person.number, tags=[*person.tags, name])
    made = {
        "id": Base.APPLIED_TAG + person.number * TAGS_EACH + tag,
        "candidate_id": Base.CANDIDATE + person.number,
        "candidate_tag_id": Base.TAG + tag,
    }
    return Answer(201, made)


@routes.on("DELETE", "/v3/applied_candidate_tags/{id}")
def remove_tag(vendor: "Greenhouse", request: Request) -> Answer:
    """Take one tag from somebody."""
    found = applied_tag(vendor, number(request.params["id"], Base.APPLIED_TAG))
    if found is None:
        raise refuse("Resource not found.", 404)
    _, at, tag = found
    rest = [name for name in vendor.world.people[at].tags if name != vendor.tags[tag]]
    vendor.world.edit(at, tags=rest)
    return Answer(204)


@routes.on("POST", "/v3/notes")
def add_note(vendor: "Greenhouse", request: Request) -> Answer:
    """A note. It cannot be changed or deleted, and reads otherwise than it was written."""
    body = _object(request)
    person = vendor.world.people.get(number(body.get("candidate_id"), Base.CANDIDATE))
    author = vendor.world.recruiters.get(number(body.get("user_id"), Base.USER))
    if person is None or author is None:
        raise refuse("candidate_id or user_id is unknown.")
    if not body.get("body"):
        raise refuse("body is required.")
    if body.get("visibility") not in shapes.VISIBILITY:
        raise refuse("visibility must be admin_only, private or public.")
    if body.get("note_type") not in {"NOTE", "ACTIVITY", "EMAIL"}:
        raise refuse("note_type must be NOTE, ACTIVITY or EMAIL.")
    application = number(body.get("application_id"), Base.APPLICATION) or None
    if application and vendor.world.applications[application].person != person.number:
        raise refuse("application_id is of somebody else.")
    added = vendor.world.note(
        person.number,
        str(body["body"]),
        application=application,
        author=author.number,
        kind=body["note_type"],
        visibility=body["visibility"],
    )
    return Answer(201, shapes.note(vendor.world.notes[added]))


@routes.on("PATCH", "/v3/candidates/{id}/anonymize")
def anonymise(vendor: "Greenhouse", request: Request) -> Answer:
    """Take somebody's data out; an empty record stays."""
    person = _person(vendor, request)
    vendor.world.anonymise(person.number)
    return Answer(200, shapes.candidate(person))


@routes.on("DELETE", "/v3/candidates/{id}")
def delete_candidate(vendor: "Greenhouse", request: Request) -> Answer:
    """Delete somebody with everything."""
    vendor.world.delete(_person(vendor, request).number)
    return Answer(204)
