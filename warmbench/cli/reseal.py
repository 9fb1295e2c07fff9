"""Puts stored passwords and API keys under another key: ``warmbench reseal``."""

import typer

from warmbench.cli import start
from warmbench.cli.installation import console


def reseal() -> None:
    """Seal the stored passwords and API keys with the vault key of now.

    Give the new key as WARMBENCH_VAULT_KEY and the one before as WARMBENCH_OLD_VAULT_KEY, to all
    machines. After this command the old one opens nothing any more, and can be thrown away.

    Example: `warmbench reseal`
    """
    start.set_up()
    from warmbench.core import vault

    try:
        done = vault.reseal()
    except vault.UnsealError as error:
        console.print(f"Nothing was changed. {error}")
        raise typer.Exit(1) from None
    console.print(f"{done:,} secrets are sealed with the key of now.")
