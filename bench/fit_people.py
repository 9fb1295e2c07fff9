"""Who is in the pool of a role: some who fit, many who nearly do, and the others."""

import math
import random
from collections.abc import Callable
from datetime import timedelta

from bench import fit_lives as lives
from bench.fit_lives import CHIEF, MANAGER, STRONG, TODAY, WORKING, Life, Skill
from bench.fit_truth import Asked, Role, judge, meets

#: Somebody for a pool, why they are in it, and what of them is nearly always written somewhere.
Drawn = tuple[Life, str, frozenset[str]]
_FEWEST, _MOST = 40, 400
_MOST_NEAR = 45


def pool(dice: random.Random, role: Role) -> list[Drawn]:
    """From 40 to 400 people, at most eight of whom fit."""
    size = round(math.exp(dice.uniform(math.log(_FEWEST), math.log(_MOST))))
    able = dice.choices(range(1, 9), (10, 14, 17, 17, 15, 12, 8, 7))[0]
    lives_ = [suited(dice, role) for _ in range(able)]
    drawn: list[Drawn] = [(one, "fit", frozenset()) for one in lives_ if one is not None]
    # People of whom only one thing is wrong are rare in a large database too.
    while len(drawn) < min(size * 0.4, _MOST_NEAR):
        drawn.append(_near_miss(dice, role))
    while len(drawn) < size:
        drawn.append((_other(dice, role), "other", frozenset()))
    fitting = 0
    kept = []
    for one in drawn:
        fitting += (fits := judge(one[0], role).fits)
        if not fits or fitting <= 8:
            kept.append(one)
    dice.shuffle(kept)
    return kept


def suited(dice: random.Random, role: Role, rank: int | None = None) -> Life | None:
    """Somebody who fits; of another rank, if one is given, who fits but for that."""
    for _ in range(60):
        at = dice.randint(role.lowest, role.highest) if rank is None else rank
        one = lives.life(dice, role.family, at, role.country)
        _meet(dice, one, role)
        misses = judge(one, role).misses
        if not misses or (rank is not None and misses == ("level",)):
            return one
    return None


def _meet(dice: random.Random, one: Life, role: Role) -> None:
    for asked in role.asked:
        if asked.tier == "must" or (asked.tier == "should" and dice.random() < 0.75):
            if not meets(one, asked):
                _gain(dice, one, asked)
            if asked.name in one.buzzwords:
                one.buzzwords.remove(asked.name)
    if role.mode != "remote":
        near = lives.cities(role.country)[role.city]
        chance = dice.random()
        if chance < 0.75:
            one.city = role.city
        elif chance < 0.83:
            one.city = near
        elif role.city not in {one.city, *one.would_go}:
            one.would_go.append(role.city)
    _agree(dice, one, role)


def _agree(dice: random.Random, one: Life, role: Role) -> None:
    if role.mode == "on_site" or (role.mode == "hybrid" and one.mode == "remote"):
        one.mode = "any" if role.mode == "on_site" else dice.choice(("any", "hybrid"))
    if role.pay[1] and one.floor > role.pay[1]:
        one.floor = 1000 * round(role.pay[1] * dice.uniform(0.82, 1.0) / 1000)
    if role.start_until and one.free_from > role.start_until:
        one.free_from = TODAY + timedelta(days=dice.choice((0, 14, 30)))
    one.refused_domains = [name for name in one.refused_domains if name != role.domain]


def _gain(dice: random.Random, one: Life, asked: Asked) -> None:
    match asked.aspect:
        case "skill" if asked.name not in lives.skill_words() or not _is_skill(asked.name):
            one.certificates.append(asked.name)
        case "skill":
            years = asked.years + dice.uniform(0.2, 3) if asked.years else dice.uniform(1.2, 5)
            ended = dice.uniform(0.3, (asked.max_age or 3) * 0.8) if dice.random() < 0.12 else 0.0
            strength = STRONG if asked.strength == STRONG else dice.choice((WORKING, STRONG))
            began = lives.years_ago(years + ended)
            one.skills[asked.name] = Skill(
                asked.name, strength, began, lives.years_ago(ended) if ended else TODAY
            )
            one.jobs[0].began = min(one.jobs[0].began, began)
        case "domain":
            job = max(one.jobs, key=lambda job: (job.ended or TODAY) - job.began)
            job.domain = asked.name
        case "scope":
            one.now.people = max(one.now.people, asked.amount + dice.randint(0, 6))
        case "experience":
            one.experiences.append(asked.name)


