-- Let people go on who have come into a pool while a sequence of it only waited for that:
-- paused, or about to leave after one more step.
UPDATE enrollment e
   SET pool_id = w.pool_id,
       state = CASE WHEN e.waiting_for = 'left_pool' THEN 'active' ELSE e.state END,
       next_step_at = CASE WHEN e.waiting_for = 'left_pool'
                           THEN greatest(e.next_step_at, %(now)s::timestamptz)
                           ELSE e.next_step_at END,
       waiting_for = CASE WHEN e.waiting_for = 'left_pool' THEN '' ELSE e.waiting_for END,
       last_step = false
  FROM unnest(%(candidates)s::bigint[], %(pools)s::bigint[]) AS w (candidate_id, pool_id)
  JOIN pool_sequence ps ON ps.pool_id = w.pool_id
 WHERE e.candidate_id = w.candidate_id
   AND e.sequence_id = ps.sequence_id
   AND (e.state = 'held' AND e.waiting_for = 'left_pool'
        OR e.state IN ('active', 'held') AND e.last_step)
