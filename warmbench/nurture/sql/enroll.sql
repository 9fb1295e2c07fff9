-- Put people on sequences: the first step of the newest version, due after its wait.
--
-- One row comes back for each wish: enrolled, or why not. A wish with `again` is granted to
-- people who were on the sequence before; `round` then keeps their touches apart from the
-- earlier ones.
WITH wish AS (
    SELECT DISTINCT ON (candidate_id, sequence_id) *
      FROM unnest(
               %(candidates)s::bigint[], %(sequences)s::bigint[], %(pools)s::bigint[]
           ) AS w (candidate_id, sequence_id, pool_id)
),
course AS (
    SELECT DISTINCT ON (v.sequence_id) v.sequence_id, v.id AS version_id, step.wait_days
      FROM sequence s
      JOIN sequence_version v ON v.sequence_id = s.id
      JOIN step ON step.version_id = v.id
     WHERE s.id = ANY(%(sequences)s::bigint[])
       AND s.state = 'active'
     ORDER BY v.sequence_id, v.number DESC, step.position
),
weighed AS (
    SELECT w.*, course.version_id, course.wait_days, earlier.rounds,
           CASE WHEN course.version_id IS NULL THEN 'inactive'
                WHEN earlier.is_under_way THEN 'under_way'
                WHEN earlier.rounds > 0 AND NOT %(again)s THEN 'was_here'
                WHEN NOT EXISTS (/* required_tags */) THEN 'missing_tags'
                ELSE 'enrolled'
           END AS verdict
      FROM wish w
      JOIN candidate c ON c.id = w.candidate_id
      LEFT JOIN course ON course.sequence_id = w.sequence_id
      CROSS JOIN LATERAL (
               SELECT count(*) AS rounds, coalesce(bool_or(e.ended_at IS NULL), false) AS is_under_way
                 FROM enrollment e
                WHERE e.candidate_id = w.candidate_id AND e.sequence_id = w.sequence_id
           ) earlier
),
added AS (
    INSERT INTO enrollment (
        candidate_id, sequence_id, version_id, pool_id, round, state, position, cycle,
        next_step_at, last_step, waiting_for, exit_reason, started_at
    )
    SELECT candidate_id, sequence_id, version_id, pool_id, rounds, 'active', 0, 0,
           %(now)s::timestamptz + make_interval(days => wait_days), false, '', '', %(now)s
      FROM weighed
     WHERE verdict = 'enrolled'
        ON CONFLICT (candidate_id, sequence_id) WHERE state IN ('active', 'held') DO NOTHING
    RETURNING candidate_id, sequence_id
)
SELECT w.candidate_id, w.sequence_id,
       CASE WHEN w.verdict = 'enrolled' AND a.candidate_id IS NULL THEN 'under_way'
            ELSE w.verdict
       END
  FROM weighed w
  LEFT JOIN added a USING (candidate_id, sequence_id)
