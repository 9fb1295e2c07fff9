"""The ``warmbench`` command."""

import sys

import psycopg
import typer
from django.core.management.base import SystemCheckError
from django.db import OperationalError
from rich.console import Console

from warmbench.cli import (
    backup,
    bench,
    database,
    doctor,
    forecast,
    imports,
    insight,
    insight_decisions,
    keys,
    reseal,
    retention,
    sequences,
    serve,
    shortlist,
    simulate,
    skills,
    visits,
    written,
)
from warmbench.core.environment import SettingError
from warmbench.core.postgres import PostgresError

app = typer.Typer(
    name="warmbench",
    help=(
        "Keeps a recruiting team's bench warm.\n\n"
        "New here? **warmbench demo** starts everything with an invented agency."
        " For your own people: **warmbench run**."
    ),
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(serve.demo)
app.command()(serve.run)
app.command()(serve.web)
app.command()(serve.worker)
app.command()(database.migrate)
imports.app.command()(written.tags)
imports.app.command()(written.content)
app.add_typer(imports.app)
insight.app.command()(insight_decisions.reread)
insight.app.command()(insight_decisions.decisions)
app.add_typer(insight.app)
app.add_typer(keys.app)
app.add_typer(sequences.app)
app.add_typer(shortlist.app)
app.add_typer(skills.app)
app.add_typer(visits.app)
app.command()(backup.backup)
app.command()(backup.restore)
app.command()(backup.restored)
app.command()(reseal.reseal)
app.command()(forecast.forecast)
app.command()(retention.retention)
app.command()(doctor.doctor)
app.command()(bench.bench)
app.command()(simulate.simulate)


def main() -> None:
    """Run the command line. What a person can mend is told in a sentence, without a traceback."""
    try:
        app(prog_name="warmbench")
    except (PostgresError, SettingError, SystemCheckError) as error:
        _give_up(str(error))
    except (OperationalError, psycopg.OperationalError) as error:
        _give_up(f"The database does not answer: {str(error).splitlines()[0]}")


def _give_up(sentence: str) -> None:
    Console(stderr=True, soft_wrap=True).print(sentence, style="red", markup=False, highlight=False)
    sys.exit(1)
