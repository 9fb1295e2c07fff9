"""Tells what is configured, what is missing, and what would not be sent and why."""

import typer

from warmbench.cli import start


def doctor() -> None:
    """Look the installation over.

    Says what is configured, what is missing, and what would not be sent and why, each with
    what to do about it. It only looks. Ends with status 1 when something stops messages, so
    that a monitor can run it.

    Example: `warmbench doctor`; for the demo `WARMBENCH_DEMO=1 warmbench doctor`
    """
    import django
    from django.conf import settings
    from rich.console import Console
    from rich.markup import escape

    from warmbench.core import postgres

    start.configure()
    # Not start.set_up: settings that do not fit together are a finding here.
    postgres.ensure_running()
    django.setup()
    from warmbench.cli import checkup, telling
    from warmbench.core import clock

    console = Console(highlight=False)
    console.print(f"Warmbench in [bold]{escape(str(settings.INSTANCE_FOLDER))}[/]")
    report = telling.Report(console)
    report.findings("Ground", checkup.system())
    if not report.seen[checkup.Level.STOP]:
        telling.examine(report, now=clock.now())
    report.verdict()
    if report.seen[checkup.Level.STOP]:
        raise typer.Exit(1)
