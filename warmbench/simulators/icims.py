"""A simulated iCIMS: tokens, searches out of an old index, profiles, daily limits and events."""

import base64
import gzip
import json
import secrets
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from warmbench.simulators import icims_profiles, icims_reading, icims_writing
from warmbench.simulators.icims_errors import error
from warmbench.simulators.icims_tenant import (
    CUSTOMER,
    DECLINED,
    FIRST,
    HIRED,
    STAGES,
    Options,
    Tenant,
)
from warmbench.simulators.pace import Limits
from warmbench.simulators.records import Application, Change
from warmbench.simulators.sending import Delivery
from warmbench.simulators.vendor import Answer, Request, Route, Routes, Vendor
from warmbench.simulators.world import World

AUDIENCE = "https://api.icims.com/v1/"
_ROLE_EVENTS = {
    "role.created": "JobPostingEvent",
    "role.updated": "JobEditEvent",
    "role.deleted": "JobUnpostingEvent",
}

_tokens = Routes()


@_tokens.on("POST", "/oauth/token", is_open=True, reads=True)
def give_token(vendor: Any, request: Request) -> Answer:
    """A token for a day, for a form with the right client and audience."""
    limits: Limits = vendor.limits
    if limits.token_calls is not None:
        room = vendor.pace.window("token", limits.token_calls, limits.token_seconds)
        if not room.allowed:
            return Answer(429, {"error": "too_many_requests"})
    form, known = request.form(), vendor.credentials
    if form.get("grant_type") != "client_credentials":
        return Answer(400, {"error": "unsupported_grant_type"})
    pair = form.get("client_id"), form.get("client_secret")
    if pair != (known["client_id"], known["client_secret"]):
        return Answer(401, {"error": "access_denied", "error_description": "Unauthorized"})
    if form.get("audience") != AUDIENCE:
        return Answer(403, {"error": "access_denied", "error_description": "Unknown audience"})
    token = secrets.token_urlsafe(32)
    vendor.tokens[token] = vendor.world.clock() + timedelta(seconds=limits.token_life)
    life = int(limits.token_life)
    return Answer(200, {"access_token": token, "token_type": "Bearer", "expires_in": life})


