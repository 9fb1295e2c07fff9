"""The fields of each iCIMS profile: their types, how they are read, and what a search finds by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel import Locale

from warmbench.simulators.icims_search import Field as Filter
from warmbench.simulators.icims_tenant import (
    LISTS,
    OPTED_OUT,
    Membership,
    Pool,
    Tenant,
    day,
    moment,
    node,
)
from warmbench.simulators.world import Application, Person, Role

_COUNTRIES = Locale("en").territories
#: The tenant's own text fields, and what people read above them.
TEXTS = {
    "field10011": "Activity log",
    "field10020": "Recruiter remarks",
    "field10021": "External reference",
}
EMPLOYER, TITLE, SKILLS, OPT_OUT = "field10001", "field10002", "field10003", "field10010"
AVAILABLE, SALARY = "field10004", "field10005"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a profile: its title, its type, and how it is read."""

    title: str
    kind: str
    read: Callable[[Any], Any]
    #: The list that its nodes are of.
    nodes: str = ""
    is_read_only: bool = False


Fields = dict[str, Field]


def tables(tenant: Tenant) -> dict[str, Fields]:
    """The fields of every kind of profile."""
    return {
        "people": _person(tenant),
        "jobs": _job(tenant),
        "applicantworkflows": _workflow(tenant),
        "talentpools": _pool(),
        "sourceworkflows": _membership(tenant),
        "companies": {},
    }


def shown(one: Any, fields: Fields, asked: list[str]) -> dict[str, Any]:
    """The fields that were asked for, or all; what is blank is not there at all."""
    names = asked or list(fields)
    values = {name: fields[name].read(one) for name in names if name in fields}
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def _stamps() -> Fields:
    return {
        "createddate": Field(
            "Created", "datetime", lambda one: moment(one.created_at), is_read_only=True
        ),
        "updateddate": Field(
            "Updated", "datetime", lambda one: moment(one.updated_at), is_read_only=True
        ),
    }


def _person(tenant: Tenant) -> Fields:
    def folder(one: Person) -> dict[str, str]:
        return node("personfolder", tenant.person_folder(one))

    return {
        "firstname": Field("First name", "text", lambda one: one.first_name),
        "lastname": Field("Last name", "text", lambda one: one.last_name),
        "email": Field("E-mail", "text", lambda one: one.emails[0] if one.emails else ""),
        "phones": Field("Phones", "collection", phones),
        "addresses": Field("Addresses", "collection", _addresses),
        "folder": Field("Status", "list", folder, nodes="personfolder"),
        "source": Field("Source", "text", lambda one: one.source),
        EMPLOYER: Field("Current employer", "text", lambda one: one.employer),
        TITLE: Field("Current title", "text", lambda one: one.title),
        SKILLS: Field("Skills", "text", lambda one: ", ".join(one.skills)),
        AVAILABLE: Field("Available from", "date", lambda one: day(one.available_on)),
        SALARY: Field("Salary expectation", "salary", _salary),
        OPT_OUT: Field("E-mail opt-out", "list", _opt_out, nodes="optout"),
        **{name: Field(title, "text", _text(name)) for name, title in TEXTS.items()},
        **_stamps(),
    }


def _text(name: str) -> Callable[[Person], Any]:
    return lambda one: one.custom.get(name)


def _opt_out(one: Person) -> dict[str, str] | None:
    """Nothing at all until somebody chose, which "No" needs a client to write."""
    chosen = one.custom.get(OPT_OUT)
    if one.opted_out:
        return node("optout", OPTED_OUT)
    return node("optout", chosen) if chosen and chosen != OPTED_OUT else None


def phones(one: Person) -> list[dict[str, Any]]:
    """Somebody's numbers, each an entry of the collection."""
    return [
        {"id": at, "phonetype": node("phonetype", f"D300{min(at, 3)}"), "phonenumber": number}
        for at, number in enumerate(one.phones, 1)
    ]


def _addresses(one: Person) -> list[dict[str, Any]]:
    if not (one.city or one.region or one.country):
        return []
    entry: dict[str, Any] = {"id": 1}
    if one.city:
        entry["addresscity"] = one.city
    if one.region:
        entry["addressstate"] = {"id": f"D41001{one.region}", "value": one.region} | {
            "abbrev": one.region
        }
    if one.country:
        name = _COUNTRIES.get(one.country, one.country)
        entry["addresscountry"] = {"id": f"D41{one.country}", "value": name} | {
            "abbrev": one.country
        }
    return [entry]


def _salary(one: Person) -> dict[str, Any] | None:
    return None if one.salary is None else _money(one.salary, one.currency)


def _money(amount: int, currency: str) -> dict[str, Any]:
    code = currency or "USD"
    return {"amountstring": f"{amount:,} {code}", "amount": amount, "currency": code}


