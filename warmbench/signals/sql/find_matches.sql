-- The best of the first people about whom words stand, by the first question that finds each and
-- then the warmest first; and how many of those there are.
SELECT m.candidate_id, m.how_many
  FROM (SELECT candidate_id, words, count(*) OVER () AS how_many
          FROM (SELECT candidate_id, words FROM candidate_words
                 WHERE words @@ %(query)s::tsquery AND candidate_id <> ALL(%(but)s::bigint[])
                 LIMIT %(most)s) first) m
  LEFT JOIN warmth w ON w.candidate_id = m.candidate_id
 ORDER BY (SELECT at FROM unnest(%(queries)s::tsquery[]) WITH ORDINALITY AS q (query, at)
            WHERE m.words @@ q.query ORDER BY at LIMIT 1),
          w.rank DESC NULLS LAST, m.candidate_id
 LIMIT %(limit)s
