"""A large installation for ``bench.pages``: everybody with what they did and what was sent to them.

Ten signals and four messages for everybody on average, of which a third has never given a sign; a
follow-up for one in ten, open for one in fifty; a reply of one in twenty; a visit for each person.
"""

import json
from datetime import datetime, timedelta

from bench import world

# At days that have nothing to do with whose people they are: owners come in turn.
_SIGNALS = """
INSERT INTO signal (candidate_id, kind, grade, at, message_id, topic, key, times)
SELECT c.id,
       CASE n %% 10 WHEN 0 THEN 'replied' WHEN 1 THEN 'preferences_updated' ELSE 'clicked' END,
       CASE WHEN n %% 10 < 2 THEN 'certain' ELSE 'likely' END,
       %(now)s - (hashint8(c.id * 16 + n) + 2147483648.0) / 4294967296.0 * interval '700 days',
       NULL, 'A topic',
       'bench:' || n, 1
  FROM candidate c CROSS JOIN generate_series(1, 15) n
 WHERE c.id %% 3 > 0 AND c.id BETWEEN %(first)s AND %(last)s
"""
_WARMTH = """
INSERT INTO warmth (candidate_id, points, as_of, rank, policy)
SELECT candidate_id, points, %(now)s,
       extract(epoch FROM %(now)s)::float8 + ln(points) / ln(2::float8) * %(half_life)s::float8,
       %(policy)s
  FROM (
      SELECT candidate_id,
             sum((%(weights)s::jsonb ->> kind)::float8
                 * CASE grade WHEN 'certain' THEN 1 ELSE 0.75 END
                 * power(2::float8, -extract(epoch FROM %(now)s - at)::float8
                                    / %(half_life)s::float8)) AS points
        FROM signal WHERE (%(weights)s::jsonb ->> kind)::float8 > 0 GROUP BY candidate_id
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
# Owners come in turn, by twenty: a follow-up for as many of each one's people.
_FOLLOW_UPS = """
INSERT INTO follow_up (
    candidate_id, reason, owner_id, state, value, evidence, asked_at, due_at, outcome, note,
    done_at, done_by_id
)
SELECT id, (ARRAY['replied', 'high_interest', 'clicked', 'moved', 'call'])[1 + id %% 5], owner_id,
       CASE WHEN is_open THEN 'open' ELSE 'done' END, 20 + (id / 20) %% 60,
       jsonb_build_array(jsonb_build_object(
           'at', %(now)s - interval '1 day', 'text', 'Clicked a link', 'signal', NULL)),
       %(now)s - (id %% CASE WHEN is_open THEN 9 ELSE 400 END) * interval '1 day',
       %(now)s + ((id / 20) %% 9 - 4) * interval '1 day',
       CASE WHEN is_open THEN '' ELSE 'reached' END, '',
       CASE WHEN is_open THEN NULL ELSE %(now)s - (id %% 400) * interval '1 day' END,
       CASE WHEN is_open THEN NULL ELSE owner_id END
  FROM candidate CROSS JOIN LATERAL (SELECT (id + id / 20) %% 50 = 0) AS f (is_open)
 WHERE (id + id / 20) %% 10 = 0
"""
_THREADS = """
INSERT INTO thread (channel, subject, last_at, waiting_since, waited_since, answer_id, candidate_id)
SELECT 'email', 'News', at, CASE WHEN id %% 500 = 0 THEN at END,
       CASE WHEN id %% 500 > 0 THEN at END, NULL, id
  FROM candidate
  CROSS JOIN LATERAL (SELECT %(now)s - (id / 20 %% 300) * interval '1 day') AS t (at)
 WHERE id %% 20 = 0
"""
_REPLIES = """
INSERT INTO inbound_mail (
    channel, source, digest, raw, envelope_to, envelope_from, received_at, state, problem, kind,
    sender, subject, new_text, candidate_id, message_id, match, intent, confidence, rules,
    corrected_intent, tries, thread_id
)
SELECT 'email', 'bench', md5(m.id::text), 'Subject: Re'::bytea, '', '', t.last_at,
       CASE WHEN m.candidate_id %% 1000 = 0 THEN 'open' ELSE 'done' END, '', 'reply',
       'c@example.com', 'Re: News', 'Thank you, tell me more.', m.candidate_id, m.id, 'token',
       'interested', 0.9, '{}', '', 0, t.id
  FROM message m JOIN thread t USING (candidate_id)
 WHERE m.touch = 'arc/step-3'
"""
# Those of the last minutes are not judged yet.
_HITS = """
INSERT INTO hit (
    candidate_id, message_id, kind, link, method, at, agent, network, has_language, system, flags,
    verdict, score, rules, policy, judged_at, said
)
SELECT m.candidate_id, m.id, CASE WHEN m.id %% 12 = 0 THEN 'open' ELSE 'click' END, m.id %% 3,
       'GET', seen.at, to_hex(m.id %% 5000),
       '203.' || m.id / 4 %% 200 || '.' || m.id %% 97 || '.0/24',
       m.id %% 7 > 0, (ARRAY['windows', 'mac', 'ios', 'android', ''])[1 + m.id %% 5], '{}',
       CASE WHEN m.id %% 4000 > 0 THEN
           (ARRAY['human', 'human', 'likely', 'machine', 'unsure'])[1 + m.id / 4 %% 5]
       ELSE '' END,
       CASE WHEN m.id %% 4000 > 0 THEN 0.2 * (m.id / 4 %% 5) END,
       CASE WHEN m.id / 4 %% 5 = 3 THEN ARRAY['too_soon', 'all_links'] ELSE '{}'::text[] END, 1,
       CASE WHEN m.id %% 4000 > 0 THEN seen.at + interval '1 hour' END,
       CASE WHEN m.id %% 2000 = 4 THEN 'human' ELSE '' END
  FROM message m
  CROSS JOIN LATERAL (
      SELECT CASE WHEN m.id %% 4000 = 0 THEN %(now)s - m.id %% 900 * interval '1 second'
                  ELSE least(m.handed_at + m.id %% 5000 * interval '1 minute', %(now)s) END
  ) AS seen (at)
 WHERE m.id %% 4 = 0
