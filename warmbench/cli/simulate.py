"""Plays a vendor on this machine: ``warmbench simulate``, for developers and the demo."""

import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from warmbench.cli import start
from warmbench.cli.installation import console
from warmbench.core import garbage

if TYPE_CHECKING:
    from warmbench.simulators import Simulator

#: How often the demo's clock is read, in seconds.
_LOOK_SECONDS = 1.0


def simulate(  # noqa: PLR0913 - each is an option of the command
    vendor: Annotated[
        str,
        typer.Argument(
            help="greenhouse, lever, bullhorn, icims, calendly, chili_piper or model_provider."
        ),
    ],
    *,
    port: Annotated[int, typer.Option(help="Where it answers on 127.0.0.1.")] = 8090,
    candidates: Annotated[int, typer.Option(min=1, help="How many people it keeps.")] = 300,
    roles: Annotated[int, typer.Option(min=0, help="How many openings.")] = 20,
    seed: Annotated[int, typer.Option(help="Another number makes other people.")] = 7,
    webhook: Annotated[str, typer.Option(help="Send webhooks to this address.")] = "",
    unlimited: Annotated[
        bool, typer.Option("--unlimited", help="Without the vendor's limits of calls.")
    ] = False,
    parent: Annotated[int, typer.Option(hidden=True)] = 0,
) -> None:
    """Play an applicant tracking system on this machine, with invented people.

    It speaks the vendor's HTTP as its documentation says: signing in, pages, limits, errors,
    webhooks. Nothing is kept: with the same seed, the same people come back. For developers,
    and to try a connection before there is a real one.

    Example: `warmbench simulate lever --candidates 5000 --roles 200`
    """
    stop = threading.Event()
    if parent:
        start.end_with(parent)
    clock = _clock(stop, in_demo=bool(parent))
    from warmbench import simulators

    if vendor not in simulators.VENDORS:
        raise typer.BadParameter(f"Choose one of {', '.join(simulators.VENDORS)}.")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    world = simulators.World(candidates, roles, seed=seed, clock=clock)
    limits = simulators.Limits() if unlimited else None
    simulator = simulators.start(vendor, world, port=port, limits=limits, webhook_url=webhook)
    # Fifty thousand people are many objects to look through, and none of them is garbage.
    garbage.collect_rarely()
    try:
        _show(simulator)
        stop.wait()
    finally:
        simulator.close()


def _clock(stop: threading.Event, *, in_demo: bool) -> Callable[[], datetime]:
    """What time it is. The demo's clock is read by one thread, so that no call asks a database."""
    start.configure()
    if not in_demo:
        import django

        django.setup()
        return lambda: datetime.now(UTC)
    start.set_up()
    from warmbench.core import clock

    ahead = [clock.now() - datetime.now(UTC)]

    def look() -> None:
        while not stop.wait(_LOOK_SECONDS):
            # Forwards only: between two looks, nothing may seem to happen before what did.
            ahead[0] = max(ahead[0], clock.now() - datetime.now(UTC))

    threading.Thread(target=look, name="clock", daemon=True).start()
    return lambda: datetime.now(UTC) + ahead[0]


def _show(simulator: "Simulator") -> None:
    world = simulator.world
    console.print(
        f"{simulator.vendor.name} answers with {len(world.people):,} people, {len(world.roles):,}"
        f" roles and {len(world.applications):,} applications. Ctrl-C stops it."
    )
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in [*simulator.addresses.items(), *simulator.credentials.items()]:
        table.add_row(name, value)
    console.print(table)
    for hook in simulator.vendor.hooks:
        console.print(f"Webhooks go to {hook.url}" + ("" if hook.is_on else ": nobody took them."))
