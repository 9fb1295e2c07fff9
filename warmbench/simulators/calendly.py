"""A simulated Calendly: links for one meeting, meetings, invitees, and webhooks that are signed."""

import hashlib
import hmac
import json
import uuid
from datetime import datetime, timedelta

from warmbench.simulators import calendly_calls
from warmbench.simulators.calendly_bookings import Book, Kind, Meeting, Shapes, stamp
from warmbench.simulators.calendly_calls import error
from warmbench.simulators.pace import Limits
from warmbench.simulators.sending import Delivery
from warmbench.simulators.vendor import Answer, Request, Route, Routes, Vendor
from warmbench.simulators.world import World

#: Their answers always say that a window begins anew in so many seconds.
RESET = "60"


class Calendly(Vendor):
    """One user's account.

    What people do: ``book``, ``cancel``, ``reschedule`` and ``no_show``.
    """

    name = "calendly"
    routes = Routes(calendly_calls.routes)

    def __init__(self, world: World, limits: Limits | None = None) -> None:
        super().__init__(world, limits)
        #: Webhooks are for paid plans.
        self.is_paid = True
        self.credentials = {"token": "a simulated personal access token"}
        #: Id and secret of the application that may ask for tokens.
        self.application = ("simulated-calendly-client", "a simulated secret")
        self.codes: dict[str, str] = {}
        self.access: dict[str, datetime] = {}
        self.refresh: set[str] = set()
        self._is_token_good = True
        self.book_of = Book()
        for name, minutes in (("Introduction", 15), ("Interview", 45)):
            kind = Kind(str(uuid.uuid4()), name, name.lower(), minutes)
            self.book_of.kinds[kind.key] = kind
        self._keys = str(uuid.uuid4()), str(uuid.uuid4())

    def usual_limits(self) -> Limits:
        """500 calls a minute on paid plans, eight tokens a minute."""
        return Limits(calls=500, seconds=60.0, token_calls=8, token_seconds=60.0, token_life=7200.0)

    def addresses(self) -> dict[str, str]:
        """API and tokens."""
        return {"api": self.address, "auth": self.address}

    @property
    def shapes(self) -> Shapes:
        """How things are shown: the first recruiter's."""
        user = next(iter(self.world.recruiters.values()))
        name = f"{user.first_name} {user.last_name}"
        return Shapes(self.address, name, user.email, *self._keys)

    # What people do.

    def book(
        self, url: str, *, email: str = "", name: str = "", starts_at: datetime | None = None
    ) -> str:
        """Somebody books with a link, as its query says; returns the invitee's id.

        Raises ``calendly_bookings.LinkError`` for a link that was used.
        """
        with self.world.lock:
            now = self.world.clock()
            then = starts_at or now + timedelta(days=2)
            meeting = self.book_of.book(url, email=email, name=name, starts_at=then, now=now)
            self._tell("invitee.created", meeting)
            return self._id(meeting)

    def cancel(self, invitee: str, *, reason: str = "", by: str = "invitee") -> None:
        """A meeting is canceled, by the ``invitee`` or the ``host``."""
        with self.world.lock:
            meeting = self._meeting(invitee)
            self.book_of.cancel(meeting, reason=reason, by=by, now=self.world.clock())
            self._tell("invitee.canceled", meeting)

    def reschedule(self, invitee: str, starts_at: datetime) -> str:
        """A meeting is moved: two webhooks, and a new invitee whose id is returned."""
        with self.world.lock:
            old = self._meeting(invitee)
            new = self.book_of.move(old, starts_at, now=self.world.clock())
            self._tell("invitee.canceled", old)
            self._tell("invitee.created", new)
            return self._id(new)

    def no_show(self, invitee: str, *, undo: bool = False) -> None:
        """Somebody did not come, or did after all."""
        with self.world.lock:
            meeting = self._meeting(invitee)
            who = meeting.invitee
            who.no_show = "" if undo else str(uuid.uuid4())
            who.no_show_at = who.updated_at = self.world.clock()
            self._tell(f"invitee_no_show.{'deleted' if undo else 'created'}", meeting)

    def _id(self, meeting: Meeting) -> str:
        return self.shapes.invitee_id((meeting.key, meeting.invitee.key))

    def _meeting(self, invitee: str) -> Meeting:
        return self.book_of.meetings[invitee.split("/")[-3]]

    def _tell(self, event: str, meeting: Meeting) -> None:
        shapes = self.shapes
        payload = {**shapes.invitee(meeting), "scheduled_event": shapes.meeting(meeting)}
        body = {
            "event": event,
            "created_at": stamp(self.world.clock()),
            "created_by": shapes.user,
            "payload": payload,
        }
        for hook in self.hooks:
            if not hook.events or event in hook.events:
                self.emit(Delivery(hook=hook, event=event, data=body, id=str(uuid.uuid4())))

    # How it is served.

    def admit(self, request: Request, route: Route | None) -> Answer | None:
        """Let in who has a token, within the limits, which every answer tells of."""
        if route is not None and route.is_open:
            return None
        if not self._is_known(request.bearer()):
            return error(401, "Unauthenticated", "The access token is invalid")
        if self.limits.calls is None:
            return None
        room = self.pace.window("calls", self.limits.calls, self.limits.seconds)
        if not room.allowed:
            return self.throttled(request, bare=False, wait=0)
        request.extra = self._told_limits(room.left)
        return None

    def _is_known(self, token: str) -> bool:
        if token == self.credentials["token"]:
            return self._is_token_good
        ends = self.access.get(token)
        return ends is not None and ends > self.world.clock()

    def _told_limits(self, left: int) -> dict[str, str]:
        limit = str(self.limits.calls or 500)
        words = {"X-RateLimit-Limit": limit, "X-RateLimit-Remaining": str(left)}
        return {**words, "X-RateLimit-Reset": RESET}

    def throttled(self, request: Request, *, bare: bool, wait: float) -> Answer:  # noqa: ARG002
        """429: the window always begins anew in a minute, whatever is left of it."""
        answer = error(429, "Too Many Requests", "You have reached the rate limit.")
        if not bare:
            answer.headers |= self._told_limits(0)
        return answer

    def failed(self, status: int) -> Answer:
        """An error of theirs."""
        return error(status, "Unknown", "The server encountered an unexpected error.")

    def missing(self, request: Request) -> Answer:  # noqa: ARG002
        """A path that there is not."""
        return calendly_calls.not_found().answer

    def malformed(self) -> Answer:
        """A body that is no JSON."""
        return error(400, "Invalid Argument", "The request body could not be parsed.")

    def expire(self) -> None:
        """End all access tokens, and take back the personal one."""
        self.access.clear()
        self._is_token_good = False

    def sign(self, delivery: Delivery, *, wrong: bool = False) -> tuple[bytes, dict[str, str]]:
        """The body with its signature, made with the subscription's key over time and bytes."""
        body = json.dumps(delivery.data).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "Calendly"}
        if delivery.hook.secret:
            at = str(int(self.world.clock().timestamp()))
            headers["Calendly-Webhook-Signature"] = _signature(
                "wrong" if wrong else delivery.hook.secret, at, body
            )
        return body, headers


def _signature(key: str, at: str, body: bytes) -> str:
    digest = hmac.new(key.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"
