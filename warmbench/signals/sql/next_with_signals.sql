-- The next people with signals, by their ids.
SELECT DISTINCT candidate_id
  FROM signal
 WHERE candidate_id > %(after)s
 ORDER BY candidate_id
 LIMIT %(limit)s
