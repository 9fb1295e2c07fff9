"""Lever's notes: they can be deleted, and an @ in them writes to people."""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from warmbench.simulators import lever_shapes as shapes
from warmbench.simulators.lever_ids import number
from warmbench.simulators.lever_opportunities import acting, found
from warmbench.simulators.lever_paging import missing, page, refuse
from warmbench.simulators.records import Application, Note
from warmbench.simulators.vendor import Answer, Request, Routes

if TYPE_CHECKING:
    from warmbench.simulators.lever import Lever

routes = Routes()

#: Not within an e-mail address, and not after a backslash.
_MENTION = re.compile(r"(?<![\w.\\])@(\w[\w.-]*)")


@routes.on("GET", "/v1/opportunities/{id}/notes")
def notes(vendor: "Lever", request: Request) -> Answer:
    """The notes of one opportunity, the last one first."""
    one = found(vendor, request)
    mine = {note.number: note for note in _of(vendor, one)}
    rows, rest = page(vendor, request, sorted(mine, reverse=True), mine.get, [])
    data = [shapes.note(note, vendor.stage_of(one)) for note in rows]
    return Answer(200, {"data": data, **rest})


@routes.on("GET", "/v1/opportunities/{id}/notes/{note}")
def note(vendor: "Lever", request: Request) -> Answer:
    """One note."""
    one = found(vendor, request)
    return Answer(200, {"data": shapes.note(_note(vendor, request, one), vendor.stage_of(one))})


@routes.on("POST", "/v1/opportunities/{id}/notes")
def add_note(vendor: "Lever", request: Request) -> Answer:
    """A note. Whoever stands in it after an @ is told."""
    one = found(vendor, request)
    author = acting(vendor, request)
    body = request.json()
    value = body.get("value") if isinstance(body, dict) else None
    if not isinstance(value, str) or not value:
        raise refuse("value is required.")
    created = {}
    if body.get("createdAt"):
        at = datetime.fromtimestamp(body["createdAt"] / 1000, UTC)
        created = {"created_at": at, "updated_at": at}
    added = vendor.world.note(
        one.person,
        value,
        application=one.number,
        author=author,
        visibility="secret" if body.get("secret") else "",
        **created,
    )
    vendor.mentions += [(added, word) for word in _MENTION.findall(value)]
    return Answer(201, {"data": shapes.note(vendor.world.notes[added], vendor.stage_of(one))})


@routes.on("DELETE", "/v1/opportunities/{id}/notes/{note}")
def remove_note(vendor: "Lever", request: Request) -> Answer:
    """Take a note away."""
    one = found(vendor, request)
    vendor.world.forget_note(_note(vendor, request, one).number)
    return Answer(204)


def _of(vendor: "Lever", one: Application) -> list[Note]:
    """Notes about the person as such stand with their first opportunity."""
    is_first = vendor.world.applications_of(one.person)[0] is one
    return [
        note
        for note in vendor.world.notes_of(one.person)
        if note.application == one.number or (is_first and note.application is None)
    ]


def _note(vendor: "Lever", request: Request, one: Application) -> Note:
    wanted = number("note", request.params["note"])
    for note in _of(vendor, one):
        if note.number == wanted:
            return note
    raise missing("Note")
