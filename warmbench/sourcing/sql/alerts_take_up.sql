-- Let alerts of running campaigns wait again that did not go for a reason which may be over.
--
-- Never one whose message may have reached her, or may still. Parameters: reasons, role (0: any),
-- candidates (none: all), now.
UPDATE alert a
   SET state = 'waiting', next_try_at = %(now)s, reason = '', message_id = NULL, state_at = %(now)s
  FROM alert_campaign c, role r
 WHERE c.role_id = a.role_id AND c.state = 'running'
   AND r.id = a.role_id AND r.state = 'open'
   AND (%(role)s::bigint = 0 OR a.role_id = %(role)s::bigint)
   AND (cardinality(%(candidates)s::bigint[]) = 0 OR a.candidate_id = ANY(%(candidates)s::bigint[]))
   AND (
           a.state IN ('refused', 'withdrawn') AND a.reason = ANY(%(reasons)s::text[])
           OR a.state = 'written' AND EXISTS (
                  SELECT FROM message m
                   WHERE m.id = a.message_id
                     AND m.state IN ('refused', 'cancelled')
                     AND m.reason = ANY(%(reasons)s::text[])
              )
       )
   AND NOT EXISTS (
           SELECT FROM application p
            WHERE p.candidate_id = a.candidate_id AND p.role_id = a.role_id AND NOT p.is_prospect
       )
   AND NOT EXISTS (
           SELECT FROM message m
            WHERE m.candidate_id = a.candidate_id
              AND m.touch = 'role:' || a.role_id || '/alert'
              AND m.state NOT IN ('refused', 'cancelled')
       )
