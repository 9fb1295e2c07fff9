"""How long the page about the library's health takes, with a million messages.

    python -m bench.content_health --people 100000

Everybody has ten messages of the last year, six of them with content, and an enrollment. Of the
messages, one in twenty is clicked and one in a hundred answered. One decision in fifty says that
nothing in the library was for the person.
"""

import argparse

from bench import scratch, world
from bench.world import NOW

_MESSAGES = """
INSERT INTO message (
    candidate_id, channel, purpose, touch, occurrence, sequence_id, sequence_version, context,
    state, reason, queued_at, valid_until, state_at, handed_at, tries, address
)
SELECT c.id, 'email', 'content', 'arc/step-' || n, 0, %(sequence)s, 1,
       jsonb_build_object('first_name', c.first_name, 'employer', c.employer, 'city', c.city,
                          'specialty', 'Specialty', 'recruiter_name', repeat('name ', 10)),
       'sent', '', at, at, at, at, 1, 'c@example.com'
  FROM candidate c CROSS JOIN generate_series(0, 9) n
  CROSS JOIN LATERAL (
      SELECT %(now)s::timestamptz - interval '300 days' + n * interval '30 days'
  ) t (at)
"""
_USES = """
INSERT INTO content_use (candidate_id, piece_id, message_id, at)
SELECT candidate_id,
       ids[1 + (candidate_id * 7 + split_part(touch, '-', 2)::int) %% array_length(ids, 1)],
       id, queued_at
  FROM message, (SELECT array_agg(id ORDER BY id) AS ids FROM content_piece) p
 WHERE split_part(touch, '-', 2)::int < 6
    ON CONFLICT DO NOTHING
"""
_SIGNALS = """
INSERT INTO signal (candidate_id, kind, grade, at, message_id, topic, key)
SELECT candidate_id, CASE WHEN id %% 100 = 0 THEN 'replied' ELSE 'clicked' END, 'likely',
       queued_at + interval '1 hour', id, 'Something', 'click:' || id
  FROM message WHERE id %% 20 = 0
"""
_DECISIONS = """
INSERT INTO decision (candidate_id, message_id, touch, stage, verdict, reason, at, policy)
SELECT candidate_id, id, touch, 'planning', CASE WHEN id %% 50 = 0 THEN 'refuse' ELSE 'allow' END,
       CASE WHEN id %% 50 = 0 THEN 'no_content' ELSE '' END, queued_at, 1
  FROM message
"""
_ENROLLMENTS = """
INSERT INTO enrollment (
    version_id, sequence_id, candidate_id, round, state, position, cycle, next_step_at, skips,
    last_step, waiting_for, exit_reason, started_at
)
SELECT %(version)s, %(sequence)s, id, 0, 'active', 0, 0, %(now)s, '{}', false, '', '',
       %(now)s::timestamptz - interval '300 days'
  FROM candidate
"""


def main() -> None:
    """Make the world, and time each part of the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=100_000)
    people = parser.parse_args().people
    scratch.prepare()
    _make(people)
    from warmbench.nurture import drop, health

    for name, action in (
        ("performance", lambda: health.performance(now=NOW)),
        ("drop", lambda: drop.explain(since=NOW - health.LOOK_BACK)),
        ("gaps", lambda: health.gaps(now=NOW)),
        ("stale", lambda: list(health.stale(today=NOW.date()))),
    ):
        print(f"{name}: {scratch.median_ms(action, 3):,.0f} ms")
    found = drop.explain(since=NOW - health.LOOK_BACK)
    print([month.clicks.of for month in found.months], found.sentence)
    print("gaps:", len(health.gaps(now=NOW)))


def _make(people: int) -> None:
    from warmbench.core import sql
    from warmbench.nurture.models import ContentPiece, Sequence, SequenceVersion, Step
    from warmbench.people.models import Tag

    world.tags()
    world.team(10)
    world.people(people)
    sequence = Sequence.objects.create(key="arc", name="Arc", state="active")
    version = SequenceVersion.objects.create(sequence=sequence, number=1, created_at=NOW)
    for n in range(10):
        Step.objects.create(
            version=version,
            position=n,
            key=f"step-{n}",
            kind="content",
            wait_days=30,
            content_kind="trends",
        )
    specialties = list(Tag.objects.filter(kind="specialty"))
    ContentPiece.objects.bulk_create(
        ContentPiece(
            key=f"piece-{n}",
            kind=ContentPiece.Kind.values[n % 4],
            title=f"Piece {n}",
            topic=specialties[n % 18],
            state="live",
            reviewed_on=NOW.date(),
        )
        for n in range(120)
    )
    values = {"now": NOW, "sequence": sequence.pk, "version": version.pk}
    # A message begins queued: here it has been sent long ago.
    sql.run("SET session_replication_role = replica")
    for query in (_MESSAGES, _USES, _SIGNALS, _DECISIONS, _ENROLLMENTS):
        print(f"{sql.run(query, values).rowcount:,} rows")
    sql.run("SET session_replication_role = origin")
    sql.run("VACUUM ANALYZE")


if __name__ == "__main__":
    main()
