"""A simulated Bullhorn: the REST API with its login, searches, writes, events and traps."""

from collections.abc import Iterable, Sequence
from typing import Any

from warmbench.simulators import (
    bullhorn_entities,
    bullhorn_events,
    bullhorn_login,
    bullhorn_reading,
    bullhorn_writing,
)
from warmbench.simulators.bullhorn_agency import Agency, Options
from warmbench.simulators.bullhorn_fields import Field
from warmbench.simulators.pace import Limits
from warmbench.simulators.records import Change
from warmbench.simulators.sending import Delivery
from warmbench.simulators.vendor import Answer, Request, Route, Routes, Vendor
from warmbench.simulators.world import World


class Bullhorn(Vendor):
    """One tenant. ``options`` says how it differs from others; it sends no webhooks."""

    name = "bullhorn"
    routes = Routes(
        bullhorn_login.routes,
        bullhorn_events.routes,
        bullhorn_writing.routes,
        bullhorn_reading.routes,
    )

    def __init__(self, world: World, limits: Limits | None = None) -> None:
        super().__init__(world, limits)
        self.options = Options()
        self.agency = Agency(world, self.options)
        self.sessions = bullhorn_login.Sessions()
        self.queues = bullhorn_events.Queues(self.agency)
        #: What searches found, by what was asked and how often the world had changed.
        self.remembered: dict[Any, Sequence[Any]] = {}
        #: How many writes there were, also those of which the world hears nothing.
        self.written = 0
        self.credentials = {
            "client_id": "b7c1f0de-simulated",
            "client_secret": "a simulated secret",
            "username": "warmbench.api",
            "password": "a simulated password & sign",
        }

    def usual_limits(self) -> Limits:
        """1,500 calls a minute; access tokens live ten minutes."""
        return Limits(calls=1500, seconds=60.0, token_life=600.0)

    def addresses(self) -> dict[str, str]:
        """Where everybody begins: the answers say where to go on."""
        return {"login": f"{self.address}{bullhorn_login.LOGIN}"}

    def tables(self) -> dict[str, dict[str, Field]]:
        """The fields of every entity, as the options are now."""
        return bullhorn_entities.tables(self.agency)

    def admit(self, request: Request, route: Route | None) -> Answer | None:
        """Let in who has an open session, within the limits."""
        if route is not None and route.is_open:
            return None
        refused = bullhorn_login.check_session(self.sessions, request, self.world.clock())
        if refused is not None:
            return refused
        limits = self.limits
        rooms = []
        if limits.calls is not None:
            rooms.append(self.pace.window("calls", limits.calls, limits.seconds))
        if limits.daily is not None:
            rooms.append(self.pace.day("calls", limits.daily))
        if all(room.allowed for room in rooms):
            return None
        return self.throttled(request, bare=True, wait=0)

    def throttled(self, request: Request, *, bare: bool, wait: float) -> Answer:  # noqa: ARG002
        """429, which never says how long to wait."""
        return bullhorn_login.error(429, "Too many requests.", "errors.rateLimitExceeded")

    def failed(self, status: int) -> Answer:
        """An error of theirs."""
        return bullhorn_login.error(status, "An error occurred.", "errors.internal")

    def missing(self, request: Request) -> Answer:  # noqa: ARG002
        """A path that there is not."""
        return bullhorn_login.error(404, "Not found.", "errors.notFound")

    def malformed(self) -> Answer:
        """A body that is no JSON."""
        return bullhorn_login.error(400, "The body is no JSON.", "errors.invalidBody")

    def expire(self) -> None:
        """End every session and access token."""
        self.sessions.expire()

    def told(self, change: Change) -> Iterable[Delivery]:
        """Nothing is sent: events wait in queues until they are fetched."""
        self.queues.hear(change)
        return ()
