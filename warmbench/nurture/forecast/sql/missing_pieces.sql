-- Which one new piece would help how many people: with one about their specialty whoever got a
-- more general one or nothing; with one about a category who got one for everybody or nothing;
-- with one for everybody who got nothing.
WITH lacked AS (
    SELECT s.candidate_id, s.content_kind, s.level, w.specialty_id, w.category_id
      FROM forecast_seen s
      JOIN (/* who */) w ON w.candidate_id = s.candidate_id
     WHERE s.level <> 'own'
)
SELECT content_kind, topic_id, count(DISTINCT candidate_id), count(*)
  FROM (SELECT content_kind, specialty_id AS topic_id, 1 AS breadth, candidate_id FROM lacked
         WHERE specialty_id IS NOT NULL
         UNION ALL
        SELECT content_kind, category_id, 2, candidate_id FROM lacked
         WHERE category_id IS NOT NULL AND level IN ('general', 'nothing')
         UNION ALL
        SELECT content_kind, NULL, 3, candidate_id FROM lacked WHERE level = 'nothing') help
 GROUP BY content_kind, topic_id, breadth
 ORDER BY 3 DESC, breadth, 4 DESC, content_kind, topic_id
 LIMIT %(most)s
