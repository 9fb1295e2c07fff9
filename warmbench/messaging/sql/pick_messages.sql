-- Lock the messages of some mailboxes that are due, the oldest first and of each so many, and of
-- those whose candidate can be locked too: only who holds the candidate's row may trust what is
-- read about them.
WITH due AS (
    SELECT m.*
      FROM unnest(%(senders)s::bigint[], %(limits)s::int[]) AS w (sender_id, room)
      CROSS JOIN LATERAL (
               SELECT *
                 FROM message
                WHERE message.sender_id = w.sender_id AND message.not_before <= %(now)s
                ORDER BY message.not_before, message.id
                LIMIT w.room
                  FOR NO KEY UPDATE SKIP LOCKED
           ) m
),
held AS (
    SELECT c.id
      FROM candidate c
     WHERE c.id IN (SELECT candidate_id FROM due)
       FOR NO KEY UPDATE OF c SKIP LOCKED
)
SELECT due.sender_id, due.id, due.candidate_id, due.purpose, due.channel, due.touch, due.occurrence,
       due.sequence_id, due.template_id, due.context, due.valid_until, due.tries,
       followed.handed_at, coalesce(w.reason, ''), due.answers_id, due.client, due.queued_at
  FROM due
  JOIN held ON held.id = due.candidate_id
  LEFT JOIN message followed ON followed.id = due.follows_id
  LEFT JOIN withdrawal w ON w.message_id = due.id
 ORDER BY due.not_before, due.id
