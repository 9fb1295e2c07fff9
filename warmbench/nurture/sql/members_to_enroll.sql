-- Members whose pool has a sequence for them that they are not on: newcomers, and people
-- whose required tags have arrived since. Once for each sequence, however many pools lead to it,
-- with its newest version and how often she was on it before.
--
-- Who was on the sequence before is begun anew only so many days after its end as the sequence
-- says. Where it leaves that to its pools: if she has come back into the pool since and the pool
-- lets people come back. Parameters: ids (or first and last), writing (the kinds of steps that
-- reach her), now.
WITH course AS MATERIALIZED (
    SELECT DISTINCT ON (v.sequence_id) v.sequence_id, v.id AS version_id, v.trigger,
           v.reentry_days,
           EXISTS (SELECT FROM step
                    WHERE step.version_id = v.id
                      AND step.kind = ANY(%(writing)s::text[])) AS writes
      FROM sequence s
      JOIN sequence_version v ON v.sequence_id = s.id
     WHERE s.state = 'active'
       AND EXISTS (SELECT FROM step WHERE step.version_id = v.id)
     ORDER BY v.sequence_id, v.number DESC
),
led_to AS MATERIALIZED (
    SELECT p.id AS pool_id, p.reentry_days AS pool_reentry_days, course.*
      FROM pool p
      JOIN pool_sequence ps ON ps.pool_id = p.id
      JOIN course ON course.sequence_id = ps.sequence_id AND course.trigger = 'pool'
     WHERE p.archived_at IS NULL
),
waiting AS MATERIALIZED (
    SELECT m.candidate_id, l.sequence_id, l.pool_id, l.version_id, l.writes, m.joined_at, m.id
      FROM pool_member m
      JOIN led_to l ON l.pool_id = m.pool_id
     WHERE m.candidate_id = ANY(%(ids)s::bigint[])
       AND m.left_at IS NULL
       AND NOT EXISTS (
               SELECT FROM enrollment e
                WHERE e.candidate_id = m.candidate_id
                  AND e.sequence_id = l.sequence_id
                  AND CASE WHEN e.ended_at IS NULL THEN true
                           WHEN l.reentry_days IS NOT NULL
                           THEN e.ended_at
                                > %(now)s::timestamptz - make_interval(days => l.reentry_days)
                           ELSE l.pool_reentry_days IS NULL
                                OR e.ended_at > m.joined_at
                                OR e.ended_at > %(now)s::timestamptz
                                                - make_interval(days => l.pool_reentry_days)
                      END
           )
)
SELECT DISTINCT ON (w.candidate_id, w.sequence_id)
       w.candidate_id, w.sequence_id, w.pool_id, w.version_id,
       (SELECT count(*)
          FROM enrollment e
         WHERE e.candidate_id = w.candidate_id AND e.sequence_id = w.sequence_id)
  FROM waiting w
 WHERE NOT w.writes OR EXISTS (/* required_tags */)
 ORDER BY w.candidate_id, w.sequence_id, w.joined_at, w.id
