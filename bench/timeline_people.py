"""The two years of one invented person: what changes, who tells of it, and what only looks so."""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from bench import fit_lives as lives
from bench.fit_lives import DIRECTOR, LEAD, MANAGER, PLAIN, SENIOR

FIRST_DAY = date(2024, 3, 4)
DAYS = 730
#: Sources that give a record, and those in which somebody says something.
_RECORDS = ("ats_sync", "csv_import")
_WORDS = ("reply", "recruiter_note")
#: A change that shows in what arrives is told within so many days.
_SOON = 2
#: Anniversaries that a recruiter wants to hear of; the other years may be told or not.
_MILESTONES = frozenset({3, 5, 10})


@dataclass(slots=True)
class State:
    """What is true of them on a day."""

    family: str
    rank: int
    title: str
    employer: str
    since: date
    city: str
    country: str
    domain: str
    skills: list[str]
    people: int = 0
    #: By kind of wish, its present value, if it was ever told.
    wishes: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Story:
    """What arrives of one person, and what truly changes."""

    dice: random.Random
    key: str
    state: State
    events: list[dict[str, Any]] = field(default_factory=list)
    truth: list[dict[str, Any]] = field(default_factory=list)
    _plan: list[tuple[int, int, Callable[[int], None]]] = field(default_factory=list)
    _number: int = 0

    def at(self, day: int, act: Callable[[int], None]) -> None:
        """Something will happen on a day."""
        self._number += 1
        heapq.heappush(self._plan, (day, self._number, act))

    def run(self) -> None:
        """Let the days pass."""
        while self._plan and self._plan[0][0] < DAYS:
            day, _, act = heapq.heappop(self._plan)
            act(day)

    def tell(
        self, day: int, source: str, record: dict[str, Any], facts: list[dict[str, Any]],
        **more: Any,
    ) -> None:  # fmt: skip
        """Something about them arrives."""
        self.events.append({
            "day": (FIRST_DAY + timedelta(days=day)).isoformat(), "person": self.key,
            "source": source, "record": record, "facts": facts, **more,
        })  # fmt: skip

    def changed(self, day: int, kind: str, what: object, **more: Any) -> None:
        """Something is truly other, and can be known from this day."""
        window = more.pop("window", (0, _SOON))
        self.truth.append({
            "person": self.key, "kind": kind, "what": str(what), "required": True, "or": [],
            "day": (FIRST_DAY + timedelta(days=day)).isoformat(),
            "earliest": (FIRST_DAY + timedelta(days=day + window[0])).isoformat(),
            "latest": (FIRST_DAY + timedelta(days=day + window[1])).isoformat(), **more,
        })  # fmt: skip


def fact(kind: str, value: dict[str, Any], polarity: str, quote: str, source: str,
         confidence: float = 0.85) -> dict[str, Any]:  # fmt: skip
    """A fact in the format of docs/reference/insights.md."""
    return {
        "kind": kind,
        "value": value,
        "polarity": polarity,
        "speaker": "recruiter" if source == "recruiter_note" else "candidate",
        "quote": quote,
        "confidence": confidence,
        "valid_from": None,
        "valid_until": None,
    }


def story(dice: random.Random, key: str) -> Story:
    """The two years of somebody."""
    family = dice.choice(list(lives.families()))
    rank = dice.choices((PLAIN, SENIOR, LEAD, MANAGER, DIRECTOR), (28, 32, 14, 18, 8))[0]
    one = lives.life(dice, family, rank, dice.choice(("DE", "GB", "NL", "US")))
    since = FIRST_DAY - timedelta(days=dice.randint(60, 3800))
    state = State(
        family=family,
        rank=rank,
        title=lives.families()[family].titles[rank],
        employer=one.now.employer,
        since=since,
        city=one.city,
        country=one.country,
        domain=one.now.domain,
        skills=[name for name in one.skills if len(name) < 26],
        people=lives.team(dice, rank) if rank >= MANAGER else 0,
    )
    made = Story(dice, key, state)
    made.at(dice.randint(0, 50), lambda day: _arrive(made, day))
    return made


