"""How long the server takes for each page that a recruiter or an administrator can open, in a large
installation.

    python -m bench.pages --people 1000000

Ten signals and four messages for everybody on average, of which a third has never given a sign; a
follow-up for one in ten, open for one in fifty; a reply of one in twenty. The pages are found as a
person finds them: by following links, from Today and from those of one candidate, role, pool and
sequence, one address of each kind, besides the lists filtered and sorted in ways that cost. Each
is asked for again and again in this process, through everything that a request passes but the
socket; the first time is left out, as it fills caches. Beside it, in the same run: the page for
signing in, which asks the database nearly nothing.
"""

import argparse
import html
import re
import statistics
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from django.http.response import HttpResponseBase

from bench import scratch, world

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
)
_LINK = re.compile(r'(?:href|hx-get)="([^"#]+)')
#: What answers with a file, or ends the session.
_NOT_PAGES = ("/sign-out", "/static/", "/c/", "/u/", "/p/", "/me/", "/api/", "/account")

_SIGNALS = """
INSERT INTO signal (candidate_id, kind, grade, at, message_id, topic, key, times)
SELECT c.id,
       CASE n %% 10 WHEN 0 THEN 'replied' WHEN 1 THEN 'preferences_updated' ELSE 'clicked' END,
       CASE WHEN n %% 10 < 2 THEN 'certain' ELSE 'likely' END,
       %(now)s - ((c.id * 7 + n * 53) %% 700) * interval '1 day', NULL, 'A topic',
       'bench:' || n, 1
  FROM candidate c CROSS JOIN generate_series(1, 15) n
 WHERE c.id %% 3 > 0 AND c.id BETWEEN %(first)s AND %(last)s
"""
_WARMTH = """
INSERT INTO warmth (candidate_id, points, as_of, rank, policy)
SELECT candidate_id, points, %(now)s,
       ln(points) / ln(2::float8) + extract(epoch FROM %(now)s)::float8 / 2592000, 1
  FROM (
      SELECT candidate_id, sum(20 * power(2::float8,
                 -extract(epoch FROM %(now)s - at)::float8 / 2592000)) AS points
        FROM signal GROUP BY candidate_id
  ) counted
"""
_MESSAGES = """
INSERT INTO message (
    candidate_id, channel, purpose, touch, occurrence, sender_id, sequence_id, sequence_version,
    template_id, context, state, reason, queued_at, valid_until, state_at, handed_at, tries, address
)
SELECT c.id, 'email', 'content', 'arc/step-' || n, 0, s.id, %(sequence)s, 1, %(template)s,
       jsonb_build_object('first_name', c.first_name), 'sent', '', at, at, at, at, 1,
       'c' || c.external_id || '@example.com'
  FROM candidate c JOIN sender s ON s.owner_id = c.owner_id
  CROSS JOIN generate_series(0, 3) n
  CROSS JOIN LATERAL (
      SELECT %(now)s - interval '300 days' + n * interval '90 days'
             + (c.id %% 90) * interval '1 day'
  ) t (at)
"""
_DECISIONS = """
INSERT INTO decision (candidate_id, message_id, touch, stage, verdict, reason, at, policy)
SELECT candidate_id, id, touch, 'planning', 'allow', '', queued_at, 1 FROM message
"""
_ENROLLMENTS = """
INSERT INTO enrollment (
    version_id, sequence_id, candidate_id, round, state, position, cycle, next_step_at, skips,
    last_step, waiting_for, exit_reason, started_at
)
SELECT %(version)s, %(sequence)s, id, 0, 'active', 0, 0,
       %(now)s + (id %% 30) * interval '1 day', '{}', false, '', '', %(now)s - interval '300 days'
  FROM candidate WHERE id %% 2 = 0
"""
_FOLLOW_UPS = """
INSERT INTO follow_up (
    candidate_id, reason, owner_id, state, value, evidence, asked_at, due_at, outcome, note,
    done_at, done_by_id
)
SELECT id, (ARRAY['replied', 'high_interest', 'clicked', 'moved', 'call'])[1 + id %% 5], owner_id,
       CASE WHEN id %% 50 = 0 THEN 'open' ELSE 'done' END, 20 + id %% 60,
       jsonb_build_array(jsonb_build_object(
           'at', %(now)s - interval '1 day', 'text', 'Clicked a link', 'signal', NULL)),
       %(now)s - (id %% 400) * interval '1 day',
       %(now)s + (id %% 9 - 4) * interval '1 day',
       CASE WHEN id %% 50 = 0 THEN '' ELSE 'reached' END, '',
       CASE WHEN id %% 50 = 0 THEN NULL ELSE %(now)s - (id %% 400) * interval '1 day' END,
       CASE WHEN id %% 50 = 0 THEN NULL ELSE owner_id END
  FROM candidate WHERE id %% 10 = 0
"""
_REPLIES = """
INSERT INTO inbound_mail (
    channel, source, digest, raw, envelope_to, envelope_from, received_at, state, problem, kind,
    sender, subject, new_text, candidate_id, message_id, match, intent, confidence, rules,
    corrected_intent, tries
)
SELECT 'email', 'bench', md5(id::text), 'Subject: Re'::bytea, '', '',
       %(now)s - (id %% 300) * interval '1 day',
       CASE WHEN id %% 1000 = 0 THEN 'open' ELSE 'done' END, '', 'reply', 'c@example.com',
       'Re: News', 'Thank you, tell me more.', candidate_id, id, 'token', 'interested', 0.9, '{}',
       '', 0
  FROM message WHERE touch = 'arc/step-3' AND candidate_id %% 20 = 0
"""


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
            _make(given.people)
    _measure(given.times)


