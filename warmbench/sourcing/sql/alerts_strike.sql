-- Take a role out of the check-ins that wait in the outbox with it. While the role is on hold, its
-- alerts wait; else they are withdrawn. Whoever is claiming such a check-in is waited for.
--
-- Parameters: role, candidates (none: all), reason, now.
WITH struck AS (
    UPDATE message m
       SET context = m.context - ('role_' || a.place) - ('role_' || a.place || '_link')
      FROM alert a
     WHERE a.role_id = %(role)s AND a.state = 'merged'
       AND (cardinality(%(candidates)s::bigint[]) = 0
            OR a.candidate_id = ANY(%(candidates)s::bigint[]))
       AND m.id = a.message_id AND m.state = 'queued'
    RETURNING a.id
)
UPDATE alert a
   SET state = CASE WHEN %(reason)s = 'role_on_hold' THEN 'waiting' ELSE 'withdrawn' END,
       next_try_at = CASE WHEN %(reason)s = 'role_on_hold' THEN %(now)s::timestamptz END,
       reason = CASE WHEN %(reason)s = 'role_on_hold' THEN '' ELSE %(reason)s END,
       message_id = NULL, place = NULL, state_at = %(now)s
  FROM struck
 WHERE a.id = struck.id
