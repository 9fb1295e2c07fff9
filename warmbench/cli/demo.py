"""Runs the demo: the whole product with invented people, on data that may be thrown away."""

import io
import json
import logging
import os
from importlib import import_module
from importlib.util import find_spec
from typing import BinaryIO

from django.conf import settings

from warmbench.cli import database, installation, start
from warmbench.cli.installation import console
from warmbench.core.environment import open_private

#: The demo is for the person at this machine: it has no secrets, and no protection either.
HOST = "127.0.0.1"
#: What in the environment may name a real installation.
REAL = (
    "DATABASE_URL",
    "DATABASE_URL_FILE",
    "WARMBENCH_DEMO",
    "WARMBENCH_ENV",
    "WARMBENCH_INSTANCE",
    "WARMBENCH_SAMPLE_ATS",
    "WARMBENCH_URL",
)


def serve(port: int) -> None:
    """Run the demo until Ctrl-C."""
    port, sentence = installation.free_port(HOST, port)
    address = installation.address_of(HOST, port)
    # Invented people never enter a real database, whatever the environment says.
    start.forget(*REAL)
    start.configure(WARMBENCH_DEMO="1", WARMBENCH_URL=address)
    with installation.only_one(address):
        console.print(sentence, end="")
        with console.status("Starting the database …"):
            database.rebuild_if_outdated()
            start.set_up()
            database.apply_migrations()
        _plant()
        log = settings.INSTANCE_FOLDER / "warmbench.log"
        log.unlink(missing_ok=True)
        with open_private(log) as stream:
            _log_to(stream)
            console.print(f"The log is in {log}")
            installation.supervise(HOST, port, log=stream, besides={"sample-ats": _sample_ats()})


def _sample_ats() -> list[str]:
    """The command that plays an ATS; the pages learn from the environment how to connect it."""
    from warmbench.core import clock
    from warmbench.simulators import sample

    port, _ = installation.free_port(HOST, sample.PORT)
    start.configure(WARMBENCH_SAMPLE_ATS=json.dumps(sample.offer(port, clock=clock.now)))
    world = {"port": port, "candidates": sample.CANDIDATES, "roles": sample.ROLES}
    numbers = {**world, "seed": sample.SEED, "parent": os.getpid()}
    options = [part for name, value in numbers.items() for part in (f"--{name}", str(value))]
    return ["simulate", sample.VENDOR, *options]


def _log_to(stream: BinaryIO) -> None:
    text = io.TextIOWrapper(stream, line_buffering=True)
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(text)


def _plant() -> None:
    if find_spec("warmbench.sample.seed"):
        import_module("warmbench.sample.seed").plant(console=console)