def _is_skill(name: str) -> bool:
    return any(
        name == word.name for kind in lives.families().values() for word in kind.core + kind.related
    )


def _near_miss(dice: random.Random, role: Role) -> Drawn:
    while True:
        kind = dice.choice(list(_SPOILT))
        found = _SPOILT[kind](dice, role)
        if found is not None and not judge(found[0], role).fits:
            if dice.random() < 0.5:
                _worsen(dice, found[0], role)
            return found[0], kind, frozenset(found[1])


def _worsen(dice: random.Random, one: Life, role: Role) -> None:
    # Seldom is only one thing wrong.
    lost = _a_must(dice, role)
    match dice.randrange(4):
        case 0 if lost is not None:
            one.skills.pop(lost.name, None)
        case 1 if role.mode != "remote":
            others = [city for city in lives.cities(role.country) if city != role.city]
            one.city, one.would_go = dice.choice(others), []
        case 2 if role.pay[1]:
            one.floor = max(one.floor, 1000 * round(role.pay[1] * 1.2 / 1000))
        case _:
            asked = [a.name for a in role.asked if a.tier == "should"]
            for name in asked:
                one.skills.pop(name, None)
            one.experiences = [name for name in one.experiences if name not in asked]


#: A person of the pool, and what of them is nearly always seen; None where it cannot be.
_Spoilt = tuple[Life, set[str]] | None


def _low(dice: random.Random, role: Role) -> _Spoilt:
    rank = max(0, role.lowest - 1 - ("level" not in role.hard))
    one = suited(dice, role, rank)
    if one is None:
        return None
    if rank < MANAGER:
        one.now.people = min(one.now.people, 3)
    return one, {"level"}


def _high(dice: random.Random, role: Role) -> _Spoilt:
    rank = min(CHIEF, role.highest + dice.choice((1, 1, 2)))
    one = suited(dice, role, rank)
    if one is None:
        return None
    one.would_step_down = False
    return one, {"level"}


def _without(dice: random.Random, role: Role) -> _Spoilt:
    one, lost = suited(dice, role), _a_must(dice, role)
    if one is None or lost is None:
        return None
    one.skills.pop(lost.name, None)
    if dice.random() < 0.4:
        one.buzzwords.append(lost.name)
    return one, set()


def _weak(dice: random.Random, role: Role) -> _Spoilt:
    one, lost = suited(dice, role), _a_must(dice, role)
    if one is None or lost is None:
        return None
    one.skills[lost.name] = Skill(lost.name, lives.FAMILIAR, lives.years_ago(0.4), TODAY)
    return one, {f"weak:{lost.name}"}


def _rusty(dice: random.Random, role: Role) -> _Spoilt:
    one, lost = suited(dice, role), _a_must(dice, role)
    if one is None or lost is None:
        return None
    until = dice.uniform(5, 8)
    began = lives.years_ago(until + max(lost.years, 2) + dice.uniform(0, 2))
    one.skills[lost.name] = Skill(lost.name, STRONG, began, lives.years_ago(until))
    if len(one.jobs) == 1:
        return None
    one.jobs[0].began = min(one.jobs[0].began, began)
    one.jobs[0].ended = one.jobs[1].began = lives.years_ago(until)
    for job in one.jobs[1:-1]:
        # What came between began after the skill was last used.
        job.began, job.ended = lives.years_ago(until), lives.years_ago(until / 2)
    if len(one.jobs) > 2:
        one.jobs = [one.jobs[0], one.jobs[-2], one.jobs[-1]]
        one.jobs[-1].began = lives.years_ago(until / 2)
    return one, {f"last:{lost.name}", f"skill:{lost.name}"}


def _thin(dice: random.Random, role: Role) -> _Spoilt:
    one = suited(dice, role)
    asked = [a for a in role.asked if a.tier == "must" and a.years >= 3]
    if one is None or not asked:
        return None
    lost = asked[0]
    began = lives.years_ago(lost.years * dice.uniform(0.3, 0.7))
    one.skills[lost.name] = Skill(lost.name, WORKING, began, TODAY)
    return one, {f"years:{lost.name}", f"skill:{lost.name}"}


def _domain(dice: random.Random, role: Role) -> _Spoilt:
    one = suited(dice, role)
    if one is None or not any(a.aspect == "domain" and a.tier == "must" for a in role.asked):
        return None
    others = [d for d in lives.families()[role.family].domains if d != role.domain]
    for job in one.jobs:
        job.domain = dice.choice(others) if job.domain == role.domain else job.domain
    return one, {"domain"}


