-- What would become of the wish to put these people on a sequence: one row each, with the
-- newest version and how often she was on it before.
--
-- A wish with `again` is granted to people who were on it before; without it, only where the
-- sequence says after how many days. Parameters: ids, sequence, again, writing (the kinds of
-- steps that reach her), now.
WITH course AS MATERIALIZED (
    SELECT v.sequence_id, v.id AS version_id, v.reentry_days,
           EXISTS (SELECT FROM step
                    WHERE step.version_id = v.id
                      AND step.kind = ANY(%(writing)s::text[])) AS writes
      FROM sequence s
      JOIN sequence_version v ON v.sequence_id = s.id
     WHERE s.id = %(sequence)s::bigint
       AND s.state = 'active'
       AND EXISTS (SELECT FROM step WHERE step.version_id = v.id)
     ORDER BY v.number DESC
     LIMIT 1
)
SELECT w.candidate_id, %(sequence)s::bigint, NULL, coalesce(course.version_id, 0), earlier.rounds,
       CASE WHEN course.version_id IS NULL THEN 'inactive'
            WHEN earlier.is_under_way THEN 'under_way'
            WHEN earlier.rounds > 0 AND NOT %(again)s::bool
                 AND (earlier.ended_at
                      <= %(now)s::timestamptz - make_interval(days => course.reentry_days))
                     IS NOT TRUE THEN 'was_here'
            WHEN course.writes AND NOT EXISTS (/* required_tags */) THEN 'missing_tags'
            ELSE 'enrolled'
       END
  FROM (SELECT c.id AS candidate_id FROM candidate c WHERE c.id = ANY(%(ids)s::bigint[])) AS w
  LEFT JOIN course ON true
  CROSS JOIN LATERAL (
           SELECT count(*) AS rounds, max(e.ended_at) AS ended_at,
                  coalesce(bool_or(e.ended_at IS NULL), false) AS is_under_way
             FROM enrollment e
            WHERE e.candidate_id = w.candidate_id AND e.sequence_id = %(sequence)s::bigint
       ) earlier
 ORDER BY w.candidate_id
