-- Who the rows are by what several people may have: a phone number, an address like "jobs@".
-- Where people of different names have it, it tells somebody only together with the name.
-- Leaves import_link and import_near for import_settle.
DROP TABLE IF EXISTS import_link, import_near, import_unit, import_weak, import_weak_known,
    import_holder, import_token;

CREATE TEMP TABLE import_weak ON COMMIT DROP AS
SELECT s.n, w.key, coalesce(m.person, s.n) AS id, m.candidate_id
  FROM import_stage s
  LEFT JOIN import_match m USING (n)
 CROSS JOIN LATERAL unnest(s.phones || s.shared) AS w (key)
 WHERE s.n > %(done)s::int AND s.reason = '' AND coalesce(m.problem, '') = ''
   AND coalesce(m.person, s.n) > %(done)s::int;

ANALYZE import_weak;

CREATE TEMP TABLE import_weak_known ON COMMIT DROP AS
SELECT DISTINCT w.key, p.candidate_id
  FROM import_weak w
  JOIN contact_point p ON p.address = w.key
 WHERE w.candidate_id IS NULL;

CREATE TEMP TABLE import_holder ON COMMIT DROP AS
WITH doubtful AS (
    SELECT key FROM import_weak GROUP BY key HAVING count(*) > 1
    UNION
    SELECT key FROM import_weak_known
)
SELECT w.key, w.n, w.id, w.candidate_id,
       btrim(candidate_name_key(s.first_name, s.last_name)) AS name,
       s.external_id <> '' OR cardinality(s.emails) > cardinality(s.shared) AS is_told_apart
  FROM import_weak w
  JOIN doubtful USING (key)
  JOIN import_stage s USING (n)
UNION ALL
SELECT k.key, NULL, NULL, k.candidate_id,
       btrim(candidate_name_key(c.first_name, c.last_name)), true
  FROM import_weak_known k
  JOIN candidate c ON c.id = k.candidate_id;

CREATE TEMP TABLE import_token ON COMMIT DROP AS
SELECT h.n, h.id, h.candidate_id, h.is_told_apart,
       CASE WHEN k.names <= 1 THEN h.key
            WHEN h.name <> '' THEN h.key || chr(31) || h.name
       END AS token
  FROM import_holder h
  JOIN (
           SELECT key, count(DISTINCT name) FILTER (WHERE name <> '') AS names
             FROM import_holder GROUP BY key
       ) k USING (key);

INSERT INTO import_match (n, person, problem)
SELECT n, n, 'Several people have this phone number or address, and the row has no name.'
  FROM import_token
 WHERE candidate_id IS NULL AND NOT is_told_apart AND id = n
 GROUP BY n
HAVING count(token) = 0
    ON CONFLICT (n) DO NOTHING;

CREATE TEMP TABLE import_link ON COMMIT DROP AS
SELECT DISTINCT id, token
  FROM import_token t
 WHERE candidate_id IS NULL AND token IS NOT NULL
   AND NOT EXISTS (SELECT FROM import_match m WHERE m.n = t.n AND m.problem <> '');

CREATE TEMP TABLE import_near ON COMMIT DROP AS
SELECT DISTINCT token, candidate_id
  FROM import_token
 WHERE candidate_id IS NOT NULL AND token IS NOT NULL
