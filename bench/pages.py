"""How long the server takes for each page that a recruiter or an administrator can open, in a large
installation.

    python -m bench.pages --people 1000000

What everybody did stands in ``bench.pages_world``. The pages are found as a person finds them: by
following links, from Today and from those of one candidate, role, pool and sequence, one address of
each kind, besides the lists filtered and sorted in ways that cost. Each is asked for again and
again in this process, through everything that a request passes but the socket; the first time is
left out, as it fills caches. Beside it, in the same run: the page for signing in, which asks the
database nearly nothing.
"""

import argparse
import html
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from django.http.response import HttpResponseBase

from bench import pages_world, scratch

if TYPE_CHECKING:
    from django.test import Client

#: The goal: so many milliseconds of the server's time at the 95th percentile.
GOAL_MS = 200
#: Lists in orders and narrowed in ways that cost.
_BEGIN = (
    "/",
    "/candidates/?sort=-warmth",
    "/candidates/?sort=name",
    "/candidates/?q=last99",
    "/candidates/?q=employer+77",
    "/candidates/?warmth=60&owner=me",
    "/replies/?shelf=all",
    "/search/?q=last4711",
    "/search/?q=first12+emploer",
    "/replies/team/",
    "/warmth/",
    "/team/work/",
    "/visits/",
    "/off-limits/",
    "/live/",
)
_LINK = re.compile(r'(?:href|hx-get|data-live|data-drawer)="([^"#]+)')
#: What answers with a file, or ends the session.
_NOT_PAGES = ("/sign-out", "/static/", "/c/", "/u/", "/p/", "/me/", "/api/", "/account")


def main() -> None:
    """Make the installation, and time every page of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--keep", action="store_true", help="use what was made last time")
    given = parser.parse_args()
    if given.keep:
        scratch.begin()
    else:
        scratch.prepare()
        with scratch.timed(f"made {given.people:,} people and what they did"):
            pages_world.make(given.people)
    _measure(given.times)


def _measure(times: int) -> None:
    from django.conf import settings
    from django.test import Client

    from warmbench.accounts.models import Role, User
    from warmbench.core import sql

    settings.ALLOWED_HOSTS = ["testserver"]
    # What other processes take would count for nothing, but what these two take must be seen.
    sql.run("SET max_parallel_workers_per_gather = 0")
    user = User.objects.earliest("pk")
    client = Client()
    client.force_login(user)
    User.objects.filter(pk=user.pk).update(role=Role.ADMIN)
    raw = _times(Client(), "/sign-in/", times)
    print(f"signing in, which asks nothing: {raw.median:.1f} ms")
    slow, pages = 0, sorted(set(_pages(client)))
    _count_beside()
    for page in pages:
        taken = _times(client, page, times)
        slow += taken.p95 > GOAL_MS
        mark = "  <-- over" if taken.p95 > GOAL_MS else ""
        numbers = f"{taken.median:8.1f} {taken.p95:8.1f} {taken.processor:8.1f}"
        print(f"{numbers} {taken.median / raw.median:6.1f}  {page}{mark}", flush=True)
    print(f"ms: median, p95, processor; times the raw page; {slow} pages over {GOAL_MS} ms")


def _count_beside() -> None:
    """Do what pages gave to a worker while they were looked for: it is seconds late at most."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    from warmbench.core import clock, tallies

    for job in ProcrastinateJob.objects.filter(task_name="core.count", status="todo"):
        tallies.count(job.args["name"], *job.args["words"], now=clock.now())


def _pages(client: "Client") -> Iterator[str]:
    """Addresses of each kind, as links lead to them from page to page."""
    waiting, known = list(_BEGIN), set(map(_kind, _BEGIN))
    while waiting:
        page = waiting.pop(0)
        answer = client.get(page)
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        if answer.status_code != 200 or kind not in {"text/html", "application/json"}:
            continue
        yield page
        for link in _LINK.findall(answer.content.decode()):
            to = urljoin(page, html.unescape(link))
            parts = urlsplit(to)
            if parts.netloc or parts.path.startswith(_NOT_PAGES) or _kind(to) in known:
                continue
            known.add(_kind(to))
            waiting.append(to)


def _kind(page: str) -> str:
    """What addresses of the same page have in common."""
    parts = urlsplit(page)
    names = sorted(part.split("=")[0] for part in parts.query.split("&"))
    return re.sub(r"\d+", "n", parts.path) + "?" + "&".join(names)


@dataclass(frozen=True)
class _Times:
    """Milliseconds by the clock, and in the median of the processors: of this process and of the
    one of PostgreSQL that answers it."""

    median: float
    p95: float
    processor: float


def _times(client: "Client", page: str, times: int) -> _Times:
    """So many times, without the first."""
    clock, processor = [], []
    for _ in range(times + 1):
        began, worked = time.perf_counter(), _worked()
        answer: HttpResponseBase = client.get(page)
        if not answer.streaming:
            len(answer.content)  # type: ignore[attr-defined]
        clock.append((time.perf_counter() - began) * 1000)
        processor.append((_worked() - worked) * 1000)
    clock = sorted(clock[1:])
    p95 = clock[min(len(clock) - 1, int(len(clock) * 0.95))]
    return _Times(statistics.median(clock), p95, statistics.median(processor[1:]))


def _worked() -> float:
    """Seconds of the processors so far, as Linux counts them."""
    from django.db import connection

    schedule = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return time.process_time() + int(schedule.read_text().split()[0]) / 1e9


if __name__ == "__main__":
    main()
