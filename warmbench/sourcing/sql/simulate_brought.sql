-- What earlier alerts brought, by the threshold that they were made at.
--
-- Parameters: since.
SELECT a.threshold,
       count(*) FILTER (WHERE m.state = 'sent'),
       count(*) FILTER (WHERE a.engaged_at IS NOT NULL),
       count(*) FILTER (WHERE said.replied),
       count(*) FILTER (WHERE said.declined)
  FROM alert a
  JOIN message m ON m.id = a.message_id
  CROSS JOIN LATERAL (
      SELECT bool_or(s.kind = 'replied') AS replied, bool_or(s.kind = 'not_for_me') AS declined
        FROM signal s
       WHERE s.candidate_id = a.candidate_id AND s.message_id = a.message_id
         -- An answer to a check-in is not one to a role in it.
         AND a.state <> 'merged'
  ) said
 WHERE a.made_at > %(since)s
 GROUP BY a.threshold
