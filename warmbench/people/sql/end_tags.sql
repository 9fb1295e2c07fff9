-- Take away what other words have ended. Returns from whom.
DELETE FROM candidate_tag WHERE id = ANY(%(rows)s::bigint[]) RETURNING candidate_id
