-- End memberships. Returns those that ended.
UPDATE pool_member m
   SET left_at = %(now)s
  FROM unnest(%(candidates)s::bigint[], %(pools)s::bigint[]) AS l (candidate_id, pool_id)
 WHERE m.candidate_id = l.candidate_id
   AND m.pool_id = l.pool_id
   AND m.left_at IS NULL
RETURNING m.candidate_id, m.pool_id
