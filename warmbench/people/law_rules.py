"""Reads the rules of law from data/law.yaml, and refuses to work with a file that is not sound."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any, TypeAlias

import yaml
from django.conf import settings

from warmbench.people import gazetteer
from warmbench.people.models import Channel, Consent, Purpose

EVERYWHERE = "*"
#: Which grounds are good enough, and for how many months each; None: until it is withdrawn.
Grounds: TypeAlias = Mapping[str, int | None]
#: From when to when, for Monday to Sunday; None where the whole day is closed.
Hours: TypeAlias = tuple[tuple[time, time] | None, ...]

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAME = re.compile(r"[a-z][a-z0-9-]{2,39}")
_GROUNDS = frozenset(Consent.Basis) - {Consent.Basis.WITHDRAWN}
#: What the organisation itself may ask for where the law does not: rules.md C17.
_ASKED_FOR: Grounds = MappingProxyType({Consent.Basis.CONSENT: None, Consent.Basis.INQUIRY: 6})


class LawError(ValueError):
    """The file of rules, or the choice of countries, says something that cannot be meant."""


class Kind(StrEnum):
    """What a rule is about."""

    GROUNDS = "grounds"
    HOURS = "hours"
    NOTICE = "notice"
    RETENTION = "retention"
    PIXEL = "pixel"
    OPT_OUT = "opt_out"
    IDENTITY = "identity"


@dataclass(frozen=True, slots=True)
class Clock:
    """Days after we got somebody's data: when to warn, to stop all use, to have decided."""

    warn: int
    stop: int
    decide: int


@dataclass(frozen=True, slots=True)
class WayOut:
    """What the law asks of an opt-out; ours is quicker, and its links live for ever."""

    within_days: int
    #: None where there is no link.
    link_days: int | None
    #: Which messages have to say how to stop.
    hint: str


