"""The fields of each Bullhorn entity: their types, and how they are read from the world."""

from collections.abc import Callable
from typing import Any

from babel import Locale

from warmbench.simulators.bullhorn_agency import (
    COUNTRIES,
    FIRST,
    HIDDEN,
    ROLE_WORDS,
    Agency,
    Tearsheet,
    milliseconds,
)
from warmbench.simulators.bullhorn_fields import Field
from warmbench.simulators.world import Application, Note, Person, Recruiter, Role

Fields = dict[str, Field]
_USER = {"id": "Integer", "firstName": "String", "lastName": "String"}
_CANDIDATE = _USER
_ADDRESS = {"address1": "String", "city": "String", "state": "String", "zip": "String"} | {
    "countryID": "Integer"
}
_NAMES = Locale("en").territories
#: Every tenant names these as it likes.
CUSTOM = {
    **{f"customText{number}": "String" for number in range(1, 41)},
    **{f"customDate{number}": "Timestamp" for number in range(1, 14)},
    **{f"customInt{number}": "Integer" for number in range(1, 24)},
}


def tables(agency: Agency) -> dict[str, Fields]:
    """The fields of every entity, with this tenant's peculiarities."""
    found = {
        "Candidate": _candidate(agency),
        "JobOrder": _job_order(agency),
        "JobSubmission": _submission(agency),
        "Placement": _placement(agency),
        "Note": _note(agency),
        "NoteEntity": _note_entity(agency),
        "CorporateUser": _user(),
        "Tearsheet": _tearsheet(agency),
        "ClientCorporation": _client(),
    }
    if not agency.options.has_date_last_modified:
        for entity in ("Candidate", "Placement"):
            del found[entity]["dateLastModified"]
    return found


def _id(entity: str) -> Field:
    return Field("Integer", lambda one: FIRST[entity] + one.number, is_read_only=True)


def _text(read: Callable[[Any], Any], **more: Any) -> Field:
    return Field("String", lambda one: read(one) or None, **more)


def _open(read: Callable[[Person], Any], kind: str = "String") -> Field:
    """Something that is shown only of people who are not confidential."""
    return Field(kind, lambda one: HIDDEN if one.is_private and read(one) else read(one) or None)


def _nth(values: list[str], at: int) -> str | None:
    return values[at] if len(values) > at else None


def _candidate(agency: Agency) -> Fields:
    gone = agency.world.gone
    fields: Fields = {
        "id": _id("Candidate"),
        "firstName": _text(lambda one: one.first_name),
        "lastName": _text(lambda one: one.last_name),
        "name": _text(_name),
        "email": _open(lambda one: _nth(one.emails, 0)),
        "email2": _open(lambda one: _nth(one.emails, 1)),
        "email3": _open(lambda one: _nth(one.emails, 2)),
        "mobile": _open(lambda one: _nth(one.phones, 0)),
        "phone": _open(lambda one: _nth(one.phones, 1)),
        "companyName": _text(lambda one: one.employer),
        "occupation": _text(lambda one: one.title),
        "status": _text(agency.candidate_status),
        "source": Field("String", _source),
        "skillSet": _text(lambda one: ", ".join(one.skills)),
        "salary": _open(lambda one: one.salary, "Double"),
        "massMailOptOut": Field(
            "Boolean",
            lambda one: one.opted_out,
            label="Opted Out",
            is_read_only=agency.options.opt_out_is_read_only,
        ),
        "smsOptIn": Field("Boolean", lambda one: one.sms_ok, is_read_only=True),
        "dateAvailable": Field("Timestamp", lambda one: milliseconds(one.available_on)),
        "dateAdded": Field("Timestamp", lambda one: milliseconds(one.created_at)),
        "dateLastModified": Field("Timestamp", agency.modified, is_read_only=True),
        "isDeleted": Field("Boolean", lambda one: one.number in gone),
        "isAnonymized": Field("Boolean", lambda one: one.is_anonymised, is_read_only=True),
        "address": Field("Address", _address, "COMPOSITE", _ADDRESS),
        "owner": Field("CorporateUser", lambda one: agency.user(one.owner), "TO_ONE", _USER),
        "category": Field("Category", lambda _: None, "TO_ONE", {"id": "Integer"}),
    }
    many = {
        "primarySkills": ("Skill", _skills, {"id": "Integer", "name": "String"}),
        "tearsheets": ("Tearsheet", agency.sheets_of, {"id": "Integer", "name": "String"}),
        "notes": ("Note", agency.notes_of, {"id": "Integer", "action": "String"}),
        "submissions": ("JobSubmission", agency.submissions_of, {"id": "Integer"}),
        "placements": ("Placement", agency.placements_of, {"id": "Integer"}),
    }
    for name, (kind, read, inner) in many.items():
        fields[name] = Field(kind, read, "TO_MANY", inner)
    for name, kind in CUSTOM.items():
        fields[name] = Field(kind, _custom(name))
    return fields


