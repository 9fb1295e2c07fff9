-- Messages with content by the person's month on the sequence (30 days each, from 1), and by
-- whether the piece was of the same kind and topic as the one before it: how many went, and in how
-- many of them the person clicked.
WITH heard AS (
    SELECT DISTINCT message_id
      FROM signal
     WHERE kind = 'clicked' AND at >= %(since)s AND message_id IS NOT NULL
),
given AS (
    SELECT u.message_id, u.at,
           (p.kind = lag(p.kind) OVER before
            AND p.topic_id IS NOT DISTINCT FROM lag(p.topic_id) OVER before) IS TRUE AS is_same
      FROM content_use u
      JOIN content_piece p ON p.id = u.piece_id
     WHERE u.at >= %(since)s
    WINDOW before AS (PARTITION BY u.candidate_id ORDER BY u.at, u.id)
)
SELECT 1 + extract(epoch FROM g.at - e.started_at)::bigint / 2592000 AS month, g.is_same,
       count(*) AS sent, count(h.message_id) AS clicked
  FROM given g
  JOIN message m ON m.id = g.message_id AND m.state = 'sent'
  -- An occurrence is a thousand times the round, plus the cycle.
  JOIN enrollment e ON e.candidate_id = m.candidate_id AND e.sequence_id = m.sequence_id
                   AND e.round = m.occurrence / 1000
  LEFT JOIN heard h ON h.message_id = g.message_id
 WHERE g.at < e.started_at + interval '180 days'
   AND g.at >= e.started_at
 GROUP BY 1, 2
 ORDER BY 1, 2
