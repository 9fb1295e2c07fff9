"""Counts how groups of people fare on shortlists, for an audit: the only reader of declarations."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from warmbench.core import sql
from warmbench.people.import_report import as_line
from warmbench.shortlists import impact
from warmbench.shortlists.declaring import CATEGORIES, ETHNICITY, SEX
from warmbench.shortlists.impact import Compared, Count, Names, Table
from warmbench.shortlists.models import Shortlist

#: What the tables go by, and what stands above them.
BY: Mapping[tuple[str, ...], str] = {
    (SEX,): "By sex",
    (ETHNICITY,): "By race and ethnicity",
    (SEX, ETHNICITY): "By both",
}
#: What is counted: who was put on a list, and who scored above the median of all.
LISTED, SCORED = "listed", "scored"
MEASURES: Mapping[str, str] = {
    LISTED: "Put on a shortlist that was shared",
    SCORED: "Scored above the median of everybody who was considered",
}
_COLUMNS = (
    *("measure", "by", "group", "people", "considered", "chosen", "rate", "share"),
    *("excluded below 2 %", "impact ratio", "below four fifths", "p value"),
    *("two standard deviations below", "fewer than 30 compared", "missing to four fifths"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One table, with what it counts and by what."""

    measure: str
    by: str
    table: Table

    @property
    def title(self) -> str:
        """What it counts, in words."""
        return MEASURES[self.measure]

    def rows(self) -> Iterator[tuple[str, Compared]]:
        """The groups by their names in words."""
        for one in self.table.groups:
            yield named(one.names), one


@dataclass(frozen=True, slots=True)
class Audit:
    """The figures of one calendar year."""

    year: int
    since: date
    #: The day after the last one that counts.
    until: date
    lists: int
    considered: int
    listed: int
    parts: tuple[Part, ...]

    @property
    def adverse(self) -> list[tuple[Part, Compared]]:
        """The groups below four fifths, wherever they stand."""
        return [(part, one) for part in self.parts for one in part.table.groups if one.is_adverse]

    def as_csv(self) -> str:
        """One line for each group, and one for what is unknown."""
        lines = [as_line(_COLUMNS)]
        for part in self.parts:
            lines += [as_line(_line(part, name, one)) for name, one in part.rows()]
            rest = ["", str(part.table.unknown), *[""] * (len(_COLUMNS) - 5)]
            lines.append(as_line([part.measure, part.by, "unknown", *rest]))
        return "\ufeff" + "".join(lines)


def years(*, now: datetime) -> list[int]:
    """The years in which lists were shared, newest first."""
    shared = Shortlist.objects.filter(shared_at__lt=datetime.combine(_ends(now), time(0), UTC))
    return [day.year for day in shared.datetimes("shared_at", "year", order="DESC", tzinfo=UTC)]


def audit(year: int, *, now: datetime) -> Audit:
    """The figures of a calendar year (UTC), of the present one up to the end of last month.

    Whole months only, and no other spans: from two spans that overlap, few people could be
    reckoned out. Groups of fewer than five people are never part of it.
    """
    since = date(year, 1, 1)
    until = max(since, min(date(year + 1, 1, 1), _ends(now)))
    span = [datetime.combine(day, time(0), UTC) for day in (since, until)]
    cells = _cells(*span)
    parts = [
        Part(measure, title, impact.compare(_grouped(cells, by, measure)))
        for measure in MEASURES
        for by, title in BY.items()
    ]
    shared = Shortlist.objects.filter(shared_at__gte=span[0], shared_at__lt=span[1])
    return Audit(
        year=year,
        since=since,
        until=until,
        lists=shared.count(),
        considered=sum(one.considered for one, _ in cells.values()),
        listed=sum(one.chosen for one, _ in cells.values()),
        parts=tuple(parts),
    )


def summary(found: Audit, organisation: str) -> list[str]:
    """What is published of an audit, sentence by sentence: 6 RCNY § 5-303 asks for the source of
    the data, how many are of unknown category, how many applied, the rates and the ratios."""
    lets = (
        f"{organisation} lets a program put people in order for shortlists, and a person decides."
        f" The figures are of {found.since:%-d %B %Y} up to, and without, {found.until:%-d %B %Y}."
    )
    source = (
        f"Source: the record of all {found.considered:,} times that somebody was considered for"
        f" one of {found.lists:,} lists; {found.listed:,} times they were put on it. Sex, race and"
        " ethnicity are what people declared of themselves; nothing is inferred."
    )
    said = [lets, source]
    for part in found.parts:
        where = f"{part.title}, {part.by[0].lower()}{part.by[1:]}"
        said.append(f"{where}: of {part.table.unknown:,} of {part.table.total:,} it is unknown.")
        said += [f"{name}: {_in_words(one)}" for name, one in part.rows()]
        if part.table.hides:
            said.append("Groups of few people are left out, so that nobody can be made out.")
    return said


def named(names: Names) -> str:
    """A group in words."""
    words = {value: word for one in CATEGORIES.values() for value, word in one.items()}
    return ", ".join(words.get(name, name) for name in names)


def _in_words(one: Compared) -> str:
    share = f"{one.count.chosen:,} of {one.count.considered:,} ({one.count.rate:.1%})"
    if one.is_excluded:
        return f"{share}; less than 2 % of the data, so it is not compared."
    return f"{share}; impact ratio {'none' if one.ratio is None else f'{one.ratio:.2f}'}."


def _line(part: Part, name: str, one: Compared) -> list[str]:
    count = one.count
    ratio = "" if one.ratio is None else f"{one.ratio:.3f}"
    return [
        *(part.measure, part.by, name),
        *(str(count.people), str(count.considered), str(count.chosen)),
        *(f"{count.rate:.4f}", f"{one.share:.4f}", _yes(one.is_excluded), ratio),
        *(_yes(one.is_adverse), "" if one.p_value is None else f"{one.p_value:.4f}"),
        *(_yes(one.is_significant), _yes(one.is_small), str(one.missing)),
    ]


def _yes(is_so: bool) -> str:  # noqa: FBT001 - a word for it
    return "yes" if is_so else "no"


def _cells(since: datetime, until: datetime) -> dict[Names, tuple[Count, Count]]:
    rows = sql.run(
        sql.load(__file__, "considered_by_group"), {"since": since, "until": until}
    ).fetchall()
    return {
        (sex, ethnicity): (Count(people, times, listed), Count(people, times, above))
        for sex, ethnicity, people, times, listed, above in rows
    }


def _grouped(
    cells: Mapping[Names, tuple[Count, Count]], by: tuple[str, ...], measure: str
) -> dict[Names, Count]:
    grouped: defaultdict[Names, Count] = defaultdict(lambda: Count(0, 0, 0))
    for (sex, ethnicity), (listed, scored) in cells.items():
        names = tuple({SEX: sex, ETHNICITY: ethnicity}[one] for one in by)
        grouped[names] += listed if measure == LISTED else scored
    return dict(grouped)


def _ends(now: datetime) -> date:
    """The first day that does not count yet."""
    return now.astimezone(UTC).date().replace(day=1)
