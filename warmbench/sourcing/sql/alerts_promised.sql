-- Who of these people is about to hear of a role, and when at the earliest.
--
-- Parameters: ids, until, timely (what an alert may wait for that settles by itself).
SELECT a.candidate_id, min(a.next_try_at)
  FROM alert a
  JOIN alert_campaign c ON c.role_id = a.role_id AND c.state = 'running'
  JOIN role r ON r.id = a.role_id AND r.state = 'open'
 WHERE a.candidate_id = ANY(%(ids)s::bigint[])
   AND a.next_try_at <= %(until)s
   AND a.reason = ANY(%(timely)s::text[])
 GROUP BY a.candidate_id
