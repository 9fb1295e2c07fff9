-- Alerts whose messages were entered as ones that may have been sent.
UPDATE alert a
   SET state = 'written', reason = '', next_try_at = NULL, state_at = %(now)s,
       message_id = (
           SELECT max(m.id) FROM message m
            WHERE m.candidate_id = a.candidate_id AND m.touch = 'role:' || a.role_id || '/alert'
       )
 WHERE a.id = ANY(%(alerts)s::bigint[])
