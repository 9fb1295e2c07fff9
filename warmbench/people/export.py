"""Puts everything that we hold about one person together, for that person to read and take away."""

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from warmbench.accounts.models import Organisation
from warmbench.people import holdings
from warmbench.people.holdings import Row
from warmbench.people.import_report import as_line

#: GDPR Art. 15(1): what has to be said beside the data itself.
_ABOUT = (
    "This is everything that is held about you here, table by table, with where it came from."
    " You may have it corrected or erased, object to its use, take it elsewhere, and complain to"
    " a supervisory authority."
)


@dataclass(frozen=True, slots=True)
class Section:
    """One table, as far as it is about the person."""

    name: str
    title: str
    #: What it is, and what it is held for.
    why: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Export:
    """Everything about one person at one moment."""

    candidate_id: int
    made_at: datetime
    held_by: str
    sections: list[Section]

    def as_json(self) -> str:
        """All of it as one document that machines can read (GDPR Art. 20)."""
        document: dict[str, Any] = {
            "about": _ABOUT,
            "held_by": self.held_by,
            "made_at": self.made_at.isoformat(),
            "sections": [
                {"name": one.name, "title": one.title, "why": one.why, "rows": one.rows}
                for one in self.sections
            ],
        }
        return json.dumps(document, ensure_ascii=False, indent=1, default=str)

    def as_zip(self) -> bytes:
        """A table for each section, that no spreadsheet program runs anything of, and the whole
        as JSON beside them."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("data.json", self.as_json())
            for one in self.sections:
                archive.writestr(f"{one.name}.csv", _table(one.rows))
        return packed.getvalue()


def of(candidate_id: int, *, now: datetime, is_for_themselves: bool = False) -> Export:
    """Everything about a candidate: facts, scores, messages with their words, verdicts, notes,
    clicks, permission, and who looked at them. Sections without rows are left out; so is what is
    the person's alone, unless they take the copy themselves."""
    organisation = Organisation.objects.first()
    sections = [
        Section(holding.table, holding.title, holding.why, rows)
        for holding in holdings.everything()
        if (is_for_themselves or not holding.is_theirs_alone)
        and (rows := holdings.rows(holding, candidate_id))
    ]
    held_by = f"{organisation.name}, {organisation.postal_address}" if organisation else ""
    return Export(candidate_id, now, held_by, sections)


def _table(rows: list[Row]) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [as_line(columns)]
    lines += [as_line([holdings.cell(row.get(name)) for name in columns]) for row in rows]
    # The mark tells spreadsheet programs that it is UTF-8.
    return "\ufeff" + "".join(lines)
