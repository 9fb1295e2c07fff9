"""What a simulated agency keeps, whatever the vendor: people, roles, applications, notes."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

#: ``converted``: a prospect that became somebody's application.
State = Literal["active", "rejected", "hired", "converted"]
RoleState = Literal["draft", "open", "on_hold", "filled", "closed"]
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Recruiter:
    """Somebody who works with the ATS."""

    number: int
    first_name: str
    last_name: str
    email: str
    is_admin: bool = False
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Stage:
    """Where an application stands. ``number`` rises along the way."""

    number: int
    name: str


@dataclass(slots=True)
class Person:
    """A candidate. ``number`` is the world's; vendors derive their own ids from it."""

    number: int
    first_name: str = ""
    last_name: str = ""
    emails: list[str] = field(default_factory=list)
    #: E.164, or as people write them.
    phones: list[str] = field(default_factory=list)
    employer: str = ""
    title: str = ""
    city: str = ""
    region: str = ""
    #: ISO 3166, two letters; blank if unknown.
    country: str = ""
    links: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    skills: list[str] = field(default_factory=list)
    language: str = "en"
    source: str = ""
    #: A recruiter's number; None for nobody.
    owner: int | None = None
    #: Mass mail must not reach them.
    opted_out: bool = False
    sms_ok: bool | None = None
    #: Consent to be contacted as the ATS keeps it; None where it knows nothing.
    consent: bool | None = None
    consent_until: datetime | None = None
    is_private: bool = False
    is_anonymised: bool = False
    salary: int | None = None
    currency: str = ""
    available_on: date | None = None
    #: What clients wrote into the vendor's own fields, by their names.
    custom: dict[str, Any] = field(default_factory=dict)
    created_at: datetime = _NEVER
    updated_at: datetime = _NEVER
    last_activity_at: datetime = _NEVER
    #: Raised by every change: whoever keeps something made of a person compares it.
    version: int = 1


@dataclass(slots=True)
class Role:
    """An opening."""

    number: int
    title: str = ""
    state: RoleState = "open"
    #: HTML, as such texts are.
    description: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    department: str = ""
    employment: str = "Full-time"
    workplace: Literal["onsite", "remote", "hybrid", "unspecified"] = "unspecified"
    salary_min: int | None = None
    salary_max: int | None = None
    currency: str = ""
    skills: list[str] = field(default_factory=list)
    headcount: int = 1
    client: str = ""
    #: A recruiter's number.
    owner: int | None = None
    is_confidential: bool = False
    created_at: datetime = _NEVER
    updated_at: datetime = _NEVER
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    version: int = 1


@dataclass(slots=True)
class Application:
    """One person for one role, or for none: a prospect. Everybody has at least one."""

    number: int
    person: int
    role: int | None
    #: A stage's number.
    stage: int = 1
    state: State = "active"
    #: Why it was rejected, in words.
    reason: str = ""
    #: The stages that it came through, in order, each with its moment.
    history: list[tuple[int, datetime]] = field(default_factory=list)
    hired_at: datetime | None = None
    rejected_at: datetime | None = None
    #: The placement's days, if hired.
    begins_on: date | None = None
    ends_on: date | None = None
    created_at: datetime = _NEVER
    updated_at: datetime = _NEVER
    version: int = 1


@dataclass(slots=True)
class Note:
    """A line in somebody's activity log."""

    number: int
    person: int
    body: str
    application: int | None = None
    #: A recruiter's number.
    author: int | None = None
    #: The vendor's own words for what it is and who sees it.
    kind: str = ""
    visibility: str = ""
    created_at: datetime = _NEVER
    updated_at: datetime = _NEVER


@dataclass(frozen=True, slots=True)
class Gone:
    """Somebody who was deleted, or merged into another."""

    person: Person
    at: datetime
    #: Who is left of a merge.
    into: int | None
    #: Numbers of the applications that went along.
    applications: tuple[int, ...]


What = Literal[
    "person.created",
    "person.updated",
    "person.deleted",
    "person.merged",
    "person.anonymised",
    "application.created",
    "application.updated",
    "application.moved",
    "application.rejected",
    "application.unrejected",
    "application.hired",
    "application.unhired",
    "application.deleted",
    "role.created",
    "role.updated",
    "role.deleted",
    "note.created",
    "note.deleted",
]


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened in the world, in order of ``number``."""

    number: int
    what: What
    #: The number of the person, application, role or note.
    id: int
    at: datetime
    #: Which fields changed; empty if that says nothing.
    fields: tuple[str, ...] = ()
    #: Whose: the person of an application or a note; who was merged away; else 0.
    person: int = 0
    #: What stood there before: a stage's number, or a state.
    before: Any = None
