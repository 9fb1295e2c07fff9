"""How a system for booking talks is asked, in words that no vendor owns."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from warmbench.integrations.ats.protocol import Call, KeyField, Keys


class Fate(StrEnum):
    """How a talk stands now."""

    BOOKED = "booked"
    CALLED_OFF = "called_off"
    NOT_THERE = "not_there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A talk as it stands now, wherever it was moved."""

    #: All that it was called, as far as it says.
    ids: tuple[str, ...]
    email: str
    #: What our link said of who was sent there; blank if they came by another way.
    word: str
    title: str
    #: None where it does not say.
    booked_at: datetime | None
    starts_at: datetime
    ends_at: datetime
    fate: Fate


@dataclass(frozen=True, slots=True)
class Link:
    """Something that can be booked."""

    id: str
    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a test of the keys found out."""

    name: str
    links: tuple[Link, ...] = ()
    #: What the vendor calls it, by names of the client's own.
    ids: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """What a call says: that something happened to a talk."""

    event_id: str
    kind: str
    talk_id: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A talk that was found while asking what changed, and from where to go on after it."""

    talk: Talk | None
    cursor: dict[str, Any]


class Client(Protocol):
    """Asks one account. Every method may raise AtsError."""

    def find_out(self) -> Account:
        """Whose account it is, and what can be booked."""
        ...

    def read(self, talk_id: str) -> Talk:
        """A talk as it is now. Raises GoneError."""
        ...

    def changed(self, cursor: Mapping[str, Any], *, since: datetime) -> Iterator[Seen]:
        """Talks that are new or changed, at least; from ``since`` on where there is no cursor."""
        ...

    def close(self) -> None:
        """Let connections go."""
        ...


class Calls(Protocol):
    """A client whose vendor is told by API where to call us."""

    def subscribe(self, url: str, key: str) -> str:
        """Have everything told to this address, signed with this key. Returns what that is
        called there. Raises ForbiddenError where the plan has no such thing."""
        ...

    def unsubscribe(self, subscription: str) -> None:
        """Have nothing told there any more; that it is gone already is no error."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """A system for booking talks: what its page asks for, and how it is opened."""

    key: str
    label: str
    fields: tuple[KeyField, ...]
    addresses: Mapping[str, str]
    #: Keys go to these hosts and those below them alone.
    hosts: tuple[str, ...]
    open: Callable[[Keys], Client]
    #: What a call tells, if it is signed with one of these keys. Raises NotTheirsError.
    hear: Callable[[tuple[str, ...], Call], list[Told]]
    #: Whether it calls us because we asked it by API; else a person enters our address there.
    is_told_by_api: bool
