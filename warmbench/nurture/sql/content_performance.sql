-- Of each piece that was sent since a day: how many messages brought it, in how many of them the
-- person clicked, and how many were answered. A machine's click is no signal.
WITH heard AS (
    SELECT message_id, bool_or(kind = 'clicked') AS clicked, bool_or(kind = 'replied') AS replied
      FROM signal
     WHERE kind IN ('clicked', 'replied')
       AND at >= %(since)s
       AND message_id IS NOT NULL
     GROUP BY message_id
)
SELECT u.piece_id, count(*) AS sent, count(*) FILTER (WHERE h.clicked) AS clicked,
       count(*) FILTER (WHERE h.replied) AS replied
  FROM content_use u
  JOIN message m ON m.id = u.message_id AND m.state = 'sent'
  LEFT JOIN heard h ON h.message_id = u.message_id
 WHERE u.at >= %(since)s
 GROUP BY u.piece_id
