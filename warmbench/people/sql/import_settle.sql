-- Each unit is the one candidate that it has something in common with, or nobody we know. Two
-- candidates are one too many: a person has to decide.
CREATE TEMP TABLE import_settled ON COMMIT DROP AS
SELECT u.id, u.unit, near.ids
  FROM import_unit u
  LEFT JOIN (
           SELECT u.unit, array_agg(DISTINCT x.candidate_id ORDER BY x.candidate_id) AS ids
             FROM import_unit u
             JOIN import_link l USING (id)
             JOIN import_near x USING (token)
            GROUP BY u.unit
       ) near USING (unit);

ANALYZE import_settled;

-- Groups that were found before move as a whole.
UPDATE import_match m
   SET person = s.unit,
       candidate_id = CASE WHEN cardinality(s.ids) = 1 THEN s.ids[1] END,
       problem = CASE WHEN cardinality(s.ids) > 1
                      THEN 'It could be each of the candidates '
                           || array_to_string(s.ids, ', ') || '.'
                      ELSE '' END
  FROM import_settled s
 WHERE m.person = s.id AND m.candidate_id IS NULL AND m.problem = '';

INSERT INTO import_match (n, person, candidate_id, problem)
SELECT s.id, s.unit,
       CASE WHEN cardinality(s.ids) = 1 THEN s.ids[1] END,
       CASE WHEN cardinality(s.ids) > 1
            THEN 'It could be each of the candidates ' || array_to_string(s.ids, ', ') || '.'
            ELSE '' END
  FROM import_settled s
 WHERE s.ids IS NOT NULL
    OR s.unit IN (SELECT unit FROM import_settled GROUP BY unit HAVING count(*) > 1)
    ON CONFLICT (n) DO NOTHING;

DROP TABLE import_settled
