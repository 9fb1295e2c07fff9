-- How many attempts of a mailbox ended, and how many of them at a dead address, since each of
-- these moments.
SELECT count(a.id), count(a.id) FILTER (WHERE a.outcome = 'address_dead')
  FROM unnest(%(since)s::timestamptz[]) WITH ORDINALITY AS w (since, at)
  LEFT JOIN attempt a
    ON a.sender_id = %(sender)s
   AND a.claimed_at > w.since
   AND a.outcome IN ('accepted', 'rejected', 'address_dead', 'policy')
 GROUP BY w.at
 ORDER BY w.at
