-- How many messages wait for each of these mailboxes: room of theirs that is spoken for. Not
-- counted where the cap is beyond what one person's mailbox sends in a day: there it is far.
SELECT s.id, q.waiting
  FROM sender s
  CROSS JOIN LATERAL (
           SELECT count(*) AS waiting
             FROM (SELECT FROM message m
                    WHERE m.sender_id = s.id AND m.not_before IS NOT NULL
                    LIMIT CASE WHEN s.daily_cap > 5000 THEN 0 ELSE s.daily_cap END) w
       ) q
 WHERE s.id = ANY(%(ids)s)
