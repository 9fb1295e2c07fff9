"""Makes and revokes the keys of other programs: ``warmbench api-key``."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from warmbench.cli import database, start
from warmbench.cli.installation import console

app = typer.Typer(
    name="api-key",
    help="Make, list and revoke the keys of other programs.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@app.callback()
def _group() -> None:
    """Make, list and revoke the keys of other programs."""


@app.command()
def make(
    name: Annotated[str, typer.Argument(help="The program that will use it.")],
    write: Annotated[bool, typer.Option("--write", help="It may change everything.")] = False,
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", help="It may do this alone, e.g. candidates:read. Repeat it."),
    ] = None,
) -> None:
    """Make a key and show it, once.

    Example: `warmbench api-key make "Careers page" --write`
    """
    start.set_up()
    database.apply_migrations()
    from warmbench.accounts import api_keys
    from warmbench.accounts.models import ApiKey
    from warmbench.core import clock
    from warmbench.core.unique import TakenError

    if not 0 < len(name.strip()) <= 80:
        raise typer.BadParameter("A name has 1 to 80 characters.")
    if write and scope:
        raise typer.BadParameter("Either --write, which is everything, or --scope.")
    what = ApiKey.Scope.WRITE if write else ApiKey.Scope.READ
    try:
        _, secret = api_keys.make(
            name.strip(), what, scopes=scope or (), by_id=None, now=clock.now()
        )
    except TakenError as error:
        raise typer.BadParameter(str(error)) from error
    except ValueError as error:
        known = ", ".join(api_keys.SCOPES)
        raise typer.BadParameter(f"{error} There is: {known}.") from error
    console.print(secret, markup=False, highlight=False, soft_wrap=True)


@app.command("list")
def show() -> None:
    """List the keys."""
    start.set_up()
    database.apply_migrations()
    from warmbench.accounts.models import ApiKey

    table = Table("Name", "Key", "May", "Last used", "Until", box=None, pad_edge=False)
    for key in ApiKey.objects.order_by("name"):
        used = f"{key.last_used_at:%-d %b %Y %H:%M} UTC" if key.last_used_at else "never"
        what = key.reach.lower() if key.revoked_at is None else "revoked"
        table.add_row(escape(key.name), f"{key.prefix}…", what, used, f"{key.expires_at:%-d %b %Y}")
    console.print(table)


@app.command()
def revoke(name: Annotated[str, typer.Argument(help="As the list has it.")]) -> None:
    """Let a key open nothing any more.

    Example: `warmbench api-key revoke "Careers page"`
    """
    start.set_up()
    database.apply_migrations()
    from warmbench.accounts import api_keys
    from warmbench.accounts.models import ApiKey
    from warmbench.core import clock

    key = ApiKey.objects.filter(name=name).first()
    if key is None:
        raise typer.BadParameter(f"No key is called “{name}”. `warmbench api-key list` has all.")
    revoked = api_keys.revoke(key.pk, by_id=None, now=clock.now())
    console.print("It opens nothing any more." if revoked else "It was revoked before.")
