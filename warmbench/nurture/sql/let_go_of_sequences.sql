-- Take people off sequences that their pool no longer leads to. Who is in another pool that
-- does goes on for that one.
UPDATE enrollment e
   SET pool_id = coalesce(l.other_pool_id, e.pool_id),
       state = CASE WHEN l.other_pool_id IS NULL THEN 'exited' ELSE e.state END,
       exit_reason = CASE WHEN l.other_pool_id IS NULL THEN 'pool_moved' ELSE e.exit_reason END,
       waiting_for = CASE WHEN l.other_pool_id IS NULL THEN '' ELSE e.waiting_for END,
       ended_at = CASE WHEN l.other_pool_id IS NULL THEN %(now)s::timestamptz ELSE e.ended_at END
  FROM (SELECT e.id, other.pool_id AS other_pool_id
          FROM enrollment e
          LEFT JOIN LATERAL (
                   /* other_pool */
               ) other ON true
         WHERE e.candidate_id = ANY(%(ids)s::bigint[])
           AND e.pool_id = %(pool)s::bigint
           AND e.sequence_id = ANY(%(sequences)s::bigint[])
           AND e.state IN ('active', 'held')) AS l
 WHERE e.id = l.id
   AND e.state IN ('active', 'held')
