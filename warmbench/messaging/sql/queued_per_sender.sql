-- How many messages wait for each of these senders: room that is spoken for. Counting stops
-- where no cap reaches, so a long outbox does not slow planning down.
SELECT s.id, q.waiting
  FROM sender s
  CROSS JOIN LATERAL (
           SELECT count(*) AS waiting
             FROM (SELECT FROM message m
                    WHERE m.sender_id = s.id AND m.not_before IS NOT NULL
                    LIMIT least(s.daily_cap, 5000)) w
       ) q
 WHERE s.id = ANY(%(ids)s)
