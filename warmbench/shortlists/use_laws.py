"""Knows which laws want people told before a ranking of them is used, and where those hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from zoneinfo import ZoneInfo

from warmbench.messaging import windows
from warmbench.people import gazetteer, law_rules

_STATE, _CITY = "NY", "US-NYC"
#: Where "ten business days" are counted.
_NEW_YORK = ZoneInfo("America/New_York")
#: What is kept of rankings of people whom no law below names: enough for two yearly audits, and
#: more than the six months of logs of the EU AI Act, Art. 26 (6).
USUAL_YEARS = 2


@dataclass(frozen=True, slots=True)
class UseLaw:
    """One law about rankings of candidates. Not legal advice: have a lawyer confirm it."""

    #: A country, a state or ``US-NYC``, as records keep it.
    code: str
    name: str
    source: str
    #: In one sentence, what it asks for.
    asks: str
    #: From when on somebody must be told before use; None: it only says how long to keep records.
    notice_since: date | None = None
    #: Working days between telling and using.
    working_days: int = 0
    #: For how many years, and since when, records of rankings are kept.
    years: int = USUAL_YEARS
    years_since: date = date(2023, 1, 1)

    def may_use_from(self, told_at: datetime) -> datetime:
        """When a ranking of somebody may be used who was told at that moment.

        Days before use are whole days between: told on a Monday, with ten working days and no
        holiday, from the Tuesday of the third week on, in the local calendar.
        """
        if not self.working_days:
            return told_at
        told_on = told_at.astimezone(_NEW_YORK).date()
        last = windows.working_days_after(told_on, self.working_days, "US")
        return datetime.combine(last + timedelta(days=1), time(0), _NEW_YORK).astimezone(UTC)


LAWS = MappingProxyType(
    {
        law.code: law
        for law in (
            UseLaw(
                "US-NYC",
                "New York City, Local Law 144",
                "N.Y.C. Admin. Code § 20-871 (b); 6 RCNY § 5-304",
                "Residents of the city are told at least 10 business days before the tool is"
                " used, what it looks at, and how to ask for another way.",
                notice_since=date(2023, 7, 5),
                working_days=10,
            ),
            UseLaw(
                "US-IL",
                "Illinois, HB 3773",
                "775 ILCS 5/2-102 (L), since 1 January 2026",
                "People are told that such a tool is used in recruiting; a postcode never stands"
                " for a person.",
                notice_since=date(2026, 1, 1),
                years=4,
                years_since=date(2026, 1, 1),
            ),
            UseLaw(
                "US-CO",
                "Colorado, SB 26-189",
                "SB 26-189, signed on 14 May 2026, in force on 1 January 2027",
                "People are told when it is used; after an adverse outcome they get an explanation"
                " within 30 days, correction, and a human review.",
                notice_since=date(2027, 1, 1),
                years=3,
                years_since=date(2027, 1, 1),
            ),
            UseLaw(
                "US-CA",
                "California, CRD and CPPA rules",
                "2 CCR § 11013 (c), since 1 October 2025; 11 CCR § 7220, from 1 January 2027",
                "People get a notice before use, and may opt out; records are kept four years.",
                notice_since=date(2027, 1, 1),
                years=4,
                years_since=date(2025, 10, 1),
            ),
            UseLaw(
                "EU",
                "EU AI Act",
                "Regulation (EU) 2024/1689 Art. 26 (11) and Annex III 4 (a), from 2 December 2027",
                "People are told that a high-risk system helps to decide about them.",
                notice_since=date(2027, 12, 2),
            ),
        )
    }
)


def of_place(country: str, region: str, city: str) -> tuple[UseLaw, ...]:
    """The laws that may hold for somebody who lives there, whatever the day.

    City and region decide, never a postcode (rules.md C23). What is not known counts as the
    strictest: somewhere in the United States is everywhere in them, and somewhere in the state
    of New York is in the city. A blank country is for the caller to fill in.
    """
    return _of_place(country, gazetteer.fold(region), gazetteer.fold(city))


@lru_cache(maxsize=8192)
def _of_place(country: str, region: str, city: str) -> tuple[UseLaw, ...]:
    if country == "US":
        states = _states(region, city)
        return tuple(law for law in LAWS.values() if _is_there(law.code, states, city))
    if country in european():
        return (LAWS["EU"],)
    return () if country else tuple(LAWS.values())


def european() -> frozenset[str]:
    """The countries of the European Union."""
    return law_rules.book().groups["EU"]


def in_force(laws: Iterable[UseLaw], *, on: date) -> tuple[UseLaw, ...]:
    """Those of these laws that want somebody told that day."""
    return tuple(law for law in laws if law.notice_since and law.notice_since <= on)


def to_keep_by(laws: Iterable[UseLaw], *, on: date) -> UseLaw | None:
    """The law that wants a ranking of that day kept longest; None where none says."""
    bound = [law for law in laws if law.years_since <= on]
    return max(bound, key=lambda law: law.years, default=None)


def years_of(code: str, on: date) -> int:
    """For how many years a record of that day is kept, by the law that it names."""
    law = LAWS.get(code)
    return law.years if law and law.years_since <= on else USUAL_YEARS


def _states(region: str, city: str) -> frozenset[str]:
    """The codes of the states that somebody may live in; empty if it may be any."""
    codes = {one.code for one in gazetteer.regions(region, "US")} if region else set()
    if not codes and city:
        codes = {one.region for one in gazetteer.cities(city, "US")}
        codes |= {_STATE} if city in _new_york() else set()
    return frozenset(codes)


def _is_there(code: str, states: frozenset[str], city: str) -> bool:
    if not code.startswith("US-"):
        return False
    if code != _CITY:
        return not states or code.removeprefix("US-") in states
    if states and _STATE not in states:
        return False
    if not city or city in _new_york():
        return True
    # A place that we do not know may be a part of the city under another name.
    known = {one.region for one in gazetteer.cities(city, "US")}
    return _STATE not in known if states else not known


@lru_cache(maxsize=1)
def _new_york() -> frozenset[str]:
    """Names of the city, its boroughs and its parts, as they are compared."""
    text = resources.files("warmbench.shortlists").joinpath("data/new_york.txt").read_text("utf-8")
    lines = (line.strip() for line in text.splitlines())
    return frozenset(gazetteer.fold(line) for line in lines if line and not line.startswith("#"))