"""
_RESERVED = """
UPDATE candidate SET reserved_by_id = owner_id, reserved_for = 'We talked',
       reserved_until = %(now)s + (id %% 13) * interval '1 day'
 WHERE id %% 199 = 0
"""
_ASKED = """
INSERT INTO reservation_request (candidate_id, by_id, of_id, note, state, at, lapses_at)
SELECT c.id, other.id, c.reserved_by_id, 'A role that fits', 'open', %(now)s - interval '1 hour',
       %(now)s + interval '47 hours'
  FROM candidate c
  CROSS JOIN LATERAL (
      SELECT min(u.id) AS id FROM app_user u WHERE u.id <> c.reserved_by_id
  ) AS other
 WHERE c.reserved_by_id IS NOT NULL AND c.id %% 1990 = 0
"""
_TOLD = """
INSERT INTO notification (user_id, kind, key, title, body, path, candidate_id, told_at, read_at,
                          tries)
SELECT owner_id, 'reply', 'bench:' || id, 'Somebody replied', 'Thank you, tell me more.',
       '/candidates/' || id || '/', id, %(now)s - (id %% 300) * interval '1 day',
       CASE WHEN id %% 300 > 3 THEN %(now)s END, 0
  FROM candidate WHERE id %% 7 = 0
"""
_WORDS = """
INSERT INTO candidate_words (candidate_id, words)
SELECT id, words
  FROM candidate_words_now(ARRAY(SELECT generate_series(%(first)s::bigint, %(last)s::bigint)))
"""


def make(people: int) -> None:
    """Fill the empty database."""
    from warmbench.core import clock, sql
    from warmbench.messaging.models import Template
    from warmbench.nurture import pools, shipped, snippets
    from warmbench.nurture.models import Pool, SequenceVersion
    from warmbench.people import tag_tree
    from warmbench.people.models import Tag
    from warmbench.signals import scoring
    from warmbench.sourcing import matching
    from warmbench.sourcing.models import Role

    now = clock.now()
    tag_tree.load_default(now=now)
    shipped.give_sequences(now=now)
    snippets.load(snippets.SHIPPED, now=now)
    world.team(20)
    # Built for everybody at once below, not for each tag.
    sql.run("ALTER TABLE candidate DISABLE TRIGGER candidate_words_begin")
    sql.run("ALTER TABLE candidate_facet DISABLE TRIGGER candidate_words_follow_tags")
    world.people(people)
    sql.run("ALTER TABLE candidate ENABLE TRIGGER candidate_words_begin")
    sql.run("ALTER TABLE candidate_facet ENABLE TRIGGER candidate_words_follow_tags")
    version = SequenceVersion.objects.filter(steps__template__isnull=False).earliest("pk")
    skills = list(Tag.objects.filter(kind="skill").order_by("pk"))
    _colleagues(now)
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
        "policy": scoring.FIRST.version,
        "weights": json.dumps(dict(scoring.FIRST.weights)),
        "half_life": scoring.FIRST.half_life.total_seconds(),
    }
    # Messages begin queued, and so on: here all of it is long over.
    sql.run("SET session_replication_role = replica")
    for first in range(1, people + 1, 100_000):
        for query in (_SIGNALS, _WORDS):
            sql.run(query, values | {"first": first, "last": first + 99_999})
    sql.run("SELECT learn_words(ARRAY(SELECT id FROM candidate))")
    for query in (_WARMTH, _MESSAGES, _DECISIONS, _ENROLLMENTS, _FOLLOW_UPS, _THREADS):
        sql.run(query, values)
    for query in (_REPLIES, _HITS, _RESERVED, _ASKED, _TOLD):
        sql.run(query, values)
    sql.run("SET session_replication_role = origin")
    pools.recount(now=now)
    matching.recount(now=now)
    sql.run("VACUUM ANALYZE")


def _colleagues(now: datetime) -> None:
    """Two are away, everybody has their fields, and clients are off limits."""
    from warmbench.accounts.models import Absence, User
    from warmbench.people import off_limits
    from warmbench.people.models import OffLimits, Specialism, Tag

    users = list(User.objects.order_by("pk"))
    fields = list(Tag.objects.filter(kind="specialty").order_by("pk"))
    Specialism.objects.bulk_create(
        Specialism(user=user, tag=fields[(n + k * 5) % len(fields)])
        for n, user in enumerate(users)
        for k in range(3)
    )
    Absence.objects.bulk_create(
        Absence(
            user=user,
            cover=users[0],
            first_day=now.date() - timedelta(days=2),
            last_day=now.date() + timedelta(days=5),
            at=now,
        )
        for user in users[3:5]
    )
    names = [f"Employer {n}" for n in range(200)]
    OffLimits.objects.bulk_create(
        OffLimits(
            employer=name,
            key=off_limits.key(name),
            reason="A client of ours",
            since=now.date(),
            by=users[0],
            at=now,
        )
        for name in names
    )
