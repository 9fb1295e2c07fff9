"""How long a mail program waits for its one-click unsubscribe (RFC 8058), at a steady rate.

    python -m bench.one_click --requests 3000 --rate 50

The real server, its processes and threads as they are by default, on loopback; a new connection
for each request, as mail providers make them. Requests leave when they are due, however long the
ones before them take, and each is timed from the moment it was due. Beside it, in the same run:
the same requests with tokens that nobody signed, which are refused before any question to the
database, and how many real ones a second go through when nobody waits for a rate.
"""

import argparse
import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from bench import scratch, world

_CLIENTS = 48
_HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}
_BODY = "List-Unsubscribe=One-Click"
#: One mail each, that reached its reader a day ago.
_SENT = """
WITH made AS (
    INSERT INTO message (candidate_id, channel, purpose, touch, occurrence, sender_id, context,
                         state, reason, queued_at, not_before, valid_until, state_at, tries,
                         address)
    SELECT c.id, 'email', 'content', 'bench', 0, s.id, '{}', 'queued', '', %(now)s, %(now)s,
           %(now)s + interval '3 days', %(now)s, 0, 'c' || c.external_id || '@example.com'
      FROM candidate c JOIN sender s ON s.owner_id = c.owner_id
     ORDER BY c.id LIMIT %(count)s
    RETURNING id
)
SELECT count(*) FROM made
"""
_ON = """
UPDATE message SET state = 'sending', not_before = NULL, handed_at = %(now)s;
"""
_ARRIVED = "UPDATE message SET state = 'sent'"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _server(port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "warmbench.cli", "web", "--port", str(port)]
    server = subprocess.Popen(
        command, env={**os.environ, "WARMBENCH_LOG_LEVEL": "ERROR"}, cwd=Path.cwd()
    )
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        # Each process has to have been asked once: the first request loads the code.
        for _ in range(40):
            _post(port, "/u/warm-up")
        yield
    finally:
        server.terminate()
        server.wait(20)


def _post(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", path, _BODY, _HEADERS)
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


def _at_a_rate(paths: Sequence[str], rate: float, post: Callable[[str], int]) -> list[float]:
    """How long each request took, in milliseconds, counted from when it was due."""
    begun = time.perf_counter() + 0.2

    def ask(number: int) -> tuple[int, float]:
        due = begun + number / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        status = post(paths[number])
        return status, (time.perf_counter() - due) * 1000

    with ThreadPoolExecutor(_CLIENTS) as clients:
        answers = list(clients.map(ask, range(len(paths))))
    statuses = {status for status, _ in answers}
    print(f"  answers: {statuses}")
    return [taken for _, taken in answers]


def _tell(what: str, taken: Sequence[float]) -> None:
    cuts = statistics.quantiles(taken, n=100)
    print(
        f"{what}: p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms, p99 {cuts[98]:.1f} ms,"
        f" longest {max(taken):.1f} ms, {sum(one > 300 for one in taken)} over 300 ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=3000)
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--candidates", type=int, default=50_000)
    asked = parser.parse_args()
    scratch.prepare()
    from warmbench.core import sql, tokens
    from warmbench.core.tokens import Purpose
    from warmbench.messaging.models import Message
    from warmbench.people.models import Suppression

    world.tags()
    world.team(10)
    # Those of the last round, in which nobody waits, have to be new as well.
    count = 2 * asked.requests
    world.people(max(asked.candidates, count))
    values = {"now": world.NOW, "count": count}
    sql.run(_SENT, values)
    sql.run(_ON, {"now": world.NOW})
    sql.run(_ARRIVED)
    sql.run("ANALYZE")
    ids = Message.objects.order_by("pk").values_list("candidate_id", "pk")
    real = [f"/u/{tokens.sign(Purpose.UNSUBSCRIBE, *pair)}" for pair in ids]
    paced, rushed = real[: asked.requests], real[asked.requests :]
    forged = [f"{path[:-4]}AAAA" for path in paced]
    port = _free_port()
    with _server(port):

        def post(path: str) -> int:
            return _post(port, path)

        _tell("refused", _at_a_rate(forged, asked.rate, post))
        _tell(f"one click, {asked.rate:.0f} a second", _at_a_rate(paced, asked.rate, post))
        _tell("again", _at_a_rate(paced, asked.rate, post))
        began = time.perf_counter()
        with ThreadPoolExecutor(8) as clients:
            list(clients.map(post, rushed))
        print(f"without a rate: {len(rushed) / (time.perf_counter() - began):.0f} a second")
    stopped = Suppression.objects.filter(reason=Suppression.Reason.UNSUBSCRIBED).count()
    print(f"stops on record: {stopped:,} of {count:,} people who asked for one")
    if stopped != count:
        raise SystemExit("Somebody's wish was lost, or counted twice.")


if __name__ == "__main__":
    main()
