"""What is true of invented people and roles, whatever anybody wrote down of it."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

#: The day on which the worlds are looked at: the one of bench.world.
TODAY = date(2026, 3, 3)
#: From the lowest to the highest; the first four lead nobody.
RANKS = ("junior", "plain", "senior", "lead", "manager", "director", "chief")
JUNIOR, PLAIN, SENIOR, LEAD, MANAGER, DIRECTOR, CHIEF = range(7)
LEVEL_OF = (*["individual_contributor"] * 4, "manager", "director", "executive")
#: Years of work that people of a rank have behind them.
_YEARS = ((0.5, 2), (2, 6), (5, 12), (8, 16), (9, 20), (14, 26), (18, 30))
_PAY_OF_RANK = (0.72, 1.0, 1.25, 1.42, 1.6, 2.1, 2.9)
#: How well somebody knows a skill: heard of it, works with it, others ask them.
FAMILIAR, WORKING, STRONG = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Word:
    """A skill or an experience: its name, its other names, and what only hints at it."""

    name: str
    also: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """A field of work."""

    key: str
    titles: tuple[str, ...]
    other_titles: tuple[str, ...]
    core: tuple[Word, ...]
    related: tuple[Word, ...]
    certificates: tuple[str, ...]
    domains: tuple[str, ...]
    #: The name is what a role asks for; the other names are how it is told.
    experiences: tuple[Word, ...]
    duties: tuple[str, ...]
    near: tuple[str, ...]
    pay: float
    modes: tuple[str, ...]


@dataclass(slots=True)
class Skill:
    """What somebody truly can, since when, and when they last did it."""

    name: str
    strength: int
    began: date
    last: date

    @property
    def years(self) -> float:
        """How long it was used."""
        return max(0.0, (self.last - self.began).days / 365.25)

    @property
    def age(self) -> float:
        """How many years ago it was last used."""
        return (TODAY - self.last).days / 365.25


@dataclass(slots=True)
class Job:
    """A position that somebody held."""

    title: str
    employer: str
    domain: str
    rank: int
    began: date
    ended: date | None
    people: int = 0


@dataclass(slots=True)
class Life:
    """One person as they are."""

    family: str
    rank: int
    jobs: list[Job]
    skills: dict[str, Skill]
    city: str
    country: str
    #: Cities, other than their own, that they would truly work in.
    would_go: list[str]
    #: ``remote`` or ``hybrid``: less than that they do not take; ``any``.
    mode: str
    floor: int
    currency: str
    free_from: date
    certificates: list[str] = field(default_factory=list)
    experiences: list[str] = field(default_factory=list)
    refused_employers: list[str] = field(default_factory=list)
    refused_domains: list[str] = field(default_factory=list)
    refused_skills: list[str] = field(default_factory=list)
    #: A manager who would truly go back to work without a team.
    would_step_down: bool = False
    #: Words that they put into a résumé without the work behind them.
    buzzwords: list[str] = field(default_factory=list)

    @property
    def now(self) -> Job:
        """The job they have, the last of their jobs."""
        return self.jobs[-1]

    @property
    def led(self) -> int:
        """The most people they ever led."""
        return max(job.people for job in self.jobs)


def _word(line: str) -> Word:
    name, also, hints = [part.strip() for part in [*line.split("|"), "", ""][:3]]
    return Word(name, _listed(also), _listed(hints))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


@cache
def words() -> dict[str, Any]:
    """The words of which worlds are made."""
    read: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("fit_words.yaml").read_text())
    return read


@cache
def families() -> dict[str, Family]:
    """The fields of work by their keys."""
    return {
        key: Family(
            key=key,
            titles=tuple(one["titles"]),
            other_titles=tuple(one["other_titles"]),
            core=tuple(map(_word, one["core"])),
            related=tuple(map(_word, one["related"])),
            certificates=tuple(one["certificates"]),
            domains=tuple(one["domains"]),
            experiences=tuple(
                Word(parts[0], tuple(parts[1:]))
                for parts in ([p.strip() for p in line.split("|")] for line in one["experiences"])
            ),
            duties=tuple(one["duties"]),
            near=tuple(one["near"]),
            pay=one["pay"],
            modes=tuple(one["modes"]),
        )
        for key, one in words()["families"].items()
    }


@cache
def skill_words() -> dict[str, Word]:
    """Every skill of every field, and every certificate, by its name."""
    found: dict[str, Word] = {}
    for family in families().values():
        for word in family.core + family.related:
            known = found.get(word.name, Word(word.name))
            found[word.name] = Word(
                word.name,
                tuple(dict.fromkeys(known.also + word.also)),
                tuple(dict.fromkeys(known.hints + word.hints)),
            )
        for name in family.certificates:
            found.setdefault(name, Word(name))
    return found


def employer(dice: random.Random, country: str) -> str:
    """The name of a firm that does not exist."""
    names = words()["employers"]
    return f"{dice.choice(names['beginnings'])} {dice.choice(names['endings'])} " + str(
        names["forms"][country]
    )


def cities(country: str) -> dict[str, str]:
    """The cities of a country, each with a town from which people commute to it."""
    found: dict[str, str] = words()["countries"][country]["cities"]
    return found


def usual_pay(family: str, rank: int, country: str) -> float:
    """What people of the rank earn a year, in the money of the country."""
    factor: float = words()["countries"][country]["factor"]
    return families()[family].pay * 1000 * _PAY_OF_RANK[rank] * factor


def years_ago(years: float) -> date:
    """The first of the month so long ago."""
    return (TODAY - timedelta(days=round(years * 365.25))).replace(day=1)


def life(dice: random.Random, family: str, rank: int, country: str) -> Life:
    """Somebody of the field and the rank, with what such people usually have and want."""
    kind = families()[family]
    length = dice.uniform(*_YEARS[rank])
    city, near = dice.choice(list(cities(country).items()))
    others = [one for one in cities(country) if one != city]
    made = Life(
        family=family,
        rank=rank,
        jobs=_jobs(dice, kind, rank, country, length),
        skills=_skills(dice, kind, length),
        city=near if dice.random() < 0.06 else city,
        country=country,
        would_go=dice.sample(others, dice.choice((0, 0, 0, 0, 1, 2))),
        mode=dice.choices(("any", "hybrid", "remote"), (60, 28, 12))[0],
        floor=1000 * round(usual_pay(family, rank, country) * dice.lognormvariate(0, 0.11) / 1000),
        currency=words()["countries"][country]["currency"],
        free_from=TODAY + timedelta(days=dice.choice((0, 30, 30, 60, 90, 90, 90, 120, 180, 300))),
        certificates=[one for one in kind.certificates if dice.random() < 0.35],
        experiences=[one.name for one in kind.experiences if dice.random() < 0.4],
        would_step_down=dice.random() < 0.15,
    )
    if "remote" not in kind.modes:
        made.mode = "any"
    if dice.random() < 0.12:
        made.refused_domains = [dice.choice([d for d in kind.domains if d != made.now.domain])]
    if dice.random() < 0.08:
        made.refused_employers = [employer(dice, country)]
    made.buzzwords = _buzzwords(dice, kind, made.skills)
    return made


def _jobs(dice: random.Random, kind: Family, rank: int, country: str, length: float) -> list[Job]:
    count = max(1, min(5, round(length / dice.uniform(2.2, 4.5))))
    cuts = sorted(dice.uniform(0.15, 0.9) * length for _ in range(count - 1))
    ends = [length, *reversed(cuts), 0.0]
    domain = dice.choice(kind.domains)
    made: list[Job] = []
    for n in range(count):
        at = max(0, rank - (count - 1 - n) + dice.choice((0, 0, 1)))
        at = rank if n == count - 1 else min(rank, at)
        if dice.random() < 0.4:
            domain = dice.choice(kind.domains)
        made.append(
            Job(
                title=title(dice, kind, at),
                employer=employer(dice, country),
                domain=domain,
                rank=at,
                began=years_ago(ends[n]),
                ended=None if n == count - 1 else years_ago(ends[n + 1]),
                people=team(dice, at),
            )
        )
    return made


def title(dice: random.Random, kind: Family, rank: int) -> str:
    """A title for the rank; one in eight says too much or too little."""
    chance = dice.random()
    if chance < 0.06 and rank < CHIEF:
        return kind.titles[rank + 1]
    if chance < 0.12 and rank in {SENIOR, LEAD}:
        return kind.titles[PLAIN]
    if chance < 0.35 and rank in {PLAIN, SENIOR}:
        other = dice.choice(kind.other_titles)
        return f"Senior {other}" if rank == SENIOR else other
    return kind.titles[rank]


def team(dice: random.Random, rank: int) -> int:
    """How many people somebody of the rank leads."""
    if rank < LEAD:
        return 0
    if rank == LEAD:
        return dice.choice((0, 0, 2, 3))
    return round({MANAGER: 8, DIRECTOR: 35, CHIEF: 120}[rank] * dice.lognormvariate(0, 0.4))


def skill(dice: random.Random, name: str, length: float) -> Skill:
    """A skill of somebody who has worked so many years: mostly in use, sometimes long ago."""
    since = length * dice.uniform(0.25, 1.0)
    until = 0.0 if dice.random() < 0.72 else since * dice.uniform(0.2, 0.8)
    used = since - until
    strength = FAMILIAR if used < 0.5 else WORKING if used < 2.5 else dice.choice((2, 2, 3, 3, 3))
    return Skill(name, strength, years_ago(since), years_ago(until) if until else TODAY)


def _skills(dice: random.Random, kind: Family, length: float) -> dict[str, Skill]:
    own = dice.sample(kind.core, dice.randint(3, min(6, len(kind.core))))
    own += dice.sample(kind.related, dice.randint(2, 6))
    other = families()[dice.choice(kind.near)]
    own += dice.sample(other.core + other.related, dice.choice((0, 0, 1, 2)))
    return {word.name: skill(dice, word.name, length) for word in own}


def _buzzwords(dice: random.Random, kind: Family, have: dict[str, Skill]) -> list[str]:
    free = [word.name for word in kind.core + kind.related if word.name not in have]
    return dice.sample(free, min(len(free), dice.choice((0, 0, 1, 2, 3))))
