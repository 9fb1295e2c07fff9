"""How long the first load of an ATS takes, beside who only reads the same pages.

    python -m bench.ats --candidates 50000 --vendors greenhouse lever bullhorn icims

Each simulated vendor runs in a process of its own, with its usual limits but that of the day. The
bare reader asks for the same roles, people and applications through the same client, and throws
them away; the load takes them in. Both begin with limits that nobody has used yet.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import Any

os.environ.setdefault("WARMBENCH_INSTANCE", "bench-ats")

from bench import scratch

VENDORS = ("greenhouse", "lever", "bullhorn", "icims")
_GOAL = 1.2


def clock() -> datetime:
    """The time."""
    return datetime.now(UTC)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=int, default=50_000)
    parser.add_argument("--roles", type=int, default=200)
    parser.add_argument("--vendors", nargs="+", choices=VENDORS, default=VENDORS)
    parser.add_argument("--serve", choices=VENDORS, help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.serve:
        _serve(said.serve, said.candidates, said.roles)
        return
    for vendor in said.vendors:
        _measure(vendor, said.candidates, said.roles)


def _measure(vendor: str, candidates: int, roles: int) -> None:
    print(f"{vendor}: {candidates:,} candidates")
    spawn = get_context("spawn")
    taken: dict[str, float] = {}
    for name, work in (("read", _read), ("load", _load)):
        with _simulated(vendor, candidates, roles) as told:
            asked, answers = spawn.Pipe()
            process = spawn.Process(target=work, args=(vendor, told, answers))
            process.start()
            taken[name] = asked.recv()
            process.join()
    ratio = taken["load"] / taken["read"]
    print(
        f"  the load takes {ratio:.2f} times as long as reading alone (goal: {_GOAL})", flush=True
    )


@contextmanager
def _simulated(vendor: str, candidates: int, roles: int) -> Iterator[dict[str, Any]]:
    command = [
        sys.executable, "-m", "bench.ats", "--serve", vendor, "--candidates", str(candidates),
        "--roles", str(roles),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout is None:
            raise SystemExit("The simulated vendor says nothing.")
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def _serve(vendor: str, candidates: int, roles: int) -> None:
    import django

    from warmbench.cli import start as process

    process.configure()
    django.setup()
    from warmbench.simulators import World, start

    simulator = start(vendor, World(candidates=candidates, roles=roles, clock=clock))
    simulator.limits.daily = None
    print(json.dumps({"addresses": simulator.addresses, "credentials": simulator.credentials}))
    sys.stdout.flush()
    while True:
        time.sleep(60)


def _begin(vendor: str, told: dict[str, Any]) -> Any:
    scratch.prepare()
    from warmbench.integrations.ats import connections
    from warmbench.people import tag_tree

    tag_tree.load_default(now=clock())
    made = connections.make(
        vendor, f"Bench {vendor}", told["credentials"], told["addresses"], by_id=None, now=clock()
    )
    connections.test(made.pk, clock=clock)
    made.refresh_from_db()
    return made


def _read(vendor: str, told: dict[str, Any], answers: Any) -> None:
    """Read all pages, and keep nothing."""
    connection = _begin(vendor, told)
    from warmbench.integrations.ats import opening
    from warmbench.integrations.ats.errors import ThrottledError
    from warmbench.integrations.ats.things import Window

    began, count = time.perf_counter(), 0
    window = Window(None, clock())
    with opening.opened(connection, clock=clock) as client:
        for read in (client.roles, client.people, client.applications):
            cursor: dict[str, Any] | None = {}
            while cursor is not None:
                try:
                    for page in read(window, cursor):
                        count += len(page.items)
                        cursor = page.cursor
                    cursor = None
                except ThrottledError as error:
                    time.sleep(max(0.0, (error.until - clock()).total_seconds()))
    taken = time.perf_counter() - began
    print(f"  read alone: {taken:.1f} s for {count:,} things")
    answers.send(taken)


def _load(vendor: str, told: dict[str, Any], answers: Any) -> None:
    """Take everything in, as the worker's loop does."""
    connection = _begin(vendor, told)
    from warmbench.core import garbage
    from warmbench.integrations.ats import connections, pulling
    from warmbench.integrations.models import AtsRejection, AtsStream
    from warmbench.people.models import Candidate, CandidateRecord

    garbage.collect_rarely()
    connections.start(connection.pk, by_id=None, now=clock())
    began, peaks = time.perf_counter(), []
    reached: dict[str, float] = {}
    while True:
        worked = pulling.pull_next(clock=clock)
        peaks.append(_peak())
        through = AtsStream.objects.filter(complete_until__isnull=False)
        for kind in through.values_list("kind", flat=True):
            reached.setdefault(kind, time.perf_counter() - began)
        connection.refresh_from_db()
        if connection.state == "live":
            break
        if not worked:
            time.sleep(0.2)
    taken = time.perf_counter() - began
    stages = ", ".join(f"{kind} until {at:.1f} s" for kind, at in reached.items())
    print(f"  load: {taken:.1f} s ({stages})")
    records, people = CandidateRecord.objects.count(), Candidate.objects.count()
    refused = AtsRejection.objects.count()
    print(f"  {records:,} records of {people:,} candidates, {refused:,} refused")
    first = peaks[min(len(peaks) - 1, 1)]
    print(f"  peak memory {peaks[-1]:.0f} MB, {peaks[-1] - first:.0f} MB more than after two turns")
    answers.send(taken)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
