-- Claim enrollments whose step is due, the longest waiting first. Another planner takes the
-- next ones: nobody waits, nobody gets the same.
SELECT e.id, e.candidate_id, e.version_id, e.sequence_id, e.round, e.position, e.cycle,
       e.last_step, e.waiting_for, e.skips,
       coalesce(CASE WHEN e.waiting_for <> '' THEN e.waiting_since END, e.next_step_at)
  FROM enrollment e
 WHERE e.state = 'active'
   AND e.next_step_at <= %(now)s
   AND e.sequence_id <> ALL(%(resting)s)
 ORDER BY e.next_step_at, e.id
 LIMIT %(limit)s
   FOR NO KEY UPDATE OF e SKIP LOCKED
