-- By which words everybody is told now. Where somebody without a name ties people of different
-- names together, it is open whose they are: all that is tied there tells people only together
-- with their own names. Who goes by several names is told by no such words at all.
--
-- Leaves import_token, and import_link: what rows have in common that is nobody's yet.
DROP TABLE IF EXISTS import_token, import_link;

CREATE TEMP TABLE import_token ON COMMIT DROP AS
WITH tied AS (
    SELECT u.unit, min(s.name) AS name, min(s.name) <> max(s.name) AS is_torn
      FROM import_unit u
      JOIN import_somebody s ON s.who = u.id
     GROUP BY u.unit
),
told AS (
    SELECT s.who, coalesce(tied.is_torn, false) AS is_torn,
           CASE WHEN s.names > 0 OR tied.is_torn THEN s.name ELSE tied.name END AS name
      FROM import_somebody s
      LEFT JOIN import_unit u ON u.id = s.who
      LEFT JOIN tied USING (unit)
     WHERE s.names <= 1
)
SELECT who, key, name,
       CASE WHEN d.key IS NULL AND NOT t.is_torn THEN h.key
            ELSE h.key || chr(31) || t.name END AS token
  FROM import_has h
  JOIN told t USING (who)
  LEFT JOIN import_doubt d USING (key);

DELETE FROM import_token WHERE token IS NULL;

ANALYZE import_token;

CREATE TEMP TABLE import_link ON COMMIT DROP AS
SELECT t.who AS id, t.token
  FROM import_token t
 WHERE t.who > 0
   AND NOT EXISTS (SELECT FROM import_token o WHERE o.token = t.token AND o.who < 0)
