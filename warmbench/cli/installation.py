"""Runs a whole installation, one per data folder."""

import fcntl
import http.client
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO

import typer
from django.conf import settings
from rich.console import Console

from warmbench.cli import database, start
from warmbench.cli.supervisor import Supervisor
from warmbench.core.environment import make_folder

#: Until then it may be bad luck.
DEATHS_WORTH_A_WORD = 3

console = Console(highlight=False, soft_wrap=True)


def serve(host: str, port: int) -> None:
    """Run the pages and the workers until SIGTERM or Ctrl-C."""
    from warmbench.cli import backup

    port, sentence = free_port(host, port)
    start.configure(WARMBENCH_URL=address_of(host, port))
    with only_one(address_of(host, port)):
        console.print(sentence, end="")
        start.set_up()
        database.apply_migrations()
        backup.notice()
        supervise(host, port)


def supervise(
    host: str,
    port: int,
    *,
    log: BinaryIO | None = None,
    besides: Mapping[str, list[str]] | None = None,
) -> None:
    """Keep the web server and the workers alive, and say when the pages can be opened.

    ``besides`` names further commands to keep alive.
    """
    me = ["--parent", str(os.getpid())]
    commands = {"web": ["web", "--host", host, "--port", str(port), *me]}
    for number in range(settings.WORKERS):
        commands[f"worker-{number + 1}"] = ["worker", *me]
    if settings.DEMO:
        commands["catcher"] = ["worker", "--only", "catcher", *me]
    supervisor = Supervisor({**commands, **(besides or {})}, log=log)
    complained: set[str] = set()

    def is_up() -> bool:
        for child in supervisor.children:
            if child.deaths >= DEATHS_WORTH_A_WORD and child.name not in complained:
                complained.add(child.name)
                console.print(f"The process {child.name} keeps ending; the log says why.")
        if not answers(host, port):
            return False
        console.print(f"Warmbench is ready: [bold]{address_of(host, port)}[/]  (Ctrl-C stops it)")
        return True

    supervisor.run(on_start=is_up)
    console.print("Warmbench has stopped.")


def address_of(host: str, port: int) -> str:
    """The address to type into a browser on this machine."""
    name = "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host  # noqa: S104
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"


def free_port(host: str, wanted: int) -> tuple[int, str]:
    """The wanted port or the next free one, and a sentence that says so if it is another."""
    for port in range(wanted, wanted + 100):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            # As the web server does, so that a port just left by one counts as free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except PermissionError:
                raise typer.BadParameter(f"Only root may use port {port}.") from None
            except OSError:
                continue
        if port == wanted:
            return port, ""
        return port, f"Another program uses port {wanted}, so Warmbench takes {port}.\n"
    raise typer.BadParameter(f"No port from {wanted} to {wanted + 99} is free on {host}.")


def answers(host: str, port: int) -> bool:
    """Whether a page comes back."""
    name = "127.0.0.1" if host in {"0.0.0.0", ""} else host  # noqa: S104
    connection = http.client.HTTPConnection(name, port, timeout=5)
    try:
        connection.request("HEAD", "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


@contextmanager
def only_one(address: str) -> Iterator[None]:
    """Refuse to run a second installation on the same data folder."""
    folder = make_folder(settings.INSTANCE_FOLDER)
    with (folder / "supervisor.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            console.print(f"Warmbench runs already, at {lock.read().strip()} (data: {folder}).")
            raise typer.Exit(1) from None
        lock.truncate(0)
        lock.write(address)
        lock.flush()
        yield
