-- Those of the warmest people of all about whom words stand.
SELECT w.candidate_id
  FROM (SELECT candidate_id, rank FROM warmth ORDER BY rank DESC LIMIT %(most)s) w
  JOIN candidate_words c ON c.candidate_id = w.candidate_id
 WHERE c.words @@ %(query)s::tsquery AND w.candidate_id <> ALL(%(but)s::bigint[])
 ORDER BY w.rank DESC, w.candidate_id
 LIMIT %(limit)s
