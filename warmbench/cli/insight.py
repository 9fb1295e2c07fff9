"""Reads the facts of a file without an installation: ``warmbench insight extract``."""

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warmbench.cli import start
from warmbench.cli.installation import console

if TYPE_CHECKING:
    from warmbench.insight.found import Found, Reading

#: Goes up when a program that reads what is printed would have to change.
FORMAT = 1
LANGUAGES = ("en", "de", "fr", "es", "nl")

app = typer.Typer(
    name="insight",
    help="Read facts from notes, transcripts, mails and résumés.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@app.callback()
def _group() -> None:
    """Read facts from notes, transcripts, mails and résumés."""


@app.command()
def extract(  # noqa: PLR0913, PLR0917 - these are the options
    file: Annotated[
        str,
        typer.Argument(help="A text, VTT, SRT, JSON, EML, PDF or DOCX file; - reads the input."),
    ],
    said_on: Annotated[
        str, typer.Option("--date", help="The day on which it was said. Today if left out.")
    ] = "",
    kind: Annotated[
        str,
        typer.Option(
            help="note, transcript, debrief, email or resume. Told by the text if left out."
        ),
    ] = "",
    people: Annotated[
        str, typer.Option(help="The candidates, the main one first: “Ana Ruiz; Ben Okafor”.")
    ] = "",
    recruiters: Annotated[str, typer.Option(help="Names of your side, in the same way.")] = "",
    language: Annotated[str, typer.Option(help="en, de, fr, es or nl.")] = "",
    country: Annotated[
        str, typer.Option(help="Two letters, for what is not said otherwise: US makes $ dollars.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Print what is read in a file: each fact with its quote, place and confidence.

    Needs no database and keeps nothing.

    Example: `warmbench insight extract call.vtt --people "Ana Ruiz" --date 2026-03-05 --json`
    """
    start.configure()
    import django

    django.setup()
    from warmbench.insight.extraction import extract as facts_of

    reading = _reading(
        file,
        kind,
        said_on=_day(said_on),
        people=_names(people),
        recruiters=_names(recruiters),
        language=language,
        country=country.upper(),
    )
    found = facts_of(reading)
    if as_json:
        sys.stdout.write(json.dumps(_written(reading, found), ensure_ascii=False, indent=1) + "\n")
    else:
        console.print(_table(reading, found))


def _reading(file: str, kind: str, *, language: str, **told: Any) -> "Reading":
    from warmbench.core.documents import UnreadableError
    from warmbench.insight import documents, reading
    from warmbench.insight.kinds import SourceKind

    if kind and kind not in SourceKind.values:
        _refuse(f"There is no kind {kind}. There is: {', '.join(SourceKind.values)}.")
    if language and language not in LANGUAGES:
        _refuse(f"The language {language} is not read. There is: {', '.join(LANGUAGES)}.")
    try:
        document = documents.read(file, _raw(file))
    except UnreadableError as error:
        _refuse(str(error))
    meant = SourceKind(kind) if kind else document.kind
    return reading.read(document.text, kind=meant, language=language, **told)


def _raw(file: str) -> bytes:
    from warmbench.core.documents import LARGEST

    # One byte more than is allowed tells that it is too large, and no more of it is held.
    if file == "-":
        return sys.stdin.buffer.read(LARGEST + 1)
    try:
        with Path(file).open("rb") as opened:
            return opened.read(LARGEST + 1)
    except OSError as error:
        _refuse(f"{file} cannot be opened: {error.strerror}.")


def _day(said_on: str) -> date:
    if not said_on:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(said_on)
    except ValueError:
        _refuse(f"{said_on} is no date. Write it like 2026-03-05.")


def _names(written: str) -> tuple[str, ...]:
    return tuple(name for each in written.split(";") if (name := " ".join(each.split())))


def _refuse(sentence: str) -> NoReturn:
    Console(stderr=True, soft_wrap=True).print(sentence, style="red", markup=False, highlight=False)
    raise typer.Exit(2)


def _written(reading: "Reading", found: "tuple[Found, ...]") -> dict[str, Any]:
    """What programs are told. docs/reference/insights.md promises it."""
    from warmbench.insight.extraction import VERSION

    return {
        "format": FORMAT,
        "version": VERSION,
        "document": {
            "kind": str(reading.kind),
            "language": reading.language,
            "date": reading.said_on.isoformat(),
            "people": list(reading.people),
            "text": reading.text,
        },
        "facts": [
            {
                "kind": str(one.kind),
                "value": one.value,
                "polarity": str(one.polarity),
                "speaker": str(one.speaker),
                "about": _about(reading, one),
                "quote": reading.text[one.start : one.end],
                "start": one.start,
                "end": one.end,
                "confidence": round(one.confidence, 3),
                "extractor": one.extractor,
                "valid_from": one.valid_from and one.valid_from.isoformat(),
                "valid_until": one.valid_until and one.valid_until.isoformat(),
            }
            for one in found
        ],
    }


def _about(reading: "Reading", one: "Found") -> str | None:
    """The name of whom a fact is about; null where no names were given."""
    return reading.people[one.about] if one.about < len(reading.people) else None


def _table(reading: "Reading", found: "tuple[Found, ...]") -> Table:
    table = Table("About", "Fact", "Value", "Said by", "Quote", "Sure", box=None, pad_edge=False)
    for one in found:
        value = ", ".join(f"{name} {said}" for name, said in one.value.items())
        quote = " ".join(reading.text[one.start : one.end].split())
        cells = (_about(reading, one) or "", f"{one.kind.label} ({one.polarity})", value)
        told = (*cells, str(one.speaker), f"“{quote}”", f"{one.confidence:.0%}")
        table.add_row(*(escape(cell) for cell in told))
    if not found:
        table.add_row("", "Nothing was found.", "", "", "", "")
    return table
