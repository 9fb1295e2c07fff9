"""Lever's contacts, and new opportunities, which find their contact by e-mail."""

from typing import TYPE_CHECKING, Any

from warmbench.simulators import lever_shapes as shapes
from warmbench.simulators.lever_ids import number
from warmbench.simulators.lever_opportunities import acting
from warmbench.simulators.lever_paging import missing, refuse
from warmbench.simulators.records import Person
from warmbench.simulators.vendor import Answer, Request, Routes

if TYPE_CHECKING:
    from warmbench.simulators.lever import Lever

routes = Routes()
Json = dict[str, Any]


def _found(vendor: "Lever", request: Request) -> Person:
    person = vendor.world.people.get(number("contact", request.params["id"]))
    if person is None:
        raise missing("Contact")
    return person


@routes.on("GET", "/v1/contacts/{id}")
def contact(vendor: "Lever", request: Request) -> Answer:
    """One human being. There is no list of them."""
    return Answer(200, {"data": shapes.contact(_found(vendor, request))})


@routes.on("PUT", "/v1/contacts/{id}")
def change_contact(vendor: "Lever", request: Request) -> Answer:
    """Replace a contact: what is left out is emptied, the worst that the contract leaves open."""
    person = _found(vendor, request)
    body = request.json()
    if not isinstance(body, dict) or not isinstance(body.get("location") or "", str):
        raise refuse("location must be text.")
    vendor.world.edit(person.number, **_fields(body))
    return Answer(200, {"data": shapes.contact(person)})


@routes.on("POST", "/v1/opportunities")
def add_opportunity(vendor: "Lever", request: Request) -> Answer:
    """A new opportunity: of the contact who has one of the e-mails, or of a new one."""
    acting(vendor, request, required=True)
    body = request.json()
    if not isinstance(body, dict):
        raise refuse("The body must be an object.")
    postings = body.get("postings") or []
    roles = [number("posting", text) for text in postings]
    if len(roles) > 1 or not set(roles) <= set(vendor.world.roles):
        raise refuse("postings may name one posting.")
    role = roles[0] if roles else None
    emails = body.get("emails") or []
    known = [found for email in emails for found in vendor.world.with_email(email)]
    if known:
        added = vendor.world.apply(known[0].number, role)
    else:
        person = vendor.world.add(role=role, source="Sourced", **_fields(body))
        added = vendor.world.applications_of(person)[0].number
    one = vendor.world.applications[added]
    if tags := body.get("tags"):
        vendor.set_tags(one, list(tags))
    made: Json = {"data": shapes.opportunity(vendor, one)}
    return Answer(201, {"deduped": True, **made} if known else made)


def _fields(body: Json) -> Json:
    first, _, last = str(body.get("name") or "").partition(" ")
    title, _, employer = str(body.get("headline") or "").partition(" at ")
    city, _, country = str(body.get("location") or "").rpartition(", ")
    return {
        "first_name": first,
        "last_name": last,
        "title": title,
        "employer": employer,
        "city": city or country,
        "region": "",
        "country": country if city and len(country) == 2 else "",
        "emails": [str(one) for one in body.get("emails") or []],
        "phones": [str(one["value"]) for one in body.get("phones") or []],
    }
