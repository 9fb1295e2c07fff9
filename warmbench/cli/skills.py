"""Links texts to the skills of a tree, and brings trees in: ``warmbench skills``."""

import json
import sys
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import django
import typer

from warmbench.cli import start
from warmbench.cli.installation import console

if TYPE_CHECKING:
    from warmbench.insight.linker import Link, Linker, Node
    from warmbench.insight.skill_import import Plan

app = typer.Typer(
    name="skills",
    help="Find out which skills of a tree a text speaks of, and add other trees to yours.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

_Text = Annotated[str | None, typer.Argument(help="A sentence.", show_default=False)]
_File = Annotated[
    str | None, typer.Option("--file", help="A file with one text a line; “-” is what is piped in.")
]
_Tree = Annotated[
    Path | None,
    typer.Option(help="The tree to link to: ESCO's skills_en.csv, or a CSV, JSON or YAML file."),
]
_Top = Annotated[int, typer.Option(min=1, max=100, help="At most so many skills for a text.")]
_Least = Annotated[
    float | None, typer.Option(min=0, max=1, help="Leave out skills that are less sure than this.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print a JSON object for each text.")]

_TreeFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="ESCO's download, or a CSV, JSON or YAML file.")
]
_Used = Annotated[
    bool, typer.Option("--used", help="Only skills that somebody here has written or spoken of.")
]
_Below = Annotated[
    str | None,
    typer.Option(help="The specialty for new skills; otherwise that of the skill most like it."),
]
_Write = Annotated[bool, typer.Option("--write", help="Do it, and do not only say what it is.")]


@app.callback()
def _group() -> None:
    """Find out which skills of a tree a text speaks of."""


@app.command()
def link(
    text: _Text = None,
    file: _File = None,
    tree: _Tree = None,
    top: _Top = 5,
    least: _Least = None,
    as_json: _Json = False,
) -> None:
    """Print the skills that a text speaks of, the surest first, also in other words than its own.

    Without --tree, the skills are those of your tag tree. A tree that is linked to for the first
    time is made ready first; ESCO takes a quarter of a minute. docs/reference/skills-link.md
    describes trees and answers.

    Example: `warmbench skills link "hired forty engineers" --tree skills_en.csv --json`
    """
    texts = _texts(text, file)
    start.configure()
    linker = _linker(tree)
    from warmbench.insight.linker import LEAST

    floor = LEAST if least is None else least
    for one in texts:
        links = linker.link(one, top=top, least=floor)
        if as_json:
            typer.echo(json.dumps(_answer(one, links), ensure_ascii=False))
        else:
            _show(one, links)


@app.command(name="import")
def bring_in(
    file: _TreeFile,
    used: _Used = False,
    below: _Below = None,
    write: _Write = False,
) -> None:
    """Add the skills of another tree, such as ESCO's, to your tag tree.

    Without --write it only says what it would do. A skill that your tree has under any of its
    names gets the others as well; one that might mean two of yours is named and left out.

    Example: `warmbench skills import ESCO.zip --used --write`
    """
    start.set_up()
    from warmbench.core import clock
    from warmbench.insight import skill_import, skill_trees

    home = _specialty(below)
    try:
        nodes = skill_trees.read(file)
        made = skill_import.plan(nodes, only_used=used)
        _say(made)
        if not write:
            console.print("Nothing was changed. Add --write to do it.")
            return
        done = skill_import.bring_in(
            nodes, only_used=used, below=home, source=file.name, now=clock.now()
        )
    except (skill_trees.SkillTreeError, skill_import.TooManyError) as error:
        raise typer.BadParameter(str(error), param_hint="FILE") from error
    console.print(
        f"{done.tags} skills and {done.spellings} other spellings were added. "
        f"{done.facts} facts have a tag now, and {done.people} people got one."
    )


def _say(made: "Plan") -> None:
    for sentence in made.left:
        console.print(sentence, markup=False)
    console.print(
        f"{len(made.new)} skills are new, {len(made.joined)} of your tree have new spellings "
        f"({made.spellings} in all), {len(made.left)} are left out, {made.unused} are not in use."
    )
    if made.notice:
        console.print(made.notice)


def _specialty(name: str | None) -> int | None:
    """The number of the specialty of that name."""
    if name is None:
        return None
    from warmbench.people.models import Tag
    from warmbench.people.vocabulary import Vocabulary

    found = Vocabulary.load().find(Tag.Kind.SPECIALTY, name)
    if found is None:
        raise typer.BadParameter(f"There is no specialty “{name}”.", param_hint="--below")
    return found


def _texts(text: str | None, file: str | None) -> Iterable[str]:
    if text is not None and file is not None:
        raise typer.BadParameter("Give a text or --file, not both.")
    if text is not None:
        return [text]
    if file is None:
        raise typer.BadParameter("Give a text, or a file of texts with --file.")
    return _lines(file)


def _lines(file: str) -> Iterator[str]:
    """The lines of a file that are not empty, as they come."""
    try:
        if file == "-":
            yield from _written(sys.stdin.buffer)
        else:
            with Path(file).open("rb") as stream:
                yield from _written(stream)
    except OSError as error:
        raise typer.BadParameter(f"{file}: {error.strerror}.") from error


def _written(lines: Iterable[bytes]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError as error:
            raise typer.BadParameter(f"Line {number} is not text in UTF-8.") from error
        if text:
            yield text


def _linker(tree: Path | None) -> "Linker":
    nodes = _nodes(tree)
    from django.conf import settings

    from warmbench.insight.linker import Linker

    return Linker(nodes, cache=settings.DATA_FOLDER / "vectors")


def _nodes(tree: Path | None) -> "list[Node]":
    if tree is None and (own := _own_tree()):
        return own
    django.setup()
    from warmbench.insight import skill_trees

    try:
        if tree is not None:
            return skill_trees.read(tree)
    except skill_trees.SkillTreeError as error:
        raise typer.BadParameter(str(error), param_hint="--tree") from error
    shipped = resources.files("warmbench.people").joinpath("data", "tags.yaml")
    return list(skill_trees.of_tag_file(shipped.read_text(encoding="utf-8")))


def _own_tree() -> "list[Node]":
    """The tag tree of this installation. Empty where there is no database yet: none is made."""
    from django.conf import settings

    server = settings.EMBEDDED_POSTGRES
    if server is not None and not server.cluster.exists():
        return []
    start.set_up()
    from django.db import ProgrammingError

    from warmbench.insight import skill_trees

    try:
        return skill_trees.of_database()
    except ProgrammingError:  # It has no tables yet.
        return []


def _answer(text: str, links: "list[Link]") -> dict[str, object]:
    return {
        "text": text,
        "links": [{"id": one.id, "label": one.label, "score": one.score} for one in links],
    }


def _show(text: str, links: "list[Link]") -> None:
    console.print(text, style="bold", markup=False)
    for one in links:
        console.print(f"  {one.score:.2f}  {one.label}  ({one.id})", markup=False)
    if not links:
        console.print("  no skill of the tree")
