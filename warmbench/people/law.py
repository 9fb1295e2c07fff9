"""Answers what the law asks for, by place, channel, purpose and day. Not legal advice."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType

from warmbench.people import gazetteer, law_rules
from warmbench.people.law_rules import EVERYWHERE, Clock, Grounds, Hours, Kind, Rule, WayOut
from warmbench.people.models import Channel, Purpose


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides about one message, each with the name of the rule that says so."""

    #: Which grounds are good enough, and for how many months each; None: until withdrawn.
    grounds: Grounds
    grounds_by: str
    #: The hours in which it may arrive; None where the law has none.
    hours: Hours | None = None
    hours_by: str = ""
    #: By when the person must have been told that we hold their data; None: never.
    notice: Clock | None = None
    notice_by: str = ""

    def ends(self, basis: str, since: datetime) -> datetime | None:
        """When a ground that came about at ``since`` is too old; None: never by itself.

        CASL s. 10 (10): two years after the last business, six months after an inquiry.
        """
        months = self.grounds.get(basis)
        return None if months is None else months_after(since, months)


def terms(
    country: str,
    region: str = "",
    channel: str = Channel.EMAIL,
    purpose: str = Purpose.NURTURE,
    *,
    on: date,
) -> Terms:
    """What holds for a message to somebody who lives there.

    Of an unknown country (a blank) everything holds that holds anywhere, and of an unknown
    state whatever holds in any state of the country: the strictest of what is plausible.
    """
    return terms_for(country, region, channel, purpose, on)


@lru_cache(maxsize=8192)
def terms_for(country: str, region: str, channel: str, purpose: str, on: date) -> Terms:
    """The same, for who asks again and again: names of arguments cost more than the answer."""

    def found(kind: Kind) -> list[Rule]:
        return _plausible(kind, country, region, channel, purpose, on)

    grounds = found(Kind.GROUNDS)
    hours = found(Kind.HOURS)
    notice = sorted(found(Kind.NOTICE), key=lambda rule: rule.value.stop)
    return Terms(
        grounds=_common_grounds(rule.value for rule in grounds),
        grounds_by=min(grounds, key=lambda rule: len(rule.value)).name,
        hours=_common_hours(rule.value for rule in hours) if hours else None,
        hours_by=hours[0].name if hours else "",
        notice=notice[0].value if notice else None,
        notice_by=notice[0].name if notice else "",
    )


def needs_consent_first(country: str, channel: str = Channel.EMAIL, *, on: date) -> bool:
    """Whether our own interest is not enough there to write without having been asked to."""
    return "legitimate_interest" not in terms(country, channel=channel, on=on).grounds


def retention_months(country: str, *, on: date) -> int | None:
    """How many months after the last human contact somebody is kept; None where no law that
    we know of says. Of an unknown country, the shortest period that holds anywhere."""
    found = _plausible(Kind.RETENTION, country, "", "", "", on)
    return min((rule.value for rule in found), default=None)


def pixel_needs_consent(country: str, *, on: date) -> bool:
    """Whether opens may only be recorded with a consent of its own (``Purpose.PIXEL``)."""
    return bool(_plausible(Kind.PIXEL, country, "", Channel.EMAIL, Purpose.PIXEL, on))


def way_out(country: str, channel: str = Channel.EMAIL, *, on: date) -> WayOut:
    """What the law asks of the way out of our messages, at its strictest."""
    found = [rule.value for rule in _plausible(Kind.OPT_OUT, country, "", channel, "", on)]
    links = [value.link_days for value in found if value.link_days is not None]
    return WayOut(
        within_days=min(value.within_days for value in found),
        link_days=max(links, default=None),
        hint=found[0].hint,
    )


def identity(country: str, channel: str = Channel.EMAIL, *, on: date) -> tuple[str, ...]:
    """What a message must say about who sends it."""
    found = _plausible(Kind.IDENTITY, country, "", channel, "", on)
    return tuple(dict.fromkeys(part for rule in found for part in rule.value))


