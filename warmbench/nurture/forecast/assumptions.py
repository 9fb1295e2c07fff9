"""What a forecast takes for granted about people: how many answer, how many click."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from warmbench.signals.models import Signal


@dataclass(frozen=True, kw_only=True, slots=True)
class Assumptions:
    """What is assumed. Nobody answers and nobody clicks, unless somebody says how many do."""

    #: The share of handed-over messages that are answered, from 0 to 1. Whoever answers hears
    #: no more by itself, as live: a recruiter has them then.
    replies: float = 0.0
    #: The share that people click in, from 0 to 1: what branches and balanced content ask about.
    clicks: float = 0.0
    #: Whether people are told of roles too, with what follows alerts that bring nothing. It uses
    #: up the same contact budget.
    alerts: bool = True
    #: Whether people who are on the sequence of a draft are moved to it. Without, they stay on
    #: their version, as when it is published.
    moves_along: bool = False
    #: Who answers and who clicks is drawn by this, the person and the touch: the same for two
    #: forecasts that are to be compared.
    seed: int = 0

    @property
    def shares(self) -> tuple[tuple[Signal.Kind, float], ...]:
        """The kinds of signals that are drawn, with their shares."""
        drawn = ((Signal.Kind.REPLIED, self.replies), (Signal.Kind.CLICKED, self.clicks))
        return tuple((kind, share) for kind, share in drawn if share > 0)

    def to_json(self) -> dict[str, Any]:
        """As it stands in ``Forecast.assumptions``."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Assumptions":
        """From ``Forecast.assumptions``; what is not said is as usual."""
        return cls(**{name: value for name, value in stored.items() if name in cls.__slots__})
