"""Answers the calls of Calendly's API: users, links, meetings, webhook subscriptions, tokens."""

import base64
import secrets
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from warmbench.simulators.calendly_bookings import Meeting, stamp
from warmbench.simulators.sending import Hook
from warmbench.simulators.vendor import Answer, RefusedError, Request, Routes

#: A page has so many entries unless a client wants fewer or more, and never more than the last.
USUAL, MOST = 20, 100
EVENTS = frozenset(
    {
        "invitee.created",
        "invitee.canceled",
        "invitee_no_show.created",
        "invitee_no_show.deleted",
        "routing_form_submission.created",
        "event_type.created",
        "event_type.deleted",
        "event_type.updated",
    }
)

routes = Routes()


def error(status: int, title: str, message: str, **details: str) -> Answer:
    """An answer that says what went wrong, and with which parameters."""
    body: dict[str, Any] = {"title": title, "message": message}
    if details:
        body["details"] = [{"parameter": name, "message": words} for name, words in details.items()]
    return Answer(status, body)


def _wrong(**details: str) -> RefusedError:
    message = "The supplied parameters are invalid."
    return RefusedError(error(400, "Invalid Argument", message, **details))


def not_found() -> RefusedError:
    """What is raised for what there is not."""
    message = "The server could not find the requested resource."
    return RefusedError(error(404, "Resource Not Found", message))


def _resource(what: dict[str, Any], status: int = 200) -> Answer:
    return Answer(status, {"resource": what})


def _collection(request: Request, entries: list[Any], here: str) -> Answer:
    """One page, with the tokens and addresses of those beside it."""
    text = request.get("count", str(USUAL))
    if not text.isdigit() or not 1 <= int(text) <= MOST:
        raise _wrong(count="must be between 1 and 100")
    count, start = int(text), _start(request.get("page_token"))
    pagination: dict[str, Any] = {"count": len(entries[start : start + count])}
    for name, at in (("next", start + count), ("previous", start - count)):
        there = 0 <= at < len(entries) and (name == "next" or start > 0)
        token = base64.urlsafe_b64encode(f"page {at}".encode()).decode() if there else None
        words = {key: values[-1] for key, values in request.query.items()}
        page = f"{here}?{urlencode({**words, 'page_token': token})}" if token else None
        pagination |= {f"{name}_page": page, f"{name}_page_token": token}
    return Answer(200, {"collection": entries[start : start + count], "pagination": pagination})


def _start(token: str) -> int:
    if not token:
        return 0
    unknown = {"page_token": "is invalid"}
    try:
        word, _, number = base64.urlsafe_b64decode(token).decode().partition(" ")
    except ValueError as wrong:
        raise _wrong(**unknown) from wrong
    if word != "page" or not number.isdigit():
        raise _wrong(**unknown)
    return int(number)


@routes.on("GET", "/users/me")
def me(vendor: Any, _: Request) -> Answer:
    """Whose token it is."""
    return _resource(vendor.shapes.me(vendor.world.started_at))


@routes.on("GET", "/event_types")
def list_kinds(vendor: Any, request: Request) -> Answer:
    """What can be booked with somebody."""
    _check_owner(vendor, request)
    since = vendor.world.started_at
    kinds = [vendor.shapes.kind(one, since) for one in vendor.book_of.kinds.values()]
    return _collection(request, kinds, f"{vendor.address}/event_types")


def _check_owner(vendor: Any, request: Request) -> None:
    """A list is of a user or of an organization; of another one it may not be seen."""
    user, organization = request.get("user"), request.get("organization")
    if not user and not organization:
        raise _wrong(user="is required", organization="is required")
    known = {"", vendor.shapes.user}, {"", vendor.shapes.organization}
    if user not in known[0] or organization not in known[1]:
        raise RefusedError(error(403, "Permission Denied", "You do not have permission."))


