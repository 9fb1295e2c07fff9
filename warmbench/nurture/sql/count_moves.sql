-- How many people stand before which step, and before which they would stand instead.
WITH /* places */
SELECT p.number, coalesce(p.key, ''), coalesce(goal.key, ''), count(*), p.is_new_cycle
  FROM place p
  LEFT JOIN goal ON goal.position = p.position
 GROUP BY 1, 2, 3, 5
 ORDER BY 1, min(coalesce(p.position, 32767)), 4 DESC, 2