Value: TypeAlias = Grounds | Hours | Clock | WayOut | int | str | tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One rule: what it asks for, where, from when to when, and where that is written."""

    name: str
    kind: Kind
    #: Countries, states (US-FL) or ``EVERYWHERE``, as the rule names them ...
    places: frozenset[str]
    #: ... and the countries of the groups that it names, for which a nearer rule counts first.
    members: frozenset[str]
    value: Any
    since: date
    until: date | None
    source: str
    #: The rule as a sentence for people.
    says: str
    #: Blank: any.
    channel: str = ""
    purpose: str = ""
    #: Whether the law itself was read, and not what somebody says of it.
    is_sure: bool = True

    def holds(self, channel: str, purpose: str, on: date) -> bool:
        """Whether it is in force that day for such a message."""
        return (
            self.channel in {"", channel}
            and self.purpose in {"", purpose}
            and self.since <= on
            and (self.until is None or on < self.until)
        )


@dataclass(frozen=True, slots=True)
class Book:
    """All rules, with the version that changes whenever one of them does."""

    version: int
    #: When somebody last went through all of them.
    reviewed: date
    rules: tuple[Rule, ...]
    #: The groups of countries that rules name, in the file's own words.
    groups: Mapping[str, frozenset[str]]

    def called(self, name: str) -> Rule | None:
        """The rule of that name; None for one that this version no longer has."""
        return next((rule for rule in self.rules if rule.name == name), None)


@lru_cache(maxsize=1)
def book() -> Book:
    """The rules that this installation goes by. Raises LawError where they are not sound."""
    source = resources.files("warmbench.people").joinpath("data", "law.yaml")
    return read(yaml.safe_load(source.read_text(encoding="utf-8")), settings.CONSENT_FIRST)


def read(raw: Mapping[str, Any], consent_first: Iterable[str] = ()) -> Book:
    """The rules of a file, with a choice of countries: ``PL`` asks for consent first there too,
    ``-DE`` no longer does. Raises LawError with one sentence that says what is wrong."""
    groups: dict[str, frozenset[str]] = {}
    for name, members in raw["groups"].items():
        named, of_groups = _places(members, groups, where=name)
        groups[name] = named | of_groups
    rules = [_rule(one, groups) for one in raw["rules"]]
    rules = _with_choices(rules, consent_first)
    _refuse_doubles(rules)
    return Book(int(raw["version"]), raw["reviewed"], tuple(rules), MappingProxyType(groups))


def _rule(raw: Mapping[str, Any], groups: Mapping[str, frozenset[str]]) -> Rule:
    name = str(raw.get("name", ""))
    if not _NAME.fullmatch(name):
        raise LawError(f"“{name}” is no name for a rule.")
    try:
        kind = Kind(raw["kind"])
        places, members = _places(raw["where"], groups, where=name)
        rule = Rule(
            name=name,
            kind=kind,
            places=places,
            members=members,
            channel=str(Channel(raw["channel"])) if "channel" in raw else "",
            purpose=str(Purpose(raw["purpose"])) if "purpose" in raw else "",
            value=_VALUES[kind](raw["value"]),
            since=raw["from"],
            until=raw.get("until"),
            source=" ".join(raw["source"].split()),
            says=" ".join(raw["says"].split()),
            is_sure=raw.get("sure", True),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LawError(f"The rule {name} cannot be read: {error}.") from error
    if not (isinstance(raw["from"], date) and rule.source and rule.says.endswith(".")):
        raise LawError(f"The rule {name} needs a date, a source, and a sentence.")
    if rule.until is not None and rule.until <= rule.since:
        raise LawError(f"The rule {name} ends before it begins.")
    return rule


def _places(
    names: Iterable[str], groups: Mapping[str, frozenset[str]], *, where: str
) -> tuple[frozenset[str], frozenset[str]]:
    """The places that are named, and those of the groups that are named."""
    named: set[str] = set()
    of_groups: set[str] = set()
    for one in names:
        if one in groups:
            of_groups |= groups[one]
        elif one == EVERYWHERE or gazetteer.zones_of(one) or _is_state(one):
            named.add(one)
        else:
            raise LawError(f"{where}: there is no place called {one!r}.")
    return frozenset(named), frozenset(of_groups)


def _is_state(place: object) -> bool:
    country, dash, code = str(place).partition("-")
    return bool(dash) and any(one.code == code for one in gazetteer.regions(code, country))


def _grounds(raw: Mapping[str, int | None]) -> Grounds:
    if not raw or set(raw) - _GROUNDS:
        raise ValueError(f"grounds are {', '.join(sorted(_GROUNDS))}")
    return MappingProxyType(dict(raw))


def _hours(raw: Mapping[str, str]) -> Hours:
    week: list[tuple[time, time] | None] = [None] * 7
    for days, span in raw.items():
        first, _, last = ("mon-sun" if days == "all" else days).partition("-")
        start, end = (time.fromisoformat(part) for part in span.split("-"))
        if start >= end:
            raise ValueError("the hours end before they begin")
        for day in range(_DAYS.index(first), _DAYS.index(last or first) + 1):
            week[day] = (start, end)
    return tuple(week)


def _clock(raw: Mapping[str, int]) -> Clock:
    clock = Clock(**raw)
    if not 0 < clock.warn < clock.stop < clock.decide:
        raise ValueError("a clock warns, then stops, then decides")
    return clock


def _months(raw: int) -> int:
    if not 0 < int(raw) <= 120:
        raise ValueError("months are between 1 and 120")
    return int(raw)


def _pixel(raw: str) -> str:
    if raw != Consent.Basis.CONSENT:
        raise ValueError("opens may be recorded with consent, or not at all")
    return raw


_VALUES: dict[Kind, Any] = {
    Kind.GROUNDS: _grounds,
    Kind.HOURS: _hours,
    Kind.NOTICE: _clock,
    Kind.RETENTION: _months,
    Kind.PIXEL: _pixel,
    Kind.OPT_OUT: lambda raw: WayOut(**raw),
    Kind.IDENTITY: lambda raw: tuple(map(str, raw)),
}


def _with_choices(rules: list[Rule], choices: Iterable[str]) -> list[Rule]:
    for choice in choices:
        country = choice.removeprefix("-").upper()
        if not gazetteer.zones_of(country):
            raise LawError(f"WARMBENCH_CONSENT_FIRST: there is no country {country!r}.")
        if choice.startswith("-"):
            switched = [rule for rule in rules if _is_switch(rule, country)]
            if not switched:
                raise LawError(f"WARMBENCH_CONSENT_FIRST: {country} has nothing to switch off.")
            rules = [rule for rule in rules if rule not in switched]
        else:
            rules = [*rules, _own_choice(country)]
    return rules


def _is_switch(rule: Rule, country: str) -> bool:
    """Whether the rule is our reading of the law, which an organisation may see differently."""
    return (
        rule.kind is Kind.GROUNDS
        and rule.places == {country}
        and set(rule.value) == set(_ASKED_FOR)
        and not rule.is_sure
    )


def _own_choice(country: str) -> Rule:
    return Rule(
        name=f"own-consent-first-{country.lower()}",
        kind=Kind.GROUNDS,
        places=frozenset({country}),
        members=frozenset(),
        channel=Channel.EMAIL,
        value=_ASKED_FOR,
        since=date.min,
        until=None,
        source="your own choice, WARMBENCH_CONSENT_FIRST",
        says="Automated mail goes only to people there who agreed to it, or wrote to us within the"
        " last 6 months.",
    )


def _refuse_doubles(rules: Iterable[Rule]) -> None:
    seen: set[tuple[object, ...]] = set()
    for rule in rules:
        keys = {(rule.name,)} | {
            (rule.kind, place, rule.channel, rule.purpose, rule.since) for place in rule.places
        }
        if seen & keys:
            raise LawError(f"The rule {rule.name} says again what another one says.")
        seen |= keys
