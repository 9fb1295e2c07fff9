"""Lever's opportunities: lists, one, what was deleted, and changes that answer half empty."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from warmbench.simulators import lever_shapes as shapes
from warmbench.simulators.lever_ids import LEADS, ms, number, stage_id, uuid
from warmbench.simulators.lever_paging import (
    Test,
    included,
    known_only,
    missing,
    one_of,
    page,
    refuse,
    shows_all,
    windows,
)
from warmbench.simulators.records import Application
from warmbench.simulators.vendor import Answer, Request, Routes

if TYPE_CHECKING:
    from warmbench.simulators.lever import Lever

routes = Routes()
Json = dict[str, Any]

_DATES = ("created_at", "updated_at", "advanced_at", "archived_at")
_FILTERS = {
    *("tag", "email", "origin", "source", "stage_id", "posting_id", "archived_posting_id"),
    *("archived", "archive_reason_id", "snoozed", "contact_id", "location"),
    *(f"{name}_{side}" for name in _DATES for side in ("start", "end")),
}


class Deleted(NamedTuple):
    """An opportunity that is no more."""

    number: int
    at: datetime


def found(vendor: "Lever", request: Request) -> Application:
    """The opportunity that the path names, for a change."""
    one = vendor.world.applications.get(number("opportunity", request.params["id"]))
    if one is None:
        raise missing("Opportunity")
    return one


def acting(vendor: "Lever", request: Request, *, required: bool = False) -> int | None:
    """The number of the user whom ``perform_as`` names."""
    text = request.get("perform_as")
    if not text:
        if required:
            raise refuse("perform_as is required.")
        return None
    user = number("user", text)
    if user not in vendor.world.recruiters:
        raise refuse("perform_as is no user.")
    return user


@routes.on("GET", "/v1/opportunities")
def opportunities(vendor: "Lever", request: Request) -> Answer:
    """Those that pass all filters. What has no ``updatedAt`` is in no window of it."""
    known_only(request, _FILTERS)
    world = vendor.world
    numbers: Sequence[int] = range(world.last_application, 0, -1)
    if contacts := request.query.get("contact_id"):
        people = {number("contact", text) for text in contacts}
        numbers = sorted((a.number for p in people for a in world.applications_of(p)), reverse=True)
    rows, rest = page(vendor, request, numbers, world.applications.get, _tests(vendor, request))
    data = [_shaped(vendor, request, one) for one in rows]
    return Answer(200, {"data": data, **rest})


@routes.on("GET", "/v1/opportunities/deleted")
def deleted(vendor: "Lever", request: Request) -> Answer:
    """Opportunities that are gone, by when that was."""
    known_only(request, ("deleted_at_start", "deleted_at_end"))
    gone: dict[int, Deleted] = {}
    for change in vendor.world.changes:
        if change.what == "application.deleted":
            gone[change.id] = Deleted(change.id, change.at)
        elif change.what == "person.deleted":
            for at in vendor.world.gone[change.id].applications:
                gone[at] = Deleted(at, change.at)
    tests = windows(request, {"deleted_at": lambda one: one.at})
    rows, rest = page(vendor, request, sorted(gone, reverse=True), gone.get, tests)
    data = [
        {"id": uuid("opportunity", one.number), "deletedBy": None, "deletedAt": ms(one.at)}
        for one in rows
    ]
    return Answer(200, {"data": data, **rest})


@routes.on("GET", "/v1/opportunities/{id}")
def opportunity(vendor: "Lever", request: Request) -> Answer:
    """One opportunity, as it really is."""
    one = found(vendor, request)
    if vendor.world.people[one.person].is_private and not shows_all(request):
        raise missing("Opportunity")
    return Answer(200, {"data": _shaped(vendor, request, one)})


@routes.on("GET", "/v1/opportunities/{id}/applications")
def applications(vendor: "Lever", request: Request) -> Answer:
    """At most one."""
    one = found(vendor, request)
    data = [shapes.application(vendor, one)] if one.role else []
    return Answer(200, {"data": data, "hasNext": False})


@routes.on("POST", "/v1/opportunities/{id}/addTags")
def add_tags(vendor: "Lever", request: Request) -> Answer:
    """Tags more; one that is not known is made."""
    one = found(vendor, request)
    acting(vendor, request)
    vendor.set_tags(one, list(dict.fromkeys([*vendor.tags_of(one), *_words(request, "tags")])))
    return _half_empty(vendor, one)


@routes.on("POST", "/v1/opportunities/{id}/removeTags")
def remove_tags(vendor: "Lever", request: Request) -> Answer:
    """Tags less."""
    one = found(vendor, request)
    acting(vendor, request)
    gone = _words(request, "tags")
    vendor.set_tags(one, [tag for tag in vendor.tags_of(one) if tag not in gone])
    return _half_empty(vendor, one)


@routes.on("POST", "/v1/opportunities/{id}/addSources")
def add_sources(vendor: "Lever", request: Request) -> Answer:
    """The world keeps one source: the last."""
    one = found(vendor, request)
    vendor.world.edit(one.person, source=_words(request, "sources")[-1])
    return _half_empty(vendor, one)


@routes.on("POST", "/v1/opportunities/{id}/addLinks")
def add_links(vendor: "Lever", request: Request) -> Answer:
    """Links more: the one change that answers with the whole person."""
    one = found(vendor, request)
    links = [*vendor.world.people[one.person].links, *_words(request, "links")]
    vendor.world.edit(one.person, links=list(dict.fromkeys(links)))
    return Answer(200, {"data": shapes.opportunity(vendor, one)})


@routes.on("PUT", "/v1/opportunities/{id}/stage")
def set_stage(vendor: "Lever", request: Request) -> Answer:
    """To another stage."""
    one = found(vendor, request)
    acting(vendor, request)
    stage = str(_object(request).get("stage") or "")
    known = {stage_id(at.number, is_lead=False): at.number for at in vendor.world.stages}
    known |= dict.fromkeys(LEADS, 1)
    if stage not in known:
        raise refuse("The stage is unknown.")
    vendor.set_stage(one, stage, known[stage])
    return _half_empty(vendor, one)


@routes.on("PUT", "/v1/opportunities/{id}/archived")
def archive(vendor: "Lever", request: Request) -> Answer:
    """Archive with a reason, hired among them; without one, take it back."""
    one = found(vendor, request)
    acting(vendor, request)
    body = _object(request)
    if "reason" not in body:
        raise refuse("reason is required.")
    texts = dict(enumerate(vendor.reasons, 1))
    if body["reason"] is None:
        if one.state == "hired":
            vendor.world.unhire(one.number)
        elif one.state == "rejected":
            vendor.world.unreject(one.number)
        return _half_empty(vendor, one)
    text = texts.get(number("reason", body["reason"]))
    if text is None:
        raise refuse("The reason is unknown.")
    if vendor.reasons[text] == "hired":
        vendor.world.hire(one.number)
    else:
        vendor.world.reject(one.number, text)
    return _half_empty(vendor, one)


def _half_empty(vendor: "Lever", one: Application) -> Answer:
    made = {**shapes.opportunity(vendor, one), **shapes.BLANK_AFTER_CHANGE}
    return Answer(200, {"data": made})


def _object(request: Request) -> Json:
    body = request.json()
    if not isinstance(body, dict):
        raise refuse("The body must be an object.")
    return body


def _words(request: Request, key: str) -> list[str]:
    value = _object(request).get(key)
    if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
        raise refuse(f"{key} must be a list of words.")
    return value


def _tests(vendor: "Lever", request: Request) -> list[Test]:
    world = vendor.world

    def archived_at(one: Application) -> datetime | None:
        return one.hired_at or one.rejected_at

    tests = windows(
        request,
        {
            "created_at": lambda one: one.created_at,
            "updated_at": lambda one: shapes.updated_at(vendor, one, world.people[one.person]),
            "advanced_at": lambda one: one.history[-1][1] if one.history else None,
            "archived_at": archived_at,
        },
    )
    if not shows_all(request):
        tests.append(lambda one: not world.people[one.person].is_private)
    if emails := request.query.get("email"):
        people = {found.number for email in emails for found in world.with_email(email)}
        tests.append(lambda one: one.person in people)
    if archived := request.get("archived"):
        tests.append(lambda one: (one.state in {"hired", "rejected"}) is (archived == "true"))
    if request.get("snoozed") == "true":
        tests.append(lambda _: False)
    for name in ("posting_id", "archived_posting_id"):
        is_over = name.startswith("archived")
        wanted = {number("posting", text) for text in request.query.get(name, ())}
        if wanted:
            tests.append(_at_posting(wanted, is_over=is_over))
    tests += one_of(request, "tag", vendor.tags_of)
    tests += one_of(request, "stage_id", lambda one: [vendor.stage_of(one)])
    tests += one_of(request, "source", lambda one: [world.people[one.person].source])
    tests += one_of(request, "location", lambda one: [shapes.place(world.people[one.person])])
    tests += one_of(request, "origin", lambda one: [shapes.origin(world.people[one.person])])
    tests += one_of(
        request,
        "archive_reason_id",
        lambda one: [(shapes.archived(vendor, one) or {}).get("reason", "")],
    )
    return tests


def _at_posting(wanted: set[int], *, is_over: bool) -> Test:
    return lambda one: one.role in wanted and (one.state in {"hired", "rejected"}) is is_over


def _shaped(vendor: "Lever", request: Request, one: Application) -> Json:
    made = shapes.opportunity(vendor, one)
    wanted = {name for value in request.query.get("expand", ()) for name in value.split(",")}
    users = vendor.world.recruiters
    if "contact" in wanted:
        made["contact"] = shapes.contact(vendor.world.people[one.person])
    if "applications" in wanted:
        made["applications"] = [shapes.application(vendor, one)] if one.role else []
    if "stage" in wanted:
        made["stage"] = {"id": made["stage"], "text": stage_text(vendor, made["stage"])}
    if "owner" in wanted and made["owner"]:
        made["owner"] = shapes.user(vendor, users[number("user", made["owner"])])
    if "followers" in wanted:
        made["followers"] = [
            shapes.user(vendor, users[number("user", id_)]) for id_ in made["followers"]
        ]
    return included(request, made)


def stage_text(vendor: "Lever", id_: str) -> str:
    """What a stage is called."""
    if id_ in LEADS:
        return LEADS[id_]
    names = {stage_id(one.number, is_lead=False): one.name for one in vendor.world.stages}
    return names[id_]
