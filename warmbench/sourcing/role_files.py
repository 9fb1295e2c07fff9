"""Brings roles in from a CSV file: new ones, and what is new about those that are known."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction

from warmbench.core.unique import TakenError
from warmbench.people import spreadsheet
from warmbench.people.import_report import as_line
from warmbench.people.records import Row
from warmbench.people.spreadsheet import Layout, NotATableError
from warmbench.people.words import plain
from warmbench.sourcing import role_words, roles
from warmbench.sourcing.models import Role
from warmbench.sourcing.role_words import Known, Said
from warmbench.sourcing.roles import InvalidRoleError, MoveError

__all__ = ["NotATableError", "Report", "bring_in", "rejected_csv"]

#: More roles than these nobody has open; it is a file of something else.
MOST = 20_000
ID, STATE = "external_id", "state"

#: The names of columns, besides the field's own, in their plain form.
_NAMES: dict[str, tuple[str, ...]] = {
    ID: ("id", "role id", "job id", "job code", "requisition id", "req id", "reference", "ref"),
    STATE: ("status", "stage", "job status"),
    "title": ("job title", "role", "position", "name", "job", "job name", "stelle", "poste"),
    "company": ("client", "customer", "employer", "firma", "kunde", "entreprise"),
    "company_type": ("kind of company", "client type", "type of company"),
    "description": ("job description", "details", "text", "beschreibung"),
    "summary": ("short description", "teaser", "pitch"),
    "specialty": ("speciality", "department", "category", "function", "practice"),
    "seniority": ("level", "seniority level", "career level"),
    "places": ("place", "location", "locations", "city", "office", "standort", "ort", "lieu"),
    "remote": ("remote mode", "workplace", "work mode", "workplace type", "remote policy"),
    "pay_min": ("salary min", "min salary", "salary from", "pay from", "minimum salary"),
    "pay_max": ("salary max", "max salary", "salary to", "pay to", "maximum salary"),
    "pay_currency": ("currency", "salary currency"),
    "pay_period": ("period", "salary period", "pay per", "salary unit"),
    "urgency": ("priority",),
    "deadline": ("due date", "client deadline", "closing date", "close date", "needed by"),
    "apply_url": ("apply link", "url", "link", "application url", "job url", "apply"),
    "musts": ("must", "must haves"),
    "owner_email": ("owner", "recruiter", "recruiter email", "assigned to"),
    "required_skills": ("skills", "required", "must have skills", "key skills"),
    "nice_skills": ("nice", "nice to have", "nice to have skills", "preferred skills", "optional"),
}
_FIELD_OF = {plain(name): key for key, names in _NAMES.items() for name in (key, *names)}
_STATES = {
    **{state.value.replace("_", " "): state for state in Role.State},
    **dict.fromkeys(("active", "published", "live", "opened"), Role.State.OPEN),
    **dict.fromkeys(("hold", "paused"), Role.State.ON_HOLD),
    **dict.fromkeys(("hired", "won", "placed"), Role.State.FILLED),
    **dict.fromkeys(("cancelled", "canceled", "lost", "archived"), Role.State.CLOSED),
}


@dataclass(frozen=True)
class Rejection:
    """A line that is not in, and why."""

    line: int
    cells: tuple[str, ...]
    sentence: str


@dataclass
class Report:
    """What became of a file."""

    #: Each column of the file, and the field that it is taken for; None: it is left out.
    columns: list[tuple[str, str | None]]
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    #: Lines of roles that stay drafts, because nobody could be matched with them.
    without_skills: list[int] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    #: Skills that no tag knows, and the lines that name them.
    unknown_skills: dict[str, list[int]] = field(default_factory=dict)


def bring_in(
    path: Path,
    *,
    source: str,
    by_id: int | None,
    now: datetime,
    owner_id: int | None = None,
    dry_run: bool = False,
) -> Report:
    """Make and update roles by the rows of a file, each in its own transaction.

    A role is known again by ``source`` and its ``external_id``: the same file twice changes
    nothing. Columns that the file lacks stay as they are. ``owner_id`` owns new roles for whom
    the file names nobody. With ``dry_run`` nothing is kept. Raises NotATableError.
    """
    layout = spreadsheet.sniff(path)
    report = Report(_columns(layout))
    fields = [key for _, key in report.columns]
    lacking = [key for key in (ID, "title") if key not in fields]
    if lacking:
        names = " and ".join(f"“{key}”" for key in lacking)
        raise NotATableError(f"The file has no column for {names}.")
    known = Known.load()
    load = _Load(source, by_id, owner_id, known, now)
    if not dry_run:
        load.rows(spreadsheet.rows(path, layout), fields, report)
        return report
    with transaction.atomic():
        load.rows(spreadsheet.rows(path, layout), fields, report)
        transaction.set_rollback(True)
    return report


def rejected_csv(report: Report) -> Iterable[str]:
    """The rejected lines as a file to mend and bring in, each with its reason, line by line."""
    yield as_line([*(name for name, _ in report.columns), "Why it was rejected"])
    for one in report.rejected:
        padded = (*one.cells, *[""] * len(report.columns))[: len(report.columns)]
        yield as_line([*padded, one.sentence])


@dataclass(frozen=True)
class _Load:
    source: str
    by_id: int | None
    owner_id: int | None
    known: Known
    now: datetime

    def rows(self, rows: Iterable[Row], fields: list[str | None], report: Report) -> None:
        """Take the rows in, one after the other."""
        for number, row in enumerate(rows):
            if number >= MOST:
                raise NotATableError(f"The file has more than {MOST:,} rows.")
            if row.reason is not None and row.reason.is_harmless:
                continue
            try:
                self._row(row, fields, report)
            except (InvalidRoleError, MoveError, TakenError) as error:
                report.rejected.append(Rejection(row.line, tuple(row.cells), str(error)))

    def _row(self, row: Row, fields: list[str | None], report: Report) -> None:
        if row.reason is not None:
            raise InvalidRoleError({"": row.reason.sentence})
        said: dict[str, Said] = {
            key: cell for key, cell in zip(fields, row.cells, strict=True) if key is not None
        }
        external_id = str(said.pop(ID)).strip()
        if not external_id or len(external_id) > 120:
            sentence = "Without an id of at most 120 characters it would be new each time."
            raise InvalidRoleError({ID: sentence})
        state = _state(str(said.pop(STATE, "")))
        with transaction.atomic():
            role = Role.objects.filter(source=self.source, external_id=external_id).first()
            self._store(role, said, external_id, state, report, row.line)

    def _store(
        self,
        role: Role | None,
        said: dict[str, Said],
        external_id: str,
        state: Role.State | None,
        report: Report,
        line: int,
    ) -> None:
        via = f"file: {self.source}"
        base = None if role is None else roles.draft_of(role)
        if role is None and not said.get("owner_email"):
            said.pop("owner_email", None)
            base = roles.Draft(title="", owner_id=self.owner_id)
        understood = role_words.understand(said, self.known, base=base)
        if role is None:
            role, is_new, is_changed = self._create(understood.draft, external_id, via), True, True
        else:
            is_new = False
            is_changed = roles.edit(
                role.pk, understood.draft, by_id=self.by_id, now=self.now, via=via, base=base
            )
        if state == Role.State.OPEN and not understood.draft.skills:
            report.without_skills.append(line)
        # What was opened here meanwhile is not taken back by a file that calls it a draft.
        elif state not in {None, Role.State.DRAFT}:
            is_changed |= roles.change_state(
                role.pk, str(state), by_id=self.by_id, now=self.now, via=via
            )
        report.new += is_new
        report.updated += is_changed and not is_new
        report.unchanged += not is_changed
        for word in understood.unknown_skills:
            report.unknown_skills.setdefault(word, []).append(line)

    def _create(self, draft: roles.Draft, external_id: str, via: str) -> Role:
        return roles.create(
            draft,
            by_id=self.by_id,
            now=self.now,
            source=self.source,
            external_id=external_id,
            via=via,
        )


def _columns(layout: Layout) -> list[tuple[str, str | None]]:
    taken: set[str] = set()
    found: list[tuple[str, str | None]] = []
    for name in layout.header:
        key = _FIELD_OF.get(plain(name))
        # Of two columns for one field, the first.
        found.append((name, None if key in taken else key))
        taken |= {key} if key else set()
    return found


def _state(text: str) -> Role.State | None:
    """The state that the cell names, None for an empty one."""
    if not plain(text):
        return None
    state = _STATES.get(plain(text))
    if state is None:
        choices = ", ".join(Role.State.values)
        raise InvalidRoleError({STATE: f"“{text[:40]}” is no state. Write {choices}."})
    return state
