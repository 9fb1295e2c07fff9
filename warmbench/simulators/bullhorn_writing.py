"""Takes what clients write to Bullhorn: people, submissions, placements, notes, lists of people."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from warmbench.simulators.bullhorn_agency import COUNTRIES, FIRST, STAGE_WORDS, Tearsheet
from warmbench.simulators.bullhorn_fields import Field
from warmbench.simulators.bullhorn_login import LANE, refuse
from warmbench.simulators.bullhorn_reading import not_found, table
from warmbench.simulators.vendor import Answer, Request, Routes
from warmbench.simulators.world import Person

#: A mass update takes so many ids.
MOST = 10_000
#: What clients may write about somebody, and what the world calls it.
_PLAIN = {
    "firstName": "first_name",
    "lastName": "last_name",
    "companyName": "employer",
    "occupation": "title",
    "source": "source",
    "massMailOptOut": "opted_out",
    "smsOptIn": "sms_ok",
    "salary": "salary",
}
_EMAILS, _PHONES = ("email", "email2", "email3"), ("mobile", "phone")
_ENTITIES = ("Candidate", "JobSubmission", "Placement", "Note", "Tearsheet")

routes = Routes()


def _create(entity: str) -> Callable[[Any, Request], Answer]:
    def create(vendor: Any, request: Request) -> Answer:
        vendor.written += 1
        given = _given(request)
        _check(vendor, entity, given, is_new=True)
        number = _CREATE[entity](vendor, given)
        return _changed(entity, number, "INSERT")

    return create


def _update(entity: str) -> Callable[[Any, Request], Answer]:
    def update(vendor: Any, request: Request) -> Answer:
        vendor.written += 1
        number = _number(entity, request.params["id"])
        if vendor.agency.record(entity, FIRST[entity] + number) is None:
            raise not_found(entity)
        given = _given(request)
        _check(vendor, entity, given, is_new=False)
        _UPDATE[entity](vendor, number, given)
        return _changed(entity, number, "UPDATE")

    return update


def _given(request: Request) -> dict[str, Any]:
    given = request.json()
    if not isinstance(given, dict) or not given:
        raise refuse(400, "The body must be an object.", "errors.invalidBody")
    return given


def _changed(entity: str, number: int, kind: str) -> Answer:
    changed = {"changedEntityType": entity, "changedEntityId": FIRST[entity] + number}
    return Answer(200, {**changed, "changeType": kind})


def _number(entity: str, text: str) -> int:
    if not text.isdigit():
        raise refuse(400, "An id is a number.", "errors.invalidId")
    return int(text) - FIRST[entity]


def _check(vendor: Any, entity: str, given: Mapping[str, Any], *, is_new: bool) -> None:
    """Refuse what this entity has not, and what may not be written (any more)."""
    fields: dict[str, Field] = table(vendor, entity)
    for name in given:
        if name not in fields and name != "minutesSpent":
            raise refuse(400, f"{entity} has no {name}.", "errors.unknownField")
        if name in fields and fields[name].is_read_only and not (is_new and name == "smsOptIn"):
            raise refuse(400, f"{name} may not be changed.", "errors.readOnlyField")


def _reference(entity: str, given: Mapping[str, Any], name: str) -> int:
    """The world's number of what a field points to."""
    value = given.get(name)
    identifier = value.get("id") if isinstance(value, dict) else None
    if identifier is None:
        raise refuse(400, f"{name} is required.", "errors.missingRequiredProperty")
    return int(identifier) - FIRST[entity]


def _person(vendor: Any, number: int) -> Person:
    person: Person | None = vendor.world.people.get(number)
    if person is None:
        raise not_found("Candidate")
    return person


def _moment(value: int) -> datetime:
    return datetime.fromtimestamp(value / 1000, UTC)


# People.


def _fields_of(given: Mapping[str, Any], person: Person) -> dict[str, Any]:
    """What a body means for the world's fields of somebody."""
    fields: dict[str, Any] = {}
    custom = dict(person.custom)
    emails, phones = list(person.emails), list(person.phones)
    for name, value in given.items():
        if name in _EMAILS:
            _put(emails, _EMAILS.index(name), value)
        elif name in _PHONES:
            _put(phones, _PHONES.index(name), value)
        elif name in _PLAIN or name in _MEANINGS:
            fields |= _meant(name, value)
        elif name != "isDeleted":
            custom[name] = value
    renamed = {"firstName", "lastName"} & given.keys() and "name" not in given
    if renamed and person.number:
        # Bullhorn does not put the two together: the old name stays on show.
        custom.setdefault("name", f"{person.first_name} {person.last_name}".strip())
    fields["emails"], fields["phones"] = _compact(emails), _compact(phones)
    return {**fields, "custom": custom}


