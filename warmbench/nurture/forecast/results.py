"""What a forecast found, as it stands in ``Forecast.result``: counts, never a person."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from warmbench.messaging import reasons

#: The touch of a row of ``ForecastTouch`` that stands for somebody who hears nothing. Its
#: ``refusal`` says why: a reason of the last gate, what her step waits for, or one of ``SILENCES``.
SILENT = ""
#: Why somebody hears nothing of whom the gate was not asked.
SILENCES: Mapping[str, str] = {
    "not_due": "Their next step is due after this time.",
    "not_begun": "They are on no sequence: a tag is missing, or their pool leads to none.",
    "sequence_rests": "Their sequence is paused, or not active yet.",
    "at_the_end": "They have come to the end of their sequences.",
    "left_pool": "They leave the pool, and its sequence with it.",
}
#: How close to somebody's own work a piece is, the closest first.
LEVELS = ("own", "category", "general")
#: Why the clock moves a touch to another time.
SHIFTS: Mapping[str, str] = {
    "holiday": "It is a public holiday where they live.",
    "weekend": "It is a weekend where they live.",
    "dst": "Clocks changed since their last message: the hour is another one.",
    "law": "The law keeps these hours free of messages where they live.",
    "hours": "It is outside working hours where they live.",
}


def because(reason: str) -> str:
    """A reason of a forecast as a sentence, whether the gate was asked or not."""
    return SILENCES.get(reason) or reasons.because(reason)


@dataclass(frozen=True, slots=True)
class SenderLoad:
    """How much goes through one mailbox."""

    sender_id: int
    name: str
    #: Day of its owner (ISO) → messages, cap of that day.
    days: dict[str, tuple[int, int]]

    @property
    def full_days(self) -> list[str]:
        """The days on which it sends all that it may."""
        return [day for day, (sent, cap) in self.days.items() if sent >= cap]


@dataclass(frozen=True, slots=True)
class PutOff:
    """What was put off for one reason when its time had come."""

    touches: int
    people: int


@dataclass(frozen=True, slots=True)
class StepSeen:
    """One step that reaches people, and when it does."""

    sequence_id: int
    sequence_key: str
    sequence: str
    version: int
    position: int
    key: str
    kind: str
    content_kind: str
    #: ISO moment of the first message; None if there is none in this time.
    first: str | None
    people: int
    refused: int

    def first_day(self, zone: ZoneInfo) -> date | None:
        """The day of the first message by the clock of a zone."""
        return datetime.fromisoformat(self.first).astimezone(zone).date() if self.first else None


@dataclass(frozen=True, slots=True)
class Cell:
    """What people of one specialty and seniority get to read in one month, in touches."""

    specialty_id: int | None
    seniority_id: int | None
    #: ``2026-03``.
    month: str
    own: int
    more_general: int
    nothing: int
    #: Of the pieces: so many that nobody has reviewed for longer than they stay fresh.
    stale: int


@dataclass(frozen=True, slots=True)
class MissingPiece:
    """A piece that does not exist, and whom it would help."""

    kind: str
    #: None: for everybody.
    topic_id: int | None
    topic: str
    people: int
    touches: int


@dataclass(frozen=True, kw_only=True)
class Result:
    """All counts of a forecast. Days are those of the organisation's time zone, as ISO dates."""

    people: int
    #: How many of them hear something.
    written_to: int
    messages: int
    #: Whether the load of mailboxes counts everything that goes through them, or only what goes
    #: to the people whom the forecast is about.
    counts_everybody: bool
    #: At how many moments something was due.
    ticks: int
    #: Day → purpose → messages.
    days: dict[str, dict[str, int]] = field(default_factory=dict)
    senders: list[SenderLoad] = field(default_factory=list)
    #: Reason → touches that are refused for good.
    refusals: dict[str, int] = field(default_factory=dict)
    #: Reason → touches that go later than their step says, or never.
    put_off: dict[str, PutOff] = field(default_factory=dict)
    #: Kind of content → level (``LEVELS``) → messages.
    fallbacks: dict[str, dict[str, int]] = field(default_factory=dict)
    #: Times that somebody gets a piece again, which the database forbids: always 0.
    same_piece: int = 0
    #: Times that somebody gets one of the same kind about the same twice in a row.
    same_topic: int = 0
    #: Reason → people who hear nothing.
    silent: dict[str, int] = field(default_factory=dict)
    steps: list[StepSeen] = field(default_factory=list)
    #: Why (``SHIFTS``) → the day on which they were due → touches.
    shifts: dict[str, dict[str, int]] = field(default_factory=dict)
    coverage: list[Cell] = field(default_factory=list)
    #: New pieces that would help most people, the best first.
    missing_pieces: list[MissingPiece] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Result":
        """As it was stored by a forecast that is done."""
        rest = dict(stored)
        return cls(
            senders=[_sender(one) for one in rest.pop("senders")],
            put_off={why: PutOff(**one) for why, one in rest.pop("put_off").items()},
            steps=[StepSeen(**one) for one in rest.pop("steps")],
            coverage=[Cell(**one) for one in rest.pop("coverage")],
            missing_pieces=[MissingPiece(**one) for one in rest.pop("missing_pieces")],
            **rest,
        )

    @property
    def busiest(self) -> tuple[str, int]:
        """The day with most messages, and how many; blank and 0 if there are none."""
        totals = {day: sum(sent.values()) for day, sent in self.days.items()}
        return max(totals.items(), key=lambda one: one[1], default=("", 0))


def _sender(stored: Mapping[str, Any]) -> SenderLoad:
    days = {day: (sent, cap) for day, (sent, cap) in stored["days"].items()}
    return SenderLoad(stored["sender_id"], stored["name"], days)


def moment(at: datetime | None) -> str | None:
    """A moment as it stands in a result."""
    return at.isoformat() if at else None
