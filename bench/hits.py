"""How many clicks in mails are stored a second, each before its reader is sent on, and how fast.

    python -m bench.hits --requests 60000

The real server, its processes and threads as they are by default, on loopback; mails with three
links each, one of them made of the reader's own fields. A client in another process asks over
connections that stay open: as fast as answers come, and then at a steady rate, where each request
is timed from the moment it was due. Beside it, in the same run: the same server answering a
constant, and links that nobody signed, which ask no database. Then every row is counted.
"""

import argparse
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bench import mail_log, scratch, world
from bench.http_load import Load, load, processor_seconds

_LINKS = 3
_BODY = """Hello {{ first_name }},

one [trend](https://example.com/trends), one [salary report](https://example.com/pay?for=2026), and
what is [near you](https://example.com/near?city={{ city | default: "here" }}).
"""
_AGENTS = (
    mail_log.CHROME_WINDOWS.format(142),
    mail_log.IPHONE.format(18, 18),
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
)
_SENT = """
INSERT INTO message (candidate_id, channel, purpose, touch, occurrence, sender_id, template_id,
                     context, state, reason, queued_at, not_before, valid_until, state_at, tries,
                     address)
SELECT c.id, 'email', 'content', 'bench', 0, s.id, %(template)s,
       jsonb_build_object('first_name', c.first_name, 'city', c.city), 'queued', '', %(now)s,
       %(now)s, %(now)s + interval '3 days', %(now)s, 0, 'c' || c.external_id || '@example.com'
  FROM candidate c JOIN sender s ON s.owner_id = c.owner_id
 ORDER BY c.id LIMIT %(count)s
"""
_ON = "UPDATE message SET state = 'sending', not_before = NULL, handed_at = %(now)s"
_ARRIVED = "UPDATE message SET state = 'sent'"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _server(command: Sequence[str], port: int) -> Iterator[int]:
    """A server that has answered; its process."""
    # It would write a line for each link that leads nowhere.
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        # Each process has to have been asked once: the first request loads the code.
        load(port, [_request("/c/warm-up", 0)] * 400, connections=16)
        yield server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def _request(path: str, number: int) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {_AGENTS[number % 3]}\r\n"
        "Accept: text/html\r\nAccept-Language: de,en;q=0.8\r\nAccept-Encoding: gzip\r\n\r\n"
    ).encode()


def _mails(count: int) -> list[int]:
    """So many mails that reached their readers a day ago."""
    from warmbench.core import sql
    from warmbench.messaging import templates
    from warmbench.messaging.models import Message, Template

    world.tags()
    world.team(10)
    world.people(count)
    compiled = templates.compile(subject="News", body=_BODY, look="article")
    template = Template.objects.create(
        digest=compiled.digest,
        compiled=compiled.to_json(),
        look="article",
        subject="News",
        body=_BODY,
        created_at=world.NOW,
    )
    sql.run(_SENT, {"now": world.NOW, "count": count, "template": template.pk})
    sql.run(_ON, {"now": world.NOW})
    sql.run(_ARRIVED)
    sql.run("VACUUM ANALYZE")
    return list(Message.objects.values_list("pk", flat=True))


def _tell(what: str, run: Load, server: float, database: float) -> None:
    print(
        f"{what:<34}{run.rate:>8,.0f}/s  p50 {run.quantile(0.5):>6.2f} ms"
        f"  p99 {run.quantile(0.99):>6.2f} ms  longest {run.quantile(1):>6.1f} ms"
        f"  cores: client {run.worked / run.seconds:.2f}, server {server / run.seconds:.2f},"
        f" database {database / run.seconds:.2f}  {dict(run.statuses)}"
    )


def _measured(
    what: str,
    port: int,
    requests: Sequence[bytes],
    server: int,
    *,
    connections: int,
    rate: float | None = None,
) -> Load:
    database = _database()
    before = processor_seconds(server), processor_seconds(database)
    run = load(port, requests, connections=connections, rate=rate)
    after = processor_seconds(server), processor_seconds(database)
    _tell(what, run, after[0] - before[0], after[1] - before[1])
    return run


def _database() -> int:
    from django.conf import settings

    lines = (settings.EMBEDDED_POSTGRES.cluster / "postmaster.pid").read_text().split("\n")
    return int(lines[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=60_000)
    parser.add_argument("--mails", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--rate", type=float, default=1000.0)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    scratch.prepare()
    from django.conf import settings

    from warmbench.core import tokens
    from warmbench.core.tokens import Purpose
    from warmbench.signals.models import Hit

    ids = _mails(asked.mails)
    chance = random.Random(6)
    paths = [
        f"/c/{tokens.sign(Purpose.CLICK, chance.choice(ids), chance.randrange(_LINKS))}"
        for _ in range(asked.requests)
    ]
    real = [_request(path, number) for number, path in enumerate(paths)]
    forged = [_request(f"{path[:-4]}AAAA", number) for number, path in enumerate(paths)]
    steady = real[: int(asked.rate * 10)]
    port = _free_port()
    size = [str(settings.WEB_WORKERS), str(settings.WEB_THREADS)]
    raw = [sys.executable, "-m", "bench.http_constant", str(port), *size]
    with _server(raw, port) as server:
        limit = max(
            _measured("a constant (limit)", port, real, server, connections=asked.connections).rate
            for _ in range(asked.rounds)
        )
    web = [sys.executable, "-m", "warmbench.cli", "web", "--port", str(port)]
    with _server(web, port) as server:
        _measured(
            "a link that nobody signed",
            port,
            forged[: asked.requests // 5],
            server,
            connections=asked.connections,
        )
        rates = [
            _measured("a click, stored", port, real, server, connections=asked.connections).rate
            for _ in range(asked.rounds)
        ]
        _measured(
            f"a click, {asked.rate:.0f} a second",
            port,
            steady,
            server,
            connections=asked.connections,
            rate=asked.rate,
        )
    print(f"ratio to the limit: {max(rates) / limit:.2f}")
    wanted = asked.rounds * len(real) + len(steady)
    stored = Hit.objects.count()
    print(f"rows stored: {stored:,} of {wanted:,}")
    if stored != wanted:
        raise SystemExit("A click was lost, or counted twice.")


if __name__ == "__main__":
    main()
