-- The content pieces that these people were sent before, and which of them they clicked in.
--
-- A signal is there only for clicks that a person made: hits of machines never become one.
SELECT u.candidate_id,
       array_agg(u.piece_id ORDER BY u.piece_id),
       coalesce(array_agg(u.piece_id ORDER BY u.piece_id) FILTER (WHERE c.message_id IS NOT NULL), '{}')
  FROM content_use u
  LEFT JOIN (
           SELECT DISTINCT candidate_id, message_id
             FROM signal
            WHERE candidate_id = ANY(%(ids)s) AND kind = 'clicked' AND message_id IS NOT NULL
       ) c USING (candidate_id, message_id)
 WHERE u.candidate_id = ANY(%(ids)s)
 GROUP BY u.candidate_id
