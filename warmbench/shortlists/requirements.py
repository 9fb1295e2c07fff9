"""What a role profile asks for, and by which evidence it counts as met."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from warmbench.people import tag_words
from warmbench.people.wanted_places import WantedPlace
from warmbench.sourcing.fit import PayRange

#: The levels, lowest first, as facts name them.
LEVELS = ("individual_contributor", "manager", "director", "executive")
#: More than these nobody weighs.
MOST_REQUIREMENTS = 40
#: How much a requirement counts beside others, unless its profile says otherwise.
USUAL_WEIGHTS = {"must": 1.0, "should": 0.6, "nice": 0.25, "dealbreaker": 1.0}


class Tier(StrEnum):
    """How much depends on a requirement."""

    #: Without it nobody is put forward; not to know is a question.
    MUST = "must"
    SHOULD = "should"
    NICE = "nice"
    #: With it nobody is put forward: an anti-pattern.
    DEALBREAKER = "dealbreaker"


class Aspect(StrEnum):
    """What of a person a requirement is about."""

    SKILL = "skill"
    TITLE = "title"
    DOMAIN = "domain"
    EMPLOYER = "employer"
    #: People led, budget, users, revenue: ``at_least``.
    SCOPE = "scope"
    #: Something done, in words that a sentence about it shares.
    EXPERIENCE = "experience"


class Strength(StrEnum):
    """How well somebody has to have it."""

    ANY = "any"
    WORKING = "working"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class EvidenceRule:
    """What counts as evidence of a requirement."""

    strength: Strength = Strength.ANY
    #: Older evidence than so many years does not count; None: all does.
    max_age: int | None = None
    #: Only what the candidate said, or what a person confirmed, counts.
    first_hand: bool = False


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that a role asks for, or that it cannot bear."""

    #: Stays the same through all versions of a profile: answers and weights hang on it.
    key: str
    aspect: Aspect
    tier: Tier
    #: As people read it: "Python", "FP&A Manager", "a team of ten or more".
    name: str
    tag_id: int | None = None
    #: Other names that count as much.
    also: tuple[str, ...] = ()
    #: Of a skill its years, of a scope its amount.
    at_least: Decimal | None = None
    #: Of a scope: people, budget, users, revenue.
    what: str = ""
    rule: EvidenceRule = EvidenceRule()
    #: More than 0 and at most 3.
    weight: float = 1.0
    #: The words of the description that ask for it.
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Spec:
    """What a version of a role profile says."""

    title: str
    requirements: tuple[Requirement, ...] = ()
    #: The lowest and the highest level that would do; blank is any.
    lowest_level: str = ""
    highest_level: str = ""
    places: tuple[WantedPlace, ...] = ()
    #: ``on_site``, ``hybrid`` or ``remote``; blank if it does not matter.
    remote: str = ""
    pay: PayRange | None = None
    #: The role begins between these days; later than the second is too late.
    start_from: date | None = None
    start_until: date | None = None
    #: The client: its own people are never put forward to it.
    company: str = ""
    #: Of ``level``, ``place``, ``pay`` and ``start``: where a known conflict keeps people out.
    #: Elsewhere it is a trade-off.
    hard: frozenset[str] = field(default_factory=lambda: frozenset({"place", "start"}))


class SpecError(ValueError):
    """A profile cannot be like this: one sentence for whoever wrote it."""


def key_for(aspect: Aspect, name: str) -> str:
    """The key of a new requirement: ``skill:python``."""
    plain = re.sub(r"[^\w+#]+", "-", tag_words.key(name)).strip("-")
    return f"{aspect}:{plain or 'unnamed'}"[:120]


def to_json(spec: Spec) -> dict[str, Any]:
    """How a version is kept, and what ``from_json`` reads back."""
    return {
        "title": spec.title,
        "requirements": [_requirement_json(one) for one in spec.requirements],
        "lowest_level": spec.lowest_level,
        "highest_level": spec.highest_level,
        "places": [place.to_json() for place in spec.places],
        "remote": spec.remote,
        "pay": _pay_json(spec.pay),
        "start_from": spec.start_from.isoformat() if spec.start_from else None,
        "start_until": spec.start_until.isoformat() if spec.start_until else None,
        "company": spec.company,
        "hard": sorted(spec.hard),
    }


