"""Lever's Data API v1 as its contract says, with a small agency behind it."""

from collections.abc import Iterable
from typing import Any

from warmbench.simulators import (
    lever_hooks,
    lever_jobs,
    lever_lookups,
    lever_notes,
    lever_opportunities,
    lever_people,
    lever_tokens,
)
from warmbench.simulators.lever_ids import stage_id, uuid
from warmbench.simulators.lever_tokens import Grant
from warmbench.simulators.pace import Limits
from warmbench.simulators.records import Application, Change
from warmbench.simulators.sending import Delivery, Hook
from warmbench.simulators.vendor import Answer, Request, Route, Routes, Vendor
from warmbench.simulators.world import World


class Lever(Vendor):
    """A person is a contact; each of their applications is an opportunity.

    ``credentials`` is an API key; ``partner`` are those of an integration that asks by OAuth.
    """

    name = "lever"
    routes = Routes(
        lever_tokens.routes,
        lever_opportunities.routes,
        lever_people.routes,
        lever_notes.routes,
        lever_jobs.routes,
        lever_lookups.routes,
        lever_hooks.routes,
    )

    def __init__(self, world: World, limits: Limits | None = None) -> None:
        super().__init__(world, limits)
        self.credentials = {"api_key": f"lever-key-{world.seed}"}
        self.partner = {
            "client_id": "sample-partner",
            "client_secret": f"lever-partner-{world.seed}",
        }
        self.tokens: dict[str, Grant] = {}
        self.refresh_tokens: dict[str, Grant] = {}
        self.codes: dict[str, Grant] = {}
        #: Raised to make all offsets stale.
        self.offsets = 1
        reasons = {one.reason for one in world.applications.values() if one.reason}
        #: Why people are archived: text → type. One has none, as recorded.
        self.reasons: dict[str, str | None] = {
            "Hired": "hired",
            **dict.fromkeys(sorted(reasons | {"Lacks experience"}), "non-hired"),
            "Other": None,
        }
        #: Who was mentioned in notes, and so got a mail: note's number, word after the @.
        self.mentions: list[tuple[int, str]] = []
        # What belongs to one opportunity, and to no other of the same person.
        self._tags: dict[int, list[str]] = {}
        self._stages: dict[int, tuple[str, int]] = {}
        self._hooked = 0

    def usual_limits(self) -> Limits:
        """10 calls a second, 20 at once; tokens live for an hour."""
        return Limits(calls=10, seconds=1, burst=20, token_life=3600)

    def addresses(self) -> dict[str, str]:
        """The authorisation server and the API."""
        return {"auth": f"{self.address}/auth", "api": f"{self.address}/v1"}

    def admit(self, request: Request, route: Route | None) -> Answer | None:
        """An API key as user name without a password, or a bearer token; then the bucket."""
        request.extra["x-lever-region"] = "global"
        if route and route.is_open:
            return None
        pair = request.basic()
        grant = self.tokens.get(request.bearer())
        is_live = grant is not None and grant.expires_at > self.world.clock()
        if pair != (self.credentials["api_key"], "") and not is_live:
            words = "The API key or token is not valid."
            return Answer(401, {"code": "Unauthorized", "message": words})
        limits = self.limits
        if limits.calls is not None:
            rate = limits.calls / limits.seconds
            key = "key" if pair else "token"
            if not self.pace.bucket(key, rate, limits.burst or limits.calls):
                return self.throttled(request, bare=True, wait=0)
        return None

    def throttled(self, request: Request, *, bare: bool, wait: float) -> Answer:  # noqa: ARG002
        """429. Lever never says for how long."""
        return Answer(429, {"code": "TooManyRequests", "message": "Too many requests."})

    def failed(self, status: int) -> Answer:
        """Lever's own words for its own faults."""
        code = "ServiceUnavailable" if status == 503 else "InternalServerError"
        return Answer(status, {"code": code, "message": "Something went wrong."})

    def missing(self, request: Request) -> Answer:  # noqa: ARG002
        """404 for what is not there."""
        return Answer(404, {"code": "ResourceNotFound", "message": "No such resource."})

    def malformed(self) -> Answer:
        """400 for a body that is no JSON."""
        return Answer(400, {"code": "BadRequest", "message": "The body is no valid JSON."})

    def expire(self) -> None:
        """End all access tokens; API keys and refresh tokens stay."""
        self.tokens.clear()

    def forget_offsets(self) -> None:
        """Make every offset that was given out stale."""
        self.offsets += 1

    def subscribe(self, url: str, **options: Any) -> Hook:
        """A webhook: one attempt and five more. Its ``secret`` is the signature token."""
        self._hooked += 1
        usual = {"secret": lever_hooks.new_token(), "attempts": 6, "number": self._hooked}
        options = {**usual, **options}
        return super().subscribe(url, **options)

    def told(self, change: Change) -> Iterable[Delivery]:
        """The events that a change brings about, for each hook that wants them."""
        return lever_hooks.deliveries(self, change)

    def sign(self, delivery: Delivery, *, wrong: bool = False) -> tuple[bytes, dict[str, str]]:
        """A signature in the body, over token and moment only."""
        return lever_hooks.signed(delivery, wrong=wrong)

    def reason_id(self, text: str) -> str:
        """The id of a reason to archive, which is made if it is new."""
        self.reasons.setdefault(text, "non-hired")
        return uuid("reason", list(self.reasons).index(text) + 1)

    def stage_of(self, one: Application) -> str:
        """The id of the stage that an opportunity stands in."""
        stage, moves = self._stages.get(one.number, ("", 0))
        # Whoever was moved since stands where the world says.
        if stage and moves == len(one.history):
            return stage
        return stage_id(one.stage, is_lead=one.role is None)

    def set_stage(self, one: Application, stage: str, number: int) -> None:
        """Move an opportunity; ``number`` is the world's stage that comes closest."""
        self._stages[one.number] = (stage, len(one.history) + 1)
        self.world.move(one.number, number)

    def tags_of(self, one: Application) -> list[str]:
        """The tags of one opportunity."""
        known = self._tags.get(one.number)
        return self.world.people[one.person].tags if known is None else known

    def set_tags(self, one: Application, tags: list[str]) -> None:
        """Give one opportunity these tags; others of the same person keep theirs."""
        self._tags[one.number] = tags
        self.world.touch(one.number)
