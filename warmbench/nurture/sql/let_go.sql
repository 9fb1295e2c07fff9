-- Apply what their pools say to people who have left them, for each of the sequences that the
-- pool put them on: continue, leave, finish the step that is due, or pause. Who is in another
-- pool that leads to the same sequence goes on with it for that one.
UPDATE enrollment e
   SET pool_id = coalesce(l.other_pool_id, e.pool_id),
       state = CASE WHEN l.other_pool_id IS NOT NULL THEN e.state
                    WHEN l.on_leave = 'leave' THEN 'exited'
                    WHEN l.on_leave = 'pause' THEN 'held'
                    ELSE e.state END,
       last_step = e.last_step OR l.other_pool_id IS NULL AND l.on_leave = 'finish_step',
       waiting_for = CASE WHEN l.other_pool_id IS NULL AND l.on_leave = 'pause'
                               AND e.state = 'active' THEN 'left_pool'
                          WHEN l.other_pool_id IS NULL AND l.on_leave = 'leave' THEN ''
                          ELSE e.waiting_for END,
       exit_reason = CASE WHEN l.other_pool_id IS NULL AND l.on_leave = 'leave' THEN 'left_pool'
                          ELSE e.exit_reason END,
       ended_at = CASE WHEN l.other_pool_id IS NULL AND l.on_leave = 'leave'
                       THEN %(now)s::timestamptz
                       ELSE e.ended_at END
  FROM (SELECT e.id, p.on_leave, other.pool_id AS other_pool_id
          FROM unnest(%(candidates)s::bigint[], %(pools)s::bigint[]) AS w (candidate_id, pool_id)
          JOIN pool p ON p.id = w.pool_id
          JOIN enrollment e ON e.candidate_id = w.candidate_id AND e.pool_id = w.pool_id
          LEFT JOIN LATERAL (
                   /* other_pool */
               ) other ON true
         WHERE e.state IN ('active', 'held')) AS l
 WHERE e.id = l.id
   AND e.state IN ('active', 'held')
