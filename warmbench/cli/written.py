"""Brings in what people write in files besides candidates: tags, content."""

from pathlib import Path
from typing import Annotated

import typer

from warmbench.cli import start
from warmbench.cli.installation import console

_File = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]
_Folder = Annotated[Path, typer.Argument(exists=True, file_okay=False)]


def tags(file: _File) -> None:
    """Add what a tag tree in YAML has and yours has not.

    Nothing that you edited is overwritten or deleted. The page Tags exports the same form.

    Example: `warmbench import tags our-tags.yaml`
    """
    start.set_up()
    from warmbench.core import clock
    from warmbench.people import tag_tree

    try:
        loaded = tag_tree.load(file, now=clock.now())
    except tag_tree.TreeFileError as error:
        raise typer.BadParameter(str(error)) from error
    console.print(f"{loaded.tags} tags and {loaded.aliases} other spellings are new.")
    for conflict in loaded.conflicts:
        console.print(f"Left as it is: {conflict}", markup=False)


def content(folder: _Folder) -> None:
    """Bring content pieces up to date: a folder of Markdown files, each with a short head.

    The pieces of the sample, in warmbench/nurture/data/content, show the form. A piece is
    known by the name of its file.

    Example: `warmbench import content our-content/`
    """
    start.set_up()
    from warmbench.core import clock
    from warmbench.messaging.templates import TemplateError
    from warmbench.nurture import content_files

    try:
        count = content_files.load(folder, now=clock.now())
    except (content_files.ContentFileError, TemplateError) as error:
        raise typer.BadParameter(str(error)) from error
    console.print(f"{count} pieces are up to date.")
