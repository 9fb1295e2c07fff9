-- The pool that somebody is in longest of those that lead to the sequence of an enrollment, ``e``.
SELECT m.pool_id
  FROM pool_member m
  JOIN pool_sequence q ON q.pool_id = m.pool_id AND q.sequence_id = e.sequence_id
 WHERE m.candidate_id = e.candidate_id
   AND m.left_at IS NULL
 ORDER BY m.joined_at, m.id
 LIMIT 1
