-- Who the rows are by what belongs to one person alone: the id in the source, then an e-mail
-- address that is not shared. Leaves import_link and import_near for import_settle.
DROP TABLE IF EXISTS import_key, import_twice, import_link, import_near, import_unit;

CREATE TEMP TABLE import_key ON COMMIT DROP AS
SELECT s.n, 'external' AS kind, s.source, s.external_id AS key
  FROM import_stage s
 WHERE s.n > %(done)s::int AND s.reason = '' AND s.external_id <> ''
   AND NOT EXISTS (SELECT FROM import_match m WHERE m.n = s.n)
UNION ALL
SELECT s.n, 'email', '', e.key
  FROM import_stage s, unnest(s.emails) AS e (key)
 WHERE s.n > %(done)s::int AND s.reason = '' AND e.key <> ALL (s.shared)
   AND NOT EXISTS (SELECT FROM import_match m WHERE m.n = s.n);

ANALYZE import_key;

-- The id decides, unless the address is that of others only: then one of the two is wrong.
INSERT INTO import_match (n, person, candidate_id, problem)
SELECT n, n,
       CASE WHEN cardinality(meant) = 1 THEN meant[1] END,
       CASE WHEN cardinality(meant) = 1 THEN ''
            WHEN by_id IS NULL OR by_email IS NULL
            THEN 'Candidates ' || array_to_string(meant, ' and ') || ' both have this '
                 || CASE WHEN by_id IS NULL THEN 'e-mail address' ELSE 'id' END
                 || ': merge them first.'
            ELSE 'The id is that of candidate ' || array_to_string(by_id, ' and ')
                 || ', the e-mail address that of candidate '
                 || array_to_string(by_email, ' and ') || '.'
       END
  FROM (
           SELECT n, by_id, by_email,
                  CASE WHEN by_id IS NULL THEN by_email
                       WHEN by_email IS NULL THEN by_id
                       WHEN by_id && by_email THEN ARRAY(
                           SELECT unnest(by_id) INTERSECT SELECT unnest(by_email) ORDER BY 1
                       )
                       ELSE by_id || by_email
                  END AS meant
             FROM (
                      SELECT n,
                             array_agg(DISTINCT candidate_id) FILTER (WHERE kind = 'external')
                                 AS by_id,
                             array_agg(DISTINCT candidate_id) FILTER (WHERE kind = 'email')
                                 AS by_email
                        FROM (
                                 SELECT k.n, k.kind, c.id AS candidate_id
                                   FROM import_key k
                                   JOIN candidate c
                                     ON c.source = k.source AND c.external_id = k.key
                                    AND c.external_id <> ''
                                  WHERE k.kind = 'external'
                                 UNION ALL
                                 SELECT k.n, k.kind, p.candidate_id
                                   FROM import_key k
                                   JOIN contact_point p
                                     ON p.address = k.key AND p.channel = 'email'
                                  WHERE k.kind = 'email'
                             ) known
                       GROUP BY n
                  ) named
       ) decided;

ANALYZE import_match;

CREATE TEMP TABLE import_twice ON COMMIT DROP AS
SELECT kind, source, key FROM import_key GROUP BY kind, source, key HAVING count(*) > 1;

CREATE TEMP TABLE import_link ON COMMIT DROP AS
SELECT k.n AS id, k.kind || k.source || chr(31) || k.key AS token
  FROM import_key k
  JOIN import_twice t USING (kind, source, key)
 WHERE NOT EXISTS (SELECT FROM import_match m WHERE m.n = k.n);

CREATE TEMP TABLE import_near ON COMMIT DROP AS
SELECT DISTINCT k.kind || k.source || chr(31) || k.key AS token, m.candidate_id
  FROM import_key k
  JOIN import_twice t USING (kind, source, key)
  JOIN import_match m USING (n)
 WHERE m.candidate_id IS NOT NULL
