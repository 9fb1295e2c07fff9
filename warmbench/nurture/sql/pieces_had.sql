-- The content pieces that these people were sent before.
SELECT candidate_id, array_agg(piece_id)
  FROM content_use
 WHERE candidate_id = ANY(%(ids)s)
 GROUP BY candidate_id
