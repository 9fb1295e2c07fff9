"""What a simulated Calendly keeps: kinds of meetings, links for one meeting, meetings, invitees."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

#: What a link may carry to say who sent somebody.
TRACKING = ("utm_campaign", "utm_source", "utm_medium", "utm_content", "utm_term")


class LinkError(ValueError):
    """Nothing can be booked with this link: it is unknown, or was used."""


def stamp(moment: datetime) -> str:
    """A moment as Calendly writes it: UTC, to the microsecond."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(slots=True)
class Kind:
    """A kind of meeting that people can book."""

    key: str
    name: str
    slug: str
    minutes: int
    is_active: bool = True


@dataclass(slots=True)
class Link:
    """A link that books one meeting."""

    key: str
    kind: Kind
    is_used: bool = False


@dataclass(slots=True)
class Invitee:
    """Somebody in a meeting."""

    key: str
    email: str
    name: str
    tracking: dict[str, str | None]
    at: datetime
    updated_at: datetime
    is_canceled: bool = False
    reason: str = ""
    canceled_by: str = "invitee"
    is_rescheduled: bool = False
    #: Keys of the meeting and invitee before and after, if it was moved.
    before: tuple[str, str] | None = None
    after: tuple[str, str] | None = None
    no_show: str = ""
    no_show_at: datetime | None = None


@dataclass(slots=True)
class Meeting:
    """A meeting that was booked. Each has one invitee."""

    key: str
    kind: Kind
    starts_at: datetime
    at: datetime
    updated_at: datetime
    invitee: Invitee
    is_canceled: bool = False

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.starts_at + timedelta(minutes=self.kind.minutes)


@dataclass
class Book:
    """All links and meetings of one user."""

    kinds: dict[str, Kind] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    meetings: dict[str, Meeting] = field(default_factory=dict)

    def link_for(self, kind: Kind) -> Link:
        """A new link that books once."""
        key = uuid.uuid4().hex[:12]
        self.links[key] = Link(key, kind)
        return self.links[key]

    def book(
        self, url: str, *, email: str, name: str, starts_at: datetime, now: datetime
    ) -> Meeting:
        """Somebody books with a link, whose query says the rest; raises LinkError."""
        parts = urlsplit(url)
        words = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        kind = self._kind_of(parts.path.strip("/").split("/"))
        tracking = {name: words.get(name) for name in TRACKING}
        email = email or words.get("email", "")
        name = name or words.get("name", "") or email.partition("@")[0]
        invitee = Invitee(str(uuid.uuid4()), email, name, tracking, now, now)
        return self._keep(kind, invitee, starts_at, now)

    def _kind_of(self, path: list[str]) -> Kind:
        if path[0] == "d" and len(path) > 1:
            link = self.links.get(path[1])
            if link is None or link.is_used:
                raise LinkError("This link is not valid any more.")
            link.is_used = True
            return link.kind
        for kind in self.kinds.values():
            if kind.slug == path[-1] and kind.is_active:
                return kind
        raise LinkError("There is nothing to book here.")

    def _keep(self, kind: Kind, invitee: Invitee, starts_at: datetime, now: datetime) -> Meeting:
        meeting = Meeting(str(uuid.uuid4()), kind, starts_at, now, now, invitee)
        self.meetings[meeting.key] = meeting
        return meeting

    def cancel(self, meeting: Meeting, *, reason: str, by: str, now: datetime) -> None:
        """A meeting will not be."""
        meeting.is_canceled = meeting.invitee.is_canceled = True
        meeting.invitee.reason, meeting.invitee.canceled_by = reason, by
        meeting.updated_at = meeting.invitee.updated_at = now

    def move(self, meeting: Meeting, starts_at: datetime, *, now: datetime) -> Meeting:
        """The old meeting is canceled, and there is a new one with a new invitee."""
        old = meeting.invitee
        new = Invitee(str(uuid.uuid4()), old.email, old.name, dict(old.tracking), now, now)
        new.before = (meeting.key, old.key)
        moved = self._keep(meeting.kind, new, starts_at, now)
        self.cancel(meeting, reason="", by="invitee", now=now)
        old.is_rescheduled, old.after = True, (moved.key, new.key)
        return moved


