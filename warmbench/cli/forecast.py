"""Looks ahead at what would be sent: ``warmbench forecast``."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from warmbench.cli import start
from warmbench.cli.installation import console
from warmbench.core.environment import open_private

if TYPE_CHECKING:
    from warmbench.nurture.forecast.asking import Question
    from warmbench.nurture.forecast.results import Result
    from warmbench.nurture.models import Forecast, Pool, Sequence

#: So many lines of a table are shown.
_MOST = 12


_File = Annotated[
    Path | None,
    typer.Option(
        help="As if this file were applied now: with --pool, for the pool's members.",
        exists=True,
        dir_okay=False,
    ),
]
_Days = Annotated[int, typer.Option(min=1, max=366, help="How far ahead.")]
_Answered = Annotated[
    float, typer.Option(min=0, max=1, help="The share of messages that are answered.")
]
_Clicked = Annotated[float, typer.Option(min=0, max=1, help="The share in which somebody clicks.")]
_Draft = Annotated[
    bool, typer.Option("--draft", help="As if the sequence's draft were published now.")
]
_Along = Annotated[
    bool, typer.Option("--move-along", help="Move who is on the sequence to the new version.")
]
_Csv = Annotated[Path | None, typer.Option("--csv", help="Write every message to this file.")]


def forecast(  # noqa: PLR0913, PLR0917 - each is an option of the command
    pool: Annotated[str, typer.Option(help="Only who is in this pool, by its name.")] = "",
    sequence: Annotated[str, typer.Option(help="Only who is on this sequence, by its key.")] = "",
    draft: _Draft = False,
    file: _File = None,
    days: _Days = 180,
    replies: _Answered = 0.0,
    clicks: _Clicked = 0.0,
    alerts: Annotated[bool, typer.Option(help="Whether people hear of roles too.")] = True,
    move_along: _Along = False,
    to: _Csv = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all counts as JSON.")] = False,
) -> None:
    """Look ahead: what would be sent to whom in the coming months.

    The engine itself lives through these days in a copy, on a clock that jumps. Nothing is sent
    and nothing changes. Everything is looked at, unless you name a pool or a sequence.

    Example: `warmbench forecast --pool "Cloud passive" --days 90`
    """
    start.set_up()
    from warmbench.nurture.forecast.assumptions import Assumptions
    from warmbench.nurture.forecast.results import Result

    assumptions = Assumptions(replies=replies, clicks=clicks, alerts=alerts, moves_along=move_along)
    made = _made(_question(pool, sequence, file, days, assumptions, draft=draft))
    if to:
        _write(made, to)
    if as_json:
        typer.echo(json.dumps(made.result, indent=2))
    else:
        _show(made, Result.from_json(made.result))


def _made(question: "Question") -> "Forecast":
    from warmbench.core import clock
    from warmbench.nurture.forecast import asking, run
    from warmbench.nurture.models import Forecast

    asked = asking.note(question, by_id=None, now=clock.now())
    with console.status(f"Living through {question.days} days …"):
        run.run(asked.pk, clock=clock.now)
    asked.refresh_from_db()
    if asked.state != Forecast.State.DONE:
        raise typer.BadParameter(asked.error)
    return asked


def _question(
    pool: str, sequence: str, file: Path | None, days: int, assumptions: Any, *, draft: bool
) -> "Question":
    from warmbench.nurture.forecast.asking import Question
    from warmbench.nurture.models import Forecast, SequenceDraft

    if (pool and sequence) or (draft and file):
        raise typer.BadParameter("Say one of --pool and --sequence, and one of --draft and --file.")
    outline = _outline(file) if file else None
    if pool:
        found = _pool(pool)
        return Question(
            scope=Forecast.Scope.POOL,
            pool_id=found.pk,
            outline=outline,
            days=days,
            assumptions=assumptions,
        )
    if not sequence and outline is None:
        if draft:
            raise typer.BadParameter("Say of which --sequence.")
        return Question(scope=Forecast.Scope.EVERYTHING, days=days, assumptions=assumptions)
    about = _sequence(sequence or str((outline or {})["key"]))
    if draft:
        stored = SequenceDraft.objects.filter(pk=about.pk).first()
        if stored is None:
            raise typer.BadParameter(f"{about.key} has no draft.")
        outline = stored.outline
    return Question(
        scope=Forecast.Scope.SEQUENCE,
        sequence_id=about.pk,
        outline=outline,
        days=days,
        assumptions=assumptions,
    )


def _outline(file: Path) -> dict[str, Any]:
    from warmbench.nurture import outline, sequence_files
    from warmbench.nurture.sequence_files import SequenceFileError

    try:
        return outline.to_json(sequence_files.read(file.read_text(), file.name))
    except (SequenceFileError, UnicodeDecodeError) as error:
        raise typer.BadParameter(str(error)) from error


def _pool(name: str) -> "Pool":
    from warmbench.nurture.models import Pool

    found = Pool.objects.filter(name=name, archived_at=None).first()
    if found is None:
        raise typer.BadParameter(f"No pool is called “{name}”.")
    return found


def _sequence(key: str) -> "Sequence":
    from warmbench.nurture.models import Sequence

    found = Sequence.objects.filter(key=key).first()
    if found is None:
        raise typer.BadParameter(
            f"There is no sequence “{key}” yet. To see who would begin it, name a --pool."
        )
    return found


def _write(asked: "Forecast", to: Path) -> None:
    from warmbench.nurture.forecast import tables

    to.unlink(missing_ok=True)
    with open_private(to) as private, open(private.fileno(), "w", newline="", closefd=False) as out:
        out.writelines(tables.lines(asked))


def _show(asked: "Forecast", result: "Result") -> None:
    day, most = result.busiest
    console.print(
        f"[bold]{result.messages:,} messages[/] to {result.written_to:,} of"
        f" {result.people:,} people in {asked.days} days."
        + (f" Most on one day: {most:,} on {day}." if day else "")
    )
    if not result.counts_everybody:
        console.print("What goes to other people through the same mailboxes is not counted.")
    _print("Month", ("messages",), _months(result))
    _print("Mailbox", ("messages", "busiest day", "days at its cap"), _mailboxes(result))
    _print("Step", ("first on", "people", "refused"), _steps(result))
    _print("Refused because", ("messages",), _because(result.refusals))
    waits = {why: one.touches for why, one in result.put_off.items()}
    _print("Put off because", ("messages",), _because(waits))
    _print("Hear nothing because", ("people",), _because(result.silent))
    _print("A new piece that would help", ("people",), _pieces(result))


def _print(what: str, columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> None:
    shown = list(rows)
    if not shown:
        return
    table = Table(what, box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right")
    for row in shown[:_MOST]:
        table.add_row(*map(escape, row))
    console.print()
    console.print(table)
    if len(shown) > _MOST:
        console.print(f"and {len(shown) - _MOST:,} more: --json has all of them.")


def _months(result: "Result") -> Iterator[tuple[str, ...]]:
    months: dict[str, int] = {}
    for day, purposes in result.days.items():
        months[day[:7]] = months.get(day[:7], 0) + sum(purposes.values())
    for month, count in months.items():
        yield f"{datetime.fromisoformat(month + '-01'):%B %Y}", f"{count:,}"


def _mailboxes(result: "Result") -> Iterator[tuple[str, ...]]:
    for one in result.senders:
        total = sum(sent for sent, _ in one.days.values())
        sent, cap = max(one.days.values())
        yield one.name, f"{total:,}", f"{sent:,} of {cap:,}", f"{len(one.full_days):,}"


def _steps(result: "Result") -> Iterator[tuple[str, ...]]:
    from warmbench.accounts import users

    here = users.zone_here()
    for step in result.steps:
        first = str(step.first_day(here) or "never")
        name = f"{step.sequence} {step.version}: {step.key}"
        yield name, first, f"{step.people:,}", f"{step.refused:,}"


def _because(counts: dict[str, int]) -> Iterator[tuple[str, ...]]:
    from warmbench.nurture.forecast.results import because

    for why, count in counts.items():
        yield because(why), f"{count:,}"


def _pieces(result: "Result") -> Iterator[tuple[str, ...]]:
    from warmbench.nurture.models import ContentPiece

    for piece in result.missing_pieces[:3]:
        yield f"{ContentPiece.Kind(piece.kind).label} for {piece.topic}", f"{piece.people:,}"
