-- People whom we do not know by their ids and addresses are the one candidate who is told by the
-- same words, or new. Leaves import_guess.
DROP TABLE IF EXISTS import_guess;

CREATE TEMP TABLE import_guess ON COMMIT DROP AS
WITH unknown AS (
    SELECT s.who, coalesce(u.unit, s.who) AS unit
      FROM import_somebody s
      LEFT JOIN import_unit u ON u.id = s.who
     WHERE s.who > 0
),
near AS (
    SELECT x.unit, array_agg(DISTINCT -o.who) AS ids
      FROM unknown x
      JOIN import_token t USING (who)
      JOIN import_token o ON o.token = t.token AND o.who < 0
     GROUP BY x.unit
),
-- Somebody has the same number and name, and other names besides.
manifold AS (
    SELECT DISTINCT x.unit
      FROM unknown x
      JOIN import_token t USING (who)
      JOIN import_has h USING (key)
      JOIN import_somebody s ON s.who = h.who AND s.names > 1
      JOIN import_called c ON c.who = s.who AND c.name = t.name
)
SELECT x.who, x.unit, CASE WHEN m.unit IS NULL AND cardinality(near.ids) = 1 THEN near.ids[1] END
           AS candidate_id,
       CASE WHEN m.unit IS NOT NULL
            THEN 'Somebody with this phone number or address goes by several names.'
            WHEN cardinality(near.ids) > 1
            THEN 'It could be each of the candidates ' || array_to_string(near.ids, ', ') || '.'
            WHEN NOT EXISTS (SELECT FROM import_token t WHERE t.who = x.who)
                 AND f.external_id = '' AND cardinality(f.emails) = cardinality(f.shared)
            THEN 'Several people have this phone number or address, and the row has no name.'
            ELSE ''
       END AS problem
  FROM unknown x
  JOIN import_stage f ON f.n = x.who
  LEFT JOIN near USING (unit)
  LEFT JOIN manifold m USING (unit);

ANALYZE import_guess
