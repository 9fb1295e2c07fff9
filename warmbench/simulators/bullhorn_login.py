"""Lets clients of Bullhorn in: data centre, code, token, session."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlencode

from warmbench.simulators.vendor import Answer, RefusedError, Request, Routes

#: Where everybody asks first, where this customer's data is, and where its calls go.
LOGIN, CENTRE, LANE = "/rest-services", "/west/rest-services", "/swimlane37/rest-services/9k2x"
NOWHERE = "https://welcome.bullhornstaffing.com/"
#: A session lasts so many minutes unless a client wants another time, and at most two days.
USUAL_TTL, LONGEST_TTL = 10, 2880
CODE_LIFE = timedelta(minutes=10)

routes = Routes()


@dataclass
class Sessions:
    """Codes, tokens and sessions, each with its end."""

    codes: dict[str, datetime] = field(default_factory=dict)
    access: dict[str, datetime] = field(default_factory=dict)
    refresh: set[str] = field(default_factory=set)
    open: dict[str, datetime] = field(default_factory=dict)

    def expire(self) -> None:
        """End every session and access token. Refresh tokens stay good."""
        self.access.clear()
        self.open.clear()


def error(status: int, message: str, key: str) -> Answer:
    """An answer that says what went wrong, as Bullhorn words it."""
    body = {"errorMessage": message, "errorMessageKey": key, "errorCode": status}
    return Answer(status, body)


def refuse(status: int, message: str, key: str) -> RefusedError:
    """The same, to be raised."""
    return RefusedError(error(status, message, key))


def check_session(sessions: Sessions, request: Request, now: datetime) -> Answer | None:
    """None for a session that is open: 412 without a token, 401 for one that is none by now."""
    token = _session_token(request)
    if not token:
        return error(412, "BhRestToken is required.", "errors.authentication.missingToken")
    ends = sessions.open.get(token)
    if ends is None or ends <= now:
        return error(401, "Invalid or expired session.", "errors.authentication.invalidRestToken")
    request.caller = token
    return None


def _session_token(request: Request) -> str:
    if token := request.headers.get("BhRestToken") or request.get("BhRestToken"):
        return token
    try:
        cookie = SimpleCookie(request.headers.get("Cookie") or "").get("BhRestToken")
    except CookieError:
        return ""
    return cookie.value if cookie else ""


@routes.on("GET", f"{LOGIN}/loginInfo", is_open=True)
def ask_where(vendor: Any, request: Request) -> Answer:
    """Sends on to the data centre that keeps this customer."""
    if not vendor.options.is_elsewhere:
        return tell_where(vendor, request)
    there = f"{vendor.address}{CENTRE}/loginInfo?{request.raw_query}"
    return Answer(307, headers={"Location": there})


@routes.on("GET", f"{CENTRE}/loginInfo", is_open=True)
def tell_where(vendor: Any, request: Request) -> Answer:
    """Where to sign in, and where to open a session."""
    if request.get("username") != vendor.credentials["username"]:
        return error(400, "Unknown user name.", "errors.loginInfo.unknownUser")
    there = vendor.address
    return Answer(200, {"oauthUrl": f"{there}/west/oauth", "restUrl": f"{there}{CENTRE}/"})


@routes.on("GET", "/west/oauth/authorize", is_open=True)
def authorize(vendor: Any, request: Request) -> Answer:
    """A redirection whose address has the code; the page to sign in again if it was wrong."""
    known = vendor.credentials
    right = request.get("username"), request.get("password"), request.get("client_id")
    if right != (known["username"], known["password"], known["client_id"]):
        page = b"<html><body><form method='post'>Sign in</form></body></html>"
        return Answer(200, page, {"Content-Type": "text/html"})
    if request.get("response_type") != "code" or request.get("action") != "Login":
        return _oauth_error(400, "invalid_request", "response_type and action are needed")
    # Codes have a colon and a plus: whoever does not decode them has another code.
    code = f"22:{secrets.token_hex(8)}+{secrets.token_hex(4)}"
    vendor.sessions.codes[code] = vendor.world.clock() + CODE_LIFE
    words = {"code": code, "client_id": known["client_id"]}
    if state := request.get("state"):
        words["state"] = state
    there = request.get("redirect_uri") or NOWHERE
    return Answer(302, headers={"Location": f"{there}?{urlencode(words)}"})


@routes.on("POST", "/west/oauth/token", is_open=True, reads=True)
def give_token(vendor: Any, request: Request) -> Answer:
    """An access token for a code or for a refresh token, each of which is good once."""
    limits = vendor.limits
    if limits.token_calls is not None:
        room = vendor.pace.window("token", limits.token_calls, limits.token_seconds)
        if not room.allowed:
            return error(429, "Too many requests.", "errors.rateLimitExceeded")
    given = {name: values[-1] for name, values in request.query.items()} | request.form()
    known, now = vendor.credentials, vendor.world.clock()
    pair = given.get("client_id"), given.get("client_secret")
    if pair != (known["client_id"], known["client_secret"]):
        return _oauth_error(401, "invalid_client", "Invalid client credentials")
    match given.get("grant_type"):
        case "authorization_code":
            ends = vendor.sessions.codes.pop(given.get("code", ""), None)
            is_good = ends is not None and ends > now
        case "refresh_token":
            word = given.get("refresh_token", "")
            is_good = word in vendor.sessions.refresh
            vendor.sessions.refresh.discard(word)
        case _:
            return _oauth_error(400, "unsupported_grant_type", "Unknown grant type")
    if not is_good:
        return _oauth_error(400, "invalid_grant", "Invalid, expired or used")
    return _tokens(vendor, now)


def _tokens(vendor: Any, now: datetime) -> Answer:
    access, refresh = f"22:{secrets.token_hex(16)}", f"22:{secrets.token_hex(16)}"
    life = vendor.limits.token_life
    vendor.sessions.access[access] = now + timedelta(seconds=life)
    vendor.sessions.refresh.add(refresh)
    tokens = {"access_token": access, "refresh_token": refresh}
    return Answer(200, {**tokens, "token_type": "Bearer", "expires_in": int(life)})


def _oauth_error(status: int, word: str, why: str) -> Answer:
    return Answer(status, {"error": word, "error_description": why})


def log_in(vendor: Any, request: Request) -> Answer:
    """A session, and the address where its calls go."""
    now, sessions = vendor.world.clock(), vendor.sessions
    ends = sessions.access.get(request.get("access_token"))
    if ends is None or ends <= now:
        key = "errors.authentication.invalidOAuthToken"
        return error(401, "Invalid or expired OAuth access token.", key)
    if not request.get("version"):
        return error(400, "version is required.", "errors.login.missingVersion")
    asked = request.get("ttl", str(USUAL_TTL))
    minutes = min(int(asked), LONGEST_TTL) if asked.isdigit() else USUAL_TTL
    token = secrets.token_hex(16)
    sessions.open[token] = now + timedelta(minutes=minutes)
    return Answer(200, {"BhRestToken": token, "restUrl": f"{vendor.address}{LANE}/"})


routes.on("POST", f"{CENTRE}/login", is_open=True, reads=True)(log_in)
routes.on("GET", f"{CENTRE}/login", is_open=True)(log_in)


@routes.on("GET", f"{LANE}/ping")
def ping(vendor: Any, request: Request) -> Answer:
    """When the session ends."""
    ends: datetime = vendor.sessions.open[request.caller]
    return Answer(200, {"sessionExpires": round(ends.timestamp() * 1000)})


@routes.on("GET", f"{LANE}/logout")
def log_out(vendor: Any, request: Request) -> Answer:
    """Ends the session."""
    del vendor.sessions.open[request.caller]
    return Answer(200, {"result": True})
