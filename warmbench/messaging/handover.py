"""What can come of handing a mail over, and what may be done next in each case."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol, TypeAlias


class Kind(Enum):
    """Whose trouble a rejection is."""

    #: Nobody reads this address any more. Concerns the address, not the person.
    ADDRESS_DEAD = "address_dead"
    #: The server distrusts us. Concerns the sender, never the candidate.
    POLICY = "policy"
    #: The provider knows that the person wants none: it is her word, told by somebody else.
    OPTED_OUT = "opted_out"
    OTHER = "other"


class Scope(Enum):
    """Whether another message of the same sender would fare better."""

    MESSAGE = "message"
    #: The server cannot be reached, or does not let us in.
    SENDER = "sender"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server took the mail and answers for it from now on."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """The server has certainly not taken the mail: trying again later is safe."""

    code: int
    text: str
    scope: Scope = Scope.MESSAGE


@dataclass(frozen=True, slots=True)
class Rejected:
    """The server will not take this mail, today or later."""

    code: int
    text: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The connection broke when the server may already have had the whole mail.

    Trying again might send it twice, so nobody may do that by themselves.
    """

    text: str


HandOver: TypeAlias = Accepted | Deferred | Rejected | Uncertain


class Channel(Protocol):
    """Something that takes mails."""

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
        """Try once to hand over one mail. Never raises for anything that the server does."""
        ...

    def close(self) -> None:
        """Let go of any connection. The channel may be used again."""
        ...


@dataclass
class Recording:
    """A channel that only remembers: for forecasts, for the sample's history, for tests."""

    mails: list[tuple[str, str, bytes]] = field(default_factory=list)

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
        """Remember the mail."""
        self.mails.append((mail_from, rcpt_to, data))
        return Accepted(250, "Recorded")

    def close(self) -> None:
        """Do nothing: there is no connection."""
