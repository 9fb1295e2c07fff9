"""Brings people and roles in from files: ``warmbench import``."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.table import Table

from warmbench.cli import database, start
from warmbench.cli.installation import console

if TYPE_CHECKING:
    from collections.abc import Callable

    from warmbench.people.imports import DryRun, Finding, Progress
    from warmbench.people.models import CandidateImport
    from warmbench.sourcing.role_files import Report

app = typer.Typer(
    name="import",
    help="Bring in candidates, roles, tags, sequences and content from files.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

#: In the order of the work.
_STAGES = {
    "reading": "Reading the file",
    "waiting": "Waiting for another import",
    "comparing": "Comparing with whom we know",
    "loading": "Loading",
}
_SHOWN = 12


@app.callback()
def _group() -> None:
    """Bring in candidates, roles, tags, sequences and content from files."""


@app.command()
def candidates(  # noqa: PLR0913, PLR0917 - each is an option of the command
    file: Annotated[
        Path, typer.Argument(help="A CSV file, of any layout.", exists=True, dir_okay=False)
    ],
    source: Annotated[
        str, typer.Option(help="What you call the system the file is from. Columns are remembered.")
    ] = "CSV",
    column: Annotated[
        list[str] | None,
        typer.Option("--map", help="COLUMN=FIELD: what a column holds. May be repeated."),
    ] = None,
    basis: Annotated[
        Literal["", "consent", "legitimate_interest", "relationship"],
        typer.Option(help="On what ground these people may be written to."),
    ] = "",
    evidence: Annotated[str, typer.Option(help="Who says so: a sentence kept with each.")] = "",
    owner: Annotated[str, typer.Option(help="Whose they are, by e-mail address.")] = "",
    country: Annotated[str, typer.Option(help="Of phone numbers without a code: DE, GB …")] = "",
    dates: Annotated[
        Literal["", "day", "month"], typer.Option(help="Which comes first in 03/04/2026.")
    ] = "",
    rejected: Annotated[
        Path | None, typer.Option(help="Where to write rows that have to be mended.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
) -> None:
    """Import candidates from a CSV file.

    Any column names, delimiters and encodings will do; look at the guesses with --dry-run
    first. Importing a file again changes nothing, a newer one updates. Nobody who wanted
    nothing from you is written to again. Stopped halfway? Give the same command once more.

    Example: `warmbench import candidates people.csv --source "Old ATS" --dry-run`
    """
    start.set_up()
    database.apply_migrations()
    given = {
        "basis": basis,
        "evidence": evidence,
        "default_country": country.upper(),
        "first_in_dates": dates,
    }
    of = _prepared(file, source, column or [], given, owner)
    _show_columns(of)
    if dry_run:
        _try_out(of)
    else:
        _load(of, rejected or file.with_name(f"{file.stem}-rejected.csv"))


@app.command()
def roles(
    file: Annotated[
        Path, typer.Argument(help="A CSV file with a header.", exists=True, dir_okay=False)
    ],
    source: Annotated[str, typer.Option(help="What you call the system the file is from.")] = "CSV",
    owner: Annotated[
        str, typer.Option(help="Whose new roles are, where the file does not say it.")
    ] = "",
    rejected: Annotated[
        Path | None, typer.Option(help="Where to write lines that have to be mended.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
) -> None:
    """Import roles from a CSV file, and update those that came from the same source before.

    Needs a title and an id in each line; docs/howto/import-roles.md names all columns. The same
    file again changes nothing.

    Example: `warmbench import roles roles.csv --source "Careers page" --dry-run`
    """
    start.set_up()
    database.apply_migrations()
    from warmbench.core import clock
    from warmbench.sourcing import role_files

    try:
        report = role_files.bring_in(
            file,
            source=source,
            by_id=None,
            owner_id=_owner_id(owner),
            now=clock.now(),
            dry_run=dry_run,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    _tell_of_roles(report)
    if dry_run:
        console.print("Nothing was changed. Leave out --dry-run to import.")
    elif report.rejected:
        path = rejected or file.with_name(f"{file.stem}-rejected.csv")
        with path.open("w", encoding="utf-8", newline="") as out:
            out.writelines(role_files.rejected_csv(report))
        console.print(f"Rejected lines, each with its reason, are in {path}")


def _tell_of_roles(report: "Report") -> None:
    table = Table("Column", "is imported as", box=None, pad_edge=False)
    for name, field in report.columns:
        table.add_row(escape(name), "[dim]left out[/]" if field is None else field)
    console.print(table)
    _show_counts(
        {
            "new roles": report.new,
            "roles updated": report.updated,
            "roles unchanged": report.unchanged,
            "lines rejected": len(report.rejected),
            "roles that stay drafts, because they name no skill we know": len(
                report.without_skills
            ),
        }
    )
    for one in report.rejected[:_SHOWN]:
        console.print(f"  line {one.line}: {one.sentence}", markup=False)
    for word, lines in list(report.unknown_skills.items())[:_SHOWN]:
        where = ", ".join(map(str, lines[:5]))
        console.print(f"  no tag is called “{word}” (line {where})", markup=False)


def _prepared(
    file: Path, source: str, named: list[str], given: dict[str, str], owner: str
) -> "CandidateImport":
    from warmbench.core import clock
    from warmbench.people import imports, tag_tree
    from warmbench.people.models import Tag

    if not Tag.objects.exists():
        tag_tree.load_default(now=clock.now())
    try:
        with file.open("rb") as stream:
            of = imports.upload(stream, file.name, source, by_id=None, now=clock.now())
    except imports.NotATableError as error:
        raise typer.BadParameter(str(error)) from error
    try:
        answers = of.options | {name: answer for name, answer in given.items() if answer}
        answers["owner_id"] = _owner_id(owner)
        mapping = of.mapping | _mapped(of, named)
        return imports.save_mapping(of.pk, mapping, answers, now=clock.now())
    except ValueError as error:
        imports.discard(of.pk)
        raise typer.BadParameter(str(error)) from error


def _try_out(of: "CandidateImport") -> None:
    from warmbench.core import clock
    from warmbench.people import imports

    try:
        with _bars() as tell:
            found = imports.check(of.pk, now=clock.now(), on_progress=tell)
    finally:
        imports.discard(of.pk)
    _show(found)
    console.print("Nothing was changed. Leave out --dry-run to import.")


def _load(of: "CandidateImport", rejected: Path) -> None:
    from warmbench.core import clock
    from warmbench.people import imports

    if stopped := imports.unfinished(of):
        imports.discard(of.pk)
        of = stopped
        console.print(f"Going on after {of.rows_done:,} rows that are in already.")
    with _bars() as tell:
        of = imports.run(of.pk, clock=clock.now, on_progress=tell)
    _tell(of, rejected)


def _owner_id(email: str) -> int | None:
    from warmbench.people import imports

    if not email:
        return None
    known = imports.owners()
    if email.lower() not in known:
        raise ValueError(f"No recruiter has the address {email}.")
    return known[email.lower()]


def _mapped(of: "CandidateImport", given: list[str]) -> dict[str, str]:
    header = [name.casefold() for name in of.layout["header"]]
    mapping: dict[str, str] = {}
    for one in given:
        name, _, field = one.rpartition("=")
        if name.strip().casefold() not in header:
            raise ValueError(f"There is no column “{name}” in the file.")
        mapping[str(header.index(name.strip().casefold()))] = field.strip()
    return mapping


def _show_columns(of: "CandidateImport") -> None:
    table = Table("Column", "is imported as", "for example", box=None, pad_edge=False)
    sample = of.layout["sample"]
    for index, name in enumerate(of.layout["header"]):
        example = next((row[index] for row in sample if row[index].strip()), "")
        field = of.mapping[str(index)]
        what = "[dim]left out[/]" if field == "ignore" else field.replace("_", " ")
        table.add_row(escape(name), what, f"[dim]{escape(example[:40])}[/]")
    console.print(table)
    for warning in of.layout["warnings"]:
        console.print(warning, style="yellow", markup=False)


@contextmanager
def _bars() -> "Iterator[Callable[[Progress], None]]":
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=console) as bars:
        tasks = {}

        def tell(progress: "Progress") -> None:
            if progress.stage not in tasks:
                tasks[progress.stage] = bars.add_task(_STAGES[progress.stage])
            bars.update(tasks[progress.stage], completed=progress.done, total=progress.total)

        yield tell


def _show(found: "DryRun") -> None:
    _show_counts(
        {
            "new people": found.new,
            "people updated": found.updated,
            "people unchanged": found.unchanged,
            "further rows of the same people": found.merged,
            "rows rejected": found.rejected,
            "rows about nobody (totals, footers)": found.left_out,
            "rows of people who were erased, and stay so": found.erased,
            "rows of people who want nothing from us": found.opted_out,
            "people who had said so before": found.suppressed,
        }
    )
    _list("Rejected, because", found.reasons)
    _list("Not read, though the rows are imported", found.remarks)
    _list(f"Skills that no tag knows ({found.unknown_skills_in_all})", found.unknown_skills)
    _list("Places that nobody knows", found.unknown_places)
    for kind, people in found.missing.items():
        console.print(f"{people:,} would be without a {kind}.")


def _show_counts(counts: Mapping[str, int]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    for what, count in counts.items():
        if count:
            table.add_row(f"{count:,}", what)
    console.print(table)


def _list(title: str, found: "list[Finding]") -> None:
    if not found:
        return
    console.print(f"[bold]{title}[/]")
    for one in found[:_SHOWN]:
        where = f"line {', '.join(map(str, one.lines))}{' …' if one.rows > len(one.lines) else ''}"
        console.print(f"  {one.rows:>6,} × {one.what} ({where})", markup=False)  # noqa: RUF001
    if len(found) > _SHOWN:
        console.print(f"  … and {len(found) - _SHOWN} more")


def _tell(of: "CandidateImport", rejected: Path) -> None:
    from warmbench.people import imports

    _show_counts(
        {
            "new people": of.counts.get("new", 0),
            "people updated": of.counts.get("updated", 0),
            "people unchanged": of.counts.get("unchanged", 0),
            "further rows of the same people": of.counts.get("merged", 0),
            "rows rejected": of.counts.get("rejected", 0),
            "rows about nobody (totals, footers)": of.counts.get("left_out", 0),
            "rows of people who were erased, and stay so": of.counts.get("erased", 0),
        }
    )
    if of.counts.get("rejected"):
        with rejected.open("w", encoding="utf-8", newline="") as file:
            file.writelines(imports.rejected_csv(of.pk))
        console.print(f"Rejected rows, each with its reason, are in {rejected}")
