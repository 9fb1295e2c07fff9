-- What these people are about to hear of, when at the earliest, and since when they wait: each role
-- with what it is to them now.
--
-- Parameters: ids, now, hot_until, since, until, timely (what an alert may wait for that settles by itself).
SELECT a.candidate_id,
       CASE WHEN r.deadline BETWEEN %(now)s AND %(hot_until)s THEN 'hot'
            WHEN cardinality(a.matched) >= c.strong_from THEN 'strong'
            ELSE 'normal' END,
       a.next_try_at, 'role:' || a.role_id || '/alert', a.made_at
  FROM alert a
  JOIN alert_campaign c ON c.role_id = a.role_id AND c.state = 'running'
  JOIN role r ON r.id = a.role_id AND r.state = 'open'
 WHERE a.candidate_id = ANY(%(ids)s::bigint[])
   AND a.next_try_at BETWEEN %(since)s AND %(until)s
   AND a.reason = ANY(%(timely)s::text[])
 ORDER BY a.next_try_at, a.id
