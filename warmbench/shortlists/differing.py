"""Says in plain sentences how one version of a profile differs from another."""

from collections.abc import Iterator
from decimal import Decimal

from warmbench.people.wanted_places import WantedPlace
from warmbench.shortlists.requirements import LEVELS, Requirement, Spec, Strength, Tier
from warmbench.sourcing.fit import PayRange

_TIERS = {
    Tier.MUST: "a must",
    Tier.SHOULD: "a should",
    Tier.NICE: "nice to have",
    Tier.DEALBREAKER: "a dealbreaker",
}
_REMOTE = {"on_site": "on site", "hybrid": "hybrid", "remote": "remote", "": "wherever"}
_HARD = {"level": "level", "place": "place", "pay": "pay", "start": "start"}
_STRENGTHS = {Strength.ANY: "any", Strength.WORKING: "working", Strength.STRONG: "strong"}


def differences(before: Spec, after: Spec) -> list[str]:
    """What is other in ``after``, a sentence each, what weighs most first; none if nothing is."""
    return [
        *_requirements(before, after),
        *_frame(before, after),
    ]


def _requirements(before: Spec, after: Spec) -> Iterator[str]:
    was = {one.key: one for one in before.requirements}
    now = {one.key: one for one in after.requirements}
    for key, one in now.items():
        if key not in was:
            yield f"New: {one.name}, {_TIERS[one.tier]}."
    for key, one in was.items():
        if key not in now:
            yield f"No longer asked for: {one.name}, which was {_TIERS[one.tier]}."
    for key, one in now.items():
        if key in was:
            yield from _one(was[key], one)


def _one(was: Requirement, now: Requirement) -> Iterator[str]:
    if was.name != now.name:
        yield f"{was.name} is called {now.name}."
    if was.tier != now.tier:
        yield f"{now.name} is {_TIERS[now.tier]}; it was {_TIERS[was.tier]}."
    if was.weight != now.weight:
        yield f"{now.name} weighs {now.weight:g}; it was {was.weight:g}."
    if (was.at_least, was.what) != (now.at_least, now.what):
        yield f"{now.name}: {_amount(now)}; it was {_amount(was)}."
    if set(was.also) != set(now.also):
        names = ", ".join(now.also) or "nothing else"
        yield f"As {now.name} counts also: {names}."
    if was.rule.strength != now.rule.strength:
        strengths = _STRENGTHS[now.rule.strength], _STRENGTHS[was.rule.strength]
        yield f"{now.name} has to be {strengths[0]}; it was {strengths[1]}."
    if was.rule.max_age != now.rule.max_age:
        yield f"Evidence of {now.name} counts {_age(now)}; it counted {_age(was)}."
    if was.rule.first_hand != now.rule.first_hand:
        whose = "only first-hand evidence counts" if now.rule.first_hand else "any evidence counts"
        yield f"Of {now.name} {whose} now."


def _amount(one: Requirement) -> str:
    if one.at_least is None:
        return "any amount"
    return f"at least {_plain(one.at_least)}{f' ({one.what})' if one.what else ''}"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():,f}"


def _age(one: Requirement) -> str:
    age = one.rule.max_age
    return "at any age" if age is None else f"for {age} year{'s' * (age != 1)}"


def _frame(before: Spec, after: Spec) -> Iterator[str]:
    told = (
        ("Title", before.title, after.title),
        ("Levels", _levels(before), _levels(after)),
        ("Places", _places(before.places), _places(after.places)),
        ("Remote", _REMOTE[before.remote], _REMOTE[after.remote]),
        ("Pay", _pay(before.pay), _pay(after.pay)),
        ("Start", _start(before), _start(after)),
        ("Client", before.company or "none", after.company or "none"),
    )
    for name, was, now in told:
        if was != now:
            yield f"{name}: {now}; it was {was}."
    for one in sorted(after.hard - before.hard):
        yield f"A known conflict of {_HARD.get(one, one)} keeps people out now."
    for one in sorted(before.hard - after.hard):
        yield f"A conflict of {_HARD.get(one, one)} is a trade-off now, and keeps nobody out."


def _levels(spec: Spec) -> str:
    low, high = spec.lowest_level or LEVELS[0], spec.highest_level or LEVELS[-1]
    if not spec.lowest_level and not spec.highest_level:
        return "any"
    names = [one.replace("_", " ") for one in (low, high)]
    return names[0] if low == high else " to ".join(names)


def _places(places: tuple[WantedPlace, ...]) -> str:
    return ", ".join(one.words or one.city or one.country for one in places) or "any"


def _pay(pay: PayRange | None) -> str:
    if pay is None:
        return "not said"
    ends = [_plain(one) for one in (pay.lowest, pay.highest) if one is not None]
    return f"{' to '.join(ends)} {pay.currency} a {pay.period}"


def _start(spec: Spec) -> str:
    if spec.start_from is None and spec.start_until is None:
        return "any day"
    first = f"from {spec.start_from:%-d %B %Y}" if spec.start_from else ""
    last = f"until {spec.start_until:%-d %B %Y}" if spec.start_until else ""
    return " ".join(filter(None, (first, last)))
