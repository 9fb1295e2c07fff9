"""Prints what ``warmbench doctor`` found, for a person at a terminal."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warmbench.cli import checkup, informing, lawful, receiving, safekeeping, unsent
from warmbench.cli.checkup import Finding, Level, Mailbox
from warmbench.cli.unsent import Cause
from warmbench.messaging import standing

_MARKS = {
    Level.GOOD: "[green]✓[/]",
    Level.NOTE: "[dim]·[/]",
    Level.CARE: "[yellow]![/]",
    Level.STOP: "[bold red]✗[/]",
}


@dataclass
class Report:
    """What has been told so far, and how much of it was of each level."""

    console: Console
    seen: Counter[Level] = field(default_factory=Counter)

    def findings(self, title: str, found: Iterable[Finding]) -> None:
        """Tell findings, each with what to do about it below."""
        table = _table()
        table.show_header = False
        for heading in ("mark", "what"):
            table.add_column(heading, no_wrap=True)
        table.add_column("said")
        for one in found:
            self.seen[one.level] += 1
            table.add_row(_MARKS[one.level], f"[bold]{escape(one.what)}[/]", escape(one.said))
            if one.todo:
                table.add_row("", "", _todo(one.todo))
        self._print(title, table)

    def mailboxes(self, found: Sequence[Mailbox], *, now: datetime) -> None:
        """Tell what each sender sent today and may still send."""
        table = _table("sender", "writes for", "server")
        for heading in ("sent today", "still today"):
            table.add_column(heading, justify="right")
        for one in found:
            sender = one.sender
            sent = sender.sent_on_day if sender.day == standing.local_day(sender, now=now) else 0
            room = 0 if one.troubles else standing.sender_state(sender, now=now).room
            table.add_row(
                escape(sender.from_address),
                escape(sender.owner.name if sender.owner else "nobody in particular"),
                escape(f"{sender.host}:{sender.port} ({sender.security})"),
                f"{sent:,}",
                f"{max(room, 0):,}",
            )
        self._print("Mailboxes", table)

    def causes(self, title: str, found: Iterable[tuple[str, Cause]]) -> None:
        """Tell why people hear nothing, and how many they are: (kind of verdict, cause)."""
        table = _table()
        table.add_column("people", justify="right")
        for heading in ("", "reason"):
            table.add_column(heading, no_wrap=True)
        table.add_column("which means")
        for kind, one in found:
            means = escape(one.meaning)
            said = f"{means}\n{_todo(one.todo)}" if one.todo else means
            table.add_row(f"{one.people:,}", kind, escape(one.reason), said)
        self._print(title, table)

    def verdict(self) -> None:
        """Tell in one sentence how things stand."""
        stops, cares = self.seen[Level.STOP], self.seen[Level.CARE]
        if stops:
            said = f"[bold red]✗ {stops} thing{'s stop' if stops > 1 else ' stops'} messages.[/]"
        elif cares:
            need = "things need" if cares > 1 else "thing needs"
            said = f"[yellow]! Messages can go; {cares} {need} care.[/]"
        else:
            said = "[green]✓ Messages can go.[/]"
        self.console.print(f"\n{said}")

    def _print(self, title: str, table: Table) -> None:
        if table.row_count:
            self.console.print(f"\n[bold underline]{title}[/]")
            self.console.print(table)


def examine(report: Report, *, now: datetime) -> None:
    """Tell everything about an installation whose database is in order."""
    mailboxes = checkup.mailboxes()
    report.findings("Set up", checkup.set_up())
    report.findings("Senders", checkup.senders(mailboxes, now=now))
    report.mailboxes(mailboxes, now=now)
    report.findings("Receiving", receiving.found(now=now))
    report.findings("Informing", informing.findings(now=now))
    report.findings("Stops", checkup.stops(now=now))
    report.findings("Programme", checkup.programme(today=now.date()))
    report.findings("Law", lawful.findings(now=now))
    report.findings("Safekeeping", safekeeping.findings(now=now))
    report.findings("Work", checkup.work())
    report.causes("May not be written to now", _plain(unsent.unwritable_people(now=now)))
    report.causes("Not enrolled for want of a tag", _plain(unsent.untagged()))
    report.causes("On a sequence, and waiting", _plain(unsent.waiting()))
    days = unsent.LATELY.days
    report.causes(f"Put off or refused in the last {days} days", unsent.decided(now=now))


def _plain(found: Iterable[Cause]) -> list[tuple[str, Cause]]:
    return [("", one) for one in found]


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _todo(text: str) -> str:
    return f"[cyan]→[/] {escape(text)}"
