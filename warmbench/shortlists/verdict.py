"""What ranking says of people: who is on the list and why, who is not, and how sure that is."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from warmbench.shortlists.requirements import Tier

#: People on a list, unless somebody says otherwise, and at most.
USUAL_SIZE, MOST = 5, 8


class Standing(StrEnum):
    """How a person stands to one requirement."""

    MET = "met"
    #: Known, and less than what is asked for: too old, too weak, too small.
    PARTLY = "partly"
    UNKNOWN = "unknown"
    #: It is known that they do not have it; of a dealbreaker, that they have.
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that show something, and where they come from."""

    text: str
    said_on: date | None
    source: str
    insight_id: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a person stands to one requirement, and by what."""

    key: str
    name: str
    tier: Tier
    standing: Standing
    #: How much of it they have: 0 to 1. Strength, age and certainty of the evidence are in it.
    share: float
    #: In one sentence, with how old it is.
    sentence: str
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why somebody is out, or what stands against them."""

    #: ``level``, ``place``, ``pay``, ``start``, ``wish``, or the key of a requirement.
    about: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One person, held against one profile."""

    key: str
    #: What the model adds up, comparable between roles.
    score: float
    #: How likely it is that a manager would want to see them, among people who were chosen.
    confidence: float
    #: By name, what the score is made of: few, each from 0 to 1.
    features: dict[str, float]
    evidence: tuple[Evidence, ...]
    #: Hard ones: they are not put forward.
    conflicts: tuple[Conflict, ...] = ()
    #: What speaks against them and keeps them not out.
    trade_offs: tuple[str, ...] = ()
    #: What is unknown, as somebody can ask it, what matters most first.
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody is on the list: one of at most three."""

    #: Of the requirement.
    key: str
    sentence: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody on the list."""

    judged: Judged
    reasons: tuple[Reason, ...]
    #: What, if it turned out so, would move them up or down or off the list.
    would_change: tuple[str, ...]
    #: On what they are better than the others on the list: keys of requirements.
    best_at: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody who is not on the list, and the one thing that it takes."""

    judged: Judged
    #: Of a requirement, or what a conflict is about.
    lacks: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A ranking: a few people, or nobody."""

    listed: tuple[Listed, ...]
    #: Why the next three are not on it; without a list, the nearest misses.
    left: tuple[Left, ...]
    #: In a sentence, where nobody is listed.
    abstained: str
    #: How many people were held against the profile.
    considered: int
    #: Names the engine and the learnt model: kept with every list.
    engine: str
    #: The share of lists on which somebody who does not fit may stand, at most.
    risk: float
