"""Answers what clients read from Bullhorn: search, query, entity, meta and settings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from warmbench.simulators import bullhorn_fields, bullhorn_jpql, bullhorn_lucene
from warmbench.simulators.bullhorn_agency import (
    PLACED,
    PLACEMENT_WORDS,
    REJECTED,
    STAGE_WORDS,
)
from warmbench.simulators.bullhorn_fields import Field, FieldsError, Wanted
from warmbench.simulators.bullhorn_login import LANE, refuse
from warmbench.simulators.vendor import Answer, Request, Routes

INDEXED = ("Candidate", "ClientCorporation", "JobOrder", "Note", "Placement")
#: Only a search finds these.
UNQUERYABLE = ("Candidate", "Note")
#: So many rows unless a client wants fewer or more, and never more than the last.
USUAL, MOST = 20, 500
#: So many answers are remembered: whoever pages through one does not pay for it each time.
REMEMBERED = 8

routes = Routes()


@dataclass(frozen=True)
class _Asked:
    """The parameters of a call, from the query or from the body."""

    given: dict[str, str]

    @classmethod
    def of(cls, request: Request) -> "_Asked":
        given = {name: values[-1] for name, values in request.query.items()}
        form = request.form()
        body = form or (request.json() if request.body else {})
        return cls({**given, **{str(name): str(value) for name, value in body.items()}})

    def number(self, name: str, usual: int) -> int:
        text = self.given.get(name, "")
        if not text:
            return usual
        if not text.isdigit():
            raise refuse(400, f"{name} must be a number.", "errors.invalidParameter")
        return int(text)

    def fields(self, vendor: Any) -> Wanted:
        text = self.given.get("fields", "id")
        if "*" in text.split(",") and not vendor.options.allows_all_fields:
            raise refuse(400, "All fields are not allowed.", "errors.allFieldsNotAllowed")
        try:
            return bullhorn_fields.wanted(text)
        except FieldsError as wrong:
            message = f"Cannot read the fields at {wrong}."
            raise refuse(400, message, "errors.invalidFields") from wrong


def table(vendor: Any, entity: str) -> dict[str, Field]:
    """The fields of an entity; one that there is not is refused."""
    tables: dict[str, dict[str, Field]] = vendor.tables()
    if entity not in tables:
        raise refuse(400, f"Unknown entity: {entity}", "errors.unknownEntity")
    return tables[entity]


def search(vendor: Any, request: Request) -> Answer:
    """A page of what Lucene finds, with how many there are in all."""
    entity, asked = request.params["entity"], _Asked.of(request)
    if entity not in INDEXED:
        raise refuse(400, f"Cannot search {entity}.", "errors.searchUnknownEntity")
    query = asked.given.get("query", "")
    if not query:
        raise refuse(400, "query is required.", "errors.missingParameter")
    if entity == "Note" and not vendor.options.finds_notes:
        return Answer(200, {"total": 0, "start": 0, "count": 0, "data": []})
    fields = table(vendor, entity)
    sort = asked.given.get("sort", "")

    # Where the index lacks that date it lacks it for everything, whatever the metadata say.
    lacks_date = not vendor.options.has_date_last_modified
    known = {name: one for name, one in fields.items() if name != "dateLastModified"}
    kind_of = bullhorn_fields.kind_of(known if lacks_date else fields)

    def test() -> bullhorn_lucene.Test:
        zone = vendor.options.search_zone
        try:
            return bullhorn_lucene.reading(query, kind_of, zone=zone)
        except bullhorn_lucene.LuceneError as wrong:
            raise refuse(400, str(wrong), "errors.badQuery") from wrong

    found = _found(vendor, ("search", entity, query, sort), fields, test)
    page = _page(found, asked, fields, asked.fields(vendor))
    page["data"] = [{**row, "_score": 1.0} for row in page["data"]]
    return Answer(200, {"total": len(found), **page})


routes.on("GET", f"{LANE}/search/{{entity}}")(search)
routes.on("POST", f"{LANE}/search/{{entity}}", reads=True)(search)


def query(vendor: Any, request: Request) -> Answer:
    """A page of what JPQL finds; how many there are is not said."""
    entity, asked = request.params["entity"], _Asked.of(request)
    if entity in UNQUERYABLE:
        raise refuse(400, f"{entity} is indexed: search it.", "errors.queryIndexedEntity")
    fields, where = table(vendor, entity), asked.given.get("where", "")
    if not where:
        raise refuse(400, "where is required.", "errors.missingParameter")
    sort = asked.given.get("orderBy", "")

    def test() -> bullhorn_lucene.Test:
        try:
            return bullhorn_jpql.reading(where, bullhorn_fields.kind_of(fields))
        except bullhorn_jpql.JpqlError as wrong:
            raise refuse(400, str(wrong), "errors.badQuery") from wrong

    found = _found(vendor, ("query", entity, where, sort), fields, test)
    return Answer(200, _page(found, asked, fields, asked.fields(vendor)))


routes.on("GET", f"{LANE}/query/{{entity}}")(query)
routes.on("POST", f"{LANE}/query/{{entity}}", reads=True)(query)


def _found(
    vendor: Any,
    key: tuple[str, str, str, str],
    fields: dict[str, Field],
    test: Callable[[], bullhorn_lucene.Test],
) -> Sequence[Any]:
    """All records that pass, in order; remembered until anything changes."""
    state = len(vendor.world.changes), vendor.written
    remembered: dict[Any, Sequence[Any]] = vendor.remembered
    if (key, state) in remembered:
        return remembered[key, state]
    passes = test()
    found = [
        one for one in vendor.agency.records(key[1]) if passes(bullhorn_fields.reader(one, fields))
    ]
    _sort(found, key[3] or "id", fields)
    while len(remembered) >= REMEMBERED:
        del remembered[next(iter(remembered))]
    remembered[key, state] = found
    return found


def _sort(found: list[Any], order: str, fields: dict[str, Field]) -> None:
    for part in reversed(order.split(",")):
        name, _, way = part.strip().partition(" ")
        down = name.startswith("-") or way.strip().upper() == "DESC"
        name = name.lstrip("+-")
        if name not in fields or fields[name].shape != "SCALAR":
            raise refuse(400, f"Cannot sort by {name}.", "errors.invalidSort")
        found.sort(key=partial(_sortable, fields[name]), reverse=down)


def _sortable(field: Field, one: Any) -> tuple[int, Any]:
    """Nothing comes before everything."""
    value = field.read(one)
    if value is None:
        return 0, 0
    return (1, value) if isinstance(value, int | float) else (2, str(value))


def _page(
    found: Sequence[Any], asked: _Asked, fields: dict[str, Field], wanted: Wanted
) -> dict[str, Any]:
    start, count = asked.number("start", 0), min(asked.number("count", USUAL), MOST)
    if "*" in wanted:
        wanted = dict.fromkeys(fields)
    rows = [bullhorn_fields.shown(one, fields, wanted) for one in found[start : start + count]]
    return {"start": start, "count": len(rows), "data": rows}


@routes.on("GET", f"{LANE}/entity/{{entity}}/{{ids}}")
def read(vendor: Any, request: Request) -> Answer:
    """One record, or several as a list; of several, those that there are not are left out."""
    entity, asked = request.params["entity"], _Asked.of(request)
    fields, wanted = table(vendor, entity), asked.fields(vendor)
    if "*" in wanted:
        wanted = dict.fromkeys(fields)
    ids = [int(one) for one in request.params["ids"].split(",") if one.isdigit()]
    records = [vendor.agency.record(entity, one) for one in ids]
    rows = [bullhorn_fields.shown(one, fields, wanted) for one in records if one is not None]
    if not rows:
        raise not_found(entity)
    return Answer(200, {"data": rows if len(ids) > 1 else rows[0]})


def not_found(entity: str) -> Exception:
    """What is raised for a record that there is not."""
    return refuse(404, f"{entity} not found.", "errors.notFound")


@routes.on("GET", f"{LANE}/entity/{{entity}}/{{id}}/{{many}}")
def read_many(vendor: Any, request: Request) -> Answer:
    """A page of what belongs to a record, in full."""
    entity, name, asked = request.params["entity"], request.params["many"], _Asked.of(request)
    fields = table(vendor, entity)
    one = vendor.agency.record(entity, _integer(request.params["id"]))
    if one is None:
        raise not_found(entity)
    if name not in fields or fields[name].shape != "TO_MANY":
        raise refuse(400, f"{entity} has no {name}.", "errors.unknownAssociation")
    all_of_it = fields[name].read(one)
    start, count = asked.number("start", 0), min(asked.number("count", USUAL), MOST)
    wanted = {"id": None, **asked.fields(vendor)}
    rows = [
        {field: each[field] for field in wanted if field in each}
        for each in all_of_it[start : start + count]
    ]
    return Answer(200, {"start": start, "count": len(rows), "data": rows})


def _integer(text: str) -> int:
    if not text.isdigit():
        raise refuse(400, "An id is a number.", "errors.invalidId")
    return int(text)


@routes.on("GET", f"{LANE}/meta/{{entity}}")
def describe(vendor: Any, request: Request) -> Answer:
    """An entity's fields: nothing of them unless asked, and all only with ``meta=full``."""
    entity, level = request.params["entity"], request.get("meta", "off")
    fields = table(vendor, entity)
    said: dict[str, Any] = {"entity": entity, "label": entity}
    if level != "off":
        names = request.get("fields", "*").split(",")
        said["fields"] = [
            bullhorn_fields.described(name, one, is_full=level == "full")
            for name, one in fields.items()
            if "*" in names or name in names
        ]
    return Answer(200, said)


@routes.on("GET", f"{LANE}/settings/{{names}}")
def settings(vendor: Any, request: Request) -> Answer:
    """The tenant's own lists, by name."""
    known = {
        "commentActionList": vendor.options.comment_actions,
        "jobResponseStatusList": [*STAGE_WORDS.values(), REJECTED, PLACED],
        "placementStatusList": list(PLACEMENT_WORDS),
        "userId": vendor.agency.user(1)["id"],
    }
    names = request.params["names"].split(",")
    return Answer(200, {name: known[name] for name in names if name in known})
