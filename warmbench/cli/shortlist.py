"""Ranks the people in a folder for a role in a file: ``warmbench shortlist rank``."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
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
    from warmbench.shortlists.dossier import Dossier
    from warmbench.shortlists.likelihood import Model
    from warmbench.shortlists.requirements import Spec
    from warmbench.shortlists.verdict import Evidence, Judged, Listed, Quote, Ranked

#: Goes up when a program that reads what is printed would have to change.
FORMAT = 1
#: Fewer people are read sooner by one process, and of more it is told how far it is.
_FEW, _EVERY = 12, 50
_MOST_PROCESSES = 4

app = typer.Typer(
    name="shortlist",
    help="Choose the few people who fit a role, or nobody.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
_told = Console(stderr=True, soft_wrap=True)


@app.callback()
def _group() -> None:
    """Choose the few people who fit a role, or nobody."""


@app.command()
def rank(
    role: Annotated[
        Path,
        typer.Option(help="The role: a description as text, PDF or DOCX, or a profile in JSON."),
    ],
    candidates: Annotated[
        Path, typer.Option(help="A folder with one file for each person, or one folder for each.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
    size: Annotated[int, typer.Option(min=1, max=8, help="At most so many people.")] = 5,
    risk: Annotated[
        float,
        typer.Option(
            min=0.01, max=0.9, help="Share of lists on which somebody may stand who does not fit."
        ),
    ] = 0.2,
    on: Annotated[
        str,
        typer.Option("--date", help="The day on which the texts were written. Today if left out."),
    ] = "",
) -> None:
    """Print who fits a role, with what shows it, or that nobody does, and why the next ones do not.

    Needs no database and keeps nothing. docs/reference/shortlists.md describes files and answers.

    Example: `warmbench shortlist rank --role role.txt --candidates people/ --json`
    """
    start.configure()
    import django

    django.setup()
    from warmbench.shortlists import choosing, likelihood

    today = _day(on)
    spec = _role(role, today)
    people, unread = _people(candidates, today)
    # What was read in texts is less sure than what somebody noted or looked over.
    is_read = role.suffix != ".json" or any(one.suffix != ".json" for one in candidates.iterdir())
    model = likelihood.of_texts() if is_read else likelihood.usual()
    ranked = choosing.ranking(spec, people, today=today, model=model)
    chosen = choosing.listing(spec, ranked, size=size, risk=risk, model=model)
    if as_json:
        told = _written(spec, ranked, chosen, unread, model)
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    else:
        _show(chosen)


def _role(file: Path, today: date) -> "Spec":
    from warmbench.core.documents import UnreadableError
    from warmbench.shortlists import texts
    from warmbench.shortlists.requirements import SpecError

    try:
        raw = _raw(file)
    except OSError as error:
        _refuse(f"{file} cannot be opened: {error.strerror}.")
    try:
        return texts.role(file.name, raw, today=today)
    except (SpecError, UnreadableError) as error:
        _refuse(f"{file}: {error}")


def _people(folder: Path, today: date) -> "tuple[list[Dossier], list[dict[str, str]]]":
    """Everybody in the folder, and whose files could not be read, with why."""
    if not folder.is_dir():
        _refuse(f"There is no folder {folder}.")
    found = sorted(_files_of(folder))
    if not found:
        _refuse(f"There is nobody in {folder}: it has no files.")
    people: list[Dossier] = []
    unread: list[dict[str, str]] = []
    for number, (key, dossier, why) in enumerate(_read_all(found, today), start=1):
        if dossier is not None:
            people.append(dossier)
        if why:
            unread.append({"id": key, "why": why})
            _told.print(f"{key}: {why}", style="yellow", markup=False, highlight=False)
        if number % _EVERY == 0:
            _told.print(f"{number} of {len(found)} people were read.", highlight=False)
    if not people:
        _refuse(f"Nothing in {folder} can be read.")
    return people, unread


def _files_of(folder: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The people in a folder by their names there, each with their files."""
    for entry in folder.iterdir():
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            files = tuple(sorted(str(one) for one in entry.iterdir() if _is_file(one)))
            if files:
                yield entry.name, files
        elif _is_file(entry):
            yield entry.name, (str(entry),)


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".")


_Read = tuple[str, "Dossier | None", str]


