-- Rows that have something in common are the one candidate whose address is in one of them,
-- or nobody whom we know. Two candidates are one too many: a person has to decide.
--
-- Leaves import_verdict: of each row a candidate, a problem, or the first row of whom it is.
DROP TABLE IF EXISTS import_verdict;

CREATE TEMP TABLE import_verdict ON COMMIT DROP AS
WITH free AS (
    SELECT r.n, coalesce(u.unit, r.n) AS unit
      FROM (SELECT id AS n FROM import_unit UNION SELECT n FROM import_owned) r
      LEFT JOIN import_unit u ON u.id = r.n
),
near AS (
    SELECT f.unit, min(o.candidate_id) AS one, max(o.candidate_id) AS other
      FROM free f
      JOIN import_owned o USING (n)
     GROUP BY f.unit
),
twin AS (
    SELECT n, min(names) AS names
      FROM (
               SELECT n, string_agg(candidate_id::text, ' and ' ORDER BY candidate_id) AS names
                 FROM import_owned GROUP BY n, key HAVING count(*) > 1
           ) x GROUP BY n
)
SELECT a.n, a.n::bigint AS unit, CASE WHEN a.problem = '' THEN a.candidate_id END AS candidate_id,
       a.problem
  FROM import_anchor a
UNION ALL
SELECT f.n, f.unit, CASE WHEN near.one = near.other THEN near.one END,
       CASE WHEN twin.names IS NOT NULL
            THEN 'Candidates ' || twin.names
                 || ' both have this e-mail address: merge them first.'
            WHEN near.one <> near.other
            THEN 'It could be candidate ' || near.one || ' or candidate ' || near.other || '.'
            ELSE ''
       END
  FROM free f
  LEFT JOIN near USING (unit)
  LEFT JOIN twin USING (n);

ANALYZE import_verdict
