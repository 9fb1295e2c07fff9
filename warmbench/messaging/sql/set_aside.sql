-- Say of attempts that nobody knows what came of them, and so of their messages.
WITH ended AS (
    UPDATE attempt a
       SET outcome = 'unknown', text = %(why)s, finished_at = %(now)s
     WHERE a.id = ANY(%(attempts)s::bigint[]) AND a.outcome = ''
 RETURNING a.message_id
)
UPDATE message m
   SET state = 'unknown', state_at = %(now)s, reason = %(why)s
  FROM ended
 WHERE m.id = ended.message_id AND m.state = 'sending'
