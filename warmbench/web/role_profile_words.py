"""Says in words what a role profile asks for: how a requirement counts, level, place and pay."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from warmbench.core import languages
from warmbench.people import pay
from warmbench.shortlists.requirements import LEVELS, Aspect, Requirement, Spec, Strength, Tier
from warmbench.sourcing.fit import PayRange
from warmbench.sourcing.models import Role

#: A tier as a heading, and what it means for whoever lacks it.
TIERS = {
    Tier.MUST: ("Must", "Without these nobody is put forward. What is not known is a question."),
    Tier.SHOULD: ("Should", "They decide who comes first. Nobody is out for lack of one."),
    Tier.NICE: ("Nice to have", "They tip the balance between people who are close."),
    Tier.DEALBREAKER: ("Dealbreakers", "Who is known to have one of these is never put forward."),
}
ASPECTS = {
    Aspect.SKILL: "Skill",
    Aspect.TITLE: "Title",
    Aspect.DOMAIN: "Industry or field",
    Aspect.EMPLOYER: "Employer",
    Aspect.SCOPE: "Scope",
    Aspect.EXPERIENCE: "Experience",
}
#: What a scope is counted in.
SCOPES = {"people": "people led", "budget": "budget", "users": "users", "revenue": "revenue"}
#: What a weight is called, and what it is when somebody chooses it by its name.
WEIGHTS = {"light": 0.5, "usual": 1.0, "heavy": 2.0}
_LIGHT, _HEAVY = 0.75, 1.5
LEVEL_NAMES = dict(
    zip(LEVELS, ("Individual contributor", "Manager", "Director", "Executive"), strict=True)
)
STRENGTHS = {
    Strength.ANY: "any level",
    Strength.WORKING: "working knowledge",
    Strength.STRONG: "strong knowledge",
}

#: How a requirement counts of which nothing is said.
ANY = "any evidence counts"


@dataclass(frozen=True)
class Fact:
    """One thing around the requirements, and what a known conflict with it does."""

    name: str
    value: str
    #: ``out``, ``trade-off``, or blank for what nothing can conflict with.
    conflict: str = ""


@dataclass(frozen=True)
class Asked:
    """A requirement as people read it."""

    requirement: Requirement
    aspect: str
    counts: str
    weight: str

    @property
    def quote(self) -> str:
        """The words that ask for it, where they are more than its name."""
        said = self.requirement.quote
        return "" if said.casefold() == self.requirement.name.casefold() else said

    @property
    def is_any(self) -> bool:
        """Whether nothing is said of how it counts."""
        return self.counts == ANY and self.weight == "usual"


@dataclass(frozen=True)
class Group:
    """The requirements of one tier."""

    tier: Tier
    name: str
    meaning: str
    asked: list[Asked]


def groups(spec: Spec) -> list[Group]:
    """The requirements by tier, a tier without any as an empty one."""
    return [
        Group(
            tier,
            name,
            meaning,
            [asked(one) for one in spec.requirements if one.tier == tier],
        )
        for tier, (name, meaning) in TIERS.items()
    ]


def asked(one: Requirement) -> Asked:
    """A requirement in words."""
    return Asked(one, ASPECTS[one.aspect], counts(one), weight_word(one.weight))


def weight_word(weight: float) -> str:
    """Light, usual or heavy."""
    if weight < _LIGHT:
        return "light"
    return "heavy" if weight >= _HEAVY else "usual"


def counts(one: Requirement) -> str:
    """What counts as evidence: "at least 5 years, used in the last 3 years, by their own word or
    confirmed"; "any evidence counts" where nothing is said."""
    return ", ".join(_rules(one)) or ANY


def _rules(one: Requirement) -> Iterator[str]:
    if one.at_least is not None:
        yield f"at least {_amount(one.at_least, one)}"
    if one.rule.strength != Strength.ANY:
        yield STRENGTHS[one.rule.strength]
    if one.rule.max_age is not None:
        yield _fresh(one.rule.max_age, is_used=one.aspect == Aspect.SKILL)
    if one.rule.first_hand:
        yield "by their own word or confirmed"


def _amount(least: Decimal, one: Requirement) -> str:
    if one.aspect == Aspect.SCOPE:
        said = f"{plain(least)} {SCOPES.get(one.what, one.what)}".strip()
        return said if one.what in {"people", "users"} else f"{plain(least)} of {one.what}"
    return f"{plain(least)} year{'s' * (least != 1)}"


def _fresh(years: int, *, is_used: bool) -> str:
    if is_used:
        return "used in the last year" if years == 1 else f"used in the last {years} years"
    return f"not older than {'a year' if years == 1 else f'{years} years'}"


def plain(number: Decimal) -> str:
    """A number as one would type it: "5", "2.5", "10,000"."""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def facts(spec: Spec) -> list[Fact]:
    """What stands around the requirements, with what a known conflict does."""
    return [
        Fact("Level", level(spec) or "Any", _conflict(spec, "level", spec.lowest_level)),
        Fact("Place", place(spec) or "Anywhere", _conflict(spec, "place", place(spec))),
        Fact("Pay", pay_words(spec.pay) or "Not said", _conflict(spec, "pay", spec.pay)),
        Fact("Start", start(spec) or "Any day", _conflict(spec, "start", start(spec))),
    ]


def _conflict(spec: Spec, name: str, said: object) -> str:
    if not said and not (name == "level" and spec.highest_level):
        return ""
    return "out" if name in spec.hard else "trade-off"


def level(spec: Spec) -> str:
    """The band of levels; blank if any will do."""
    low, high = LEVEL_NAMES.get(spec.lowest_level, ""), LEVEL_NAMES.get(spec.highest_level, "")
    if low == high:
        return low
    if low and high:
        return f"{low} to {high}"
    return f"{low} or above" if low else f"{high} or below"


def place(spec: Spec) -> str:
    """Where the work is done; blank if it does not matter."""
    places = " or ".join(one.words or one.city or one.country for one in spec.places)
    remote = str(Role.Remote(spec.remote).label).lower() if spec.remote else ""
    return f"{places}, {remote}" if places and remote else places or remote.capitalize()


def pay_words(range_: PayRange | None) -> str:
    """What is paid; blank if it is not said."""
    if range_ is None:
        return ""
    locale = languages.locale(languages.FALLBACK)
    ends = [
        pay.written(str(one), range_.currency, locale) if range_.currency else plain(one)
        for one in (range_.lowest, range_.highest)
        if one is not None
    ]
    if not ends:
        return ""
    is_known = range_.period in pay.Period.values
    period = pay.Period(range_.period).label if is_known else range_.period
    if len(ends) == 2:
        return f"{ends[0]} to {ends[1]} {period}"
    return f"{'from' if range_.lowest is not None else 'up to'} {ends[0]} {period}"


def start(spec: Spec) -> str:
    """When it begins; blank if any day will do."""
    if spec.start_from and spec.start_until:
        return f"{_day(spec.start_from)} to {_day(spec.start_until)}"
    if spec.start_from:
        return f"from {_day(spec.start_from)}"
    return f"until {_day(spec.start_until)}" if spec.start_until else ""


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
