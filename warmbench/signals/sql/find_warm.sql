-- Those of the warmest people of all about whom words stand, each with the first question that
-- finds them. They are looked up one by one: all about whom the words stand may be everybody.
SELECT w.candidate_id, first.at
  FROM (SELECT candidate_id, rank FROM warmth ORDER BY rank DESC LIMIT %(most)s) w
 CROSS JOIN LATERAL (
       SELECT words FROM candidate_words WHERE candidate_id = w.candidate_id OFFSET 0
 ) c
 CROSS JOIN LATERAL (
       SELECT at FROM unnest(%(queries)s::tsquery[]) WITH ORDINALITY AS q (query, at)
        WHERE c.words @@ q.query ORDER BY at LIMIT 1
 ) first
 WHERE c.words @@ %(query)s::tsquery AND w.candidate_id <> ALL(%(but)s::bigint[])
 ORDER BY w.rank DESC, w.candidate_id