@dataclass(frozen=True, slots=True)
class Shapes:
    """Shows what is kept as the API does, where ids are addresses."""

    address: str
    user_name: str
    user_email: str
    user_key: str
    organization_key: str

    @property
    def user(self) -> str:
        """The user's id."""
        return f"{self.address}/users/{self.user_key}"

    @property
    def organization(self) -> str:
        """The organization's id."""
        return f"{self.address}/organizations/{self.organization_key}"

    @property
    def page(self) -> str:
        """Where people book."""
        return f"{self.address}/{self.user_email.partition('@')[0].replace('.', '-')}"

    def kind_id(self, kind: Kind) -> str:
        """The id of a kind of meeting."""
        return f"{self.address}/event_types/{kind.key}"

    def meeting_id(self, key: str) -> str:
        """The id of a meeting."""
        return f"{self.address}/scheduled_events/{key}"

    def invitee_id(self, pair: tuple[str, str]) -> str:
        """The id of an invitee: its meeting's key, then its own."""
        return f"{self.meeting_id(pair[0])}/invitees/{pair[1]}"

    def me(self, since: datetime) -> dict[str, Any]:
        """The user."""
        return {
            "uri": self.user,
            "name": self.user_name,
            "email": self.user_email,
            "slug": self.page.rpartition("/")[2],
            "scheduling_url": self.page,
            "timezone": "Europe/Berlin",
            "avatar_url": None,
            "current_organization": self.organization,
            "resource_type": "User",
            "created_at": stamp(since),
            "updated_at": stamp(since),
        }

    def kind(self, kind: Kind, since: datetime) -> dict[str, Any]:
        """A kind of meeting."""
        return {
            "uri": self.kind_id(kind),
            "name": kind.name,
            "slug": kind.slug,
            "active": kind.is_active,
            "duration": kind.minutes,
            "kind": "solo",
            "type": "StandardEventType",
            "color": "#8247f5",
            "scheduling_url": f"{self.page}/{kind.slug}",
            "profile": {"type": "User", "name": self.user_name, "owner": self.user},
            "secret": False,
            "deleted_at": None,
            "created_at": stamp(since),
            "updated_at": stamp(since),
        }

    def meeting(self, one: Meeting) -> dict[str, Any]:
        """A meeting."""
        said: dict[str, Any] = {
            "uri": self.meeting_id(one.key),
            "name": one.kind.name,
            "status": "canceled" if one.is_canceled else "active",
            "start_time": stamp(one.starts_at),
            "end_time": stamp(one.ends_at),
            "event_type": self.kind_id(one.kind),
            "location": {"type": "outbound_call", "location": None},
            "invitees_counter": {"total": 1, "active": int(not one.is_canceled), "limit": 1},
            "event_memberships": [
                {
                    "user": self.user,
                    "user_email": self.user_email,
                    "user_name": self.user_name,
                }
            ],
            "event_guests": [],
            "created_at": stamp(one.at),
            "updated_at": stamp(one.updated_at),
        }
        if one.is_canceled:
            said["cancellation"] = self._cancellation(one.invitee)
        return said

    def invitee(self, one: Meeting) -> dict[str, Any]:
        """The invitee of a meeting."""
        who = one.invitee
        here = f"{self.address}/cancellations/{who.key}"
        said: dict[str, Any] = {
            "uri": self.invitee_id((one.key, who.key)),
            "email": who.email,
            "name": who.name,
            "first_name": None,
            "last_name": None,
            "status": "canceled" if who.is_canceled else "active",
            "event": self.meeting_id(one.key),
            "timezone": "Europe/Berlin",
            "questions_and_answers": [],
            "text_reminder_number": None,
            "tracking": {**who.tracking, "salesforce_uuid": None},
            "rescheduled": who.is_rescheduled,
            "old_invitee": self.invitee_id(who.before) if who.before else None,
            "new_invitee": self.invitee_id(who.after) if who.after else None,
            "cancel_url": here,
            "reschedule_url": here.replace("cancellations", "reschedulings"),
            "no_show": None,
            "created_at": stamp(who.at),
            "updated_at": stamp(who.updated_at),
        }
        if who.no_show and who.no_show_at:
            uri = f"{self.address}/invitee_no_shows/{who.no_show}"
            said["no_show"] = {"uri": uri, "created_at": stamp(who.no_show_at)}
        if who.is_canceled:
            said["cancellation"] = self._cancellation(who)
        return said

    def _cancellation(self, who: Invitee) -> dict[str, Any]:
        by_host = who.canceled_by == "host"
        return {
            "canceled_by": self.user_name if by_host else who.name,
            "reason": who.reason or None,
            "canceler_type": who.canceled_by,
            "created_at": stamp(who.updated_at),
        }
