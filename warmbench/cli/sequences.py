"""Sequences as files, for whoever keeps them under version control: ``warmbench sequences``."""

import difflib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warmbench.cli import start
from warmbench.cli.installation import console

if TYPE_CHECKING:
    from warmbench.nurture.models import Sequence
    from warmbench.nurture.outline import Outline
    from warmbench.nurture.versions import Difference, Migration

app = typer.Typer(
    name="sequences",
    help="List sequences, and export, check, compare and apply them as files.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

#: What a shell script may go by.
SAME, DIFFERENT, WRONG = 0, 1, 2

_Files = Annotated[
    list[Path],
    typer.Argument(exists=True, help="Files, or folders of them: their *.yaml, one sequence each."),
]
_errors = Console(stderr=True, highlight=False, soft_wrap=True)


@dataclass(frozen=True)
class _Plan:
    """What applying one file would do."""

    written: "Outline"
    #: None if there is none of that key yet.
    sequence: "Sequence | None"
    #: The number of the newest version, 0 before the first.
    number: int
    differences: "list[Difference]"
    migration: "Migration"

    @property
    def is_same(self) -> bool:
        """Whether nothing would change."""
        return self.number > 0 and not self.differences


@app.callback()
def _group() -> None:
    """List sequences, and export, check, compare and apply them as files.

    Example: `warmbench sequences export --to sequences`, edit the files,
    `warmbench sequences diff sequences`, `warmbench sequences apply sequences`.
    """


@app.command("list")
def show() -> None:
    """List the sequences, with their newest versions and how many people are on them.

    Example: `warmbench sequences list`
    """
    start.set_up()
    from warmbench.nurture import versions
    from warmbench.nurture.models import Sequence, SequenceDraft

    drafted = set(SequenceDraft.objects.values_list("sequence_id", flat=True))
    table = Table("Key", "Name", "State", "Version", "Steps", "People", box=None, pad_edge=False)
    for one in Sequence.objects.order_by("key"):
        newest = versions.newest(one)
        people = one.enrollments.filter(ended_at=None).count()
        state = f"{one.get_state_display()}{', being edited' if one.pk in drafted else ''}"
        number, steps = (newest.number, newest.steps.count()) if newest else ("none", "")
        table.add_row(one.key, escape(one.name), state, str(number), str(steps), f"{people:,}")
    console.print(table)


@app.command()
def export(
    keys: Annotated[list[str] | None, typer.Argument(help="By default, all.")] = None,
    to: Annotated[Path | None, typer.Option(file_okay=False, help="A folder.")] = None,
) -> None:
    """Write the newest versions of sequences into files, or one to the screen.

    A sequence that never ran is written as its draft stands. Files of the same keys are
    overwritten.

    Example: `warmbench sequences export stay_in_touch --to sequences`
    """
    start.set_up()
    from warmbench.nurture import sequence_files
    from warmbench.nurture.models import Sequence

    found = {one.key: one for one in Sequence.objects.order_by("key")}
    if unknown := sorted(set(keys or ()) - found.keys()):
        raise typer.BadParameter(f"There is no sequence “{unknown[0]}”. `sequences list` has all.")
    chosen = sorted(set(keys)) if keys else list(found)
    if to is None and len(chosen) != 1:
        raise typer.BadParameter("Say where to: --to and a folder, or the key of one sequence.")
    for key in chosen:
        text = sequence_files.write(_current(found[key]))
        if to is None:
            sys.stdout.write(text)
            continue
        to.mkdir(parents=True, exist_ok=True)
        (to / f"{key}.yaml").write_text(text, encoding="utf-8")
        console.print(f"{to / key}.yaml", markup=False)


@app.command()
def check(files: _Files) -> None:
    """Say whether files are right; if not, everything that is wrong, by file, line and field.

    Ends with 0 if they are, with 2 if not.

    Example: `warmbench sequences check sequences`
    """
    start.set_up()
    count = len(_read(files))
    console.print(f"{count} {'sequence is' if count == 1 else 'sequences are'} right.")


@app.command()
def diff(files: _Files) -> None:
    """Say what applying files would change, and nothing more.

    Ends with 0 if nothing is different, with 1 if something is, with 2 if a file is wrong.

    Example: `warmbench sequences diff sequences`
    """
    start.set_up()
    plans = _plans(files)
    for plan in plans:
        _tell(plan, moves=not plan.is_same)
    raise typer.Exit(SAME if all(plan.is_same for plan in plans) else DIFFERENT)


@app.command()
def apply(
    files: _Files,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing.")] = False,
    migrate: Annotated[
        bool, typer.Option("--migrate", help="Move whoever is under way to the newest version.")
    ] = False,
) -> None:
    """Make files the newest versions of their sequences: all of them, or none if one is wrong.

    A new sequence runs at once. The same file again changes nothing. Whoever is under way stays on
    the version they began with; with --migrate they go on in the newest, on the same days, and do
    nothing again that they did. Ends with 0, or 2 if a file is wrong; with --dry-run as `diff`.

    Example: `warmbench sequences apply sequences --dry-run --migrate`
    """
    start.set_up()
    from django.db import transaction

    from warmbench.core import clock
    from warmbench.nurture import versions

    plans = _plans(files)
    for plan in plans:
        _tell(plan, moves=migrate or (dry_run and not plan.is_same))
    if dry_run:
        console.print("Nothing was changed.")
        raise typer.Exit(SAME if all(plan.is_same for plan in plans) else DIFFERENT)
    now = clock.now()
    with transaction.atomic():
        done = [versions.apply(plan.written, by_id=None, now=now) for plan in plans]
    for plan, applied in zip(plans, done, strict=True):
        if applied.is_changed:
            version = applied.version
            console.print(f"{plan.written.key}: version {version.number} is out.", markup=False)
        if migrate:
            moved = versions.migrate(applied.version.sequence_id, by_id=None, now=now)
            console.print(f"{plan.written.key}: {_people(moved)} moved.", markup=False)


def _read(files: list[Path]) -> "list[Outline]":
    """The outlines of the files. Ends the command if one is wrong, with all that is."""
    from warmbench.nurture import sequence_files
    from warmbench.nurture.rule_sql import Names

    names = Names.load()
    found: dict[str, Outline] = {}
    wrong: list[str] = []
    for path in _paths(files):
        try:
            read = sequence_files.read(path.read_text(encoding="utf-8"), str(path), names=names)
        except sequence_files.SequenceFileError as error:
            wrong += map(str, error.mistakes)
        except UnicodeDecodeError:
            wrong.append(f"{path}: This is not a text in UTF-8.")
        else:
            if read.key in found:
                wrong.append(f"{path}: Another of these files is “{read.key}” too.")
            found[read.key] = read
    if not found and not wrong:
        wrong.append("There is no file *.yaml in that folder.")
    _stop_at(wrong)
    return list(found.values())


def _stop_at(wrong: list[str]) -> None:
    for sentence in wrong:
        _errors.print(sentence, markup=False, style="red")
    if wrong:
        raise typer.Exit(WRONG)


def _paths(files: list[Path]) -> Iterator[Path]:
    for path in files:
        yield from sorted(path.glob("*.yaml")) if path.is_dir() else [path]


def _current(sequence: "Sequence") -> "Outline":
    from warmbench.nurture import outline, versions
    from warmbench.nurture.models import SequenceDraft

    newest = versions.newest(sequence)
    if newest is not None:
        return versions.outline_of(newest)
    draft = SequenceDraft.objects.filter(pk=sequence.pk).first()
    if draft is None:
        return outline.Outline(sequence.key, sequence.name, sequence.description)
    return outline.from_json(draft.outline)


def _plans(files: list[Path]) -> list[_Plan]:
    from warmbench.nurture import versions

    plans = [_plan(written) for written in _read(files)]
    _stop_at(
        [
            f"{plan.written.key}: {problem.sentence}"
            for plan in plans
            if plan.sequence
            for problem in versions.problems_in(plan.sequence, plan.written)
        ]
    )
    return plans


def _plan(written: "Outline") -> _Plan:
    from warmbench.nurture import versions
    from warmbench.nurture.models import Sequence

    sequence = Sequence.objects.filter(key=written.key).first()
    newest = versions.newest(sequence) if sequence else None
    if sequence is None or newest is None:
        return _Plan(written, sequence, 0, [], versions.Migration())
    found = versions.differences(versions.outline_of(newest), written)
    to = written if found else None
    return _Plan(written, sequence, newest.number, found, versions.migration(sequence.pk, to))


def _tell(plan: _Plan, *, moves: bool) -> None:
    for line in _lines(plan, moves=moves):
        console.print(line, markup=False)


def _lines(plan: _Plan, *, moves: bool) -> Iterator[str]:
    key = plan.written.key
    if not plan.number:
        what = "was never published" if plan.sequence else "is new"
        steps = len(plan.written.steps)
        yield f"{key} {what}. It would run, with {steps} step{'s' * (steps != 1)}."
        return
    if plan.is_same:
        yield f"{key} is as version {plan.number} has it."
    else:
        yield f"{key} differs from version {plan.number}:"
    for one in plan.differences:
        yield f"  {one}"
        if "\n" in one.before + one.after:
            yield from _text_lines(one)
    if moves:
        yield from _moves(plan.migration)


def _text_lines(one: "Difference") -> Iterator[str]:
    before, after = one.before.splitlines(), one.after.splitlines()
    for line in list(difflib.unified_diff(before, after, lineterm="", n=1))[2:]:
        if not line.startswith("@@"):
            yield f"    {line}"


def _moves(found: "Migration") -> Iterator[str]:
    for move in found.moves:
        who = f"{_people(move.people)} of version {move.version} before “{move.before}”"
        if not move.after:
            yield f"  {who}: --migrate would end it for them, for no later step is left."
        elif move.is_new_cycle:
            yield f"  {who}: --migrate would have them begin again with “{move.after}”."
        elif move.before == move.after:
            yield f"  {who}: --migrate would leave them before it."
        else:
            yield f"  {who}: --migrate would have them go on with “{move.after}”."
    for key, people in found.passed_over:
        yield f"  {_people(people)} would pass over “{key}”, which they did before."


def _people(count: int) -> str:
    return f"{count:,} {'person' if count == 1 else 'people'}"
