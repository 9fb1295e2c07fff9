-- Take workers whose lease ran out for dead: whether their messages left is unknown.
WITH lost AS (
    SELECT a.id, a.message_id
      FROM attempt a
     WHERE a.outcome = '' AND a.lease_until < %(now)s
     LIMIT 1000
       FOR NO KEY UPDATE OF a SKIP LOCKED
),
settled AS (
    UPDATE attempt a
       SET outcome = 'unknown', text = 'The worker died.', finished_at = %(now)s
      FROM lost WHERE a.id = lost.id
)
UPDATE message m
   SET state = 'unknown', state_at = %(now)s, reason = 'The worker died while sending.'
  FROM lost
 WHERE m.id = lost.message_id AND m.state = 'sending'