def _name(one: Person) -> str:
    """Written names stay as they were written, whatever becomes of first and last name."""
    return str(one.custom.get("name") or f"{one.first_name} {one.last_name}".strip())


def _source(one: Person) -> str | list[str] | None:
    """Where somebody came from: a word, and in some records a list."""
    if not one.source:
        return None
    return [one.source] if one.number % 7 == 0 else one.source


def _custom(name: str) -> Callable[[Person], Any]:
    def read(one: Person) -> Any:
        value = one.custom.get(name)
        if name == "customText8" and value is None and one.number % 5 == 0:
            return ["Permanent", "Contract"]
        return value

    return read


def _skills(one: Person) -> list[dict[str, Any]]:
    return [{"id": sum(map(ord, name)), "name": name} for name in one.skills]


def _address(one: Person | Role) -> dict[str, Any]:
    street = {"address1": None, "address2": None, "zip": None}
    place = {"city": one.city or None, "state": one.region or None}
    country = {"countryID": COUNTRIES.get(one.country), "countryName": _NAMES.get(one.country)}
    return {**street, **place, **country}


def _job_order(agency: Agency) -> Fields:
    return {
        "id": _id("JobOrder"),
        "title": _text(lambda one: one.title),
        "status": Field("String", lambda one: ROLE_WORDS[one.state]),
        "isOpen": Field("Boolean", lambda one: one.state in {"open", "on_hold"}),
        "isDeleted": Field("Boolean", lambda _: False),
        "isPublic": Field("Integer", _is_public),
        "description": _text(lambda one: one.description),
        "publicDescription": _text(lambda one: "" if one.is_confidential else one.description),
        "employmentType": _text(lambda one: one.employment),
        "salary": Field("Double", lambda one: one.salary_max or one.salary_min),
        "salaryUnit": _text(lambda one: "Per Year" if one.salary_max else ""),
        "payRate": Field("Double", lambda _: None),
        "onSite": _text(_on_site),
        "numOpenings": Field("Integer", lambda one: one.headcount),
        "skillList": _text(lambda one: ", ".join(one.skills)),
        "yearsRequired": Field("Integer", lambda one: one.number % 9 or None),
        "willRelocate": Field("Boolean", lambda _: False),
        "startDate": Field("Timestamp", lambda one: milliseconds(one.opened_at)),
        "dateAdded": Field("Timestamp", lambda one: milliseconds(one.created_at)),
        "dateLastModified": Field("Timestamp", agency.modified, is_read_only=True),
        "dateClosed": Field("Timestamp", lambda one: milliseconds(one.closed_at)),
        "address": Field("Address", _address, "COMPOSITE", _ADDRESS),
        "owner": Field("CorporateUser", lambda one: agency.user(one.owner), "TO_ONE", _USER),
        "clientCorporation": Field(
            "ClientCorporation", agency.client, "TO_ONE", {"id": "Integer", "name": "String"}
        ),
        "clientContact": Field("ClientContact", lambda _: None, "TO_ONE", _USER),
    }


def _is_public(one: Role) -> int:
    """Not only yes and no: some say minus one."""
    if one.is_confidential or one.state == "draft":
        return 0
    return -1 if one.number % 5 == 0 else 1


def _on_site(one: Role) -> str:
    words = {"onsite": "On-Site", "remote": "Off-Site", "hybrid": "Hybrid"}
    return words.get(one.workplace, "No Preference")


