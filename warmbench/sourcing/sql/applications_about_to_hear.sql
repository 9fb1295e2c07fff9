-- Who of these people may still hear of a role that they are, or were, in the process for: an alert
-- waits, its message has not gone, or something follows it.
--
-- Parameters: ids.
SELECT DISTINCT a.role_id, a.candidate_id
  FROM application p
  JOIN alert a ON a.role_id = p.role_id AND a.candidate_id = p.candidate_id
  LEFT JOIN message m ON m.id = a.message_id
 WHERE p.candidate_id = ANY(%(ids)s::bigint[]) AND NOT p.is_prospect
   AND (
           a.state = 'waiting'
           OR m.state IN ('queued', 'sending')
           OR EXISTS (
                  SELECT FROM escalation e
                    LEFT JOIN message t ON t.id = e.message_id
                   WHERE e.alert_id = a.id
                     AND (e.state = 'waiting' OR t.state IN ('queued', 'sending'))
              )
       )
