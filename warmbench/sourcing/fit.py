"""The words of matching: what a role asks for, what is known of a person, what comes of it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from warmbench.people.wanted_places import WantedPlace


class Criterion(StrEnum):
    """What a role and a person are compared by."""

    SKILLS = "skills"
    SENIORITY = "seniority"
    PLACE = "place"
    PAY = "pay"
    RECENCY = "recency"
    #: What somebody said of a role or an employer. It brings no points.
    WISHES = "wishes"


@dataclass(frozen=True, slots=True)
class PayRange:
    """What a role pays: from, to, or both."""

    lowest: Decimal | None
    highest: Decimal | None
    currency: str
    period: str


@dataclass(frozen=True, slots=True)
class PayFloor:
    """What a move would have to pay somebody at least."""

    amount: Decimal
    currency: str
    period: str


@dataclass(frozen=True, slots=True)
class AskedSkill:
    """A skill that a role asks for."""

    tag_id: int
    name: str
    is_required: bool
    #: How much it says that somebody has it: more of a rare skill than of one that everybody has.
    rarity: float
    #: The most points that it can bring.
    points: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What a role asks for."""

    role_id: int
    company: str
    skills: tuple[AskedSkill, ...]
    seniority: str
    places: tuple[WantedPlace, ...]
    remote: str
    pay: PayRange | None
    #: ``Role.Must``: what somebody is out for who is known not to have it.
    musts: frozenset[str]


@dataclass(frozen=True, slots=True)
class NotForThem:
    """What somebody said of a role that we told them of."""

    #: ``signals.feedback.About``: level, place, pay, skill, employer.
    about: str
    #: Of a level: ``too_junior`` or ``too_senior``.
    which_way: str
    #: Their own words.
    words: str
    #: The role, as far as it is known.
    role_id: int | None = None
    company: str = ""
    seniority: str = ""
    places: tuple[WantedPlace, ...] = ()
    pay: PayRange | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """That somebody has a skill: on whose word, since when, how sure (0 to 1)."""

    source: str
    since: datetime
    confidence: float


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a person that a role may ask for. Who it is, is not part of it."""

    candidate_id: int
    skills: dict[int, Evidence] = field(default_factory=dict)
    seniorities: tuple[str, ...] = ()
    #: Where they live; blank as far as it is unknown.
    city: str = ""
    region: str = ""
    country: str = ""
    #: Where they would work, in their own words; empty if they did not say.
    wanted: tuple[WantedPlace, ...] = ()
    #: ``on_site``, ``hybrid``, ``remote`` or ``any``; blank if they did not say.
    remote: str = ""
    floor: PayFloor | None = None
    talked_on: date | None = None
    not_for_them: tuple[NotForThem, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """How a person fits one criterion of a role."""

    #: Which share of its points that brings: 0 to 1.
    share: float
    sentence: str
    #: What to ask, where something is unknown.
    question: str = ""
    #: It is known, or they said, that it does not fit: enough to be out where it is a must.
    contradicts: bool = False
    #: They refused it: enough to be out wherever it stands.
    refused: bool = False


@dataclass(frozen=True, slots=True)
class SkillMatch:
    """A skill of the role that the person has, with its evidence and the points it brings."""

    tag_id: int
    name: str
    is_required: bool
    source: str
    since: datetime
    confidence: float
    weight: float


@dataclass(frozen=True, slots=True)
class MissingSkill:
    """A skill of the role that nobody knows the person to have."""

    tag_id: int
    name: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a person is out, in a sentence."""

    criterion: Criterion
    sentence: str


@dataclass(frozen=True, slots=True)
class Part:
    """What a score is made of: so many points, and why."""

    name: Criterion
    points: float
    #: The most that it could be for this role.
    of: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Match:
    """How one person fits one role. Whether we may write to them is not part of it."""

    candidate_id: int
    #: 0 to 100: the sum of its parts.
    score: float
    matched: tuple[SkillMatch, ...]
    #: The required ones first.
    missing: tuple[MissingSkill, ...]
    #: What is unknown, as a recruiter can ask it.
    questions: tuple[str, ...]
    failures: tuple[Failure, ...]
    parts: tuple[Part, ...]
    #: The version of the ranking.
    policy: int