def _far(dice: random.Random, role: Role) -> _Spoilt:
    one = suited(dice, role)
    if one is None or role.mode == "remote":
        return None
    one.city = dice.choice([city for city in lives.cities(role.country) if city != role.city])
    one.would_go = [city for city in one.would_go if city != role.city]
    return one, {"place"}


def _at_home(dice: random.Random, role: Role) -> _Spoilt:
    one = suited(dice, role)
    if one is None or role.mode == "remote" or "remote" not in _modes(role):
        return None
    one.mode = "remote"
    return one, {"mode"}


def _modes(role: Role) -> tuple[str, ...]:
    return lives.families()[role.family].modes


def _dear(dice: random.Random, role: Role) -> _Spoilt:
    one = suited(dice, role)
    if one is None or not role.pay[1]:
        return None
    one.floor = 1000 * math.ceil(role.pay[1] * dice.uniform(1.17, 1.45) / 1000)
    return one, {"pay"}


def _late(dice: random.Random, role: Role) -> _Spoilt:
    one = suited(dice, role)
    if one is None or role.start_until is None:
        return None
    one.free_from = role.start_until + timedelta(days=dice.randint(30, 240))
    return one, {"start"}


def _refusing(dice: random.Random, role: Role) -> _Spoilt:
    if (one := suited(dice, role)) is None:
        return None
    chance = dice.random()
    if chance < 0.4:
        one.refused_employers = [role.company]
    elif chance < 0.6 and role.domain not in {job.domain for job in one.jobs}:
        one.refused_domains = [role.domain]
    elif (must := _a_must(dice, role)) is not None:
        one.refused_skills = [must.name]
    return one, {"refusal"}


def _barred(dice: random.Random, role: Role) -> _Spoilt:
    one = suited(dice, role)
    never = [a.name for a in role.asked if a.tier == "dealbreaker"]
    if one is None:
        return None
    # The client's own people come up less often than those of a firm that is out of bounds.
    if not never and dice.random() < 0.93:
        return None
    one.now.employer = never[0] if never else role.company
    return one, {"employer"}


def _stuffer(dice: random.Random, role: Role) -> _Spoilt:
    near = dice.choice(lives.families()[role.family].near)
    key = near if dice.random() < 0.6 else role.family
    one = lives.life(dice, key, dice.choice((0, 1, 1, 2)), role.country)
    one.city = role.city
    asked = [a.name for a in role.asked if a.aspect == "skill" and a.tier != "dealbreaker"]
    one.buzzwords = [name for name in asked if name not in one.skills and _is_skill(name)]
    return one, set()


def _adjacent(dice: random.Random, role: Role) -> _Spoilt:
    near = dice.choice(lives.families()[role.family].near)
    rank = dice.randint(role.lowest, role.highest)
    one = lives.life(dice, near, rank, role.country)
    one.city = role.city
    shared = [a for a in role.asked if a.aspect == "skill" and _is_skill(a.name)]
    for asked in dice.sample(shared, min(2, len(shared))):
        one.skills[asked.name] = lives.skill(dice, asked.name, 5)
    return one, set()


def _a_must(dice: random.Random, role: Role) -> Asked | None:
    musts = [
        one
        for one in role.asked
        if one.tier == "must" and one.aspect == "skill" and _is_skill(one.name)
    ]
    return dice.choice(musts) if musts else None


_SPOILT: dict[str, Callable[[random.Random, Role], _Spoilt]] = {
    "too low": _low,
    "too high": _high,
    "without a must": _without,
    "knows a must by name": _weak,
    "a must long ago": _rusty,
    "too few years": _thin,
    "another domain": _domain,
    "another place": _far,
    "only from home": _at_home,
    "too dear": _dear,
    "too late": _late,
    "refuses": _refusing,
    "barred": _barred,
    "stuffed with words": _stuffer,
    "adjacent field": _adjacent,
}


def _other(dice: random.Random, role: Role) -> Life:
    """Anybody: of the field, of one beside it, or of any."""
    chance = dice.random()
    near = lives.families()[role.family].near
    key = role.family if chance < 0.35 else dice.choice(near) if chance < 0.7 else None
    rank = dice.choices(range(7), (12, 30, 26, 12, 13, 5, 2))[0]
    countries = list(lives.words()["countries"])
    country = role.country if dice.random() < 0.75 else dice.choice(countries)
    one = lives.life(dice, key or dice.choice(list(lives.families())), rank, country)
    if country == role.country and dice.random() < 0.4:
        one.city = role.city
    return one
