"""Takes what clients write to iCIMS: people, their applications, and pools."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from warmbench.simulators.icims_errors import done, refuse
from warmbench.simulators.icims_profiles import (
    AVAILABLE,
    EMPLOYER,
    OPT_OUT,
    SALARY,
    SKILLS,
    TEXTS,
    TITLE,
    phones,
)
from warmbench.simulators.icims_reading import record
from warmbench.simulators.icims_tenant import (
    BASE,
    DECLINED,
    HIRED,
    LISTS,
    OPTED_OUT,
    STAGES,
)
from warmbench.simulators.vendor import Answer, Request, Routes
from warmbench.simulators.world import Person

_PLAIN = {
    "firstname": "first_name",
    "lastname": "last_name",
    "source": "source",
    EMPLOYER: "employer",
    TITLE: "title",
}

routes = Routes()


def _given(request: Request) -> dict[str, Any]:
    given = request.json()
    if not isinstance(given, dict):
        raise refuse(1, "The body must be an object.")
    return given


def _node(name: str, value: Any) -> str:
    """The id of a list's node that a client names by id or by its words."""
    given = value if isinstance(value, dict) else {"id": value}
    nodes = LISTS[name]
    if given.get("id") in nodes:
        return str(given["id"])
    for identifier, words in nodes.items():
        if given.get("value") == words:
            return identifier
    raise refuse(1, f"{value} is no node of the list {name}.")


# People.


