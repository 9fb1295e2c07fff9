"""Does what a program asks for once, however often it asks, and lets the trail name the key."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from typing import Any, Concatenate, ParamSpec

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status

from warmbench.accounts import api_answers
from warmbench.core import audit, clock
from warmbench.core.deadlocks import gives_way
from warmbench.web.api.keys import KeyAuth, key_of, via
from warmbench.web.api.problems import InvalidError

P = ParamSpec("P")
Answer = Schema | Status[Any]
View = Callable[Concatenate[HttpRequest, P], Answer]
HEADER = "Idempotency-Key"
#: Printable ASCII, without the quotes that the draft puts around it.
_NAME = re.compile(r"[\x21\x23-\x7e]{1,255}")
#: What an operation that changes something documents beside its own parameters.
_DOCUMENTED: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": HEADER,
            "required": False,
            "description": "A name of yours for this request. Asked again under it within 24 hours,"
            " nothing is done a second time: the first answer is repeated.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
            "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
        }
    ]
}


@dataclass(frozen=True)
class Writing:
    """Lets a router have operations that change something: each does all of what it is asked, or
    nothing, and only once under one idempotency key, and says so in the description."""

    router: Router
    auth: KeyAuth

    def __call__(
        self, path: str, *, response: Mapping[int, Any], summary: str, method: str = "POST"
    ) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], Any]]:
        """What makes a function such an operation."""
        operation = self.router.api_operation(
            [method],
            path,
            auth=self.auth,
            response=response,
            summary=summary,
            openapi_extra=_DOCUMENTED,
        )
        return lambda view: operation(_all_or_nothing(view))


def _all_or_nothing(view: View[P]) -> Callable[Concatenate[HttpRequest, P], Any]:
    @wraps(view)
    def run(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> Any:
        name = _name(request)

        @gives_way
        @transaction.atomic
        def act() -> Any:
            if name is None:
                return view(request, *args, **kwargs)
            return _once(request, name, lambda: view(request, *args, **kwargs))

        with audit.acting(via(key_of(request))):
            return act()

    return run


def _name(request: HttpRequest) -> str | None:
    given = request.headers.get(HEADER)
    if given is None:
        return None
    name = given.strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = name[1:-1]
    if not _NAME.fullmatch(name):
        raise InvalidError({HEADER: "Between 1 and 255 printable ASCII characters, no space."})
    return name


def _once(request: HttpRequest, name: str, act: Callable[[], Answer]) -> HttpResponse:
    asked = b"\n".join([f"{request.method} {request.get_full_path()}".encode(), request.body])
    answer = api_answers.claim(key_of(request).pk, name, sha256(asked).hexdigest(), now=clock.now())
    is_repeated = answer.status is not None
    if not is_repeated:
        said = act()
        status, value = (said.status_code, said.value) if isinstance(said, Status) else (200, said)
        # Whom it is about: the answer goes with them when they are erased.
        about = getattr(value, "candidate_id", None) or getattr(request, "api_about", None)
        api_answers.keep(answer, status=status, body=value.model_dump_json(), candidate_id=about)
    response = HttpResponse(
        answer.body, status=answer.status, content_type="application/json; charset=utf-8"
    )
    if is_repeated:
        response.headers["Idempotency-Replayed"] = "true"
    return response
