"""What the API says of itself: its operations as OpenAPI has them, and what each asks for."""

from collections.abc import Mapping
from typing import Any

from ninja import NinjaAPI
from ninja.openapi import schema as ninja_schema
from ninja.openapi.schema import OpenAPISchema
from ninja.schema import NinjaGenerateJsonSchema
from pydantic.json_schema import JsonSchemaValue

from warmbench.web.api.keys import MOST, KeyAuth

_INTRODUCTION = f"""
What the pages do, for programs: candidates, pools, enrollments, roles and who fits them, signals,
follow-ups, decisions and exports.

* **Keys.** Each operation names the scope that it asks for. A key that reads or writes everything
  has all of them.
* **Pages.** Every list has `items` and `next`: ask again with `after` set to `next` until it is
  null.
* **Once.** Send `Idempotency-Key` with each `POST` and `PATCH`: asked again under the same key, for
  24 hours, nothing is done a second time, and the first answer is repeated. With another body it
  is refused (422).
* **How often.** A key may ask {MOST} times a minute. `RateLimit` says how often it still may, and
  `Retry-After` when, once it may not.
* **Errors** are problem+json (RFC 9457): `detail` is a sentence, `errors` one for each field.
* **Messages.** No operation writes to a candidate: who is let begin a sequence hears from us when
  the last gate allows it, and not otherwise.
"""
_SAID = {
    "400": "The body is no JSON.",
    "401": "No key, an unknown one, a revoked or an expired one.",
    "403": "The key lacks the scope, or the user who is named may not do that.",
    "404": "There is nothing of this number.",
    "409": "It cannot be done as things stand.",
    "413": "The body is too large.",
    "422": "Something in the request cannot be taken; `errors` says what.",
    "429": "Too many requests. `Retry-After` says when to go on.",
}
_TITLES = {
    "400": "Bad Request",
    "401": "Unauthorized",
    "403": "Forbidden",
    "404": "Not Found",
    "409": "Conflict",
    "413": "Request Entity Too Large",
    "422": "Unprocessable Entity",
    "429": "Too Many Requests",
}
#: Only what is sent with a body can have a bad one.
_OF_BODIES = ("400", "413")
_ROOM = {
    "RateLimit": {
        "description": "How often the key may still ask, and for how many seconds that holds.",
        "schema": {"type": "string"},
        "example": '"key";r=299;t=42',
    }
}
_WAIT = {
    "Retry-After": {
        "description": "Seconds after which the key may ask again.",
        "schema": {"type": "string"},
        "example": "42",
    }
}


class EnumsInPlace(NinjaGenerateJsonSchema):
    """Describes the words that a field may have where the field stands. Ninja would call them by
    the name of their class, and describe all classes of that name as the last of them."""

    def generate_inner(self, schema: Any) -> JsonSchemaValue:
        """What is said of one type."""
        if schema["type"] == "enum":
            schema = {name: said for name, said in schema.items() if name != "ref"}
        return super().generate_inner(schema)


# There is no setting for it.
ninja_schema.NinjaGenerateJsonSchema = EnumsInPlace  # type: ignore[attr-defined]


class Api(NinjaAPI):
    """An API that describes its refusals as it makes them."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(title="Warmbench", description=_INTRODUCTION, **settings)

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        """The description, with the scope, refusals and headers of each operation."""
        schema = super().get_openapi_schema(**where)
        asked = scopes(self)
        for path, methods in schema["paths"].items():
            for method, operation in methods.items():
                scope = asked[path.removeprefix("/api/v1"), method.upper()]
                said = operation.get("description", "")
                operation["description"] = f"{said}\n\nAsks for the scope `{scope}`.".strip()
                _describe(operation)
        return schema


def scopes(api: NinjaAPI) -> Mapping[tuple[str, str], str]:
    """The scope that each operation asks for, by its path and method."""
    found = {}
    for prefix, router in api._routers:  # noqa: SLF001 - there is no other way to them
        for path, view in router.path_operations.items():
            for operation in view.operations:
                (asks,) = operation.auth_callbacks
                assert isinstance(asks, KeyAuth), "each operation asks for a key"
                plain = f"{prefix}{path}".replace("{int:", "{")
                for method in operation.methods:
                    found[plain, method] = asks.scope
    return found


def _describe(operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    for status in list(answers):
        answer, name = answers[status], str(status)
        if name not in _SAID:
            answer.setdefault("headers", _ROOM)
            answer["description"] = answer.get("description", "OK")
            continue
        if name in _OF_BODIES and "requestBody" not in operation:
            del answers[status]
            continue
        answer["description"] = _SAID[name]
        if name == "429":
            answer["headers"] = _ROOM | _WAIT
        shape = answer["content"]["application/json"]["schema"]
        answer["content"] = {
            "application/problem+json": {
                "schema": shape,
                "example": {
                    "type": "about:blank",
                    "title": _TITLES[name],
                    "status": int(name),
                    "detail": _SAID[name],
                },
            }
        }
