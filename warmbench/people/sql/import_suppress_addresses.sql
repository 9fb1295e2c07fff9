-- The same for addresses of rows that cannot be loaded: whose they are may be open, that they
-- want nothing is not. Returns the candidates who have them.
WITH stopped AS (
    INSERT INTO suppression (address, channel, reason, evidence, by_id, at)
    SELECT DISTINCT e.address, '', 'imported', %(stop)s::text, %(by)s::bigint, %(now)s::timestamptz
      FROM import_match m
      JOIN import_stage s USING (n)
     CROSS JOIN LATERAL unnest(s.emails) AS e (address)
     WHERE m.person > %(done)s::int AND m.person <= %(until)s::int AND m.problem <> ''
       AND s.opted_out
       AND NOT EXISTS (
               SELECT FROM suppression x WHERE x.address = e.address AND x.address <> '' AND x.reason = 'imported'
           )
    RETURNING address
)
SELECT DISTINCT p.candidate_id FROM stopped JOIN contact_point p USING (address)
