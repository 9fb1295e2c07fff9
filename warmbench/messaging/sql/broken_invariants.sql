-- Promises that were not kept, one row each: which, and the message it concerns. Always empty,
-- or there is a bug. Asked every night, and after every chaos test.
SELECT 'accepted twice' AS promise, a.message_id
  FROM attempt a
 WHERE a.outcome = 'accepted'
 GROUP BY a.message_id
HAVING count(*) > 1
UNION ALL
-- The claim is the moment that counts: what it committed before the stop may still have left.
SELECT 'sent after a stop', a.message_id
  FROM attempt a
  JOIN message m ON m.id = a.message_id
  JOIN suppression s
    ON s.candidate_id = a.candidate_id AND s.reason <> 'address_dead' AND s.at < a.claimed_at
   AND s.channel IN ('', m.channel)
 WHERE a.outcome IN ('accepted', 'unknown')
   AND s.releases_id IS NULL
   AND NOT EXISTS (SELECT FROM suppression r WHERE r.releases_id = s.id AND r.at <= a.claimed_at)
UNION ALL
SELECT 'sent without an accepted attempt', m.id
  FROM message m
 WHERE m.state = 'sent'
   AND NOT EXISTS (
           SELECT FROM attempt a
            WHERE a.message_id = m.id AND a.outcome IN ('accepted', 'unknown')
       )
UNION ALL
SELECT 'sending without a live attempt', m.id
  FROM message m
 WHERE m.state = 'sending'
   AND NOT EXISTS (SELECT FROM attempt a WHERE a.message_id = m.id AND a.outcome = '')
UNION ALL
SELECT 'ended without a reason', m.id
  FROM message m
 WHERE m.state IN ('refused', 'failed', 'cancelled') AND m.reason = ''
UNION ALL
SELECT 'two touches within seven days', m.id
  FROM message m
 WHERE m.state = 'sent'
   AND EXISTS (
           SELECT FROM message e
            WHERE e.candidate_id = m.candidate_id
              AND e.id <> m.id
              AND e.state = 'sent'
              AND e.handed_at <= m.handed_at
              AND e.handed_at > m.handed_at - interval '7 days'
              -- A text after a mail that brought nothing is one approach with it.
              AND e.id IS DISTINCT FROM m.follows_id
              AND m.id IS DISTINCT FROM e.follows_id
       )
UNION ALL
SELECT 'told of a role twice', m.id
  FROM message m
 WHERE m.purpose = 'alert'
   AND m.state IN ('sent', 'unknown')
   AND EXISTS (
           SELECT FROM message e
            WHERE e.candidate_id = m.candidate_id
              AND e.touch = m.touch
              AND e.channel = m.channel
              AND e.occurrence < m.occurrence
              AND e.state IN ('sent', 'unknown')
       )
LIMIT 1000