def _job(tenant: Tenant) -> Fields:
    types = {value: identifier for identifier, value in LISTS["positiontype"].items()}

    def folder(one: Role) -> dict[str, str]:
        return node("jobfolder", tenant.role_folder(one))

    def salary(one: Role) -> dict[str, Any] | None:
        return _money(one.salary_max, one.currency) if one.salary_max else None

    def place(one: Role) -> dict[str, Any] | None:
        words = "-".join(word for word in (one.country, one.region, one.city) if word)
        return {"id": 900 + one.number, "value": words} if words else None

    return {
        "jobtitle": Field("Title", "text", lambda one: one.title),
        "folder": Field("Status", "list", folder, nodes="jobfolder"),
        "overview": Field("Overview", "html", lambda one: one.description),
        "positiontype": Field(
            "Type",
            "list",
            lambda one: node("positiontype", types.get(one.employment, "D4001")),
            nodes="positiontype",
        ),
        "positioncategory": Field("Category", "text", lambda one: one.department),
        "numberofpositions": Field("Positions", "number", lambda one: one.headcount),
        "joblocation": Field("Location", "link", place),
        "maxsalary": Field("Salary", "salary", salary),
        "skills": Field("Skills", "text", lambda one: ", ".join(one.skills)),
        "company": Field("Client", "text", lambda one: one.client),
        **_stamps(),
    }


def _workflow(tenant: Tenant) -> Fields:
    def job(one: Application) -> dict[str, Any]:
        role = one.role or 0
        return tenant.link("jobs", role, tenant.world.roles[role].title)

    def links(one: Application) -> list[dict[str, str]]:
        here = tenant.url("applicantworkflows", one.number)
        return [{"rel": "self", "title": "Applicant workflow", "url": here}]

    def source(one: Application) -> str:
        return tenant.world.people[one.person].source

    return {
        "baseprofile": Field("Job", "link", job),
        "associatedprofile": Field("Person", "link", lambda one: tenant.person_link(one.person)),
        "status": Field(
            "Status",
            "list",
            lambda one: node("applicantstatus", tenant.status(one)),
            nodes="applicantstatus",
        ),
        "source": Field("Source", "text", source),
        "sourcename": Field("Source name", "text", source),
        "links": Field("Links", "collection", links, is_read_only=True),
        **_stamps(),
    }


def _pool() -> Fields:
    def folder(one: Pool) -> dict[str, str]:
        return node("poolfolder", one.folder)

    return {
        "title": Field("Title", "text", lambda one: one.name),
        "overview": Field("Overview", "text", lambda one: one.overview),
        "externalid": Field("External id", "text", lambda one: one.external),
        "folder": Field("Status", "list", folder, nodes="poolfolder"),
        **_stamps(),
    }


def _membership(tenant: Tenant) -> Fields:
    def pool(one: Membership) -> dict[str, Any]:
        return tenant.link("talentpools", one.pool, tenant.pools[one.pool].name)

    return {
        "baseprofile": Field("Pool", "link", pool),
        "associatedprofile": Field("Person", "link", lambda one: tenant.person_link(one.person)),
        "status": Field(
            "Status", "list", lambda one: node("poolstatus", one.status), nodes="poolstatus"
        ),
        "source": Field("Source", "text", lambda one: one.source),
        "sourcename": Field("Source name", "text", lambda one: one.source),
        **_stamps(),
    }


#: What a filter's name begins with, for each kind of profile.
PREFIX = {
    "people": "person",
    "jobs": "job",
    "applicantworkflows": "applicantworkflow",
    "talentpools": "talentpool",
    "sourceworkflows": "sourceworkflow",
    "companies": "company",
}


#: The vendor's own names of filters by what a record belongs to, and what they stand for.
RELATED = {
    "applicantworkflows": {
        "applicantworkflow.person.id": "person.id",
        "applicantworkflow.job.id": "job.id",
    },
    "sourceworkflows": {
        "sourceworkflow.associatedprofile.person": "person.id",
        "sourceworkflow.baseprofile.number": "talentpool.id",
    },
}


def filters(kind: str, fields: Fields) -> dict[str, Filter]:
    """What a kind can be searched by."""
    kinds = {"datetime": "date", "date": "text", "number": "number", "list": "list"}
    known = {
        f"{PREFIX[kind]}.{name}": Filter(
            kinds.get(one.kind, "text"), frozenset(LISTS.get(one.nodes, ()))
        )
        for name, one in fields.items()
        if one.kind not in {"collection", "link", "salary"}
    }
    known[f"{PREFIX[kind]}.id"] = Filter("number")
    if kind in {"applicantworkflows", "sourceworkflows"}:
        known["person.id"] = Filter("number")
        known["job.id" if kind == "applicantworkflows" else "talentpool.id"] = Filter("number")
    known |= dict.fromkeys(RELATED.get(kind, {}), Filter("number"))
    # Texts of pools are asked for with their type.
    known |= {f"{name}.text": one for name, one in known.items() if kind == "talentpools"}
    return known


def reader(
    one: Any, identifier: int, fields: Fields, others: Mapping[str, int], seen_at: datetime
) -> Callable[[str], Any]:
    """Reads what a filter names, as the index knew it at ``seen_at``."""

    def get(name: str) -> Any:
        if name in others:
            return others[name]
        field = name.partition(".")[2].removesuffix(".text")
        if field == "id":
            return identifier
        if field == "createddate":
            return one.created_at
        if field == "updateddate":
            # What was changed since stands in the index with an older date.
            return one.updated_at if one.updated_at <= seen_at else one.created_at
        value = fields[field].read(one)
        return value["id"] if isinstance(value, dict) else value

    return get