def _arrive(one: Story, day: int) -> None:
    # The first that is heard of somebody is no change, and neither is what completes it.
    record = record_of(one.state)
    if one.dice.random() < 0.55:
        record["since"] = one.state.since.isoformat()
        tenure(one, one.state.employer, one.state.since, day)
    one.tell(day, one.dice.choice(_RECORDS), record, [])
    if one.dice.random() < 0.75:
        one.at(day + one.dice.randint(1, 25), lambda at: profile(one, at))
    elif one.state.people:
        one.at(day + one.dice.randint(1, 25), lambda at: _say_scope(one, at))
    one.at(day + one.dice.randint(26, 60), lambda at: _wishes(one, at))


def record_of(state: State) -> dict[str, Any]:
    """The fields of the record, as they truly are."""
    return {
        "title": state.title,
        "employer": state.employer,
        "city": state.city,
        "tags": sorted(state.skills[:4]),
    }


def profile(one: Story, day: int) -> None:
    """They send or upload a résumé that is up to date."""
    state, source = one.state, "profile_upload"
    facts = [
        fact("title", {"name": state.title, "current": True}, "had", state.title, source),
        fact("employer", {"name": state.employer, "current": True}, "had", state.employer, source),
        fact("domain", {"name": state.domain}, "had", f"Industry: {state.domain}", source),
        *[fact("skill", {"name": name}, "had", name, source) for name in state.skills],
    ]
    if state.people:
        facts.append(scope(state.people, f"a team of {state.people}", source))
    record = {"title": state.title, "employer": state.employer, "city": state.city}
    one.tell(day, source, record, facts)


def scope(people: int, quote: str, source: str) -> dict[str, Any]:
    """That they lead so many."""
    return fact("scope", {"what": "people", "amount": people}, "had", quote, source)


def _say_scope(one: Story, day: int) -> None:
    people = one.state.people
    one.tell(day, "recruiter_note", {}, [scope(people, f"leads {people}", "recruiter_note")])


def tenure(one: Story, employer: str, since: date, known: int) -> None:
    """The anniversaries that will come, if they stay."""
    for years in range(1, 12):
        day = (since.replace(year=since.year + years, day=min(since.day, 28)) - FIRST_DAY).days
        if known + 35 < day < DAYS - 15:
            one.at(day, lambda at, n=years: _milestone(one, at, n, employer))  # type: ignore[misc]


def _milestone(one: Story, day: int, years: int, employer: str) -> None:
    if one.state.employer == employer:
        one.changed(day, "tenure", f"{years} years", required=years in _MILESTONES,
                    window=(-30, 14))  # fmt: skip


def wish(kind: str, value: Any, source: str) -> dict[str, Any]:
    """A wish as a fact."""
    words = {
        "pay": f"at least {value.get('low', 0):,}",
        "remote": f"{value.get('mode')} only",
        "place": f"would work in {value.get('name')}",
    }
    return fact(kind, value, "wants", words[kind], source)


def _wishes(one: Story, day: int) -> None:
    dice, state = one.dice, one.state
    floor = 1000 * round(lives.usual_pay(state.family, state.rank, state.country) / 1000)
    currency = lives.words()["countries"][state.country]["currency"]
    every: dict[str, dict[str, Any]] = {
        "pay": {"what": "floor", "low": floor, "currency": currency, "period": "year"},
        "remote": {"mode": dice.choice(("hybrid", "onsite"))},
        "place": {"name": state.city, "country": state.country},
    }
    source = dice.choice(_WORDS)
    for kind in dice.sample(list(every), dice.randint(0, 3)):
        state.wishes[kind] = every[kind]
    if state.wishes:
        told = [wish(kind, value, source) for kind, value in state.wishes.items()]
        one.tell(day, source, {}, told)
