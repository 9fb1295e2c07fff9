"""What a simulated vendor is made of: requests, answers, routes, and the class to derive from."""

import json
import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote

from warmbench.simulators.pace import Limits, Pace
from warmbench.simulators.records import Change
from warmbench.simulators.sending import Delivery, Hook
from warmbench.simulators.world import World

# Made once, and trusting that no answer contains itself: half of a large page is this.
_JSON = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False)


@dataclass(slots=True)
class Answer:
    """What goes back: ``body`` as it is if bytes, nothing if None, else as JSON."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def raw(self) -> bytes:
        """The body's bytes."""
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        return _JSON.encode(self.body).encode()


class RefusedError(Exception):
    """Raised anywhere in a handler to answer at once."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


@dataclass(slots=True)
class Request:
    """One call as it came in."""

    method: str
    #: Decoded, without the query.
    path: str
    #: As it came: percent-encoded.
    raw_query: str
    headers: Message
    body: bytes
    #: Parts of the path that the route's template names.
    params: dict[str, str] = field(default_factory=dict)
    #: Whatever ``Vendor.admit`` knows about the caller.
    caller: Any = None
    #: Headers that ``Vendor.finish`` adds to the answer.
    extra: dict[str, str] = field(default_factory=dict)
    _query: dict[str, list[str]] | None = None

    @property
    def query(self) -> dict[str, list[str]]:
        """The query's values by name, decoded once."""
        if self._query is None:
            self._query = parse_qs(self.raw_query, keep_blank_values=True)
        return self._query

    def get(self, name: str, default: str = "") -> str:
        """The last value of a query parameter."""
        values = self.query.get(name)
        return values[-1] if values else default

    def json(self) -> Any:
        """The body as JSON. A body that is none is refused with ``ValueError``."""
        return json.loads(self.body) if self.body else {}

    def form(self) -> dict[str, str]:
        """The fields of a form in the body; empty if it is none."""
        kind = self.headers.get("Content-Type") or ""
        if not kind.startswith("application/x-www-form-urlencoded"):
            return {}
        fields = parse_qs(self.body.decode(errors="replace"), keep_blank_values=True)
        return {name: values[-1] for name, values in fields.items()}

    def basic(self) -> tuple[str, str] | None:
        """User and password of Basic authentication, if they came."""
        scheme, _, word = (self.headers.get("Authorization") or "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, colon, password = b64decode(word, validate=True).decode().partition(":")
        except (Base64Error, UnicodeDecodeError):
            return None
        return (user, password) if colon else None

    def bearer(self) -> str:
        """The bearer token; blank without one."""
        scheme, _, word = (self.headers.get("Authorization") or "").partition(" ")
        return word if scheme.lower() == "bearer" else ""


@dataclass(frozen=True, slots=True)
class Route:
    """One call that a vendor understands."""

    method: str
    template: str
    handler: Callable[[Any, Request], Answer]
    #: Whoever asks needs no credentials (the handler looks itself).
    is_open: bool
    #: It changes nothing, whatever its method: it does not count as a write.
    reads: bool


class Routes:
    """Calls and their handlers: ``handler(vendor, request) -> Answer``.

    ``{name}`` in a template stands for one part of the path. Fixed parts win over named ones.
    """

    def __init__(self, *others: "Routes") -> None:
        self._all: list[Route] = [route for other in others for route in other]
        self._fixed: dict[tuple[str, str], Route] = {}
        self._named: dict[tuple[str, int], list[tuple[re.Pattern[str], Route]]] = {}
        for route in self._all:
            self._index(route)

    def __iter__(self) -> Any:
        return iter(self._all)

    def on(
        self, method: str, template: str, *, is_open: bool = False, reads: bool = False
    ) -> Callable[[Callable[[Any, Request], Answer]], Callable[[Any, Request], Answer]]:
        """Register the decorated function for this method and template."""

        def register(handler: Callable[[Any, Request], Answer]) -> Any:
            route = Route(method, template, handler, is_open, reads or method == "GET")
            self._all.append(route)
            self._index(route)
            return handler

        return register

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route of a call, and the named parts of its path."""
        if route := self._fixed.get((method, path)):
            return route, {}
        for pattern, route in self._named.get((method, path.count("/")), ()):
            if found := pattern.fullmatch(path):
                return route, {name: unquote(text) for name, text in found.groupdict().items()}
        return None

    def knows(self, path: str) -> bool:
        """Whether another method would find something here."""
        return any(self.find(route.method, path) for route in self._all)

    def _index(self, route: Route) -> None:
        if "{" not in route.template:
            self._fixed[route.method, route.template] = route
            return
        parts = re.split(r"(\{\w+\})", route.template)
        pattern = "".join(
            f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else re.escape(part)
            for part in parts
        )
        key = (route.method, route.template.count("/"))
        known = self._named.setdefault(key, [])
        known.append((re.compile(pattern), route))
        known.sort(key=lambda one: one[1].template.count("{"))


class Vendor:
    """Derive from it to simulate a vendor; ``warmbench.simulators._VENDORS`` names the class.

    ``server.Simulator`` calls it, holding ``world.lock``, in this order: ``admit`` (credentials,
    limits), the route's handler, ``finish`` (headers of every answer). A handler may raise
    ``RefusedError(Answer(...))``. Each successful call that is not ``reads`` becomes a ``Write``.
    """

    name: ClassVar[str]
    routes: ClassVar[Routes]

    def __init__(self, world: World, limits: Limits | None = None) -> None:
        self.world = world
        self.limits = limits if limits is not None else self.usual_limits()
        self.pace = Pace(world.clock)
        #: Where it is served; set before the first call.
        self.address = ""
        #: Where webhooks go.
        self.hooks: list[Hook] = []
        #: What a person would paste.
        self.credentials: dict[str, str] = {}
        #: Takes webhooks that no change of the world brings about; the server listens to it.
        self.emit: Callable[[Delivery], None] = lambda _: None

    def usual_limits(self) -> Limits:
        """The limits that the vendor is known for."""
        return Limits()

    def addresses(self) -> dict[str, str]:
        """The client's addresses by their names, all of this server (``self.address``)."""
        return {"api": self.address}

    def admit(self, request: Request, route: Route | None) -> Answer | None:  # noqa: ARG002
        """Let a call in (None), or say why not. Set ``request.caller`` and ``request.extra``."""
        return None

    def finish(self, request: Request, answer: Answer) -> None:
        """Add what every answer carries."""
        answer.headers.update(request.extra)

    def throttled(self, request: Request, *, bare: bool, wait: float) -> Answer:
        """The vendor's 429: with its headers, or ``bare``; ``wait`` 0 is the usual time."""
        raise NotImplementedError

    def failed(self, status: int) -> Answer:
        """The vendor's 500 or 503."""
        return Answer(status, {"message": "Something went wrong."})

    def missing(self, request: Request) -> Answer:  # noqa: ARG002
        """The vendor's 404 for a path that it does not know."""
        return Answer(404, {"message": "Not found."})

    def malformed(self) -> Answer:
        """What the vendor says to a body that is no JSON."""
        return Answer(400, {"message": "The body is no JSON."})

    def expire(self) -> None:
        """End all access tokens at once."""

    def subscribe(self, url: str, **options: Any) -> Hook:
        """Send webhooks to ``url`` from now on."""
        hook = Hook(url=url, **options)
        self.hooks.append(hook)
        return hook

    def ping(self, hook: Hook) -> Delivery | None:  # noqa: ARG002
        """What is sent as soon as a hook is there; if nobody takes it, the hook is off."""
        return None

    def told(self, change: Change) -> Iterable[Delivery]:  # noqa: ARG002
        """The webhooks that one change of the world brings about."""
        return ()

    def sign(self, delivery: Delivery, *, wrong: bool = False) -> tuple[bytes, dict[str, str]]:
        """Body and headers as they go out, signed now; ``wrong`` spoils the signature."""
        raise NotImplementedError
