"""Runs the benchmarks of a checkout, each on a database that is made for it."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from warmbench.cli import start

CHECKOUT = Path(__file__).resolve().parents[2]


class Benchmark(StrEnum):
    """What can be measured."""

    ATS = "ats"
    CHANGES = "changes"
    CHANGES_COST = "changes_cost"
    CHOOSING = "choosing"
    CONTENT_CHECKS = "content_checks"
    CONTENT_HEALTH = "content_health"
    FAIRNESS = "fairness"
    FORECASTING = "forecasting"
    HITS = "hits"
    IMPORTING = "importing"
    INBOUND = "inbound"
    INSIGHTS = "insights"
    INSIGHT_SEARCH = "insight_search"
    JUDGING = "judging"
    LEARNING = "learning"
    LINKING = "linking"
    MATCHING = "matching"
    MEMBERSHIP = "membership"
    ONE_CLICK = "one_click"
    PAGES = "pages"
    PLANNING = "planning"
    REPLIES = "replies"
    SEARCHING = "searching"
    SENDING = "sending"
    SHORTLISTING = "shortlisting"
    SHORTLISTS = "shortlists"
    WARMTH = "warmth"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured, and which programs that takes."""

    #: The arguments for a size.
    arguments: Callable[[int], list[str]]
    size: int
    programs: tuple[str, ...] = ()


#: Sizes that take a minute or two on a small machine; docs/benchmarks.md has larger ones.
PLANS = {
    Benchmark.ATS: Plan(
        lambda size: ["--candidates", str(size), "--vendors", "greenhouse"], 10_000
    ),
    Benchmark.CHANGES: Plan(lambda size: ["--people", str(size)], 400),
    Benchmark.CHANGES_COST: Plan(lambda size: ["--people", str(size)], 2_000),
    Benchmark.CHOOSING: Plan(lambda size: ["--people", str(size)], 20_000),
    # Always as many people of as many roles.
    Benchmark.FAIRNESS: Plan(lambda _: ["--roles", "1", "--people", "30"], 0),
    Benchmark.FORECASTING: Plan(lambda size: ["--people", str(size), "--prove"], 1_000),
    # Always the same texts.
    Benchmark.CONTENT_CHECKS: Plan(lambda _: [], 0),
    Benchmark.CONTENT_HEALTH: Plan(lambda size: ["--people", str(size)], 20_000),
    Benchmark.HITS: Plan(lambda size: ["--requests", str(size)], 20_000),
    Benchmark.IMPORTING: Plan(lambda size: ["--rows", str(size)], 20_000),
    Benchmark.INBOUND: Plan(lambda size: ["--mails", str(size)], 3_000),
    # Always the same texts.
    Benchmark.INSIGHTS: Plan(lambda _: ["--measuring"], 0),
    Benchmark.INSIGHT_SEARCH: Plan(lambda size: ["--insights", str(size)], 200_000),
    # Messages on each of ten days.
    Benchmark.JUDGING: Plan(lambda size: ["--messages", str(size)], 8_000),
    # Always the same worlds.
    Benchmark.LEARNING: Plan(lambda _: ["--seeds", "201-201", "--roles", "3"], 0),
    # Always the same texts.
    Benchmark.LINKING: Plan(lambda _: [], 0),
    Benchmark.MATCHING: Plan(lambda size: ["--candidates", str(size)], 100_000),
    Benchmark.MEMBERSHIP: Plan(lambda size: ["--candidates", str(size)], 20_000),
    Benchmark.ONE_CLICK: Plan(lambda size: ["--requests", str(size)], 1_000),
    Benchmark.PAGES: Plan(lambda size: ["--people", str(size)], 20_000),
    Benchmark.PLANNING: Plan(
        # A part of them is due at a time, in each of the rounds.
        lambda size: ["--enrollments", str(size), "--due", str(size // 5)],
        20_000,
    ),
    # Always the same texts.
    Benchmark.REPLIES: Plan(lambda _: [], 0),
    Benchmark.SEARCHING: Plan(lambda size: ["--candidates", str(size)], 50_000),
    Benchmark.SENDING: Plan(
        lambda size: ["--messages", str(size)], 3_000, ("smtp-sink", "smtp-source")
    ),
    Benchmark.SHORTLISTING: Plan(lambda size: ["--candidates", str(size)], 20_000),
    # Always the same worlds.
    Benchmark.SHORTLISTS: Plan(lambda _: ["--seeds", "141-142", "--roles", "4"], 0),
    Benchmark.WARMTH: Plan(lambda size: ["--people", str(size)], 20_000),
}
#: What in the environment may name an installation with real people in it.
REAL = (
    "DATABASE_URL",
    "DATABASE_URL_FILE",
    "WARMBENCH_DEMO",
    "WARMBENCH_ENV",
    "WARMBENCH_INSTANCE",
)

_console = Console(highlight=False, soft_wrap=True)


def bench(
    name: Annotated[
        Benchmark | None, typer.Argument(help="Which one; all of them if none.")
    ] = None,
    size: Annotated[
        int | None, typer.Option(min=100, help="How many rows, people or messages.")
    ] = None,
) -> None:
    """Measure how fast this machine is at what Warmbench does.

    Works in a checkout, on an instance called “bench” with invented people, which is emptied
    each time. Each benchmark prints what limits it in the same run.

    Example: `warmbench bench planning --size 100000`
    """
    start.forget(*REAL)
    # As a demo, because nothing but a demo's database is ever emptied.
    start.configure(WARMBENCH_INSTANCE="bench", WARMBENCH_DEMO="1")
    failed = False
    for one in [name] if name else Benchmark:
        _console.print(f"\n[bold]{one}[/]")
        if sentence := why_not(one):
            _console.print(sentence)
            # Of all, what cannot be run is left out; what was asked for by name must run.
            failed |= name is not None
        else:
            failed |= _run(one, size) != 0
    if failed:
        raise typer.Exit(1)


def why_not(benchmark: Benchmark) -> str:
    """Why a benchmark cannot be run here, in a sentence; blank if it can."""
    if not (CHECKOUT / "bench" / "scratch.py").exists():
        return (
            "The benchmarks are part of the source: clone the repository and run"
            " bin/warmbench bench there."
        )
    if not (CHECKOUT / "bench" / f"{benchmark}.py").exists():
        return f"This version has no benchmark of {benchmark}."
    for program in PLANS[benchmark].programs:
        if shutil.which(program) is None:
            return (
                f"{program} is not in the PATH. It is a tool of Postfix, which stands for the mail"
                " server here. On Debian or Ubuntu: apt install postfix (it is then in /usr/sbin)."
            )
    return ""


def _run(benchmark: Benchmark, size: int | None) -> int:
    plan = PLANS[benchmark]
    arguments = plan.arguments(size or plan.size)
    command = [sys.executable, "-m", f"bench.{benchmark}", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, check=False).returncode
