-- How many people would pass over which step that lies ahead, because they did it before.
WITH /* places */
SELECT goal.key, count(*)
  FROM place p
  JOIN goal ON goal.once AND goal.position > p.position AND goal.key = ANY(p.done)
 WHERE NOT p.is_new_cycle
 GROUP BY goal.key, goal.position
 ORDER BY goal.position
