-- Lock alerts whose time has come, with their people: only who holds the candidate's row may
-- trust what is read about her, and two alerts to one person are in one batch or in none.
--
-- Hot roles first, then by how many skills matched, then by score. Parameters: now, hot_until,
-- limit.
WITH due AS (
    SELECT a.id, a.candidate_id, a.role_id, a.matched, a.score, a.reason, c.strong_from,
           CASE WHEN r.deadline BETWEEN %(now)s AND %(hot_until)s THEN 0
                WHEN cardinality(a.matched) >= c.strong_from THEN 1
                ELSE 2 END AS turn
      FROM alert a
      JOIN alert_campaign c ON c.role_id = a.role_id AND c.state = 'running'
      JOIN role r ON r.id = a.role_id AND r.state = 'open'
     WHERE a.next_try_at <= %(now)s
     ORDER BY turn, a.score DESC, a.id
     LIMIT %(limit)s
       FOR NO KEY UPDATE OF a SKIP LOCKED
),
held AS (
    SELECT p.id, p.time_zone, p.country, p.region
      FROM candidate p
     WHERE p.id IN (SELECT candidate_id FROM due)
       FOR NO KEY UPDATE OF p SKIP LOCKED
)
SELECT due.id, due.candidate_id, due.role_id, due.matched, due.strong_from, due.reason,
       (SELECT count(*) FROM message m
         WHERE m.candidate_id = due.candidate_id
           AND m.touch = 'role:' || due.role_id || '/alert'),
       held.time_zone, held.country, held.region
  FROM due
  JOIN held ON held.id = due.candidate_id
 ORDER BY due.turn, due.score DESC, due.id
