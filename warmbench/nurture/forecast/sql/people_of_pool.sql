-- Whom the forecast of a pool is about.
SELECT m.candidate_id FROM pool_member m WHERE m.pool_id = ANY(%(pools)s::bigint[]) AND m.left_at IS NULL
 UNION
SELECT e.candidate_id FROM enrollment e
 WHERE e.pool_id = ANY(%(pools)s::bigint[]) AND e.state IN ('active', 'held')
 UNION
SELECT unnest(%(joining)s::bigint[])
