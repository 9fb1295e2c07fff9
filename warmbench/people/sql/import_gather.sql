-- Write down what was found out about the rows that are still to be loaded. All rows of one
-- candidate are one person, whatever it was that told so.
INSERT INTO import_match (n, person, candidate_id, problem)
SELECT n, person, candidate_id, problem
  FROM (
           SELECT r.n, r.candidate_id, r.problem,
                  CASE WHEN r.problem = '' THEN min(r.n) OVER same ELSE r.n END AS person,
                  count(*) OVER same AS rows
             FROM (
                      SELECT v.n, coalesce(v.candidate_id, g.candidate_id) AS candidate_id,
                             coalesce(g.unit, v.unit) AS unit,
                             coalesce(g.problem, v.problem) AS problem
                        FROM import_verdict v
                        LEFT JOIN import_guess g
                          ON g.who = v.unit AND v.candidate_id IS NULL AND v.problem = ''
                      UNION ALL
                      SELECT g.who, g.candidate_id, g.unit, g.problem
                        FROM import_guess g
                       WHERE NOT EXISTS (SELECT FROM import_verdict v WHERE v.n = g.who)
                  ) r
            WHERE r.n > %(done)s::int AND NOT EXISTS (SELECT FROM import_match m WHERE m.n = r.n)
           WINDOW same AS (
                      PARTITION BY r.problem <> '', coalesce(-r.candidate_id, r.unit)
                  )
       ) found
 WHERE candidate_id IS NOT NULL OR problem <> '' OR rows > 1;

ANALYZE import_match
