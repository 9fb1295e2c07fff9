-- Whose word the status of these people is: the last change of each in the trail.
-- Parameters: ids.
SELECT asked.id, last.actor_id, coalesce(last.detail ->> 'evidence', '')
  FROM unnest(%(ids)s::bigint[]) AS asked (id)
 CROSS JOIN LATERAL (
           SELECT e.actor_id, e.detail
             FROM audit_entry e
            WHERE e.subject = 'candidate:' || asked.id
              AND e.action = 'candidate.status_changed'
            ORDER BY e.at DESC, e.id DESC
            LIMIT 1
       ) last
