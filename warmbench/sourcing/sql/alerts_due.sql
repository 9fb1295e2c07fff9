-- Lock people whose alerts are due, and with them their alerts: only who holds a candidate's row may
-- trust what is read about her, and two alerts to one person are in one batch, in their order.
--
-- Hot roles first, then strong matches, then by score. Parameters: now, hot_until, limit (of alerts;
-- a few more where those are not all of somebody's), early (with hot ones that wait until
-- later: what they wait for may be over, and nothing that matters less is to overtake them).
WITH running AS (
    SELECT c.role_id, c.threshold, c.strong_from,
           coalesce(r.deadline BETWEEN %(now)s AND %(hot_until)s, false) AS is_hot
      FROM alert_campaign c
      JOIN role r ON r.id = c.role_id AND r.state = 'open'
     WHERE c.state = 'running'
),
first AS (
    SELECT a.candidate_id
      FROM alert a
      JOIN running c ON c.role_id = a.role_id
     WHERE a.next_try_at <= %(now)s
     ORDER BY NOT c.is_hot, cardinality(a.matched) < c.strong_from, a.score DESC, a.id
     LIMIT %(limit)s
),
held AS (
    SELECT p.id, p.time_zone, p.country, p.region
      FROM candidate p
     WHERE p.id IN (SELECT candidate_id FROM first)
       FOR NO KEY UPDATE OF p SKIP LOCKED
)
SELECT a.id, a.candidate_id, a.role_id, a.matched, a.score, c.threshold, c.strong_from, a.reason,
       (SELECT count(*) FROM message m
         WHERE m.candidate_id = a.candidate_id
           AND m.touch = 'role:' || a.role_id || '/alert'),
       held.time_zone, held.country, held.region, a.made_at
  FROM held
  JOIN alert a ON a.candidate_id = held.id
  JOIN running c ON c.role_id = a.role_id
 WHERE a.state = 'waiting' AND (a.next_try_at <= %(now)s OR %(early)s AND c.is_hot)
 ORDER BY NOT c.is_hot, cardinality(a.matched) < c.strong_from, a.score DESC, a.id
   FOR NO KEY UPDATE OF a SKIP LOCKED