class Icims(Vendor):
    """One tenant. ``options`` says how it differs from others."""

    name = "icims"
    routes = Routes(_tokens, icims_reading.routes, icims_writing.routes)

    def __init__(self, world: World, limits: Limits | None = None) -> None:
        super().__init__(world, limits)
        self.options = Options()
        self.tenant = Tenant(world)
        self.tables = icims_profiles.tables(self.tenant)
        #: When the index of each kind of profile was built.
        self.indexes: dict[str, datetime] = {}
        self.tokens: dict[str, datetime] = {}
        self.credentials = {
            "customer_id": CUSTOMER,
            "client_id": "simulated-icims-client",
            "client_secret": "a simulated secret",
            "webhook_user": "icims-events",
            "webhook_password": "a simulated password",
        }

    def usual_limits(self) -> Limits:
        """10,000 calls a day, 500 tokens in ten minutes, each for a day."""
        return Limits(daily=10_000, token_calls=500, token_seconds=600.0, token_life=86_400.0)

    def addresses(self) -> dict[str, str]:
        """Token, audience and API."""
        self.tenant.address = self.address
        return {"token": f"{self.address}/oauth/token", "audience": AUDIENCE, "api": self.address}

    def admit(self, request: Request, route: Route | None) -> Answer | None:
        """Let in who has a token, within the day's limit, which every answer tells of."""
        self.tenant.address = self.address
        request.extra["x-transaction"] = str(uuid.uuid4())
        if route is not None and route.is_open:
            return None
        ends = self.tokens.get(request.bearer())
        if ends is None or ends <= self.world.clock():
            return Answer(401, headers={"WWW-Authenticate": "Bearer"})
        if self.limits.daily is None:
            return None
        room = self.pace.day("calls", self.limits.daily)
        request.extra |= {
            "x-ratelimit-limit": str(self.limits.daily),
            "x-ratelimit-remaining": str(room.left),
            "x-ratelimit-reset": str(int(room.reset_in)),
        }
        return None if room.allowed else _over(self.options.over_limit_status)

    def throttled(self, request: Request, *, bare: bool, wait: float) -> Answer:  # noqa: ARG002
        """429 with the seconds that are left, or without any header."""
        answer = _over(429)
        if not bare:
            answer.headers |= {
                "x-ratelimit-limit": str(self.limits.daily or 10_000),
                "x-ratelimit-remaining": "0",
                "x-ratelimit-reset": str(int(wait or 60)),
                "x-transaction": str(uuid.uuid4()),
            }
        return answer

    def failed(self, status: int) -> Answer:
        """An error of theirs."""
        return error(0, "An internal error occurred.", status=status)

    def missing(self, request: Request) -> Answer:
        """A path that there is not; capital letters make another path."""
        return error(2, f"{request.path} was not found.")

    def malformed(self) -> Answer:
        """A body that is no JSON."""
        return error(1, "The body is no JSON.")

    def expire(self) -> None:
        """End all tokens at once."""
        self.tokens.clear()

    def told(self, change: Change) -> Iterable[Delivery]:
        """What the platform tells of applications and jobs; it tells nothing of people."""
        body = self._event(change)
        if body is None:
            return
        for hook in self.hooks:
            if not hook.events or body["eventType"] in hook.events:
                yield Delivery(hook=hook, event=body["eventType"], data=body, id=str(uuid.uuid4()))

    def _event(self, change: Change) -> dict[str, Any] | None:
        if change.what in _ROLE_EVENTS:
            event = _ROLE_EVENTS[change.what]
            role = self.world.roles.get(change.id)
            if event == "JobEditEvent" and role is not None and role.closed_at == change.at:
                event = "JobUnpostingEvent"
            return self._body(event, "jobs", change.id, jobId=_word("jobs", change.id))
        one = self.world.applications.get(change.id)
        if not change.what.startswith("application.") or one is None or one.role is None:
            return None
        ids = {"jobId": _word("jobs", one.role), "personId": _word("people", one.person)}
        kind = "applicantworkflows"
        if change.what == "application.created":
            return self._body("ApplicationCompleteEvent", kind, one.number, **ids)
        statuses = {"newStatus": self.tenant.status(one), "oldStatus": _before(one, change)}
        return self._body("WorkFlowStatusChangeEvent", kind, one.number, **ids, **statuses)

    def _body(self, event: str, kind: str, number: int, **ids: str) -> dict[str, Any]:
        """An event's body: its ids are words."""
        self.tenant.address = self.address
        links = [{"rel": "self", "title": event, "url": self.tenant.url(kind, number)}]
        systems = {"systemId": _word(kind, number), "customerId": CUSTOMER, "userId": "77"}
        return {**systems, "eventType": event, **ids, "links": links}

    def sign(self, delivery: Delivery, *, wrong: bool = False) -> tuple[bytes, dict[str, str]]:
        """Packed JSON with the name and password that the receiver gave; nothing is signed."""
        password = "wrong" if wrong else self.credentials["webhook_password"]
        pair = f"{self.credentials['webhook_user']}:{password}"
        word = base64.b64encode(pair.encode()).decode()
        headers = {
            "Authorization": f"Basic {word}",
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
        }
        return gzip.compress(json.dumps(delivery.data).encode()), headers


def _over(status: int) -> Answer:
    body = {"errors": [{"errorMessage": "The limit of calls is reached.", "errorCode": 0}]}
    return Answer(status, body)


def _word(kind: str, number: int) -> str:
    return str(FIRST[kind] + number)


def _before(one: Application, change: Change) -> str:
    """The status id that an application had before a change."""
    if isinstance(change.before, int):
        return STAGES[change.before]
    return {"hired": HIRED, "rejected": DECLINED}.get(str(change.before), STAGES[one.stage])