def _read_all(found: list[tuple[str, tuple[str, ...]]], today: date) -> Iterable[_Read]:
    """What is read of everybody, in their order; of many by several processes."""
    jobs = [(key, files, today) for key, files in found]
    if len(jobs) <= _FEW:
        yield from map(_read_one, jobs)
        return
    processes = min(os.cpu_count() or 1, _MOST_PROCESSES)
    with ProcessPoolExecutor(processes) as workers:
        yield from workers.map(_read_one, jobs, chunksize=4)


def _read_one(job: tuple[str, tuple[str, ...], date]) -> _Read:
    key, files, today = job
    import django

    django.setup()
    from warmbench.core.documents import UnreadableError
    from warmbench.shortlists import texts

    parts, why = [], ""
    for file in files:
        path = Path(file)
        try:
            raw = _raw(path)
        except OSError as error:
            why = f"It cannot be opened: {error.strerror}."
            continue
        try:
            parts.append(texts.person(path.name, raw, key=key, today=today))
        except UnreadableError as error:
            why = str(error)
    if not parts:
        return key, None, why or "There is nothing in it."
    return key, parts[0] if len(parts) == 1 else texts.joined(parts, key=key), why


def _raw(path: Path) -> bytes:
    from warmbench.core.documents import LARGEST

    # One byte more than is allowed tells that it is too large, and no more of it is held.
    with path.open("rb") as opened:
        return opened.read(LARGEST + 1)


def _day(said: str) -> date:
    if not said:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(said)
    except ValueError:
        _refuse(f"{said} is no date. Write it like 2026-03-05.")


def _refuse(sentence: str) -> NoReturn:
    _told.print(sentence, style="red", markup=False, highlight=False)
    raise typer.Exit(2)


def _written(
    spec: "Spec",
    ranked: "tuple[Judged, ...]",
    chosen: "Ranked",
    unread: list[dict[str, str]],
    model: "Model",
) -> dict[str, Any]:
    """What programs are told. docs/reference/shortlists.md promises it."""
    from warmbench.shortlists import requirements

    return {
        "format": FORMAT,
        "engine": chosen.engine,
        "role": requirements.to_json(spec),
        "risk": chosen.risk,
        "learnt_from": len(model.best_misfits),
        "considered": chosen.considered,
        "listed": [_on_it(one, model) for one in chosen.listed],
        "abstained": chosen.abstained or None,
        "left": [
            {**_person(one.judged), "lacks": one.lacks, "sentence": one.sentence}
            for one in chosen.left
        ],
        "ranking": [
            {**_person(one), "out": [conflict.sentence for conflict in one.conflicts]}
            for one in ranked
        ],
        "unread": unread,
    }


def _on_it(one: "Listed", model: "Model") -> dict[str, Any]:
    from warmbench.shortlists import likelihood

    right, of = likelihood.record(model, one.judged.confidence)
    return {
        **_person(one.judged),
        "history": {"right": right, "of": of},
        "reasons": [
            {
                "requirement": reason.key,
                "sentence": reason.sentence,
                "quotes": [_quote(quote) for quote in reason.quotes],
            }
            for reason in one.reasons
        ],
        "evidence": [_evidence(shown) for shown in one.judged.evidence],
        "trade_offs": list(one.judged.trade_offs),
        "questions": list(one.judged.questions),
        "would_change": list(one.would_change),
        "best_at": list(one.best_at),
    }


def _person(one: "Judged") -> dict[str, Any]:
    return {"id": one.key, "score": one.score, "confidence": one.confidence}


def _evidence(one: "Evidence") -> dict[str, Any]:
    return {
        "requirement": one.key,
        "tier": str(one.tier),
        "standing": str(one.standing),
        "share": one.share,
        "sentence": one.sentence,
        "quotes": [_quote(quote) for quote in one.quotes],
    }


def _quote(one: "Quote") -> dict[str, Any]:
    said_on = one.said_on.isoformat() if one.said_on else None
    return {"text": one.text, "said_on": said_on, "source": one.source}


def _show(chosen: "Ranked") -> None:
    table = Table("", "Who", "Sure", "Why", "To ask", box=None, pad_edge=False)
    for place, one in enumerate(chosen.listed, start=1):
        why = "\n".join(reason.sentence for reason in one.reasons)
        ask = "\n".join(one.judged.questions[:2])
        sure = f"{one.judged.confidence:.0%}"
        table.add_row(str(place), escape(one.judged.key), sure, escape(why), escape(ask))
    if chosen.listed:
        console.print(table)
    else:
        console.print(chosen.abstained, markup=False)
    for left in chosen.left:
        console.print(f"Not on it: {left.judged.key}. {left.sentence}", markup=False)
