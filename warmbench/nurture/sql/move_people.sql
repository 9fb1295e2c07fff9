-- Move people to the newest version of a sequence. Whose step is another one than before waits
-- for nothing yet; whoever is held stays so.
WITH /* places */
UPDATE enrollment e
   SET version_id = %(to)s,
       position = coalesce(p.position, cardinality(%(keys)s::text[]) - 1),
       cycle = CASE WHEN p.is_new_cycle THEN e.cycle + 1 ELSE e.cycle END,
       skips = CASE WHEN p.is_new_cycle THEN '{}' ELSE p.done END,
       state = CASE WHEN p.position IS NULL THEN 'finished' ELSE e.state END,
       ended_at = CASE WHEN p.position IS NULL THEN %(now)s::timestamptz END,
       waiting_for = CASE WHEN p.position IS NULL THEN ''
                          WHEN e.state = 'held' OR goal.key = p.key THEN e.waiting_for
                          ELSE ''
                     END
  FROM place p
  LEFT JOIN goal ON goal.position = p.position
 WHERE e.id = p.id
