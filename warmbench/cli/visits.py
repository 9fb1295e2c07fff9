"""Judges stored visits anew, after the rules have changed: ``warmbench hits judge-again``."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from warmbench.cli import start
from warmbench.cli.installation import console

app = typer.Typer(name="hits", help="Who followed links: people or machines.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Who followed links: people or machines."""


@app.command()
def judge_again(
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only visits from this day on (UTC)."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
) -> None:
    """Judge every stored visit by the rules of now, from what came in alone.

    Credit is given and taken as they say, with all that rests on it. What one of you said of a
    visit stands. Safe to stop and to repeat.

    Example: `warmbench hits judge-again --since 2027-01-01 --dry-run`
    """
    start.set_up()
    from warmbench.core import clock
    from warmbench.signals import judging
    from warmbench.signals.judge import POLICY

    from_day = since.replace(tzinfo=UTC) if since else None
    changes = judging.judge_again(now=clock.now(), since=from_day, is_trial=dry_run)
    would = "would change" if dry_run else "changed"
    total = sum(changes.moved.values())
    console.print(f"{changes.judged:,} visits judged by version {POLICY}; {total:,} {would}.")
    for (before, after), count in sorted(changes.moved.items(), key=lambda item: -item[1]):
        console.print(f"  {count:>9,}  {before or 'not judged'} → {after}")
