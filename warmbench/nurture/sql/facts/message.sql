-- The last touch of a candidate, whether or not its end is known.
LEFT JOIN LATERAL (
    SELECT m.handed_at AS at
      FROM message m
     WHERE m.candidate_id = c.id
       AND m.handed_at IS NOT NULL
       AND m.state IN ('sending', 'sent', 'unknown')
     ORDER BY m.handed_at DESC
     LIMIT 1
) AS message ON true
