-- Whoever the file says wants nothing from us is never written to again, nor is the address.
-- Returns those for whom that is new.
INSERT INTO suppression (candidate_id, address, channel, reason, evidence, by_id, at)
SELECT f.candidate_id, coalesce(e.address, ''), '', 'imported', %(stop)s::text, %(by)s::bigint,
       %(now)s::timestamptz
  FROM import_fresh f
  LEFT JOIN LATERAL unnest(f.emails) AS e (address) ON true
 WHERE f.opted_out
   AND NOT EXISTS (
           SELECT FROM suppression x
            WHERE x.candidate_id = f.candidate_id AND x.reason = 'imported'
              AND x.address = coalesce(e.address, '')
       )
RETURNING candidate_id
