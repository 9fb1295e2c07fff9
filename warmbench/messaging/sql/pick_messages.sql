-- Lock the messages of one mailbox that are due, oldest first, and of those whose candidate
-- can be locked too: only who holds the candidate's row may trust what is read about them.
WITH due AS (
    SELECT m.*
      FROM message m
     WHERE m.sender_id = %(sender)s AND m.not_before <= %(now)s
     ORDER BY m.not_before, m.id
     LIMIT %(limit)s
       FOR NO KEY UPDATE OF m SKIP LOCKED
),
held AS (
    SELECT c.id
      FROM candidate c
     WHERE c.id IN (SELECT candidate_id FROM due)
       FOR NO KEY UPDATE OF c SKIP LOCKED
)
SELECT due.id, due.candidate_id, due.purpose, due.channel, due.touch, due.occurrence,
       due.sequence_id, due.template_id, due.context, due.valid_until, due.tries,
       followed.handed_at, coalesce(w.reason, '')
  FROM due
  JOIN held ON held.id = due.candidate_id
  LEFT JOIN message followed ON followed.id = due.follows_id
  LEFT JOIN withdrawal w ON w.message_id = due.id
 ORDER BY due.not_before, due.id
