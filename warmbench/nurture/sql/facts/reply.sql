-- The last answer of a candidate. Signals are those of people: what a machine did is none, and
-- is taken away where that is found out later.
LEFT JOIN LATERAL (
    SELECT s.at
      FROM signal s
     WHERE s.candidate_id = c.id
       AND s.kind = 'replied'
     ORDER BY s.at DESC
     LIMIT 1
) AS reply ON true
