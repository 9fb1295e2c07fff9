-- Make primary what is not, and the other way round. Returns for whom.
UPDATE candidate_tag
   SET is_primary = NOT is_primary
 WHERE id = ANY(%(rows)s::bigint[])
RETURNING candidate_id
