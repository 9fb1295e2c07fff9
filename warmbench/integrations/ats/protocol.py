"""How an ATS is asked and told, in words that no vendor owns.

A client knows one vendor's API and nothing of our database; whoever reads and writes through it
knows no vendor.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from warmbench.core.vault import Secret
from warmbench.integrations.ats.things import (
    Application,
    Cursor,
    Gone,
    Note,
    Page,
    Person,
    Proof,
    Role,
    Told,
    Window,
)


class Can(StrEnum):
    """How well an ATS does something."""

    YES = "yes"
    #: In another way than its own, named in the note.
    INSTEAD = "instead"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Ability:
    """Whether an ATS can do something, and how, in a sentence for a person."""

    can: Can
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a vendor's API lets us do. With what was found out about one account
    (``Found.read_only``), a client may be able to do less."""

    changed_since: Ability
    opt_out: Ability
    text_opt_out: Ability
    tags: Ability
    status: Ability
    activity: Ability
    merges: Ability
    erasures: Ability
    push: Ability


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the things that a mapping chooses from: a stage, a status, a field, a user."""

    id: str
    name: str
    #: For users: their address, by which they are matched with ours. For fields: their type.
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a test of the keys found out. Stored with the connection as JSON."""

    account: str
    #: What is missing, each a sentence: permissions, read-only flags.
    warnings: tuple[str, ...] = ()
    stages: tuple[Choice, ...] = ()
    #: How applications end there (statuses, archive reasons), where that is not fixed.
    outcomes: tuple[Choice, ...] = ()
    fields: tuple[Choice, ...] = ()
    users: tuple[Choice, ...] = ()
    #: How note kinds are called, where a note must have one.
    note_kinds: tuple[Choice, ...] = ()
    #: Of our words (opt_out, text_opt_out, …): those that this account does not let us write.
    read_only: tuple[str, ...] = ()
    #: Fields of theirs that a client does without in this account, by the client's own names.
    lacking: tuple[str, ...] = ()
    #: How many candidates there are, if it says so.
    candidates: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the words of one account are read; a person sets it when connecting."""

    #: Their stage id → ours (Candidate.Stage) that it means at least.
    stages: Mapping[str, str] = field(default_factory=dict)
    #: Their outcome or status id → Application.Outcome, where that is not fixed.
    outcomes: Mapping[str, str] = field(default_factory=dict)
    #: Their fields from which skills are read.
    skill_fields: tuple[str, ...] = ()
    #: The fields that stand for what the API has no place for; blank: none.
    opt_out_field: str = ""
    activity_field: str = ""
    #: Their user id → ours.
    owners: Mapping[str, int] = field(default_factory=dict)
    note_kind: str = ""
    #: Tag, or tearsheet id, that marks who opted out, where that stands for a flag.
    opt_out_tag: str = "Do not mail (Warmbench)"
    #: Whether whoever we wrote to gets a tag there, and members of our pools the pools' names.
    tags_touched: bool = False
    tags_pools: bool = False


@dataclass(frozen=True, slots=True)
class Keys:
    """What a client is opened with."""

    credentials: Mapping[str, Secret]
    addresses: Mapping[str, str]
    mapping: Reading
    found: Found | None
    #: Reads what the vendor gave us last, under a lock, and lets it be replaced: a refresh token
    #: that works once must be stored before it is used up.
    tokens: "Tokens"
    #: The time, for clients that must know it (expiry, windows, signatures).
    clock: Callable[[], datetime]
    #: Called after every call with its status and what the answer said of limits (limit,
    #: remaining): for the budget that the page shows.
    on_call: Callable[[int, int | None, int | None], None]


class Tokens(Protocol):
    """Keeps what the vendor gave us: one process at a time renews it."""

    def current(self) -> dict[str, str]:
        """What is stored."""
        ...

    def renew(self, ask: Callable[[dict[str, str]], dict[str, str]]) -> dict[str, str]:
        """Lock, hand what is stored to ``ask``, store its answer, commit, return it."""
        ...


class Ats(Protocol):
    """A client of one ATS. Everything may raise AtsError."""

    def find_out(self) -> Found:
        """Test the keys, and find out about the account what a mapping chooses from."""
        ...

    def people(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        """Pages of Person that changed in the window, from the cursor on. Where the ATS cannot
        say when something changed, everything that may have."""
        ...

    def applications(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        """Pages of Application that changed in the window."""
        ...

    def roles(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        """Pages of Role that changed in the window."""
        ...

    def gone(self, window: Window, cursor: Cursor) -> Iterator[Page]:
        """Pages of Gone; none where the ATS does not say."""
        ...

    def events(self, cursor: Cursor) -> Iterator[Page]:
        """Pages of Told from a queue of theirs; none where there is no queue. What a page holds
        may be forgotten there when the next one is asked for."""
        ...

    def read_people(self, ids: Sequence[str]) -> list[Person | Gone]:
        """These people as they are now; those that are not there as Gone."""
        ...

    def read_applications(self, ids: Sequence[str]) -> list[Application]:
        """These applications as they are now; those that are not there are left out."""
        ...

    def applications_of(self, person_id: str) -> list[Application]:
        """All applications of one person as they are now."""
        ...

    def read_roles(self, ids: Sequence[str]) -> list[Role]:
        """These roles as they are now."""
        ...

    def opt_out(self, person_id: str) -> Proof:
        """Write that this person must not be mailed. Doing it again does no harm."""
        ...

    def tag(self, person_id: str, add: Sequence[str], remove: Sequence[str]) -> Proof:
        """Give and take tags. Doing it again does no harm."""
        ...

    def set_status(self, person_id: str, status: str) -> Proof:
        """Write where somebody stands with us (Candidate.Status), where there is a place for it."""
        ...

    def note(self, person_id: str, note: Note) -> Proof:
        """Write one line, unless one with this marker is there already."""
        ...

    def erase(self, person_id: str) -> Proof:
        """Have the person anonymised or deleted, as the API allows."""
        ...

    def close(self) -> None:
        """Let connections go."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """A webhook call as it came."""

    headers: Mapping[str, str]
    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class KeyField:
    """One thing that a person pastes."""

    name: str
    label: str
    help: str = ""
    is_secret: bool = True
    is_required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """How a person lets us in without pasting a key: the code grant
    of RFC 6749, 4.1."""

    #: Below the address ``auth``; the credentials client_id and client_secret are ours there.
    authorize_path: str
    token_path: str
    scopes: tuple[str, ...]
    #: Whether client_id and client_secret go along as Basic authentication, or in the form.
    is_basic: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """A vendor: what its page asks for, what it can do, and how it is opened."""

    key: str
    label: str
    fields: tuple[KeyField, ...]
    #: The usual addresses by name. Only hosts under ``hosts`` may be entered instead.
    addresses: Mapping[str, str]
    hosts: tuple[str, ...]
    capabilities: Capabilities
    open: Callable[[Keys], Ats]
    #: Verify a call and say what it tells; None where the vendor does not call.
    hear: Callable[[Keys, Call], list[Told]] | None = None
    #: Have it call an address of ours; returns what its calls are known by, for the credentials.
    #: None where that is done by hand.
    register: Callable[[Ats, str], Mapping[str, str]] | None = None
    oauth: OAuth | None = None
    #: What a person has to do over there, in Markdown.
    how: str = ""
    #: Calls a day that the vendor allows, where it does.
    daily_calls: int | None = None
    #: How often everything is read once more by itself, to find what was told by nothing. None:
    #: only when somebody asks for it.
    reread_every: timedelta | None = timedelta(days=7)
