-- Enrollments whose step is due, as a planner reads them, page by page and without a lock; and
-- since when the planner was to look at them.
SELECT e.id, e.candidate_id, e.version_id, e.sequence_id, e.round, e.position, e.cycle,
       e.last_step, e.waiting_for, e.skips,
       coalesce(CASE WHEN e.waiting_for <> '' THEN e.waiting_since END, e.next_step_at),
       e.next_step_at
  FROM enrollment e
 WHERE e.state = 'active'
   AND e.next_step_at <= %(now)s
   AND e.id > %(after)s
 ORDER BY e.id
 LIMIT %(limit)s
