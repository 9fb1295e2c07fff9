-- Take tags off people. Returns what is to be remembered of them: one row for all who had a
-- tag on the same word, and when each of them got it, in microseconds.
WITH gone AS (
    DELETE FROM candidate_tag
     WHERE candidate_id = ANY(%(candidates)s::bigint[]) AND tag_id = ANY(%(tags)s::int[])
    RETURNING *
)
SELECT tag_id, source, confidence, is_primary, expires_at,
       array_agg(candidate_id ORDER BY candidate_id),
       array_agg((extract(epoch FROM added_at) * 1000000)::bigint ORDER BY candidate_id)
  FROM gone
 GROUP BY tag_id, source, confidence, is_primary, expires_at