def _make(people: int) -> None:
    from warmbench.core import clock, sql
    from warmbench.messaging.models import Template
    from warmbench.nurture import pools, shipped, snippets
    from warmbench.nurture.models import Pool, SequenceVersion
    from warmbench.people import tag_tree
    from warmbench.people.models import Tag
    from warmbench.sourcing import matching
    from warmbench.sourcing.models import Role

    now = clock.now()
    tag_tree.load_default(now=now)
    shipped.give_sequences(now=now)
    snippets.load(snippets.SHIPPED, now=now)
    world.team(20)
    world.people(people)
    version = SequenceVersion.objects.filter(steps__template__isnull=False).earliest("pk")
    skills = list(Tag.objects.filter(kind="skill").order_by("pk"))
    for n in range(200):
        role = Role.objects.create(
            title=f"Role {n}",
            company=f"Client {n % 40}",
            state="open",
            state_at=now,
            created_at=now,
            changed_at=now,
        )
        for skill in {skills[(n * 7 + k * 31) % len(skills)] for k in range(5)}:
            role.skills.create(tag=skill)
    Pool.objects.create(name="Everybody", entry_rule="status = passive", created_at=now)
    Pool.objects.create(name="Finalists", entry_rule="stage = final", created_at=now)
    values: dict[str, object] = {
        "now": now,
        "sequence": version.sequence_id,
        "version": version.pk,
        "template": Template.objects.earliest("pk").pk,
    }
    # Messages begin queued, and so on: here all of it is long over.
    sql.run("SET session_replication_role = replica")
    for first in range(1, people + 1, 100_000):
        sql.run(_SIGNALS, values | {"first": first, "last": first + 99_999})
    for query in (_WARMTH, _MESSAGES, _DECISIONS, _ENROLLMENTS, _FOLLOW_UPS, _REPLIES):
        sql.run(query, values)
    sql.run("SET session_replication_role = origin")
    pools.recount(now=now)
    matching.recount(now=now)
    sql.run("VACUUM ANALYZE")


def _measure(times: int) -> None:
    from django.conf import settings
    from django.test import Client

    from warmbench.accounts.models import Role, User

    settings.ALLOWED_HOSTS = ["testserver"]
    user = User.objects.earliest("pk")
    client = Client()
    client.force_login(user)
    User.objects.filter(pk=user.pk).update(role=Role.ADMIN)
    raw = statistics.median(_taken(Client(), "/sign-in/", times))
    print(f"signing in, which asks nothing: {raw:.1f} ms")
    slow = 0
    for page in sorted(set(_pages(client))):
        taken = sorted(_taken(client, page, times))
        p95 = taken[min(len(taken) - 1, int(len(taken) * 0.95))]
        slow += p95 > GOAL_MS
        mark = "  <-- over" if p95 > GOAL_MS else ""
        print(
            f"{statistics.median(taken):8.1f} {p95:8.1f} {p95 / raw:6.1f}  {page}{mark}", flush=True
        )
    print(f"median ms, p95 ms, times the raw page; {slow} pages over {GOAL_MS} ms")


def _pages(client: "Client") -> Iterator[str]:
    """Addresses of each kind, as links lead to them from page to page."""
    waiting, known = list(_BEGIN), set(map(_kind, _BEGIN))
    while waiting:
        page = waiting.pop(0)
        answer = client.get(page)
        if answer.status_code != 200 or "text/html" not in answer.headers["Content-Type"]:
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


def _taken(client: "Client", page: str, times: int) -> list[float]:
    """So many times in milliseconds, without the first."""
    taken = []
    for _ in range(times + 1):
        began = time.perf_counter()
        answer: HttpResponseBase = client.get(page)
        if not answer.streaming:
            len(answer.content)  # type: ignore[attr-defined]
        taken.append((time.perf_counter() - began) * 1000)
    return taken[1:]


if __name__ == "__main__":
    main()