@routes.on("POST", "/scheduling_links")
def make_link(vendor: Any, request: Request) -> Answer:
    """A link that books one meeting."""
    given = request.json()
    kinds = {vendor.shapes.kind_id(one): one for one in vendor.book_of.kinds.values()}
    if given.get("max_event_count") != 1:
        raise _wrong(max_event_count="must be 1")
    if given.get("owner_type") != "EventType":
        raise _wrong(owner_type="must be EventType")
    if given.get("owner") not in kinds:
        raise _wrong(owner="is unknown")
    link = vendor.book_of.link_for(kinds[given["owner"]])
    url = f"{vendor.address}/d/{link.key}/{link.kind.slug}"
    owner = {"owner": given["owner"], "owner_type": "EventType"}
    return _resource({"booking_url": url, **owner}, 201)


@routes.on("GET", "/scheduled_events")
def list_meetings(vendor: Any, request: Request) -> Answer:
    """Meetings, the earliest first unless asked otherwise."""
    _check_owner(vendor, request)
    tests: list[tuple[str, Callable[[Meeting, str], bool]]] = [
        ("invitee_email", lambda one, word: one.invitee.email.lower() == word.lower()),
        ("status", lambda one, word: one.is_canceled is (word == "canceled")),
        ("min_start_time", lambda one, word: one.starts_at >= _moment("min_start_time", word)),
        ("max_start_time", lambda one, word: one.starts_at <= _moment("max_start_time", word)),
    ]
    found: list[Meeting] = list(vendor.book_of.meetings.values())
    for name, test in tests:
        if word := request.get(name):
            found = [one for one in found if test(one, word)]
    down = request.get("sort", "start_time:asc") == "start_time:desc"
    found.sort(key=lambda one: (one.starts_at, one.key), reverse=down)
    shown = [vendor.shapes.meeting(one) for one in found]
    return _collection(request, shown, f"{vendor.address}/scheduled_events")


