"""Lets a program in that has a key: to what the key names, and as often as it may ask."""

from datetime import timedelta

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja.errors import HttpError
from ninja.security import HttpBearer

from warmbench.accounts import api_keys
from warmbench.accounts.models import ApiKey, Resource
from warmbench.core import clock, limits

#: So many requests a minute are answered to one key.
MOST, SPAN = 300, timedelta(minutes=1)


class KeyAuth(HttpBearer):
    """Asks for a key that may read what is called so, or one that may change it."""

    openapi_name = "ApiKey"
    openapi_description = "A key that an administrator made under Team → API keys."

    def __init__(self, resource: Resource, *, writes: bool) -> None:
        super().__init__()
        self.resource = resource
        self.writes = writes

    @property
    def scope(self) -> str:
        """The scope that it asks for."""
        return f"{self.resource}:{'write' if self.writes else 'read'}"

    def __call__(self, request: HttpRequest) -> ApiKey:
        """The key that the request carries. Raises HttpError."""
        key: ApiKey | None = super().__call__(request)
        if key is None:
            raise HttpError(401, "Send a key that is not revoked: “Authorization: Bearer wbk_…”.")
        now = clock.now()
        room = limits.room(f"api:{key.pk}", most=MOST, span=SPAN, now=now)
        seconds = max(1, round((room.until - now).total_seconds()))
        request.api_room = (max(room.left, 0), seconds)  # type: ignore[attr-defined]
        if room.left < 0:
            raise HttpError(429, f"A key may ask {MOST} times a minute. Wait a minute.")
        if not key.may(self.resource, writes=self.writes):
            why = f"lacks the scope {self.scope}" if key.scopes else "may only read"
            raise HttpError(403, f"The key “{key.name}” {why}.")
        return key

    def authenticate(self, _request: HttpRequest, token: str) -> ApiKey | None:
        """The key with this secret."""
        return api_keys.find(token.strip(), now=clock.now())


def reads(resource: Resource) -> KeyAuth:
    """Asks for a key that may read this."""
    return KeyAuth(resource, writes=False)


def writes(resource: Resource) -> KeyAuth:
    """Asks for a key that may change this."""
    return KeyAuth(resource, writes=True)


def key_of(request: HttpRequest) -> ApiKey:
    """The key that the request came with."""
    key = request.auth  # type: ignore[attr-defined]
    assert isinstance(key, ApiKey), "each operation asks for a key"
    return key


def via(key: ApiKey) -> str:
    """What the audit trail says of what a key did."""
    return f"API key: {key.name}"


def tell_room(request: HttpRequest, response: HttpResponseBase) -> None:
    """Say how often the key may still ask (draft-ietf-httpapi-ratelimit-headers)."""
    room: tuple[int, int] | None = getattr(request, "api_room", None)
    if room is None:
        return
    left, seconds = room
    response.headers["RateLimit-Policy"] = f'"key";q={MOST};w={int(SPAN.total_seconds())}'
    response.headers["RateLimit"] = f'"key";r={left};t={seconds}'
    if response.status_code == 429:
        response.headers["Retry-After"] = str(seconds)
