-- Who the rows are by what belongs to one person alone: the id in the source (whose it is by the
-- records of systems, before all else), and an e-mail address that is not shared. Leaves import_anchor, the rows whose id tells, import_owned, the
-- other rows with addresses of candidates, and import_link, which rows have something in common
-- that is nobody's yet.
DROP TABLE IF EXISTS import_key, import_known, import_anchor, import_claim, import_contested,
    import_owned, import_link;

CREATE TEMP TABLE import_key ON COMMIT DROP AS
SELECT s.n, true AS is_id, s.source, s.external_id AS key
  FROM import_stage s
 WHERE s.reason = '' AND s.external_id <> ''
UNION ALL
SELECT s.n, false, '', e.key
  FROM import_stage s, unnest(s.emails) AS e (key)
 WHERE s.reason = '' AND e.key <> ALL (s.shared);

ANALYZE import_key;

CREATE TEMP TABLE import_known ON COMMIT DROP AS
SELECT k.n, k.is_id, k.key, r.candidate_id
  FROM import_key k
  JOIN candidate_record r ON r.source = k.source AND r.external_id = k.key
 WHERE k.is_id
UNION ALL
SELECT k.n, k.is_id, k.key, c.id AS candidate_id
  FROM import_key k
  JOIN candidate c ON c.source = k.source AND c.external_id = k.key AND c.external_id <> ''
 WHERE k.is_id
   AND NOT EXISTS (
           SELECT FROM candidate_record r WHERE r.source = k.source AND r.external_id = k.key
       )
UNION ALL
SELECT k.n, k.is_id, k.key, p.candidate_id
  FROM import_key k
  JOIN contact_point p ON p.address = k.key AND p.channel = 'email'
 WHERE NOT k.is_id;

ANALYZE import_known;

-- The id decides, unless an address is that of others: then one of the two is wrong.
CREATE TEMP TABLE import_anchor ON COMMIT DROP AS
WITH meant AS (
    SELECT n, array_agg(candidate_id ORDER BY candidate_id) AS ids
      FROM import_known WHERE is_id GROUP BY n
),
other AS (
    SELECT e.n, string_agg(DISTINCT e.candidate_id::text, ' and ') AS names
      FROM meant m
      JOIN import_known e USING (n)
     WHERE NOT e.is_id AND e.candidate_id <> m.ids[1]
       AND NOT EXISTS (
               SELECT FROM import_known own
                WHERE own.n = e.n AND NOT own.is_id AND own.key = e.key
                  AND own.candidate_id = m.ids[1]
           )
     GROUP BY e.n
)
SELECT n, m.ids[1] AS candidate_id,
       CASE WHEN cardinality(m.ids) > 1
            THEN 'Candidates ' || array_to_string(m.ids, ' and ')
                 || ' both have this id: merge them first.'
            WHEN o.names IS NOT NULL
            THEN 'The id is that of candidate ' || m.ids[1]
                 || ', the e-mail address that of candidate ' || o.names || '.'
            ELSE ''
       END AS problem
  FROM meant m
  LEFT JOIN other o USING (n);

ANALYZE import_anchor;

-- The addresses that these rows bring. One that they bring to several candidates would tie
-- these together, and whoever came later: nobody gets it.
CREATE TEMP TABLE import_claim ON COMMIT DROP AS
SELECT DISTINCT k.key, a.candidate_id
  FROM import_anchor a
  JOIN import_key k USING (n)
 WHERE a.problem = '' AND NOT k.is_id
   AND NOT EXISTS (
           SELECT FROM import_known h WHERE h.n = k.n AND NOT h.is_id AND h.key = k.key
       );

ANALYZE import_claim;

CREATE TEMP TABLE import_contested ON COMMIT DROP AS
SELECT key, string_agg(candidate_id::text, ' and ' ORDER BY candidate_id) AS names
  FROM import_claim GROUP BY key HAVING count(*) > 1;

UPDATE import_anchor a
   SET problem = 'Rows of candidates ' || t.names || ' have the same e-mail address.'
  FROM (
           SELECT k.n, min(c.names) AS names
             FROM import_contested c
             JOIN import_key k ON NOT k.is_id AND k.key = c.key
            GROUP BY k.n
       ) t
 WHERE a.n = t.n AND a.problem = '';

CREATE TEMP TABLE import_owned ON COMMIT DROP AS
SELECT e.n, e.key, e.candidate_id
  FROM import_known e
 WHERE NOT EXISTS (SELECT FROM import_anchor a WHERE a.n = e.n)
UNION ALL
SELECT k.n, k.key, c.candidate_id
  FROM import_claim c
  JOIN import_key k ON NOT k.is_id AND k.key = c.key
 WHERE NOT EXISTS (SELECT FROM import_anchor a WHERE a.n = k.n);

ANALYZE import_owned;

CREATE TEMP TABLE import_link ON COMMIT DROP AS
SELECT k.n::bigint AS id,
       CASE WHEN k.is_id THEN k.source || chr(31) || k.key ELSE k.key END AS token
  FROM import_key k
  JOIN (
           SELECT k.is_id, k.source, k.key
             FROM import_key k
            WHERE NOT EXISTS (SELECT FROM import_anchor a WHERE a.n = k.n)
            GROUP BY k.is_id, k.source, k.key
           HAVING count(*) > 1
       ) twice USING (is_id, source, key)
 WHERE NOT EXISTS (SELECT FROM import_anchor a WHERE a.n = k.n)
   AND NOT EXISTS (SELECT FROM import_owned o WHERE NOT k.is_id AND o.key = k.key)