def _meant(name: str, value: Any) -> dict[str, Any]:
    """One written value as the world keeps it; null empties."""
    if name in _PLAIN:
        blank = getattr(Person(0), _PLAIN[name])
        return {_PLAIN[name]: blank if value is None else value}
    return _MEANINGS[name](value)


def _put(values: list[str], at: int, value: str | None) -> None:
    values += [""] * (at + 1 - len(values))
    values[at] = value or ""


def _compact(values: list[str]) -> list[str]:
    while values and not values[-1]:
        values.pop()
    return values


def _place(address: Mapping[str, Any]) -> dict[str, Any]:
    codes = {number: code for code, number in COUNTRIES.items()}
    place: dict[str, Any] = {}
    if "city" in address:
        place["city"] = address["city"] or ""
    if "state" in address:
        place["region"] = address["state"] or ""
    if "countryID" in address:
        place["country"] = codes.get(address["countryID"], "")
    return place


def _skills(value: str | None) -> dict[str, Any]:
    return {"skills": [one.strip() for one in (value or "").split(",") if one.strip()]}


def _recruiter(value: Any) -> dict[str, Any]:
    return {"owner": _reference("CorporateUser", {"owner": value}, "owner")}


def _available(value: int | None) -> dict[str, Any]:
    return {"available_on": None if value is None else _moment(value).date()}


_MEANINGS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "skillSet": _skills,
    "address": lambda value: _place(value or {}),
    "owner": _recruiter,
    "dateAvailable": _available,
}


def _create_candidate(vendor: Any, given: Mapping[str, Any]) -> int:
    if not given.get("firstName") or not given.get("lastName"):
        key = "errors.missingRequiredProperty"
        raise refuse(400, "firstName and lastName are required.", key)
    number: int = vendor.world.add(**_fields_of(given, Person(0)))
    return number


def _update_candidate(vendor: Any, number: int, given: Mapping[str, Any]) -> None:
    person = _person(vendor, number)
    vendor.world.edit(number, **_fields_of(given, person))
    if given.get("isDeleted"):
        vendor.world.delete(number)


# Submissions and placements.


def _create_submission(vendor: Any, given: Mapping[str, Any]) -> int:
    person = _person(vendor, _reference("Candidate", given, "candidate"))
    role = _reference("JobOrder", given, "jobOrder")
    if role not in vendor.world.roles:
        raise not_found("JobOrder")
    number: int = vendor.world.apply(person.number, role)
    if "status" in given:
        _set_status(vendor, number, given["status"])
    return number


def _update_submission(vendor: Any, number: int, given: Mapping[str, Any]) -> None:
    if "status" in given:
        _set_status(vendor, number, given["status"])
    if given.get("isDeleted"):
        vendor.world.forget_application(number)


def _set_status(vendor: Any, number: int, word: str) -> None:
    """Any word is taken; those that the agency knows move the application."""
    stages = {name: stage for stage, name in STAGE_WORDS.items()}
    vendor.agency.submission_words.pop(number, None)
    if word == "Candidate Rejected":
        vendor.world.reject(number)
    elif word in stages:
        vendor.world.move(number, stages[word])
    else:
        vendor.agency.submission_words[number] = word


def _create_placement(vendor: Any, given: Mapping[str, Any]) -> int:
    person = _person(vendor, _reference("Candidate", given, "candidate"))
    role = _reference("JobOrder", given, "jobOrder")
    if role not in vendor.world.roles:
        raise not_found("JobOrder")
    known = [one.number for one in vendor.world.applications_of(person.number) if one.role == role]
    number: int = known[-1] if known else vendor.world.apply(person.number, role)
    days = {
        name: given.get(key) for name, key in (("begins_on", "dateBegin"), ("ends_on", "dateEnd"))
    }
    vendor.world.place(number, **{name: _moment(day).date() for name, day in days.items() if day})
    _update_placement(vendor, number, given)
    return number


def _update_placement(vendor: Any, number: int, given: Mapping[str, Any]) -> None:
    if "status" in given:
        vendor.agency.placement_words[number] = given["status"]


# Notes and lists of people.


def _create_note(vendor: Any, given: Mapping[str, Any]) -> int:
    """It is tied to the candidate only if it says who comments, too."""
    person = _person(vendor, _reference("Candidate", given, "personReference"))
    action = given.get("action")
    if action not in vendor.options.comment_actions:
        raise refuse(400, f"{action} is no action of this tenant.", "errors.invalidPicklistValue")
    fields: dict[str, Any] = {"kind": action}
    if given.get("dateAdded"):
        fields["created_at"] = _moment(given["dateAdded"])
    is_tied = isinstance(given.get("commentingPerson"), dict)
    if is_tied:
        fields["author"] = _reference("CorporateUser", given, "commentingPerson")
    number: int = vendor.world.note(person.number, given.get("comments", ""), **fields)
    if not is_tied:
        vendor.agency.loose_notes.add(number)
    return number


