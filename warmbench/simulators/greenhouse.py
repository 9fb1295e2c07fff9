"""Greenhouse's Harvest v3 as its contract says, with a small agency behind it."""

import math
from collections.abc import Iterable
from typing import Any

from warmbench.simulators import (
    greenhouse_hooks,
    greenhouse_lists,
    greenhouse_lookups,
    greenhouse_tokens,
    greenhouse_transitions,
    greenhouse_writes,
)
from warmbench.simulators.greenhouse_ids import Base
from warmbench.simulators.greenhouse_tokens import Grant
from warmbench.simulators.pace import Limits, Room
from warmbench.simulators.records import Change
from warmbench.simulators.sending import Delivery, Hook
from warmbench.simulators.vendor import Answer, Request, Route, Routes, Vendor
from warmbench.simulators.world import World


class Greenhouse(Vendor):
    """Credentials of a custom integration; ``partner`` are those of one that asks by OAuth."""

    name = "greenhouse"
    routes = Routes(
        greenhouse_tokens.routes,
        greenhouse_lists.routes,
        greenhouse_lookups.routes,
        greenhouse_writes.routes,
        greenhouse_transitions.routes,
    )

    #: Candidate tags by number.
    tags: dict[int, str]
    sources: list[str]
    departments: list[str]
    offices: list[str]
    reasons: list[str]

    def __init__(self, world: World, limits: Limits | None = None) -> None:
        super().__init__(world, limits)
        admin = next(one for one in world.recruiters.values() if one.is_admin)
        self.credentials = {
            "client_id": "sample-integration",
            "client_secret": f"greenhouse-secret-{world.seed}",
            "acting_user_id": str(Base.USER + admin.number),
            "webhook_secret": f"greenhouse-hook-{world.seed}",
        }
        self.partner = {
            "client_id": "sample-partner",
            "client_secret": f"greenhouse-partner-{world.seed}",
        }
        self.tokens: dict[str, Grant] = {}
        self.refresh_tokens: dict[str, Grant] = {}
        self.codes: dict[str, Grant] = {}
        names = sorted({tag for person in world.people.values() for tag in person.tags})
        self.tags = dict(enumerate(names, 1))
        self.sources = sorted({person.source for person in world.people.values()} | {"Sourced"})
        self.departments = sorted({role.department for role in world.roles.values()})
        self.offices = sorted({role.city for role in world.roles.values()})
        reasons = {one.reason for one in world.applications.values() if one.reason}
        self.reasons = sorted(reasons | {"Lacks experience"})

    def usual_limits(self) -> Limits:
        """150 calls in 30 seconds, as recorded; 60 tokens in a minute; tokens live for an hour."""
        return Limits(calls=150, seconds=30, token_calls=60, token_seconds=60, token_life=3600)

    def addresses(self) -> dict[str, str]:
        """The authorisation server and the API."""
        return {"auth": f"{self.address}/auth", "api": f"{self.address}/v3"}

    def admit(self, request: Request, route: Route | None) -> Answer | None:
        """Count the call, then ask for a token; lists are for site admins."""
        if request.path.startswith("/auth/"):
            return self._counted(
                request, "token", self.limits.token_calls, self.limits.token_seconds
            )
        grant = self.tokens.get(request.bearer())
        key = grant.client if grant else "unknown"
        if full := self._counted(request, key, self.limits.calls, self.limits.seconds):
            return full
        if grant is None or grant.expires_at <= self.world.clock():
            return Answer(401, {"errors": ["The access token is invalid or has expired."]})
        request.caller = grant
        is_list = route is not None and route.method == "GET"
        if is_list and grant.user and not self.world.recruiters[grant.user].is_admin:
            return Answer(403, {"errors": ["The user must be a Site Admin."]})
        return None

    def throttled(self, request: Request, *, bare: bool, wait: float) -> Answer:
        """429 with Retry-After and the usual headers, or without any."""
        answer = Answer(429, {"errors": ["Rate limit exceeded."]})
        if not bare:
            seconds = wait or self.limits.seconds
            self._head(request, self.limits.calls or 0, Room(False, 0, seconds))  # noqa: FBT003
            answer.headers = {**request.extra, "Retry-After": str(math.ceil(seconds))}
        return answer

    def failed(self, status: int) -> Answer:
        """Greenhouse's own words for its own faults."""
        return Answer(status, {"errors": ["Something went wrong."]})

    def missing(self, request: Request) -> Answer:
        """404, or 405 where another method is known: notes cannot be changed or deleted."""
        if self.routes.knows(request.path) or request.path.startswith("/v3/notes/"):
            return Answer(405, {"errors": ["This method is not allowed here."]})
        return Answer(404, {"errors": ["Resource not found."]})

    def malformed(self) -> Answer:
        """400 for a body that is no JSON."""
        return Answer(400, {"errors": ["The body is no valid JSON."]})

    def expire(self) -> None:
        """End all access tokens; refresh tokens stay."""
        self.tokens.clear()

    def subscribe(self, url: str, **options: Any) -> Hook:
        """A webhook of the Dev Center: seven attempts; signed with the credentials' secret."""
        secret = self.credentials["webhook_secret"]
        options = {"secret": secret, "attempts": 7, "number": len(self.hooks) + 1, **options}
        return super().subscribe(url, **options)

    def ping(self, hook: Hook) -> Delivery | None:
        """Sent when a webhook is saved, which is switched off if nobody takes it."""
        return greenhouse_hooks.ping(self, hook)

    def told(self, change: Change) -> Iterable[Delivery]:
        """A nested body in the style of v1 for each hook that wants the event."""
        return greenhouse_hooks.deliveries(self, change)

    def sign(self, delivery: Delivery, *, wrong: bool = False) -> tuple[bytes, dict[str, str]]:
        """HMAC-SHA256 over the very bytes, with ``<>&`` escaped in them."""
        return greenhouse_hooks.signed(delivery, wrong=wrong)

    def source_id(self, name: str) -> int | None:
        """The id of a source, which is made if it is new; None for a blank."""
        return _placed(self.sources, name, Base.SOURCE)

    def department_id(self, name: str) -> int | None:
        """The id of a department."""
        return _placed(self.departments, name, Base.DEPARTMENT)

    def office_id(self, name: str) -> int | None:
        """The id of an office."""
        return _placed(self.offices, name, Base.OFFICE)

    def reason_id(self, name: str) -> int | None:
        """The id of a reason to reject."""
        return _placed(self.reasons, name, Base.REASON)

    def _counted(
        self, request: Request, key: str, calls: int | None, seconds: float
    ) -> Answer | None:
        if calls is None:
            return None
        room = self.pace.window(key, calls, seconds)
        self._head(request, calls, room)
        if room.allowed:
            return None
        wait = {"Retry-After": str(math.ceil(room.reset_in))}
        return Answer(429, {"errors": ["Rate limit exceeded."]}, wait)

    def _head(self, request: Request, calls: int, room: Room) -> None:
        reset = math.ceil(self.world.clock().timestamp() + room.reset_in)
        request.extra.update(
            {
                "X-RateLimit-Limit": str(calls),
                "X-RateLimit-Remaining": str(room.left),
                "X-RateLimit-Reset": str(reset),
            }
        )


def _placed(names: list[str], name: str, base: Base) -> int | None:
    if not name:
        return None
    if name not in names:
        names.append(name)
    return base + names.index(name) + 1
