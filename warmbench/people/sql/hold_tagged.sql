-- Lock the tags of these people, in one order, whoever asks: the facets of two batches that
-- overlap would else wait for each other, or lose what the other one wrote.
SELECT candidate_id
  FROM candidate_facet
 WHERE candidate_id = ANY(%(candidates)s::bigint[])
 ORDER BY candidate_id
   FOR NO KEY UPDATE
