-- How many of the latest messages of a mailbox were refused for policy, at once or by a mail that
-- came back: up to the newest that was. Those handed over after it may come back still.
WITH refused AS (
    SELECT r.message_id
      FROM message_return r
     WHERE r.sender_id = %(sender)s AND r.at > %(since)s
     GROUP BY r.message_id
    HAVING bool_or(r.verdict = 'policy_or_reputation') AND NOT bool_or(r.kind = 'delivered')
),
latest AS (
    SELECT a.outcome = 'policy' OR r.message_id IS NOT NULL AS is_refused
      FROM attempt a
      LEFT JOIN refused r ON r.message_id = a.message_id
     WHERE a.sender_id = %(sender)s
       AND a.claimed_at > %(since)s
       AND a.outcome IN ('accepted', 'rejected', 'address_dead', 'policy')
       AND (a.claimed_at, a.id) <= (
               SELECT b.claimed_at, b.id
                 FROM attempt b
                 JOIN refused ON refused.message_id = b.message_id
                ORDER BY b.claimed_at DESC, b.id DESC
                LIMIT 1
           )
     ORDER BY a.claimed_at DESC, a.id DESC
     LIMIT %(most)s
)
SELECT count(*) FILTER (WHERE is_refused) FROM latest
