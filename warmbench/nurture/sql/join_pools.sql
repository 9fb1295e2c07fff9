-- Make people members of pools, once. Returns the new memberships.
INSERT INTO pool_member (candidate_id, pool_id, joined_at)
SELECT j.candidate_id, j.pool_id, %(now)s
  FROM unnest(%(candidates)s::bigint[], %(pools)s::bigint[]) AS j (candidate_id, pool_id)
    ON CONFLICT (candidate_id, pool_id) WHERE left_at IS NULL DO NOTHING
RETURNING candidate_id, pool_id
