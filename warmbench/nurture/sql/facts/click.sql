-- The last click of a candidate in a message. Signals are those of people: what a machine did is none, and
-- is taken away where that is found out later.
LEFT JOIN LATERAL (
    SELECT s.at
      FROM signal s
     WHERE s.candidate_id = c.id
       AND s.kind = 'clicked'
     ORDER BY s.at DESC
     LIMIT 1
) AS click ON true
