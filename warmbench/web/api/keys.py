"""Lets a program in that has a key, as often as it may ask."""

from datetime import timedelta

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import HttpBearer

from warmbench.accounts import api_keys
from warmbench.accounts.models import ApiKey
from warmbench.core import clock, limits

#: So many requests a minute are answered to one key.
MOST, SPAN = 300, timedelta(minutes=1)


class KeyAuth(HttpBearer):
    """Asks for a key that may read, or one that may write, too."""

    openapi_name = "ApiKey"
    openapi_description = "A key that an administrator made under Team → API keys."

    def __init__(self, *, writes: bool) -> None:
        super().__init__()
        self.writes = writes

    def __call__(self, request: HttpRequest) -> ApiKey:
        """The key that the request carries. Raises HttpError."""
        key: ApiKey | None = super().__call__(request)
        if key is None:
            raise HttpError(401, "Send a key that is not revoked: “Authorization: Bearer wbk_…”.")
        if not limits.allows(f"api:{key.pk}", most=MOST, span=SPAN, now=clock.now()):
            raise HttpError(429, f"A key may ask {MOST} times a minute. Wait a minute.")
        if self.writes and not key.may_write:
            raise HttpError(403, f"The key “{key.name}” may only read.")
        return key

    def authenticate(self, _request: HttpRequest, token: str) -> ApiKey | None:
        """The key with this secret."""
        return api_keys.find(token.strip(), now=clock.now())


READS, WRITES = KeyAuth(writes=False), KeyAuth(writes=True)
