"""A simulated Chili Piper: links and meetings, and webhooks that nobody signs or repeats."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from warmbench.simulators.pace import Limits
from warmbench.simulators.sending import Delivery
from warmbench.simulators.vendor import Answer, RefusedError, Request, Route, Routes, Vendor
from warmbench.simulators.world import World

BASE = "/api/fire-edge"
#: A list of meetings covers so much time at most.
LONGEST = timedelta(days=7)
STATUSES = ("Active", "Canceled", "NoShow", "Completed")
LINKS = ("round-robin", "admin-one-on-one", "group", "ownership")
#: What can be told: set up in their pages, not through the API.
NEW, UPDATED, CANCELED = "New Meeting", "Meeting Update", "Meeting Canceled"

_routes = Routes()


@dataclass(slots=True)
class Meeting:
    """A meeting that was booked."""

    key: str
    title: str
    host: str
    guest: str
    guest_name: str
    starts_at: datetime
    minutes: int
    at: datetime
    #: What the link's query said of the guest.
    said: dict[str, str] = field(default_factory=dict)
    is_canceled: bool = False
    is_no_show: bool = False

    def status(self, now: datetime) -> str:
        """One of ``STATUSES``."""
        if self.is_canceled:
            return "Canceled"
        if self.is_no_show:
            return "NoShow"
        return "Completed" if self.starts_at + timedelta(minutes=self.minutes) < now else "Active"


def _plain(status: int, words: str) -> Answer:
    return Answer(status, words.encode(), {"Content-Type": "text/plain; charset=utf-8"})


def _wrong(code: str, message: str, **arguments: str) -> RefusedError:
    body = {"errorCode": code, "errorMessage": message, "arguments": arguments}
    return RefusedError(Answer(400, body))


@_routes.on("GET", f"{BASE}/v1/org/health/ping")
def ping(vendor: Any, _: Request) -> Answer:  # noqa: ARG001
    """Whether the key is good."""
    return _plain(200, "OK")


def _number(given: dict[str, Any], name: str, usual: int) -> int:
    value = given.get(name, usual)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise RefusedError(_plain(400, f"Invalid value for: body ({name})"))
    return value


@_routes.on("PUT", f"{BASE}/v2/org/meetings/meetings", reads=True)
def list_meetings(vendor: Any, request: Request) -> Answer:
    """Meetings that begin in a window of a week at most; whether there are more is a word."""
    given = request.json()
    try:
        start, end = (_moment(given[name]) for name in ("start", "end"))
    except (KeyError, TypeError, ValueError) as wrong:
        raise RefusedError(_plain(400, "Invalid value for: body (start, end)")) from wrong
    if not timedelta() <= end - start <= LONGEST:
        raise _wrong("INVALID_RANGE", "The range must be at most 7 days.", start=given["start"])
    status = given.get("status")
    if status is not None and status not in STATUSES:
        raise _wrong("INVALID_STATUS", "Unknown status.", status=str(status))
    now = vendor.world.clock()
    found = [
        one
        for one in vendor.meetings.values()
        if start <= one.starts_at <= end
        and (status is None or one.status(now) == status)
        and vendor.workspace in given.get("workspaceIds", [vendor.workspace])
    ]
    found.sort(key=lambda one: (one.starts_at, one.key))
    page, size = _number(given, "page", 0), _number(given, "pageSize", 50) or 50
    shown = [vendor.shown(one) for one in found[page * size : (page + 1) * size]]
    has_more = "Yes" if (page + 1) * size < len(found) else "No"
    return Answer(200, {"data": shown, "hasMore": has_more})


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@_routes.on("GET", f"{BASE}/v1/org/meetings/get/{{id}}")
def read_meeting(vendor: Any, request: Request) -> Answer:
    """One meeting."""
    one = vendor.meetings.get(request.params["id"])
    if one is None:
        return _plain(404, "Meeting not found")
    return Answer(200, vendor.shown(one))


@_routes.on("POST", f"{BASE}/v1/org/schedulingLinks/{{kind}}", reads=True)
def list_links(vendor: Any, request: Request) -> Answer:
    """The links of one kind that people can book with."""
    kind = request.params["kind"].removeprefix("list-")
    if kind not in LINKS:
        return vendor.missing(request)  # type: ignore[no-any-return]
    given = request.json()
    page, size = _number(given, "page", 0), _number(given, "pageSize", 50) or 50
    links = [one for one in vendor.links() if one["kind"] == kind]
    shown = links[page * size : (page + 1) * size]
    return Answer(200, {"results": shown, "total": len(links), "page": page, "pageSize": size})


class ChiliPiper(Vendor):
    """One organization.

    What people do: ``book``, ``cancel``, ``reschedule`` and ``no_show``.
    """

    name = "chili_piper"
    routes = _routes

    def __init__(self, world: World, limits: Limits | None = None) -> None:
        super().__init__(world, limits)
        self.credentials = {"api_key": "a-simulated-key"}
        self.workspace = str(uuid.uuid4())
        self.meetings: dict[str, Meeting] = {}
        self._is_key_good = True
        self._keys = {kind: str(uuid.uuid4()) for kind in LINKS}

    def addresses(self) -> dict[str, str]:
        """The API."""
        return {"api": f"{self.address}{BASE}"}

    def links(self) -> list[dict[str, str]]:
        """All links: one of each kind."""
        return [
            {
                "id": key,
                "kind": kind,
                "name": kind.replace("-", " ").capitalize(),
                "slug": kind,
                "url": f"{self.address}/{kind}/{key}",
                "workspaceId": self.workspace,
            }
            for kind, key in self._keys.items()
        ]

    # What people do.

    def book(
        self, url: str, *, email: str = "", name: str = "", starts_at: datetime | None = None
    ) -> str:
        """Somebody books with a link, whose query says what is known of them; returns its id."""
        with self.world.lock:
            parts = urlsplit(url)
            words = {key: values[-1] for key, values in parse_qs(parts.query).items()}
            link = next(one for one in self.links() if urlsplit(one["url"]).path == parts.path)
            now, host = self.world.clock(), next(iter(self.world.recruiters.values()))
            meeting = Meeting(
                str(uuid.uuid4()),
                f"{link['name']} meeting",
                host.email,
                email or words.get("email", ""),
                name or words.get("name", ""),
                starts_at or now + timedelta(days=2),
                30,
                now,
                words,
            )
            self.meetings[meeting.key] = meeting
            self._tell(NEW, meeting)
            return meeting.key

    def cancel(self, meeting: str) -> None:
        """A meeting will not be."""
        with self.world.lock:
            self.meetings[meeting].is_canceled = True
            self._tell(CANCELED, self.meetings[meeting])

    def reschedule(self, meeting: str, starts_at: datetime) -> None:
        """A meeting is moved; it stays the same."""
        with self.world.lock:
            self.meetings[meeting].starts_at = starts_at
            self._tell(UPDATED, self.meetings[meeting])

    def no_show(self, meeting: str) -> None:
        """Somebody did not come."""
        with self.world.lock:
            self.meetings[meeting].is_no_show = True
            self._tell(UPDATED, self.meetings[meeting])

    def shown(self, one: Meeting) -> dict[str, Any]:
        """A meeting as the API shows it."""
        return {
            "id": one.key,
            "title": one.title,
            "status": one.status(self.world.clock()),
            "start": _written(one.starts_at),
            "end": _written(one.starts_at + timedelta(minutes=one.minutes)),
            "createdAt": _written(one.at),
            "workspaceId": self.workspace,
            "hostEmail": one.host,
            "primaryGuestEmail": one.guest,
            "primaryGuestName": one.guest_name,
            "primaryGuestDataFields": one.said,
        }

    def _tell(self, event: str, one: Meeting) -> None:
        for delivery in self._deliveries(event, one):
            self.emit(delivery)

    def _deliveries(self, event: str, one: Meeting) -> Iterable[Delivery]:
        """Flat, and it does not say what happened: that is known by the address it comes to."""
        body = {
            "meetingIdChili": one.key,
            "meetingTitle": one.title,
            "meetingStartTime": _written(one.starts_at),
            "hostEmail": one.host,
            "primaryGuestEmail": one.guest,
            "primaryGuestDataFields": one.said,
        }
        for hook in self.hooks:
            if not hook.events or event in hook.events:
                yield Delivery(hook=hook, event=event, data=body, id=one.key)

    # How it is served.

    def admit(self, request: Request, route: Route | None) -> Answer | None:  # noqa: ARG002
        """Let in who has the key, and says Bearer before it."""
        if not self._is_key_good or request.bearer() != self.credentials["api_key"]:
            return _plain(401, "Unauthorized")
        if self.limits.calls is None:
            return None
        room = self.pace.window("calls", self.limits.calls, self.limits.seconds)
        return None if room.allowed else self.throttled(request, bare=True, wait=0)

    def throttled(self, request: Request, *, bare: bool, wait: float) -> Answer:  # noqa: ARG002
        """429. Nothing is documented of how long it lasts."""
        return _plain(429, "Too Many Requests")

    def failed(self, status: int) -> Answer:
        """An error of theirs."""
        return _plain(status, "Something went wrong")

    def missing(self, request: Request) -> Answer:  # noqa: ARG002
        """A path that there is not."""
        return _plain(404, "Not Found")

    def malformed(self) -> Answer:
        """A body that is no JSON."""
        return _plain(400, "Invalid value for: body")

    def expire(self) -> None:
        """Take the key back."""
        self._is_key_good = False

    def sign(self, delivery: Delivery, *, wrong: bool = False) -> tuple[bytes, dict[str, str]]:  # noqa: ARG002
        """Plain JSON: there is no signature that could be wrong."""
        return json.dumps(delivery.data).encode(), {"Content-Type": "application/json"}


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
