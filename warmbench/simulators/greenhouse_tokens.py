"""Greenhouse's token endpoint: client credentials, authorization codes, rotating refresh tokens."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from warmbench.simulators.greenhouse_ids import Base, number, second
from warmbench.simulators.vendor import Answer, RefusedError, Request, Routes

if TYPE_CHECKING:
    from warmbench.simulators.greenhouse import Greenhouse

routes = Routes()

#: A code is used within a minute, or never.
CODE_LIFE = timedelta(minutes=1)
REFRESH_LIFE = timedelta(days=1)


@dataclass(frozen=True)
class Grant:
    """What a token, or a code for one, lets its bearer do."""

    client: str
    #: A recruiter's number; None for the integration's own user, who may do everything.
    user: int | None
    expires_at: datetime
    redirect_uri: str = ""


@routes.on("GET", "/auth/authorize", is_open=True)
def authorize(vendor: "Greenhouse", request: Request) -> Answer:
    """Send the browser back with a code, as if somebody had agreed at once."""
    back = request.get("redirect_uri")
    known = request.get("client_id") == vendor.partner["client_id"]
    if not known or not back or request.get("response_type") != "code":
        return _error(400, "invalid_request", "Unknown client, or no redirect_uri.")
    code = secrets.token_urlsafe(24)
    vendor.codes[code] = Grant(
        request.get("client_id"), 1, vendor.world.clock() + CODE_LIFE, redirect_uri=back
    )
    query = urlencode({"code": code, "state": request.get("state")})
    return Answer(302, headers={"Location": f"{back}{'&' if '?' in back else '?'}{query}"})


@routes.on("POST", "/auth/token", is_open=True, reads=True)
def token(vendor: "Greenhouse", request: Request) -> Answer:
    """Give a token for client credentials, for a code, or for a refresh token."""
    client = _client(vendor, request)
    # Only the body counts: what stands in the query is not looked at.
    form = request.form()
    grant_type = form.get("grant_type", "")
    is_partner = client == vendor.partner["client_id"]
    match grant_type:
        case "client_credentials":
            if is_partner:
                raise RefusedError(_error(400, "unauthorized_client", "Not for partners."))
            return _given(vendor, client, _acting(vendor, form.get("sub", "")), refresh=False)
        case "authorization_code":
            grant = vendor.codes.pop(form.get("code", ""), None)
            _check(vendor, grant, client)
            assert grant is not None
            if form.get("redirect_uri", grant.redirect_uri) != grant.redirect_uri:
                raise RefusedError(_error(400, "invalid_grant", "Another redirect_uri."))
            return _given(vendor, client, grant.user, refresh=True)
        case "refresh_token":
            grant = vendor.refresh_tokens.pop(form.get("refresh_token", ""), None)
            _check(vendor, grant, client)
            assert grant is not None
            return _given(vendor, client, grant.user, refresh=True)
        case _:
            pass
    return _error(400, "invalid_grant", "The grant type is missing or unknown.")


def _client(vendor: "Greenhouse", request: Request) -> str:
    own, partner = vendor.credentials, vendor.partner
    pair = request.basic()
    if pair not in {(one["client_id"], one["client_secret"]) for one in (own, partner)}:
        raise RefusedError(_error(401, "invalid_client", "Client authentication failed."))
    assert pair is not None
    return pair[0]


def _acting(vendor: "Greenhouse", sub: str) -> int | None:
    if not sub:
        return None
    user = vendor.world.recruiters.get(number(sub, Base.USER))
    if user is None or not user.is_active:
        raise RefusedError(_error(400, "invalid_grant", "There is no such user."))
    return user.number


def _check(vendor: "Greenhouse", grant: Grant | None, client: str) -> None:
    if grant is None or grant.client != client or grant.expires_at <= vendor.world.clock():
        raise RefusedError(_error(400, "invalid_grant", "The grant is unknown, used or too old."))


def _given(vendor: "Greenhouse", client: str, user: int | None, *, refresh: bool) -> Answer:
    now = vendor.world.clock()
    access = secrets.token_urlsafe(32)
    until = now + timedelta(seconds=vendor.limits.token_life)
    vendor.tokens[access] = Grant(client, user, until)
    body = {"token_type": "Bearer", "access_token": access, "expires_at": second(until)}
    if refresh:
        body["refresh_token"] = secrets.token_urlsafe(32)
        vendor.refresh_tokens[str(body["refresh_token"])] = Grant(client, user, now + REFRESH_LIFE)
    return Answer(200, body)


def _error(status: int, code: str, words: str) -> Answer:
    return Answer(status, {"error": code, "error_description": words})
