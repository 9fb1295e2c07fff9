"""Backs the database up, puts a backup back, and sees to it that nothing is sent twice then."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from warmbench.cli import database, start
from warmbench.cli.installation import console, only_one

if TYPE_CHECKING:
    from warmbench.core.dumps import Manifest
    from warmbench.nurture.restoration import Aftermath

Journals = Annotated[
    list[Path] | None,
    typer.Option(
        "--journal",
        help="The journal of another machine as well. May be repeated.",
        exists=True,
        dir_okay=False,
    ),
]


def backup(
    file: Annotated[
        Path | None, typer.Argument(help="Where to. Else warmbench-DATE.dump, in this folder.")
    ] = None,
) -> None:
    """Write the database into one file, while everything runs.

    Beside it stands a small file with its checksum. The keys are in neither: keep the instance's
    folder elsewhere, without its database. The file is full of personal data: encrypt it, and let
    it expire.

    Example: `warmbench backup /backups/warmbench.dump`
    """
    start.set_up()
    from warmbench.core import clock, dumps

    to = file or Path(f"warmbench-{clock.now().date().isoformat()}.dump")
    try:
        made = dumps.write(to, now=clock.now())
    except dumps.DumpError as error:
        _give_up(str(error))
    console.print(f"{to}: {made.size:,} bytes, SHA-256 {made.sha256}")


def restore(
    file: Annotated[Path, typer.Argument(help="What warmbench backup wrote.")],
    journal: Journals = None,
    other_keys: Annotated[
        bool, typer.Option("--other-keys", help="Go on although keys are missing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Put a backup back in the place of everything that is there now.

    Only while Warmbench is stopped. Afterwards all sending is stopped until a person releases it
    on the page Stops: what people said since then is taken from the journal, and what came due
    is taken for sent.

    Example: `warmbench restore /backups/warmbench.dump`
    """
    start.set_up()
    from warmbench.core import dumps

    with only_one("the command restore"):
        try:
            manifest = dumps.check(file)
            _show(manifest, dumps.missing_keys(manifest), go_on=other_keys)
            if not yes:
                typer.confirm("Everything that is there now goes. Go on?", abort=True)
            with _all_sending_stopped():
                dumps.fill(file)
                database.apply_migrations()
                _make_safe(journal or [])
        except dumps.DumpError as error:
            _give_up(str(error))


@contextmanager
def _all_sending_stopped() -> Iterator[None]:
    """Stop whoever works beside us, from before there is anything that could be sent."""
    from warmbench.core.dumps import DumpError
    from warmbench.messaging import standing

    stop = standing.stop_file()
    was_stopped = stop.exists()
    stop.touch()
    try:
        yield
    except DumpError:
        # Nothing was changed. After any other error a person has to look first.
        if not was_stopped:
            stop.unlink()
        raise
    if not was_stopped:
        stop.unlink()


def restored(journal: Journals = None) -> None:
    """Make a database safe that was restored by other means than warmbench restore.

    Stops all sending until a person releases it on the page Stops, takes from the journal what
    people said since, and takes for sent what came due. It may be run again, until you release
    the stop. Warmbench does this by itself when it notices on its start.

    Example: `warmbench restored`
    """
    start.set_up()
    database.apply_migrations()
    _make_safe(journal or [])


def notice() -> bool:
    """Make the database safe if it is older than the data folder knows it. Returns whether it
    was."""
    from warmbench.core import epoch

    if not epoch.is_behind():
        return False
    console.print("The database is older than it was: a backup was restored.", style="yellow")
    _make_safe([])
    return True


def _make_safe(journals: list[Path]) -> None:
    from warmbench.core import clock
    from warmbench.nurture import restoration
    from warmbench.people import journal

    with console.status("Making sure that nothing is sent twice …"):
        made = restoration.after_restore(now=clock.now(), lines=journal.lines(*journals))
    _tell(made)


def _tell(made: "Aftermath") -> None:
    console.print(f"This is epoch {made.epoch}. All sending is stopped.")
    console.print(f"  {made.stopped:>7,} people said stop since the backup, and are stopped again.")
    console.print(f"  {made.withdrawn:>7,} took their permission back, and have it back again.")
    console.print(f"  {made.erased:>7,} were erased since, and are erased again.")
    console.print(
        f"  {made.unknown:>7,} messages may have been sent since. They are not sent again."
    )
    console.print("Look those up on the page Stops, then release the stop there.")


def _show(manifest: "Manifest", missing: list[str], *, go_on: bool) -> None:
    console.print(f"Made at {manifest.made_at}, epoch {manifest.epoch}; it is whole.")
    for name in missing:
        console.print(f"The {name} here is another than the one it was made with.", style="yellow")
    if missing and not go_on:
        _give_up("Put the keys back first, or give --other-keys to go on without them.")


def _give_up(sentence: str) -> None:
    console.print(sentence, style="red", markup=False)
    raise typer.Exit(1)
