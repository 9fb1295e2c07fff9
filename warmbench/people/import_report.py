"""Tells what an import would do, what it left out and why, for a person to decide and to mend."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from warmbench.people.import_drafts import Remark
from warmbench.people.import_rows import FORMULA_STARTS
from warmbench.people.import_staging import ask
from warmbench.people.models import CandidateImport, ImportRejection
from warmbench.people.spreadsheet import Layout

#: The column that says why, in files of rejected rows.
REASON = "Why it was not imported"


@dataclass(frozen=True)
class Finding:
    """Something that is so in several rows, and a few of their lines."""

    what: str
    rows: int
    lines: tuple[int, ...] = ()


@dataclass(kw_only=True)
class DryRun:
    """What an import would do. All numbers but ``rows`` are people, unless they say rows."""

    rows: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    #: Further rows of people who have a row already.
    merged: int = 0
    #: Rows that a person has to mend, by reason.
    rejected: int = 0
    reasons: list[Finding] = field(default_factory=list)
    #: Rows about nobody: totals, footers, repeated column names.
    left_out: int = 0
    #: Rows of people whom we had to erase: they are not brought in again.
    erased: int = 0
    #: Rows that say that the person wants nothing from us; they are never written to.
    opted_out: int = 0
    #: People who had said so before. Nothing in a file changes that.
    suppressed: int = 0
    #: The commonest skills that no tag knows, and how many there are in all.
    unknown_skills: list[Finding] = field(default_factory=list)
    unknown_skills_in_all: int = 0
    #: "specialty", "seniority", "geography" → people who would be without.
    missing: dict[str, int] = field(default_factory=dict)
    unknown_places: list[Finding] = field(default_factory=list)
    #: What else could not be read, in sentences; the rows are imported without it.
    remarks: list[Finding] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The report as a JSON column keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The report that ``as_json`` gave."""
        found = {
            name: [Finding(one["what"], one["rows"], tuple(one["lines"])) for one in stored[name]]
            for name in ("reasons", "unknown_skills", "unknown_places", "remarks")
        }
        return cls(**stored | found)


def report(import_id: int, counts: Counter[str], *, rows: int) -> DryRun:
    """What stands out in the staged rows, beside what was counted."""
    made = DryRun(rows=rows)
    for name in ("new", "updated", "unchanged", "merged", "rejected", "left_out", "erased"):
        setattr(made, name, counts[name])
    found: defaultdict[str, list[Finding]] = defaultdict(list)
    in_all: dict[str, tuple[int, int]] = {}
    for part, what, count, lines, rows_in_all, number in ask("summary", import_id, {}):
        found[part].append(Finding(what, count, tuple(lines)))
        in_all[part] = rows_in_all, number
    made.reasons = found["rejected"]
    made.missing = {one.what: one.rows for one in found["missing"]}
    made.unknown_places = found[Remark.PLACE]
    made.unknown_skills = found["unknown_skill"]
    made.unknown_skills_in_all = in_all.get("unknown_skill", (0, 0))[1]
    made.opted_out = in_all.get("opted_out", (0, 0))[0]
    made.suppressed = in_all.get("suppressed", (0, 0))[0]
    made.remarks = [
        _summed(remark, found[remark], *in_all[remark])
        for remark in Remark
        if remark in in_all and remark is not Remark.PLACE
    ]
    return made


def _summed(remark: Remark, found: list[Finding], rows: int, number: int) -> Finding:
    texts = [] if remark.is_personal else [one.what for one in found[:3] if one.what]
    more = ", …" if number > len(texts) else ""
    examples = f" ({', '.join(texts)}{more})" if texts else ""
    lines = sorted(line for one in found for line in one.lines)[:5]
    return Finding(f"{remark.sentence}{examples}", rows, tuple(lines))


def rejected_csv(import_id: int) -> Iterator[str]:
    """The rejected rows as a file, line by line: the columns of the original, and the reason.

    A cell that a spreadsheet program would run gets an apostrophe before it, which an import
    takes off again: mended, the file can be imported as it is.
    """
    of = CandidateImport.objects.get(pk=import_id)
    # The mark tells spreadsheet programs that it is UTF-8.
    yield "\ufeff" + as_line([*Layout.from_json(of.layout).header, REASON])
    rows = ImportRejection.objects.filter(of=of).order_by("line", "pk")
    width = len(Layout.from_json(of.layout).header)
    for reason, cells in rows.values_list("reason", "cells").iterator():
        padded = (cells + [""] * width)[: max(width, len(cells))]
        yield as_line([*padded, reason])


def as_line(cells: Iterable[str]) -> str:
    """The cells as a line of CSV that no spreadsheet program runs anything of."""
    written = io.StringIO()
    csv.writer(written).writerow([_guarded(cell) for cell in cells])
    return written.getvalue()


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
