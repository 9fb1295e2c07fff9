"""The commands that keep running: the demo, the whole installation, and its two halves."""

from typing import Annotated

import typer

from warmbench.cli import start

Port = Annotated[int, typer.Option(help="Where the pages are served.")]
Host = Annotated[str, typer.Option(help="The address to listen on. 0.0.0.0 is everybody.")]
Parent = Annotated[int, typer.Option(hidden=True)]


def demo(port: Port = 8000) -> None:
    """Show Warmbench with an invented agency.

    Starts everything on this machine with 4 recruiters, thousands of invented candidates and
    half a year of history. Mails go to a mail catcher inside, never to the world. It keeps its
    data apart from yours, and you can stop it with Ctrl-C and come back.

    Example: `warmbench demo --port 8080`
    """
    from warmbench.cli import demo as the_demo

    the_demo.serve(port)


def run(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Run Warmbench: the pages and the workers, under one supervisor.

    Starts the database (unless DATABASE_URL names one), brings it to this version, and starts
    again whatever dies. This is the command for a service file or a container.

    Example: `WARMBENCH_URL=https://bench.example.com warmbench run --host 0.0.0.0`
    """
    from warmbench.cli import installation

    installation.serve(host, port)


def web(host: Host = "127.0.0.1", port: Port = 8000, parent: Parent = 0) -> None:
    """Serve the pages only.

    For installations that keep pages and workers on different machines, which then share one
    PostgreSQL through DATABASE_URL.

    Example: `DATABASE_URL=postgres://… warmbench web --host 0.0.0.0`
    """
    from warmbench.cli import web as the_web

    start.configure()
    the_web.serve(host, port, parent=parent)


def worker(
    only: Annotated[
        list[str] | None, typer.Option(help="Run this loop and no other. May be repeated.")
    ] = None,
    parent: Parent = 0,
) -> None:
    """Do the work behind the pages: plan, send, judge clicks, run jobs.

    One worker does everything; start more for more speed, on any machine, at any time. They
    share the work through the database and never do a thing twice.

    Example: `warmbench worker --only jobs`
    """
    from warmbench.cli import worker as the_worker

    the_worker.serve(only or [], parent=parent)
