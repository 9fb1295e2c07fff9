-- What these people wait to hear of that need not be told in a message of its own, the best first:
-- open roles that are not hot, of campaigns that run, with nothing but time in the way. Locked, but
-- for those that somebody is writing just now.
--
-- Parameters: ids, timely (what an alert may wait for), hot_until.
SELECT a.id, a.candidate_id, a.role_id, c.threshold, c.strong_from
  FROM alert a
  JOIN alert_campaign c ON c.role_id = a.role_id AND c.state = 'running'
  JOIN role r ON r.id = a.role_id AND r.state = 'open'
 WHERE a.candidate_id = ANY(%(ids)s::bigint[])
   AND a.state = 'waiting' AND a.level = 'normal' AND a.reason = ANY(%(timely)s::text[])
   AND (r.deadline IS NULL OR r.deadline > %(hot_until)s)
 ORDER BY a.candidate_id, a.score DESC, a.id
   FOR NO KEY UPDATE OF a SKIP LOCKED
