-- The employers in our records that have this word, each with how many people work there.
SELECT c.employer, count(*)
  FROM candidate c
  JOIN candidate_words w ON w.candidate_id = c.id
 WHERE w.words @@ %(word)s::tsquery AND c.employer <> ''
 GROUP BY c.employer
