"""Roles of invented firms: what a manager means, and the profile that a careful recruiter made."""

import random
from datetime import timedelta
from decimal import Decimal

from bench import fit_lives as lives
from bench.fit_lives import DIRECTOR, LEAD, LEVEL_OF, MANAGER, PLAIN, SENIOR, TODAY, Family, Word
from bench.fit_truth import Asked, Role
from warmbench.people.wanted_places import WantedPlace
from warmbench.shortlists.requirements import (
    Aspect,
    EvidenceRule,
    Requirement,
    Spec,
    Strength,
    Tier,
    key_for,
)
from warmbench.sourcing.fit import PayRange

_BANDS = ((PLAIN, SENIOR), (SENIOR, LEAD), (SENIOR, LEAD), (LEAD, LEAD), (MANAGER, MANAGER),
          (DIRECTOR, DIRECTOR))  # fmt: skip
_CHANCES = (22, 26, 14, 10, 20, 8)
#: Nobody may do this work without it.
_LICENSED = {
    "nursing": "Nursing registration",
    "physicians": "Medical licence",
    "legal": "Admission to the bar",
}
_STRENGTHS = {0: Strength.ANY, 2: Strength.WORKING, 3: Strength.STRONG}


def role(dice: random.Random, family: str) -> Role:
    """A role of the field, at some level, somewhere."""
    kind = lives.families()[family]
    lowest, highest = dice.choices(_BANDS, _CHANCES)[0]
    country = dice.choices(("DE", "GB", "NL", "US", "CH", "ES"), (30, 20, 12, 20, 8, 10))[0]
    city = dice.choice(list(lives.cities(country)))
    start = TODAY + timedelta(days=dice.choice((14, 30, 60, 90)))
    domain = dice.choice(kind.domains)
    hard = {"place", "start"}
    hard |= {"level"} if dice.random() < 0.75 else set()
    hard |= {"pay"} if dice.random() < 0.65 else set()
    return Role(
        family=family,
        title=_title(dice, kind, lowest, highest),
        lowest=lowest,
        highest=highest,
        asked=tuple(_asked(dice, kind, lowest, domain, country)),
        company=lives.employer(dice, country),
        domain=domain,
        city=city,
        country=country,
        mode=dice.choice(kind.modes),
        pay=_pay(dice, family, (lowest, highest), country),
        currency=lives.words()["countries"][country]["currency"],
        start_from=start,
        start_until=start + timedelta(days=dice.choice((60, 90, 120, 150)))
        if dice.random() < 0.6
        else None,
        hard=frozenset(hard),
    )


def _title(dice: random.Random, kind: Family, lowest: int, highest: int) -> str:
    if lowest == PLAIN and dice.random() < 0.5:
        return dice.choice(kind.other_titles)
    return kind.titles[dice.choice((lowest, highest)) if highest < MANAGER else lowest]


def _pay(dice: random.Random, family: str, band: tuple[int, int], country: str) -> tuple[int, int]:
    if dice.random() < 0.25:
        return (0, 0)
    low = lives.usual_pay(family, band[0], country) * dice.uniform(0.92, 1.02)
    top = lives.usual_pay(family, band[1], country) * dice.uniform(1.02, 1.2)
    return (1000 * round(low / 1000), 1000 * round(top / 1000))


def _asked(
    dice: random.Random, kind: Family, lowest: int, domain: str, country: str
) -> list[Asked]:
    core = dice.sample(kind.core, dice.randint(2, 4))
    long = (3, 5, 7, 7, 8, 10)[lowest - 1] if lowest < 6 else 10
    found = [
        _skill(dice, word, "must", long if n == 0 and dice.random() < 0.75 else 0)
        for n, word in enumerate(core)
    ]
    rest = [word for word in kind.core + kind.related if word not in core]
    for n, word in enumerate(dice.sample(rest, min(len(rest), dice.randint(3, 6)))):
        found.append(_skill(dice, word, "should" if n < 2 or dice.random() < 0.4 else "nice", 0))
    if kind.key in _LICENSED:
        found.append(Asked("skill", "must", _LICENSED[kind.key]))
    elif kind.certificates and dice.random() < 0.3:
        found.append(Asked("skill", "nice", dice.choice(kind.certificates)))
    if (chance := dice.random()) < 0.6:
        found.append(Asked("domain", "must" if chance < 0.2 else "should", domain))
    if lowest >= MANAGER:
        people = dice.choice((5, 6, 8)) if lowest == MANAGER else dice.choice((15, 20, 25))
        found.append(Asked("scope", "must" if dice.random() < 0.7 else "should", "people led",
                           amount=people))  # fmt: skip
    if (chance := dice.random()) < 0.55:
        told = dice.choice(kind.experiences)
        found.append(Asked("experience", "must" if chance < 0.2 else "should", told.name))
    if dice.random() < 0.5:
        found.append(Asked("title", "should", kind.titles[lowest], also=(kind.key,)))
    if dice.random() < 0.12:
        found.append(Asked("employer", "dealbreaker", lives.employer(dice, country)))
    return found


def _skill(dice: random.Random, word: Word, tier: str, years: int) -> Asked:
    also = tuple(one for one in word.also if dice.random() < 0.7)
    if dice.random() < 0.2:
        also += word.hints[:1]
    return Asked(
        "skill",
        tier,
        word.name,
        also=also,
        years=years,
        strength=dice.choice((0, 0, 2, 3)) if tier == "must" else 0,
        max_age=dice.choice((2, 3)) if tier == "must" and dice.random() < 0.35 else None,
    )


def spec(role: Role, quotes: dict[str, str]) -> Spec:
    """The profile of the role, with the words of its description beside what it asks for."""
    return Spec(
        title=role.title,
        requirements=tuple(_requirement(role, one, quotes) for one in role.asked),
        lowest_level=LEVEL_OF[role.lowest],
        highest_level=LEVEL_OF[role.highest],
        places=(
            WantedPlace(lives.words()["countries"][role.country]["name"], country=role.country)
            if role.mode == "remote"
            else WantedPlace(role.city, city=role.city, country=role.country),
        ),
        remote=role.mode,
        pay=PayRange(Decimal(role.pay[0]), Decimal(role.pay[1]), role.currency, "year")
        if role.pay[1]
        else None,
        start_from=role.start_from,
        start_until=role.start_until,
        company=role.company,
        hard=role.hard,
    )


def _requirement(role: Role, one: Asked, quotes: dict[str, str]) -> Requirement:
    aspect = Aspect(one.aspect)
    also, amount, what = one.also, one.years or one.amount, ""
    if one.aspect == "title":
        also = lives.families()[role.family].other_titles
    if one.aspect == "scope":
        what = "people"
    name = f"a team of {one.amount} or more" if one.aspect == "scope" else one.name
    return Requirement(
        key=key_for(aspect, name),
        aspect=aspect,
        tier=Tier(one.tier),
        name=name,
        also=also,
        at_least=Decimal(amount) if amount else None,
        what=what,
        rule=EvidenceRule(strength=_STRENGTHS[one.strength], max_age=one.max_age),
        quote=quotes.get(f"{one.aspect}:{one.name}", ""),
    )
