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
owner AS (
    SELECT token, min(-who) AS one, max(-who) AS other
      FROM import_token WHERE who < 0 GROUP BY token
),
near AS (
    SELECT x.unit, min(o.one) AS one, max(o.other) AS other
      FROM unknown x
      JOIN import_token t USING (who)
      JOIN owner o USING (token)
     GROUP BY x.unit
),
-- Somebody has the same number and name, and other names besides. Who has only a few is found by
-- both at once. Who stands for many by mistake has as many numbers as names: too many to combine.
few AS MATERIALIZED (
    SELECT DISTINCT h.key, c.name
      FROM import_somebody s
      JOIN import_has h USING (who)
      JOIN import_called c USING (who)
     WHERE s.names BETWEEN 2 AND 9
),
many AS MATERIALIZED (
    SELECT DISTINCT x.unit, t.name, s.who
      FROM unknown x
      JOIN import_token t USING (who)
      JOIN import_has h USING (key)
      JOIN import_somebody s ON s.who = h.who AND s.names > 9
     WHERE t.name IS NOT NULL
),
manifold AS (
    SELECT x.unit FROM unknown x JOIN import_token t USING (who) JOIN few USING (key, name)
    UNION
    SELECT m.unit FROM many m JOIN import_called c USING (who, name)
)
SELECT x.who, x.unit, CASE WHEN m.unit IS NULL AND near.one = near.other THEN near.one END
           AS candidate_id,
       CASE WHEN m.unit IS NOT NULL
            THEN 'Somebody with this phone number or address goes by several names.'
            WHEN near.one <> near.other
            THEN 'It could be candidate ' || near.one || ' or candidate ' || near.other || '.'
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
