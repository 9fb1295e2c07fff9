"""Says whose time is over, and erases whom a person approved: ``warmbench retention``."""

import csv
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from warmbench.cli import start
from warmbench.cli.installation import console
from warmbench.core.environment import open_private

if TYPE_CHECKING:
    from warmbench.signals.retention import Ending

_COLUMNS = ("candidate", "country", "last heard from", "time ended", "was ever heard from")


def retention(
    apply: Annotated[
        Path | None,
        typer.Option(
            "--apply",
            help="Erase the people on this list, as far as their time is over still.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    file: Annotated[Path | None, typer.Option("--list", help="Where to write the list.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase people who have not been heard from for longer than the law lets us keep them.

    Without --apply nothing is changed: it says how many they are, by country, and writes a list.
    Look at it, take out whom you want to keep, and give it back with --apply. Whoever was heard
    from in between is kept.

    Example: `warmbench retention`, then `warmbench retention --apply retention-2026-03-03.csv`
    """
    start.set_up()
    if apply is None:
        _list(file)
    else:
        _erase(_read(apply), yes=yes)


def _list(file: Path | None) -> None:
    from warmbench.core import clock
    from warmbench.signals import retention as periods

    now = clock.now()
    over, soon = Counter[str](), Counter[str]()
    to = file or Path(f"retention-{now.date().isoformat()}.csv")
    to.unlink(missing_ok=True)
    with open_private(to) as private, open(private.fileno(), "w", newline="", closefd=False) as out:
        written = csv.writer(out)
        written.writerow(_COLUMNS)
        for one in periods.ending(now=now, within=periods.FIRST_CALL):
            if one.ends_at > now:
                soon[one.country] += 1
                continue
            over[one.country] += 1
            written.writerow(_row(one))
    _show(over, soon)
    if not over:
        to.unlink()
        console.print("Nobody's time is over.")
        return
    console.print(f"Nothing was changed. The {over.total():,} people are in {to}.")
    console.print(f"To erase them: warmbench retention --apply {to}")


def _row(one: "Ending") -> list[object]:
    heard = "yes" if one.was_heard else "no"
    days = (one.since.date().isoformat(), one.ends_at.date().isoformat())
    return [one.candidate_id, one.country, *days, heard]


def _show(over: Counter[str], soon: Counter[str]) -> None:
    table = Table("country", "time is over", "ends within 60 days", box=None, pad_edge=False)
    for country in sorted(over | soon):
        table.add_row(country or "unknown", f"{over[country]:,}", f"{soon[country]:,}")
    if table.row_count:
        console.print(table)


def _read(file: Path) -> list[int]:
    with file.open(newline="", encoding="utf-8-sig") as stream:
        try:
            return [int(row[_COLUMNS[0]]) for row in csv.DictReader(stream)]
        except (KeyError, TypeError, ValueError):
            raise typer.BadParameter(f"{file} is not a list that this command wrote.") from None


def _erase(approved: list[int], *, yes: bool) -> None:
    from warmbench.core import clock
    from warmbench.signals import retention as periods

    if not yes:
        typer.confirm(f"Up to {len(approved):,} people are erased for good. Go on?", abort=True)
    with console.status("Erasing …"):
        erased = periods.erase(approved, by_id=None, now=clock.now())
    console.print(f"{len(erased):,} people are erased.")
    if kept := len(approved) - len(erased):
        why = "they were heard from, wait for an answer about their data, or are gone already"
        console.print(f"{kept:,} of the list are kept: {why}.")