def _moment(name: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise _wrong(**{name: "is not a valid time"}) from wrong
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _meeting(vendor: Any, request: Request) -> Meeting:
    one: Meeting | None = vendor.book_of.meetings.get(request.params["id"])
    if one is None:
        raise not_found()
    return one


@routes.on("GET", "/scheduled_events/{id}")
def read_meeting(vendor: Any, request: Request) -> Answer:
    """One meeting."""
    return _resource(vendor.shapes.meeting(_meeting(vendor, request)))


@routes.on("GET", "/scheduled_events/{id}/invitees")
def list_invitees(vendor: Any, request: Request) -> Answer:
    """Who is in a meeting."""
    one = _meeting(vendor, request)
    here = f"{vendor.shapes.meeting_id(one.key)}/invitees"
    return _collection(request, [vendor.shapes.invitee(one)], here)


@routes.on("GET", "/scheduled_events/{id}/invitees/{invitee}")
def read_invitee(vendor: Any, request: Request) -> Answer:
    """One invitee."""
    one = _meeting(vendor, request)
    if one.invitee.key != request.params["invitee"]:
        raise not_found()
    return _resource(vendor.shapes.invitee(one))


def _subscription(vendor: Any, hook: Hook) -> dict[str, Any]:
    created: datetime = hook.options["at"]
    return {
        "uri": f"{vendor.address}/webhook_subscriptions/{hook.options['key']}",
        "callback_url": hook.url,
        "state": "active" if hook.is_on else "disabled",
        "events": sorted(hook.events),
        "scope": hook.options["scope"],
        "organization": vendor.shapes.organization,
        "user": vendor.shapes.user if hook.options["scope"] == "user" else None,
        "creator": vendor.shapes.user,
        "created_at": stamp(created),
        "updated_at": stamp(created),
        "retry_started_at": None,
    }


@routes.on("POST", "/webhook_subscriptions")
def subscribe(vendor: Any, request: Request) -> Answer:
    """Tells an address of events from now on, on paid plans only."""
    if not vendor.is_paid:
        message = "Please upgrade your Calendly account."
        raise RefusedError(error(403, "Permission Denied", message))
    given = request.json()
    events, scope = set(given.get("events") or ()), given.get("scope")
    if not given.get("url") or not events or not events <= EVENTS:
        raise _wrong(events="must be known events", url="is required")
    if scope not in {"user", "organization"}:
        raise _wrong(scope="must be user or organization")
    if given.get("organization") != vendor.shapes.organization:
        raise _wrong(organization="is invalid")
    if scope == "user" and given.get("user") != vendor.shapes.user:
        raise _wrong(user="is required for the scope user")
    if any(hook.url == given["url"] for hook in vendor.hooks):
        raise RefusedError(error(409, "Already Exists", "Hook with this url already exists"))
    hook = vendor.subscribe(
        given["url"],
        secret=given.get("signing_key", ""),
        events=frozenset(events),
        at_once=True,
        options={"key": str(uuid.uuid4()), "scope": scope, "at": vendor.world.clock()},
    )
    return _resource(_subscription(vendor, hook), 201)


def _subscribed(vendor: Any) -> dict[str, Hook]:
    return {hook.options["key"]: hook for hook in vendor.hooks if "key" in hook.options}


@routes.on("GET", "/webhook_subscriptions")
def list_subscriptions(vendor: Any, request: Request) -> Answer:
    """Who is told, of one scope."""
    if not request.get("organization") or not request.get("scope"):
        raise _wrong(organization="is required", scope="is required")
    hooks = [
        _subscription(vendor, one)
        for one in _subscribed(vendor).values()
        if one.options["scope"] == request.get("scope")
    ]
    return _collection(request, hooks, f"{vendor.address}/webhook_subscriptions")


def _one_subscribed(vendor: Any, request: Request) -> Hook:
    hook = _subscribed(vendor).get(request.params["id"])
    if hook is None:
        raise not_found()
    return hook


@routes.on("GET", "/webhook_subscriptions/{id}")
def read_subscription(vendor: Any, request: Request) -> Answer:
    """One subscription."""
    return _resource(_subscription(vendor, _one_subscribed(vendor, request)))


@routes.on("DELETE", "/webhook_subscriptions/{id}")
def unsubscribe(vendor: Any, request: Request) -> Answer:
    """Nobody is told there any more."""
    vendor.hooks.remove(_one_subscribed(vendor, request))
    return Answer(204)


# Tokens of applications.


@routes.on("GET", "/oauth/authorize", is_open=True)
def authorize(vendor: Any, request: Request) -> Answer:
    """The user agrees at once, and comes back with a code."""
    known = request.get("client_id") == vendor.application[0]
    if not known or request.get("response_type") != "code" or not request.get("redirect_uri"):
        return Answer(401, {"error": "invalid_client"})
    code = secrets.token_urlsafe(24)
    vendor.codes[code] = request.get("redirect_uri")
    words = {"code": code} | ({"state": request.get("state")} if request.get("state") else {})
    return Answer(302, headers={"Location": f"{request.get('redirect_uri')}?{urlencode(words)}"})


@routes.on("POST", "/oauth/token", is_open=True, reads=True)
def give_token(vendor: Any, request: Request) -> Answer:
    """Tokens for a code or a refresh token, each of which is good once."""
    limits = vendor.limits
    if limits.token_calls is not None:
        room = vendor.pace.window("token", limits.token_calls, limits.token_seconds)
        if not room.allowed:
            return error(429, "Too Many Requests", "Too many tokens.")
    form = request.form()
    pair = request.basic() or (form.get("client_id", ""), form.get("client_secret", ""))
    if pair != vendor.application:
        return Answer(401, {"error": "invalid_client", "error_description": "Unknown client"})
    match form.get("grant_type"):
        case "authorization_code":
            there = vendor.codes.pop(form.get("code", ""), None)
            is_good = there is not None and there == form.get("redirect_uri")
        case "refresh_token":
            is_good = form.get("refresh_token") in vendor.refresh
            vendor.refresh.discard(form.get("refresh_token"))
        case _:
            return Answer(400, {"error": "unsupported_grant_type"})
    if not is_good:
        return Answer(400, {"error": "invalid_grant", "error_description": "It is not valid."})
    return Answer(200, _tokens(vendor))


def _tokens(vendor: Any) -> dict[str, Any]:
    access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    now, life = vendor.world.clock(), vendor.limits.token_life
    vendor.access[access] = now + timedelta(seconds=life)
    vendor.refresh.add(refresh)
    return {
        "token_type": "Bearer",
        "access_token": access,
        "refresh_token": refresh,
        "scope": "default",
        "created_at": int(now.timestamp()),
        "expires_in": int(life),
        "owner": vendor.shapes.user,
        "organization": vendor.shapes.organization,
    }
