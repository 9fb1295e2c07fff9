"""Answers what clients read from iCIMS: searches, profiles, lists and schemas."""

import json
from datetime import timedelta
from typing import Any

from warmbench.simulators import icims_profiles, icims_search
from warmbench.simulators.icims_errors import refuse
from warmbench.simulators.icims_profiles import Field, Fields
from warmbench.simulators.icims_tenant import BASE, FIRST, LISTS
from warmbench.simulators.vendor import Answer, Request, Routes

#: A search answers with so many ids.
MOST = 1_000
#: A list shows so many of its nodes at once.
NODES = 50
KINDS = ("people", "jobs", "applicantworkflows", "talentpools", "sourceworkflows", "companies")
#: What a kind of profile is called in the schemas.
SCHEMAS = {
    "person": "people",
    "job": "jobs",
    "submittal": "applicantworkflows",
    "talentpool": "talentpools",
    "sourceworkflow": "sourceworkflows",
    "company": "companies",
}

routes = Routes()


def search(vendor: Any, request: Request) -> Answer:
    """Ids in rising order, at most a thousand, out of an index that may be old."""
    kind = request.params["kind"]
    if kind not in KINDS:
        raise refuse(2, f"There is no search for {kind}.")
    text = request.body or request.get("searchJson").encode()
    fields: Fields = vendor.tables[kind]
    try:
        test = icims_search.reading(
            json.loads(text or b"{}"),
            icims_profiles.filters(kind, fields),
            now=vendor.world.clock(),
        )
    except icims_search.FilterError as wrong:
        raise refuse(1, str(wrong)) from wrong
    seen_at = _index_from(vendor, kind, request.get("staleness"))
    results: list[dict[str, Any]] = []
    records = vendor.tenant.kept(kind)
    for number in sorted(records):
        one, identifier = records[number], FIRST[kind] + number
        if one.created_at > seen_at or (kind == "applicantworkflows" and one.role is None):
            continue
        others = _others(kind, one)
        if test(icims_profiles.reader(one, identifier, fields, others, seen_at)):
            shown = str(identifier) if vendor.options.has_ids_as_strings else identifier
            results.append({"self": vendor.tenant.url(kind, number), "id": shown})
            if len(results) == MOST:
                break
    return Answer(200, {"searchResults": results})


routes.on("POST", f"{BASE}/search/{{kind}}", reads=True)(search)
routes.on("GET", f"{BASE}/search/{{kind}}")(search)


def _index_from(vendor: Any, kind: str, staleness: str) -> Any:
    """The moment of the index, which is built again only if it is older than the client bears."""
    now = vendor.world.clock()
    bearable = vendor.options.staleness
    if staleness.isdigit():
        bearable = timedelta(minutes=int(staleness))
    built = vendor.indexes.get(kind)
    if built is None or now - built > bearable or not bearable:
        vendor.indexes[kind] = now
    return vendor.indexes[kind]


def _others(kind: str, one: Any) -> dict[str, int]:
    known = _related(kind, one)
    names = icims_profiles.RELATED.get(kind, {})
    return known | {name: known[short] for name, short in names.items()}


def _related(kind: str, one: Any) -> dict[str, int]:
    if kind == "applicantworkflows":
        return {"person.id": FIRST["people"] + one.person, "job.id": FIRST["jobs"] + one.role}
    if kind == "sourceworkflows":
        pool = FIRST["talentpools"] + one.pool
        return {"person.id": FIRST["people"] + one.person, "talentpool.id": pool}
    return {}


def record(vendor: Any, kind: str, text: str) -> Any:
    """One record by the id in a path; refused if there is none, or nobody may see it."""
    one = vendor.tenant.record(kind, int(text)) if text.isdigit() else None
    if one is None:
        raise refuse(2, f"The profile {text} was not found.")
    if kind == "people" and one.is_private:
        raise refuse(3, f"The profile {text} may not be seen.")
    return one


def _reader(kind: str) -> Any:
    def read(vendor: Any, request: Request) -> Answer:
        """The fields of a profile that have a value."""
        one = record(vendor, kind, request.params["id"])
        asked = [name for name in request.get("fields").split(",") if name]
        return Answer(200, icims_profiles.shown(one, vendor.tables[kind], asked))

    return read


for _kind in KINDS:
    routes.on("GET", f"{BASE}/{_kind}/{{id}}")(_reader(_kind))


@routes.on("GET", f"{BASE}/people/{{id}}/fields/{{name}}")
def read_field(vendor: Any, request: Request) -> Answer:
    """One field of somebody; a collection as a list."""
    one, name = record(vendor, "people", request.params["id"]), request.params["name"]
    fields: Fields = vendor.tables["people"]
    if name not in fields:
        raise refuse(2, f"There is no field {name}.")
    return Answer(200, {name: fields[name].read(one)})


@routes.on("GET", f"{BASE}/v2/lists")
def read_lists(vendor: Any, request: Request) -> Answer:
    """The names of all lists."""
    here = f"{vendor.address}{BASE}/v2/lists"
    items = [{"id": name, "value": name, "self": f"{here}/{name}"} for name in LISTS]
    return Answer(200, _page(items, request, here))


@routes.on("GET", f"{BASE}/v2/lists/{{name}}")
def read_list(vendor: Any, request: Request) -> Answer:
    """One level of a list."""
    name = request.params["name"]
    if name not in LISTS:
        raise refuse(2, f"There is no list {name}.")
    items = [{"id": identifier, "value": value} for identifier, value in LISTS[name].items()]
    return Answer(200, _page(items, request, f"{vendor.address}{BASE}/v2/lists/{name}"))


def _page(items: list[dict[str, str]], request: Request, here: str) -> dict[str, Any]:
    asked, size = request.get("page", "1"), request.get("pageSize", str(NODES))
    if not asked.isdigit() or not size.isdigit() or not int(size):
        raise refuse(1, "page and pageSize are numbers.")
    page, count = int(asked), int(size)
    shown = items[(page - 1) * count : page * count]
    said: dict[str, Any] = {"items": shown, "page": page, "total": len(items)}
    if page * count < len(items):
        said["next"] = f"{here}?page={page + 1}&pageSize={count}"
    return said


def read_schema(vendor: Any, request: Request) -> Answer:
    """The fields that this tenant has for a kind of profile, as a JSON Schema."""
    kind = SCHEMAS.get(request.params["kind"])
    if kind is None:
        raise refuse(2, f"There is no profile {request.params['kind']}.")
    properties = {name: _property(one) for name, one in vendor.tables[kind].items()}
    return Answer(
        200,
        {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": request.params["kind"],
            "type": "object",
            "properties": properties,
            "required": ["firstname", "lastname"] if kind == "people" else [],
        },
    )


for _base in (BASE, ""):
    routes.on("GET", f"{_base}/profiledefinitions/v1/{{kind}}/schema")(read_schema)


_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "html": {"type": "string", "contentMediaType": "text/html"},
    "number": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "yyyy-MM-dd hh:mm a"},
    "collection": {"type": "array", "items": {"type": "object"}},
}
_PARTS = {
    "list": ("id", "value", "formattedvalue"),
    "link": ("profile", "id", "value"),
    "salary": ("amountstring", "amount", "currency"),
}


def _property(one: Field) -> dict[str, Any]:
    said: dict[str, Any] = {"title": one.title}
    if one.kind in _PARTS:
        said |= {"type": "object", "properties": {part: {} for part in _PARTS[one.kind]}}
    else:
        said |= _TYPES[one.kind]
    if one.nodes:
        said["list"] = one.nodes
    if one.is_read_only:
        said["readOnly"] = True
    return said