def _application(agency: Agency, entity: str) -> Fields:
    return {
        "id": _id(entity),
        "candidate": Field(
            "Candidate", lambda one: agency.candidate(one.person), "TO_ONE", _CANDIDATE
        ),
        "jobOrder": Field(
            "JobOrder",
            lambda one: agency.job_order(one.role),
            "TO_ONE",
            {"id": "Integer", "title": "String"},
        ),
        "dateLastModified": Field("Timestamp", agency.modified, is_read_only=True),
        "isDeleted": Field("Boolean", lambda _: False),
    }


def _submission(agency: Agency) -> Fields:
    return {
        **_application(agency, "JobSubmission"),
        "status": Field("String", agency.submission_status),
        "source": Field("String", lambda one: agency.world.people[one.person].source or None),
        "dateAdded": Field("Timestamp", lambda one: milliseconds(one.created_at)),
        "isHidden": Field("Boolean", lambda _: False),
        "sendingUser": Field("CorporateUser", lambda _: agency.user(1), "TO_ONE", _USER),
    }


def _placement(agency: Agency) -> Fields:
    def added(one: Application) -> int | None:
        return milliseconds(one.hired_at or one.updated_at)

    return {
        **_application(agency, "Placement"),
        "status": Field("String", agency.placement_status),
        "dateBegin": Field("Timestamp", lambda one: milliseconds(one.begins_on)),
        "dateEnd": Field("Timestamp", lambda one: milliseconds(one.ends_on)),
        "dateAdded": Field("Timestamp", added),
    }


def _note(agency: Agency) -> Fields:
    def person(one: Note) -> dict[str, Any]:
        return agency.candidate(one.person)

    return {
        "id": _id("Note"),
        "action": Field("String", lambda one: agency.note(one)["action"]),
        "comments": _text(lambda one: one.body),
        "dateAdded": Field("Timestamp", lambda one: milliseconds(one.created_at)),
        "dateLastModified": Field("Timestamp", lambda one: milliseconds(one.updated_at)),
        "isDeleted": Field("Boolean", lambda _: False),
        "personReference": Field("Person", person, "TO_ONE", _CANDIDATE),
        "commentingPerson": Field("Person", lambda one: agency.user(one.author), "TO_ONE", _USER),
    }


def _note_entity(agency: Agency) -> Fields:
    """What ties a note to whom it is about, whom it calls a user even if it is a candidate."""
    inner = {"id": "Integer", "action": "String", "comments": "String", "dateAdded": "Timestamp"}
    return {
        "id": _id("NoteEntity"),
        "targetEntityID": Field("Integer", lambda one: FIRST["Candidate"] + one.person),
        "targetEntityName": Field("String", lambda _: "User"),
        "note": Field("Note", agency.note, "TO_ONE", inner),
    }


def _user() -> Fields:
    def email(one: Recruiter) -> str:
        return one.email

    return {
        "id": _id("CorporateUser"),
        "firstName": _text(lambda one: one.first_name),
        "lastName": _text(lambda one: one.last_name),
        "name": _text(lambda one: f"{one.first_name} {one.last_name}"),
        "email": _text(email),
        "enabled": Field("Boolean", lambda one: one.is_active),
        "isDeleted": Field("Boolean", lambda _: False),
    }


def _tearsheet(agency: Agency) -> Fields:
    def deleted(one: Tearsheet) -> bool:
        return one.is_deleted

    return {
        "id": _id("Tearsheet"),
        "name": Field("String", lambda one: one.name),
        "description": _text(lambda one: one.description),
        "isDeleted": Field("Boolean", deleted),
        "isPrivate": Field("Boolean", lambda _: False),
        "dateAdded": Field("Timestamp", lambda one: milliseconds(one.created_at)),
        "owner": Field("CorporateUser", lambda one: agency.user(one.owner), "TO_ONE", _USER),
        "candidates": Field("Candidate", agency.members, "TO_MANY", _CANDIDATE),
    }


def _client() -> Fields:
    return {
        "id": Field("Integer", lambda one: FIRST["ClientCorporation"] + one[1]),
        "name": Field("String", lambda one: one[0]),
        "isDeleted": Field("Boolean", lambda _: False),
    }
