-- Lock what is due of what follows alerts, while their campaigns run, with the people whom it is
-- about. Another worker takes the next ones.
SELECT e.id, e.alert_id, e.candidate_id, a.role_id, e.kind, a.message_id, coalesce(m.state, ''),
       m.handed_at, p.time_zone, p.country, p.region,
       (SELECT count(*) FROM message t
         WHERE t.candidate_id = e.candidate_id AND t.touch = 'role:' || a.role_id || '/text')
  FROM escalation e
  JOIN alert a ON a.id = e.alert_id
  JOIN alert_campaign c ON c.role_id = a.role_id AND c.state = 'running'
  JOIN role r ON r.id = a.role_id AND r.state = 'open'
  JOIN candidate p ON p.id = e.candidate_id
  LEFT JOIN message m ON m.id = a.message_id
 WHERE e.due_at <= %(now)s
 ORDER BY e.due_at, e.id
 LIMIT %(limit)s
   FOR NO KEY UPDATE OF e, p SKIP LOCKED
