"""How many due enrollments a planner runs a second: content, last gate and decisions included.

    python -m bench.planning --enrollments 1000000 --due 50000

Beside it, in the same run: the bare SQL that only advances dates and writes outbox rows, which
is the most that any planner of this database could do.
"""

import argparse
import time
from multiprocessing import get_context

from bench import scratch, world

_ENROLL = """
INSERT INTO enrollment (
    candidate_id, sequence_id, version_id, round, state, position, cycle, next_step_at,
    last_step, waiting_for, exit_reason, started_at
)
SELECT c.id, %(sequence)s, %(version)s, 0, 'active', 0, 0,
       CASE WHEN c.id %% %(every)s = 0 THEN %(now)s - interval '1 minute'
            ELSE %(now)s + make_interval(hours => (c.id %% 700)::int + 1) END,
       false, '', '', %(now)s
  FROM candidate c
"""
#: What is left of planning when nobody asks anything: the limit.
_BARE = """
WITH due AS (
    SELECT id, candidate_id FROM enrollment
     WHERE state = 'active' AND next_step_at <= %(now)s
     ORDER BY next_step_at LIMIT %(batch)s FOR NO KEY UPDATE SKIP LOCKED
), moved AS (
    UPDATE enrollment e SET position = 1, next_step_at = %(now)s + interval '30 days'
      FROM due WHERE e.id = due.id RETURNING e.candidate_id
)
INSERT INTO message (candidate_id, channel, purpose, touch, occurrence, context, state, reason,
                     queued_at, not_before, valid_until, state_at, tries, address, template_id)
SELECT candidate_id, 'email', 'content', 'bare', 0, '{}', 'queued', '', %(now)s, %(now)s,
       %(now)s, %(now)s, 0, '', %(template)s FROM moved ON CONFLICT DO NOTHING
"""


def _content(pieces: int) -> tuple[int, int]:
    """A sequence of two content steps and some pieces for each specialty."""
    from warmbench.messaging import templates
    from warmbench.messaging.models import Template
    from warmbench.nurture.models import ContentPiece, Sequence
    from warmbench.people.models import Tag

    compiled = templates.compile(
        subject="News for {{ first_name }}",
        body="Hello {{ first_name }},\n\nthis is [news](https://example.com/news).\n\n"
        "{{ recruiter_first_name }}",
        look="letter",
    )
    template = Template.objects.create(
        digest=compiled.digest,
        look="letter",
        subject="News for {{ first_name }}",
        compiled=compiled.to_json(),
        required=list(compiled.required),
        created_at=world.NOW,
    )
    for topic in Tag.objects.filter(kind="specialty"):
        for n in range(pieces):
            piece = ContentPiece.objects.create(
                key=f"piece-{topic.pk}-{n}",
                kind="trends",
                title=f"Piece {n}",
                topic=topic,
                state="live",
                reviewed_on=world.NOW.date(),
            )
            piece.variants.create(label="A", subject=template.subject, template=template)
    sequence = Sequence.objects.create(key="bench", name="Bench", state="active")
    version = sequence.versions.create(number=1, created_at=world.NOW)
    for position in range(2):
        version.steps.create(
            position=position, key=f"s{position}", kind="content", wait_days=30,
            content_kind="trends",
        )  # fmt: skip
    return sequence.pk, version.pk


def _plan_until_done(batch: int) -> int:
    """Plan until nothing is due. Returns how many enrollments were run."""
    from django.db import connection

    from warmbench.nurture import planner

    connection.close()
    done = 0
    while count := planner.plan(now=world.NOW, batch=batch).total():
        done += count
    return done


def _child(batch: int) -> int:
    import django

    django.setup()
    return _plan_until_done(batch)


def _rate(planners: int, batch: int) -> float:
    began = time.perf_counter()
    if planners == 1:
        done = _plan_until_done(batch)
    else:
        with get_context("spawn").Pool(planners) as pool:
            pool.map(_warm, range(planners), chunksize=1)
            began = time.perf_counter()
            done = sum(pool.map(_child, [batch] * planners, chunksize=1))
    return done / (time.perf_counter() - began)


def _warm(_: int) -> None:
    import django

    django.setup()
    from warmbench.core import garbage
    from warmbench.nurture import planner

    planner.plan(now=world.NOW.replace(year=2020))
    garbage.collect_rarely()
    time.sleep(0.5)


def main() -> None:
    """Run the benchmark."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--enrollments", type=int, default=100_000)
    options.add_argument("--due", type=int, default=20_000, help="how many are due in each round")
    options.add_argument("--batch", type=int, default=1000)
    options = options.parse_args()

    scratch.prepare()
    from warmbench.core import sql
    from warmbench.messaging.models import Template

    world.tags()
    world.team(8)
    with scratch.timed(f"{options.enrollments:,} people"):
        world.people(options.enrollments)
    sequence, version = _content(12)
    with scratch.timed("enrolled"):
        sql.run(
            _ENROLL,
            {
                "sequence": sequence,
                "version": version,
                "every": max(options.enrollments // options.due, 1),
                "now": world.NOW,
            },
        )
        sql.run("VACUUM ANALYZE enrollment")

    rates = {}
    for planners in (1, 2, 3):
        sql.run(
            "UPDATE enrollment SET next_step_at = %(at)s, position = 0, cycle = cycle + 1"
            " WHERE id %% %(every)s = %(rest)s",
            {"at": world.NOW, "every": max(options.enrollments // options.due, 1),
             "rest": planners},
        )  # fmt: skip
        rates[planners] = _rate(planners, options.batch)
        print(f"{planners} planner(s): {rates[planners]:,.0f} enrollments/s")

    sql.run(
        "UPDATE enrollment SET next_step_at = %(at)s WHERE id %% %(every)s = 4",
        {"at": world.NOW, "every": max(options.enrollments // options.due, 1)},
    )
    template = Template.objects.first()
    began, done = time.perf_counter(), 0
    while count := sql.run(
        _BARE, {"now": world.NOW, "batch": options.batch, "template": template.pk}
    ).rowcount:
        done += count
    bare = done / (time.perf_counter() - began)
    print(f"bare advance (limit): {bare:,.0f} enrollments/s")
    print(f"ratio of one planner to the limit: {rates[1] / bare:.2f}")
    print(sql.run("SELECT verdict, count(*) FROM decision GROUP BY 1").fetchall())


if __name__ == "__main__":
    main()