def places_with(kind: Kind, channel: str = "", *, on: date) -> frozenset[str]:
    """The countries that have a rule of this kind of their own that day."""
    held = (
        rule.places | rule.members
        for rule in law_rules.book().rules
        if rule.kind is kind and rule.holds(channel, rule.purpose, on)
    )
    found: frozenset[str] = frozenset().union(*held)
    return frozenset(place.partition("-")[0] for place in found - {EVERYWHERE})


def cited(name: str) -> str:
    """A rule as a sentence with its source; blank for one that there is no more."""
    rule = law_rules.book().called(name) if name else None
    return f"{rule.says.removesuffix('.')} ({rule.source})." if rule else ""


def source(name: str) -> str:
    """Where a rule is written; blank for one that there is no more."""
    rule = law_rules.book().called(name)
    return rule.source if rule else ""


def stops_at(clock: Clock, obtained_at: datetime) -> datetime:
    """From when a person who has not been told is no longer written to."""
    return obtained_at + timedelta(days=clock.stop)


def months_after(at: datetime, months: int) -> datetime:
    """The same day of a later month, or its last day where that is shorter."""
    years, month = divmod(at.month - 1 + months, 12)
    year = at.year + years
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


def _plausible(
    kind: Kind, country: str, region: str, channel: str, purpose: str, on: date
) -> list[Rule]:
    """The rules that may apply: one, unless the country or the state is not known."""
    held = [
        rule
        for rule in law_rules.book().rules
        if rule.kind is kind and rule.holds(channel or rule.channel, purpose, on)
    ]
    if not country:
        return held
    national = _national(held, country)
    states = _states(held, country)
    if not states:
        return national
    codes = {one.code for one in gazetteer.regions(region, country)} if region else set()
    if not codes:
        return [*national, *dict.fromkeys(states.values())]
    local = dict.fromkeys(states[code] for code in sorted(codes & states.keys()))
    return [*local, *(national if codes - states.keys() else [])]


def _national(held: Iterable[Rule], country: str) -> list[Rule]:
    """The rule for the country itself, or for a group that it is in, or for everywhere; the
    latest, if there are several."""
    for there in (
        [rule for rule in held if country in rule.places],
        [rule for rule in held if country in rule.members],
        [rule for rule in held if EVERYWHERE in rule.places],
    ):
        if there:
            return [_latest(there)]
    return []


def _latest(rules: Iterable[Rule]) -> Rule:
    return max(rules, key=lambda rule: rule.since)


def _states(held: Iterable[Rule], country: str) -> dict[str, Rule]:
    """The rule of each state of the country that has one of its own, by the state's code."""
    found: dict[str, Rule] = {}
    for rule in sorted(held, key=lambda rule: rule.since):
        for place in rule.places:
            if place.startswith(f"{country}-"):
                found[place.removeprefix(f"{country}-")] = rule
    return found


def _common_grounds(all_of: Iterable[Grounds]) -> Grounds:
    """What is good enough everywhere, for as long as it is everywhere."""
    asked = list(all_of)
    common: dict[str, int | None] = {}
    for basis in asked[0]:
        if all(basis in one for one in asked):
            limits = (one[basis] for one in asked)
            common[basis] = min((limit for limit in limits if limit is not None), default=None)
    return MappingProxyType(common)


def _common_hours(all_of: Iterable[Hours]) -> Hours:
    """The hours that all of them leave open."""
    week = []
    for spans in zip(*all_of, strict=True):
        open_ = [span for span in spans if span is not None]
        start = max((span[0] for span in open_), default=None)
        end = min((span[1] for span in open_), default=None)
        whole = len(open_) == len(spans) and start is not None and end is not None
        week.append((start, end) if whole and start < end else None)  # type: ignore[operator]
    return tuple(week)  # type: ignore[arg-type]
