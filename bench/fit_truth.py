"""Whether a hiring manager who knew everything of somebody would interview them.

Written as rules about what is true (bench.fit_lives), never about what anybody wrote: no engine's
formula is in here. A manager does not fuss over a few months or a few percent; so the rules bend
by as much, and no further.
"""

from dataclasses import dataclass
from datetime import date

from bench.fit_lives import FAMILIAR, LEAD, MANAGER, TODAY, WORKING, Life, cities

#: Who used a skill last longer ago than this does not have it any more, if a role says nothing.
_STALE = 4.5
#: Of the years and the amounts that are asked for, so much has to be there.
_ENOUGH = 0.88
_LONG = 3
#: Above the top of the band, if the band is firm and if it is not.
_FIRM, _LOOSE = 1.03, 1.15


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a role asks for."""

    aspect: str
    tier: str
    name: str
    also: tuple[str, ...] = ()
    years: int = 0
    #: 0 any, 2 working, 3 strong.
    strength: int = 0
    max_age: int | None = None
    #: People led.
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Role:
    """A role as its manager means it."""

    family: str
    title: str
    lowest: int
    highest: int
    asked: tuple[Asked, ...]
    company: str
    domain: str
    city: str
    country: str
    #: ``on_site``, ``hybrid`` or ``remote``.
    mode: str
    #: Nothing is said of pay if the top is 0.
    pay: tuple[int, int]
    currency: str
    start_from: date
    start_until: date | None
    hard: frozenset[str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a manager would say who knew all, and what truly is missing."""

    fits: bool
    grade: float
    #: Names of musts, ``level``, ``place``, ``remote``, ``pay``, ``start``, ``refusal``,
    #: ``company``, ``dealbreaker``, and ``shoulds`` if too few of them are there.
    misses: tuple[str, ...]


def judge(life: Life, role: Role) -> Verdict:
    """The truth about one person and one role."""
    musts = [one for one in role.asked if one.tier == "must"]
    misses = [named(one) for one in musts if not meets(life, one)]
    misses += conflicts(life, role)
    shoulds = [one for one in role.asked if one.tier == "should"]
    there = sum(meets(life, one) for one in shoulds)
    if shoulds and there / len(shoulds) < 0.5:
        misses.append("shoulds")
    wanted = [one for one in role.asked if one.tier in {"should", "nice"}]
    share = sum(meets(life, one) for one in wanted) / len(wanted) if wanted else 1.0
    if not misses:
        return Verdict(fits=True, grade=round(0.7 + 0.3 * share, 3), misses=())
    met = 1 - sum(not meets(life, one) for one in musts) / len(musts)
    grade = 0.55 * met + 0.1 * share - 0.12 * sum(one in _AGAINST for one in misses)
    return Verdict(fits=False, grade=round(min(0.6, max(0.0, grade)), 3), misses=tuple(misses))


_AGAINST = {"level", "place", "remote", "pay", "start", "refusal", "company", "dealbreaker"}


def named(asked: Asked) -> str:
    """How a requirement is called among what is missing."""
    return f"{asked.aspect}:{asked.name}"


def meets(life: Life, asked: Asked) -> bool:
    """Whether somebody truly has what is asked for."""
    match asked.aspect:
        case "skill" if asked.name in life.certificates:
            return True
        case "skill":
            return _can(life, asked)
        case "domain":
            return any(
                job.domain == asked.name and ((job.ended or TODAY) - job.began).days > 330
                for job in life.jobs
            )
        case "scope":
            return life.led >= asked.amount * _ENOUGH
        case "experience":
            return asked.name in life.experiences
        case "title":
            # A manager asks for the kind of work, whatever it was called.
            return life.family == asked.also[0]
    raise ValueError(asked.aspect)


def _can(life: Life, asked: Asked) -> bool:
    have = life.skills.get(asked.name)
    if have is None:
        return False
    least = max(asked.strength, WORKING if asked.tier == "must" else FAMILIAR)
    # Whoever has worked with it for long is strong enough, whatever they call themselves.
    if have.strength == WORKING and have.years >= _LONG:
        least = min(least, WORKING)
    return (
        have.strength >= least
        and have.years >= asked.years * _ENOUGH
        and have.age <= (asked.max_age or _STALE) + 0.1
    )


def conflicts(life: Life, role: Role) -> list[str]:
    """What stands between them, however able they are."""
    found = []
    if not _right_level(life, role):
        found.append("level")
    if not reaches(life, role):
        found.append("place")
    if (life.mode, role.mode) in {
        ("remote", "hybrid"),
        ("remote", "on_site"),
        ("hybrid", "on_site"),
    }:
        found.append("remote")
    if role.pay[1] and life.floor > role.pay[1] * (_FIRM if "pay" in role.hard else _LOOSE):
        found.append("pay")
    if role.start_until and life.free_from > role.start_until:
        found.append("start")
    if (
        role.company in life.refused_employers
        or role.domain in life.refused_domains
        or any(one.name in life.refused_skills for one in role.asked if one.tier == "must")
    ):
        found.append("refusal")
    if life.now.employer == role.company:
        found.append("company")
    if any(one.name == life.now.employer for one in role.asked if one.tier == "dealbreaker"):
        found.append("dealbreaker")
    return found


def _right_level(life: Life, role: Role) -> bool:
    if role.lowest <= life.rank <= role.highest:
        return True
    if life.rank == MANAGER and role.highest in {LEAD, LEAD - 1}:
        return life.would_step_down
    # Where the level bends, it bends for who is nearly there.
    return "level" not in role.hard and life.rank == role.lowest - 1


def reaches(life: Life, role: Role) -> bool:
    """Whether they could be where the work is."""
    if role.mode == "remote":
        return life.country == role.country
    return life.city in {role.city, cities(role.country)[role.city]} or role.city in life.would_go
