"""Says what went wrong as RFC 9457 asks: one sentence, and one for each field."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from warmbench.accounts.api_answers import OtherRequestError
from warmbench.core.unique import TakenError
from warmbench.people.adding import KnownError
from warmbench.people.editing import NotAnAddressError
from warmbench.people.tag_edits import TreeError
from warmbench.people.tagging import TagGoneError
from warmbench.signals.outcomes import NotOfferedError
from warmbench.sourcing.role_check import InvalidRoleError
from warmbench.sourcing.roles import MoveError

#: Fields of a draft that the API calls otherwise.
_NAMES = {
    "specialty_id": "specialty",
    "seniority_id": "seniority",
    "owner_id": "owner_email",
    "skills": "required_skills",
}


class InvalidError(ValueError):
    """Something in the request cannot be taken: a sentence for each field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {said}" for name, said in problems.items()))
        self.problems = problems


class ConflictError(ValueError):
    """What is asked for cannot be done as things stand: one sentence."""


def problem(status: int, sentence: str, *, fields: Mapping[str, str] | None = None) -> HttpResponse:
    """An answer that says what is wrong, and in which fields."""
    said: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence,
    }
    if fields:
        said["errors"] = [{"field": name, "detail": one} for name, one in fields.items()]
    response = JsonResponse(said, status=status, content_type="application/problem+json")
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Warmbench"'
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response.headers["Retry-After"] = "60"
    return response


def answer_with_problems(api: NinjaAPI) -> None:
    """Let each refusal of the API be answered so."""
    api.add_exception_handler(HttpError, _http)
    api.add_exception_handler(Http404, _not_found)
    api.add_exception_handler(RequestDataTooBig, _too_big)
    api.add_exception_handler(ValidationError, _malformed)
    api.add_exception_handler(PermissionDenied, _not_theirs)
    for invalid in (InvalidRoleError, InvalidError):
        api.add_exception_handler(invalid, _invalid)
    for unfit in (NotAnAddressError, NotOfferedError, OtherRequestError):
        api.add_exception_handler(unfit, _unfit)
    conflicts = (MoveError, TakenError, TagGoneError, TreeError, KnownError, ConflictError)
    for conflict in conflicts:
        api.add_exception_handler(conflict, _conflict)


def _http(_: HttpRequest, error: Any) -> HttpResponse:
    sentence = error.message
    if error.status_code == HTTPStatus.BAD_REQUEST:
        sentence = "The body of the request is no JSON."
    return problem(error.status_code, sentence)


def _not_found(_: HttpRequest, __: Any) -> HttpResponse:
    return problem(404, "There is nothing of this number here.")


def _too_big(_: HttpRequest, __: Any) -> HttpResponse:
    return problem(413, "The body of the request is too large.")


def _malformed(_: HttpRequest, error: Any) -> HttpResponse:
    fields: dict[str, str] = {}
    for one in error.errors:
        # A body stands below the name of the argument that takes it.
        depth = 2 if one["loc"][0] == "body" else 1
        where = [str(step) for step in one["loc"][depth:]]
        name = ".".join(where) or "body"
        fields.setdefault(name, f"{str(one['msg']).rstrip('.')}.")
    told = "; ".join(f"{name}: {sentence}" for name, sentence in fields.items())
    return problem(422, told, fields=fields)


def _invalid(_: HttpRequest, error: Any) -> HttpResponse:
    fields = {_NAMES.get(name, name): sentence for name, sentence in error.problems.items()}
    return problem(422, str(error), fields=fields)


def _unfit(_: HttpRequest, error: Any) -> HttpResponse:
    return problem(422, str(error))


def _not_theirs(_: HttpRequest, __: Any) -> HttpResponse:
    return problem(403, "This is not for the user whom you named to change.")


def _conflict(_: HttpRequest, error: Any) -> HttpResponse:
    return problem(409, str(error))
