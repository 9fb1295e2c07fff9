-- Who works for an employer, given all its spellings and the word that they begin with.
SELECT c.id
  FROM candidate c
  JOIN candidate_words w ON w.candidate_id = c.id
 WHERE w.words @@ %(word)s::tsquery AND c.employer = ANY(%(employers)s)
