-- How many attempts of a mailbox ended, how many of them at a dead address, at once or by a mail
-- that came back, and how many were called spam, since each of these moments. One that several
-- tell of counts once.
SELECT tried.sent, tried.dead + returned.dead, returned.complaints
  FROM unnest(%(since)s::timestamptz[]) WITH ORDINALITY AS w (since, at)
 CROSS JOIN LATERAL (
           SELECT count(*) AS sent, count(*) FILTER (WHERE a.outcome = 'address_dead') AS dead
             FROM attempt a
            WHERE a.sender_id = %(sender)s
              AND a.claimed_at > w.since
              AND a.outcome IN ('accepted', 'rejected', 'address_dead', 'policy')
       ) tried
 CROSS JOIN LATERAL (
           SELECT count(DISTINCT r.message_id) FILTER (WHERE r.verdict = 'address_dead') AS dead,
                  count(DISTINCT r.message_id) FILTER (WHERE r.kind = 'complained') AS complaints
             FROM message_return r
            WHERE r.sender_id = %(sender)s AND r.at > w.since
       ) returned
 ORDER BY w.at