def _fields_of(
    vendor: Any, person: Person, given: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """What a body means for the world's fields, and the names that this tenant does not have."""
    fields: dict[str, Any] = {}
    custom, ignored = dict(person.custom), []
    for name, value in given.items():
        empty = value is None or value == ""
        if name in _PLAIN:
            fields[_PLAIN[name]] = "" if empty else str(value)
        elif name in _MEANINGS:
            fields |= _MEANINGS[name](person, None if empty else value)
        elif name in TEXTS:
            custom[name] = None if empty else str(value)
        elif name == OPT_OUT:
            chosen = None if empty else _node("optout", value)
            custom[name], fields["opted_out"] = chosen, chosen == OPTED_OUT
        elif name == "folder":
            vendor.tenant.person_folders[person.number] = _node("personfolder", value)
        else:
            ignored.append(name)
    kept = {name: value for name, value in custom.items() if value is not None}
    return {**fields, "custom": kept}, ignored


def _email(person: Person, value: Any) -> dict[str, Any]:
    return {"emails": [*([str(value)] if value else []), *person.emails[1:]]}


def _phones(_: Person, value: Any) -> dict[str, Any]:
    return {"phones": [str(one["phonenumber"]) for one in value or [] if one.get("phonenumber")]}


def _skills(_: Person, value: Any) -> dict[str, Any]:
    return {"skills": [one.strip() for one in str(value or "").split(",") if one.strip()]}


def _available(_: Person, value: Any) -> dict[str, Any]:
    try:
        return {"available_on": date.fromisoformat(value) if value else None}
    except ValueError as wrong:
        raise refuse(1, f"{value} is no date.") from wrong


def _salary(_: Person, value: Any) -> dict[str, Any]:
    if not value:
        return {"salary": None, "currency": ""}
    return {"salary": int(value["amount"]), "currency": str(value.get("currency", ""))}


_MEANINGS: dict[str, Callable[[Person, Any], dict[str, Any]]] = {
    "email": _email,
    "phones": _phones,
    SKILLS: _skills,
    AVAILABLE: _available,
    SALARY: _salary,
}


def _warned(answer: Answer, ignored: list[str]) -> Answer:
    """Fields that there are not are passed over with a mere warning."""
    if ignored:
        answer.headers["X-Warning"] = f"2,Unknown fields: {' '.join(ignored)}"
    return answer


@routes.on("POST", f"{BASE}/people")
def add_person(vendor: Any, request: Request) -> Answer:
    """A new person."""
    given = _given(request)
    for name in ("firstname", "lastname"):
        if not given.get(name):
            raise refuse(1, f"{name} is required.")
    folder = given.pop("folder", None)
    fields, ignored = _fields_of(vendor, Person(0), given)
    number = vendor.world.add(**fields)
    if folder:
        vendor.tenant.person_folders[number] = _node("personfolder", folder)
    return _warned(done(201, vendor.tenant.url("people", number)), ignored)


@routes.on("PATCH", f"{BASE}/people/{{id}}")
def edit_person(vendor: Any, request: Request) -> Answer:
    """Changes what is sent; null and an empty text take a value away."""
    person: Person = record(vendor, "people", request.params["id"])
    fields, ignored = _fields_of(vendor, person, _given(request))
    vendor.world.edit(person.number, **fields)
    return _warned(done(200, vendor.tenant.url("people", person.number)), ignored)


@routes.on("POST", f"{BASE}/people/{{id}}/fields/phones")
def add_phone(vendor: Any, request: Request) -> Answer:
    """One more number for somebody."""
    person: Person = record(vendor, "people", request.params["id"])
    given = _given(request)
    if not given.get("phonenumber"):
        raise refuse(1, "phonenumber is required.")
    vendor.world.edit(person.number, phones=[*person.phones, str(given["phonenumber"])])
    entry = phones(person)[-1]["id"]
    here = vendor.tenant.url("people", person.number)
    return done(201, f"{here}/fields/phones/{entry}")


# Applications.


def _linked(vendor: Any, kind: str, value: Any) -> int:
    """The world's number of a profile that a body points to."""
    identifier = value.get("id") if isinstance(value, dict) else value
    if identifier in (None, ""):
        raise refuse(1, "baseprofile and associatedprofile are required.")
    number: int = record(vendor, kind, str(identifier)).number
    return number


@routes.on("POST", f"{BASE}/applicantworkflows")
def apply(vendor: Any, request: Request) -> Answer:
    """Somebody applies for a role."""
    given = _given(request)
    role = _linked(vendor, "jobs", given.get("baseprofile"))
    person = _linked(vendor, "people", given.get("associatedprofile"))
    status = _node("applicantstatus", given["status"]) if "status" in given else ""
    number = vendor.world.apply(person, role)
    if status:
        _set_status(vendor, number, status)
    return done(201, vendor.tenant.url("applicantworkflows", number))


@routes.on("PATCH", f"{BASE}/applicantworkflows/{{id}}")
def move(vendor: Any, request: Request) -> Answer:
    """An application comes to another status."""
    one = record(vendor, "applicantworkflows", request.params["id"])
    given = _given(request)
    if "status" in given:
        _set_status(vendor, one.number, _node("applicantstatus", given["status"]))
    return done(200, vendor.tenant.url("applicantworkflows", one.number))


def _set_status(vendor: Any, number: int, status: str) -> None:
    world = vendor.world
    one = world.applications[number]
    if vendor.tenant.status(one) == status:
        return
    if status == HIRED:
        world.place(number)
    elif status == DECLINED:
        world.reject(number)
    else:
        if one.state == "hired":
            world.unhire(number)
        elif one.state == "rejected":
            world.unreject(number)
        stage = next(stage for stage, identifier in STAGES.items() if identifier == status)
        if one.stage != stage:
            world.move(number, stage)


# Pools.


@routes.on("POST", f"{BASE}/talentpools")
def add_pool(vendor: Any, request: Request) -> Answer:
    """A new pool."""
    given = _given(request)
    if not given.get("title"):
        raise refuse(1, "title is required.")
    pool = vendor.tenant.pool_named(str(given["title"]))
    pool.overview, pool.external = given.get("overview", ""), given.get("externalid", "")
    if "folder" in given:
        pool.folder = _node("poolfolder", given["folder"])
    return done(201, vendor.tenant.url("talentpools", pool.number))


@routes.on("POST", f"{BASE}/sourceworkflows")
def join(vendor: Any, request: Request) -> Answer:
    """Somebody comes into a pool."""
    given = _given(request)
    number = _linked(vendor, "talentpools", given.get("baseprofile"))
    person = vendor.world.people[_linked(vendor, "people", given.get("associatedprofile"))]
    pool = vendor.tenant.pools[number]
    if pool.name not in person.tags:
        vendor.world.edit(person.number, tags=[*person.tags, pool.name])
    made = vendor.tenant.membership(person.number, pool)
    made.source = given.get("source", made.source)
    if "status" in given:
        made.status = _node("poolstatus", given["status"])
    return done(201, vendor.tenant.url("sourceworkflows", made.number))


@routes.on("PATCH", f"{BASE}/sourceworkflows/{{id}}")
def edit_membership(vendor: Any, request: Request) -> Answer:
    """Somebody's status in a pool changes."""
    one = record(vendor, "sourceworkflows", request.params["id"])
    given = _given(request)
    if "status" in given:
        one.status = _node("poolstatus", given["status"])
        one.updated_at = vendor.world.clock()
    return done(200, vendor.tenant.url("sourceworkflows", one.number))