def _update_note(vendor: Any, number: int, given: Mapping[str, Any]) -> None:
    note = vendor.world.notes[number]
    note.body = given.get("comments", note.body)
    note.updated_at = vendor.world.clock()
    if given.get("isDeleted"):
        vendor.world.forget_note(number)


def _create_tearsheet(vendor: Any, given: Mapping[str, Any]) -> int:
    if not given.get("name"):
        raise refuse(400, "name is required.", "errors.missingRequiredProperty")
    sheet: Tearsheet = vendor.agency.tearsheet_named(given["name"])
    _update_tearsheet(vendor, sheet.number, given)
    return sheet.number


def _update_tearsheet(vendor: Any, number: int, given: Mapping[str, Any]) -> None:
    sheet: Tearsheet = vendor.agency.tearsheets[number]
    sheet.description = given.get("description", sheet.description)
    sheet.is_deleted = bool(given.get("isDeleted", sheet.is_deleted))
    if "owner" in given:
        sheet.owner = _reference("CorporateUser", given, "owner")


def _associate(method: str, entity: str, many: str) -> Callable[[Any, Request], Answer]:
    def associate(vendor: Any, request: Request) -> Answer:
        vendor.written += 1
        one = _number(entity, request.params["id"])
        other = "Tearsheet" if entity == "Candidate" else "Candidate"
        others = [_number(other, text) for text in request.params["ids"].split(",")]
        sheets, people = ([one], others) if entity == "Tearsheet" else (others, [one])
        for sheet in sheets:
            if sheet not in vendor.agency.tearsheets:
                raise not_found("Tearsheet")
            for person in people:
                _list(vendor, sheet, person, is_on=method == "PUT")
        kind = {"PUT": "ASSOCIATE", "DELETE": "DISASSOCIATE"}[method]
        said = {"associatedEntityName": many, "associatedEntityIds": request.params["ids"]}
        return Answer(200, {**_changed(entity, one, kind).body, **said})

    return associate


def _list(vendor: Any, sheet: int, number: int, *, is_on: bool) -> None:
    name, person = vendor.agency.tearsheets[sheet].name, _person(vendor, number)
    if (name in person.tags) is not is_on:
        others = [tag for tag in person.tags if tag != name]
        vendor.world.edit(number, tags=[*others, name] if is_on else others)


@routes.on("POST", f"{LANE}/massUpdate/{{entity}}")
def update_many(vendor: Any, request: Request) -> Answer:
    """Writes the same to many candidates; ``tearsheets`` takes what to add and to remove."""
    vendor.written += 1
    if request.params["entity"] != "Candidate":
        raise refuse(400, "Only candidates are updated so.", "errors.massUpdateUnsupported")
    given = dict(_given(request))
    ids = given.pop("ids", [])
    if not ids or len(ids) > MOST:
        raise refuse(400, f"Between 1 and {MOST} ids are needed.", "errors.invalidIds")
    sheets = given.pop("tearsheets", {})
    _check(vendor, "Candidate", given, is_new=False)
    for identifier in ids:
        number = _number("Candidate", str(identifier))
        _person(vendor, number)
        if given:
            _update_candidate(vendor, number, given)
        for word, is_on in (("add", True), ("remove", False)):
            for sheet in sheets.get(word, ()):
                _list(vendor, _number("Tearsheet", str(sheet)), number, is_on=is_on)
    return Answer(200, {"count": len(ids)})


_CREATE: dict[str, Callable[[Any, Mapping[str, Any]], int]] = {
    "Candidate": _create_candidate,
    "JobSubmission": _create_submission,
    "Placement": _create_placement,
    "Note": _create_note,
    "Tearsheet": _create_tearsheet,
}
_UPDATE: dict[str, Callable[[Any, int, Mapping[str, Any]], None]] = {
    "Candidate": _update_candidate,
    "JobSubmission": _update_submission,
    "Placement": _update_placement,
    "Note": _update_note,
    "Tearsheet": _update_tearsheet,
}
# Each entity has calls of its own, so that a write is told by kind and by the record's id.
for _entity in _ENTITIES:
    routes.on("PUT", f"{LANE}/entity/{_entity}")(_create(_entity))
    routes.on("POST", f"{LANE}/entity/{_entity}/{{id}}")(_update(_entity))
for _owner, _many in (("Tearsheet", "candidates"), ("Candidate", "tearsheets")):
    for _method in ("PUT", "DELETE"):
        _template = f"{LANE}/entity/{_owner}/{{id}}/{_many}/{{ids}}"
        routes.on(_method, _template)(_associate(_method, _owner, _many))
