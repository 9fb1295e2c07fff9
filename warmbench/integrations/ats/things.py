"""What an ATS speaks of, in words that no vendor owns: people, applications, roles, notes.

All moments are aware and in UTC; all ids are texts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

#: Where to go on in a window: plain JSON that only the client understands. Empty: at its start.
Cursor = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Window:
    """Changes from a moment (None: everything) until another, both included."""

    start: datetime | None
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A candidate as the ATS says. A blank says nothing."""

    external_id: str
    changed_at: datetime | None = None
    first_name: str = ""
    last_name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    job_title: str = ""
    employer: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    #: A place in one text, where it is not told apart.
    location: str = ""
    profile_url: str = ""
    skills: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    #: Where they had the person from.
    origin: str = ""
    owner_id: str = ""
    #: True: must not be mailed. False and None say nothing against it.
    opted_out: bool | None = None
    #: When a permission that they hold ends: from then on the person must not be mailed, and no
    #: change will tell (Lever).
    permitted_until: datetime | None = None
    #: A status of the person (not of an application) that means "placed" (Bullhorn).
    is_placed: bool = False
    #: Page of the record, for a person to open.
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A person in the process for a role, or for none in particular."""

    external_id: str
    person_id: str
    role_id: str = ""
    #: Of sourcing.models.Application.Outcome.
    outcome: str = "active"
    #: Their stage's id and name.
    stage_id: str = ""
    stage: str = ""
    #: A prospect: in a pool of theirs, and in no process.
    is_prospect: bool = False
    applied_at: datetime | None = None
    ended_at: datetime | None = None
    #: Whose it is there.
    owner_id: str = ""
    changed_at: datetime | None = None
    #: The person whom it came with, where one answer holds both (Lever).
    person: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A job, posting, requisition or order."""

    external_id: str
    title: str
    #: Of sourcing.models.Role.State.
    state: str
    company: str = ""
    #: Plain text or HTML.
    description: str = ""
    places: tuple[str, ...] = ()
    #: Of sourcing.models.Role.Remote, or blank.
    remote: str = ""
    pay_min: str = ""
    pay_max: str = ""
    pay_currency: str = ""
    pay_period: str = ""
    skills: tuple[str, ...] = ()
    deadline: datetime | None = None
    apply_url: str = ""
    owner_id: str = ""
    changed_at: datetime | None = None


class Fate(StrEnum):
    """Why a record is there no more."""

    DELETED = "deleted"
    #: Taken out for the person's privacy: they are to be forgotten here, too.
    ERASED = "erased"
    MERGED = "merged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A person's record that is there no more."""

    #: Blank where only an application is known that is there no more.
    external_id: str
    fate: Fate
    application_id: str = ""
    #: The record that it was merged into, if that is known.
    into_id: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Some things in the order in which they came, and where to go on after them."""

    items: Sequence[Any]
    #: Null: this was the last page.
    cursor: Cursor | None
    #: How many there are in the whole window, if it says so.
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a webhook or an event says has changed: records to be read again."""

    #: By what it is told apart from all others; told again, it has the same.
    event_id: str
    #: The vendor's name of it.
    kind: str
    person_ids: tuple[str, ...] = ()
    application_ids: tuple[str, ...] = ()
    role_ids: tuple[str, ...] = ()
    gone: tuple[Gone, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """That a write was taken."""

    status_code: int
    #: What their answer calls the request, if it does.
    request_id: str = ""
    their_id: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """One line for the record of a person."""

    text: str
    at: datetime
    #: Stands in the text as well, so that one that was written is found again.
    marker: str
    #: Their application that it belongs to, if any.
    application_id: str = ""
