-- Let alerts wait again whose check-in did not go, whatever kept it: the last gate is asked about each
-- of them anew. Where nobody is told of the role any more, they are withdrawn.
--
-- Parameters: now.
UPDATE alert a
   SET state = CASE WHEN c.state = 'ended' THEN 'withdrawn' ELSE 'waiting' END,
       next_try_at = CASE WHEN c.state <> 'ended' THEN %(now)s::timestamptz END,
       reason = CASE WHEN c.state = 'ended' THEN 'role_ended' ELSE '' END,
       message_id = NULL, place = NULL, state_at = %(now)s
  FROM message m, alert_campaign c
 WHERE a.state = 'merged'
   AND m.id = a.message_id AND m.state IN ('refused', 'cancelled', 'failed')
   AND c.role_id = a.role_id