def from_json(kept: Mapping[str, Any]) -> Spec:
    """The profile in what ``to_json`` wrote, or what a program sent. What is left out is any.
    Raises SpecError."""
    try:
        spec = Spec(
            title=str(kept.get("title", "")).strip(),
            requirements=tuple(_requirement(one) for one in kept.get("requirements") or ()),
            lowest_level=_level(kept.get("lowest_level")),
            highest_level=_level(kept.get("highest_level")),
            places=tuple(WantedPlace(**one) for one in kept.get("places") or ()),
            remote=str(kept.get("remote") or ""),
            pay=_pay(kept.get("pay")),
            start_from=_day(kept.get("start_from")),
            start_until=_day(kept.get("start_until")),
            company=str(kept.get("company") or ""),
            hard=frozenset(kept.get("hard", ("place", "start"))),
        )
    except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
        if isinstance(error, SpecError):
            raise
        raise SpecError(f"This is no role profile: {error}") from error
    return check(spec)


def check(spec: Spec) -> Spec:
    """The same profile, if it can be. Raises SpecError."""
    if not spec.title:
        raise SpecError("A role profile needs a title.")
    if len(spec.requirements) > MOST_REQUIREMENTS:
        raise SpecError(f"A role profile has at most {MOST_REQUIREMENTS} requirements.")
    keys = [one.key for one in spec.requirements]
    for one in spec.requirements:
        if keys.count(one.key) > 1:
            raise SpecError(f"{one.name} is asked for twice: keep one of them.")
        if not 0 < one.weight <= 3:
            raise SpecError(f"The weight of {one.name} has to be more than 0 and at most 3.")
    low, high = spec.lowest_level, spec.highest_level
    if low and high and LEVELS.index(low) > LEVELS.index(high):
        raise SpecError("The lowest level is above the highest one.")
    if spec.start_from and spec.start_until and spec.start_from > spec.start_until:
        raise SpecError("The start begins after it ends.")
    return spec


def _requirement_json(one: Requirement) -> dict[str, Any]:
    return {
        "key": one.key,
        "aspect": str(one.aspect),
        "tier": str(one.tier),
        "name": one.name,
        "tag_id": one.tag_id,
        "also": list(one.also),
        "at_least": None if one.at_least is None else str(one.at_least),
        "what": one.what,
        "rule": {
            "strength": str(one.rule.strength),
            "max_age": one.rule.max_age,
            "first_hand": one.rule.first_hand,
        },
        "weight": one.weight,
        "quote": one.quote,
    }


def _requirement(kept: Mapping[str, Any]) -> Requirement:
    aspect, tier = Aspect(kept.get("aspect", "skill")), Tier(kept.get("tier", "should"))
    name = str(kept.get("name", "")).strip()
    if not name:
        raise SpecError("A requirement needs a name.")
    rule = kept.get("rule") or {}
    at_least = kept.get("at_least")
    return Requirement(
        key=str(kept.get("key") or key_for(aspect, name)),
        aspect=aspect,
        tier=tier,
        name=name,
        tag_id=kept.get("tag_id"),
        also=tuple(map(str, kept.get("also") or ())),
        at_least=None if at_least in {None, ""} else Decimal(str(at_least)),
        what=str(kept.get("what") or ""),
        rule=EvidenceRule(
            strength=Strength(rule.get("strength", "any")),
            max_age=rule.get("max_age"),
            first_hand=bool(rule.get("first_hand", False)),
        ),
        weight=float(kept.get("weight", 1.0)),
        quote=str(kept.get("quote") or ""),
    )


def _level(kept: Any) -> str:
    if not kept:
        return ""
    if kept not in LEVELS:
        raise SpecError(f"There is no level {kept}: say one of {', '.join(LEVELS)}.")
    return str(kept)


def _pay_json(pay: PayRange | None) -> dict[str, str | None] | None:
    if pay is None:
        return None
    return {
        "lowest": None if pay.lowest is None else str(pay.lowest),
        "highest": None if pay.highest is None else str(pay.highest),
        "currency": pay.currency,
        "period": pay.period,
    }


def _pay(kept: Mapping[str, Any] | None) -> PayRange | None:
    if not kept:
        return None
    lowest, highest = kept.get("lowest"), kept.get("highest")
    return PayRange(
        None if lowest is None else Decimal(str(lowest)),
        None if highest is None else Decimal(str(highest)),
        str(kept.get("currency", "")),
        str(kept.get("period", "year")),
    )


def _day(kept: str | None) -> date | None:
    return date.fromisoformat(kept) if kept else None
