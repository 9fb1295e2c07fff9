"""How Lever lets people in by OAuth: codes, tokens for an hour, refresh tokens used once."""

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from warmbench.simulators.vendor import Answer, Request, Routes

if TYPE_CHECKING:
    from warmbench.simulators.lever import Lever

routes = Routes()

#: The audience of the real API; our own address is as good.
AUDIENCE = "https://api.lever.co/v1/"
CODE_LIFE = timedelta(minutes=1)
#: Refresh tokens that nobody uses.
IDLE_LIFE = timedelta(days=90)


class Grant:
    """What a code, an access token or a refresh token stands for."""

    def __init__(self, scope: str, expires_at: datetime, redirect_uri: str = "") -> None:
        self.scope = scope
        self.expires_at = expires_at
        self.redirect_uri = redirect_uri


@routes.on("GET", "/auth/authorize", is_open=True)
def authorize(vendor: "Lever", request: Request) -> Answer:
    """Send the browser back with a code, as if somebody had agreed at once."""
    back = request.get("redirect_uri")
    if request.get("client_id") != vendor.partner["client_id"] or not back:
        return _error(400, "invalid_request", "Unknown client, or no redirect_uri.")
    if request.get("audience").rstrip("/") not in {AUDIENCE.rstrip("/"), f"{vendor.address}/v1"}:
        return _error(400, "invalid_request", "The audience is not known.")
    code = secrets.token_urlsafe(24)
    until = vendor.world.clock() + CODE_LIFE
    vendor.codes[code] = Grant(request.get("scope"), until, back)
    query = urlencode({"code": code, "state": request.get("state")})
    return Answer(302, headers={"Location": f"{back}{'&' if '?' in back else '?'}{query}"})


@routes.on("POST", "/auth/oauth/token", is_open=True, reads=True)
def token(vendor: "Lever", request: Request) -> Answer:
    """A token for a code or a refresh token, neither of which is good again."""
    form = request.form()
    if {name: form.get(name) for name in vendor.partner} != vendor.partner:
        return _error(401, "invalid_client", "Client authentication failed.")
    now = vendor.world.clock()
    match form.get("grant_type"):
        case "authorization_code":
            grant = vendor.codes.pop(form.get("code", ""), None)
            if grant and form.get("redirect_uri") != grant.redirect_uri:
                grant = None
        case "refresh_token":
            grant = vendor.refresh_tokens.pop(form.get("refresh_token", ""), None)
        case _:
            return _error(400, "unsupported_grant_type", "The grant type is not known.")
    if grant is None or grant.expires_at <= now:
        return _error(400, "invalid_grant", "It is unknown, used or too old.")
    access = secrets.token_urlsafe(32)
    life = vendor.limits.token_life
    vendor.tokens[access] = Grant(grant.scope, now + timedelta(seconds=life))
    body = {
        "access_token": access,
        "token_type": "Bearer",
        "scope": grant.scope,
        "expires_in": int(life),
    }
    if "offline_access" in grant.scope.split():
        body["refresh_token"] = secrets.token_urlsafe(32)
        vendor.refresh_tokens[str(body["refresh_token"])] = Grant(grant.scope, now + IDLE_LIFE)
    return Answer(200, body)


def _error(status: int, code: str, words: str) -> Answer:
    return Answer(status, {"error": code, "error_description": words})
