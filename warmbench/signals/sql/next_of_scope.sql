-- The next people of a scope, by their ids.
SELECT candidate_id
  FROM scoped_warmth
 WHERE scope = %(scope)s
   AND candidate_id > %(after)s
 ORDER BY candidate_id
 LIMIT %(limit)s
