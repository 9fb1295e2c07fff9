"""Plans and sends while workers and the database are killed, and prints what came of it.

Runs as a process of its own, on a database server of its own: ``python -m tests.chaos.arena``.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

os.environ["WARMBENCH_INSTANCE"] = f"chaos-{os.getpid()}"
os.environ["WARMBENCH_ENV"] = "development"
# The demo's clock can be set, also for the workers: to office hours, and past a lease.
os.environ["WARMBENCH_DEMO"] = "1"
os.environ["WARMBENCH_LOG_LEVEL"] = "CRITICAL"

from typing import TYPE_CHECKING

from warmbench.cli import database, start

if TYPE_CHECKING:
    from tests.chaos.sink import Sink
    from warmbench.core.postgres import Server

#: A Tuesday, ten o'clock in Berlin: the whole run fits before five.
OPENING = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)
MESSAGES = 2_000
#: As many of them are a recruiter's own words.
PERSONAL = 200
KILLS = 25
WORKERS = 3
LONGEST_ROUND = 180.0


@dataclass
class Crowd:
    """Workers that are killed at random and started again."""

    kills: int = 0
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def keep(self) -> None:
        """Start workers until there are enough."""
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        while len(self.workers) < WORKERS:
            command = [sys.executable, "-m", "warmbench.cli", "worker"]
            command += ["--only", "planner", "--only", "sender"]
            self.workers.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))

    def kill_one(self) -> None:
        """Kill a worker without warning."""
        victim = random.choice(self.workers)
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        self.kills += 1

    def end(self) -> None:
        """Let all workers finish what they are at."""
        for worker in self.workers:
            worker.send_signal(signal.SIGTERM)
        for worker in self.workers:
            worker.wait(60)
        self.workers = []


def main() -> None:
    """Run the arena and print its result as one line of JSON."""
    start.configure()
    from django.conf import settings

    server = _server()
    try:
        database.rebuild_if_outdated()
        start.set_up()
        database.apply_migrations()
        sys.stdout.write(f"{json.dumps(_run())}\n")
    finally:
        server.stop()
        shutil.rmtree(settings.INSTANCE_FOLDER, ignore_errors=True)


def _run() -> dict[str, object]:
    from tests.chaos.sink import Sink
    from warmbench.core import clock

    clock.shift(OPENING - clock.now())
    sink = Sink(seconds_per_mail=0.01)
    sink.start()
    _people(sink.port)
    crowd = Crowd()
    restarts = _chaos(crowd)
    # In peace: what was deferred comes back after its wait, the dead workers' leases end.
    for _ in range(8):
        clock.shift(timedelta(minutes=20))
        _sweep()
        crowd.keep()
        _wait_until_quiet()
        crowd.end()
    return _report(sink, kills=crowd.kills, restarts=restarts)


def _people(port: int) -> None:
    from bench import world
    from tests import make
    from warmbench.core import sql
    from warmbench.messaging.models import Sender
    from warmbench.nurture.models import Step

    world.tags()
    world.team(4)
    Sender.objects.update(host="127.0.0.1", port=port)
    world.people(MESSAGES)
    _letters()
    version = make.sequence(Step.Kind.MESSAGE)
    sql.run(
        """
        INSERT INTO enrollment (
            candidate_id, sequence_id, version_id, round, state, position, cycle, next_step_at,
            last_step, waiting_for, exit_reason, started_at
        )
        SELECT id, %(sequence)s, %(version)s, 0, 'active', 0, 0, %(now)s, false, '', '', %(now)s
          FROM candidate
         WHERE id NOT IN (SELECT candidate_id FROM message)
        """,
        {"sequence": version.sequence_id, "version": version.pk, "now": OPENING},
    )


def _letters() -> None:
    from warmbench.messaging import personal
    from warmbench.messaging.models import Sender
    from warmbench.people.models import Candidate

    owners = list(Sender.objects.exclude(owner=None).values_list("owner_id", flat=True))
    for n, candidate_id in enumerate(Candidate.objects.values_list("pk", flat=True)[:PERSONAL]):
        letter = personal.Letter(
            candidate_id=candidate_id,
            by_id=owners[n % len(owners)] or 0,
            text="How about lunch on Friday?",
            subject="Lunch",
        )
        personal.send(letter, now=OPENING - timedelta(minutes=1))


def _chaos(crowd: Crowd) -> int:
    """Kill until it was enough, the database once among them. Returns its restarts."""
    from django.db import connection

    server = _server()
    restarts = 0
    began = time.monotonic()
    while crowd.kills < KILLS and time.monotonic() - began < LONGEST_ROUND:
        crowd.keep()
        time.sleep(random.uniform(0.2, 0.7))
        crowd.kill_one()
        if crowd.kills == KILLS // 2:
            connection.close()
            server.stop()
            server.ensure_running()
            restarts += 1
    crowd.keep()
    _wait_until_quiet()
    crowd.end()
    return restarts


def _server() -> "Server":
    from django.conf import settings

    assert settings.EMBEDDED_POSTGRES is not None, "The arena needs a server that it may stop."
    return settings.EMBEDDED_POSTGRES


def _wait_until_quiet() -> None:
    """Wait until nothing is due any more."""
    from warmbench.core import clock, sql

    began = time.monotonic()
    while time.monotonic() - began < LONGEST_ROUND:
        busy = sql.run(
            """
            SELECT (SELECT count(*) FROM enrollment
                     WHERE state = 'active' AND next_step_at <= %(now)s)
                 + (SELECT count(*) FROM message WHERE state = 'queued' AND not_before <= %(now)s)
            """,
            {"now": clock.now()},
        ).fetchone()
        if busy == (0,):
            return
        time.sleep(0.2)


def _sweep() -> None:
    from warmbench.core import clock
    from warmbench.messaging import settling

    while settling.sweep(now=clock.now()):
        pass


def _report(sink: "Sink", *, kills: int, restarts: int) -> dict[str, object]:
    from warmbench.core import sql
    from warmbench.messaging import invariants
    from warmbench.messaging.models import Message

    counted = sql.run("SELECT state, count(*) FROM message GROUP BY state")
    states: dict[str, int] = dict(counted.fetchall())
    ids: dict[str, set[str]] = {}
    for state, message_id in sql.run(
        "SELECT DISTINCT m.state, a.message_id_header FROM message m"
        " LEFT JOIN attempt a ON a.message_id = m.id"
    ):
        ids.setdefault(state, set()).add(message_id)
    unknown = sql.run(
        "SELECT a.text, count(*) FROM message m JOIN attempt a ON a.message_id = m.id"
        " WHERE m.state = 'unknown' AND a.outcome = 'unknown' GROUP BY a.text"
    ).fetchall()
    return {
        "kills": kills,
        "restarts": restarts,
        "states": states,
        "personal": Message.objects.filter(purpose=Message.Purpose.PERSONAL).count(),
        "taken": len(sink.taken),
        "duplicates": sum(1 for times in sink.taken.values() if times > 1),
        "sent_but_not_taken": len(ids.get("sent", set()) - set(sink.taken)),
        "taken_without_a_record": len(
            set(sink.taken) - ids.get("sent", set()) - ids.get("unknown", set())
        ),
        "unknown_reasons": dict(unknown),
        "unknown_that_arrived": len(ids.get("unknown", set()) & set(sink.taken)),
        "broken_promises": invariants.broken(),
        "unheard": len(sink.unheard),
        "unheard_but_not_unknown": len(sink.unheard - ids.get("unknown", set())),
    }


if __name__ == "__main__":
    main()
