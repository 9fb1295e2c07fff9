-- Whom the forecast of a sequence is about: who is on it, and who is or will be in its pools.
SELECT e.candidate_id FROM enrollment e
 WHERE e.sequence_id = %(sequence)s::bigint AND e.state IN ('active', 'held')
 UNION
SELECT m.candidate_id FROM pool_member m WHERE m.pool_id = ANY(%(pools)s::bigint[]) AND m.left_at IS NULL
 UNION
SELECT unnest(%(joining)s::bigint[])
