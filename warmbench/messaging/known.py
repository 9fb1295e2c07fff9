"""What the last gate is told: about a person, about a mailbox, and about what is to be sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from warmbench.people.models import Channel, Purpose


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known about one person that decides whether she may be written to."""

    candidate_id: int
    #: Rises with every change that could turn the answer into no.
    version: int
    status: str
    owner_id: int | None
    country: str
    region: str
    time_zone: str
    is_paused: bool
    paused_until: datetime | None
    #: The reason of a suppression that covers the person, blank if there is none.
    suppressed: str
    #: ``Consent.Basis`` of the latest event, blank if there is none.
    basis: str
    basis_expires_at: datetime | None
    #: Where the touch would go, blank if nowhere.
    address: str
    #: Touches of the last 30 days, newest first.
    recent: Sequence[datetime]
    #: Not before this, if she asked to hear from us less often.
    quiet_until: datetime | None = None
    #: When what the basis rests on was alive last.
    basis_since: datetime | None = None
    #: Since when we have her data, of which nobody told her; None once somebody did.
    obtained_at: datetime | None = None
    #: From whom we have them.
    source: str = ""
    #: When she heard of a role last.
    alerted_at: datetime | None = None
    #: Whether an older record has the address as well: the reader hears from us under that one.
    is_read_by_another: bool = False
    #: The recruiter who alone approaches them until a moment.
    reserved_by: int | None = None
    reserved_until: datetime | None = None
    #: Where they work, as their record has it.
    employer: str = ""
    #: Since when they have their status.
    status_since: datetime | None = None
    #: Their employer as it stands on the list of those that are off limits; blank if none does.
    off_limits: str = ""
    #: From when on it is not; None: without an end.
    off_limits_until: datetime | None = None
    #: The clients whose roles they do not hear of, each with the moment when that is over, as ISO
    #: 8601 has it; blank: without an end.
    conflicts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SenderState:
    """What is known about the mailbox it would go from."""

    sender_id: int
    owner_id: int | None
    owner_is_active: bool
    is_paused: bool
    #: Messages that still fit under today's cap.
    room: int
    #: When its next day begins.
    next_day: datetime
    #: Whether American networks know its brand and campaign, and take its texts.
    is_registered_in_us: bool = False


@dataclass(frozen=True, slots=True)
class Touch:
    """What is to be sent, as far as permission is concerned."""

    purpose: str
    channel: str = Channel.EMAIL
    sequence_id: int | None = None
    valid_until: datetime | None = None
    #: What the candidate's permission has to be for.
    permission: str = Purpose.NURTURE
    #: When the message was handed over that it follows, as part of the same approach.
    follows_at: datetime | None = None
    #: Why it has been withdrawn, if it has: a ``Reason``.
    withdrawn: str = ""
    #: When they wrote to us what it answers, if a person answers that.
    answers_at: datetime | None = None
    #: The client whose role it tells of, by the key of ``people.off_limits``.
    client: str = ""
    #: When that person wrote it; None while they do.
    written_at: datetime | None = None
