"""Says the rules of law in words, for the page Law and for the documentation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from types import MappingProxyType
from typing import Any

from babel import Locale

from warmbench.people import gazetteer, law_rules
from warmbench.people.law_rules import EVERYWHERE, Clock, Hours, Kind, Rule, WayOut
from warmbench.people.models import Channel, Consent

#: What each kind of rule is about.
TITLES: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.GROUNDS: "On what ground a message may be sent",
        Kind.HOURS: "When a text may arrive",
        Kind.NOTICE: "By when somebody must know that we hold their data",
        Kind.RETENTION: "For how long somebody is kept after the last human contact",
        Kind.PIXEL: "Whether opens may be recorded",
        Kind.OPT_OUT: "How the way out must work",
        Kind.IDENTITY: "What a message must say about who sends it",
    }
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ENGLISH = Locale("en")


@dataclass(frozen=True, slots=True)
class Line:
    """One rule, as a row of a table."""

    where: str
    channel: str
    asks: str
    since: str
    source: str
    says: str
    name: str
    is_sure: bool


def lines(kind: Kind, *, on: date) -> list[Line]:
    """The rules of a kind that are in force that day, or will be, the widest places first."""
    rules = [
        rule
        for rule in law_rules.book().rules
        if rule.kind is kind and (rule.until is None or rule.until > on)
    ]
    return [_line(rule) for rule in sorted(rules, key=lambda rule: (-_width(rule), rule.since))]


def _line(rule: Rule) -> Line:
    since = "" if rule.since == date.min else f"{rule.since:%-d %B %Y}"
    if rule.until is not None:
        since += f" to {rule.until:%-d %B %Y}"
    return Line(
        where=_where(rule),
        channel=str(Channel(rule.channel).label) if rule.channel else "any",
        asks=_asks(rule.value),
        since=since,
        source=rule.source,
        says=rule.says,
        name=rule.name,
        is_sure=rule.is_sure,
    )


def _width(rule: Rule) -> int:
    return 1000 if EVERYWHERE in rule.places else len(rule.members)


def _where(rule: Rule) -> str:
    groups = [name for name, members in law_rules.book().groups.items() if members == rule.members]
    named = sorted(_place(place) for place in rule.places)
    return ", ".join([*groups[-1:], *named])


def _place(place: str) -> str:
    if place == EVERYWHERE:
        return "everywhere"
    country, _, code = place.partition("-")
    if code:
        return next(one.name for one in gazetteer.regions(code, country) if one.code == code)
    return str(_ENGLISH.territories[country])


def _asks(value: Any) -> str:
    match value:
        case WayOut(within_days, link_days, hint):
            link = f"; links live for {link_days} days" if link_days else ""
            said = f"effect within {within_days} business days{link}; said in: {hint}"
        case Clock(warn, stop, decide):
            said = f"warned on day {warn}, all use stops on day {stop}, decided by day {decide}"
        case int():
            said = f"{value} months"
        case str():
            said = "only with a consent of its own"
        case tuple() if any(isinstance(one, tuple) or one is None for one in value):
            said = _week(value)
        case tuple():
            said = ", ".join(value)
        case _:
            said = ", ".join(_ground(basis, months) for basis, months in value.items())
    return said


def _ground(basis: str, months: int | None) -> str:
    label = str(Consent.Basis(basis).label).lower()
    return f"{label} for {months} months" if months else label


def _week(hours: Hours) -> str:
    said: list[tuple[str, str, str]] = []
    for day, span in zip(_DAYS, hours, strict=True):
        words = f"{_hour(span[0])} to {_hour(span[1])}" if span else "not at all"
        if said and said[-1][2] == words:
            said[-1] = (said[-1][0], day, words)
        else:
            said.append((day, day, words))
    if len(said) == 1:
        return f"{said[0][2]}, where the person is"
    spans = (f"{a} {w}" if a == b else f"{a}-{b} {w}" for a, b, w in said)
    return f"{', '.join(spans)}, where the person is"


def _hour(at: time) -> str:
    return f"{at:%H:%M}"
